//! Near the recordings that the listener has come to love lately.

use music::ItemIx;

use super::Ask;
use crate::taste::Taste;

/// How many of them are looked around.
const LOVES: usize = 10;

/// What is looked around.
pub(crate) fn around(taste: &Taste) -> Vec<ItemIx> {
    taste.recent_loves(LOVES)
}

/// The nearest of each, in turns: first the nearest of all, then the second.
pub(super) fn propose(ask: &Ask<'_>, quota: usize) -> Vec<ItemIx> {
    let Some(space) = &ask.maker.space else { return Vec::new() };
    let around: Vec<Vec<ItemIx>> = around(ask.taste)
        .into_iter()
        .map(|item| space.neighbors(item).iter().copied().filter(|n| ask.is_open(*n)).collect())
        .collect();
    let turns = around.iter().map(Vec::len).max().unwrap_or(0);
    let in_turns = (0..turns).flat_map(|turn| around.iter().filter_map(move |of| of.get(turn)));
    let mut proposed: Vec<ItemIx> = Vec::with_capacity(quota);
    for item in in_turns {
        if proposed.len() == quota {
            break;
        }
        if !proposed.contains(item) {
            proposed.push(*item);
        }
    }
    proposed
}
