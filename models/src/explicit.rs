//! Which rating would this listener give that recording?
//!
//! Explicit factorization, the form of the Netflix Prize: Koren, Bell & Volinsky, Matrix Factorization Techniques for
//! Recommender Systems (2009), eq. 5, with the penalty of Zhou, Wilkinson, Schreiber & Pan (2008).
//! A rating is predicted as r̂_ui = μ + b_u + b_i + q_i·p_u; over the observed pairs alone it minimizes
//!
//! Σ_observed (r_ui − r̂_ui)² + Σ_u λ_u·(‖p_u‖² + b_u²) + Σ_i λ_i·(‖q_i‖² + b_i²)
//!
//! with μ the mean rating and λ_u = `reg`·n_u^`reg_exponent`, n_u the number of the user's pairs; items likewise.
//! Where some ratings are accidents, `loss` lets those cost less that are far off: see `robust`.
//!
//! A pair's confidence is read as its rating, as it stands in a table of counts or stars; what is known and not liked
//! is a rating below 0: its confidence with the sign turned.
//! The recording with the highest predicted rating comes first, and that is the classic which loses at ranking: what
//! people choose to hear says more than how they rate it (Cremonesi, Koren & Turrin 2010).
//!
//! A row holds bias and vector side by side, so that r̂ is one product and `item_factors` is all there is to keep:
//! user \[b_u, p_u, 1\] and item \[1, q_i, μ + b_i\], both `[rows × (dim + 2)]`; while it learns, without μ.

mod als;
mod loss;
mod params;
mod robust;
mod sgd;
mod state;

use std::ops::Range;

use linalg::{Csr, Matrix, dot};
use music::{ItemIx, Rows, UserIx};

use crate::array::{Arrays, take_f32};
use crate::recommender::score_rows;
use crate::{Array, Error, Heard, History, Observer, Progress, Query, Recommender, Step, Training};
use als::HalfStep;
pub use params::{Params, RatingLoss, Solver};
use robust::Robust;
use sgd::Descent;
use state::{State, rows_alone};

const ITEM_FACTORS: &str = "item_factors";
const DELTA: &str = "large_miss";

/// How often a listener's row is solved with the weights that follow from its misses, where the loss is not squared.
const REWEIGHTINGS: usize = 20;

/// Item rows, from which a listener's own is solved.
#[derive(Debug)]
pub struct Explicit {
    params: Params,
    robust: Robust,
    /// \[1, q_i, μ + b_i\] `[n_items × (dim + 2)]`.
    items: Matrix,
    /// \[b_u, p_u, 1\] `[n_users × (dim + 2)]`, right after a fit.
    users: Option<Matrix>,
}

/// Learns biases and vectors of both sides, from items that hash seed and recording id.
///
/// An iteration is O(nnz·dim² + (n_users + n_items)·dim³) time for `als` and O(nnz·dim) for `sgd`.
///
/// # Errors
/// [`Error::Diverged`] when a system has no finite solution or the loss is not finite;
/// [`Error::Stopped`] when the observer wants it; [`Error::BadArray`] when a checkpoint is not of this training.
pub fn fit(
    params: Params,
    training: &Training<'_>,
    observer: &mut Observer<'_>,
) -> Result<Explicit, Error> {
    params.settle()?;
    let ratings = training.heard.map(|_, _, &heard| rating(heard));
    let mean = mean(&ratings);
    let by_user = ratings.map(|_, _, rating| rating - mean);
    let by_item = by_user.transpose();
    let spread = spread(&by_user);
    let robust = Robust::new(&params, spread);
    let (mut done, mut state) = match training.resume {
        Some(checkpoint) => (checkpoint.iteration, State::resume(&params, training, checkpoint)?),
        None => (0, State::start(&params, training, &by_item, spread)),
    };
    let descent = match params.solver {
        Solver::Als => None,
        Solver::Sgd => Some(Descent::new(params, training, (&by_user, &by_item), spread, robust)),
    };
    let n_iterations = params.iterations;
    let mut tell = |iteration, step, state: &State| {
        let is_stopped = observer(Progress { iteration, n_iterations, step }).is_break();
        if is_stopped { Err(Error::Stopped(state.checkpoint(iteration))) } else { Ok(()) }
    };
    let mut loss = loss::of(&params, robust, &by_user, &by_item, &state);
    tell(done, Step::Ready, &state)?;
    while done < n_iterations {
        done += 1;
        let before = loss.total();
        let diverged = || Error::Diverged { iteration: done, loss: before };
        match &descent {
            None => als::iterate(&params, &by_user, &by_item, &mut state).ok_or_else(diverged)?,
            Some(descent) => descent.iterate(&mut state),
        }
        tell(done, Step::Iterated, &state)?;
        loss = loss::of(&params, robust, &by_user, &by_item, &state);
        if !loss.total().is_finite() {
            return Err(diverged());
        }
        tell(done, Step::Measured { loss, ndcg: None }, &state)?;
    }
    Ok(Explicit::of(params, robust, &state, mean))
}

/// What a pair's confidence stands for: a rating, below 0 where it is not liked.
fn rating(heard: Heard) -> f32 {
    if heard.is_liked { heard.confidence } else { -heard.confidence }
}

