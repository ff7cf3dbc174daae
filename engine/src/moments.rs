//! What happened to a listener, one moment after the other, as models take it?
//!
//! One function for a training and for a list. What nobody can have meant is left out: rows that are doubted away, rows
//! that were said again, and clocks that were wrong.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use listens::{Contribution, Rule, Standing};
use models::{Country, Moment, Outcome};
use music::{Device, End, Event, History, Interaction, ItemIx, RecordingId};

/// What a log is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What is believed of each listener and recording.
    Pairs,
    /// That, and when each moment of it came about.
    Moments,
}

/// A moment of a recording, which may have no row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) recording: RecordingId,
    /// Milliseconds since 1970, as the log keeps them: millions of these are in memory at once.
    pub(crate) at: i64,
    pub(crate) outcome: Outcome,
    pub(crate) hour: Option<u8>,
    pub(crate) device: Option<u8>,
    /// How much it counts; positive.
    pub(crate) weight: f32,
}

impl Told {
    /// That a recording was named as liked, which counts so much.
    pub(crate) fn liked(recording: RecordingId, at: Timestamp, weight: f32) -> Self {
        let (at, outcome) = (at.as_millisecond(), Outcome::Liked);
        Self { recording, at, outcome, hour: None, device: None, weight }
    }

    /// As a model takes it.
    pub(crate) fn moment(&self, item: ItemIx, newest: Timestamp) -> Moment {
        Moment {
            item,
            age_days: age_days(self.at, newest),
            outcome: self.outcome,
            hour: self.hour,
            device: self.device,
            weight: self.weight,
        }
    }
}

/// The moments of weighed rows, oldest first, then by recording; `tz` is where the listener lives.
#[expect(clippy::cast_possible_truncation, reason = "seven digits are enough of a belief")]
pub(crate) fn moments(rows: &[Contribution<'_>], tz: &TimeZone) -> Vec<Told> {
    let told = |row: &Contribution<'_>| {
        let event = &row.logged?.event;
        let is_dated = row.standing != Standing::Doubted(Rule::Clock);
        let belief = row.belief as f32;
        Some(Told {
            recording: row.recording,
            at: event.at.as_millisecond(),
            outcome: outcome(event, row)?,
            hour: Some(hour_of_week(event.at, tz)).filter(|_| event.kind.is_listen()),
            device: event.context.device.map(device),
            weight: Some(belief).filter(|belief| *belief > 0.0 && is_dated)?,
        })
    };
    let mut told: Vec<Told> = rows.iter().filter_map(told).collect();
    // Rows come by recording; a sort keeps those of one moment in that order.
    told.sort_by_key(|told| told.at);
    told
}

/// What came of a row; `None` where it says nothing of the recording.
///
/// A play in part speaks for a recording, if little, unless it is short for this listener: then it was left early.
fn outcome(event: &Event, row: &Contribution<'_>) -> Option<Outcome> {
    match &event.kind {
        Interaction::Play | Interaction::Skip => Some(match row.kind {
            "completed" | "repeat" if is_told(event) => Outcome::Finished,
            "short" | "short-again" | "skip" | "early-skip" => Outcome::Skipped,
            _ => Outcome::Heard,
        }),
        Interaction::Like | Interaction::Save | Interaction::PlaylistAdd | Interaction::Share => {
            Some(Outcome::Liked)
        }
        Interaction::Dislike => Some(Outcome::Disliked),
        Interaction::Named(_) if row.worth > 0.0 => Some(Outcome::Liked),
        Interaction::Named(_) if row.worth < 0.0 => Some(Outcome::Disliked),
        Interaction::Unlike | Interaction::Queue | Interaction::Named(_) => None,
    }
}

/// Whether the source says how far a play went; one of which it says nothing counts as heard out, and is not known to be.
fn is_told(event: &Event) -> bool {
    event.played.is_some() || event.end == Some(End::Finished)
}

/// Hours since Monday began, below 168.
pub(crate) fn hour_of_week(at: Timestamp, tz: &TimeZone) -> u8 {
    let local = at.to_zoned(tz.clone());
    let hour = i16::from(local.weekday().to_monday_zero_offset()) * 24 + i16::from(local.hour());
    u8::try_from(hour).expect("a week has 168 hours")
}

fn device(device: Device) -> u8 {
    match device {
        Device::Mobile => 0,
        Device::Desktop => 1,
        Device::Home => 2,
    }
}

/// Days from one moment, in milliseconds since 1970, to another; below 0 where it came later.
#[expect(clippy::cast_possible_truncation, reason = "days need no more than seven digits")]
fn age_days(at: i64, newest: Timestamp) -> f32 {
    ((newest.as_millisecond() - at) as f64 / 86_400_000.0) as f32
}

/// Where the newest listen before a moment was heard, of those that say it; else what the listener said.
pub(crate) fn country(
    history: &History,
    until: Option<Timestamp>,
    said: Option<&str>,
) -> Option<Country> {
    let before = history.listens.iter().filter(|logged| until.is_none_or(|t| logged.event.at < t));
    let located = before.filter_map(|logged| {
        let country = letters(logged.event.context.country.as_deref()?)?;
        Some((logged.event.at, country))
    });
    let newest = located.max_by_key(|(at, _)| *at).map(|(_, country)| country);
    newest.or_else(|| letters(said?))
}

/// Two letters, large; anything else is no country.
pub(crate) fn letters(country: &str) -> Option<Country> {
    match country.as_bytes() {
        [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
            Some(Country([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
