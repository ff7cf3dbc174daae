//! How does a model go on that has to rank items which came after its training?
//!
//! Rows are added after its own. What its features make of an added item is a vector like any other, so that its score
//! is a dot; where the model makes none, nothing speaks for the item and its score is 0.
//! A model that is made of others has each of them extended ([`Recommender::extended`]): each makes vectors of its own.
//! A model does not know an added item in a history: it is left out of what the model is asked about.

use std::collections::BTreeMap;

use linalg::{Isa, Matrix, dots_with};
use music::ItemIx;

use crate::recommender::score_rows;
use crate::{Array, Heard, History, ItemFeatures, Moment, Query, Recommender};

/// A model with some rows more.
#[derive(Debug)]
struct Extended {
    model: Box<dyn Recommender>,
    /// Rows of the model itself.
    n_own: usize,
    n_items: usize,
    /// `[n_items × dim]`, where the model's items have vectors.
    vectors: Option<Matrix>,
}

/// The model with `n_more` rows after its own, which have these vectors `[n_more × dim]`.
pub(crate) fn with_vectors(
    model: Box<dyn Recommender>,
    n_more: usize,
    vectors: Option<&Matrix>,
) -> Box<dyn Recommender> {
    let n_own = model.n_items();
    let vectors = model.item_vectors().map(|own| with_rows(own, n_more, vectors));
    Box::new(Extended { model, n_own, n_items: n_own + n_more, vectors })
}

/// The rows of one matrix, then those of another, or as many rows of zeros.
fn with_rows(own: &Matrix, n_more: usize, more: Option<&Matrix>) -> Matrix {
    let mut values = own.as_slice().to_vec();
    match more {
        Some(more) => {
            let shape = (more.n_rows(), more.dim());
            assert_eq!(shape, (n_more, own.dim()), "a vector for each added item expected");
            values.extend_from_slice(more.as_slice());
        }
        None => values.resize((own.n_rows() + n_more) * own.dim(), 0.0),
    }
    Matrix::from_vec(own.n_rows() + n_more, own.dim(), values)
}

/// The part of a history that a model knows.
struct Known {
    items: Vec<ItemIx>,
    heard: Vec<Heard>,
    moments: Vec<Moment>,
}

impl Extended {
    fn is_own(&self, item: ItemIx) -> bool {
        (item.0 as usize) < self.n_own
    }

    /// `None` where the model knows all of it.
    fn known(&self, history: &History<'_>) -> Option<Known> {
        if history.items.last().is_none_or(|last| self.is_own(*last)) {
            return None;
        }
        // Items ascend, so that added ones come last.
        let n = history.items.partition_point(|item| self.is_own(*item));
        let moments = history.moments.iter().filter(|moment| self.is_own(moment.item));
        Some(Known {
            items: history.items[..n].to_vec(),
            heard: history.heard[..n].to_vec(),
            moments: moments.copied().collect(),
        })
    }

    /// Asks the model about what it knows of a history.
    fn ask<T>(&self, history: &History<'_>, ask: impl FnOnce(&History<'_>) -> T) -> T {
        match self.known(history) {
            None => ask(history),
            Some(Known { items, heard, moments }) => ask(&History {
                items: &items,
                heard: &heard,
                moments: &moments,
                country: history.country,
            }),
        }
    }
}

impl Recommender for Extended {
    fn n_items(&self) -> usize {
        self.n_items
    }

    fn represent(&self, history: &History<'_>) -> Query {
        self.ask(history, |history| self.model.represent(history))
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        let mut own = Matrix::zeros(queries.len(), self.n_own);
        self.model.score_batch(queries, &mut own);
        for query in 0..queries.len() {
            scores.row_mut(query)[..self.n_own].copy_from_slice(own.row(query));
        }
        let added: Vec<u32> = (0..).take(self.n_items).skip(self.n_own).collect();
        score_rows(queries, scores, self.n_items, |query, row| {
            let of_added = &mut row[self.n_own..];
            match query.vector().zip(self.vectors.as_ref()) {
                Some((query, vectors)) => {
                    dots_with(vectors, &added, query, of_added, Isa::best());
                }
                None => of_added.fill(0.0),
            }
        });
    }

    /// `None` of an added item: its score comes from its features.
    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>> {
        self.explain_each(history, &[item])?.pop()
    }

