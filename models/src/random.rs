//! What if nothing were known?
//!
//! Each listener gets an order of the whole catalogue by chance: the floor that every other model stands on.
//! The score is a hash of seed, history and recording id, uniform in (0, 1).

use linalg::Matrix;
use music::{ItemIx, Rows};

use crate::array::{Arrays, take_u64};
use crate::hash::{hash, unit};
use crate::recommender::score_rows;
use crate::spec::field::Field;
use crate::{Array, Error, History, Observer, Query, Recommender, Training};

const SEED: &str = "seed";

/// Nothing to choose.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Params;

impl Params {
    #[expect(clippy::unused_self, reason = "every model is asked for its fields")]
    pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
        Vec::new()
    }
}

/// The model of chance.
#[derive(Debug)]
pub struct Random {
    seed: u64,
    /// Outside ids by item row.
    ids: Vec<u64>,
}

/// Remembers the seed and the names of the items.
///
/// # Errors
/// Never.
pub fn fit(
    _params: Params,
    training: &Training<'_>,
    _observer: &mut Observer<'_>,
) -> Result<Random, Error> {
    Ok(Random::new(training.seed, training.rows))
}

pub(crate) fn load(_params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<Random, Error> {
    Ok(Random::new(take_u64(arrays, SEED)?, rows))
}

impl Random {
    fn new(seed: u64, rows: &Rows) -> Self {
        Self { seed, ids: rows.ids().iter().map(|id| id.0).collect() }
    }
}

impl Recommender for Random {
    fn n_items(&self) -> usize {
        self.ids.len()
    }

    fn represent(&self, history: &History<'_>) -> Query {
        let heard = history.items.iter().map(|item| self.ids[item.0 as usize]);
        Query::Seeded(hash([self.seed].into_iter().chain(heard)))
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        score_rows(queries, scores, self.n_items(), |query, row| {
            let Query::Seeded(seed) = query else {
                panic!("a seeded query expected, got {query:?}")
            };
            for (score, &id) in row.iter_mut().zip(&self.ids) {
                *score = unit(hash([*seed, id]));
            }
        });
    }

    fn explain(&self, _history: &History<'_>, _item: ItemIx) -> Option<Vec<f32>> {
        None
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        None
    }

    fn arrays(&self) -> Arrays {
        let seed = Array::U64 { shape: vec![1], values: vec![self.seed] };
        Arrays::from([(SEED.to_owned(), seed)])
    }
}

#[cfg(test)]
mod tests {
    use super::Random;
    use crate::{History, Recommender};
    use linalg::Matrix;
    use music::{RecordingId, Rows};

    #[test]
    fn a_recording_keeps_its_score_when_others_arrive() {
        let scores = |ids: &[u64]| {
            let rows = Rows::new(ids.iter().map(|&id| RecordingId(id)).collect());
            let model = Random::new(7, &rows);
            let mut scores = Matrix::zeros(1, ids.len());
            let nothing = History::new(&[], &[]);
            model.score_batch(&[model.represent(&nothing)], &mut scores);
            scores.into_vec()
        };
        assert_eq!(scores(&[10, 20])[1], scores(&[10, 15, 20])[2]);
        assert!(scores(&[10, 20]).iter().all(|&x| 0.0 < x && x < 1.0));
    }
}
