//! Is this recording's time now?
//!
//! Some habits come and go with the year, as December songs do, or with the week, as Sunday mornings do.
//! What is heard mostly around this time of the cycle is raised, what is heard mostly at other times is lowered:
//!
//! ```text
//! lift(i) = ((n_in(i) + PRIOR · base) / (n(i) + PRIOR) / base)^strength,   within 1/MOST to MOST
//! ```
//!
//! where n(i) counts the plays of i, n_in(i) those within the window around now, and base is the share of all plays of this
//! listener that fall within it. A recording that is heard as all others are has a lift of about 1.
//!
//! A habit that comes round is not forgotten while it rests: what is raised and was last heard a season ago, t days, gets
//! back what fading took from it, a factor of `2^(strength · t / half-life)`, at most [`FRESHEST`].

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use music::{History, RecordingId};

/// What comes round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cycle {
    /// Within three weeks of this day of the year; tells nothing until a whole year and a month are known.
    Year,
    /// Within two hours of this hour of the week; tells nothing until four weeks are known.
    Week,
}

/// Plays with which a recording would have to be unusual to be believed.
const PRIOR: f64 = 4.0;
/// The largest lift either way.
const MOST: f64 = 8.0;
/// The most that a habit gets back of what fading took.
const FRESHEST: f64 = 32.0;
/// Days of rest from which on a habit was away.
const AWAY_DAYS: f64 = 60.0;
/// Below this share of all plays the window is hardly known.
const LEAST_BASE: f64 = 0.005;

/// The lift of each recording with a play before `at`, ascending; none where the log does not know the cycle yet.
///
/// `strength` is from 0, no lift at all, to 1; what is heard fades by half in `half_life_days`, 0 for never.
#[must_use]
pub fn rhythm(
    history: &History,
    at: Timestamp,
    tz: &TimeZone,
    cycle: Cycle,
    (strength, half_life_days): (f32, f64),
) -> BTreeMap<RecordingId, f32> {
    let now = cycle.phase(at, tz);
    let plays = history
        .listens
        .iter()
        .filter(|logged| logged.event.kind.is_listen() && logged.event.at < at);
    let mut counts: BTreeMap<RecordingId, Count> = BTreeMap::new();
    let (mut n_in, mut n, mut first) = (0.0, 0.0, at);
    for logged in plays {
        let is_in = f64::from(cycle.is_near(cycle.phase(logged.event.at, tz), now));
        let of = counts.entry(logged.recording).or_default();
        let days = at.duration_since(logged.event.at).as_secs_f64() / 86_400.0;
        let rest = if of.n == 0.0 { days } else { of.rest_days.min(days) };
        *of = Count { n_in: of.n_in + is_in, n: of.n + 1.0, rest_days: rest };
        (n_in, n, first) = (n_in + is_in, n + 1.0, first.min(logged.event.at));
    }
    if at.duration_since(first) < cycle.least() || n_in == 0.0 {
        return BTreeMap::new();
    }
    let base = (n_in / n).max(LEAST_BASE);
    let freshened = |days: f64| match half_life_days {
        0.0 => 1.0,
        half_life => (days / half_life).exp2().min(FRESHEST),
    };
    let lift = |Count { n_in, n, rest_days }: Count| {
        let lift = ((n_in + PRIOR * base) / (n + PRIOR) / base).clamp(1.0 / MOST, MOST);
        let is_back = lift > 1.0 && rest_days > AWAY_DAYS;
        let lift = if is_back { lift * freshened(rest_days) } else { lift };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a lift needs no more than seven digits"
        )]
        let lift = lift.powf(strength.into()) as f32;
        lift
    };
    counts.into_iter().map(|(recording, counts)| (recording, lift(counts))).collect()
}

/// Plays of one recording.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    n_in: f64,
    n: f64,
    /// Since the last one.
    rest_days: f64,
}

impl Cycle {
    /// How much of a log tells it.
    fn least(self) -> SignedDuration {
        match self {
            Self::Year => SignedDuration::from_hours(24 * 395),
            Self::Week => SignedDuration::from_hours(24 * 28),
        }
    }

    /// Where a moment stands, in days of a year of 365 or hours of a week.
    fn phase(self, at: Timestamp, tz: &TimeZone) -> i32 {
        let local = tz.to_datetime(at);
        match self {
            Self::Year => i32::from(local.day_of_year().min(365)),
            Self::Week => {
                i32::from(local.weekday().to_monday_zero_offset()) * 24 + i32::from(local.hour())
            }
        }
    }

