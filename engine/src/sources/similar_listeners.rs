//! Liked by listeners who are alike.

use music::ItemIx;

use super::Ask;

/// The most liked of the listener's circle that may be proposed.
pub(super) fn propose(ask: &Ask<'_>, quota: usize) -> Vec<ItemIx> {
    let Some(vector) = ask.asked.whole.vector() else { return Vec::new() };
    let liked = ask.maker.snapshot.crowd.circles.around(vector);
    liked.iter().copied().filter(|item| ask.is_open(*item)).take(quota).collect()
}
