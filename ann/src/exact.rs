//! Which of many rows have the highest dots with a query, every row looked at?
//!
//! Exact, in two stages, of which the first moves a quarter of the bytes and does most of the work in whole numbers:
//! the dots of all rows in bytes, with bounds on how far each may be off ([`crate::codes`]), leave the few rows that can
//! be among the best; the dots of these with what is kept of them ([`crate::stored`]) give the answer.
//! Norm ordering as in Teflioudi, Gemulla & Mykytiuk, "LEMP" (SIGMOD 2015): rows lie by falling norm, so that the high
//! scores come early and a scan ends where ‖q‖·‖x‖ cannot reach the k-th best score any more.
//! The scores of a block of queries are never in memory together.

mod asked;
mod found;
mod scan;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use linalg::bytes::ByteIsa;
use linalg::{Isa, LANES, Matrix, top_k_among};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::codes::{Codes, Encoded, LONGEST, is_bounded, norm};
use crate::lists::Run;
use crate::mask::Mask;
use crate::places::{Places, number};
use crate::search::{Allowed, Ask, Best, Part, Search, Similarity, assert_ascending};
use crate::stored::{Precision, Stored, read_half};
pub(crate) use asked::Asked;
use found::Found;
use scan::Scan;

/// Queries that one thread scans for together, at most: their candidates fit into the second cache.
const BLOCK: usize = 128;
/// Queries up to which each is scanned for alone, by all threads.
const FEW: usize = 4;
/// Of so many rows one may be found: computing the dots of these costs less than a scan of all.
const SMALL_PART: usize = 32;
/// Queries for which these few rows are laid out for themselves, as that costs as much as so many times their dots.
const MANY: usize = 32;
/// Panels of which one is sampled.
const SAMPLED_EVERY: usize = 16;
/// The largest number in half precision.
const LARGEST_HALF: f32 = 65_504.0;
/// Panels of a run, where threads share the rows.
const RUN: usize = 256;

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

