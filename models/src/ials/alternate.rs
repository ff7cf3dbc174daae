//! When is which side solved, and when is it enough?
//!
//! Users first, then items, until the iterations are done, the loss hardly falls, or the ranking of what was held out
//! no longer improves: more iterations often recommend worse at a lower loss.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use linalg::{Csr, Matrix};
use music::{ItemIx, RecordingId, UserIx};

use super::pair::Signed;
use super::{Params, loss, rotated};
use crate::array::{Arrays, take_f32, take_u64};
use crate::hash::{hash, unit};
use crate::validation::Validation;
use crate::{Array, Checkpoint, Error, Heard, Loss, Observer, Progress, Step, Training};

const USERS: &str = "users";
const ITEMS: &str = "items";
const BEST_USERS: &str = "best_users";
const BEST_ITEMS: &str = "best_items";
const BEST_AT: &str = "best_iteration";
const BEST_NDCG: &str = "best_ndcg_bits";

/// Vectors of both sides.
#[derive(Clone, Debug)]
pub(super) struct Factors {
    /// x `[n_users × dim]`.
    pub(super) users: Matrix,
    /// y `[n_items × dim]`.
    pub(super) items: Matrix,
}

/// Where a training stands after an iteration.
struct State {
    iteration: usize,
    factors: Factors,
    best: Option<Best>,
}

/// The iteration that ranked what was held out best.
struct Best {
    iteration: usize,
    ndcg: f64,
    factors: Factors,
}

/// Items that hash seed and recording id, users at zero.
pub(super) fn start(params: &Params, training: &Training<'_>) -> Factors {
    Factors {
        users: Matrix::zeros(training.heard.n_rows(), params.dim),
        items: initial_items(training.rows.ids(), params.dim, training.seed),
    }
}

/// Numbers between 0 and 1/√dim, so that vectors begin with a length near 1/√3 and, being positive, with what all items
/// have in common: from numbers around 0 the loss is still higher after fifteen iterations.
pub(super) fn initial_items(ids: &[RecordingId], dim: usize, seed: u64) -> Matrix {
    let scale = 1.0 / (dim as f32).sqrt();
    let of_item = |id: &RecordingId| {
        let of_item = hash([seed, id.0]);
        (0..dim as u64).map(move |d| scale * unit(hash([of_item, d])))
    };
    Matrix::from_vec(ids.len(), dim, ids.iter().flat_map(of_item).collect())
}

/// Alternates from these vectors, or from where the training was stopped.
pub(super) fn alternate(
    params: &Params,
    training: &Training<'_>,
    start: Factors,
    observer: &mut Observer<'_>,
) -> Result<Factors, Error> {
    let validation = Validation::hold_out(training, params.validation);
    let by_user = validation.as_ref().map_or(training.heard, |held_out| &held_out.training);
    let by_item = by_user.transpose_with(Signed::of);
    let mut state = match training.resume {
        Some(checkpoint) => State::resume(params, training, checkpoint)?,
        None => State { iteration: 0, factors: start, best: None },
    };
    let n_iterations = params.iterations;
    let mut before = loss::of(params, by_user, &by_item, &state.factors).total();
    if tell(observer, n_iterations, &state, Step::Ready).is_break() {
        return Err(Error::Stopped(state.checkpoint()));
    }
    while state.iteration < n_iterations {
        state.iteration += 1;
        let diverged = Error::Diverged { iteration: state.iteration, loss: before };
        if iterate(params, by_user, &by_item, &mut state.factors).is_none() {
            return Err(diverged);
        }
        // A wish to stop waits until the iteration is judged as well: a checkpoint lies between two iterations.
        let wish = tell(observer, n_iterations, &state, Step::Iterated);
        let loss = loss::of(params, by_user, &by_item, &state.factors);
        if !loss.total().is_finite() {
            return Err(diverged);
        }
        let ndcg = validation.as_ref().map(|held_out| state.judge(held_out));
        let measured = Step::Measured { loss, ndcg };
        if tell(observer, n_iterations, &state, measured).is_break() || wish.is_break() {
            return Err(Error::Stopped(state.checkpoint()));
        }
        if state.is_enough(params, before, loss) {
            break;
        }
        before = loss.total();
    }
    Ok(state.best.map_or(state.factors, |best| best.factors))
}

