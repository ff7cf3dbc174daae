//! Little known, but where the listener's taste lies.
//!
//! What came after the training has a part of the quota to itself: against all that few know it would seldom be among
//! the best, as nobody's listening speaks for it, and what is never shown is never heard.

use music::ItemIx;

use super::Ask;

/// Of so many candidates one is a recording that came after the training, as long as there are any.
const NEW_EVERY: usize = 4;

/// The best-scored of what few listeners like, and of what came after the training.
pub(super) fn propose(ask: &Ask<'_>, quota: usize) -> Vec<ItemIx> {
    let rows = &ask.maker.snapshot.rows;
    let n_own = rows.len() - rows.n_more();
    let new = (0..).take(rows.len()).skip(n_own).map(ItemIx);
    let mut proposed = match rows.n_more() {
        0 => Vec::new(),
        _ => ask.best(new, quota.div_ceil(NEW_EVERY)),
    };
    let n_new = proposed.len();
    let others = ask.retrieved.little_known.iter().filter(|item| !proposed.contains(item));
    let others: Vec<ItemIx> = others.take(quota - n_new).copied().collect();
    proposed.extend(others);
    proposed
}
