//! A bare matrix: who, what, how much?
//!
//! A delimited table of user, item and value, the form in which libraries are compared and published data sets come;
//! or lists, a user and all of the user's items in each line, as the data sets of the LightGCN family have it.
//! It is read in one pass, 12 bytes a line beside the ids, and grouped by user in a second one over memory.
//! One thread takes lines apart, another gives ids their rows, in the order of the file.
//! Users and items are texts and get rows in the order of first appearance; what comes twice is summed.

mod columns;
mod ids;
mod settled;

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

pub use ids::Ids;
use ids::Texts;

use crate::read::Lines;
use crate::reject::Place;
use crate::source::{self, Input, Member, Stop};
use crate::{Column, Error, Reject, RejectReason};
use columns::Columns;
use settled::Settled;

/// Rejects of one reason that are shown.
const EXAMPLES: u64 = 3;

/// Lines whose ids are looked up together; few enough for the nearest cache.
const BATCH: usize = 1 << 12;

/// Batches that may wait for their rows.
const WAITING: usize = 16;

/// Progress is told once in so many lines.
const LINES_PER_REPORT: u64 = 1 << 16;

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
        for (u, user) in self.users.iter().enumerate() {
            let of_user = self.starts[u]..self.starts[u + 1];
            let kept = self.pairs[of_user.clone()].iter().zip(&is_in[of_user]);
            let kept = kept.filter(|(_, is_in)| **is_in);
            pairs.extend(
                kept.map(|(&(item, value), _)| (items.add(self.items.id(item as usize)), value)),
            );
            let first = starts[starts.len() - 1];
            if pairs.len() > first {
                users.add(user);
                pairs[first..].sort_unstable_by_key(|(item, _)| *item);
                starts.push(pairs.len());
            }
        }
        Self { users, items, tally: self.tally.clone(), starts, pairs }
    }

    /// Number of pairs.
    #[must_use]
    pub fn n_pairs(&self) -> usize {
        self.pairs.len()
    }
}

/// Counts of one table.
///
/// `read` is the sum of the pairs, `repeated`, `zeros` and all of `rejected`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TripleTally {
    /// Lines met, without the header and blank ones.
    pub read: u64,
    /// Lines whose value was added to that of an earlier one.
    pub repeated: u64,
    /// Lines, or sums of lines, of value 0: no pair.
    pub zeros: u64,
    /// Rejects by [`RejectReason::name`].
    pub rejected: BTreeMap<&'static str, u64>,
    /// The first rejects of each reason, in the order of the file.
    pub examples: Vec<Reject>,
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

/// Reads a table or lists: a file, or what lies alone in a folder or zip.
///
/// A table's columns are those the caller names by the roles `user`, `item` and `value`, else those with a usual name
/// (`userID`, `track_id`, `plays`, …), else the first three; without a column of values every line is worth 1.
/// A negative value is kept as it is; a sum beyond `f32` stays at its end.
/// `progress` is told now and then how many bytes were read from disk.
///
/// # Errors
/// When the table cannot be read, lacks a column, or holds no pair; [`Error::NoPairs`] tells why.
pub fn read_triples(
    source: &Path,
    layout: Layout,
    columns: &[(String, Column)],
    progress: &mut dyn FnMut(u64),
) -> Result<Triples, Error> {
    let (door, batches) = sync_channel(WAITING);
    thread::scope(|scope| {
        let settling = scope.spawn(|| Settled::of(batches));
        let tally = read_lines_of(source, layout, columns, progress, door)?;
        settling.join().expect("settling asks nothing of the world").grouped(source, tally)
    })
}

/// Reads the lines and hands them over in batches.
fn read_lines_of(
    source: &Path,
    layout: Layout,
    columns: &[(String, Column)],
    progress: &mut dyn FnMut(u64),
    door: SyncSender<Batch>,
) -> Result<TripleTally, Error> {
    let bytes = Cell::new(0);
    let mut reading =
        Reading { file: String::new(), tally: TripleTally::default(), batch: Batch::new(), door };
    let mut read: Option<String> = None;
    let ended = source::each(source, &bytes, &mut |member| {
        if let Some(first) = read.take() {
            let (path, second) = (source.to_owned(), member.name);
            return Err(Error::ManyTables { path, first, second }.into());
        }
        read = Some(member.name.clone());
        reading.read(member, layout, columns, &mut || progress(bytes.get()))
    });
    ended.or_else(|stop| stop.told(source))?;
    reading.hand_over();
    Ok(reading.tally)
}

