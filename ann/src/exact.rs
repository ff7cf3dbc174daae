//! Which of many rows have the highest dots with a query, every row looked at?
//!
//! Exact, in two stages, of which the first moves a quarter of the bytes and does most of the work in whole numbers:
//! the dots of all rows in bytes, with bounds on how far each may be off ([`crate::codes`]), leave the few rows that can
//! be among the best; the dots of these with what is kept of them ([`crate::stored`]) give the answer.
//! Norm ordering as in Teflioudi, Gemulla & Mykytiuk, "LEMP" (SIGMOD 2015): rows lie by falling norm, so that the high
//! scores come early and a scan ends where ‖q‖·‖x‖ cannot reach the k-th best score any more.
//! The scores of a block of queries are never in memory together.

mod answer;
mod asked;
mod found;
mod scan;

use std::fmt;
use std::sync::Arc;

use linalg::Matrix;
use linalg::bytes::ByteIsa;
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::chosen::{Chosen, Part};
use crate::codes::{Codes, Encoded, LONGEST};
use crate::mask::Mask;
use crate::places::{Places, number};
use crate::search::{Allowed, Ask, Best, Search, Similarity, assert_ascending};
use crate::source::{Source, by_norm, prepared};
use crate::stored::{Precision, Stored, filled, read_half};
pub(crate) use asked::Asked;

/// Queries that one thread scans for together, at most: their candidates fit into the second cache.
const BLOCK: usize = 128;
/// Queries up to which each is scanned for alone, by all threads.
const FEW: usize = 4;
/// Rows are laid out for themselves where that takes this part of the bytes of all rows, or less.
const SMALL_PART: usize = 8;
/// Of so many rows one may be found, or fewer: computing the dots of these costs less than other ways to the best.
const TINY_PART: usize = 64;

/// Rows `[n_rows × dim]`, laid out to be searched whole.
///
/// A byte for each number of a row and about 10 bytes beside it, and what is kept of the rows ([`Precision`]).
pub struct Exact {
    pub(crate) dim: usize,
    pub(crate) similarity: Similarity,
    pub(crate) places: Places,
    /// First those that have bounds.
    pub(crate) stored: Stored,
    /// Of those that have bounds.
    pub(crate) encoded: Encoded,
    pub(crate) n_bounded: u32,
    /// One for what was allowed of these rows, and of no others.
    pub(crate) token: Arc<()>,
}

impl Exact {
    /// Lays out every row of a matrix. O(n_rows·(dim + log n_rows)), parallel over rows.
    #[must_use]
    pub fn new(items: &Matrix, similarity: Similarity, precision: Precision) -> Self {
        let ids: Vec<u32> = (0..number(items.n_rows())).collect();
        let items = prepared(items, similarity);
        Self::of_prepared(Source { items: &items, ids: &ids }, similarity, precision)
    }

    /// Lays out some rows of a matrix (ascending, each once), under the numbers that they have there. As [`Exact::new`].
    ///
    /// # Panics
    /// When rows do not ascend, or there is no such row.
    #[must_use]
    pub fn of_rows(
        items: &Matrix,
        rows: &[u32],
        similarity: Similarity,
        precision: Precision,
    ) -> Self {
        assert!(rows.is_sorted_by(|a, b| a < b), "rows in ascending order expected, each once");
        let row = |at: usize, to: &mut [f32]| to.copy_from_slice(items.row(rows[at] as usize));
        let shape @ [n_rows, dim] = [rows.len(), items.dim()];
        let some = Matrix::from_vec(n_rows, dim, filled(shape, row));
        let some = prepared(&some, similarity);
        Self::of_prepared(Source { items: &some, ids: rows }, similarity, precision)
    }

    /// Lays out rows that are prepared, by falling norm.
    pub(crate) fn of_prepared(
        source: Source<'_>,
        similarity: Similarity,
        precision: Precision,
    ) -> Self {
        let (order, n_bounded) = by_norm(source.items, precision);
        Self::in_order(source, &order, n_bounded, similarity, precision)
    }

    /// Lays out rows that are prepared, in an order whose first so many have bounds.
    pub(crate) fn in_order(
        source: Source<'_>,
        order: &[u32],
        n_bounded: usize,
        similarity: Similarity,
        precision: Precision,
    ) -> Self {
        let dim = source.items.dim();
        let is_kept = precision != Precision::Byte || dim <= LONGEST;
        assert!(is_kept, "rows of {LONGEST} numbers or fewer expected, got {dim}");
        let order = if precision == Precision::Byte { &order[..n_bounded] } else { order };
        let row = |place: usize, to: &mut [f32]| {
            to.copy_from_slice(source.items.row(order[place] as usize));
        };
        let stored = Stored::new(precision, [order.len(), dim], row);
        let encoded = match &stored {
            Stored::Single(_) | Stored::Byte => {
                Encoded::new([n_bounded, dim], stored.remainder(), row)
            }
            Stored::Half(halves) => {
                let row = |place: usize, to: &mut [f32]| read_half(&halves[place * dim..], to);
                Encoded::new([n_bounded, dim], stored.remainder(), row)
            }
        };
        let places = Places::new(order.iter().map(|&row| source.ids[row as usize]).collect());
        let n_bounded = number(n_bounded);
        Self { dim, similarity, places, stored, encoded, n_bounded, token: Arc::default() }
    }

    /// Places, those of rows without bounds included.
    pub(crate) fn n_places(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn codes(&self) -> Codes<'_> {
        self.encoded.codes(self.dim)
    }

    pub(crate) fn place_of(&self, row: u32) -> Option<u32> {
        self.places.of(row)
    }

