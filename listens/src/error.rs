//! What keeps a source from being read at all?
//!
//! A bad line is no error: see [`crate::Reject`].

use std::io;
use std::path::PathBuf;

use music::ItemKind;

use crate::{Format, Reject};

/// Why reading stopped before the end of the source.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk, or a file that is not there.
    #[error("cannot read {}", path.display())]
    Read {
        /// The source that was asked for.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// No file of the source looks like any format.
    #[error("no known format in {}; name it with --format, one of {}", path.display(), Format::names())]
    UnknownFormat {
        /// The source that was asked for.
        path: PathBuf,
    },
    /// A format's name that nobody knows.
    #[error("a format expected, one of {}, got `{got}`", Format::names())]
    NoSuchFormat {
        /// What came.
        got: String,
    },
    /// A column was named that the file does not have.
    #[error("no column `{column}` in {file}; its first line is: {header}")]
    NoSuchColumn {
        /// The file.
        file: String,
        /// The name or number asked for.
        column: String,
        /// The cells of the first line.
        header: String,
    },
    /// A column was given to a role that the format does not have.
    #[error("{format} has no column for `{role}`, only for {known}")]
    NoSuchRole {
        /// The format being read.
        format: Format,
        /// What came.
        role: String,
        /// The roles it has.
        known: String,
    },
    /// The format needs a column that was not found.
    #[error(
        "no column for `{role}` in {file}; name it with --columns {role}=COLUMN; its first line is: {header}"
    )]
    MissingColumn {
        /// The file.
        file: String,
        /// What the column is for.
        role: &'static str,
        /// The cells of the first line.
        header: String,
    },
    /// Recordings and artists stand as items in one source.
    #[error("{} expected as items, as before, got {} in {file}; import them into two data folders", expected.name(), got.name())]
    MixedItems {
        /// The file that differs.
        file: String,
        /// What the files before it hold.
        expected: ItemKind,
        /// What this one holds.
        got: ItemKind,
    },
    /// More than one table where a matrix is to be read.
    #[error("one table expected in {}, got {first} and {second}; name one of them", path.display())]
    ManyTables {
        /// The source that was asked for.
        path: PathBuf,
        /// The first file in it.
        first: String,
        /// The second.
        second: String,
    },
    /// A table of which nothing is left to learn from.
    #[error("no pair of user and item in {}: {}", path.display(), nothing_left(*read, first.as_deref()))]
    NoPairs {
        /// The source that was asked for.
        path: PathBuf,
        /// Lines met.
        read: u64,
        /// The first of them that could not be believed.
        first: Option<Box<Reject>>,
    },
}

fn nothing_left(read: u64, first: Option<&Reject>) -> String {
    match first {
        Some(Reject { place, reason, .. }) => {
            format!("{read} lines, the first that was rejected is {place}: {reason}")
        }
        None if read == 0 => "it has no line below its header".to_owned(),
        None => format!("{read} lines, and every value is 0"),
    }
}
