//! One listener's rows: which come first, and how long did each take?

use std::time::Duration;

use jiff::Timestamp;
use music::{History, Logged};

use crate::Lengths;

/// A recording shorter than this is none: the source does not know its length.
pub(crate) const SHORTEST: Duration = Duration::from_secs(2);
/// Milliseconds of a minute, an hour and a day.
pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;
/// What a listen takes where nothing is known of its length.
const USUAL: Duration = Duration::from_secs(210);

/// A listener's log up to a moment.
#[derive(Clone, Debug)]
pub(crate) struct Timeline<'a> {
    /// Ascending by recording, then moment.
    pub(crate) rows: Vec<&'a Logged>,
    /// `[n_rows]` length of each row's recording, as the row says, or as it is known.
    pub(crate) lengths: Vec<Option<Duration>>,
    /// `[n_rows]` milliseconds since 1970 at which each row happened, or began.
    at: Vec<i64>,
    /// Rows that are listens, by moment; ties by row.
    pub(crate) listens: Vec<usize>,
}

impl<'a> Timeline<'a> {
    /// What lies before `until`.
    ///
    /// O(n log n) in the length of the history.
    pub(crate) fn of(history: &'a History, lengths: &Lengths, until: Option<Timestamp>) -> Self {
        let in_time = |logged: &&Logged| until.is_none_or(|until| logged.event.at < until);
        let rows: Vec<&Logged> = history.listens.iter().filter(in_time).collect();
        let mut said = Vec::with_capacity(rows.len());
        for of_one in rows.chunk_by(|a, b| a.recording == b.recording) {
            let known = lengths.get(&of_one[0].recording).copied();
            let sound = |length: &Duration| *length >= SHORTEST;
            said.extend(of_one.iter().map(|logged| logged.event.length.filter(sound).or(known)));
        }
        let is_listen = |row: &usize| rows[*row].event.kind.is_listen();
        let mut listens: Vec<usize> = (0..rows.len()).filter(is_listen).collect();
        let at: Vec<i64> = rows.iter().map(|row| row.event.at.as_millisecond()).collect();
        listens.sort_by_key(|row| at[*row]);
        Self { rows, lengths: said, at, listens }
    }

    /// The listens by moment, without some.
    pub(crate) fn without(&self, is_left_out: impl Fn(usize) -> bool) -> Vec<usize> {
        self.listens.iter().copied().filter(|row| !is_left_out(*row)).collect()
    }

    /// When a row happened, or began, in milliseconds since 1970.
    pub(crate) fn at(&self, row: usize) -> i64 {
        self.at[row]
    }

    /// When a listen was over, as far as is known, in milliseconds since 1970.
    pub(crate) fn end(&self, row: usize) -> i64 {
        let took = self.rows[row].event.played.or(self.lengths[row]).unwrap_or(USUAL);
        self.at[row].saturating_add(millis(took))
    }

    /// Which share of its recording was heard, where both are known; at most 1.
    pub(crate) fn share(&self, row: usize) -> Option<f64> {
        let (played, length) = (self.rows[row].event.played?, self.lengths[row]?);
        Some((played.as_secs_f64() / length.as_secs_f64()).min(1.0))
    }
}

/// A length in whole milliseconds.
pub(crate) fn millis(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}
