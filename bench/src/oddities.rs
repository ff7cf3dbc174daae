//! Which people could be taken for machines?
//!
//! Habits that real people have and simulated ones lack, worked into the histories of some of them: whoever learns to
//! tell machines from people must not learn that these are machines.

use std::time::Duration;

use jiff::SignedDuration;
use music::{End, Event, History, ImportId, Interaction, Logged, RecordingId};

use crate::chance::Chance;

/// Something odd that a person does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// Falls asleep to one recording on repeat, a few nights a month.
    Loop,
    /// Wakes at seven to the same five recordings, on most days.
    Alarm,
    /// Plays one recording for every second of all others.
    Fan,
    /// Hears every other recording as a clip of thirty seconds.
    Clips,
    /// Leaves a radio on through day and night for weeks.
    Radio,
    /// Dislikes every tenth of all that is played, and says so often.
    Grumbler,
}

const DAY_SECS: i64 = 86_400;

impl Oddity {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Loop, Self::Alarm, Self::Fan, Self::Clips, Self::Radio, Self::Grumbler];

    /// The name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Loop => "loop at night",
            Self::Alarm => "alarm clock",
            Self::Fan => "fan of one recording",
            Self::Clips => "clips of 30 s",
            Self::Radio => "radio day and night",
            Self::Grumbler => "grumbler",
        }
    }

    /// Works the habit into a history; one too short to have habits stays as it is.
    pub fn befall(self, history: &mut History, seed: u64) {
        let moments = history.listens.iter().map(|logged| logged.event.at);
        let (Some(first), Some(last)) = (moments.clone().min(), moments.max()) else { return };
        let favorite = favorite(history);
        let mut chance = Chance::new(seed, self as u64);
        let n_days = last.duration_since(first).as_secs() / DAY_SECS;
        let midnight = first - SignedDuration::from_secs(first.as_second().rem_euclid(DAY_SECS));
        let mut add = |day: i64, secs: i64, recording: RecordingId, length: i64| {
            let at = midnight + SignedDuration::from_secs(day * DAY_SECS + secs);
            history.listens.push(finished(recording, at, length));
        };
        match self {
            Self::Loop => {
                for day in (0..n_days).filter(|_| chance.unit() < 0.1) {
                    (0..100).for_each(|i| add(day, 23 * 3600 + i * 240, favorite, 240));
                }
            }
            Self::Alarm => {
                let five: Vec<RecordingId> = (0..5).map(|_| any(&mut chance)).collect();
                for day in (0..n_days).filter(|_| chance.unit() < 0.7) {
                    let mut at = 7 * 3600;
                    for (recording, length) in five.iter().zip([211, 187, 243, 199, 264]) {
                        add(day, at, *recording, length);
                        at += length;
                    }
                }
            }
            Self::Radio => {
                for second in (0..n_days.min(30) * DAY_SECS).step_by(220) {
                    add(0, second + 30 * chance.below(4) as i64, any(&mut chance), 200);
                }
            }
            Self::Fan => {
                for logged in history.listens.iter_mut().filter(|_| chance.unit() < 1.0 / 3.0) {
                    logged.recording = favorite;
                }
            }
            Self::Clips => {
                let plays = history.listens.iter_mut().map(|logged| &mut logged.event);
                let told = plays.filter(|event| event.played.is_some() && chance.unit() < 0.5);
                told.for_each(|event| {
                    event.played = Some(Duration::from_secs(30));
                    event.end = Some(End::Stopped);
                });
            }
            Self::Grumbler => {
                let opinions = history.listens.iter().filter(|_| chance.unit() < 0.1);
                let opinions: Vec<Logged> = opinions.map(disliked).collect();
                history.listens.extend(opinions);
            }
        }
        history.listens.sort_by_key(|logged| (logged.recording, logged.event.at));
    }
}

/// A recording of the catalogue, as good as any.
fn any(chance: &mut Chance) -> RecordingId {
    RecordingId(chance.below(4000) as u64)
}

/// What is listened to most.
fn favorite(history: &History) -> RecordingId {
    let of_one = history.listens.chunk_by(|a, b| a.recording == b.recording);
    let most = of_one.max_by_key(|of_one| of_one.len());
    most.map_or(RecordingId(0), |of_one| of_one[0].recording)
}

fn finished(recording: RecordingId, at: jiff::Timestamp, length: i64) -> Logged {
    let played = Some(Duration::from_secs(length.unsigned_abs()));
    let event = Event { played, end: Some(End::Finished), ..Event::new(Interaction::Play, at) };
    Logged { recording, import: ImportId(1), event }
}

fn disliked(logged: &Logged) -> Logged {
    let event = Event::new(Interaction::Dislike, logged.event.at + SignedDuration::from_secs(9));
    Logged { recording: logged.recording, import: logged.import, event }
}
