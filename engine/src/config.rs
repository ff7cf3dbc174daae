//! What may be set in `undersong.toml`?
//!
//! Every key has a default; a key nobody knows is an error, so that a typing error is never a silent default.

use std::path::Path;

use jiff::tz::TimeZone;
use listens::{Evidence, Impute, TrustRules, Unusable};
use models::Spec;
use serde::{Deserialize, Serialize};

use crate::Error;

mod weekly;

pub use weekly::{SourceQuotas, VarietyKind, Weekly};

/// The whole configuration.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// IANA name of the zone in which weeks start, for listeners without one of their own.
    pub timezone: String,
    /// Where all randomness starts.
    pub seed: u64,
    /// What interactions are worth.
    pub evidence: Evidence,
    /// Which facts of recordings are imputed where nobody said them.
    pub impute: Impute,
    /// When an account is believed less.
    pub trust: TrustRules,
    /// What `train` fits.
    pub train: Train,
    /// How the best rows of a catalogue are found.
    pub index: IndexRules,
    /// What `weekly` hands over.
    pub weekly: Weekly,
}

/// What `train` fits.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Train {
    /// Model strings; the first one serves.
    pub models: Vec<String>,
}

/// How the best rows of a catalogue are found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IndexRules {
    /// Rows from which on a snapshot holds an index of its vectors.
    pub from: u32,
    /// Rows from which on a search looks where it is promising, and at every row below; for models that know vectors of
    /// listeners, as how far to look is found out with those of the training.
    pub approximate_from: u32,
    /// The share of the best rows that such a search is to find, above 0 and at most 1.
    pub recall: f64,
}

impl Config {
    /// BLAKE3 of what a training reads of it beside its models.
    pub(crate) fn of_training(&self) -> String {
        let Self { timezone, seed, evidence, impute, trust, train: _, index, weekly: _ } = self;
        let read = serde_json::to_vec(&(timezone, seed, evidence, impute, trust, index));
        blake3::hash(&read.expect("settings are plain values")).to_hex().to_string()
    }

    /// Reads the file, or takes the defaults where there is none.
    ///
    /// # Errors
    /// When the file cannot be read, has an unknown key or a value that cannot be used.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = match fs_err::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(Error::Io { source }),
        };
        let config: Self = toml::from_str(&text)
            .map_err(|source| Error::Config { path: path.into(), source: Box::new(source) })?;
        config.check(path)?;
        Ok(config)
    }

    /// The zone in which weeks start, for listeners without one of their own.
    ///
    /// # Panics
    /// When the configuration was not made by [`Config::read`] and its zone is unknown.
    #[must_use]
    pub fn timezone(&self) -> TimeZone {
        TimeZone::get(&self.timezone).expect("read checked the zone")
    }

    fn check(&self, path: &Path) -> Result<(), Error> {
        let of_weekly = self.weekly.check();
        let of_train = match self.train.models.is_empty() {
            true => Err(("train.models", "at least one model string", "none".to_owned())),
            false => Ok(()),
        };
        let recall = self.index.recall;
        let of_index = match 0.0 < recall && recall <= 1.0 {
            false => Err(("index.recall", "a number above 0 and at most 1", recall.to_string())),
            true => Ok(()),
        };
        let of_trust = self.check_trust();
        let of_zone = match TimeZone::get(&self.timezone) {
            Ok(_) => Ok(()),
            Err(_) => {
                Err(("timezone", "an IANA name such as Europe/Berlin", self.timezone.clone()))
            }
        };
        let refuse = |(key, expected, got): Refusal| {
            let key = key.to_owned();
            Error::ConfigValue { path: path.into(), key, expected, got }
        };
        of_zone.and(of_trust).and(of_weekly).and(of_train).and(of_index).map_err(refuse)?;
        if let Some(Unusable { key, expected, got }) = self.evidence.unusable() {
            return Err(Error::ConfigValue { path: path.into(), key, expected, got });
        }
        for model in &self.train.models {
            model.parse::<Spec>()?;
        }
        Ok(())
    }

    fn check_trust(&self) -> Result<(), Refusal> {
        let trust = &self.trust;
        let shares = [("trust.threshold", trust.threshold), ("trust.floor", trust.floor)];
        if let Some((key, value)) =
            shares.into_iter().find(|(_, value)| !(0.0..=1.0).contains(value))
        {
            return Err((key, "a number from 0 to 1", value.to_string()));
        }
        let counts = [
            ("trust.least_listens", trust.least_listens),
            ("trust.least_accounts", trust.least_accounts),
        ];
        match counts.into_iter().find(|(_, value)| *value == 0) {
            Some((key, value)) => Err((key, "a number of at least 1", value.to_string())),
            None => Ok(()),
        }
    }
}

/// A key, what would do, and what came.
pub(crate) type Refusal = (&'static str, &'static str, String);

impl Default for Config {
    fn default() -> Self {
        Self {
            timezone: "UTC".to_owned(),
            seed: 42,
            evidence: Evidence::default(),
            impute: Impute::default(),
            trust: TrustRules::default(),
            train: Train::default(),
            index: IndexRules::default(),
            weekly: Weekly::default(),
        }
    }
}

impl Default for IndexRules {
    fn default() -> Self {
        Self { from: 50_000, approximate_from: 500_000, recall: 0.99 }
    }
}

impl Default for Train {
    fn default() -> Self {
        Self { models: vec!["ials:reg=2,negative_target=-0.25".to_owned()] }
    }
}
