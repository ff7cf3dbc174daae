//! Which rows of a listener's log are not to be believed, and why?
//!
//! Each rule is named and set in `[evidence.cleaning]`.
//! The log keeps every row; a doubted one counts less, or not at all, each time a history is weighed.

mod caps;
mod clock;
mod doubles;
mod overlaps;
mod records;
mod runs;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Cleaning;
use crate::timeline::Timeline;

/// Why a row is doubted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// Two sources, or two scrobblers of one source, reported one listen; the record that says more counts.
    Double,
    /// It lasted much longer than its recording.
    Impossible,
    /// It came to its end after less than a quarter of its recording.
    Contradiction,
    /// Something else was played on the account at the same time.
    Overlap,
    /// So many listens began or ended within one second that nobody heard them then.
    Burst,
    /// The same recording over and over.
    Loop,
    /// Hours of listening without a sign of anybody.
    Overnight,
    /// A few rows far from all others in time; they say nothing of when somebody listened last.
    Clock,
    /// More than a day's cap of one recording, or of likes and dislikes.
    Cap,
}

impl Rule {
    /// All, in the order in which a row is shown to them.
    pub const ALL: [Self; 9] = [
        Self::Double,
        Self::Impossible,
        Self::Contradiction,
        Self::Overlap,
        Self::Burst,
        Self::Loop,
        Self::Overnight,
        Self::Clock,
        Self::Cap,
    ];

    /// The name in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Double => "double",
            Self::Impossible => "impossible",
            Self::Contradiction => "contradiction",
            Self::Overlap => "overlap",
            Self::Burst => "burst",
            Self::Loop => "loop",
            Self::Overnight => "overnight",
            Self::Clock => "clock",
            Self::Cap => "cap",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Double => "reported twice",
            Self::Impossible => "lasted much longer than the recording",
            Self::Contradiction => "said to have ended after less than a quarter",
            Self::Overlap => "something else was played at the same time",
            Self::Burst => "one of many within a second",
            Self::Loop => "the same recording over and over",
            Self::Overnight => "hours without a sign of anybody",
            Self::Clock => "far from all others in time",
            Self::Cap => "beyond the day's cap",
        })
    }
}

/// What is doubted of one listener's rows.
#[derive(Clone, Debug)]
pub(crate) struct Doubts {
    cleaning: Cleaning,
    /// Of each row of the timeline, the rule that leaves least of it.
    by_row: Vec<Option<Rule>>,
}

impl Doubts {
    /// Shows every row to every rule that is on.
    ///
    /// O(n log n) in the length of the history, for its order in time.
    pub(crate) fn of(timeline: &Timeline<'_>, cleaning: &Cleaning) -> Self {
        let mut doubts = Self { cleaning: *cleaning, by_row: vec![None; timeline.rows.len()] };
        doubles::doubt(timeline, &mut doubts);
        records::doubt(timeline, &mut doubts);
        let single = timeline.without(|row| doubts.by_row[row] == Some(Rule::Double));
        overlaps::doubt(timeline, &single, &mut doubts);
        runs::doubt(timeline, &single, &mut doubts);
        clock::doubt(timeline, &mut doubts);
        caps::doubt(timeline, &single, &mut doubts);
        doubts
    }

    /// Why a row is doubted.
    pub(crate) fn rule(&self, row: usize) -> Option<Rule> {
        self.by_row[row]
    }

    /// What a row still counts.
    pub(crate) fn belief(&self, row: usize) -> f64 {
        self.by_row[row].map_or(1.0, |rule| self.cleaning.belief(rule))
    }

    /// Doubts a row, unless another rule leaves no more of it.
    fn doubt(&mut self, row: usize, rule: Rule) {
        if self.cleaning.belief(rule) < self.belief(row) {
            self.by_row[row] = Some(rule);
        }
    }
}

#[cfg(test)]
mod tests;
