//! Nearest to each region of taste.

use music::ItemIx;

use super::Ask;

/// The best-scored of each region, as many of each.
pub(super) fn propose(ask: &Ask<'_>, quota: usize) -> Vec<ItemIx> {
    let best = &ask.retrieved.best;
    let each = quota.div_ceil(best.len());
    best.iter().flat_map(|of_region| of_region.iter().take(each)).copied().collect()
}
