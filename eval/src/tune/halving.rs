//! Which setting is worth more users, and when is a new one drawn?
//!
//! Successive halving without waiting (Li, Jamieson, Rostamizadeh, Gonina, Hardt, Recht & Talwalkar, A System for
//! Massively Parallel Hyperparameter Tuning, 2020): whoever is among the best third of a rung goes to the next; when nobody
//! has to go, a new setting is drawn for the lowest.
//! A search can then end at any time, and what comes next follows from the trials alone.

use models::Range;

use super::chance::{Chance, even_place};
use super::parzen::{n_before, propose};
use super::space::{Setting, Subject, coordinate_of, kind, value_at};
use super::study::{Kind, Trial};

/// One of so many goes on to the next rung.
const KEPT: usize = 3;
/// Every so many draws one is drawn evenly, whatever was found.
const EVEN_EVERY: usize = 4;
/// Draws until a new setting is found, before the space counts as searched through.
const ATTEMPTS: u64 = 100;

/// A trial to run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan {
    pub(super) setting: Setting,
    pub(super) kind: Kind,
    pub(super) from: Option<usize>,
    pub(super) stage: Option<usize>,
    pub(super) rung: usize,
}

/// Some parameters of a model, the others held.
pub(super) struct Field<'a> {
    pub(super) subject: &'a Subject,
    /// Values of what is held; what is searched may be anywhere.
    pub(super) base: Setting,
    /// Places in the space that are searched.
    pub(super) searched: Vec<usize>,
    /// Whether only values near those of `base` are drawn.
    pub(super) is_near: bool,
    pub(super) stage: Option<usize>,
    pub(super) top: usize,
    /// What tells its chance from others of the same seed.
    pub(super) purpose: u64,
}

/// Near a value: this far from it on an interval of 1, to either side.
const NEAR: f64 = 0.15;

impl Field<'_> {
    /// What to try after these trials of the field; nothing when every setting was.
    pub(super) fn next(&self, tried: &[&Trial], seed: u64) -> Option<Plan> {
        let promoted = (0..self.top).rev().find_map(|rung| self.promote(tried, rung));
        promoted.or_else(|| self.draw(tried, seed))
    }

    /// The best setting that not all users have judged, for all users: where a search ends.
    pub(super) fn settle(&self, tried: &[&Trial]) -> Option<Plan> {
        let below = tried.iter().filter(|trial| trial.rung < self.top && trial.score.is_some());
        let best = below.max_by(|a, b| {
            let by_score = a.score.unwrap_or(0.0).total_cmp(&b.score.unwrap_or(0.0));
            a.rung.cmp(&b.rung).then(by_score).then(b.trial.cmp(&a.trial))
        })?;
        Some(self.promotion(best, self.top))
    }

    /// Of the best third of a rung, the first that has not gone on.
    fn promote(&self, tried: &[&Trial], rung: usize) -> Option<Plan> {
        let mut of_rung: Vec<&Trial> =
            tried.iter().copied().filter(|trial| trial.rung == rung).collect();
        let score = |trial: &Trial| trial.score.unwrap_or(f64::NEG_INFINITY);
        of_rung.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.trial.cmp(&b.trial)));
        let best = of_rung[..of_rung.len() / KEPT].iter().filter(|trial| trial.score.is_some());
        let has_gone_on = |trial: &Trial| {
            tried.iter().any(|other| other.rung > rung && other.parameters == trial.parameters)
        };
        let next = best.into_iter().find(|trial| !has_gone_on(trial))?;
        Some(self.promotion(next, rung + 1))
    }

    fn promotion(&self, trial: &Trial, rung: usize) -> Plan {
        Plan {
            setting: trial.setting(self.subject),
            kind: Kind::Promoted,
            from: Some(trial.trial),
            stage: self.stage,
            rung,
        }
    }

    /// A setting that was not tried.
    fn draw(&self, tried: &[&Trial], seed: u64) -> Option<Plan> {
        if self.searched.is_empty() {
            return None;
        }
        let n_drawn = tried.iter().filter(|trial| trial.kind == Kind::Drawn).count();
        let known: Vec<Setting> = tried.iter().map(|trial| trial.setting(self.subject)).collect();
        let purpose = [self.purpose, self.stage.unwrap_or(0) as u64];
        let n_dims = self.searched.len();
        let kinds: Vec<_> =
            self.searched.iter().map(|&d| kind(&self.subject.space[d].range)).collect();
        let ordered = self.ordered(tried);
        for attempt in 0..ATTEMPTS {
            let mut chance =
                Chance::of(seed, &[purpose[0], purpose[1], n_drawn as u64 + 1, attempt]);
            let is_even = n_drawn < n_before(n_dims) || n_drawn % EVEN_EVERY == 0;
            let place = match (is_even, attempt) {
                (true, 0) => even_place(n_drawn, n_dims, &mut Chance::of(seed, &purpose)),
                (true, _) => (0..n_dims).map(|_| chance.unit()).collect(),
                (false, _) => propose(&kinds, &ordered, &mut chance),
            };
            let setting = self.setting(&place);
            if !known.contains(&setting) {
                let stage = self.stage;
                return Some(Plan { setting, kind: Kind::Drawn, from: None, stage, rung: 0 });
            }
        }
        None
    }

    /// The places of the settings tried: those that came furthest first, and of these the best.
    fn ordered(&self, tried: &[&Trial]) -> Vec<Vec<f64>> {
        let furthest = |trial: &&&Trial| {
            let same = tried.iter().filter(|other| other.parameters == trial.parameters);
            same.map(|other| other.rung).max() == Some(trial.rung)
        };
        let mut trials: Vec<&&Trial> = tried.iter().filter(furthest).collect();
        let score = |trial: &Trial| trial.score.unwrap_or(f64::NEG_INFINITY);
        trials.sort_by(|a, b| {
            let by_score = score(b).total_cmp(&score(a));
            b.rung.cmp(&a.rung).then(by_score).then(a.trial.cmp(&b.trial))
        });
        trials.into_iter().map(|trial| self.place(&trial.setting(self.subject))).collect()
    }

    /// What is searched of a setting, on intervals of 1.
    fn place(&self, setting: &Setting) -> Vec<f64> {
        let coordinate = |&d: &usize| {
            let range = &self.subject.space[d].range;
            let (low, high) = self.ends(d);
            ((coordinate_of(range, &setting[d]) - low) / (high - low)).clamp(0.0, 1.0)
        };
        self.searched.iter().map(coordinate).collect()
    }

    fn setting(&self, place: &[f64]) -> Setting {
        let mut setting = self.base.clone();
        for (&d, x) in self.searched.iter().zip(place) {
            let (low, high) = self.ends(d);
            setting[d] = value_at(&self.subject.space[d].range, low + x * (high - low));
        }
        setting
    }

    /// Between which coordinates a parameter is searched.
    fn ends(&self, d: usize) -> (f64, f64) {
        let range = &self.subject.space[d].range;
        if !self.is_near || matches!(range, Range::Values(_)) {
            return (0.0, 1.0);
        }
        let middle = coordinate_of(range, &self.base[d]);
        ((middle - NEAR).max(0.0), (middle + NEAR).min(1.0))
    }
}
