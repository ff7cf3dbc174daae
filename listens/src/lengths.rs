//! How long is a recording of which no source says its length?
//!
//! The median of its finished plays: a play that came to its end took about the whole length.

use std::collections::BTreeMap;
use std::time::Duration;

use music::{End, History, RecordingId};

use crate::timeline::SHORTEST;

/// Lengths of recordings, as far as they are known.
pub type Lengths = BTreeMap<RecordingId, Duration>;

/// How many finished plays of a recording are remembered for its median.
const FINISHED_PLAYS: usize = 255;

/// Lengths that are said, and what histories tell of the others.
#[derive(Clone, Debug, Default)]
pub struct LengthEstimates {
    said: Lengths,
    finished: BTreeMap<RecordingId, Vec<Duration>>,
}

impl LengthEstimates {
    /// Begins with what a catalogue says, which is never overruled.
    #[must_use]
    pub fn new(said: Lengths) -> Self {
        Self { said, finished: BTreeMap::new() }
    }

    /// Learns from one listener's history; histories come in a fixed order, as the first plays are remembered.
    pub fn learn(&mut self, history: &History) {
        for logged in &history.listens {
            if let Some(length) = logged.event.length.filter(|length| *length >= SHORTEST) {
                self.said.entry(logged.recording).or_insert(length);
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

    /// What was said, else the median of the finished plays.
    #[must_use]
    pub fn lengths(self) -> Lengths {
        let mut lengths = self.said;
        for (recording, mut plays) in self.finished {
            plays.sort_unstable();
            lengths.entry(recording).or_insert(plays[plays.len() / 2]);
        }
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
}
