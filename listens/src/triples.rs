//! A bare matrix: who, what, how much, and when?
//!
//! A delimited table of user, item, value and time, the form in which libraries are compared and published data sets come;
//! or lists, a user and all of the user's items in each line, as the data sets of the LightGCN family have it.
//! It is read in one pass, 12 bytes a line beside the ids and 8 more where times are kept, and grouped by user in a
//! second one over memory.
//! One thread takes lines apart, another gives ids their rows, in the order of the file.
//! Users and items are texts and get rows in the order of first appearance; what comes twice is summed.
//!
//! Side tables are read in the same way: labels of items, and attributes of users.

mod attributes;
mod columns;
mod ids;
mod labels;
mod reading;
mod settled;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

pub use attributes::{Attribute, Attributes, read_attributes};
pub use ids::Ids;
pub use labels::{ItemLabels, read_item_labels};

use crate::reject::Place;
use crate::{Column, Error, Reject, RejectReason};
use columns::Kind;

/// Rejects of one reason that are shown.
const EXAMPLES: u64 = 3;

/// A bare matrix `[n_users × n_items]`.
#[derive(Clone, Debug)]
pub struct Triples {
    /// Users by row.
    pub users: Ids,
    /// Items by row.
    pub items: Ids,
    /// What came of reading it.
    pub tally: TripleTally,
    /// User `u` has `starts[u]..starts[u + 1]` of the pairs.
    starts: Vec<usize>,
    /// Item row, ascending within a user, and value.
    pairs: Vec<(u32, f32)>,
    /// For each pair the time of its newest line, in seconds since 1970; where they were asked for.
    times: Option<Vec<i64>>,
}

impl Triples {
    /// Item rows, ascending, and values of a user; never 0, and finite.
    ///
    /// # Panics
    /// When there is no such user.
    #[must_use]
    pub fn of_user(&self, u: usize) -> &[(u32, f32)] {
        &self.pairs[self.starts[u]..self.starts[u + 1]]
    }

    /// When each pair of [`Triples::of_user`] was heard last, in its order and in seconds since 1970; `None` where times
    /// were left unread.
    ///
    /// # Panics
    /// When there is no such user.
    #[must_use]
    pub fn times_of_user(&self, u: usize) -> Option<&[i64]> {
        let of_user = self.starts[u]..self.starts[u + 1];
        self.times.as_ref().map(|times| &times[of_user])
    }

    /// Those pairs alone for which `is_in` says so, in the order of users and their items; users and items that are
    /// left without a pair are left out.
    ///
    /// # Panics
    /// When there are more or fewer pairs.
    #[must_use]
    pub fn part(&self, is_in: &[bool]) -> Self {
        assert_eq!(is_in.len(), self.n_pairs(), "a word on each pair expected");
        let (mut users, mut items) = (Ids::new(), Ids::new());
        let (mut starts, mut pairs) = (vec![0], Vec::new());
        let mut times = self.times.as_ref().map(|_| Vec::new());
        // New row of the item, and which pair it was.
        let mut kept: Vec<(u32, usize)> = Vec::new();
        for (u, user) in self.users.iter().enumerate() {
            let of_user = (self.starts[u]..self.starts[u + 1]).filter(|&k| is_in[k]);
            kept.clear();
            kept.extend(of_user.map(|k| (items.add(self.items.id(self.pairs[k].0 as usize)), k)));
            if kept.is_empty() {
                continue;
            }
            kept.sort_unstable_by_key(|(item, _)| *item);
            users.add(user);
            pairs.extend(kept.iter().map(|&(item, k)| (item, self.pairs[k].1)));
            if let (Some(times), Some(all)) = (&mut times, &self.times) {
                times.extend(kept.iter().map(|&(_, k)| all[k]));
            }
            starts.push(pairs.len());
        }
        Self { users, items, tally: self.tally.clone(), starts, pairs, times }
    }

    /// Number of pairs.
    #[must_use]
    pub fn n_pairs(&self) -> usize {
        self.pairs.len()
    }
}

/// Counts of one table.
///
/// `read` is the sum of the pairs, `repeated`, `zeros`, `outside` and all of `rejected`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TripleTally {
    /// Lines met, without the header and blank ones.
    pub read: u64,
    /// Lines whose value was added to that of an earlier one.
    pub repeated: u64,
    /// Lines, or sums of lines, of value 0: no pair.
    pub zeros: u64,
    /// Lines outside of the window of time that was asked for.
    pub outside: u64,
    /// Rejects by [`RejectReason::name`].
    pub rejected: BTreeMap<&'static str, u64>,
    /// The first rejects of each reason, in the order of the file.
    pub examples: Vec<Reject>,
}

