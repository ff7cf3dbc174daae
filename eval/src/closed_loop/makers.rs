//! What would those hand over who know everything, or nothing?

use std::collections::BTreeSet;

use measure::below;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use world::World;

use super::{Course, people};

/// Everybody's list, by account: what was neither heard nor shown, all of it loved or by chance.
pub(super) fn lists(
    world: &World,
    week: usize,
    course: &Course,
    shown: &[BTreeSet<usize>],
    is_loved: bool,
) -> Vec<Vec<usize>> {
    let mut lists = vec![Vec::new(); shown.len()];
    for listener in people(world) {
        let heard: Vec<usize> = world.heard(listener).collect();
        let fits = |r: &usize| {
            heard.binary_search(r).is_err()
                && !shown[listener].contains(r)
                && (!is_loved || world.loves_in(listener, *r, week))
        };
        let mut open: Vec<usize> = (0..course.world.recordings).filter(fits).collect();
        let mut chance = ChaCha8Rng::seed_from_u64(course.world.seed);
        chance.set_stream((week as u64) << 32 | listener as u64);
        let draw = |_| (!open.is_empty()).then(|| open.swap_remove(below(&mut chance, open.len())));
        lists[listener] = (0..course.size).map_while(draw).collect();
    }
    lists
}
