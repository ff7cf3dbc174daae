//! When is an epoch run, and when is it enough?
//!
//! Until the epochs are done, or the ranking of what was held out no longer improves: pairwise models overfit.

use linalg::Matrix;

use super::Params;
use super::blocks::n_blocks;
use super::course::{Course, User};
use super::loss;
use super::state::State;
use crate::array::{take_f32, take_u64};
use crate::validation::Validation;
use crate::{Array, Checkpoint, Error, Observer, Progress, Step, Training};

const BEST_USERS: &str = "best_users";
const BEST_ITEMS: &str = "best_items";
const BEST_AT: &str = "best_iteration";
const BEST_NDCG: &str = "best_ndcg_bits";

/// Vectors of both sides, by row, with bias: the product of two is a score.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Vectors {
    /// \[x_u, 1\] `[n_users × (dim + 1)]`.
    pub(super) users: Matrix,
    /// \[y_i, b_i\] `[n_items × (dim + 1)]`.
    pub(super) items: Matrix,
}

/// The epoch that ranked what was held out best.
struct Best {
    epoch: usize,
    ndcg: f64,
    vectors: Vectors,
}

/// Where a training stands after an epoch.
struct Standing {
    epoch: usize,
    state: State,
    best: Option<Best>,
}

/// Runs the epochs, from the start or from where the training was stopped.
pub(super) fn train(
    params: Params,
    training: &Training<'_>,
    observer: &mut Observer<'_>,
) -> Result<Vectors, Error> {
    let n_blocks = n_blocks(training.heard.n_rows(), training.heard.n_cols(), params.dim);
    train_in_blocks(params, training, n_blocks, observer)
}

pub(super) fn train_in_blocks(
    params: Params,
    training: &Training<'_>,
    n_blocks: usize,
    observer: &mut Observer<'_>,
) -> Result<Vectors, Error> {
    let validation = Validation::hold_out(training, params.validation);
    let heard = validation.as_ref().map_or(training.heard, |held_out| &held_out.training);
    let course = Course::new(params, heard, training.rows.ids(), training.seed, n_blocks);
    let mut standing = match training.resume {
        Some(checkpoint) => Standing::resume(&course, checkpoint)?,
        None => Standing { epoch: 0, state: course.start(), best: None },
    };
    let mut scratch = course.scratch();
    let mut tell =
        |iteration, step| observer(Progress { iteration, n_iterations: params.epochs, step });
    let mut before = loss::of(&course, &standing.state).total();
    if tell(standing.epoch, Step::Ready).is_break() {
        return Err(Error::Stopped(standing.checkpoint(&course)));
    }
    while standing.epoch < params.epochs {
        standing.epoch += 1;
        course.epoch(standing.epoch, &mut standing.state, &mut scratch);
        // A wish to stop waits until the epoch is judged as well: a checkpoint lies between two epochs.
        let wish = tell(standing.epoch, Step::Iterated);
        let loss = loss::of(&course, &standing.state);
        if !loss.total().is_finite() || !standing.state.is_finite() {
            return Err(Error::Diverged { iteration: standing.epoch, loss: before });
        }
        before = loss.total();
        let ndcg = validation.as_ref().map(|held_out| standing.judge(&course, held_out));
        let measured = tell(standing.epoch, Step::Measured { loss, ndcg });
        if measured.is_break() || wish.is_break() {
            return Err(Error::Stopped(standing.checkpoint(&course)));
        }
        let best_at = standing.best.as_ref().map_or(standing.epoch, |best| best.epoch);
        if standing.epoch - best_at >= params.patience {
            break;
        }
    }
    let Standing { state, best, .. } = standing;
    Ok(best.map_or_else(|| vectors(&course, &state), |best| best.vectors))
}

fn vectors(course: &Course<'_>, state: &State) -> Vectors {
    let dim = course.rules.params.dim;
    let order = course.users.iter().map(|&User { row, .. }| row);
    Vectors { users: state.user_vectors(dim, order), items: state.item_vectors(dim) }
}

impl Standing {
    /// Remembers these vectors if none ranked the held-out pairs better, and says how well they do.
    fn judge(&mut self, course: &Course<'_>, held_out: &Validation) -> f64 {
        let vectors = vectors(course, &self.state);
        let ndcg = held_out.ndcg(&vectors.users, &vectors.items);
        if self.best.as_ref().is_none_or(|best| ndcg > best.ndcg) {
            self.best = Some(Best { epoch: self.epoch, ndcg, vectors });
        }
        ndcg
    }

    fn checkpoint(&self, course: &Course<'_>) -> Box<Checkpoint> {
        let mut arrays = self.state.arrays(course.rules.params.dim);
        if let Some(best) = &self.best {
            let sides = [(BEST_USERS, &best.vectors.users), (BEST_ITEMS, &best.vectors.items)];
            for (name, side) in sides {
                let shape = vec![side.n_rows(), side.dim()];
                let values = side.as_slice().to_vec();
                arrays.insert(name.to_owned(), Array::F32 { shape, values });
            }
            for (name, word) in [(BEST_AT, best.epoch as u64), (BEST_NDCG, best.ndcg.to_bits())] {
                arrays.insert(name.to_owned(), Array::U64 { shape: vec![1], values: vec![word] });
            }
        }
        Box::new(Checkpoint { iteration: self.epoch, arrays })
    }

    fn resume(course: &Course<'_>, checkpoint: &Checkpoint) -> Result<Self, Error> {
        let dim = course.rules.params.dim;
        let (n_users, n_items) = (course.heard.n_rows(), course.heard.n_cols());
        let arrays = &mut checkpoint.arrays.clone();
        let state = State::from_arrays(arrays, n_users, n_items, dim)?;
        let epoch = checkpoint.iteration;
        let best = if arrays.contains_key(BEST_AT) {
            let users = take_f32(arrays, BEST_USERS, &[n_users, dim + 1])?;
            let items = take_f32(arrays, BEST_ITEMS, &[n_items, dim + 1])?;
            let at = usize::try_from(take_u64(arrays, BEST_AT)?).unwrap_or(usize::MAX);
            let vectors = Vectors {
                users: Matrix::from_vec(n_users, dim + 1, users),
                items: Matrix::from_vec(n_items, dim + 1, items),
            };
            let ndcg = f64::from_bits(take_u64(arrays, BEST_NDCG)?);
            Some(Best { epoch: at.min(epoch), ndcg, vectors })
        } else {
            None
        };
        Ok(Self { epoch, state, best })
    }
}
