//! Which accounts behave like people?
//!
//! A survey takes in one history at a time and keeps a few numbers of each account: see [`Feature`].
//! When all are in, each number is compared with what is usual for an account that does as much, in robust standard
//! deviations; a logistic regression, learned from simulated attacks, makes a suspicion of them, and that a weight.
//! Only what is unusual in the way of machines counts, so that nothing an account does besides buys it trust.
//! Accounts of which too little is known, and all accounts where there is no crowd to compare with, are trusted.

mod coefficients;
mod crowd;
mod devotion;
mod feature;
mod habits;
mod lockstep;
mod sentence;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use music::{History, ListenerId, RecordingId};
use serde::{Deserialize, Serialize};

pub use feature::Feature;

use coefficients::{BIAS, SLOPES};
use crowd::Usual;
use devotion::Devotion;
use habits::{Habits, Workbench};
use lockstep::{Audiences, Focus, Group, scatter, unscatter};

/// Deviations beyond which nothing becomes more unusual.
pub const MOST_UNUSUAL: f64 = 8.0;

/// When an account is believed less.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrustRules {
    /// Whether accounts are judged at all; otherwise all are believed.
    pub enabled: bool,
    /// Suspicion from which on an account is believed less; from 0 to 1.
    pub threshold: f64,
    /// What is left of the weight of an account that is certainly a machine; from 0 to 1.
    pub floor: f64,
    /// Listens and opinions below which an account is believed, as too little is known of it.
    pub least_listens: u32,
    /// Accounts with as many below which nobody is judged, as there is no crowd to compare with.
    pub least_accounts: u32,
}

impl Default for TrustRules {
    fn default() -> Self {
        Self { enabled: true, threshold: 0.5, floor: 0.05, least_listens: 20, least_accounts: 20 }
    }
}

/// What is known of all accounts, taken in one history at a time.
///
/// It holds about 600 bytes of each account and 24 of each recording.
#[derive(Clone, Debug, Default)]
pub struct TrustSurvey {
    accounts: Vec<(ListenerId, Habits)>,
    audiences: Audiences,
    bench: Workbench,
}

impl TrustSurvey {
    /// Knows nobody yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in one listener's history; each listener once.
    ///
    /// O(n log n) in its length.
    pub fn learn(&mut self, listener: ListenerId, history: &History) {
        let audiences = &mut self.audiences;
        let habits = self.bench.measure(history, &mut |of_one| {
            if of_one.listens > 0 || of_one.is_disliked {
                *audiences.entry(scatter(of_one.recording)).or_default() += 1;
            }
        });
        if let Some(habits) = habits {
            self.accounts.push((listener, habits));
        }
    }

    /// Compares all accounts with each other.
    #[must_use]
    pub fn judge(self, rules: &TrustRules) -> Trust {
        let Self { mut accounts, audiences, .. } = self;
        accounts.sort_by_key(|(listener, _)| *listener);
        let weights = vec![1.0; accounts.len()];
        let mut trust = Trust {
            rules: *rules,
            accounts,
            weights,
            usual: BTreeMap::new(),
            devotions: BTreeMap::new(),
        };
        let judged = trust.judged();
        if rules.enabled && judged.len() >= rules.least_accounts as usize {
            trust.age(&judged);
            trust.group(&judged, &audiences);
            trust.compare(&judged);
            for at in judged {
                trust.weights[at] = trust.explain(at).weight;
            }
        }
        trust
    }
}

/// How far each account is to be believed.
#[derive(Clone, Debug)]
pub struct Trust {
    rules: TrustRules,
    /// Ascending by listener.
    accounts: Vec<(ListenerId, Habits)>,
    /// `[accounts.len()]`
    weights: Vec<f64>,
    /// What is usual of each feature; empty where nobody is judged.
    usual: BTreeMap<Feature, Usual>,
    /// Suspicious recordings, by the hash of their id.
    devotions: BTreeMap<u64, Devotion>,
}