impl TripleTally {
    fn reject(&mut self, file: &str, place: Place, reason: RejectReason) {
        self.read += 1;
        let n = self.rejected.entry(reason.name()).or_default();
        *n += 1;
        if *n <= EXAMPLES {
            let (file, place) = (file.to_owned(), place.to_string());
            let (listener, excerpt) = (None, String::new());
            self.examples.push(Reject { file, place, reason, listener, excerpt });
        }
    }

    /// The first line that could not be believed.
    fn into_first_reject(self) -> Option<Box<Reject>> {
        self.examples.into_iter().next().map(Box::new)
    }
}

/// How the pairs of a file are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Lists where the first line has blanks and no delimiter, unless columns are named; else a table.
    #[default]
    Guess,
    /// A pair in each line.
    Table,
    /// A user and that user's items in each line, blanks between; no header, and each pair is worth 1.
    Lists,
}

impl Layout {
    fn is_lists(self, first_line: &str, named: &[(String, Column)]) -> bool {
        match self {
            Self::Guess => named.is_empty() && !first_line.contains(['\t', ',', ';', '|']),
            Self::Table => false,
            Self::Lists => true,
        }
    }
}

/// What becomes of a column of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Nobody asks when: whatever stands there, it costs no memory and no line.
    Unread,
    /// Each pair has the time of its newest line; the table must have such a column, and each line a time.
    Kept,
}

/// What the caller chooses about reading a bare matrix; nothing has a hidden default.
#[derive(Clone, Debug)]
pub struct TripleOptions<'a> {
    /// How its pairs are written.
    pub layout: Layout,
    /// Role (`user`, `item`, `value`, `time`) and column; a role not named here is found by the usual names of its column.
    pub columns: &'a [(String, Column)],
    /// What becomes of times.
    pub times: Times,
    /// Only lines of these seconds since 1970, whatever becomes of their times; the end is not in it.
    pub window: Option<Range<i64>>,
}

impl<'a> TripleOptions<'a> {
    /// Lines of any time, which nobody asks about.
    #[must_use]
    pub fn plain(layout: Layout, columns: &'a [(String, Column)]) -> Self {
        Self { layout, columns, times: Times::Unread, window: None }
    }

    /// Whether a line without a time is of no use.
    fn needs_times(&self) -> bool {
        self.times == Times::Kept || self.window.is_some()
    }
}

/// Reads a table or lists: a file, or what lies alone in a folder or zip.
///
/// A table's columns are those the caller names by the roles `user`, `item`, `value` and `time`, else those with a usual
/// name (`userID`, `track_id`, `plays`, `timestamp`, …); users, items and values without one are the first three.
/// Without a column of values every line is worth 1; without a header no column has times, unless the caller names one.
/// A negative value is kept as it is; a sum beyond `f32` stays at its end.
/// A time is a number of seconds since 1970, from 10¹¹ on of milliseconds, from 10¹⁴ on of microseconds; or RFC 3339, or a
/// date, or a date and time, in UTC.
/// `progress` is told now and then how many bytes were read from disk.
///
/// # Errors
/// When the table cannot be read, lacks a column, lacks times that were asked for, or holds no pair; [`Error::NoPairs`]
/// tells why.
pub fn read_triples(
    source: &Path,
    options: &TripleOptions<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<Triples, Error> {
    let triples = settled::settle(source, Kind::Pairs, options, progress)?;
    if triples.n_pairs() == 0 { Err(no_pairs(source, triples.tally)) } else { Ok(triples) }
}

/// The oldest and the newest time of a table, in seconds since 1970, over the lines that [`read_triples`] believes.
///
/// # Errors
/// When the table cannot be read, lacks a column, that of times included, or has no line to be believed.
pub fn time_range(
    source: &Path,
    layout: Layout,
    columns: &[(String, Column)],
    progress: &mut dyn FnMut(u64),
) -> Result<(i64, i64), Error> {
    let options = TripleOptions { times: Times::Kept, ..TripleOptions::plain(layout, columns) };
    let mut range: Option<(i64, i64)> = None;
    let tally = reading::each_line(source, Kind::Pairs, &options, progress, |line| {
        if let Some(at) = line.at {
            let (oldest, newest) = range.unwrap_or((at, at));
            range = Some((oldest.min(at), newest.max(at)));
        }
    })?;
    range.ok_or_else(|| no_pairs(source, tally))
}

fn no_pairs(source: &Path, tally: TripleTally) -> Error {
    let TripleTally { read, outside, .. } = tally;
    Error::NoPairs { path: source.to_owned(), read, outside, first: tally.into_first_reject() }
}

#[cfg(test)]
mod tests;
