//! Which rows have the highest dots with a query, most rows never looked at?
//!
//! Rows that lie together ([`crate::leaves`]) are a list. A query meets the lists that promise most ([`crate::lists`])
//! and finds the best of their rows exactly: what is approximate is only where it looks.
//! No reduction to another geometry is made: lists are of raw rows, long ones lie apart from short ones, and a list is
//! chosen by the dots that its rows may have.
//! Rows that come and go since are a delta beside ([`crate::delta`]), searched exactly.

use std::fmt;
use std::sync::{Arc, OnceLock};

use linalg::bytes::ByteIsa;
use linalg::{Isa, Matrix, top_k_among};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::chosen::{Chosen, Part};
use crate::delta::Delta;
use crate::exact::{Asked, Exact};
use crate::file::{Checksum, Kind};
use crate::lists::{Lists, Run};
use crate::mask::Mask;
use crate::places::number;
use crate::search::{Allowed, Ask, Best, Search, Similarity, assert_ascending};
use crate::source::{Source, ascending, by_norm, prepared};
use crate::stored::Precision;

/// Rows of a list at most, where rows are few.
const SHORTEST: usize = 64;
/// Lists among which a query chooses, at least.
const FEWEST: usize = 12;
/// Rows that a query meets first where it meets all.
const FIRST: usize = 2000;

/// How rows are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Which rows count as near.
    pub similarity: Similarity,
    /// What is kept of a row beside its bytes.
    pub precision: Precision,
    /// Rows of a list at most, 2 at least; no more rows than that make one list, which is searched whole.
    pub list_rows: usize,
}

impl Layout {
    /// Lists as long as the number of rows asks for: about √n at most, so that finding lists and meeting rows cost alike.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a root of a number of rows"
    )]
    pub fn for_rows(n: usize, similarity: Similarity, precision: Precision) -> Self {
        let list_rows = ((1.15 * (n as f64).sqrt()) as usize).max(SHORTEST);
        Self { similarity, precision, list_rows }
    }
}

/// Rows to be searched in parts, which may come and go.
#[derive(Clone, Debug)]
pub struct Index {
    pub(crate) base: Arc<Base>,
    pub(crate) delta: Delta,
    pub(crate) effort: usize,
}

/// Rows as they were laid out; nothing in here changes.
pub(crate) struct Base {
    pub(crate) layout: Layout,
    pub(crate) all: Exact,
    pub(crate) lists: Lists,
    /// Of what is written of it, when somebody asked.
    pub(crate) checksums: OnceLock<Vec<(Kind, Checksum)>>,
}

impl Index {
    /// Lays out every row of a matrix; it is searched whole until it is told an effort.
    ///
    /// About 4·n_rows·n_lists·dim operations, parallel over rows; the same rows make the same lists.
    ///
    /// # Panics
    /// When lists of fewer than two rows are asked for, or the rows are too long for their precision.
    #[must_use]
    pub fn new(items: &Matrix, layout: Layout, isa: Isa) -> Self {
        let ids: Vec<u32> = (0..number(items.n_rows())).collect();
        let items = prepared(items, layout.similarity);
        Self::of(Source { items: &items, ids: &ids }, layout, isa)
    }

    fn of(source: Source<'_>, layout: Layout, isa: Isa) -> Self {
        let Layout { similarity, precision, list_rows } = layout;
        assert!(list_rows >= 2, "lists of two rows or more expected");
        let (by_norm, n_bounded) = by_norm(source.items, precision);
        let (mut order, lists) = Lists::new(source.items, &by_norm[..n_bounded], list_rows, isa);
        order.extend_from_slice(&by_norm[n_bounded..]);
        let all = Exact::in_order(source, &order, n_bounded, similarity, precision);
        Self::from_base(Base { layout, all, lists, checksums: OnceLock::new() }, usize::MAX)
    }

    pub(crate) fn from_base(base: Base, effort: usize) -> Self {
        Self { base: Arc::new(base), delta: Delta::default(), effort }
    }