/// One feature of an account, beside what is usual for accounts that do as much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trait {
    /// What was looked at.
    pub feature: Feature,
    /// What was found.
    pub value: f64,
    /// What is usual.
    pub usual: f64,
    /// Robust standard deviations from there in the way of machines, at most 8; 0 for the other way.
    pub deviations: f64,
    /// What it adds to the logarithm of the odds that this is a machine.
    pub contribution: f64,
}

/// What is thought of an account, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Whose it is.
    pub listener: ListenerId,
    /// Listens, those that several sources reported once.
    pub listens: u32,
    /// Of these, those of which somebody says how long they were.
    pub timed: u32,
    /// Likes and dislikes.
    pub opinions: u32,
    /// What it was compared by, in the order of [`Feature::ALL`]; empty where it was not judged.
    pub traits: Vec<Trait>,
    /// From 0 to 1.
    pub suspicion: f64,
    /// How far it is believed: 1 for all but the suspicious.
    pub weight: f64,
}

/// A recording that many accounts play more than anything else though nothing else unites them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pushed {
    /// The recording.
    pub recording: RecordingId,
    /// Accounts that play it as much as anything, or nearly.
    pub devoted: usize,
    /// Accounts that ever listened to it.
    pub audience: u32,
    /// How alike the devoted are in what they hear, for 1 of how alike they are to anybody.
    pub likeness: f64,
}

impl Trust {
    /// How far an account is believed, from the floor of the rules to 1.
    #[must_use]
    pub fn weight(&self, listener: ListenerId) -> f64 {
        self.row(listener).map_or(1.0, |at| self.weights[at])
    }

    /// How far an account is believed in what it says of one recording: [`Trust::weight`], or the floor where that is
    /// less and the account is one of those that are devoted to a suspicious recording.
    #[must_use]
    pub fn weight_of(&self, listener: ListenerId, recording: RecordingId) -> f64 {
        let Some(at) = self.row(listener) else { return 1.0 };
        let hash = scatter(recording.0);
        let is_pushed = self.devotions.contains_key(&hash)
            && self.accounts[at].1.played.hashes().contains(&hash);
        if is_pushed { self.weights[at].min(self.rules.floor) } else { self.weights[at] }
    }

    /// The rules by which accounts were judged.
    #[must_use]
    pub fn rules(&self) -> &TrustRules {
        &self.rules
    }

    /// How many accounts there is enough to tell of.
    #[must_use]
    pub fn n_judged(&self) -> usize {
        self.judged().len()
    }

    /// What is thought of an account, and why; `None` of one that has nothing with a time.
    #[must_use]
    pub fn account(&self, listener: ListenerId) -> Option<Account> {
        self.row(listener).map(|at| self.explain(at))
    }

    /// The recordings whose most faithful listeners have nothing else in common, ascending by id.
    #[must_use]
    pub fn pushed(&self) -> Vec<Pushed> {
        let of_one = |(hash, devotion): (&u64, &Devotion)| Pushed {
            recording: RecordingId(unscatter(*hash)),
            devoted: devotion.devoted,
            audience: devotion.audience,
            likeness: devotion.likeness,
        };
        let mut pushed: Vec<Pushed> = self.devotions.iter().map(of_one).collect();
        pushed.sort_by_key(|of_one| of_one.recording);
        pushed
    }

    fn row(&self, listener: ListenerId) -> Option<usize> {
        self.accounts.binary_search_by_key(&listener, |(listener, _)| *listener).ok()
    }

    /// The accounts that are believed less, the most suspicious first.
    #[must_use]
    pub fn suspicious(&self) -> Vec<Account> {
        let less = (0..self.accounts.len()).filter(|at| self.weights[*at] < 1.0);
        let mut found: Vec<Account> = less.map(|at| self.explain(at)).collect();
        found.sort_by(|a, b| b.suspicion.total_cmp(&a.suspicion).then(a.listener.cmp(&b.listener)));
        found
    }

    /// The rows of accounts of which there is enough to tell.
    fn judged(&self) -> Vec<usize> {
        let least = self.rules.least_listens;
        (0..self.accounts.len()).filter(|at| self.accounts[*at].1.amount() >= least).collect()
    }

