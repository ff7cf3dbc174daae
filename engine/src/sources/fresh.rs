//! Came out not long ago.

use jiff::ToSpan;
use music::ItemIx;

use super::Ask;

/// The best-scored of what came out in the last weeks.
pub(super) fn propose(ask: &Ask<'_>, quota: usize) -> Vec<ItemIx> {
    let weeks = i64::from(ask.maker.config.weekly.fresh_weeks);
    let since = ask.monday.saturating_sub(weeks.weeks());
    ask.best(ask.maker.facts.released(since, ask.monday), quota)
}
