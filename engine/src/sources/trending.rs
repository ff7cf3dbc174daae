//! Heard more and more these weeks, where the listener lives if that is known.

use music::ItemIx;

use super::Ask;

/// The most trending that may be proposed.
pub(super) fn propose(ask: &Ask<'_>, quota: usize) -> Vec<ItemIx> {
    let trending = ask.maker.snapshot.crowd.trending.around(ask.country);
    trending.iter().copied().filter(|item| ask.is_open(*item)).take(quota).collect()
}