    /// How rows were laid out.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.base.layout
    }

    /// Lists into which rows were laid out.
    #[must_use]
    pub fn n_lists(&self) -> usize {
        self.base.lists.len()
    }

    /// Rows that a query meets at least, of those that it may have.
    #[must_use]
    pub fn effort(&self) -> usize {
        self.effort
    }

    /// Another effort: the more rows are met, the more of the best are found, and all where every row is met.
    #[must_use]
    pub fn with_effort(self, effort: usize) -> Self {
        Self { effort, ..self }
    }

    /// An effort with which that share of the best `k` is found, on average over some queries like those to come: the
    /// least of a row of efforts, each a quarter more than the last.
    ///
    /// # Panics
    /// When the queries have another length.
    #[must_use]
    pub fn tuned(self, queries: &Matrix, k: usize, recall: f64, isa: Isa) -> Self {
        let ask = Ask::all(queries, k, isa);
        let index = self.with_effort(usize::MAX);
        let truth = index.search(&ask);
        let mut effort = k.max(1);
        while effort < index.base.all.n_places() {
            let tried = index.clone().with_effort(effort);
            if recall_of(&tried.search(&ask), &truth) >= recall {
                return tried;
            }
            effort += effort.div_ceil(4);
        }
        index
    }

    /// Lets a row be found by its number from now on, in place of what it was.
    ///
    /// It is kept in single precision until rows are [`Index::merged`]. O(dim·16) on average, as rows that came are laid
    /// out time and again.
    ///
    /// # Panics
    /// When the vector has another length.
    pub fn add(&mut self, row: u32, vector: &[f32]) {
        assert_eq!(vector.len(), self.dim(), "a vector of length {} expected", self.dim());
        self.remove(row);
        let mut vector = vector.to_vec();
        let similarity = self.base.layout.similarity;
        similarity.prepare(&mut vector);
        self.delta.add(row, &vector, similarity);
    }

    /// Lets a row never be found again; whether it was there.
    pub fn remove(&mut self, row: u32) -> bool {
        let Some(place) = self.base.all.place_of(row).filter(|&place| self.is_live(place)) else {
            return self.delta.remove(row, self.dim());
        };
        let live = self
            .delta
            .live
            .get_or_insert_with(|| self.base.part(Mask::all(self.base.all.n_places())));
        live.mask.set(place, false);
        if place < self.base.all.n_bounded {
            live.of_list[self.base.lists.of_place(place)] -= 1;
        }
        self.delta.changed();
        true
    }

    /// Whether a row can be found.
    #[must_use]
    pub fn has(&self, row: u32) -> bool {
        let place = self.base.all.place_of(row);
        place.is_some_and(|place| self.is_live(place)) || self.delta.has(row)
    }

    /// How many rows came or went since they were laid out.
    #[must_use]
    pub fn n_changes(&self) -> u64 {
        self.delta.n_changes
    }

    /// All rows laid out anew, those that came since among the others, each in the form that is kept.
    ///
    /// The effort stays; tune it where the number of rows is another. Rows kept as bytes are rounded again.
    #[must_use]
    pub fn merged(&self, isa: Isa) -> Self {
        let (all, dim) = (&self.base.all, self.dim());
        let live = (0..number(all.n_places())).filter(|&place| self.is_live(place));
        let (mut rows, mut vectors) = all.taken_out(live);
        let (added, more) = self.delta.added(dim);
        rows.extend(added);
        vectors.extend_from_slice(more.as_slice());
        let (ids, items) = ascending(&rows, &vectors, dim);
        let layout = self.base.layout;
        Self::of(Source { items: &items, ids: &ids }, layout, isa).with_effort(self.effort)
    }

    pub(crate) fn is_live(&self, place: u32) -> bool {
        self.delta.live.as_ref().is_none_or(|live| live.mask.has(place))
    }

    /// Whether a search meets every row.
    fn is_exhaustive(&self) -> bool {
        self.base.lists.len() <= 1 || self.effort >= self.base.all.n_places()
    }

    /// Whether each of the rows that are allowed is looked at, few as they are.
    fn looks_at_each(&self, mask: &Mask) -> bool {
        let all = &self.base.all;
        all.is_tiny(mask) || self.is_exhaustive() && all.are_few(mask)
    }

    /// The answers of the rows that were laid out first, or of a part of them.
    fn search_base(&self, ask: &Ask<'_>, part: Option<&Part>) -> Vec<Best> {
        match self.is_exhaustive() {
            true => self.everywhere(ask, part),
            false => self.base.somewhere(ask, part, self.effort),
        }
    }

    /// The answers of all of them.
    fn everywhere(&self, ask: &Ask<'_>, part: Option<&Part>) -> Vec<Best> {
        let (all, mask) = (&self.base.all, part.map(|part| &part.mask));
        if self.base.lists.len() <= 1 || ask.k == 0 {
            return all.search_within(ask, mask);
        }
        // The k-th best of a few lists is a bound for which no sample of rows that lie together would be good.
        let first = self.base.somewhere(ask, part, FIRST);
        let kth = |best: Best| best.get(ask.k - 1).map_or(f32::NEG_INFINITY, |(_, score)| *score);
        let at_least: Vec<Option<f32>> = first.into_iter().map(|best| Some(kth(best))).collect();
        all.search_with(ask, mask, &at_least, ByteIsa::of(ask.isa))
    }
}

impl Base {
    /// The answers of the lists that promise most.
    fn somewhere(&self, ask: &Ask<'_>, part: Option<&Part>, effort: usize) -> Vec<Best> {
        let bytes = ByteIsa::of(ask.isa);
        let one = |q: usize| self.one(ask, q, part, effort, bytes);
        (0..ask.queries.n_rows()).into_par_iter().map(one).collect()
    }

    fn one(
        &self,
        ask: &Ask<'_>,
        q: usize,
        part: Option<&Part>,
        effort: usize,
        bytes: ByteIsa,
    ) -> Best {
        let (query, excluded) = (ask.queries.row(q), ask.excluded_of(q));
        let asked = Asked::new(&self.all, query, ask.k, excluded, part.map(|part| &part.mask));
        // Fewer than `k` rows may only come back where there are no more.
        let runs = self.runs(&asked, effort.max(ask.k), part, bytes);
        self.all.among(&asked, &runs, (ask.isa, bytes))
    }

