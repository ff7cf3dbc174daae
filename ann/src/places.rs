//! Which row lies at a place, and where does a row lie?

use crate::section::Section;

/// In a table of places: the row is not there.
const NOWHERE: u32 = u32::MAX;
/// A table of all rows from the lowest to the highest has at most so many times as many as there are rows.
const SPARSEST: usize = 8;

/// The two directions, kept beside each other.
#[derive(Debug)]
pub(crate) struct Places {
    /// By place.
    pub(crate) row_at: Section<u32>,
    /// The lowest row.
    pub(crate) first_row: u32,
    /// By row, from the lowest to the highest; where rows lie far apart, the places in the order of their rows.
    pub(crate) place_of: Section<u32>,
    is_sparse: bool,
}

impl Places {
    /// Rows at places, each at one. O(places), and a logarithm more where they lie far apart.
    pub(crate) fn new(row_at: Vec<u32>) -> Self {
        let (first_row, n_between) = between(&row_at);
        let n = row_at.len();
        let place_of = if n_between > SPARSEST * n {
            let mut by_row: Vec<u32> = (0..number(n)).collect();
            by_row.sort_unstable_by_key(|&place| row_at[place as usize]);
            by_row
        } else {
            let mut place_of = vec![NOWHERE; n_between];
            for (place, &row) in (0..).zip(&row_at) {
                place_of[(row - first_row) as usize] = place;
            }
            place_of
        };
        Self::known(row_at.into(), first_row, place_of.into())
    }

    /// What was written.
    pub(crate) fn known(row_at: Section<u32>, first_row: u32, place_of: Section<u32>) -> Self {
        let is_sparse = between(&row_at).1 != place_of.len();
        Self { row_at, first_row, place_of, is_sparse }
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.row_at.len()
    }

    /// Where a row lies.
    #[inline]
    pub(crate) fn of(&self, row: u32) -> Option<u32> {
        if self.is_sparse {
            let row_at = |place: &u32| self.row_at.get(*place as usize).copied();
            let at = self.place_of.binary_search_by_key(&Some(row), row_at).ok()?;
            return Some(self.place_of[at]);
        }
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

/// The lowest row, and how many there are from it to the highest.
fn between(rows: &[u32]) -> (u32, usize) {
    let first = rows.iter().copied().min().unwrap_or(0);
    (first, rows.iter().copied().max().map_or(0, |last| (last - first) as usize + 1))
}

/// A number of rows, as rows are numbered.
pub(crate) fn number(rows: usize) -> u32 {
    u32::try_from(rows).expect("rows are u32")
}
