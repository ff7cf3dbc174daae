//! How long is a recording of which no source says its length?
//!
//! The median of its finished plays: a play that came to its end took about the whole length.
//! Where nobody finished it, what [`crate::impute`] takes for its length; the two are never mixed up.

use std::collections::BTreeMap;
use std::time::Duration;

use music::{End, History, RecordingId};

use crate::timeline::SHORTEST;

/// How many finished plays of a recording are remembered for its median.
const FINISHED_PLAYS: usize = 255;

/// Lengths of recordings: those known, and of others those imputed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lengths {
    known: BTreeMap<RecordingId, Duration>,
    /// Of none that is known.
    imputed: BTreeMap<RecordingId, Duration>,
}

impl Lengths {
    /// None are known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with imputed ones where none is known.
    #[must_use]
    pub fn with_imputed(
        mut self,
        imputed: impl IntoIterator<Item = (RecordingId, Duration)>,
    ) -> Self {
        let of_unknown = imputed.into_iter().filter(|(id, _)| !self.known.contains_key(id));
        self.imputed = of_unknown.collect();
        self
    }

    /// The length that is known, else the one imputed.
    #[must_use]
    pub fn get(&self, recording: &RecordingId) -> Option<&Duration> {
        self.known(recording).or_else(|| self.imputed(recording))
    }

    /// The length that somebody said or that finished plays told.
    #[must_use]
    pub fn known(&self, recording: &RecordingId) -> Option<&Duration> {
        self.known.get(recording)
    }

    /// The length that was imputed because none is known.
    #[must_use]
    pub fn imputed(&self, recording: &RecordingId) -> Option<&Duration> {
        self.imputed.get(recording)
    }

    /// The same of these recordings alone.
    #[must_use]
    pub fn only(&self, recordings: impl IntoIterator<Item = RecordingId>) -> Self {
        let mut only = Self::new();
        for id in recordings {
            only.known.extend(self.known(&id).map(|length| (id, *length)));
            only.imputed.extend(self.imputed(&id).map(|length| (id, *length)));
        }
        only
    }
}

impl FromIterator<(RecordingId, Duration)> for Lengths {
    fn from_iter<I: IntoIterator<Item = (RecordingId, Duration)>>(known: I) -> Self {
        Self { known: known.into_iter().collect(), imputed: BTreeMap::new() }
    }
}

impl<const N: usize> From<[(RecordingId, Duration); N]> for Lengths {
    fn from(known: [(RecordingId, Duration); N]) -> Self {
        known.into_iter().collect()
    }
}

/// Lengths that are said, and what histories tell of the others.
#[derive(Clone, Debug, Default)]
pub struct LengthEstimates {
    said: Lengths,
    finished: BTreeMap<RecordingId, Vec<Duration>>,
}

impl LengthEstimates {
    /// Begins with what a catalogue says, which is never overruled; what is imputed gives way to all that is learned.
    #[must_use]
    pub fn new(said: Lengths) -> Self {
        Self { said, finished: BTreeMap::new() }
    }

    /// Learns from one listener's history; histories come in a fixed order, as the first plays are remembered.
    pub fn learn(&mut self, history: &History) {
        for logged in &history.listens {
            if let Some(length) = logged.event.length.filter(|length| *length >= SHORTEST) {
                self.said.known.entry(logged.recording).or_insert(length);
            } else if let (Some(played), Some(End::Finished)) =
                (logged.event.played, logged.event.end)
            {
                let of_one = self.finished.entry(logged.recording).or_default();
                if of_one.len() < FINISHED_PLAYS {
                    of_one.push(played);
                }
            }
        }
    }

    /// What was said, else the median of the finished plays, else what is imputed.
    #[must_use]
    pub fn lengths(self) -> Lengths {
        let mut lengths = self.said;
        for (recording, mut plays) in self.finished {
            plays.sort_unstable();
            lengths.known.entry(recording).or_insert(plays[plays.len() / 2]);
        }
        lengths.imputed.retain(|recording, _| !lengths.known.contains_key(recording));
        lengths
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;
    use music::{End, Event, History, ImportId, Interaction, Logged, RecordingId};

    use super::{LengthEstimates, Lengths};

    fn finished(recording: u64, secs: u64) -> Logged {
        let play = Event::new(Interaction::Play, Timestamp::UNIX_EPOCH);
        let event =
            Event { played: Some(Duration::from_secs(secs)), end: Some(End::Finished), ..play };
        Logged { recording: RecordingId(recording), import: ImportId(1), event }
    }

    #[test]
    fn an_unknown_length_is_the_median_of_the_finished_plays() {
        let said = Lengths::from([(RecordingId(2), Duration::from_secs(99))]);
        let mut estimates = LengthEstimates::new(said);
        let mut broken = finished(1, 205);
        broken.event.length = Some(Duration::from_secs(1));
        let listens = vec![finished(1, 200), finished(1, 5), broken, finished(2, 300)];
        estimates.learn(&History { listens, counts: vec![] });
        let expected =
            [(RecordingId(1), Duration::from_secs(200)), (RecordingId(2), Duration::from_secs(99))];
        assert_eq!(estimates.lengths(), Lengths::from(expected));
    }
    #[test]
    fn an_imputed_length_gives_way_to_what_is_said_and_to_finished_plays() {
        let id = RecordingId;
        let secs = Duration::from_secs;
        let imputed = [1, 2, 3, 4].map(|n| (id(n), secs(100)));
        let lengths = Lengths::from([(id(1), secs(7))]).with_imputed(imputed);
        let said = Event { length: Some(secs(70)), ..finished(3, 10).event };
        let listens = vec![finished(2, 50), Logged { event: said, ..finished(3, 10) }];
        let mut estimates = LengthEstimates::new(lengths.only([1, 2, 3, 4, 5].map(id)));
        estimates.learn(&History { listens, counts: vec![] });
        let lengths = estimates.lengths();
        let found = [1, 2, 3, 4, 5].map(|n| lengths.get(&id(n)).map(Duration::as_secs));
        assert_eq!(found, [Some(7), Some(50), Some(70), Some(100), None]);
        let is_imputed = [1, 2, 3, 4, 5].map(|n| lengths.imputed(&id(n)).is_some());
        assert_eq!(is_imputed, [false, false, false, true, false]);
    }
}
