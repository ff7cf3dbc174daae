//! What would a crowd of given size have listened to?
//!
//! A world with the two shapes that decide how fast a factorization runs, and with tastes it can find:
//! - popularity is a power law: the item of rank r is drawn in proportion to (r + 25)^−1.1 (Zipf & Mandelbrot),
//!   which gives the most popular of 290,000 items to a quarter of all listeners and a typical one to a few;
//! - lengths of histories are log-normal, their logarithm with a deviation of 1;
//! - items belong to √n scenes; a listener draws four of five items from a few scenes of their own, the first of them
//!   preferred, and the fifth from the whole catalogue;
//! - values are counts of plays from 1 on, log-normal too, higher in one's own scenes.
//!
//! The numbers that name items say nothing of their popularity or scene.
//! Every so manieth listener has about a fifth of the history withheld.

use crate::chance::Chance;

const EXPONENT: f64 = 1.1;
const SHIFT: f64 = 25.0;
/// Deviation of the logarithm of a history's length.
const SPREAD: f64 = 1.0;
/// Share of draws from the whole catalogue.
const WANDERING: f64 = 0.2;
/// A history is drawn this often for each of its pairs; what was drawn twice counts once.
const PATIENCE: usize = 8;
const WITHHELD_SHARE: f64 = 0.2;

/// How large a world is.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Number of listeners.
    pub n_users: u64,
    /// Number of items; a few of the rarest may be heard by nobody.
    pub n_items: usize,
    /// Number of pairs, about.
    pub n_pairs: u64,
    /// One listener in so many has something withheld; at least 1.
    pub withheld_every: u64,
    /// Where all chance starts.
    pub seed: u64,
}

/// A listener, an item and how often it was played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The number that names the item.
    pub item: u32,
    /// Plays, at least 1.
    pub plays: usize,
    /// Kept from whoever trains.
    pub is_withheld: bool,
}

/// The catalogue, and the history drawn last.
#[derive(Debug)]
pub struct World {
    shape: Shape,
    /// Popularity of all items up to this one, scene after scene `[n_items]`.
    cumulative: Vec<f64>,
    /// Where each scene begins, and the end `[n_scenes + 1]`.
    starts: Vec<usize>,
    /// The number that names each item `[n_items]`.
    names: Vec<u32>,
    /// Histories drawn so far.
    n_drawn: u64,
    /// The last of them that each item is in `[n_items]`.
    drawn_in: Vec<u64>,
    history: Vec<Pair>,
}

impl World {
    /// Makes a catalogue. O(n_items) time and memory.
    ///
    /// # Panics
    /// When there are no items or listeners, or more items than `u32` can name.
    #[must_use]
    pub fn new(shape: Shape) -> Self {
        assert!(shape.n_users > 0 && shape.n_items > 0, "somebody and something expected");
        let mut chance = Chance::new(shape.seed, u64::MAX);
        let n_scenes = whole((shape.n_items as f64).sqrt().ceil());
        let mut scenes = vec![Vec::new(); n_scenes];
        for rank in 0..shape.n_items {
            scenes[chance.below(n_scenes)].push(rank);
        }
        let mut starts = vec![0];
        let mut cumulative = Vec::with_capacity(shape.n_items);
        let mut sum = 0.0;
        for ranks in scenes {
            for rank in ranks {
                sum += (rank as f64 + SHIFT).powf(-EXPONENT);
                cumulative.push(sum);
            }
            starts.push(cumulative.len());
        }
        let n_items = u32::try_from(shape.n_items).expect("at most 2³² items");
        let mut names: Vec<u32> = (0..n_items).collect();
        for i in (1..names.len()).rev() {
            names.swap(i, chance.below(i + 1));
        }
        let drawn_in = vec![0; shape.n_items];
        Self { shape, cumulative, starts, names, n_drawn: 0, drawn_in, history: Vec::new() }
    }

