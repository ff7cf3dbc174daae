//! Which rows of an older snapshot are this recording, now that some recordings were found to be one?
//!
//! A snapshot keeps the ids of its training; the store follows aliases.
//! Where two rows turned out to be one recording, the first serves and the others stay out of every list.

use std::collections::BTreeMap;

use music::{ItemIx, RecordingId, Rows};
use store::Store;

use crate::Error;

/// The rows of a snapshot by today's recordings.
#[derive(Clone, Debug)]
pub(crate) struct Places<'a> {
    rows: &'a Rows,
    /// Rows whose recording has another id today, by that id.
    moved: BTreeMap<RecordingId, Vec<ItemIx>>,
}

impl<'a> Places<'a> {
    pub(crate) fn of(rows: &'a Rows, store: &Store) -> Result<Self, Error> {
        let mut moved: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (alias, recording) in store.aliases()? {
            if let Some(item) = rows.ix(alias) {
                moved.entry(recording).or_default().push(item);
            }
        }
        Ok(Self { rows, moved })
    }

    /// The row that stands for a recording.
    pub(crate) fn ix(&self, recording: RecordingId) -> Option<ItemIx> {
        self.rows.ix(recording).or_else(|| self.moved.get(&recording)?.first().copied())
    }

    /// Every row that is this recording.
    pub(crate) fn all(&self, recording: RecordingId) -> impl Iterator<Item = ItemIx> {
        let moved = self.moved.get(&recording).into_iter().flatten().copied();
        self.rows.ix(recording).into_iter().chain(moved)
    }

    /// Rows that are a recording for which another row stands.
    pub(crate) fn redundant(&self) -> impl Iterator<Item = ItemIx> {
        let of_one = self.moved.iter();
        of_one.flat_map(|(recording, rows)| {
            rows.iter().copied().filter(|row| self.ix(*recording) != Some(*row))
        })
    }
}
