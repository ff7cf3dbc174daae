//! The registry of interactions: what does each kind say, how surely, and for how long?

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

/// What one interaction of a kind says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// The preference it speaks for, from −1, dislikes it, to 1, likes it.
    pub value: f64,
    /// How surely it does, in completed plays.
    #[serde(default = "one")]
    pub confidence: f64,
    /// Days after which it says half as much, 0 for never; those of the configuration where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_life_days: Option<f64>,
}

impl Kind {
    /// Of which nobody said what it means.
    pub(crate) const SILENT: Self = Self::new(0.0, 0.0);

    const fn new(value: f64, confidence: f64) -> Self {
        Self { value, confidence, half_life_days: None }
    }

    /// What it adds to the evidence while it is new.
    #[must_use]
    pub fn worth(self) -> f64 {
        self.value * self.confidence
    }
}

fn one() -> f64 {
    1.0
}

/// What a play can amount to, and the kinds that every installation knows.
const KNOWN: [(&str, Kind); 14] = [
    ("completed", Kind::new(1.0, 1.0)),
    ("repeat", Kind::new(1.0, 1.0)),
    ("partial", Kind::new(0.5, 0.6)),
    ("short", Kind::new(-0.5, 0.2)),
    ("short-again", Kind::new(-1.0, 1.0)),
    ("skip", Kind::new(-1.0, 1.0)),
    ("early-skip", Kind::new(-1.0, 1.0)),
    ("ignored", Kind::new(-0.5, 1.0)),
    ("like", Kind::new(1.0, 3.0)),
    ("save", Kind::new(1.0, 3.0)),
    ("playlist-add", Kind::new(1.0, 3.0)),
    ("share", Kind::new(1.0, 1.0)),
    ("queue", Kind::new(0.5, 1.0)),
    ("dislike", Kind::new(-1.0, 10.0)),
];

/// The kinds that every installation knows; what is set changes the defaults field by field.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Kinds(BTreeMap<String, Kind>);

impl Kinds {
    /// What a kind says; `None` where it is not one of these.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Kind> {
        self.0.get(name).copied()
    }

    /// Says what a kind means from now on.
    ///
    /// # Panics
    /// When it is not one of these.
    pub fn set(&mut self, name: &str, kind: Kind) {
        *self.0.get_mut(name).expect("one of the kinds that every installation knows") = kind;
    }

    /// Names, ascending.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Kind)> {
        self.0.iter().map(|(name, kind)| (name.as_str(), *kind))
    }
}

impl Default for Kinds {
    fn default() -> Self {
        Self(KNOWN.map(|(name, kind)| (name.to_owned(), kind)).into())
    }
}

/// What of a kind is set.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    value: Option<f64>,
    confidence: Option<f64>,
    half_life_days: Option<f64>,
}

impl<'de> Deserialize<'de> for Kinds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut kinds = Self::default();
        for (name, change) in BTreeMap::<String, Change>::deserialize(deserializer)? {
            let Some(kind) = kinds.0.get_mut(&name) else {
                let known: Vec<&str> = kinds.names().collect();
                return Err(serde::de::Error::custom(format!(
                    "one of {} expected, got `{name}`; a kind of your own goes under [evidence.own]",
                    known.join(", ")
                )));
            };
            kind.value = change.value.unwrap_or(kind.value);
            kind.confidence = change.confidence.unwrap_or(kind.confidence);
            kind.half_life_days = change.half_life_days.or(kind.half_life_days);
        }
        Ok(kinds)
    }
}

/// The kinds that an operator adds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OwnKinds(BTreeMap<String, Kind>);

impl OwnKinds {
    /// What a kind says; `None` where it was not added.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Kind> {
        self.0.get(name).copied()
    }

    /// Names, ascending.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Kind)> {
        self.0.iter().map(|(name, kind)| (name.as_str(), *kind))
    }
}
