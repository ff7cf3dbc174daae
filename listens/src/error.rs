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
    /// A column was given to a role that the table does not have.
    #[error("{table} has no column for `{role}`, only for {known}")]
    NoSuchRole {
        /// What is being read.
        table: &'static str,
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
    /// A file that names things, without a header that says which column does.
    #[error(
        "a header with `value` expected in {file}, such as kind,value,reason; its first line is: {header}"
    )]
    NoValues {
        /// The file.
        file: String,
        /// Its first line.
        header: String,
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
    #[error("no pair of user and item in {}: {}", path.display(), nothing_left(*read, *outside, first.as_deref(), "every value is 0"))]
    NoPairs {
        /// The source that was asked for.
        path: PathBuf,
        /// Lines met.
        read: u64,
        /// Of them, those outside of the window of time that was asked for.
        outside: u64,
        /// The first of them that could not be believed.
        first: Option<Box<Reject>>,
    },
    /// Times were asked of lists, which have none.
    #[error(
        "no times in {file}: it was read as lists of users and their items; if it is a table, name its columns with --columns"
    )]
    NoTimes {
        /// The file.
        file: String,
    },
    /// A table of labels or attributes that says nothing.
    #[error("no label in {}: {}", path.display(), nothing_left(*read, 0, first.as_deref(), "every weight is 0 or cell empty"))]
    NoLabels {
        /// The source that was asked for.
        path: PathBuf,
        /// Lines met.
        read: u64,
        /// The first of them that could not be believed.
        first: Option<Box<Reject>>,
    },
    /// A table of attributes whose header names none.
    #[error("a header of a user and at least one attribute expected in {file}, got the user alone")]
    NoAttributes {
        /// The file.
        file: String,
    },
}

fn nothing_left(read: u64, outside: u64, first: Option<&Reject>, rest: &str) -> String {
    let lines = match outside {
        0 => format!("{read} lines"),
        outside => format!("{read} lines, {outside} of them outside of the window of time"),
    };
    match first {
        Some(Reject { place, reason, .. }) => {
            format!("{lines}, the first that was rejected is {place}: {reason}")
        }
        None if read == 0 => "it has no line below its header".to_owned(),
        None if read == outside => lines,
        None => format!("{lines}, and {rest}"),
    }
}