/// Lines that were believed and have no rows yet.
struct Batch {
    users: Texts,
    items: Texts,
    values: Vec<f32>,
}

impl Batch {
    fn new() -> Self {
        Self { users: Texts::new(), items: Texts::new(), values: Vec::with_capacity(BATCH) }
    }
}

/// Turns lines into batches.
struct Reading {
    file: String,
    tally: TripleTally,
    batch: Batch,
    door: SyncSender<Batch>,
}

impl Reading {
    fn read(
        &mut self,
        member: Member<'_>,
        layout: Layout,
        named: &[(String, Column)],
        progress: &mut dyn FnMut(),
    ) -> Result<(), Stop> {
        self.file = member.name;
        match member.input {
            Err(reason) => self.reject(Place::File, reason),
            Ok(input) if input.is_utf16() => self.reject(Place::File, RejectReason::WrongEncoding),
            Ok(input) => self.read_lines(input, layout, named, progress)?,
        }
        Ok(())
    }

    fn read_lines(
        &mut self,
        input: Input<'_>,
        layout: Layout,
        named: &[(String, Column)],
        progress: &mut dyn FnMut(),
    ) -> Result<(), Stop> {
        let mut lines = Lines::new(input);
        let columns = match lines.next()? {
            None => return Ok(()),
            // Without its first line nobody knows what the others hold.
            Some((place, Err(reason))) => {
                self.reject(place, reason);
                return Ok(());
            }
            Some((place, Ok(first_line))) if layout.is_lists(first_line, named) => {
                self.take_list(place, Ok(first_line));
                while let Some((place, line)) = lines.next()? {
                    self.take_list(place, line);
                    progress();
                }
                return Ok(());
            }
            Some((place, Ok(first_line))) => {
                let columns = Columns::of(first_line, &self.file, named)?;
                if !columns.is_header {
                    self.take(place, columns.pick(first_line));
                }
                columns
            }
        };
        while let Some((place, line)) = lines.next()? {
            self.take(place, line.and_then(|line| columns.pick(line)));
            if self.tally.read.is_multiple_of(LINES_PER_REPORT) {
                progress();
            }
        }
        Ok(())
    }

    /// A user's items; a user without any is no pair.
    fn take_list(&mut self, place: Place, line: Result<&str, RejectReason>) {
        let mut ids = match line {
            Ok(line) => line.split_whitespace(),
            Err(reason) => return self.reject(place, reason),
        };
        let user = ids.next().unwrap_or_default();
        for item in ids {
            self.take(place, Ok([user, item, "1"].map(Cow::Borrowed)));
        }
    }

    fn take(&mut self, place: Place, cells: Result<[Cow<'_, str>; 3], RejectReason>) {
        if let Err(reason) = cells.and_then(|cells| self.add(&cells)) {
            return self.reject(place, reason);
        }
        self.tally.read += 1;
    }

    fn add(&mut self, [user, item, value]: &[Cow<'_, str>; 3]) -> Result<(), RejectReason> {
        let (user, item) = (user.trim_ascii(), item.trim_ascii());
        let value: Option<f32> = value.trim_ascii().parse().ok();
        let value = value.filter(|value| value.is_finite()).ok_or(RejectReason::BadValue)?;
        if user.is_empty() {
            return Err(RejectReason::MissingField("user"));
        }
        if item.is_empty() {
            return Err(RejectReason::MissingField("item"));
        }
        if value == 0.0 {
            self.tally.zeros += 1;
            return Ok(());
        }
        self.batch.users.push(user);
        self.batch.items.push(item);
        self.batch.values.push(value);
        if self.batch.values.len() == BATCH {
            self.hand_over();
        }
        Ok(())
    }

    fn hand_over(&mut self) {
        let batch = std::mem::replace(&mut self.batch, Batch::new());
        self.door.send(batch).expect("the other side listens until this one hangs up");
    }

    fn reject(&mut self, place: Place, reason: RejectReason) {
        self.tally.read += 1;
        let n = self.tally.rejected.entry(reason.name()).or_default();
        *n += 1;
        if *n <= EXAMPLES {
            let (file, place) = (self.file.clone(), place.to_string());
            let (listener, excerpt) = (None, String::new());
            self.tally.examples.push(Reject { file, place, reason, listener, excerpt });
        }
    }
}

#[cfg(test)]
mod tests;
