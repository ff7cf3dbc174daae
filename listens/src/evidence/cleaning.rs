//! How much does a row still count that a rule doubts?

use serde::{Deserialize, Serialize};

use crate::Rule;

/// Of each rule, what a row still counts that it doubts: 0 for nothing, 1 turns the rule off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cleaning {
    /// [`Rule::Double`].
    pub double: f64,
    /// [`Rule::Impossible`].
    pub impossible: f64,
    /// [`Rule::Contradiction`].
    pub contradiction: f64,
    /// [`Rule::Overlap`].
    pub overlap: f64,
    /// [`Rule::Burst`].
    pub burst: f64,
    /// [`Rule::Loop`].
    #[serde(rename = "loop")]
    pub looped: f64,
    /// [`Rule::Overnight`].
    pub overnight: f64,
    /// [`Rule::Clock`].
    pub clock: f64,
    /// [`Rule::Cap`].
    pub cap: f64,
    /// Listens that begin or end within one second from which on they are a burst.
    pub burst_listens: u32,
    /// Listens of one recording in a row that are no loop yet.
    pub loop_listens: u32,
    /// Hours of listening without a sign of anybody after which nobody is believed to listen; twice as many where the
    /// source does not say how plays end.
    pub overnight_hours: f64,
    /// Listens of one recording a day, UTC, beyond which more of them are not believed; 0 for no cap.
    pub plays_per_day: u32,
    /// Likes, dislikes, saves and their like a day, UTC, beyond which more of them are not believed; 0 for no cap.
    pub words_per_day: u32,
}

impl Cleaning {
    /// Every rule off.
    #[must_use]
    pub fn off() -> Self {
        Self {
            double: 1.0,
            impossible: 1.0,
            contradiction: 1.0,
            overlap: 1.0,
            burst: 1.0,
            looped: 1.0,
            overnight: 1.0,
            clock: 1.0,
            cap: 1.0,
            ..Self::default()
        }
    }

    /// What a row still counts that the rule doubts.
    #[must_use]
    pub fn belief(&self, rule: Rule) -> f64 {
        match rule {
            Rule::Double => self.double,
            Rule::Impossible => self.impossible,
            Rule::Contradiction => self.contradiction,
            Rule::Overlap => self.overlap,
            Rule::Burst => self.burst,
            Rule::Loop => self.looped,
            Rule::Overnight => self.overnight,
            Rule::Clock => self.clock,
            Rule::Cap => self.cap,
        }
    }

    /// Whether the rule doubts at all.
    #[must_use]
    pub fn is_on(&self, rule: Rule) -> bool {
        self.belief(rule) < 1.0
    }
}

impl Default for Cleaning {
    fn default() -> Self {
        Self {
            double: 0.0,
            impossible: 0.5,
            contradiction: 0.25,
            overlap: 0.0,
            burst: 0.0,
            looped: 0.0,
            overnight: 0.0,
            clock: 0.5,
            cap: 0.0,
            burst_listens: 6,
            loop_listens: 5,
            overnight_hours: 3.0,
            plays_per_day: 10,
            words_per_day: 200,
        }
    }
}
