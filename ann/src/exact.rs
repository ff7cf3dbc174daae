//! Which of many rows have the highest dots with a query, every row looked at?
//!
//! Exact, in two stages, of which the first moves a quarter of the bytes and does most of the work in whole numbers:
//! the dots of all rows in bytes, with bounds on how far each may be off ([`codes`]), leave the few rows that can be
//! among the best; their dots are then computed as [`linalg::dots_with`] does, and the best of these are the answer.
//! Norm ordering as in Teflioudi, Gemulla & Mykytiuk, "LEMP" (SIGMOD 2015): rows lie by falling norm, so that the high
//! scores come early and a scan ends where ‖q‖·‖x‖ cannot reach the k-th best score any more.
//! The scores of a block of queries are never in memory together.

mod found;
mod scan;

use std::fmt;

use linalg::bytes::ByteIsa;
use linalg::{Isa, Matrix, dots_with, dots_with_all, top_k_among, top_k_of};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::codes::{Codes, LONGEST, QueryCode, is_bounded, norm};
use found::Found;
use scan::Scan;

/// Queries that one thread scans for together, at most: their candidates fit into the second cache.
const BLOCK: usize = 128;
/// Queries up to which each is scanned for alone, by all threads.
const FEW: usize = 4;
/// Panels of which one is sampled.
const SAMPLED_EVERY: usize = 16;
/// Panels of a run, where threads share the rows.
const RUN: usize = 256;

/// Rows `[n_rows × dim]`, laid out to be searched.
///
/// It holds the rows themselves, a byte for each of their numbers and two numbers a row: 5·dim + 9 bytes a row.
pub struct Exact {
    /// Last those that have no bounds.
    rows: Matrix,
    /// Which row lies at a place, and where a row lies.
    row_at: Vec<u32>,
    place_of: Vec<u32>,
    /// Of the rows that have bounds.
    codes: Codes,
    n_bounded: usize,
}

impl Exact {
    /// Lays out every row of a matrix. O(n_rows·(dim + log n_rows)), parallel over rows.
    #[must_use]
    pub fn new(items: &Matrix) -> Self {
        let (n, dim) = (number(items.n_rows()), items.dim());
        // A row that no bound holds for comes after all others.
        let mut by_norm: Vec<(f64, u32)> = (0..n)
            .into_par_iter()
            .map(|row| {
                let norm = norm(items.row(row as usize));
                let is_bounded = is_bounded(norm) && dim > 0 && dim <= LONGEST;
                (if is_bounded { norm } else { -1.0 }, row)
            })
            .collect();
        by_norm.par_sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let n_bounded = by_norm.partition_point(|(norm, _)| *norm >= 0.0);
        let row_at: Vec<u32> = by_norm.into_iter().map(|(_, row)| row).collect();
        Self::in_order(items, row_at, n_bounded)
    }

    /// Lays out rows in an order whose first so many have bounds.
    pub(crate) fn in_order(items: &Matrix, row_at: Vec<u32>, n_bounded: usize) -> Self {
        let (n_rows, dim, n) = (items.n_rows(), items.dim(), number(items.n_rows()));
        let mut place_of = vec![0; n_rows];
        let mut rows = Vec::with_capacity(n_rows * dim);
        for (place, &row) in (0..n).zip(&row_at) {
            place_of[row as usize] = place;
            rows.extend_from_slice(items.row(row as usize));
        }
        let rows = Matrix::from_vec(n_rows, dim, rows);
        let codes = Codes::new(&rows, n_bounded);
        Self { rows, row_at, place_of, codes, n_bounded }
    }

    /// By place.
    pub(crate) fn rows(&self) -> &Matrix {
        &self.rows
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.rows.n_rows()
    }

