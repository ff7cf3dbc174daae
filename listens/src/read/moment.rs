//! When was that?

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::intake::LONGEST_PLAY;
use crate::RejectReason;

/// From this on, a number counts milliseconds: as seconds it would be the year 5138.
const LEAST_MILLIS: u64 = 100_000_000_000;

/// A moment as logs write it: seconds or milliseconds since 1970, RFC 3339, or a date and time in `timezone`.
pub(super) fn parse(text: &str, timezone: &TimeZone) -> Result<Timestamp, RejectReason> {
    let text = text.trim();
    let moment = if let Ok(number) = text.parse() {
        return of_number(number);
    } else if let Ok(seconds) = text.parse() {
        return of_fraction(seconds);
    } else if let Ok(moment) = text.parse::<Timestamp>() {
        Some(moment)
    } else {
        text.parse().ok().and_then(|local| of_local(local, timezone))
    };
    moment.ok_or(RejectReason::UnreadableTime)
}

/// A moment as a number since 1970.
pub(super) fn of_number(number: i64) -> Result<Timestamp, RejectReason> {
    let is_millis = number.unsigned_abs() >= LEAST_MILLIS;
    let moment = if is_millis {
        Timestamp::from_millisecond(number)
    } else {
        Timestamp::from_second(number)
    };
    moment.map_err(|_out_of_range| RejectReason::UnreadableTime)
}

/// A moment in seconds since 1970, the fraction left out.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a number too large for a moment is refused as one"
)]
pub(super) fn of_fraction(seconds: f64) -> Result<Timestamp, RejectReason> {
    of_number(seconds.floor() as i64)
}

/// The moment of a clock on the wall; the later offset where a clock change skips it, the earlier where it comes twice.
pub(super) fn of_local(local: DateTime, timezone: &TimeZone) -> Option<Timestamp> {
    timezone.to_ambiguous_timestamp(local).compatible().ok()
}

/// The start of a play, from its end.
pub(super) fn start(end: Timestamp, played: Duration) -> Result<Timestamp, RejectReason> {
    if played > LONGEST_PLAY {
        return Err(RejectReason::TooLong);
    }
    let played = SignedDuration::try_from(played).map_err(|_too_long| RejectReason::TooLong)?;
    end.checked_sub(played).map_err(|_out_of_range| RejectReason::UnreadableTime)
}
