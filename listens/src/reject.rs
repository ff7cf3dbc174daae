//! Why is this line not believed?
//!
//! A reject never holds the raw line, which may have an address, a user agent or an account name in it.

use std::fmt;

/// One line that could not be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The file, as named inside its folder or zip.
    pub file: String,
    /// Where in the file, such as "line 12" or "element 7".
    pub place: String,
    /// Why.
    pub reason: RejectReason,
    /// The account name, where it could be read; the caller puts a pseudonym in its place.
    pub listener: Option<String>,
    /// Artist, title and moment, where they could be read; nothing else ever.
    pub excerpt: String,
}

/// Every reason there is; its sentence is its `Display`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RejectReason {
    /// The file ends too early.
    #[error("the file ends in the middle of it")]
    CutOff,
    /// It does not unpack.
    #[error("it cannot be unpacked: damaged, encrypted or compressed in an unknown way")]
    Damaged,
    /// Its bytes were changed on the way, and nothing behind them can be made out.
    #[error("the rest of it is missing: from here on it cannot be unpacked")]
    RestMissing,
    /// Something behind the end of an array.
    #[error("something follows the end of the array")]
    Trailing,
    /// It is not UTF-8.
    #[error("UTF-8 expected, got another encoding; save the file as UTF-8")]
    WrongEncoding,
    /// Longer than any honest line.
    #[error("it is longer than any line or element of a log")]
    TooLarge,
    /// It is not JSON, or not the JSON expected.
    #[error("it is not the JSON that was expected")]
    BrokenJson,
    /// A quoted cell without its end.
    #[error("a quoted cell does not end on its line")]
    OpenQuote,
    /// A ragged line.
    #[error("{expected} cells expected, got {got}")]
    WrongColumns {
        /// Cells of the first line, or of the format.
        expected: usize,
        /// Cells of this one.
        got: usize,
    },
    /// A field that must be there is not.
    #[error("{0} is missing")]
    MissingField(&'static str),
    /// A field holds something else than expected.
    #[error("{0} is of the wrong type")]
    WrongType(&'static str),
    /// Nobody can read this moment.
    #[error("its moment cannot be read")]
    UnreadableTime,
    /// More than a day after now.
    #[error("it lies in the future")]
    Future,
    /// A clock that was never set.
    #[error("it lies before 1980, as with a clock that was never set")]
    Before1980,
    /// Nobody listens that long.
    #[error("it is a play of more than 24 hours")]
    TooLong,
    /// No title.
    #[error("its title is empty")]
    NoTitle,
    /// No artist.
    #[error("its artist is empty")]
    NoArtist,
    /// Neither names nor a key that others know.
    #[error("it names no recording: neither artist and title nor a key is known")]
    NoNames,
    /// A count that is no count.
    #[error("its count is not a positive number")]
    BadCount,
    /// A value that is no number.
    #[error("its value is not a finite number")]
    BadValue,
    /// A weight that is none.
    #[error("its weight is not a finite number from 0 up")]
    BadWeight,
    /// A user who was there before.
    #[error("an earlier line speaks of the same user")]
    RepeatedUser,
    /// An interaction nobody knows.
    #[error("its kind of interaction is unknown; the configuration can add it")]
    UnknownKind,
    /// A tag id without a name.
    #[error("its tag has no name in the file of tag names")]
    UnknownTag,
}

impl RejectReason {
    /// A short name that stays, for counts and for files of rejects.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CutOff => "cut-off",
            Self::Damaged => "damaged",
            Self::RestMissing => "rest-missing",
            Self::Trailing => "trailing",
            Self::WrongEncoding => "wrong-encoding",
            Self::TooLarge => "too-large",
            Self::BrokenJson => "broken-json",
            Self::OpenQuote => "open-quote",
            Self::WrongColumns { .. } => "wrong-columns",
            Self::MissingField(_) => "missing-field",
            Self::WrongType(_) => "wrong-type",
            Self::UnreadableTime => "unreadable-time",
            Self::Future => "future",
            Self::Before1980 => "before-1980",
            Self::TooLong => "too-long",
            Self::NoTitle => "no-title",
            Self::NoArtist => "no-artist",
            Self::NoNames => "no-names",
            Self::BadCount => "bad-count",
            Self::BadValue => "bad-value",
            Self::BadWeight => "bad-weight",
            Self::RepeatedUser => "repeated-user",
            Self::UnknownKind => "unknown-kind",
            Self::UnknownTag => "unknown-tag",
        }
    }
}

/// Where in a file.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    File,
    End,
    Line(u64),
    Element(u64),
    Track { element: u64, track: usize },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("the whole file"),
            Self::End => f.write_str("the end of the file"),
            Self::Line(number) => write!(f, "line {number}"),
            Self::Element(number) => write!(f, "element {number}"),
            Self::Track { element, track } => write!(f, "element {element}, track {track}"),
        }
    }
}

/// Why a row became no entry, with what may be told of it.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) reason: RejectReason,
    pub(crate) listener: Option<String>,
    pub(crate) excerpt: String,
}

impl Problem {
    /// A problem of a row whose names are known.
    pub(crate) fn new(reason: RejectReason, listener: Option<&str>, excerpt: String) -> Self {
        Self { reason, listener: listener.map(str::to_owned), excerpt }
    }
}

impl From<RejectReason> for Problem {
    fn from(reason: RejectReason) -> Self {
        Self { reason, listener: None, excerpt: String::new() }
    }
}

/// What a person may see of a rejected row.
pub(crate) fn excerpt(artist: &str, title: &str, moment: &str) -> String {
    const LONGEST: usize = 100;
    let parts = [("artist", artist), ("title", title), ("at", moment)];
    let shown =
        parts.into_iter().filter(|(_, text)| !text.trim().is_empty()).map(|(name, text)| {
            let short: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
            format!("{name}: {short}")
        });
    shown.collect::<Vec<_>>().join(", ")
}