    /// Length of each row.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.rows.dim()
    }

    /// Bytes of memory.
    #[must_use]
    pub fn n_bytes(&self) -> usize {
        let tables = self.row_at.len() + self.place_of.len();
        size_of_val(self.rows.as_slice()) + tables * size_of::<u32>() + self.codes.n_bytes()
    }

    /// The `k` rows with the highest dots for each query `[n_queries × dim]`, best first, ties by lower row.
    ///
    /// Scores are those of [`dots_with_all`], to the bit, and the rows those of [`linalg::top_k`]: for any query, any row
    /// and any number of threads.
    /// The excluded rows of a query (ascending) are left out before the selection; a NaN is never selected, and fewer
    /// than `k` rows come back when there are no more.
    /// Parallel over blocks of queries, or over rows where queries are few.
    /// Rows or queries with a NaN, an infinity or a norm beyond 2⁶⁰ have no bounds: such a row's dot is computed for
    /// every query, and for such a query those of all rows.
    /// The closer together the best scores lie, the more dots are computed, and all where an eighth of the rows would
    /// be left; the answer is the same.
    ///
    /// # Panics
    /// When the queries have another length.
    #[must_use]
    pub fn search<'e>(
        &self,
        queries: &Matrix,
        k: usize,
        excluded: impl Fn(usize) -> &'e [u32] + Sync,
        isa: Isa,
    ) -> Vec<Vec<(u32, f32)>> {
        self.search_with(queries, k, &excluded, isa, ByteIsa::of(isa))
    }

    fn search_with<'e>(
        &self,
        queries: &Matrix,
        k: usize,
        excluded: &(impl Fn(usize) -> &'e [u32] + Sync),
        isa: Isa,
        bytes: ByteIsa,
    ) -> Vec<Vec<(u32, f32)>> {
        let dim = self.dim();
        assert_eq!(queries.dim(), dim, "queries of length {dim} expected");
        let n = queries.n_rows();
        let ask = |q: usize| Asked::new(self, queries.row(q), excluded(q), k.min(self.n_rows()));
        if n <= FEW {
            return (0..n).map(|q| self.one(&ask(q), isa, bytes)).collect();
        }
        let block = n.div_ceil(rayon::current_num_threads()).clamp(FEW * 2, BLOCK);
        let starts: Vec<usize> = (0..n).step_by(block).collect();
        let of_block = |&start: &usize| {
            let asked: Vec<Asked<'_>> = (start..n.min(start + block)).map(ask).collect();
            self.block(&asked, isa, bytes)
        };
        starts.par_iter().flat_map_iter(of_block).collect()
    }

    /// The answers to several queries, in one thread.
    fn block(&self, asked: &[Asked<'_>], isa: Isa, bytes: ByteIsa) -> Vec<Vec<(u32, f32)>> {
        let bounded: Vec<&Asked<'_>> = asked.iter().filter(|asked| asked.is_bounded).collect();
        let all = [(0, self.codes.n_panels())];
        let guesses = self.guesses(&bounded, bytes);
        let asked_with_guess = bounded.iter().zip(guesses);
        let mut found: Vec<_> =
            asked_with_guess.map(|(asked, guess)| asked.find(self, asked.k, guess)).collect();
        bytes.run(Scan { codes: &self.codes, found: &mut found, runs: &all });
        let mut found = bounded.iter().zip(found).map(|(asked, found)| {
            if found.is_proven() {
                return found;
            }
            let mut again = [asked.find(self, asked.k, f32::NEG_INFINITY)];
            bytes.run(Scan { codes: &self.codes, found: &mut again, runs: &all });
            let [found] = again;
            found
        });
        let answer = |asked: &Asked<'_>| match asked.is_bounded {
            true => self.best(asked, found.next().expect("one a query with bounds"), isa),
            false => self.best_of_all(asked, isa),
        };
        asked.iter().map(answer).collect()
    }

    /// The answer to one query, on one thread, of the rows of some runs of panels (ascending) and those without bounds.
    pub(crate) fn among(
        &self,
        query: &[f32],
        k: usize,
        excluded: &[u32],
        runs: &[(usize, usize)],
        (isa, bytes): (Isa, ByteIsa),
    ) -> Vec<(u32, f32)> {
        let asked = Asked::new(self, query, excluded, k.min(self.n_rows()));
        if !asked.is_bounded {
            return self.best_of_all(&asked, isa);
        }
        let mut found = [asked.find(self, asked.k, f32::NEG_INFINITY)];
        bytes.run(Scan { codes: &self.codes, found: &mut found, runs });
        let [found] = found;
        self.best(&asked, found, isa)
    }

    /// What the k-th best score of each query probably is at least, from a sample of the rows.
    fn guesses(&self, asked: &[&Asked<'_>], bytes: ByteIsa) -> Vec<f32> {
        let n_panels = self.codes.n_panels();
        // Of k rows a sample holds k/16 ± √(k/16); three deviations more are hardly ever too few.
        let sampled = |k: usize| {
            let expected = k as f64 / SAMPLED_EVERY as f64;
            whole(expected + 3.0 * expected.sqrt()) + 3
        };
        let mut found: Vec<_> = asked
            .iter()
            .map(|asked| asked.find(self, sampled(asked.k), f32::NEG_INFINITY))
            .collect();
        // Four panels of sixty-four, as a scan takes up to four at a time.
        let runs = (SAMPLED_EVERY..n_panels).step_by(4 * SAMPLED_EVERY);
        let runs: Vec<_> = runs.map(|start| (start, n_panels.min(start + 4))).collect();
        bytes.run(Scan { codes: &self.codes, found: &mut found, runs: &runs });
        found.iter().map(Found::bound).collect()
    }

    /// The answer to one query, by all threads.
    fn one(&self, asked: &Asked<'_>, isa: Isa, bytes: ByteIsa) -> Vec<(u32, f32)> {
        if !asked.is_bounded {
            return self.best_of_all(asked, isa);
        }
        let guess = self.guesses(&[asked], bytes)[0];
        let mut found = self.find_alone(asked, guess, bytes);
        if !found.is_proven() {
            found = self.find_alone(asked, f32::NEG_INFINITY, bytes);
        }
        self.best(asked, found, isa)
    }

    /// What may be among the best of one query, by all threads.
    fn find_alone<'a>(&self, asked: &'a Asked<'_>, guess: f32, bytes: ByteIsa) -> Found<'a> {
        let (codes, n_panels) = (&self.codes, self.codes.n_panels());
        let threads = rayon::current_num_threads();
        let part = |thread: usize| {
            let mut found = [asked.find(self, asked.k, guess)];
            let starts = (0..n_panels).step_by(RUN).skip(thread).step_by(threads);
            let runs: Vec<_> = starts.map(|start| (start, n_panels.min(start + RUN))).collect();
            bytes.run(Scan { codes, found: &mut found, runs: &runs });
            let [found] = found;
            found
        };
        let parts: Vec<Found<'_>> = (0..threads).into_par_iter().map(part).collect();
        let join = |mut all: Found<'a>, part| {
            all.join(part, codes);
            all
        };
        parts.into_iter().reduce(join).expect("there is a thread")
    }

    /// The best of those that may be.
    fn best(&self, asked: &Asked<'_>, found: Found<'_>, isa: Isa) -> Vec<(u32, f32)> {
        if found.is_flat() {
            return self.best_of_all(asked, isa);
        }
        let (sure, doubtful) = found.kept();
        let unbounded = (number(self.n_bounded)..number(self.n_rows()))
            .filter(|place| asked.excluded.binary_search(place).is_err());
        let first: Vec<u32> = sure.iter().map(|kept| kept.place).chain(unbounded).collect();
        let mut scored = self.scored(&first, asked.query, isa);
        // The dots of those that are likely among the best leave fewer of the others.
        let kth = lowest_of_best(&scored[..sure.len()], asked.k);
        let rest = doubtful.iter().filter(|kept| kept.high >= kth).map(|kept| kept.place);
        scored.extend(self.scored(&rest.collect::<Vec<_>>(), asked.query, isa));
        top_k_among(scored, asked.k)
    }

    /// Rows and their dots.
    fn scored(&self, places: &[u32], query: &[f32], isa: Isa) -> Vec<(u32, f32)> {
        let mut dots = vec![0.0; places.len()];
        dots_with(&self.rows, places, query, &mut dots, isa);
        places.iter().map(|&place| self.row_at[place as usize]).zip(dots).collect()
    }

    /// The best of all rows that are not excluded, each dot computed.
    fn best_of_all(&self, asked: &Asked<'_>, isa: Isa) -> Vec<(u32, f32)> {
        let mut dots = vec![0.0; self.n_rows()];
        dots_with_all(&self.rows, asked.query, &mut dots, isa);
        let mut excluded = asked.excluded.iter().copied().peekable();
        let left = (0_u32..).zip(&self.row_at).zip(dots).filter_map(|((place, &row), dot)| {
            excluded.next_if_eq(&place).is_none().then_some((row, dot))
        });
        top_k_of(left, asked.k)
    }
}

