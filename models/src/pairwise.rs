//! Which vectors put what is liked before what is not?
//!
//! Pairwise ranking by stochastic gradient descent: for user u, a liked item i and a worse one j it lowers a cost of the
//! gap s_ui − s_uj, where s_ui = x_u·y_i + b_i; `ranking` has the three costs, `walk` the step.
//! Negatives are drawn among the items that the user does not like: all alike, in proportion to popularity to a power
//! (0.75: Mikolov et al. 2013), or as the best scored of several (Zhang, Chen, Wang & Yu, Optimizing Top-N Collaborative
//! Filtering via Dynamic Negative Item Sampling, 2013).
//! What is known and not liked is a negative of its own.
//! It runs in parallel and yet gives the same bits with any number of threads; `course` says how, and what that does to
//! the distribution of negatives.
//!
//! A row holds vector and bias side by side, so that a score is one product: user \[x_u, 1\] and item \[y_i, b_i\],
//! both `[rows × (dim + 1)]`.
//! What is kept are the items.
//! A listener's vector is solved from the history as implicit least squares would (see [`crate::ials`]), with all `dim + 1`
//! numbers free: liked items should score 1, disliked ones 0, and all items 0 with a little weight.
//! That is one small linear system rather than another descent, its contributions sum to the score, and on held-out
//! listens it ranks at least as well as the vectors of the training do.

mod blocks;
mod course;
mod kernel;
mod loss;
mod params;
mod ranking;
mod state;
mod train;
mod walk;

use linalg::Matrix;
use music::{ItemIx, Rows};

use crate::array::Arrays;
use crate::ials::{self, Ials};
use crate::{Error, History, Observer, Query, Recommender, Training};
pub use params::{Optimizer, Params, Ranking};
use train::Vectors;

/// Item vectors, and what a listener's own is solved with.
#[derive(Debug)]
pub struct Pairwise {
    fold_in: Ials,
    /// \[x_u, 1\] `[n_users × (dim + 1)]`, right after a fit.
    users: Option<Matrix>,
}

/// Learns vectors of both sides, from ones that hash seed and recording id, or what the user heard.
///
/// O(nnz·dim·candidates) time an epoch, parallel over blocks of users and items.
///
/// # Errors
/// [`Error::Diverged`] when a number is no longer finite; [`Error::Stopped`] when the observer wants it;
/// [`Error::BadArray`] when a checkpoint is not of this training.
pub fn fit(
    params: Params,
    training: &Training<'_>,
    observer: &mut Observer<'_>,
) -> Result<Pairwise, Error> {
    let Vectors { users, items } = train::train(params, training, observer)?;
    Ok(Pairwise { fold_in: Ials::new(params.fold_in(), items), users: Some(users) })
}

pub(crate) fn load(params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<Pairwise, Error> {
    Ok(Pairwise { fold_in: ials::load(params.fold_in(), rows, arrays)?, users: None })
}

impl Recommender for Pairwise {
    fn n_items(&self) -> usize {
        self.fold_in.n_items()
    }

    fn represent(&self, history: &History<'_>) -> Query {
        self.fold_in.represent(history)
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        self.fold_in.score_batch(queries, scores);
    }

    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>> {
        self.fold_in.explain(history, item)
    }

    fn explain_each(&self, history: &History<'_>, items: &[ItemIx]) -> Option<Vec<Vec<f32>>> {
        self.fold_in.explain_each(history, items)
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        self.fold_in.item_vectors()
    }

    /// Those of the training; a fold-in of the same history is another vector.
    fn user_vectors(&self) -> Option<&Matrix> {
        self.users.as_ref()
    }

    fn arrays(&self) -> Arrays {
        self.fold_in.arrays()
    }
}

#[cfg(test)]
mod tests;