/// μ, 0 where nobody rated anything.
#[expect(clippy::cast_possible_truncation, reason = "a mean of f32, rounded to f32")]
fn mean(ratings: &Csr<UserIx, ItemIx>) -> f32 {
    let sum: f64 = ratings.rows().flat_map(|(_, _, ratings)| ratings).map(|&r| f64::from(r)).sum();
    (sum / ratings.nnz().max(1) as f64) as f32
}

/// The standard deviation of ratings less μ, 1 where all are alike.
fn spread(centered: &Csr<UserIx, ItemIx>) -> f32 {
    let ratings = centered.rows().flat_map(|(_, _, ratings)| ratings);
    let squares: f64 = ratings.map(|&r| f64::from(r).powi(2)).sum();
    #[expect(clippy::cast_possible_truncation, reason = "no larger than the largest f32")]
    let spread = (squares / centered.nnz().max(1) as f64).sqrt() as f32;
    if spread > 0.0 { spread } else { 1.0 }
}

/// One of the two sides, while the other is fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Users,
    Items,
}

impl Side {
    /// The places of a row that are learned: bias and vector, beside the 1 that the other side's bias meets.
    fn learned(self, dim: usize) -> Range<usize> {
        match self {
            Self::Users => 0..dim + 1,
            Self::Items => 1..dim + 2,
        }
    }

    /// The place of the 1, and of the bias in a row of the other side.
    fn one(self, dim: usize) -> usize {
        match self {
            Self::Users => dim + 1,
            Self::Items => 0,
        }
    }
}

pub(crate) fn load(params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<Explicit, Error> {
    let (n_items, width) = (rows.len(), params.width());
    let items = take_f32(arrays, ITEM_FACTORS, &[n_items, width])?;
    let delta = if params.loss == RatingLoss::Squared {
        params.loss_scale
    } else {
        take_f32(arrays, DELTA, &[1])?[0]
    };
    let robust = Robust::of_delta(&params, delta);
    Ok(Explicit { params, robust, items: Matrix::from_vec(n_items, width, items), users: None })
}

impl Explicit {
    fn of(params: Params, robust: Robust, state: &State, mean: f32) -> Self {
        let users = rows_alone(&params, &state.users);
        let mut items = rows_alone(&params, &state.items);
        let bias = Side::Users.one(params.dim);
        for i in 0..items.n_rows() {
            items.row_mut(i)[bias] += mean;
        }
        Self { params, robust, items, users: Some(users) }
    }

    /// Solves a listener's row; again, and with the weights that follow, where the loss is not squared.
    ///
    /// Each time the loss falls (Holland & Welsch 1977), from where least squares come to.
    fn solve(&self, half: &HalfStep<'_>, history: &History<'_>, x: &mut [f32]) -> Option<()> {
        let ratings: Vec<(usize, f32)> =
            history.pairs().map(|(j, heard)| (j, rating(heard))).collect();
        half.solve(ratings.iter().copied(), x)?;
        if self.robust.is_squared() {
            return Some(());
        }
        for _ in 0..REWEIGHTINGS {
            let weigh = |&(j, rating): &(usize, f32)| {
                (j, rating, self.robust.weight(rating - dot(x, self.items.row(j))))
            };
            let weighted: Vec<(usize, f32, f32)> = ratings.iter().map(weigh).collect();
            half.solve_weighted(weighted.into_iter(), x)?;
        }
        Some(())
    }
}

impl Recommender for Explicit {
    fn n_items(&self) -> usize {
        self.items.n_rows()
    }

    /// \[b_u, p_u, 1\], as a half-step of `als` solves it, with the loss of the training; zeros and 1 where nothing was rated.
    fn represent(&self, history: &History<'_>) -> Query {
        let half = HalfStep { params: &self.params, side: Side::Users, fixed: &self.items };
        let mut x = half.blank_row();
        // Ratings near the end of `f32` may leave a system unsolvable; then nothing is known of the listener.
        if self.solve(&half, history, &mut x).is_none() {
            x = half.blank_row();
        }
        Query::Dense(x)
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        score_rows(queries, scores, self.n_items(), |query, row| {
            let Query::Dense(x) = query else { panic!("a dense query expected, got {query:?}") };
            for (i, score) in row.iter_mut().enumerate() {
                *score = dot(x, self.items.row(i));
            }
        });
    }

    /// None: μ + b_i, most of a predicted rating, comes from everybody's ratings and not from the history.
    fn explain(&self, _history: &History<'_>, _item: ItemIx) -> Option<Vec<f32>> {
        None
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        Some(&self.items)
    }

    fn user_vectors(&self) -> Option<&Matrix> {
        self.users.as_ref()
    }

    fn arrays(&self) -> Arrays {
        let shape = vec![self.items.n_rows(), self.items.dim()];
        let factors = Array::F32 { shape, values: self.items.as_slice().to_vec() };
        let mut arrays = Arrays::from([(ITEM_FACTORS.to_owned(), factors)]);
        if !self.robust.is_squared() {
            let delta = Array::F32 { shape: vec![1], values: vec![self.robust.delta] };
            arrays.insert(DELTA.to_owned(), delta);
        }
        arrays
    }
}

#[cfg(test)]
mod tests;
