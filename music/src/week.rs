//! Which week is it, and when does it start?
//!
//! ISO 8601 weeks: they start on Monday at 00:00 in the listener's time zone.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// An ISO week, written `2026-W47`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Week {
    monday: Date,
}

/// The text was not a week.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a week such as 2026-W47 expected, got `{got}`")]
pub struct ParseWeekError {
    /// What came.
    pub got: String,
}

impl Week {
    /// The week of a day.
    ///
    /// # Panics
    /// In the first week of the year -9999, which has no Monday.
    #[must_use]
    pub fn of_date(date: Date) -> Self {
        let since_monday = i64::from(date.weekday().to_monday_zero_offset());
        Self {
            monday: date
                .checked_sub(since_monday.days())
                .expect("weeks of recorded music have a Monday"),
        }
    }

    /// The week of a moment, where the listener lives.
    #[must_use]
    pub fn of(moment: Timestamp, tz: &TimeZone) -> Self {
        Self::of_date(tz.to_datetime(moment).date())
    }

    /// The Monday.
    #[must_use]
    pub fn monday(self) -> Date {
        self.monday
    }

    /// Monday 00:00 where the listener lives; the first moment of the day where a clock change skips midnight.
    ///
    /// # Panics
    /// Outside the years that a timestamp can hold, which no parsed week is.
    #[must_use]
    pub fn start(self, tz: &TimeZone) -> Timestamp {
        let midnight = self.monday.to_datetime(jiff::civil::Time::midnight());
        tz.to_ambiguous_zoned(midnight)
            .compatible()
            .expect("weeks lie within the years of timestamps")
            .timestamp()
    }

    /// The week that many weeks later, or earlier for a negative number.
    ///
    /// # Panics
    /// Outside the years -9999 to 9999.
    #[must_use]
    pub fn plus(self, weeks: i64) -> Self {
        Self {
            monday: self.monday.checked_add(weeks.weeks()).expect("weeks lie within the calendar"),
        }
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let iso = self.monday.iso_week_date();
        write!(f, "{:04}-W{:02}", iso.year(), iso.week())
    }
}

impl FromStr for Week {
    type Err = ParseWeekError;

    fn from_str(text: &str) -> Result<Self, ParseWeekError> {
        let parse = || -> Option<Self> {
            let (year, week) = text.split_once("-W").or_else(|| text.split_once("-w"))?;
            let iso =
                ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, Weekday::Monday).ok()?;
            (1900..=9000).contains(&iso.year()).then(|| Self { monday: iso.date() })
        };
        parse().ok_or_else(|| ParseWeekError { got: text.to_owned() })
    }
}

impl TryFrom<String> for Week {
    type Error = ParseWeekError;

    fn try_from(text: String) -> Result<Self, ParseWeekError> {
        text.parse()
    }
}

impl From<Week> for String {
    fn from(week: Week) -> Self {
        week.to_string()
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::Week;

    #[test]
    fn a_week_starts_on_monday_at_midnight_where_the_listener_lives() {
        let week: Week = "2026-W47".parse().unwrap();
        assert_eq!(week.start(&TimeZone::UTC).to_string(), "2026-11-16T00:00:00Z");
        let auckland = TimeZone::get("Pacific/Auckland").unwrap();
        assert_eq!(week.start(&auckland).to_string(), "2026-11-15T11:00:00Z");
        assert_eq!(Week::of(week.start(&auckland), &auckland), week);
        assert_eq!(Week::of(week.start(&auckland), &TimeZone::UTC), week.plus(-1));
    }

    #[test]
    fn the_first_days_of_a_year_may_belong_to_the_last_week_of_the_one_before() {
        assert_eq!(Week::of_date("2027-01-03".parse().unwrap()).to_string(), "2026-W53");
        assert_eq!("2026-W53".parse::<Week>().unwrap().plus(1).to_string(), "2027-W01");
    }

    #[test]
    fn what_is_no_week_is_refused() {
        for text in ["", "2026", "2026-W54", "2026-W00", "W47", "20x6-W01", "2026-47"] {
            assert!(text.parse::<Week>().is_err(), "{text}");
        }
    }
}
