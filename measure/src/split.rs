//! What may a model see, and what is it asked?
//!
//! Only [`by_time`] keeps the future from leaking into the past: with every other split a model learns from listens that
//! happened after those it is asked for, and from what other users heard later (Ji, Sun, Zhang & Li, A Critical Study on
//! Data Leakage in Recommender System Offline Evaluation, 2023).

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::below;

/// A user and an item, at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The user; any number that stands for the same user whatever else is in the table.
    pub user: u64,
    /// The item, likewise.
    pub item: u64,
    /// Seconds since 1970; 0 where nobody knows.
    pub at: i64,
}

/// Where an event goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A model learns from it.
    Train,
    /// The history of a user whom no model learns from, shown when the user is asked about.
    Shown,
    /// A model is asked for it.
    Test,
    /// Neither: it lies in the gap, or after the window.
    Neither,
}

/// Before `from`, less a gap of so many seconds, is learned from; from then on, for so many seconds, is asked for.
#[must_use]
pub fn by_time(events: &[Event], from: i64, gap_secs: i64, window_secs: i64) -> Vec<Part> {
    let part = |event: &Event| {
        if event.at < from.saturating_sub(gap_secs) {
            Part::Train
        } else if (from..from.saturating_add(window_secs)).contains(&event.at) {
            Part::Test
        } else {
            Part::Neither
        }
    };
    events.iter().map(part).collect()
}

/// The last event of each user who has two is asked for; of several at the same time, the one with the higher item.
#[must_use]
pub fn leave_last_out(events: &[Event]) -> Vec<Part> {
    let mut parts = vec![Part::Train; events.len()];
    for of_user in by_user(events) {
        if let [_, .., last] = of_user.as_slice() {
            parts[*last] = Part::Test;
        }
    }
    parts
}

/// A share of each user's events, chosen by chance and rounded to the nearest number, is asked for.
#[must_use]
pub fn random_share(events: &[Event], share: f64, seed: u64) -> Vec<Part> {
    let mut parts = vec![Part::Train; events.len()];
    for mut of_user in by_user(events) {
        shuffle(&mut of_user, events, seed);
        for &event in &of_user[..part_of(of_user.len(), share)] {
            parts[event] = Part::Test;
        }
    }
    parts
}

/// A share of the users is never learned from; of each of them a share of the events is shown and the rest asked for.
///
/// Strong generalization: a model must fold them in.
#[must_use]
pub fn held_out_users(events: &[Event], users: f64, shown: f64, seed: u64) -> Vec<Part> {
    let mut parts = vec![Part::Train; events.len()];
    let mut all = by_user(events);
    let n = part_of(all.len(), users);
    // Users in the order of a draw of their own.
    all.sort_by_cached_key(|of_user| {
        let user = events[of_user[0]].user;
        (chance(seed, user).next_u64(), user)
    });
    for of_user in &mut all[..n] {
        shuffle(of_user, events, seed);
        let n_shown = part_of(of_user.len(), shown);
        for (place, &event) in of_user.iter().enumerate() {
            parts[event] = if place < n_shown { Part::Shown } else { Part::Test };
        }
    }
    parts
}

/// Each user's events are dealt to so many folds by chance; one of them, counted from 0, is asked for.
///
/// # Panics
/// When there is no such fold.
#[must_use]
pub fn fold(events: &[Event], fold: usize, n_folds: usize, seed: u64) -> Vec<Part> {
    assert!(fold < n_folds, "a fold below {n_folds} expected, got {fold}");
    let mut parts = vec![Part::Train; events.len()];
    for mut of_user in by_user(events) {
        shuffle(&mut of_user, events, seed);
        for &event in of_user.iter().skip(fold).step_by(n_folds) {
            parts[event] = Part::Test;
        }
    }
    parts
}

/// Indexes of the events of each user, by time, then item; users by number.
fn by_user(events: &[Event]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..events.len()).collect();
    order.sort_by_key(|&index| {
        let event = events[index];
        (event.user, event.at, event.item)
    });
    order.chunk_by(|&a, &b| events[a].user == events[b].user).map(<[usize]>::to_vec).collect()
}

/// The order of a user's events by chance, whatever other users there are.
fn shuffle(of_user: &mut [usize], events: &[Event], seed: u64) {
    let Some(&first) = of_user.first() else { return };
    let mut chance = chance(seed, events[first].user);
    for last in (1..of_user.len()).rev() {
        of_user.swap(last, below(&mut chance, last + 1));
    }
}

fn chance(seed: u64, user: u64) -> ChaCha8Rng {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    chance.set_stream(user);
    chance
}

/// A share of n, rounded to the nearest number.
fn part_of(n: usize, share: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of n is a number between 0 and n"
    )]
    let part = (n as f64 * share.clamp(0.0, 1.0)).round() as usize;
    part
}

#[cfg(test)]
mod tests;
