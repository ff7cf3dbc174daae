//! Nearest to each region of taste.

use music::ItemIx;

use super::Ask;

/// The best-scored of each region, as many of each; at a score of 0 or below nothing speaks for a recording.
pub(super) fn propose(ask: &Ask<'_>, quota: usize) -> Vec<ItemIx> {
    let n = ask.scores.n_queries();
    let of_region = |region| {
        let best = ask.scores.top(region, quota.div_ceil(n), ask.left_out).into_iter();
        best.filter(|(_, score)| *score > 0.0).map(|(row, _)| ItemIx(row))
    };
    (0..n).flat_map(of_region).collect()
}
