//! What did each listener come to like after what was known?
//!
//! Of each listener the newest share of what is liked is held out, by the first moment of each where moments tell, else by
//! the last listen, and by a hash where all is of one time; and with it what was met since then and not liked.
//! What is left is what was known, but for one thing: what a kept pair counts may come from later listens as well.

use linalg::Csr;
use music::{ItemIx, RecordingId, UserIx};

use super::Params;
use crate::hash::{hash, unit};
use crate::{Heard, Moment, Moments, Outcome, Training};

/// What tells this chance from others of the same seed.
const PURPOSE: u64 = 0x6879_6272_6964_5f31;

/// Pairs to find candidates by, and what the candidates are judged by.
pub(super) struct HeldOut {
    pub(super) heard: Csr<UserIx, ItemIx, Heard>,
    pub(super) moments: Option<Moments>,
    /// In an order that has nothing to do with rows.
    pub(super) asked: Vec<Asked>,
}

/// One listener, and what came.
pub(super) struct Asked {
    pub(super) user: u32,
    /// A number that stands for what the user heard, whatever its row.
    pub(super) key: u64,
    pub(super) answers: Vec<Answer>,
}

/// What came of one item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) item: u32,
    /// Of the first moment.
    pub(super) age_days: f32,
    pub(super) is_liked: bool,
    /// Whether it was heard out, as far as known.
    pub(super) is_completed: Option<bool>,
    /// Whether it was skipped, or is not liked where no moment tells.
    pub(super) is_skipped: bool,
}

impl HeldOut {
    pub(super) fn new(params: &Params, training: &Training<'_>) -> Self {
        let ids = training.rows.ids();
        let mut users: Vec<(u64, u32)> = Vec::new();
        for (u, (_, items, heard)) in (0..).zip(training.heard.rows()) {
            if heard.iter().filter(|heard| heard.is_liked).count() > 1 {
                users.push((key(training.seed, ids, items, heard), u));
            }
        }
        users.sort_unstable();
        users.truncate(params.lists);
        let mut splits: Vec<Option<Split>> = Vec::new();
        splits.resize_with(training.heard.n_rows(), || None);
        let mut asked = Vec::with_capacity(users.len());
        for (key, user) in users {
            let split = Split::new(params, training, user as usize, key);
            asked.push(Asked { user, key, answers: split.answers.clone() });
            splits[user as usize] = Some(split);
        }
        let mut triplets = Vec::with_capacity(training.heard.nnz());
        for (u, (row, items, heard)) in (0..).zip(training.heard.rows()) {
            let is_kept = |place: &usize| {
                splits[row].as_ref().is_none_or(|split| !split.is_out(items[*place]))
            };
            let kept = (0..items.len()).filter(is_kept);
            triplets.extend(kept.map(|place| (u, items[place], heard[place])));
        }
        let heard = Csr::from_triplets(training.heard.n_rows(), training.heard.n_cols(), triplets);
        let moments = training.beside.moments.map(|all| {
            let mut left = Moments::new();
            for (u, split) in splits.iter().enumerate() {
                let is_kept =
                    |moment: &&Moment| split.as_ref().is_none_or(|split| split.was_before(moment));
                left.push(all.country(u), all.of(u).iter().filter(is_kept).copied());
            }
            left
        });
        Self { heard, moments, asked }
    }
}

/// One user's pairs, in two parts.
struct Split {
    /// Ascending by item.
    answers: Vec<Answer>,
    /// Age of the oldest of them; `None` where all is of one time.
    cut: Option<f32>,
}

impl Split {
    fn new(params: &Params, training: &Training<'_>, user: usize, key: u64) -> Self {
        let (items, heard) = training.heard.row(user);
        let moments = training.beside.moments.map_or(&[][..], |all| all.of(user));
        let told = told(items, moments);
        let age = |(told, heard): (&Told, &Heard)| told.age_days.unwrap_or(heard.age_days);
        let ages: Vec<f32> = told.iter().zip(heard).map(age).collect();
        let ids = training.rows.ids();
        let chance = |place: usize| hash([key, PURPOSE, ids[items[place] as usize].0]);
        let mut liked: Vec<usize> = (0..items.len()).filter(|at| heard[*at].is_liked).collect();
        liked.sort_by(|a, b| ages[*a].total_cmp(&ages[*b]).then(chance(*a).cmp(&chance(*b))));
        let is_timeless = ages.iter().all(|age| *age == ages[0]);
        liked.truncate(n_of(params.held_out, liked.len()));
        let oldest = liked.last().map_or(0.0, |at| ages[*at]);
        let cut = (!is_timeless).then_some(oldest);
        liked.sort_unstable();
        let is_out = |at: &usize| match cut {
            _ if heard[*at].is_liked => liked.binary_search(at).is_ok(),
            Some(cut) => ages[*at] <= cut,
            None => unit(chance(*at)) < params.held_out,
        };
        let answer = |at: usize| answer(items[at], heard[at], ages[at], told[at]);
        Self { answers: (0..items.len()).filter(is_out).map(answer).collect(), cut }
    }

    fn is_out(&self, item: u32) -> bool {
        self.answers.binary_search_by_key(&item, |answer| answer.item).is_ok()
    }

    fn was_before(&self, moment: &Moment) -> bool {
        !self.is_out(moment.item.0) && self.cut.is_none_or(|cut| moment.age_days > cut)
    }
}

/// So much of `n` things, but one at least and not all.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a count is one"
)]
fn n_of(share: f32, n: usize) -> usize {
    ((share * n as f32).round() as usize).clamp(1, n - 1)
}

/// What the moments tell of one item.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    /// Age of the first.
    age_days: Option<f32>,
    is_finished: bool,
    is_skipped: bool,
}

fn told(items: &[u32], moments: &[Moment]) -> Vec<Told> {
    let mut told = vec![Told::default(); items.len()];
    // Oldest first, so that the first age stays.
    for moment in moments {
        if let Ok(place) = items.binary_search(&moment.item.0) {
            told[place].age_days.get_or_insert(moment.age_days);
            told[place].is_finished |= moment.outcome == Outcome::Finished;
            told[place].is_skipped |= moment.outcome == Outcome::Skipped;
        }
    }
    told
}

fn answer(item: u32, heard: Heard, age_days: f32, told: Told) -> Answer {
    let is_told = told.age_days.is_some();
    let is_completed = (told.is_finished || told.is_skipped).then_some(told.is_finished);
    let is_skipped = if is_told { told.is_skipped } else { !heard.is_liked };
    Answer { item, age_days, is_liked: heard.is_liked, is_completed, is_skipped }
}

/// Hash of what a user heard: a sum, as items may stand in any order.
fn key(seed: u64, ids: &[RecordingId], items: &[u32], heard: &[Heard]) -> u64 {
    let hashes = items.iter().zip(heard).map(|(&i, heard)| {
        let confidence = u64::from(heard.confidence.to_bits());
        let age = u64::from(heard.age_days.to_bits());
        hash([ids[i as usize].0, confidence, age, u64::from(heard.is_liked)])
    });
    hash([seed, hashes.fold(0, u64::wrapping_add)])
}