    /// Some places, counted by list. O(places + lists).
    fn part(&self, mask: Mask) -> Part {
        let mut of_list = vec![0; self.lists.len()];
        let mut list = 0;
        for place in mask.places().take_while(|place| *place < self.all.n_bounded) {
            while self.lists.starts[list + 1] <= place {
                list += 1;
            }
            of_list[list] += 1;
        }
        Part { mask, of_list }
    }

    /// Where to look for a query: the lists that promise most, until so many rows are met that it may have.
    fn runs(
        &self,
        asked: &Asked<'_>,
        wanted: usize,
        part: Option<&Part>,
        bytes: ByteIsa,
    ) -> Vec<Run> {
        if !asked.is_bounded() {
            return Vec::new();
        }
        let n_rows = |list: usize| {
            let places = self.lists.places(list);
            let n = part.map_or(places.len(), |part| part.of_list[list] as usize);
            n - asked.n_excluded(places)
        };
        let n_found = part.map_or(self.all.n_places(), |part| part.mask.n_set()).max(1);
        // Promising lists are shorter than others, and more of them are looked through than that.
        let n = (wanted.saturating_mul(self.lists.len()) / n_found).saturating_mul(4);
        let n = n.saturating_add(FEWEST);
        let lists = self.lists.promising(asked.query(), wanted, n, n_rows, bytes);
        self.lists.runs(&lists)
    }
}

impl Search for Index {
    fn n_rows(&self) -> usize {
        let live = self.delta.live.as_ref();
        live.map_or(self.base.all.n_places(), |live| live.mask.n_set()) + self.delta.n_added()
    }

    fn dim(&self) -> usize {
        self.base.all.dim
    }

    fn is_exact(&self) -> bool {
        self.is_exhaustive()
    }

    fn n_bytes(&self) -> usize {
        self.base.all.n_bytes() + self.base.lists.n_bytes() + self.delta.n_bytes()
    }

    fn allow(&self, rows: &[u32]) -> Allowed {
        assert_ascending(rows);
        let part = self.base.part(self.base.all.mask_of(rows, |place| self.is_live(place)));
        let base = Arc::new(Chosen::new(part));
        let (laid, fresh) = self.delta.allow(rows);
        Allowed { token: Arc::clone(&self.delta.token), base, laid, fresh }
    }

    fn search(&self, ask: &Ask<'_>) -> Vec<Best> {
        ask.assert_sound(self.dim(), &self.delta.token);
        let mut found = match ask.allowed.map(|allowed| &allowed.base) {
            Some(chosen) if self.looks_at_each(&chosen.part.mask) => {
                chosen.search(&self.base.all, ask)
            }
            Some(chosen) => self.search_base(ask, Some(&chosen.part)),
            None => self.search_base(ask, self.delta.live.as_ref()),
        };
        if self.delta.n_added() > 0 {
            let added = self.delta.search(ask, self.base.layout.similarity);
            for (found, added) in found.iter_mut().zip(added) {
                found.extend(added);
                *found = top_k_among(std::mem::take(found), ask.k);
            }
        }
        found
    }

    fn assert_valid(&self) {
        self.base.all.assert_valid();
        let Lists { starts, promises, .. } = &self.base.lists;
        if let Some(flaw) = Lists::flaw(starts, promises, self.base.all.n_bounded) {
            panic!("{flaw}");
        }
        self.assert_valid_delta();
    }
}

impl Index {
    /// What holds of rows that came and went.
    fn assert_valid_delta(&self) {
        let Delta { live, laid, fresh, .. } = &self.delta;
        if let Some(live) = live {
            let of_list = self.base.part(live.mask.clone()).of_list;
            assert_eq!(of_list, live.of_list, "rows of lists are counted");
        }
        if let Some((laid, live)) = laid {
            laid.assert_valid();
            assert_eq!(live.n_places(), laid.n_places(), "a bit a place");
            assert_eq!(live.n_set(), live.places().count(), "rows that are there are counted");
        }
        let (rows, _) = self.delta.added(self.dim());
        assert_eq!(fresh.vectors.len(), fresh.rows.len() * self.dim(), "a vector a row");
        for pair in rows.windows(2) {
            assert!(pair[0] < pair[1], "row {} came once", pair[0]);
        }
        for row in rows {
            let place = self.base.all.place_of(row);
            assert!(!place.is_some_and(|place| self.is_live(place)), "row {row} is there once");
        }
    }
}

/// The share of the true rows that was found, averaged over queries; rows with the score of the last true one count.
fn recall_of(found: &[Best], truth: &[Best]) -> f64 {
    let n_true: usize = truth.iter().map(Vec::len).sum();
    let hits = found.iter().zip(truth).map(|(found, truth)| {
        let least = truth.last().map_or(f32::INFINITY, |(_, score)| *score);
        found.iter().filter(|(_, score)| *score >= least).count()
    });
    hits.sum::<usize>() as f64 / n_true.max(1) as f64
}

/// The shape alone.
impl fmt::Debug for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} in {} lists", self.all, self.lists.len())
    }
}
