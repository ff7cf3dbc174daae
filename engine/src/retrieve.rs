//! Which rows score best for each of many listeners?
//!
//! The one stage that may look at every row, and the one that gains from many listeners at once: the rows that pass by
//! are read from memory once for all of them ([`ann::Exact`]). One listener alone is answered by a plain scan; the rows
//! and scores are the same to the bit.
//! A large catalogue comes with an index ([`ann::Index`]), which answers one and many alike.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ann::{Allowed, Ask, Exact, Index, Precision, Search, Similarity};
use linalg::{Isa, Matrix, dots_with_all, top_k};
use models::Query;
use music::ItemIx;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::maker::Maker;
use crate::off_limits::with_barred;
use crate::portrait::Portrait;
use crate::scores::{Scores, promising};
use crate::taste::Taste;
use crate::weekly::WeeklyRequest;

mod mixed;

pub(crate) use mixed::{Cold, personal};

/// Queries from which on laying out the rows for a search pays.
const MANY: usize = 64;

/// What is asked of a model for one listener.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Which model of the snapshot scores.
    pub(crate) model: usize,
    /// Why it is not the serving one.
    pub(crate) why: Option<String>,
    /// What is known of a listener of whom little is.
    pub(crate) cold: Option<Cold>,
    /// The history as each region sees it.
    pub(crate) parts: Vec<Taste>,
    /// What the model makes of each of them.
    queries: Vec<Query>,
    /// What it makes of the whole.
    pub(crate) whole: Query,
    /// Rows off limits, ascending.
    pub(crate) left_out: Vec<u32>,
    /// Those that are off limits for this listener alone, ascending.
    own: Vec<u32>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Retrieved<'a> {
    pub(crate) scores: Scores<'a>,
    /// The best rows of each part, best first.
    pub(crate) best: Vec<Vec<ItemIx>>,
    /// The best rows of the whole among those that few listeners like, best first.
    pub(crate) little_known: Vec<ItemIx>,
}

/// The rows of the serving model's vectors that somebody may get, laid out to be searched when many ask.
#[derive(Debug, Default)]
pub(crate) struct Layouts {
    open: Layout,
    /// Only those that few listeners like.
    little_known: Layout,
}

/// Some rows, as each kind of search wants them.
#[derive(Debug, Default)]
struct Layout {
    /// By themselves.
    exact: OnceLock<Exact>,
    /// As the snapshot's index has them.
    allowed: OnceLock<Allowed>,
}

impl<'a> Maker<'a> {
    /// What to ask for a listener.
    pub(crate) fn ask(&self, portrait: &Portrait, request: &WeeklyRequest) -> Asked {
        let (model, cold, why) = self.scorer(request, portrait);
        // Regions are of the serving model's space; another model is asked by the whole taste.
        let parts = match model {
            0 => portrait.map.parts(&portrait.taste, self),
            _ => vec![portrait.taste.clone()],
        };
        let recommender = &self.snapshot.models[model].recommender;
        let queries = parts.iter().map(|part| recommender.represent(&part.weights())).collect();
        let whole = recommender.represent(&portrait.taste.weights());
        let own = portrait.off_limits.own_rows(self);
        let left_out = with_barred(own.clone(), self);
        Asked { model, why, cold, parts, queries, whole, left_out, own }
    }