    /// Counts days back from the newest moment of the log.
    fn age(&mut self, judged: &[usize]) {
        let Some(newest) = self.accounts.iter().map(|(_, habits)| habits.last).max() else {
            return;
        };
        for at in judged {
            let habits = &mut self.accounts[*at].1;
            let secs = newest.duration_since(habits.first).as_secs_f64();
            habits.set(Feature::Age, secs / 86_400.0);
        }
    }

    /// Finds out who does nearly the same.
    fn group(&mut self, judged: &[usize], audiences: &Audiences) {
        let audience = |hash| audiences.get(&hash).copied().unwrap_or(0);
        for (feature, focus) in [
            (Feature::PlayedAlike, (|habits| &habits.played) as fn(&Habits) -> &Focus),
            (Feature::DislikedAlike, |habits| &habits.disliked),
        ] {
            let sketches: Vec<&Focus> =
                judged.iter().map(|at| focus(&self.accounts[*at].1)).collect();
            let groups = lockstep::groups(&sketches, &audience);
            for (at, group) in judged.iter().zip(groups) {
                let excess = group.as_ref().map_or(1.0, Group::excess);
                self.accounts[*at].1.set(feature, excess);
            }
        }
        let all: Vec<&Habits> = self.accounts.iter().map(|(_, habits)| habits).collect();
        self.devotions = devotion::devotions(&all, &audience);
    }

    /// Finds out what is usual.
    fn compare(&mut self, judged: &[usize]) {
        let alone = [Feature::PlayedAlike, Feature::DislikedAlike];
        for feature in Feature::ALL {
            let floor = feature.least_deviation();
            let usual = if alone.contains(&feature) {
                Some(Usual::constant(feature.scaled(1.0), floor))
            } else {
                let of_one = |at: &usize| {
                    let habits = &self.accounts[*at].1;
                    let value = habits.values[feature as usize]?;
                    Some((habits.volume(), feature.scaled(value.into())))
                };
                let known = judged.iter().filter_map(of_one).collect();
                let usual = Usual::of(known, self.rules.least_accounts as usize, floor);
                // Hardly anybody stops just there, which takes no crowd to know.
                let is_known = feature == Feature::JustCounted;
                usual.or_else(|| is_known.then(|| Usual::constant(feature.scaled(0.0), floor)))
            };
            self.usual.extend(usual.map(|usual| (feature, usual)));
        }
    }

    fn explain(&self, at: usize) -> Account {
        let (listener, habits) = &self.accounts[at];
        let is_judged = habits.amount() >= self.rules.least_listens;
        let of_one = |(feature, usual): (&Feature, &Usual)| {
            let value = f64::from(habits.values[*feature as usize]?);
            let (middle, deviation) = usual.at(habits.volume());
            let deviations = (feature.scaled(value) - middle) / deviation;
            let deviations = deviations.clamp(0.0, MOST_UNUSUAL);
            Some(Trait {
                feature: *feature,
                value,
                usual: feature.unscaled(middle),
                deviations,
                contribution: SLOPES[*feature as usize] * deviations,
            })
        };
        let traits: Vec<Trait> =
            self.usual.iter().filter(|_| is_judged).filter_map(of_one).collect();
        let logit = BIAS + traits.iter().map(|of_one| of_one.contribution).sum::<f64>();
        let suspicion = if traits.is_empty() { 0.0 } else { 1.0 / (1.0 + (-logit).exp()) };
        Account {
            listener: *listener,
            listens: habits.listens,
            timed: habits.timed,
            opinions: habits.opinions,
            traits,
            suspicion,
            weight: self.rules.weight(suspicion),
        }
    }
}

impl TrustRules {
    /// All of it up to the threshold, from there on in a straight line down to the floor.
    fn weight(&self, suspicion: f64) -> f64 {
        if !self.enabled || suspicion <= self.threshold {
            return 1.0;
        }
        let over = (suspicion - self.threshold) / (1.0 - self.threshold);
        1.0 - over * (1.0 - self.floor)
    }
}
