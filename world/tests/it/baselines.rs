//! Can taste be learned from the log, but not too easily?
//!
//! Share of the thirty best unheard recordings that a listener loves, by random, by number of listeners, and by a cosine item-kNN over what was played to its end.
//! With the default parameters (400 × 4,000 × 26 weeks), means over seeds 1 to 20:
//!
//! | tastes | random | popularity | item-kNN |
//! | --- | --- | --- | --- |
//! | vectors | 0.04 | 0.09 | 0.52 |
//! | rules | 0.05 | 0.09 | 0.58 |
//!
//! Item-kNN reached at least 4.0 times popularity in each of the forty worlds; popularity fell below random in one of them.

use std::collections::BTreeMap;

use music::End;
use world::{Params, Tastes, World};

use crate::{Line, played};

const LISTENERS: usize = 250;
const RECORDINGS: usize = 2500;

#[test]
fn neighbors_find_what_is_loved_far_better_than_popularity_and_popularity_better_than_chance() {
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let params = Params {
            tastes,
            listeners: LISTENERS,
            recordings: RECORDINGS,
            bots: 0,
            children: 0,
            ..Params::default()
        };
        let (world, lines) = played(&params);
        let finished = finished(&lines);
        let chance = loved_share(&world, |_, r| (r * 1_103 % RECORDINGS) as f32);
        let listeners = popularity(&world);
        let popularity = loved_share(&world, |_, r| listeners[r]);
        let similarity = cosines(&finished);
        let neighbors = loved_share(&world, |l, r| {
            finished[l]
                .iter()
                .map(|(heard, count)| count * similarity[heard * RECORDINGS + r])
                .sum()
        });
        assert!(popularity > 1.15 * chance, "{tastes}: popularity {popularity}, chance {chance}");
        assert!(
            neighbors > 2.5 * popularity,
            "{tastes}: neighbors {neighbors}, popularity {popularity}"
        );
        assert!((0.3..0.7).contains(&neighbors), "{tastes}: neighbors {neighbors}");
    }
}

/// ln(1 + times played to the end), by listener and recording.
fn finished(lines: &[Line]) -> Vec<Vec<(usize, f32)>> {
    let mut counts = vec![BTreeMap::new(); LISTENERS];
    for line in lines.iter().filter(|line| line.event.end == Some(End::Finished)) {
        *counts[line.listener].entry(line.recording).or_insert(0.0_f32) += 1.0;
    }
    counts
        .into_iter()
        .map(|of_one| of_one.into_iter().map(|(r, count)| (r, count.ln_1p())).collect())
        .collect()
}

/// Number of listeners of each recording.
fn popularity(world: &World) -> Vec<f32> {
    let mut counts = vec![0.0; RECORDINGS];
    for listener in 0..LISTENERS {
        for recording in world.heard(listener) {
            counts[recording] += 1.0;
        }
    }
    counts
}

/// `[n_recordings × n_recordings]`, 0 on the diagonal.
fn cosines(finished: &[Vec<(usize, f32)>]) -> Vec<f32> {
    let mut products = vec![0.0_f32; RECORDINGS * RECORDINGS];
    for of_one in finished {
        for (i, x) in of_one {
            for (j, y) in of_one {
                products[i * RECORDINGS + j] += x * y;
            }
        }
    }
    let norms: Vec<f32> = (0..RECORDINGS).map(|i| products[i * RECORDINGS + i].sqrt()).collect();
    for (at, product) in products.iter_mut().enumerate() {
        let (i, j) = (at / RECORDINGS, at % RECORDINGS);
        *product = if i == j || *product == 0.0 { 0.0 } else { *product / (norms[i] * norms[j]) };
    }
    products
}

/// Over all listeners, among the thirty unheard recordings of the highest score.
fn loved_share(world: &World, score: impl Fn(usize, usize) -> f32) -> f32 {
    let mut n_loved = 0;
    for listener in 0..LISTENERS {
        let heard: Vec<usize> = world.heard(listener).collect();
        let unheard = (0..RECORDINGS).filter(|r| heard.binary_search(r).is_err());
        let mut scored: Vec<(f32, usize)> = unheard.map(|r| (score(listener, r), r)).collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        n_loved += scored.iter().take(30).filter(|(_, r)| world.loves(listener, *r)).count();
    }
    crate::share(n_loved, 30 * LISTENERS)
}
