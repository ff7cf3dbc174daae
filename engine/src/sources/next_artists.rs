//! By artists one step away from those whom the listener loves.

use std::collections::BTreeSet;

use music::ItemIx;

use super::Ask;

/// How many of the most loved artists are looked around.
const ARTISTS: usize = 10;
/// How far around each.
const STEPS: usize = 5;

/// The best-scored by any of them.
pub(super) fn propose(ask: &Ask<'_>, quota: usize) -> Vec<ItemIx> {
    let Some(space) = &ask.maker.space else { return Vec::new() };
    let loved = ask.taste.loved_artists(&ask.maker.facts, usize::MAX);
    let near = loved
        .iter()
        .take(ARTISTS)
        .flat_map(|artist| space.next_artists(*artist).iter().take(STEPS).copied());
    let next: BTreeSet<_> = near.filter(|artist| !loved.contains(artist)).collect();
    let rows = next.into_iter().flat_map(|artist| ask.maker.facts.by_artist(artist));
    ask.best(rows.map(|row| ItemIx(*row)), quota)
}
