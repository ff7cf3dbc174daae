//! What does the caller choose about reading?

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use music::ItemKind;

use crate::Format;

/// What the caller chooses; nothing has a hidden default.
#[derive(Clone, Debug)]
pub struct Options {
    /// The format, where the content is not to decide.
    ///
    /// In a folder or zip it holds for every file of its kind (JSON or lines of cells); the others are skipped.
    pub format: Option<Format>,
    /// Of a folder or zip, only the files of this format; the others are left for another reading.
    pub only: Option<Format>,
    /// Role and column, for delimited files; a role not named here is found by the usual names of its column.
    pub columns: Vec<(String, Column)>,
    /// A delimited file of item id, name and perhaps artist, held in memory while reading.
    pub item_names: Option<PathBuf>,
    /// A delimited file of tag id and name, held in memory while reading.
    pub tag_names: Option<PathBuf>,
    /// What becomes of country and device class.
    pub keep_context: ContextPolicy,
    /// The time zone of moments that come without one.
    pub timezone: TimeZone,
    /// The present; nothing may be heard more than a day after it.
    pub now: Timestamp,
    /// Interaction names that the configuration adds to [`music::Interaction::KNOWN`].
    pub known_kinds: Vec<String>,
    /// What stands as an item in tables, where the name of the column is not to decide.
    pub items: Option<ItemKind>,
}

impl Options {
    /// Nothing overridden: formats and columns as recognized, times in UTC, no context, only the known kinds.
    #[must_use]
    pub fn plain(now: Timestamp) -> Self {
        Self {
            format: None,
            columns: Vec::new(),
            item_names: None,
            tag_names: None,
            keep_context: ContextPolicy::Drop,
            timezone: TimeZone::UTC,
            now,
            known_kinds: Vec::new(),
            items: None,
            only: None,
        }
    }
}

/// What becomes of the country and the class of device of a play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContextPolicy {
    /// Left out, never stored.
    Drop,
    /// Kept.
    Keep,
}

/// Which column of a delimited file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// By the name in the first line.
    Name(String),
    /// By number, from 1.
    Number(usize),
}

impl FromStr for Column {
    type Err = Infallible;

    /// A whole number is a number, anything else a name.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.parse().map_or_else(|_not_a_number| Self::Name(text.to_owned()), Self::Number))
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Number(number) => number.fmt(f),
        }
    }
}
