//! What is each kind of interaction worth, and for how long?

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How a listener's log turns into confidence; every number can be set in the configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Evidence {
    /// Days after which an interaction says half as much; age counts back from the listener's own last listen.
    pub half_life_days: f64,
    /// Confidence is `alpha·ln(1 + |e|/eps)`.
    pub alpha: f64,
    /// Evidence at which confidence begins to bend.
    pub eps: f64,
    /// A play at least this long, in seconds, is completed whatever the length.
    pub completed_secs: f64,
    /// A play of at least this share of the recording is completed.
    pub completed_share: f64,
    /// A play under this many seconds that the listener broke off is a skip.
    pub skip_secs: f64,
    /// What a completed play, a partial play, a skip and every other known interaction add to the evidence.
    pub values: BTreeMap<String, f64>,
    /// Interactions that an operator adds, and what they add to the evidence.
    pub kinds: BTreeMap<String, f64>,
}

impl Evidence {
    /// The value of a kind of interaction; `completed` and `partial` stand for plays.
    #[must_use]
    pub fn value(&self, kind: &str) -> f64 {
        self.values.get(kind).or_else(|| self.kinds.get(kind)).copied().unwrap_or(0.0)
    }

    /// The same with every value that is not set taken from the defaults.
    #[must_use]
    pub fn with_default_values(mut self) -> Self {
        for (name, value) in Self::default().values {
            self.values.entry(name).or_insert(value);
        }
        self
    }
}

impl Default for Evidence {
    fn default() -> Self {
        let values = [
            ("completed", 1.0),
            ("partial", 0.3),
            ("skip", -0.5),
            ("like", 3.0),
            ("save", 3.0),
            ("playlist-add", 3.0),
            ("share", 1.0),
            ("queue", 0.5),
            ("dislike", -10.0),
        ];
        Self {
            half_life_days: 365.0,
            alpha: 1.0,
            eps: 1.0,
            completed_secs: 240.0,
            completed_share: 0.5,
            skip_secs: 30.0,
            values: values.map(|(name, value)| (name.to_owned(), value)).into(),
            kinds: BTreeMap::new(),
        }
    }
}