/// The k-th best score of at most k; nothing is known where there are fewer.
fn lowest_of_best(scored: &[(u32, f32)], k: usize) -> f32 {
    if scored.len() < k {
        return f32::NEG_INFINITY;
    }
    scored.iter().map(|(_, score)| *score).fold(f32::INFINITY, f32::min)
}

/// One query, and what it asks for.
struct Asked<'a> {
    query: &'a [f32],
    k: usize,
    /// Places, ascending, each once.
    excluded: Vec<u32>,
    is_bounded: bool,
}

impl<'a> Asked<'a> {
    fn new(index: &Exact, query: &'a [f32], excluded: &[u32], k: usize) -> Self {
        let places = excluded.iter().filter_map(|&row| index.place_of.get(row as usize));
        let mut excluded: Vec<u32> = places.copied().collect();
        excluded.sort_unstable();
        excluded.dedup();
        // All dots with zero are equal: bounds would leave every row.
        let norm = norm(query);
        Self { query, k, excluded, is_bounded: norm > 0.0 && is_bounded(norm) }
    }

    /// Nothing found yet, for a query that has bounds.
    fn find(&self, index: &Exact, k: usize, bound: f32) -> Found<'_> {
        let n = number(index.n_bounded);
        let query = QueryCode::new(self.query);
        Found::new(query, k, &self.excluded, n, bound, &index.codes)
    }
}

/// A number of rows, as rows are numbered.
fn number(rows: usize) -> u32 {
    u32::try_from(rows).expect("rows are u32")
}

/// A small number without its fraction.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, below 2³²"
)]
fn whole(x: f64) -> usize {
    x as usize
}

/// The shape alone.
impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exact[{} × {}]", self.n_rows(), self.dim())
    }
}

#[cfg(test)]
mod tests;
