//! Which matrix row is this recording, in this snapshot?
//!
//! Rows ascend by id, so that the same set of recordings always makes the same rows; those that came after a training
//! follow in a second ascending run, so that no row of the training moves.

use crate::RecordingId;

/// A row of an item matrix; lives as long as one snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemIx(pub u32);

/// A row of a user matrix; lives as long as one training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserIx(pub u32);

/// The dictionary between recording ids and item rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    ids: Vec<RecordingId>,
    /// How many of them came later, in the run at the end.
    n_more: usize,
}

impl Rows {
    /// Rows for a set of recordings, in any order and with repeats.
    ///
    /// # Panics
    /// When there are more than `u32::MAX` recordings.
    #[must_use]
    pub fn new(mut ids: Vec<RecordingId>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        assert!(u32::try_from(ids.len()).is_ok(), "at most u32::MAX rows, got {}", ids.len());
        Self { ids, n_more: 0 }
    }

    /// The same rows, and after them one for each of these recordings that has none, ascending.
    ///
    /// # Panics
    /// When these rows were extended before, and as [`Rows::new`].
    #[must_use]
    pub fn extended(&self, more: impl IntoIterator<Item = RecordingId>) -> Self {
        assert_eq!(self.n_more, 0, "rows that were not extended before expected");
        let more = more.into_iter().filter(|id| self.ix(*id).is_none());
        let more = Self::new(more.collect());
        let ids: Vec<RecordingId> = self.ids.iter().chain(&more.ids).copied().collect();
        assert!(u32::try_from(ids.len()).is_ok(), "at most u32::MAX rows, got {}", ids.len());
        Self { ids, n_more: more.len() }
    }

    /// Number of rows that came later, at the end.
    #[must_use]
    pub fn n_more(&self) -> usize {
        self.n_more
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The row of a recording, if it has one. O(log n).
    #[must_use]
    pub fn ix(&self, id: RecordingId) -> Option<ItemIx> {
        let (own, more) = self.ids.split_at(self.ids.len() - self.n_more);
        let in_more = || more.binary_search(&id).ok().map(|row| own.len() + row);
        let row = own.binary_search(&id).ok().or_else(in_more)?;
        Some(ItemIx(u32::try_from(row).expect("rows were counted in u32 when built")))
    }

    /// The recording of a row.
    ///
    /// # Panics
    /// When the row is not of this dictionary.
    #[must_use]
    pub fn id(&self, ix: ItemIx) -> RecordingId {
        self.ids[ix.0 as usize]
    }

    /// All recordings, by row.
    #[must_use]
    pub fn ids(&self) -> &[RecordingId] {
        &self.ids
    }
}

#[cfg(test)]
mod tests {
    use super::{ItemIx, Rows};
    use crate::RecordingId;

    #[test]
    fn rows_ascend_by_id_whatever_the_order_of_arrival() {
        let rows = Rows::new(vec![RecordingId(9), RecordingId(2), RecordingId(9)]);
        assert_eq!(rows.len(), 2);
        assert_eq!(rows.ix(RecordingId(9)), Some(ItemIx(1)));
        assert_eq!(rows.ix(RecordingId(3)), None);
        assert_eq!(rows.id(ItemIx(0)), RecordingId(2));
    }

    #[test]
    fn what_came_later_follows_and_moves_no_row() {
        let rows = Rows::new(vec![RecordingId(9), RecordingId(2)]);
        let more = rows.extended([RecordingId(5), RecordingId(9), RecordingId(1)]);
        assert_eq!(more.ids(), [2, 9, 1, 5].map(RecordingId));
        assert_eq!((more.len(), more.n_more(), rows.n_more()), (4, 2, 0));
        assert!((0..4).all(|row| more.ix(more.id(ItemIx(row))) == Some(ItemIx(row))));
        assert_eq!(more.ix(RecordingId(3)), None);
        assert_eq!(rows.extended([]), rows);
    }
}
