//! Which row lies at a place, and where does a row lie?

use crate::section::Section;

/// In a table of places: the row is not there.
const NOWHERE: u32 = u32::MAX;

/// The two directions, kept beside each other.
#[derive(Debug)]
pub(crate) struct Places {
    /// By place.
    pub(crate) row_at: Section<u32>,
    /// The lowest row.
    pub(crate) first_row: u32,
    /// By row, from the lowest to the highest.
    pub(crate) place_of: Section<u32>,
}

impl Places {
    /// Rows at places, each at one. O(places + rows between the lowest and the highest).
    pub(crate) fn new(row_at: Vec<u32>) -> Self {
        let first_row = row_at.iter().copied().min().unwrap_or(0);
        let n_rows = row_at.iter().copied().max().map_or(0, |last| (last - first_row) as usize + 1);
        let mut place_of = vec![NOWHERE; n_rows];
        for (place, &row) in (0..).zip(&row_at) {
            place_of[(row - first_row) as usize] = place;
        }
        Self { row_at: row_at.into(), first_row, place_of: place_of.into() }
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.row_at.len()
    }

    /// Where a row lies.
    #[inline]
    pub(crate) fn of(&self, row: u32) -> Option<u32> {
        let at = row.checked_sub(self.first_row)?;
        self.place_of.get(at as usize).copied().filter(|place| *place != NOWHERE)
    }

    /// Bytes of memory.
    pub(crate) fn n_bytes(&self) -> usize {
        size_of_val(&*self.row_at) + size_of_val(&*self.place_of)
    }

    /// What is wrong, if anything: every row lies where it is said to lie, and there is no other.
    pub(crate) fn flaw(&self) -> Option<&'static str> {
        let lies = |(place, &row): (u32, &u32)| self.of(row) == Some(place);
        if !(0..).zip(&*self.row_at).all(lies) {
            return Some("a row does not lie where it is said to lie");
        }
        let n_known = self.place_of.iter().filter(|place| **place != NOWHERE).count();
        (n_known != self.len()).then_some("there are more rows than places")
    }
}
