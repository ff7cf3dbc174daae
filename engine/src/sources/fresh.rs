//! Came out not long ago.

use music::ItemIx;

use super::Ask;
use crate::curate::fresh_since;

/// The best-scored of what came out in the last weeks.
pub(super) fn propose(ask: &Ask<'_>, quota: usize) -> Vec<ItemIx> {
    let since = fresh_since(ask.maker, ask.monday);
    ask.best(ask.maker.facts.released(since, ask.monday), quota)
}
