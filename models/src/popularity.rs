//! What does everyone like?
//!
//! The score of a recording is the number of listeners who like it, or Σ 2^(−age / half-life) over them,
//! where age is how long ago each last heard it: the same list for everyone, and hard to beat.

use linalg::Matrix;
use music::{ItemIx, Rows};

use crate::array::{Arrays, take_f32};
use crate::recommender::score_rows;
use crate::spec::field::{Field, Search, Slot};
use crate::{Array, Error, Heard, History, Observer, Query, Recommender, Training};

const LISTENERS: &str = "listeners";

/// What the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params {
    /// Days after which a listener counts half; 0: always whole.
    pub half_life_days: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { half_life_days: 0.0 }
    }
}

impl Params {
    pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
        vec![Field {
            name: "half_life_days",
            meaning: "days after which a listener counts half; 0: always whole",
            slot: Slot::Number(&mut self.half_life_days, 0.0..=36_500.0),
            search: Search::Never,
        }]
    }
}

/// How many like each item.
#[derive(Debug)]
pub struct Popularity {
    listeners: Vec<f32>,
}

/// Counts, in user order. O(nnz).
///
/// # Errors
/// Never.
pub fn fit(
    params: Params,
    training: &Training<'_>,
    _observer: &mut Observer<'_>,
) -> Result<Popularity, Error> {
    let mut listeners = vec![0.0; training.heard.n_cols()];
    for (_, items, heard) in training.heard.rows() {
        for (&i, heard) in items.iter().zip(heard).filter(|(_, heard)| heard.is_liked) {
            listeners[i as usize] += weight(params, heard);
        }
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a score needs no more digits than f32 has"
    )]
    let listeners = listeners.into_iter().map(|sum: f64| sum as f32).collect();
    Ok(Popularity { listeners })
}

fn weight(params: Params, heard: &Heard) -> f64 {
    if params.half_life_days == 0.0 {
        return 1.0;
    }
    f64::exp2(f64::from(-heard.age_days / params.half_life_days))
}

pub(crate) fn load(_params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<Popularity, Error> {
    Ok(Popularity { listeners: take_f32(arrays, LISTENERS, &[rows.len()])? })
}

impl Recommender for Popularity {
    fn n_items(&self) -> usize {
        self.listeners.len()
    }

    fn represent(&self, _history: &History<'_>) -> Query {
        Query::Everyone
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        score_rows(queries, scores, self.n_items(), |query, row| {
            assert_eq!(*query, Query::Everyone, "a query of this model expected");
            row.copy_from_slice(&self.listeners);
        });
    }

    fn explain(&self, _history: &History<'_>, _item: ItemIx) -> Option<Vec<f32>> {
        None
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        None
    }

    fn arrays(&self) -> Arrays {
        let (shape, values) = (vec![self.listeners.len()], self.listeners.clone());
        Arrays::from([(LISTENERS.to_owned(), Array::F32 { shape, values })])
    }
}

#[cfg(test)]
mod tests {
    use super::{Params, fit};
    use crate::testing::unobserved;
    use crate::{Heard, Training};
    use linalg::Csr;
    use music::{RecordingId, Rows};

    fn check(half_life_days: f32, expected: &[f32]) {
        let heard = |age_days, is_liked| Heard { confidence: 3.0, age_days, is_liked };
        let pairs =
            vec![(0, 0, heard(0.0, true)), (1, 0, heard(20.0, true)), (1, 1, heard(0.0, false))];
        let (heard, rows) =
            (Csr::from_triplets(2, 2, pairs), Rows::new(vec![RecordingId(1), RecordingId(2)]));
        let training = Training::new(&heard, &rows, 0);
        assert_eq!(
            fit(Params { half_life_days }, &training, &mut unobserved).unwrap().listeners,
            expected
        );
    }

    #[test]
    fn listeners_who_like_it_are_counted_whatever_their_confidence() {
        check(0.0, &[2.0, 0.0]);
    }

    #[test]
    fn a_listener_of_two_half_lives_ago_counts_a_quarter() {
        check(10.0, &[1.25, 0.0]);
    }
}