/// Rows to lay out, and the outside number of each.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) items: &'a Matrix,
    pub(crate) ids: &'a [u32],
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
        let vectors = rows.iter().flat_map(|&row| items.row(row as usize)).copied().collect();
        let some = Matrix::from_vec(rows.len(), items.dim(), vectors);
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

    /// Whether computing the dots of these places costs less than a scan of all.
    fn is_small(&self, mask: &Mask) -> bool {
        mask.n_set() <= self.n_places() / SMALL_PART
    }

    /// Whether so many queries are best answered exactly, from the few places that they may have.
    pub(crate) fn are_few_for_many(&self, mask: &Mask, n_queries: usize) -> bool {
        self.is_small(mask) && n_queries >= MANY
    }

    /// The outside numbers of the rows at some places, and their vectors one after the other.
    pub(crate) fn taken_out(&self, places: impl Iterator<Item = u32>) -> (Vec<u32>, Vec<f32>) {
        let (mut ids, mut vectors) = (Vec::new(), Vec::new());
        for place in places {
            ids.push(self.places.row_at[place as usize]);
            let end = vectors.len();
            vectors.resize(end + self.dim, 0.0);
            self.read(place, &mut vectors[end..]);
        }
        (ids, vectors)
    }

    /// The rows at some places, laid out for themselves, with the same dots.
    fn part(&self, mask: &Mask) -> Self {
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
        if let Some(mask) = mask.filter(|mask| self.are_few_for_many(mask, n)) {
            return self.part(mask).search_with(ask, None, &[], bytes);
        }
        if let Some(mask) = mask.filter(|mask| self.is_small(mask)) {
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

    /// The answers to several queries, in one thread.
    fn block(&self, asked: &[Asked<'_>], isa: Isa, bytes: ByteIsa) -> Vec<Best> {
        let bounded: Vec<&Asked<'_>> = asked.iter().filter(|asked| asked.is_bounded).collect();
        let codes = self.codes();
        let all = [(0, codes.n_panels())];
        let guesses = self.guesses(&bounded, bytes);
        let asked_with_guess = bounded.iter().zip(guesses);
        let mut found: Vec<_> =
            asked_with_guess.map(|(asked, guess)| asked.find(self, asked.k, guess)).collect();
        bytes.run(Scan { codes, found: &mut found, runs: &all });
        let mut found = bounded.iter().zip(found).map(|(asked, found)| {
            if asked.at_least.is_some() || found.is_proven() {
                return found;
            }
            let mut again = [asked.find(self, asked.k, f32::NEG_INFINITY)];
            bytes.run(Scan { codes, found: &mut again, runs: &all });
            let [found] = again;
            found
        });
        let answer = |asked: &Asked<'_>| match asked.is_bounded {
            true => self.best(asked, &found.next().expect("one a query with bounds"), isa),
            false => self.best_of_all(asked, isa),
        };
        asked.iter().map(answer).collect()
    }

    /// The answer to one query, on one thread, of the rows of some runs of panels (ascending) and those without bounds.
    pub(crate) fn among(
        &self,
        asked: &Asked<'_>,
        runs: &[Run],
        (isa, bytes): (Isa, ByteIsa),
    ) -> Best {
        if !asked.is_bounded {
            return self.best_of_all(asked, isa);
        }
        let mut found = [asked.find(self, asked.k, f32::NEG_INFINITY)];
        bytes.run(Scan { codes: self.codes(), found: &mut found, runs });
        let [found] = found;
        if !found.is_flat() {
            return self.best(asked, &found, isa);
        }
        let places = runs.iter().flat_map(|run| run.0 * LANES..run.1 * LANES).map(number);
        let bounded = places.take_while(|place| *place < self.n_bounded);
        let all = bounded.chain(self.n_bounded..number(self.n_places()));
        self.best_of(&all.filter(|&place| asked.may_have(place)).collect::<Vec<_>>(), asked, isa)
    }

    /// What the k-th best score of each query probably is at least: as is known of all, or from a sample of the rows.
    fn guesses(&self, asked: &[&Asked<'_>], bytes: ByteIsa) -> Vec<f32> {
        let known: Option<Vec<f32>> = asked.iter().map(|asked| asked.at_least).collect();
        known.unwrap_or_else(|| self.sampled(asked, bytes))
    }

    fn sampled(&self, asked: &[&Asked<'_>], bytes: ByteIsa) -> Vec<f32> {
        let codes = self.codes();
        let n_panels = codes.n_panels();
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
        bytes.run(Scan { codes, found: &mut found, runs: &runs });
        found.iter().map(Found::bound).collect()
    }

    /// The answer to one query, by all threads.
    fn one(&self, asked: &Asked<'_>, isa: Isa, bytes: ByteIsa) -> Best {
        if !asked.is_bounded {
            return self.best_of_all(asked, isa);
        }
        let guess = self.guesses(&[asked], bytes)[0];
        let mut found = self.find_alone(asked, guess, bytes);
        if asked.at_least.is_none() && !found.is_proven() {
            found = self.find_alone(asked, f32::NEG_INFINITY, bytes);
        }
        self.best(asked, &found, isa)
    }

    /// What may be among the best of one query, by all threads.
    fn find_alone<'a>(&'a self, asked: &'a Asked<'_>, guess: f32, bytes: ByteIsa) -> Found<'a> {
        let codes = self.codes();
        let n_panels = codes.n_panels();
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
    fn best(&self, asked: &Asked<'_>, found: &Found<'_>, isa: Isa) -> Best {
        if found.is_flat() {
            return self.best_of_all(asked, isa);
        }
        let unbounded =
            (self.n_bounded..number(self.n_places())).filter(|&place| asked.may_have(place));
        let mut places: Vec<u32> = found.likely().collect();
        let n_likely = places.len();
        places.extend(unbounded);
        let mut scored = self.scored(&places, asked, isa);
        // The dots of those that are likely among the best leave fewer of the others.
        let kth = lowest_of_best(&scored[..n_likely], asked.k);
        places.clear();
        places.extend(found.others(kth));
        scored.extend(self.scored(&places, asked, isa));
        top_k_among(scored, asked.k)
    }

    /// The best of all places that may be found, each dot computed.
    fn best_of_all(&self, asked: &Asked<'_>, isa: Isa) -> Best {
        let all = 0..number(self.n_places());
        self.best_of(&all.filter(|&place| asked.may_have(place)).collect::<Vec<_>>(), asked, isa)
    }

    /// The best of a few places, each dot computed.
    pub(crate) fn best_of_mask(&self, mask: &Mask, asked: &Asked<'_>, isa: Isa) -> Best {
        let places = mask.places().filter(|&place| asked.may_have(place));
        self.best_of(&places.collect::<Vec<_>>(), asked, isa)
    }

    /// The best of some places, each dot computed.
    fn best_of(&self, places: &[u32], asked: &Asked<'_>, isa: Isa) -> Best {
        top_k_among(self.scored(places, asked, isa), asked.k)
    }

    /// Rows and their dots.
    fn scored(&self, places: &[u32], asked: &Asked<'_>, isa: Isa) -> Vec<(u32, f32)> {
        let mut dots = vec![0.0; places.len()];
        self.stored.dots(self.codes(), places, &asked.query, &mut dots, isa);
        let row_at = &*self.places.row_at;
        places.iter().map(|&place| row_at[place as usize]).zip(dots).collect()
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
        let base = Part { mask: self.mask_of(rows, |_| true), of_list: Vec::new() };
        let token = Arc::clone(&self.token);
        Allowed { token, base, laid: Mask::none(0), fresh: Vec::new() }
    }

    fn search(&self, ask: &Ask<'_>) -> Vec<Best> {
        ask.assert_sound(self.dim, &self.token);
        self.search_within(ask, ask.allowed.map(|allowed| &allowed.base.mask))
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

/// Rows as they are compared.
pub(crate) fn prepared(items: &Matrix, similarity: Similarity) -> Cow<'_, Matrix> {
    match similarity {
        Similarity::Dot => Cow::Borrowed(items),
        Similarity::Cosine => {
            let mut units = items.clone();
            for row in 0..units.n_rows() {
                similarity.prepare(units.row_mut(row));
            }
            Cow::Owned(units)
        }
    }
}

/// Outside numbers, ascending, and the vector of each as rows of a matrix.
pub(crate) fn ascending(ids: &[u32], vectors: &[f32], dim: usize) -> (Vec<u32>, Matrix) {
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_unstable_by_key(|&at| ids[at]);
    let mut in_order = Vec::with_capacity(vectors.len());
    for &at in &order {
        in_order.extend_from_slice(&vectors[at * dim..(at + 1) * dim]);
    }
    let ids: Vec<u32> = order.iter().map(|&at| ids[at]).collect();
    let items = Matrix::from_vec(ids.len(), dim, in_order);
    (ids, items)
}

/// Rows by falling norm, ties by row, those without bounds last; and how many have bounds.
pub(crate) fn by_norm(items: &Matrix, precision: Precision) -> (Vec<u32>, usize) {
    let dim = items.dim();
    let with_norm = |row: u32| {
        let x = items.row(row as usize);
        let norm = norm(x);
        let is_kept = precision != Precision::Half || x.iter().all(|x| x.abs() <= LARGEST_HALF);
        let is_bounded = is_bounded(norm) && is_kept && dim > 0 && dim <= LONGEST;
        (if is_bounded { norm } else { -1.0 }, row)
    };
    let mut by_norm: Vec<(f64, u32)> =
        (0..number(items.n_rows())).into_par_iter().map(with_norm).collect();
    by_norm.par_sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let n_bounded = by_norm.partition_point(|(norm, _)| *norm >= 0.0);
    (by_norm.into_iter().map(|(_, row)| row).collect(), n_bounded)
}

/// The k-th best score of at most k; nothing is known where there are fewer.
fn lowest_of_best(scored: &[(u32, f32)], k: usize) -> f32 {
    if scored.len() < k {
        return f32::NEG_INFINITY;
    }
    scored.iter().map(|(_, score)| *score).fold(f32::INFINITY, f32::min)
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
        write!(f, "Exact[{} × {}]", self.n_rows(), self.dim)
    }
}

#[cfg(test)]
mod tests;
