//! Little known, but where the listener's taste lies.

use music::ItemIx;

use super::Ask;

/// The best-scored of what few listeners like.
pub(super) fn propose(ask: &Ask<'_>, quota: usize) -> Vec<ItemIx> {
    ask.retrieved.little_known.iter().take(quota).copied().collect()
}
