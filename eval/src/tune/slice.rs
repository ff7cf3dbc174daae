//! On what may settings be judged before the test?
//!
//! On a share of each user's liked pairs, cut from what models may learn from: nothing else ever comes in here, so
//! whatever a test holds stays unknown until settings are chosen.
//! A rung is that question for some of the users, who alone are then learned from and judged: a cheaper question, for
//! settings that need not be judged by all.

use linalg::Csr;
use measure::split::{Event, Part, fold, random_share};
use models::{Beside, Heard, Moment, Moments, Training};
use music::{ItemIx, Rows, UserIx};

use super::chance::Chance;
use crate::{Asked, Counts, Cut, Error, Split, Task};

/// Of so many users alike in the length of their history one is in the lowest rung, three are in the next.
const STRATUM: usize = 9;
/// Users of a stratum in each rung.
const RUNGS: [usize; 3] = [1, 3, STRATUM];
/// Fewer users than that say too little to be a rung, but for the highest.
const FEWEST: usize = 100;
/// Other cuts, for the last choice; together they ask for as much as the slice.
const OTHERS: usize = 4;
/// What tells the chance of users from others of the same seed.
const PURPOSE: u64 = 0x7275_6e67;

/// A validation slice, for some of the users and for all.
#[derive(Debug)]
pub struct Slice {
    /// From few users to all.
    pub rungs: Vec<Rung>,
    /// Other cuts of the same for all users, each a quarter as large, by which no setting was chosen.
    ///
    /// What is learned from then is nearly the whole training: where less is known, other settings are the best.
    pub others: Vec<Task>,
    /// The share of each user's liked pairs that is asked for.
    pub share: f64,
    /// BLAKE3 of what it was cut from.
    pub fingerprint: String,
}

/// The question for some of the users.
#[derive(Debug)]
pub struct Rung {
    /// What is learned from and asked for.
    pub task: Task,
    /// The share of the users.
    pub share: f64,
}

impl Slice {
    /// Cuts a share of each user's liked pairs from what models may learn from, for rungs of users.
    ///
    /// # Errors
    /// [`Error::NothingValidated`] when that is no pair at all.
    pub fn cut(
        heard: &Csr<UserIx, ItemIx, Heard>,
        rows: &Rows,
        share: f64,
        seed: u64,
    ) -> Result<Self, Error> {
        Self::cut_beside(heard, rows, Beside::default(), share, seed)
    }

    /// The same, with what is known beyond who heard what: without any moment of what is asked for.
    ///
    /// # Errors
    /// As [`Slice::cut`].
    pub fn cut_beside(
        heard: &Csr<UserIx, ItemIx, Heard>,
        rows: &Rows,
        beside: Beside<'_>,
        share: f64,
        seed: u64,
    ) -> Result<Self, Error> {
        let all = Training { beside, ..Training::new(heard, rows, seed) };
        let is_asked = asked_pairs(heard, rows, |events| random_share(events, share, seed));
        let places = places(heard, seed);
        let of_rung =
            |n: usize| -> Vec<usize> { (0..heard.n_rows()).filter(|&u| places[u] < n).collect() };
        let mut rungs = Vec::new();
        for n in RUNGS {
            let users = of_rung(n);
            let task = task(&all, share, &users, &is_asked);
            if n == STRATUM || task.asked.len() >= FEWEST {
                rungs.push(Rung { task, share: n as f64 / STRATUM as f64 });
            }
        }
        if rungs.last().is_none_or(|all| all.task.asked.is_empty()) {
            return Err(Error::NothingValidated { share });
        }
        let everybody = of_rung(STRATUM);
        let n_folds = n_folds(share);
        let other = |n: usize| {
            let seed = seed.wrapping_add(1);
            let is_asked = asked_pairs(heard, rows, |events| fold(events, n, n_folds, seed));
            task(&all, 1.0 / n_folds as f64, &everybody, &is_asked)
        };
        let others = (0..OTHERS).map(other).collect();
        Ok(Self { rungs, others, share, fingerprint: fingerprint(heard, rows) })
    }

    /// The number of the rung of all users.
    #[must_use]
    pub fn top(&self) -> usize {
        self.rungs.len() - 1
    }
}

/// Of so many folds each is a quarter of a slice; a user with few pairs is asked for one in each as long as there are any.
fn n_folds(share: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "no more than the largest number for the smallest share"
    )]
    let n = (OTHERS as f64 / share).round() as usize;
    n.max(OTHERS)
}