    /// `None` where one of the items is an added one.
    fn explain_each(&self, history: &History<'_>, items: &[ItemIx]) -> Option<Vec<Vec<f32>>> {
        if !items.iter().all(|item| self.is_own(*item)) {
            return None;
        }
        let mut shares = self.ask(history, |known| self.model.explain_each(known, items))?;
        // What the model did not look at contributes nothing, and comes last.
        shares.iter_mut().for_each(|of_item| of_item.resize(history.items.len(), 0.0));
        Some(shares)
    }

    fn represent_item(&self, listeners: &[(Query, Heard)]) -> Option<Vec<f32>> {
        self.model.represent_item(listeners)
    }

    fn represent_features(&self, features: &ItemFeatures) -> Option<Matrix> {
        self.model.represent_features(features)
    }

    fn wants_moments(&self) -> bool {
        self.model.wants_moments()
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        self.vectors.as_ref()
    }

    /// Those of the model itself, without the added rows.
    fn arrays(&self) -> BTreeMap<String, Array> {
        self.model.arrays()
    }
}

#[cfg(test)]
mod tests {
    use linalg::Matrix;
    use music::ItemIx;

    use super::with_vectors;
    use crate::testing::{two_tribes, unobserved};
    use crate::{Heard, History, Query, Recommender, fit, load};

    fn model(spec: &str) -> Box<dyn Recommender> {
        let world = two_tribes(3);
        fit(&spec.parse().unwrap(), &world.training(), &mut unobserved).unwrap()
    }

    const LIKED: Heard = Heard { confidence: 1.0, age_days: 0.0, is_liked: true };
    const OWN: [ItemIx; 2] = [ItemIx(0), ItemIx(3)];
    /// Row 21 was added.
    const WHOLE: [ItemIx; 3] = [ItemIx(0), ItemIx(3), ItemIx(21)];

    fn scores(model: &dyn Recommender, query: &Query) -> Vec<f32> {
        let mut scores = Matrix::zeros(1, model.n_items());
        model.score_batch(std::slice::from_ref(query), &mut scores);
        scores.row(0).to_vec()
    }

    #[test]
    fn an_added_item_scores_by_its_vector_and_the_others_as_before() {
        let spec = "ials:dim=2,iterations=2";
        let own = model(spec);
        let query = own.represent(&History::new(&OWN, &[LIKED; 2]));
        let before = scores(own.as_ref(), &query);
        let vectors = Matrix::from_vec(2, 2, vec![1.0, 0.0, 2.0, -1.0]);
        let model = with_vectors(own, 2, Some(&vectors));
        let after = scores(model.as_ref(), &query);
        assert_eq!((model.n_items(), after.len()), (22, 22));
        assert_eq!(after[..20], before);
        let vector = query.vector().unwrap();
        assert_eq!(after[20..], [vector[0], 2.0 * vector[0] - vector[1]]);
        assert_eq!(model.item_vectors().unwrap().row(21), [2.0, -1.0]);
    }

    #[test]
    fn nothing_speaks_for_an_added_item_where_the_model_makes_no_vector() {
        for spec in ["popularity", "item-knn", "ials:dim=2,iterations=2"] {
            let model = with_vectors(model(spec), 2, None);
            let query = model.represent(&History::new(&OWN, &[LIKED; 2]));
            assert_eq!(scores(model.as_ref(), &query)[20..], [0.0, 0.0], "{spec}");
        }
    }

    #[test]
    fn an_added_item_in_a_history_is_not_asked_about_and_contributes_nothing() {
        let model = with_vectors(model("ials:dim=2,iterations=2"), 2, None);
        let (own, whole) = (History::new(&OWN, &[LIKED; 2]), History::new(&WHOLE, &[LIKED; 3]));
        assert_eq!(model.represent(&whole), model.represent(&own));
        let mut shares = model.explain(&own, ItemIx(5)).unwrap();
        shares.push(0.0);
        assert_eq!(model.explain(&whole, ItemIx(5)).unwrap(), shares);
        assert!(model.explain(&whole, ItemIx(20)).is_none());
    }

    #[test]
    fn what_is_saved_is_the_model_without_the_added_rows() {
        let spec = "ials:dim=2,iterations=2".parse().unwrap();
        let model = with_vectors(model("ials:dim=2,iterations=2"), 2, None);
        assert_eq!(load(&spec, &two_tribes(3).rows, model.arrays()).unwrap().n_items(), 20);
    }
}