/// Solves users, then items; `None` when a row has no finite solution.
fn iterate(
    params: &Params,
    by_user: &Csr<UserIx, ItemIx, Heard>,
    by_item: &Csr<ItemIx, UserIx, Signed>,
    Factors { users, items }: &mut Factors,
) -> Option<()> {
    rotated::solve_all(params, by_user, items, users)?;
    rotated::solve_all(params, by_item, users, items)
}

/// Tells the observer and gives back whether it goes on.
fn tell(
    observer: &mut Observer<'_>,
    n_iterations: usize,
    state: &State,
    step: Step,
) -> ControlFlow<()> {
    observer(Progress { iteration: state.iteration, n_iterations, step })
}

impl State {
    /// Remembers these vectors if nothing ranked the held-out pairs better, and says how well they do.
    fn judge(&mut self, held_out: &Validation) -> f64 {
        let ndcg = held_out.ndcg(&self.factors.users, &self.factors.items);
        let is_better = self.best.as_ref().is_none_or(|best| ndcg > best.ndcg);
        if is_better {
            let factors = self.factors.clone();
            self.best = Some(Best { iteration: self.iteration, ndcg, factors });
        }
        ndcg
    }

    fn is_enough(&self, params: &Params, before: f64, loss: Loss) -> bool {
        let falls_no_more =
            before - loss.total() < f64::from(params.tolerance) * before && params.tolerance > 0.0;
        let ranks_no_better = self
            .best
            .as_ref()
            .is_some_and(|best| self.iteration - best.iteration >= params.patience);
        falls_no_more || ranks_no_better
    }

    fn checkpoint(&self) -> Box<Checkpoint> {
        let mut arrays = BTreeMap::new();
        let mut keep = |name: &str, matrix: &Matrix| {
            let shape = vec![matrix.n_rows(), matrix.dim()];
            let values = matrix.as_slice().to_vec();
            arrays.insert(name.to_owned(), Array::F32 { shape, values });
        };
        keep(USERS, &self.factors.users);
        keep(ITEMS, &self.factors.items);
        if let Some(best) = &self.best {
            keep(BEST_USERS, &best.factors.users);
            keep(BEST_ITEMS, &best.factors.items);
            let word = |x| Array::U64 { shape: vec![1], values: vec![x] };
            arrays.insert(BEST_AT.to_owned(), word(best.iteration as u64));
            arrays.insert(BEST_NDCG.to_owned(), word(best.ndcg.to_bits()));
        }
        Box::new(Checkpoint { iteration: self.iteration, arrays })
    }

    fn resume(
        params: &Params,
        training: &Training<'_>,
        checkpoint: &Checkpoint,
    ) -> Result<Self, Error> {
        let (n_users, n_items) = (training.heard.n_rows(), training.heard.n_cols());
        let arrays = &mut checkpoint.arrays.clone();
        let factors = |arrays: &mut Arrays, users, items| -> Result<Factors, Error> {
            let dim = params.dim;
            let users = take_f32(arrays, users, &[n_users, dim])?;
            let items = take_f32(arrays, items, &[n_items, dim])?;
            let users = Matrix::from_vec(n_users, dim, users);
            Ok(Factors { users, items: Matrix::from_vec(n_items, dim, items) })
        };
        let best = if arrays.contains_key(BEST_AT) {
            let iteration = usize::try_from(take_u64(arrays, BEST_AT)?).unwrap_or(usize::MAX);
            let ndcg = f64::from_bits(take_u64(arrays, BEST_NDCG)?);
            let factors = factors(arrays, BEST_USERS, BEST_ITEMS)?;
            Some(Best { iteration: iteration.min(checkpoint.iteration), ndcg, factors })
        } else {
            None
        };
        Ok(Self { iteration: checkpoint.iteration, factors: factors(arrays, USERS, ITEMS)?, best })
    }
}