    fn is_near(self, phase: i32, now: i32) -> bool {
        let (length, reach) = match self {
            Self::Year => (365, 21),
            Self::Week => (168, 2),
        };
        let apart = (phase - now).rem_euclid(length);
        apart.min(length - apart) <= reach
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use jiff::{Timestamp, ToSpan};
    use music::{Event, History, ImportId, Interaction, Logged, RecordingId};

    use super::{Cycle, rhythm};

    const SONG: RecordingId = RecordingId(1);
    const USUAL: RecordingId = RecordingId(2);

    fn history(plays: impl IntoIterator<Item = (RecordingId, Timestamp)>) -> History {
        let logged = |(recording, at)| Logged {
            recording,
            import: ImportId(1),
            event: Event::new(Interaction::Play, at),
        };
        History { listens: plays.into_iter().map(logged).collect(), counts: Vec::new() }
    }

    fn at(moment: &str) -> Timestamp {
        moment.parse().unwrap()
    }

    /// Every day something usual, and ten times in December a song.
    fn year() -> History {
        let days =
            (0..400).map(|day: i64| (USUAL, at("2024-12-01T12:00:00Z") + (24 * day).hours()));
        let songs = (0..10).map(|day: i64| (SONG, at("2024-12-10T12:00:00Z") + (24 * day).hours()));
        history(days.chain(songs))
    }

    #[test]
    fn a_december_song_is_raised_in_december_and_lowered_in_june() {
        let lifts = |moment| rhythm(&year(), at(moment), &TimeZone::UTC, Cycle::Year, (1.0, 0.0));
        let december = lifts("2026-01-01T00:00:00Z");
        // Within three weeks of New Year: 65 usual plays and ten of the song, of 406: 0.185; (10 + 4·0.185)/14/0.185 = 4.15.
        assert!((december[&SONG] - 4.15).abs() < 0.01, "{december:?}");
        assert!((december[&USUAL] - 1.0).abs() < 0.2, "{december:?}");
        let june = lifts("2026-06-15T00:00:00Z");
        assert!(june[&SONG] < 0.4, "{june:?}");
        assert!((june[&USUAL] - 1.0).abs() < 0.2, "{june:?}");
    }

    #[test]
    fn a_habit_that_comes_round_is_as_fresh_as_it_was() {
        let lift = |half_life| {
            let at = at("2025-12-31T12:00:00Z");
            rhythm(&year(), at, &TimeZone::UTC, Cycle::Year, (1.0, half_life))[&SONG]
        };
        // 377 days of rest: 2^(377/188.5) = 4, and never more than 32.
        assert!((lift(188.5) / lift(0.0) - 4.0).abs() < 1e-3);
        assert!((lift(10.0) / lift(0.0) - 32.0).abs() < 1e-3);
    }

    #[test]
    fn a_cycle_that_has_not_come_round_yet_tells_nothing() {
        let lifts =
            rhythm(&year(), at("2025-12-20T00:00:00Z"), &TimeZone::UTC, Cycle::Year, (1.0, 0.0));
        assert!(lifts.is_empty());
    }

    #[test]
    fn sunday_mornings_are_those_of_the_listener() {
        // Nine in Berlin is seven in summer time.
        let sundays =
            (0..10).map(|week: i64| (SONG, at("2025-06-01T07:00:00Z") + (168 * week).hours()));
        let days = (0..70).map(|day: i64| (USUAL, at("2025-06-01T16:00:00Z") + (24 * day).hours()));
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let history = history(sundays.chain(days));
        let lifts = |moment| rhythm(&history, at(moment), &berlin, Cycle::Week, (1.0, 0.0));
        assert!(lifts("2025-08-10T07:30:00Z")[&SONG] > 4.0);
        assert!(lifts("2025-08-10T16:30:00Z")[&SONG] < 0.4);
    }

    #[test]
    fn without_strength_there_is_no_lift() {
        let lifts =
            rhythm(&year(), at("2026-01-01T00:00:00Z"), &TimeZone::UTC, Cycle::Year, (0.0, 0.0));
        assert!(lifts.values().all(|lift| *lift == 1.0));
    }
}