    /// What this listener heard, the same whenever it is asked for; at least one item, none twice.
    pub fn history(&mut self, user: u64) -> &[Pair] {
        let mut chance = Chance::new(self.shape.seed, user);
        let length = self.length(&mut chance);
        let n_scenes = 1 + chance.below(1 + whole((length as f64).sqrt()));
        // Popular scenes have more listeners: a scene is that of an item drawn by popularity.
        let scenes: Vec<usize> = (0..n_scenes)
            .map(|_| {
                let item = self.draw(&mut chance, 0, self.cumulative.len());
                self.starts.partition_point(|&start| start <= item) - 1
            })
            .collect();
        let has_withheld = user.is_multiple_of(self.shape.withheld_every);
        self.history.clear();
        self.n_drawn += 1;
        for _ in 0..PATIENCE * length {
            let wanders = chance.unit() < WANDERING;
            let (first, end) = if wanders {
                (0, self.cumulative.len())
            } else {
                let scene = scenes[whole(n_scenes as f64 * chance.unit().powi(2))];
                (self.starts[scene], self.starts[scene + 1])
            };
            let item = self.draw(&mut chance, first, end);
            if self.drawn_in[item] == self.n_drawn {
                continue;
            }
            self.drawn_in[item] = self.n_drawn;
            let fondness = if wanders { 0.0 } else { 1.0 };
            let plays = 1 + whole((chance.normal() + fondness).exp());
            let is_withheld =
                has_withheld && !self.history.is_empty() && chance.unit() < WITHHELD_SHARE;
            self.history.push(Pair { item: self.names[item], plays, is_withheld });
            if self.history.len() == length {
                break;
            }
        }
        &self.history
    }

    /// Log-normal, its mean that of the shape: e^(μ + SPREAD²/2).
    fn length(&self, chance: &mut Chance) -> usize {
        let mean = self.shape.n_pairs as f64 / self.shape.n_users as f64;
        let drawn = (mean.ln() - SPREAD * SPREAD / 2.0 + SPREAD * chance.normal()).exp();
        // Nobody hears more than a tenth of everything.
        whole(drawn.round()).clamp(1, (self.shape.n_items / 10).max(1))
    }

    /// An item between two places, by popularity.
    fn draw(&self, chance: &mut Chance, first: usize, end: usize) -> usize {
        let below = if first == 0 { 0.0 } else { self.cumulative[first - 1] };
        let point = below + chance.unit() * (self.cumulative[end - 1] - below);
        let item = first + self.cumulative[first..end].partition_point(|&sum| sum <= point);
        item.min(end - 1)
    }
}

/// What stands before the point.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and small")]
fn whole(x: f64) -> usize {
    x as usize
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Shape, World};

    const SHAPE: Shape =
        Shape { n_users: 2000, n_items: 5000, n_pairs: 60_000, withheld_every: 20, seed: 7 };

    #[test]
    fn a_history_is_the_same_whoever_was_asked_before() {
        let mut world = World::new(SHAPE);
        let first = world.history(40).to_vec();
        world.history(3);
        assert_eq!(world.history(40), first);
    }

    #[test]
    fn nobody_hears_an_item_twice_or_nothing() {
        let mut world = World::new(SHAPE);
        for user in 0..SHAPE.n_users {
            let history = world.history(user);
            let items: BTreeSet<_> = history.iter().map(|pair| pair.item).collect();
            assert_eq!(items.len(), history.len());
            assert!(!history[0].is_withheld, "something is left to learn from");
            assert!(history.iter().all(|pair| pair.plays >= 1));
        }
    }

    #[test]
    fn there_are_about_as_many_pairs_as_asked_for() {
        let mut world = World::new(SHAPE);
        let n_pairs: usize = (0..SHAPE.n_users).map(|user| world.history(user).len()).sum();
        // Lengths deviate by 30·√(e − 1) = 39, their sum by 1760; and patience ends some long histories early.
        assert!((54_000..=64_000).contains(&n_pairs), "{n_pairs}");
    }
}
