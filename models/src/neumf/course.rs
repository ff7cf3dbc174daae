//! In which order is an epoch learned?
//!
//! Users have no names here, so they take their order from what they heard: the order of rows changes nothing.

use linalg::Csr;
use music::{ItemIx, RecordingId, UserIx};

use super::Params;
use super::batch::Batch;
use crate::draw::{Draws, Sampler};
use crate::hash::hash;
use crate::{Heard, Training};

/// Liked items of a turn: with more of one user a batch has few users, with fewer each turn pays for the sum over all that
/// the user likes.
const TURN: usize = 16;
/// Steps of an epoch, at least, where there are examples for so many.
const STEPS: usize = 64;
/// Examples below which a step is more chance than gradient.
const MIN_BATCH: usize = 16;
/// How often a negative is drawn again that the user knows.
const MAX_REDRAWS: usize = 8;

/// What stays the same in all epochs.
pub(super) struct Course<'a> {
    params: Params,
    seed: u64,
    heard: &'a Csr<UserIx, ItemIx, Heard>,
    /// What each user likes, with its weight in the mean.
    pub(super) liked: Csr<UserIx, ItemIx>,
    turns: Vec<Turn>,
    sampler: Sampler,
    batch: usize,
}

/// Some of what a user likes, and as large a part of what the user does not.
#[derive(Clone, Copy, Debug)]
struct Turn {
    user: u32,
    /// Place of the user in the order of the course.
    place: u32,
    /// Of how many of the user's this is which.
    number: u32,
    of: u32,
}

impl<'a> Course<'a> {
    pub(super) fn new(params: Params, training: &Training<'a>) -> Self {
        let heard = training.heard;
        let liked = training.liked(|heard| params.aging.factor(heard));
        let mut users: Vec<(u64, u32)> =
            (0..).zip(heard.rows()).map(|(u, row)| (key(training.rows.ids(), row), u)).collect();
        users.sort_unstable();
        let mut turns = Vec::new();
        for (place, &(_, user)) in (0..).zip(&users) {
            let (items, _) = liked.row(user as usize);
            let of = u32::try_from(items.len().div_ceil(TURN)).expect("items are u32");
            turns.extend((0..of).map(|number| Turn { user, place, number, of }));
        }
        let n_examples = liked.nnz() * (1 + params.negatives);
        let batch = params.batch.min((n_examples / STEPS).max(MIN_BATCH));
        let sampler = sampler(params, &liked);
        Self { params, seed: training.seed, heard, liked, turns, sampler, batch }
    }

    /// Calls `learn` with each batch of an epoch.
    pub(super) fn epoch(&self, number: usize, mut learn: impl FnMut(&Batch)) {
        let mut order: Vec<u32> = (0..).take(self.turns.len()).collect();
        let key = hash([self.seed, number as u64]);
        Draws::new([key]).shuffle(&mut order);
        let mut batch = Batch::default();
        for turn in order {
            self.fill(key, self.turns[turn as usize], &mut batch);
            if batch.examples.len() >= self.batch {
                learn(&batch);
                batch.clear();
            }
        }
        if !batch.examples.is_empty() {
            learn(&batch);
        }
    }

    fn fill(&self, key: u64, turn: Turn, batch: &mut Batch) {
        let mut draws = Draws::new([key, u64::from(turn.place), u64::from(turn.number)]);
        let user = turn.user as usize;
        let (items, weights) = self.liked.row(user);
        let total: f32 = weights.iter().sum();
        batch.begin_turn(user);
        let own = part(items.len(), turn);
        for (&item, &weight) in items[own.clone()].iter().zip(&weights[own]) {
            batch.begin_group(total, Some((item, weight)));
            batch.push(item, 1.0, weight);
            for _ in 0..self.params.negatives {
                if let Some(other) = self.unknown(user, &mut draws) {
                    batch.push(other, 0.0, weight);
                }
            }
        }
        let (known, heard) = self.heard.row(user);
        let n_disliked = known.len() - items.len();
        if n_disliked == 0 || self.params.dislike_weight == 0.0 {
            return;
        }
        let disliked = known.iter().zip(heard).filter(|(_, heard)| !heard.is_liked);
        let own = part(n_disliked, turn);
        batch.begin_group(total, None);
        for (&item, &heard) in disliked.skip(own.start).take(own.len()) {
            let weight = self.params.dislike_weight * self.params.aging.factor(heard);
            batch.push(item, 0.0, weight);
        }
    }

    /// An item that the user does not know; `None` where a few draws find none.
    fn unknown(&self, user: usize, draws: &mut Draws) -> Option<u32> {
        let (known, _) = self.heard.row(user);
        let mut drawn = (0..=MAX_REDRAWS).map(|_| self.sampler.draw(draws));
        drawn.find(|item| known.binary_search(item).is_err())
    }
}

/// A turn's part of `n` things.
fn part(n: usize, turn: Turn) -> std::ops::Range<usize> {
    let (number, of) = (turn.number as usize, turn.of as usize);
    n * number / of..n * (number + 1) / of
}

/// Hash of what a user heard: a sum, as items may stand in any order.
fn key(ids: &[RecordingId], (_, items, heard): (usize, &[u32], &[Heard])) -> u64 {
    let hashes = items.iter().zip(heard).map(|(&i, heard)| {
        let confidence = u64::from(heard.confidence.to_bits());
        let age = u64::from(heard.age_days.to_bits());
        hash([ids[i as usize].0, confidence, age, u64::from(heard.is_liked)])
    });
    hashes.fold(0, u64::wrapping_add)
}

/// Draws negatives.
fn sampler(params: Params, liked: &Csr<UserIx, ItemIx>) -> Sampler {
    if params.popularity_exponent == 0.0 {
        return Sampler::Uniform(liked.n_cols());
    }
    let mut n_liking = vec![0.0_f32; liked.n_cols()];
    for (_, items, _) in liked.rows() {
        items.iter().for_each(|&i| n_liking[i as usize] += 1.0);
    }
    // What nobody likes is drawn like what one user likes, or it would never sink.
    let chances = n_liking.iter().map(|n| n.max(1.0).powf(params.popularity_exponent));
    Sampler::weighted(&chances.collect::<Vec<f32>>())
}
