//! When was that?

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::intake::LONGEST_PLAY;
use crate::RejectReason;

/// From this on, a number counts milliseconds: as seconds it would be the year 5138.
const LEAST_MILLIS: u64 = 100_000_000_000;

/// From this on, a number counts microseconds: as milliseconds it would be the year 5138 again.
const LEAST_MICROS: u64 = 1_000 * LEAST_MILLIS;

/// Whole seconds since 1970, as [`parse`] reads them in UTC; fractions are rounded down.
pub(crate) fn seconds(text: &str) -> Result<i64, RejectReason> {
    let moment = parse(text, &TimeZone::UTC)?;
    Ok(moment.as_second() - i64::from(moment.subsec_nanosecond() < 0))
}

/// A moment as logs write it: seconds, milliseconds or microseconds since 1970, told apart by their size, RFC 3339, or a
/// date and perhaps time in `timezone`.
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
    let moment = match number.unsigned_abs() {
        ..LEAST_MILLIS => Timestamp::from_second(number),
        LEAST_MILLIS..LEAST_MICROS => Timestamp::from_millisecond(number),
        LEAST_MICROS.. => Timestamp::from_microsecond(number),
    };
    moment.map_err(|_out_of_range| RejectReason::UnreadableTime)
}

/// A moment in seconds since 1970, the fraction left out.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a number too large for a moment is refused as one"
)]
pub(super) fn of_fraction(seconds: f64) -> Result<Timestamp, RejectReason> {
    if seconds.is_nan() {
        return Err(RejectReason::UnreadableTime);
    }
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

#[cfg(test)]
mod tests {
    use super::seconds;

    fn check(text: &str, expected: Option<i64>) {
        assert_eq!(seconds(text).ok(), expected, "{text:?}");
    }

    #[test]
    fn the_unit_of_a_number_follows_from_its_size() {
        check("25999999", Some(25_999_999));
        check("1700000000", Some(1_700_000_000));
        check("99999999999", Some(99_999_999_999));
        // From 10¹¹ on milliseconds, from 10¹⁴ on microseconds.
        check("100000000000", Some(100_000_000));
        check("1700000000123", Some(1_700_000_000));
        check("99999999999999", Some(99_999_999_999));
        check("100000000000000", Some(100_000_000));
        check("1700000000123456", Some(1_700_000_000));
    }

    #[test]
    fn fractions_are_rounded_down_on_both_sides_of_1970() {
        check("1.7e9", Some(1_700_000_000));
        check("1700000000.9", Some(1_700_000_000));
        check("-0.5", Some(-1));
        check("-428720400001", Some(-428_720_401));
        check("1969-12-31T23:59:59.5Z", Some(-1));
    }

    #[test]
    fn dates_are_read_in_utc() {
        check("1970-01-02", Some(86_400));
        check(" 1970-01-02 00:00:01 ", Some(86_401));
        check("1970-01-02T00:00:01", Some(86_401));
        check("1970-01-02T00:00:01+01:00", Some(82_801));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in ["", "yesterday", "12:00", "NaN", "inf", "-inf", "1e300", "1970-02-30"] {
            check(text, None);
        }
        check("9223372036854775807", None);
        check("-9223372036854775808", None);
    }
}
