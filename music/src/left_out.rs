//! Which part of what a listener did is not the listener's taste?
//!
//! A rule leaves out in retrospect what others heard on the account, what played at a party or for a child.
//! The log keeps all of it, so that a rule can be taken back.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::TimeZone;

use crate::{Device, Event};

/// What is left out: whatever all parts that are set hold of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Within these hours, where the listener lives.
    pub hours: Option<Hours>,
    /// On these days, where the listener lives; hours beyond midnight are of the day on which they begin.
    pub weekdays: Option<Weekdays>,
    /// On this class of device, as far as the log says.
    pub device: Option<Device>,
    /// In this session of the source.
    pub session: Option<u64>,
    /// Recordings with this label, whatever its case.
    pub label: Option<String>,
    /// In this country (ISO 3166-1 alpha-2), as far as the log says.
    pub country: Option<String>,
}

/// A window of every day, with its first minute and without its last; it may go beyond midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Minutes after midnight, below 1440.
    from: u16,
    until: u16,
}

/// Some days of the week, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weekdays {
    /// Monday is bit 0.
    bits: u8,
}

/// The text was no window of a day, or no days.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{expected} expected, got `{got}`")]
pub struct ParseWindowError {
    expected: &'static str,
    got: String,
}

impl LeftOut {
    /// Whether the rule leaves out an event; `labels` are those of its recording.
    ///
    /// It is of no account what was done: a like within the hours goes with the plays.
    #[must_use]
    pub fn covers(&self, event: &Event, labels: &[String], tz: &TimeZone) -> bool {
        let context = &event.context;
        let is_country = |country: &String| {
            context.country.as_ref().is_some_and(|of| of.eq_ignore_ascii_case(country))
        };
        let is_label = |label: &String| labels.iter().any(|of| of.eq_ignore_ascii_case(label));
        self.from.is_none_or(|from| event.at >= from)
            && self.until.is_none_or(|until| event.at < until)
            && self.device.is_none_or(|device| context.device == Some(device))
            && self.session.is_none_or(|session| event.session == Some(session))
            && self.country.as_ref().is_none_or(is_country)
            && self.label.as_ref().is_none_or(is_label)
            && self.covers_local(event.at, tz)
    }

    /// Whether nothing is set, so that everything would be left out.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    fn covers_local(&self, at: Timestamp, tz: &TimeZone) -> bool {
        if self.hours.is_none() && self.weekdays.is_none() {
            return true;
        }
        let local = tz.to_datetime(at);
        let Some(day) = self.hours.map_or(Some(local.weekday()), |hours| hours.day(local)) else {
            return false;
        };
        self.weekdays.is_none_or(|days| days.contains(day))
    }
}

impl Hours {
    const EXPECTED: &str = "hours such as 19:00-21:00";

    /// Of minutes after midnight; `None` for those of no day and for an empty window.
    #[must_use]
    pub fn of_minutes(from: u16, until: u16) -> Option<Self> {
        (from < MINUTES && until < MINUTES && from != until).then_some(Self { from, until })
    }

    /// First minute after midnight, and the one after the last.
    #[must_use]
    pub fn minutes(self) -> (u16, u16) {
        (self.from, self.until)
    }

    /// The day whose window holds a moment.
    fn day(self, local: DateTime) -> Option<Weekday> {
        let minute =
            u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        if self.from < self.until {
            return (self.from..self.until).contains(&minute).then(|| local.weekday());
        }
        if minute >= self.from {
            return Some(local.weekday());
        }
        (minute < self.until).then(|| local.weekday().previous())
    }
}

const MINUTES: u16 = 24 * 60;

impl FromStr for Hours {
    type Err = ParseWindowError;

    /// `24:00` is midnight too.
    fn from_str(text: &str) -> Result<Self, ParseWindowError> {
        let minute = |text: &str| -> Option<u16> {
            let (hour, minute) = text.trim().split_once(':')?;
            let is_plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
            let (hour, minute): (u16, u16) = (is_plain(hour) && is_plain(minute))
                .then(|| Some((hour.parse().ok()?, minute.parse().ok()?)))??;
            let at = hour.checked_mul(60)?.checked_add(minute)?;
            (minute < 60 && at <= MINUTES).then_some(at % MINUTES)
        };
        let parse = || {
            let (from, until) = text.split_once('-')?;
            Self::of_minutes(minute(from)?, minute(until)?)
        };
        parse().ok_or_else(|| ParseWindowError { expected: Self::EXPECTED, got: text.to_owned() })
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, until } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
    }
}

impl Weekdays {
    const NAMES: [(&str, Weekday); 7] = [
        ("mon", Weekday::Monday),
        ("tue", Weekday::Tuesday),
        ("wed", Weekday::Wednesday),
        ("thu", Weekday::Thursday),
        ("fri", Weekday::Friday),
        ("sat", Weekday::Saturday),
        ("sun", Weekday::Sunday),
    ];

    /// Of seven bits, Monday the lowest; `None` where there is no day, or an eighth.
    #[must_use]
    pub fn of_bits(bits: u8) -> Option<Self> {
        (1..1 << 7).contains(&bits).then_some(Self { bits })
    }

    /// Seven bits, Monday the lowest.
    #[must_use]
    pub fn bits(self) -> u8 {
        self.bits
    }

    /// Whether a day is one of them.
    #[must_use]
    pub fn contains(self, day: Weekday) -> bool {
        self.bits & bit(day) != 0
    }
}

fn bit(day: Weekday) -> u8 {
    1 << day.to_monday_zero_offset()
}

impl FromStr for Weekdays {
    type Err = ParseWindowError;

    fn from_str(text: &str) -> Result<Self, ParseWindowError> {
        let day = |word: &str| {
            let known = Self::NAMES.into_iter().find(|(name, _)| *name == word);
            known.map(|(_, day)| bit(day))
        };
        let text = text.to_lowercase();
        let days: Option<Vec<u8>> = text.split(',').map(|word| day(word.trim())).collect();
        let bits = days.map(|days| days.into_iter().fold(0, |bits, day| bits | day));
        bits.and_then(Self::of_bits)
            .ok_or(ParseWindowError { expected: "days such as sat,sun", got: text })
    }
}

impl fmt::Display for Weekdays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = Self::NAMES.into_iter().filter(|(_, day)| self.contains(*day));
        f.write_str(&days.map(|(name, _)| name).collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests;
