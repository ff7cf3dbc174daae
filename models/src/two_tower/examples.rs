//! From which moments do the towers learn?
//!
//! An example is the first time that a listener met a recording that is liked by now: what was known of both when it
//! began, and which recording it was.
//! Where nothing has a time, all else that the listener heard is what was known.

use std::ops::Range;

use music::{ItemIx, RecordingId};

use super::timeline::{Running, Standing, Timeline, moments_of_pairs, next_of_same};
use crate::hash::{hash, unit};
use crate::{Country, Moment, Training};

/// What tells this chance from others of the same seed.
const HELD_OUT: u64 = 0x6c61_7374_5f6f_6e65;
/// Examples that are held out at most; the standard error of their mean is then below 0.01.
const MOST_HELD_OUT: usize = 2000;
/// Examples that are held out at least, as long as there are as many listeners: fewer would stop by chance.
const LEAST_HELD_OUT: f32 = 1000.0;

/// Everything that happened, by user.
pub(super) struct Past {
    starts: Vec<usize>,
    moments: Vec<Moment>,
    next: Vec<u32>,
    /// `[n_users]` where each lives, and a number that stands for what each heard.
    countries: Vec<Option<Country>>,
    keys: Vec<u64>,
}

/// One example.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Example {
    pub(super) user: u32,
    /// How many of the user's moments were before it.
    pub(super) place: u32,
    pub(super) item: u32,
    pub(super) age_days: f32,
    /// Whether it is itself among these moments, as nothing has a time.
    pub(super) is_timeless: bool,
    pub(super) standing: Standing,
}

impl Past {
    pub(super) fn new(training: &Training<'_>) -> Self {
        let ids = training.rows.ids();
        let n_users = training.heard.n_rows();
        let mut past = Self {
            starts: vec![0],
            moments: Vec::new(),
            next: Vec::new(),
            countries: Vec::with_capacity(n_users),
            keys: Vec::with_capacity(n_users),
        };
        for (u, items, heard) in training.heard.rows() {
            let told = training.beside.moments.map_or(&[][..], |moments| moments.of(u));
            let items: Vec<ItemIx> = items.iter().map(|item| ItemIx(*item)).collect();
            let all = moments_of_pairs(&items, heard, told, |item| ids[item.0 as usize].0);
            past.next.extend(next_of_same(&all));
            past.keys.push(all.iter().map(|moment| key(moment, ids)).fold(0, u64::wrapping_add));
            past.moments.extend(all);
            past.starts.push(past.moments.len());
            past.countries.push(training.beside.moments.and_then(|moments| moments.country(u)));
        }
        past
    }

    pub(super) fn of(&self, user: usize) -> Timeline<'_> {
        let run = self.starts[user]..self.starts[user + 1];
        Timeline { moments: &self.moments[run.clone()], next: &self.next[run] }
    }

    pub(super) fn country(&self, user: usize) -> Option<Country> {
        self.countries[user]
    }

    /// A number that stands for what a user heard, whatever its row.
    pub(super) fn key(&self, user: usize) -> u64 {
        self.keys[user]
    }

    pub(super) fn countries(&self) -> &[Option<Country>] {
        &self.countries
    }
}

/// A number that stands for a moment, whatever the rows.
fn key(moment: &Moment, ids: &[RecordingId]) -> u64 {
    let id = ids[moment.item.0 as usize].0;
    hash([
        id,
        u64::from(moment.age_days.to_bits()),
        moment.outcome as u64,
        u64::from(moment.weight.to_bits()),
    ])
}

/// Every example, by user.
pub(super) fn examples(past: &Past, training: &Training<'_>) -> Vec<Example> {
    let mut examples = Vec::new();
    for (u, items, heard) in training.heard.rows() {
        let is_liked =
            |item: u32| items.binary_search(&item).is_ok_and(|place| heard[place].is_liked);
        add_examples(u, past.of(u), is_liked, &mut examples);
    }
    examples
}

fn add_examples(
    u: usize,
    timeline: Timeline<'_>,
    is_liked: impl Fn(u32) -> bool,
    examples: &mut Vec<Example>,
) {
    let user = u32::try_from(u).expect("user rows are u32");
    let n = timeline.moments.len();
    let mut was_met = vec![false; n];
    let mut running = Running::default();
    let first = examples.len();
    let is_timeless = timeline.is_timeless();
    for (place, moment) in timeline.moments.iter().enumerate() {
        let is_first = !was_met[place];
        if let Some(again) = was_met.get_mut(timeline.next[place] as usize) {
            *again = true;
        }
        if is_first && !moment.outcome.is_against() && is_liked(moment.item.0) {
            examples.push(Example {
                user,
                place: u32::try_from(place).expect("the moments of a listener are u32"),
                item: moment.item.0,
                age_days: moment.age_days,
                is_timeless,
                standing: running.standing(moment.age_days),
            });
        }
        running.add(moment, is_first);
    }
    if is_timeless && n > 0 {
        let standing = running.standing(timeline.moments[0].age_days);
        for example in &mut examples[first..] {
            example.place = u32::try_from(n).expect("the moments of a listener are u32");
            example.standing = standing;
        }
    }
}

/// What a listener of whom these places of a timeline are known is like.
pub(super) fn standing(timeline: Timeline<'_>, known: Range<usize>, age_days: f32) -> Standing {
    let mut was_met = vec![false; known.len()];
    let mut running = Running::default();
    for (k, place) in known.clone().enumerate() {
        let again = timeline.next[place] as usize - known.start;
        if let Some(again) = was_met.get_mut(again) {
            *again = true;
        }
        running.add(&timeline.moments[place], !was_met[k]);
    }
    running.standing(age_days)
}

/// Takes the last example of some listeners out of all; where nothing has a time, any. None where the share is 0.
pub(super) fn hold_out(
    examples: &mut Vec<Example>,
    past: &Past,
    ids: &[RecordingId],
    seed: u64,
    share: f32,
) -> Vec<Example> {
    let mut held_out = Vec::new();
    let mut kept = Vec::with_capacity(examples.len());
    let n_users = examples.chunk_by(|a, b| a.user == b.user).count() as f32;
    let share = if share > 0.0 { share.max(LEAST_HELD_OUT / n_users) } else { share };
    for of_user in examples.chunk_by(|a, b| a.user == b.user) {
        let key = past.key(of_user[0].user as usize);
        if of_user.len() < 2 || unit(hash([seed, HELD_OUT, key])) >= share {
            kept.extend(of_user);
            continue;
        }
        let by_chance =
            |place: &usize| hash([seed, HELD_OUT, ids[of_user[*place].item as usize].0]);
        let place = match of_user[0].is_timeless {
            true => (0..of_user.len()).min_by_key(by_chance).expect("there are at least two"),
            false => of_user.len() - 1,
        };
        held_out.push((hash([key, seed]), of_user[place]));
        kept.extend(of_user[..place].iter().chain(&of_user[place + 1..]));
    }
    *examples = kept;
    // In an order that has nothing to do with rows.
    held_out.sort_by_key(|(key, _)| *key);
    held_out.truncate(MOST_HELD_OUT);
    held_out.into_iter().map(|(_, example)| example).collect()
}