    /// The best rows for everybody who asks.
    pub(crate) fn retrieve(&self, asked: &[&Asked]) -> Vec<Retrieved<'a>> {
        let warm: Vec<&Asked> = asked.iter().copied().filter(|one| one.cold.is_none()).collect();
        let mut of_warm = self.retrieve_personal(&warm).into_iter();
        let of_cold = |one: &&Asked| Some(self.retrieve_mixed(one, one.cold.as_ref()?));
        let of_cold: Vec<Option<Retrieved<'a>>> = asked.par_iter().map(of_cold).collect();
        let all = of_cold.into_iter().map(|found| found.or_else(|| of_warm.next()));
        all.map(|found| found.expect("whoever is not cold was asked for above")).collect()
    }

    /// The best rows by the model alone.
    fn retrieve_personal(&self, asked: &[&Asked]) -> Vec<Retrieved<'a>> {
        let quotas = &self.config.weekly.sources;
        let n_queries: usize = asked.iter().map(|one| one.queries.len() + 1).sum();
        let are_many = n_queries >= MANY;
        // Listeners with as many queries want as many rows of each.
        let mut batches: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, one) in asked.iter().enumerate() {
            let places = (0..one.queries.len()).map(|query| (at, query));
            batches.entry(one.queries.len()).or_default().extend(places);
        }
        let mut best: Vec<Vec<Vec<ItemIx>>> =
            asked.iter().map(|one| vec![Vec::new(); one.queries.len()]).collect();
        for (n_queries, places) in batches {
            let query = |(at, query): &(usize, usize)| (asked[*at], &asked[*at].queries[*query]);
            let batch: Vec<_> = places.iter().map(query).collect();
            let k = (quotas.taste_region as usize).div_ceil(n_queries);
            for ((at, query), found) in
                places.into_iter().zip(self.search(&batch, k, Rows::All, are_many))
            {
                best[at][query] = found;
            }
        }
        let wholes: Vec<_> = asked.iter().map(|one| (*one, &one.whole)).collect();
        let little_known =
            self.search(&wholes, quotas.exploration as usize, Rows::LittleKnown, are_many);
        let recommender = |one: &Asked| self.snapshot.models[one.model].recommender.as_ref();
        let found = asked.iter().zip(best).zip(little_known);
        found
            .map(|((one, best), little_known)| Retrieved {
                scores: Scores::of(recommender(one), &one.queries),
                best,
                little_known,
            })
            .collect()
    }

    /// The best rows for each query, best first.
    fn search(
        &self,
        batch: &[(&Asked, &Query)],
        k: usize,
        rows: Rows,
        are_many: bool,
    ) -> Vec<Vec<ItemIx>> {
        let mut found = vec![Vec::new(); batch.len()];
        let items = self.snapshot.models[0].recommender.item_vectors();
        let vector = |at: &usize| batch[*at].1.vector().filter(|_| batch[*at].0.model == 0);
        // A vector finds nothing where items have none.
        let is_dense = |at: &usize| items.is_some() && vector(at).is_some();
        let (dense, others): (Vec<usize>, Vec<usize>) = (0..batch.len()).partition(is_dense);
        if let Some(items) = items
            && !dense.is_empty()
        {
            let vectors = dense.iter().filter_map(vector).flatten().copied().collect();
            let queries = Matrix::from_vec(dense.len(), items.dim(), vectors);
            let asked: Vec<&Asked> = dense.iter().map(|at| batch[*at].0).collect();
            let best = match &self.snapshot.index {
                Some(index) => self.promised(index, &queries, &asked, k, rows),
                None if are_many => self.nearest(items, &queries, &asked, k, rows),
                None => self.nearest_to_few(items, &queries, &asked, k, rows),
            };
            for (at, best) in dense.iter().zip(best) {
                found[*at] = promising(best);
            }
        }
        let scan = |at: &usize| (*at, self.scan(batch[*at], k, rows));
        for (at, best) in others.par_iter().map(scan).collect::<Vec<_>>() {
            found[at] = promising(best);
        }
        found
    }

    /// What the index finds for each query.
    fn promised(
        &self,
        index: &Index,
        queries: &Matrix,
        asked: &[&Asked],
        k: usize,
        rows: Rows,
    ) -> Vec<Vec<(u32, f32)>> {
        let own = own_rows(asked);
        let all = Ask::all(queries, k, Isa::best()).without(&own);
        let (some, layout) = self.laid_out(rows);
        if some.len() == self.snapshot.rows.len() {
            return index.search(&all);
        }
        index.search(&all.among(layout.allowed.get_or_init(|| index.allow(some))))
    }

    /// The rows with the highest dots for each query: a scan of all rows each.
    fn nearest_to_few(
        &self,
        items: &Matrix,
        queries: &Matrix,
        asked: &[&Asked],
        k: usize,
        rows: Rows,
    ) -> Vec<Vec<(u32, f32)>> {
        let one = |query: usize| {
            let mut scores = vec![0.0; items.n_rows()];
            dots_with_all(items, queries.row(query), &mut scores, Isa::best());
            self.best_of(&scores, k, &asked[query].left_out, rows)
        };
        (0..queries.n_rows()).map(one).collect()
    }

    /// The same rows and scores: one search for all.
    fn nearest(
        &self,
        items: &Matrix,
        queries: &Matrix,
        asked: &[&Asked],
        k: usize,
        rows: Rows,
    ) -> Vec<Vec<(u32, f32)>> {
        let (some, layout) = self.laid_out(rows);
        let lay_out = || Exact::of_rows(items, some, Similarity::Dot, Precision::Single);
        let own = own_rows(asked);
        let ask = Ask::all(queries, k, Isa::best()).without(&own);
        layout.exact.get_or_init(lay_out).search(&ask)
    }

    /// Rows, and how they are laid out.
    fn laid_out(&self, rows: Rows) -> (&[u32], &Layout) {
        match rows {
            Rows::All => (&self.open, &self.layouts.open),
            Rows::LittleKnown => (&self.little_known, &self.layouts.little_known),
        }
    }

    /// The best rows for a query that is no vector.
    fn scan(&self, (asked, query): (&Asked, &Query), k: usize, rows: Rows) -> Vec<(u32, f32)> {
        let recommender = &self.snapshot.models[asked.model].recommender;
        let mut scores = Matrix::zeros(1, recommender.n_items());
        recommender.score_batch(std::slice::from_ref(query), &mut scores);
        self.best_of(scores.row(0), k, &asked.left_out, rows)
    }

    fn best_of(&self, scores: &[f32], k: usize, left_out: &[u32], rows: Rows) -> Vec<(u32, f32)> {
        match rows {
            Rows::All => top_k(scores, k, left_out),
            Rows::LittleKnown => {
                let few = &self.little_known;
                let of_few: Vec<f32> = few.iter().map(|row| scores[*row as usize]).collect();
                let best = top_k(&of_few, k, &places_among(few, left_out)).into_iter();
                best.map(|(place, score)| (few[place as usize], score)).collect()
            }
        }
    }
}

/// Which rows are searched.
#[derive(Clone, Copy, Debug)]
enum Rows {
    All,
    LittleKnown,
}

/// What is off limits for each who asks alone.
fn own_rows<'a>(asked: &[&'a Asked]) -> Vec<&'a [u32]> {
    asked.iter().map(|one| one.own.as_slice()).collect()
}

/// The places of some rows among others, both ascending; what is not there is left out.
fn places_among(rows: &[u32], some: &[u32]) -> Vec<u32> {
    let place = |row: &u32| rows.binary_search(row).ok();
    let places = some.iter().filter_map(place);
    places.map(|place| u32::try_from(place).expect("rows are u32")).collect()
}