/// Of every pair, in the order of the rows, whether it is asked for.
fn asked_pairs<'a>(
    heard: &'a Csr<UserIx, ItemIx, Heard>,
    rows: &Rows,
    cut: impl Fn(&[Event]) -> Vec<Part>,
) -> Vec<bool> {
    let ids = rows.ids();
    let of_user = |(u, items, heard): (usize, &'a [u32], &'a [Heard])| {
        items.iter().zip(heard).map(move |pair| (u, pair))
    };
    let pairs = || heard.rows().flat_map(of_user);
    let liked = pairs().filter(|(_, (_, heard))| heard.is_liked);
    let event = |(u, (&item, _)): (usize, (&u32, &Heard))| Event {
        user: u as u64,
        item: ids[item as usize].0,
        at: 0,
    };
    let events: Vec<Event> = liked.map(event).collect();
    let mut parts = cut(&events).into_iter();
    let is_asked = |(_, (_, heard)): (usize, (&u32, &Heard))| {
        heard.is_liked && parts.next().expect("a part for each liked pair") == Part::Test
    };
    pairs().map(is_asked).collect()
}

/// Where each user stands in a stratum of users with histories of nearly the same length, by chance.
fn places(heard: &Csr<UserIx, ItemIx, Heard>, seed: u64) -> Vec<usize> {
    let draw = |u: usize| Chance::of(seed, &[PURPOSE, u as u64]).unit();
    let mut users: Vec<(usize, f64, usize)> =
        heard.rows().map(|(u, items, _)| (items.len(), draw(u), u)).collect();
    users.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut places = vec![0; users.len()];
    for stratum in users.chunks_mut(STRATUM) {
        stratum.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.2.cmp(&b.2)));
        for (place, (_, _, u)) in stratum.iter().enumerate() {
            places[*u] = place;
        }
    }
    places
}

/// What these users heard, less what they are asked for.
fn task(all: &Training<'_>, share: f64, users: &[usize], is_asked: &[bool]) -> Task {
    let heard = all.heard;
    let mut starts: Vec<usize> = vec![0];
    starts.extend(heard.rows().map(|(_, items, _)| items.len()));
    for r in 1..starts.len() {
        starts[r] += starts[r - 1];
    }
    let (mut kept, mut asked) = (Vec::new(), Vec::new());
    let mut moments = all.beside.moments.map(|_| Moments::new());
    for (row, &u) in (0..).zip(users) {
        let (items, heard_by_u) = heard.row(u);
        let is_asked = &is_asked[starts[u]..];
        let mut one = Asked { user: Some(UserIx(row)), ..Asked::default() };
        for ((&item, &heard), &is_asked) in items.iter().zip(heard_by_u).zip(is_asked) {
            if is_asked {
                one.wanted.push(item);
                one.gains.push(heard.confidence);
            } else {
                kept.push((row, item, heard));
            }
        }
        if let (Some(moments), Some(before)) = (&mut moments, all.beside.moments) {
            let is_kept = |moment: &&Moment| one.wanted.binary_search(&moment.item.0).is_err();
            moments.push(before.country(u), before.of(u).iter().filter(is_kept).copied());
        }
        if !one.wanted.is_empty() {
            asked.push(one);
        }
    }
    let wanted = asked.iter().map(|one| one.wanted.len()).sum();
    let counts = Counts { test_pairs: wanted, wanted, ..Counts::default() };
    let kept = Csr::from_triplets(users.len(), heard.n_cols(), kept);
    let split = Split::Cut(Cut::Pairs(share));
    let features = all.beside.features.cloned();
    Task { features, moments, ..Task::new(split, kept, all.rows.clone(), asked, counts) }
}

/// BLAKE3 of every pair and of the items' names.
fn fingerprint(heard: &Csr<UserIx, ItemIx, Heard>, rows: &Rows) -> String {
    let mut hasher = blake3::Hasher::new();
    for id in rows.ids() {
        hasher.update(&id.0.to_le_bytes());
    }
    for (_, items, heard) in heard.rows() {
        hasher.update(&(items.len() as u64).to_le_bytes());
        for (item, heard) in items.iter().zip(heard) {
            hasher.update(&item.to_le_bytes());
            hasher.update(&heard.confidence.to_bits().to_le_bytes());
            hasher.update(&heard.age_days.to_bits().to_le_bytes());
            hasher.update(&[u8::from(heard.is_liked)]);
        }
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests;
