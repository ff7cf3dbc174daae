//! How good is each recording for each region of a listener's taste?

use linalg::{Isa, Matrix, dots_with, top_k_of};
use models::{Query, Recommender};
use music::ItemIx;

/// Scores of rows for all queries of one listener; there is at least one query.
#[derive(Debug)]
pub(crate) enum Scores<'a> {
    /// A score is a dot, computed when somebody asks.
    Dots {
        /// `[n_queries × dim]`
        queries: Matrix,
        /// `[n_items × dim]`
        items: &'a Matrix,
    },
    /// `[n_queries × n_items]`, where scores cannot be had one by one.
    All(Matrix),
    /// What a model makes of the listener and what most like, mixed.
    Mixed {
        /// `[n_queries × n_items]`
        rows: Matrix,
        /// `[n_queries]` what the model's own score is multiplied by.
        scales: Vec<f32>,
    },
}

impl<'a> Scores<'a> {
    /// What a model makes of some queries.
    pub(crate) fn of(recommender: &'a dyn Recommender, queries: &[Query]) -> Self {
        if let Some(items) = recommender.item_vectors()
            && let Some(vectors) = queries.iter().map(Query::vector).collect::<Option<Vec<_>>>()
        {
            let queries = Matrix::from_vec(vectors.len(), items.dim(), vectors.concat());
            return Self::Dots { queries, items };
        }
        let mut rows = Matrix::zeros(queries.len(), recommender.n_items());
        recommender.score_batch(queries, &mut rows);
        Self::All(rows)
    }

    /// What a score of the model is multiplied by for one query, where something else is in the mix.
    pub(crate) fn scale(&self, query: usize) -> Option<f32> {
        match self {
            Self::Dots { .. } | Self::All(_) => None,
            Self::Mixed { scales, .. } => Some(scales[query]),
        }
    }

    /// How many queries there are.
    pub(crate) fn n_queries(&self) -> usize {
        match self {
            Self::Dots { queries, .. } => queries.n_rows(),
            Self::All(rows) | Self::Mixed { rows, .. } => rows.n_rows(),
        }
    }

    /// The scores of some rows for one query.
    pub(crate) fn of_query(&self, query: usize, rows: &[u32]) -> Vec<f32> {
        match self {
            Self::Dots { queries, items } => {
                let mut scores = vec![0.0; rows.len()];
                dots_with(*items, rows, queries.row(query), &mut scores, Isa::best());
                scores
            }
            Self::All(scores) | Self::Mixed { rows: scores, .. } => {
                let scores = scores.row(query);
                rows.iter().map(|row| scores[*row as usize]).collect()
            }
        }
    }

    /// The best score of each row, and the query that gives it; of equal ones the first.
    pub(crate) fn best(&self, rows: &[u32]) -> Vec<(f32, usize)> {
        let first = self.of_query(0, rows).into_iter();
        let mut best: Vec<(f32, usize)> = first.map(|score| (score, 0)).collect();
        for query in 1..self.n_queries() {
            for (best, score) in best.iter_mut().zip(self.of_query(query, rows)) {
                if score > best.0 {
                    *best = (score, query);
                }
            }
        }
        best
    }

    /// The best-scored of some rows, best first; at a score of 0 or below nothing speaks for a recording.
    pub(crate) fn top(&self, rows: &[u32], k: usize) -> Vec<ItemIx> {
        let scored = rows.iter().zip(self.best(rows)).map(|(row, (score, _))| (*row, score));
        promising(top_k_of(scored, k))
    }
}

/// Those of which the model thinks anything.
pub(crate) fn promising(best: Vec<(u32, f32)>) -> Vec<ItemIx> {
    let promising = best.into_iter().filter(|(_, score)| *score > 0.0);
    promising.map(|(row, _)| ItemIx(row)).collect()
}
