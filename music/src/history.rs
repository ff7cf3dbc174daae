//! What did one listener do, as the log keeps it?

use jiff::Timestamp;

use crate::{Event, ImportId, RecordingId};

/// One stored interaction: which recording, from which import, what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// The recording, aliases followed.
    pub recording: RecordingId,
    /// The import that brought it.
    pub import: ImportId,
    /// What happened.
    pub event: Event,
}

/// A recording that a list handed over; those of one list share their moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What was shown.
    pub recording: RecordingId,
    /// When the list was made.
    pub at: Timestamp,
}

/// Everything the log holds of one listener, repeated submissions included.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Ascending by recording, then moment, then import.
    pub listens: Vec<Logged>,
    /// Plays without times, ascending by recording, one entry each.
    pub counts: Vec<(RecordingId, f64)>,
}

impl History {
    /// The country of the newest listen that has one.
    #[must_use]
    pub fn country(&self) -> Option<String> {
        let located = self.listens.iter().filter(|logged| logged.event.context.country.is_some());
        located.max_by_key(|logged| logged.event.at)?.event.context.country.clone()
    }

    /// The same without counts, of which nobody knows when they were.
    #[must_use]
    pub fn dated(&self) -> Self {
        Self { listens: self.listens.clone(), counts: Vec::new() }
    }
}