    /// Copies out the row at a place.
    pub(crate) fn read(&self, place: u32, out: &mut [f32]) {
        self.stored.read(self.codes(), place as usize, out);
    }

    /// The places of some rows, of those that are live.
    pub(crate) fn mask_of(&self, rows: &[u32], is_live: impl Fn(u32) -> bool) -> Mask {
        let mut mask = Mask::none(self.n_places());
        for place in rows.iter().filter_map(|&row| self.place_of(row)).filter(|&at| is_live(at)) {
            mask.set(place, true);
        }
        mask
    }

    /// The outside numbers of the rows at some places, and their vectors one after the other.
    pub(crate) fn taken_out(&self, places: impl Iterator<Item = u32>) -> (Vec<u32>, Vec<f32>) {
        let places: Vec<u32> = places.collect();
        let ids = places.iter().map(|&place| self.places.row_at[place as usize]).collect();
        let read = |at: usize, to: &mut [f32]| self.read(places[at], to);
        (ids, filled([places.len(), self.dim], read))
    }

    /// Whether computing the dots of these places costs less than other ways to the best of them.
    pub(crate) fn is_tiny(&self, mask: &Mask) -> bool {
        mask.n_set() <= self.n_places() / TINY_PART
    }

    /// Whether so few rows, laid out for themselves, take a small part of the bytes of all.
    pub(crate) fn are_few(&self, mask: &Mask) -> bool {
        let wider = match self.stored {
            Stored::Single(_) | Stored::Half(_) => 1,
            // A byte and four more for each number.
            Stored::Byte => 5,
        };
        mask.n_set() <= self.n_places() / (SMALL_PART * wider)
    }

    /// The rows at some places, laid out for themselves, with the same dots.
    pub(crate) fn apart(&self, mask: &Mask) -> Self {
        let (ids, vectors) = self.taken_out(mask.places());
        let items = Matrix::from_vec(ids.len(), self.dim, vectors);
        let precision = match self.stored {
            // What bytes stand for would be rounded again.
            Stored::Single(_) | Stored::Byte => Precision::Single,
            Stored::Half(_) => Precision::Half,
        };
        Self::of_prepared(Source { items: &items, ids: &ids }, self.similarity, precision)
    }

    /// The best rows for each query, of the places that may be found.
    pub(crate) fn search_within(&self, ask: &Ask<'_>, mask: Option<&Mask>) -> Vec<Best> {
        self.search_with(ask, mask, &[], ByteIsa::of(ask.isa))
    }

    /// As [`Exact::search_within`], where the k-th best score of each query may be known to be something or more.
    pub(crate) fn search_with(
        &self,
        ask: &Ask<'_>,
        mask: Option<&Mask>,
        at_least: &[Option<f32>],
        bytes: ByteIsa,
    ) -> Vec<Best> {
        let (queries, isa) = (ask.queries, ask.isa);
        let n = queries.n_rows();
        if ask.k == 0 {
            return vec![Vec::new(); n];
        }
        let asked = |q: usize| {
            let asked = Asked::new(self, queries.row(q), ask.k, ask.excluded_of(q), mask);
            asked.at_least(at_least.get(q).copied().flatten())
        };
        if let Some(mask) = mask.filter(|mask| self.is_tiny(mask)) {
            let one = |q| self.best_of_mask(mask, &asked(q), isa);
            return (0..n).into_par_iter().map(one).collect();
        }
        if n <= FEW {
            return (0..n).map(|q| self.one(&asked(q), isa, bytes)).collect();
        }
        let block = n.div_ceil(rayon::current_num_threads()).clamp(FEW, BLOCK);
        let starts: Vec<usize> = (0..n).step_by(block).collect();
        let of_block = |&start: &usize| {
            let asked: Vec<Asked<'_>> = (start..n.min(start + block)).map(asked).collect();
            self.block(&asked, isa, bytes)
        };
        starts.par_iter().flat_map_iter(of_block).collect()
    }
}

impl Search for Exact {
    fn n_rows(&self) -> usize {
        self.n_places()
    }

    fn dim(&self) -> usize {
        self.dim
    }

    fn is_exact(&self) -> bool {
        true
    }

    fn n_bytes(&self) -> usize {
        self.stored.n_bytes() + self.places.n_bytes() + self.encoded.n_bytes()
    }

    fn allow(&self, rows: &[u32]) -> Allowed {
        assert_ascending(rows);
        let base = Arc::new(Chosen::new(Part::without_lists(self.mask_of(rows, |_| true))));
        Allowed { token: Arc::clone(&self.token), base, laid: None, fresh: Vec::new() }
    }

    fn search(&self, ask: &Ask<'_>) -> Vec<Best> {
        ask.assert_sound(self.dim, &self.token);
        match ask.allowed {
            Some(allowed) => allowed.base.search(self, ask),
            None => self.search_within(ask, None),
        }
    }

    fn assert_valid(&self) {
        if let Some(flaw) = self.places.flaw() {
            panic!("{flaw}");
        }
        let (n, n_bounded) = (self.n_places(), self.n_bounded as usize);
        assert!(n_bounded <= n, "as many rows with bounds as rows at most");
        let row = |place: usize, to: &mut [f32]| self.stored.read(self.codes(), place, to);
        let again = Encoded::new([n_bounded, self.dim], self.stored.remainder(), row);
        assert!(self.encoded.is_as(&again), "the bytes of rows are those of what is kept of them");
    }
}

/// The shape alone.
impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exact[{} × {}]", self.n_rows(), self.dim)
    }
}

#[cfg(test)]
mod tests;
