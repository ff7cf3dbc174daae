//! Is the dot product enough, or does a network make more of two vectors?
//!
//! NeuMF: He, Liao, Zhang, Nie, Hu & Chua, Neural Collaborative Filtering (2017), eq. 12: a logit from the element-wise
//! product of two embeddings (generalized matrix factorization) beside a perceptron on two others, both learned at once
//! by the logistic loss of what is liked against drawn negatives (eq. 7).
//! Rendle, Krichene, Zhang & Anderson, Neural Collaborative Filtering vs. Matrix Factorization Revisited (2020), ask for
//! equal tuning before either is praised.
//!
//! The paper gives each user embeddings of its own, which nobody has who comes after the training.
//! Here p_u is the mean of embeddings of what the user likes, others than those by which an item is scored, and what is to
//! be foretold is left out of it while training: FISM (Kabbur, Ning & Karypis 2013) and SVD++ (Koren 2008).
//! A held-out or new listener is then nothing special; whoever likes nothing has a vector of zeros, for which the network
//! learns what most like.
//! What is known and not liked is a negative of its own and no part of p_u.
//!
//! With d = `dim`: p and q are `[n_items × 2d]`, the product's half first; the perceptron goes 2d → `hidden` →
//! `hidden`/2 → …, each followed by ReLU; the logit is w·\[p₁ ⊙ q₁, last layer\] + b.
//! A score is no dot of two vectors, so that it has to be computed for every item.

mod batch;
mod course;
mod net;
mod params;
mod pass;
mod scorer;
mod train;

use linalg::Matrix;
use music::{ItemIx, Rows};

use crate::array::Arrays;
use crate::recommender::score_rows;
use crate::{Error, History, Observer, Query, Recommender, Training};
pub use params::Params;
use scorer::Scorer;

/// What a score is computed from.
#[derive(Debug)]
pub struct NeuMf {
    params: Params,
    scorer: Scorer,
}

/// Learns embeddings and network, from numbers that hash seed and recording id.
///
/// O(examples·(dim·hidden + hidden²)) time an epoch, parallel over the examples of a step; negatives are examples too.
///
/// # Errors
/// [`Error::Diverged`] when a number is no longer finite; [`Error::Stopped`] when the observer wants it;
/// [`Error::BadArray`] when a checkpoint is not of this training.
pub fn fit(
    params: Params,
    training: &Training<'_>,
    observer: &mut Observer<'_>,
) -> Result<NeuMf, Error> {
    let net = train::train(params, training, observer)?;
    Ok(NeuMf { params, scorer: Scorer::new(net) })
}

pub(crate) fn load(params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<NeuMf, Error> {
    let net = net::Net::load("", params, rows.len(), arrays)?;
    Ok(NeuMf { params, scorer: Scorer::new(net.frozen()) })
}

impl Recommender for NeuMf {
    fn n_items(&self) -> usize {
        self.scorer.n_items()
    }

    fn represent(&self, history: &History<'_>) -> Query {
        let liked = history.pairs().filter(|(_, heard)| heard.is_liked);
        let weighed = liked.map(|(item, heard)| (item, self.params.aging.factor(heard)));
        Query::Dense(self.scorer.represent(weighed))
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        score_rows(queries, scores, self.n_items(), |query, row| {
            let Query::Dense(user) = query else { panic!("a dense query expected, got {query:?}") };
            self.scorer.score(user, row);
        });
    }

    /// Nobody's: a network does not add up what each liked recording brings.
    fn explain(&self, _history: &History<'_>, _item: ItemIx) -> Option<Vec<f32>> {
        None
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        None
    }

    fn arrays(&self) -> Arrays {
        self.scorer.arrays()
    }
}

#[cfg(test)]
mod tests;
