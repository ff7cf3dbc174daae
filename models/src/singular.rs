//! Which few directions hold most of who heard what?
//!
//! X ≈ XVVᵀ with V the right singular vectors `[n_items × dim]`: what PureSVD and GF-CF share.
//! The iterations are [`linalg::SubspaceIteration`], from a start that hashes seed and recording id.

use std::ops::ControlFlow;

use linalg::{Csr, Isa, Matrix, SubspaceIteration, add_scaled, dots_with};
use music::{ItemIx, UserIx};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::array::take_f32;
use crate::hash::{hash, normal};
use crate::{Array, Checkpoint, Error, Loss, Observer, Progress, Step, Training};

const BASIS: &str = "basis";

/// Columns of the start beyond those wanted: Halko, Martinsson & Tropp (2011), §1.3, call 5 or 10 enough.
const OVERSAMPLING: usize = 10;

/// How many directions are wanted, and after how many iterations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) dim: usize,
    pub(crate) iterations: usize,
}

/// V `[n_items × dim]`, zeros beyond the rank.
///
/// O(nnz·dim + (n_users + n_items)·dim²) an iteration; the loss is ‖X − XVVᵀ‖² and costs as much again.
///
/// # Errors
/// [`Error::Diverged`] when a number is no longer finite; [`Error::Stopped`] when the observer wants it;
/// [`Error::BadArray`] when a checkpoint is not of this training.
pub(crate) fn right_vectors(
    wanted: Wanted,
    x: &Csr<UserIx, ItemIx>,
    training: &Training<'_>,
    observer: &mut Observer<'_>,
) -> Result<Matrix, Error> {
    let Wanted { dim, iterations: n_iterations } = wanted;
    let (mut iteration, start) = begin(training, (dim + OVERSAMPLING).min(x.n_cols()))?;
    let mut tell = |iteration, step, basis: &Matrix| match observer(Progress {
        iteration,
        n_iterations,
        step,
    }) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Error::Stopped(Box::new(stop(iteration, basis)))),
    };
    let mut subspace = SubspaceIteration::new(x, start);
    let mut loss = Loss { observed: x.rows().map(|(_, _, x)| squares(x)).sum(), ..Loss::default() };
    tell(iteration, Step::Ready, subspace.basis())?;
    while iteration < n_iterations {
        iteration += 1;
        let before = loss.total();
        let diverged = || Error::Diverged { iteration, loss: before };
        subspace.advance().ok_or_else(diverged)?;
        tell(iteration, Step::Iterated, subspace.basis())?;
        loss = loss_of(x, &subspace.svd(dim).ok_or_else(diverged)?.right);
        if !loss.total().is_finite() {
            return Err(diverged());
        }
        tell(iteration, Step::Measured { loss, ndcg: None }, subspace.basis())?;
    }
    let diverged = Error::Diverged { iteration, loss: loss.total() };
    Ok(subspace.svd(dim).ok_or(diverged)?.right)
}

/// XV `[n_users × dim]`.
pub(crate) fn project(x: &Csr<UserIx, ItemIx>, right: &Matrix) -> Matrix {
    let mut users = Matrix::zeros(x.n_rows(), right.dim());
    users.as_mut_slice().par_chunks_mut(right.dim()).enumerate().for_each(|(u, x_u)| {
        let (items, values) = x.row(u);
        for (&i, &value) in items.iter().zip(values) {
            add_scaled(x_u, value, right.row(i as usize));
        }
    });
    users
}

/// Iterations done and the basis after them.
fn begin(training: &Training<'_>, width: usize) -> Result<(usize, Matrix), Error> {
    let ids = training.rows.ids();
    let Some(checkpoint) = training.resume else {
        let of_item = |id: &music::RecordingId| {
            let of_item = hash([training.seed, id.0]);
            (0..width as u64).map(move |d| normal(hash([of_item, d])))
        };
        let values = ids.iter().flat_map(of_item).collect();
        return Ok((0, Matrix::from_vec(ids.len(), width, values)));
    };
    let values = take_f32(&mut checkpoint.arrays.clone(), BASIS, &[ids.len(), width])?;
    Ok((checkpoint.iteration, Matrix::from_vec(ids.len(), width, values)))
}

fn stop(iteration: usize, basis: &Matrix) -> Checkpoint {
    let shape = vec![basis.n_rows(), basis.dim()];
    let basis = Array::F32 { shape, values: basis.as_slice().to_vec() };
    Checkpoint { iteration, arrays: [(BASIS.to_owned(), basis)].into() }
}

/// ‖X − XVVᵀ‖², apart for the pairs in X and all others.
fn loss_of(x: &Csr<UserIx, ItemIx>, right: &Matrix) -> Loss {
    let users = project(x, right);
    let of_user = |u: usize| {
        let (items, values) = x.row(u);
        let mut scores = vec![0.0; items.len()];
        dots_with(right, items, users.row(u), &mut scores, Isa::best());
        let (mut misses, mut scored) = (0.0, 0.0);
        for (&value, score) in values.iter().zip(scores) {
            misses += f64::from(value - score).powi(2);
            scored += f64::from(score).powi(2);
        }
        // As V is orthonormal, the squares of all of a user's scores sum to those of x_uV.
        (misses, squares(users.row(u)) - scored)
    };
    // First one sum a user, then the users in order: the same bits with any number of threads.
    let sums: Vec<(f64, f64)> = (0..x.n_rows()).into_par_iter().map(of_user).collect();
    let (observed, unobserved) =
        sums.into_iter().fold((0.0, 0.0), |sum, of_user| (sum.0 + of_user.0, sum.1 + of_user.1));
    Loss { observed, unobserved, regularizer: 0.0 }
}

fn squares(x: &[f32]) -> f64 {
    x.iter().map(|&x| f64::from(x) * f64::from(x)).sum()
}

#[cfg(test)]
mod tests;
