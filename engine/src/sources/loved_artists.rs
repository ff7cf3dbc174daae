//! New to the listener, by artists whom the listener loves.

use music::ItemIx;

use super::Ask;

/// How many of the most loved artists propose.
const ARTISTS: usize = 30;

/// The best-scored by any of them.
pub(super) fn propose(ask: &Ask<'_>, quota: usize) -> Vec<ItemIx> {
    let artists = ask.taste.loved_artists(&ask.maker.facts, ARTISTS);
    let rows = artists.into_iter().flat_map(|artist| ask.maker.facts.by_artist(artist));
    ask.best(rows.map(|row| ItemIx(*row)), quota)
}
