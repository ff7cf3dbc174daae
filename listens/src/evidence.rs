//! What is each kind of interaction worth, for how long, and what of a log is not believed?

mod check;
mod cleaning;
mod kinds;

use serde::{Deserialize, Serialize};

pub use check::Unusable;
pub use cleaning::Cleaning;
pub use kinds::{Kind, Kinds, OwnKinds};

/// How a listener's log turns into confidence; every number can be set in the configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Evidence {
    /// Days after which an interaction says half as much, 0 for never; age counts back from the listener's own last listen.
    pub half_life_days: f64,
    /// The same for the part of an interaction that speaks of now.
    pub short_half_life_days: f64,
    /// How large that part is, from 0 to 1.
    pub short_share: f64,
    /// What time leaves of an interaction at least, from 0 to 1.
    pub decay_floor: f64,
    /// How evidence becomes confidence.
    pub form: Form,
    /// Every confidence is multiplied by it.
    pub alpha: f64,
    /// Evidence at which confidence begins to bend.
    pub eps: f64,
    /// `bm25` only: evidence at which half of the most is reached.
    pub bm25_k1: f64,
    /// `bm25` only: how much of a listener's activity is divided out, from 0 to 1.
    pub bm25_b: f64,
    /// A play at least this long, in seconds, is completed whatever the length.
    pub completed_secs: f64,
    /// A play of at least this share of the recording is completed.
    pub completed_share: f64,
    /// A play under this many seconds that the listener broke off is a skip.
    pub skip_secs: f64,
    /// A skip within this many seconds is an early one.
    pub early_secs: f64,
    /// A partial play is a short one where it lasted for less than this share of what the listener mostly hears of a recording; 0 for none.
    pub short_play: f64,
    /// How a skip is read.
    pub skips: Skips,
    /// What a training takes for a positive.
    pub positives: Positives,
    /// What is said by each kind that every installation knows.
    pub kinds: Kinds,
    /// What is said by the kinds that an operator adds.
    pub own: OwnKinds,
    /// What is not believed.
    pub cleaning: Cleaning,
}

/// How evidence e of a pair becomes its confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// `alpha·|e|/eps`: Hu, Koren & Volinsky (2008), equation 3.
    Linear,
    /// `alpha·ln(1 + |e|/eps)`: the same, section 6.
    Log,
    /// `alpha·idf·|e|·(k1 + 1)/(|e| + k1·(1 − b + b·n/mean n))`, n the listener's whole evidence, idf that of the
    /// recording's likers: Robertson & Zaragoza (2009), with listeners as documents.
    Bm25,
    /// `alpha·ln(1 + |e|/(eps·m))`, m the mean evidence of the listener's own pairs.
    Normalized,
}

/// How a skip is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Skips {
    /// Each says the same.
    Plain,
    /// The more usual it is for its session and its listener, the less it says.
    Habits,
}

/// What a training takes for a positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Positives {
    /// What was listened to, the more the surer.
    Plays,
    /// First listens that later became loved, all alike; what was dropped after the first says little.
    Discoveries,
}

impl Evidence {
    /// What a kind of interaction says; `completed`, `partial`, `skip` and their like stand for plays.
    #[must_use]
    pub fn kind(&self, name: &str) -> Kind {
        self.kinds.get(name).or_else(|| self.own.get(name)).unwrap_or(Kind::SILENT)
    }

    /// What a kind of interaction adds to the evidence while it is new.
    #[must_use]
    pub fn worth(&self, name: &str) -> f64 {
        self.kind(name).worth()
    }
}

impl Default for Evidence {
    fn default() -> Self {
        Self {
            half_life_days: 90.0,
            short_half_life_days: 14.0,
            short_share: 0.0,
            decay_floor: 0.0,
            form: Form::Bm25,
            alpha: 0.2,
            eps: 1.0,
            bm25_k1: 6.0,
            bm25_b: 0.5,
            completed_secs: 240.0,
            completed_share: 0.5,
            skip_secs: 30.0,
            early_secs: 10.0,
            short_play: 0.5,
            skips: Skips::Habits,
            positives: Positives::Plays,
            kinds: Kinds::default(),
            own: OwnKinds::default(),
            cleaning: Cleaning::default(),
        }
    }
}
