//! How good is each recording for each region of a listener's taste?

use linalg::{Matrix, top_k};
use models::{Query, Recommender};
use music::ItemIx;

use crate::taste::Taste;

/// Scores of all rows for all queries of one listener.
#[derive(Debug)]
pub(crate) struct Scores {
    /// `[n_queries × n_items]`
    rows: Matrix,
}

impl Scores {
    /// Scores everything for what the model makes of each part of a history, of which there is at least one.
    pub(crate) fn of(recommender: &dyn Recommender, parts: &[Taste]) -> Self {
        let queries: Vec<Query> =
            parts.iter().map(|part| recommender.represent(&part.weights())).collect();
        let mut rows = Matrix::zeros(queries.len(), recommender.n_items());
        recommender.score_batch(&queries, &mut rows);
        Self { rows }
    }

    /// How many queries there are.
    pub(crate) fn n_queries(&self) -> usize {
        self.rows.n_rows()
    }

    /// The score of a row for one query.
    pub(crate) fn of_query(&self, query: usize, item: ItemIx) -> f32 {
        self.rows.row(query)[item.0 as usize]
    }

    /// The best score of a row, and the query that gives it; of equal ones the first.
    pub(crate) fn best(&self, item: ItemIx) -> (f32, usize) {
        let mut best = (self.of_query(0, item), 0);
        for query in 1..self.n_queries() {
            let score = self.of_query(query, item);
            if score > best.0 {
                best = (score, query);
            }
        }
        best
    }

    /// The best-scored rows of a query, best first.
    pub(crate) fn top(&self, query: usize, k: usize, left_out: &[u32]) -> Vec<(u32, f32)> {
        top_k(self.rows.row(query), k, left_out)
    }
}
