//! What do histories look like that tests are about?

use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use music::{End, Event, History, ImportId, Interaction, Logged, RecordingId};

use crate::{Evidence, Lengths, Past, Weighed, weigh};

pub(crate) const HOUR: i64 = 3600;
pub(crate) const DAY: i64 = 24 * HOUR;

/// Seconds after the start of 2026, a Thursday.
pub(crate) fn at(secs: i64) -> Timestamp {
    "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + secs.seconds()
}

pub(crate) fn play(secs: i64, played_secs: u64, end: End) -> Event {
    Event {
        played: Some(Duration::from_secs(played_secs)),
        end: Some(end),
        ..Event::new(Interaction::Play, at(secs))
    }
}

/// A play of which only the moment is known.
pub(crate) fn scrobble(secs: i64) -> Event {
    Event::new(Interaction::Play, at(secs))
}

pub(crate) fn logged(recording: u64, import: u64, event: Event) -> Logged {
    Logged { recording: RecordingId(recording), import: ImportId(import), event }
}

/// One listener's log, brought into the order of the store.
pub(crate) fn history(mut listens: Vec<Logged>) -> History {
    listens.sort_by_key(|logged| (logged.recording, logged.event.at, logged.import));
    History { listens, counts: vec![] }
}

/// What is believed where every recording takes 200 seconds.
pub(crate) fn weighed(listens: Vec<Logged>, evidence: &Evidence) -> Vec<Weighed> {
    let history = history(listens);
    weigh(&Past::of(&history), &lengths(&history), evidence)
}

pub(crate) fn lengths(history: &History) -> Lengths {
    let of_one = |logged: &Logged| (logged.recording, Duration::from_secs(200));
    history.listens.iter().map(of_one).collect()
}

/// The evidence of one recording.
pub(crate) fn evidence_of(weighed: &[Weighed], recording: u64) -> f64 {
    weighed.iter().find(|one| one.recording == RecordingId(recording)).unwrap().evidence
}
