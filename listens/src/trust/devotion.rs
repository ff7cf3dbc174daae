//! Whose most faithful listeners have nothing else in common?
//!
//! A recording that is pushed from many accounts, a few plays on each, makes none of them unusual; what is unusual is its audience.
//! Most of those who ever heard it play it more than anything else, and yet they are no more alike than any accounts are.
//! Those who share a love are: what brought them to one recording brought them to others.
//! Such plays are believed less, and no account for having made them.

use std::collections::BTreeMap;

use super::habits::Habits;
use super::lockstep;

/// Fewer devoted accounts are a coincidence.
const FEWEST: usize = 6;
/// The chance of so much devotion among so many listeners above which nothing is suspected.
const LEAST_CHANCE: f64 = 1e-4;
/// How far above the average a recording may draw devotion without being suspect.
const ALLOWANCE: f64 = 1.5;
/// The devoted of an honest recording are more alike than this, beside how much they are like anybody.
const LIKENESS: f64 = 1.3;
/// Devoted accounts that are compared with each other, and with how many others.
const COMPARED: usize = 32;

/// A recording that more accounts are devoted to than its audience explains.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Devotion {
    /// Accounts that play it as much as anything, or nearly.
    pub(super) devoted: usize,
    /// Accounts that ever listened to it.
    pub(super) audience: u32,
    /// How alike the devoted are, for 1 of how alike each of them is to anybody.
    pub(super) likeness: f64,
}

/// The suspicious recordings, by the hash of their id.
///
/// O(n log n) in the number of accounts.
pub(super) fn devotions(
    accounts: &[&Habits],
    audience: &dyn Fn(u64) -> u32,
) -> BTreeMap<u64, Devotion> {
    let postings = lockstep::postings(accounts.iter().map(|habits| &habits.played));
    let rate = lockstep::rate(&postings, audience);
    let mut found = BTreeMap::new();
    for devoted in postings.chunk_by(|a, b| a.0 == b.0) {
        let (hash, audience) = (devoted[0].0, audience(devoted[0].0));
        let is_chance = || chance(devoted.len(), audience, ALLOWANCE * rate) > LEAST_CHANCE;
        if devoted.len() < FEWEST || is_chance() {
            continue;
        }
        let rows: Vec<usize> = devoted.iter().map(|(_, row)| *row).collect();
        let likeness = likeness(accounts, &rows, hash);
        if likeness < LIKENESS {
            found.insert(hash, Devotion { devoted: rows.len(), audience, likeness });
        }
    }
    found
}

/// An upper bound of the chance that so many of an audience are devoted, each with this probability (Chernoff):
/// exp(−n·D(k/n ‖ p)) with D the relative entropy.
fn chance(devoted: usize, audience: u32, p: f64) -> f64 {
    let n = f64::from(audience).max(devoted as f64);
    let share = devoted as f64 / n;
    let p = p.clamp(1e-9, 1.0);
    if share <= p {
        return 1.0;
    }
    let term = |a: f64, b: f64| if a > 0.0 { a * (a / b).ln() } else { 0.0 };
    (-n * (term(share, p) + term(1.0 - share, 1.0 - p))).exp()
}

/// How alike these accounts are on average apart from what they are devoted to, beside how much they are like others.
fn likeness(accounts: &[&Habits], devoted: &[usize], to: u64) -> f64 {
    let sample = evenly(devoted.len(), COMPARED).map(|at| devoted[at]);
    let sample: Vec<usize> = sample.collect();
    let alike = |a: usize, b: usize| accounts[a].heard.likeness(&accounts[b].heard, Some(to));
    let mut within = Mean::default();
    let mut between = Mean::default();
    for (i, a) in sample.iter().enumerate() {
        sample[i + 1..].iter().for_each(|b| within.add(alike(*a, *b)));
        let others = evenly(accounts.len(), COMPARED).filter(|b| devoted.binary_search(b).is_err());
        others.for_each(|b| between.add(alike(*a, b)));
    }
    match (within.of(), between.of()) {
        (Some(within), Some(between)) if between > 0.0 => within / between,
        // Where accounts have nothing in common at all, nothing can be told from it.
        _ => f64::INFINITY,
    }
}

/// At most so many rows of `n`, evenly spaced.
fn evenly(n: usize, at_most: usize) -> impl Iterator<Item = usize> {
    let kept = n.min(at_most);
    (0..kept).map(move |i| (2 * i + 1) * n / (2 * kept))
}

#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    sum: f64,
    n: u32,
}

impl Mean {
    fn add(&mut self, x: f64) {
        self.sum += x;
        self.n += 1;
    }

    fn of(self) -> Option<f64> {
        (self.n > 0).then(|| self.sum / f64::from(self.n))
    }
}
