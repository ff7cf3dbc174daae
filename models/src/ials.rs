//! Which vectors explain who heard what?
//!
//! Implicit alternating least squares: Hu, Koren & Volinsky (2008), with the unobserved weight and the
//! frequency-scaled regularization of Rendle, Krichene, Zhang & Koren, Revisiting iALS (2022).
//! With users x_u and items y_i `[rows × dim]` it minimizes, exactly for one side at a time,
//!
//! Σ_observed c_ui·(p_ui − x_u·y_i)² + w₀·Σ_all (x_u·y_i)² + Σ_u λ_u·‖x_u‖² + Σ_i λ_i·‖y_i‖²
//!
//! with p_ui 1 where liked, else `negative_target`, and λ_u = `reg`·(n_u + w₀·n_items)^`reg_exponent`, n_u the
//! number of the user's pairs; items likewise.
//! What is kept are the items: a listener's vector is always solved anew from the listener's history.

mod half_step;
mod loss;
mod params;

use std::collections::BTreeMap;

use linalg::{Matrix, dot};
use music::{ItemIx, RecordingId, Rows};

use crate::array::{Arrays, take_f32};
use crate::hash::{hash, normal};
use crate::recommender::score_rows;
use crate::{
    Array, Checkpoint, Error, Heard, History, Observer, Progress, Query, Recommender, Step,
    Training,
};
use half_step::HalfStep;
pub use params::{Params, Precision, Solver, Weighting};

const ITEM_FACTORS: &str = "item_factors";

/// Item vectors, and what a listener's own is solved with.
#[derive(Debug)]
pub struct Ials {
    params: Params,
    /// y `[n_items × dim]`.
    items: Matrix,
    /// w₀·YᵀY `[dim × dim]`.
    base: Matrix,
}

/// Alternates between users and items, users first, from items that hash seed and recording id.
///
/// O(nnz·dim² + (n_users + n_items)·dim³) time an iteration, parallel over rows.
///
/// # Errors
/// [`Error::Diverged`] when a system has no finite solution or the loss is not finite;
/// [`Error::Stopped`] when the observer wants it.
pub fn fit(
    params: Params,
    training: &Training<'_>,
    observer: &mut Observer<'_>,
) -> Result<Ials, Error> {
    let start = initial_items(training.rows.ids(), params.dim, training.seed);
    alternate(params, training, start, observer)
}

/// Numbers of variance 1/dim, so that vectors begin with a length near 1.
fn initial_items(ids: &[RecordingId], dim: usize, seed: u64) -> Matrix {
    let scale = 1.0 / (dim as f32).sqrt();
    let of_item = |id: &RecordingId| {
        let of_item = hash([seed, id.0]);
        (0..dim as u64).map(move |d| scale * normal(hash([of_item, d])))
    };
    Matrix::from_vec(ids.len(), dim, ids.iter().flat_map(of_item).collect())
}

fn alternate(
    params: Params,
    training: &Training<'_>,
    mut items: Matrix,
    observer: &mut Observer<'_>,
) -> Result<Ials, Error> {
    let by_user = training.heard;
    let by_item = by_user.transpose();
    let mut users = Matrix::zeros(by_user.n_rows(), params.dim);
    let n_iterations = params.iterations;
    let mut loss = loss::of(&params, by_user, &by_item, &users, &items);
    for iteration in 1..=n_iterations {
        let diverged = Error::Diverged { iteration, loss: loss.total() };
        let solved = half_step::solve_all(&params, by_user, &items, &mut users)
            .and_then(|()| half_step::solve_all(&params, &by_item, &users, &mut items));
        loss = loss::of(&params, by_user, &by_item, &users, &items);
        if solved.is_none() || !loss.total().is_finite() {
            return Err(diverged);
        }
        let step = Step::Measured { loss, ndcg: None };
        if observer(Progress { iteration, n_iterations, step }).is_break() {
            return Err(Error::Stopped(Box::new(Checkpoint {
                iteration,
                arrays: BTreeMap::new(),
            })));
        }
    }
    Ok(Ials::new(params, items))
}

pub(crate) fn load(params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<Ials, Error> {
    let values = take_f32(arrays, ITEM_FACTORS, &[rows.len(), params.dim])?;
    Ok(Ials::new(params, Matrix::from_vec(rows.len(), params.dim, values)))
}

impl Ials {
    fn new(params: Params, items: Matrix) -> Self {
        Self { params, base: half_step::base(&params, &items), items }
    }

    fn half_step(&self) -> HalfStep<'_> {
        HalfStep { params: &self.params, base: &self.base, factors: &self.items }
    }

    /// A⁻¹b for the system A of this history; zeros where confidences near the end of `f32` leave it unsolvable.
    fn solve(&self, history: &History<'_>, mut b: Vec<f32>) -> Vec<f32> {
        let mut scratch = self.base.clone();
        match self.half_step().factor(history.pairs(), &mut scratch) {
            Some(factor) => factor.solve(&mut b),
            None => b.fill(0.0),
        }
        b
    }
}

impl Recommender for Ials {
    fn n_items(&self) -> usize {
        self.items.n_rows()
    }

    fn represent(&self, history: &History<'_>) -> Query {
        let mut b = vec![0.0; self.params.dim];
        self.half_step().target(history.pairs(), &mut b);
        Query::Dense(self.solve(history, b))
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        score_rows(queries, scores, self.n_items(), |query, row| {
            let Query::Dense(x) = query else { panic!("a dense query expected, got {query:?}") };
            for (i, score) in row.iter_mut().enumerate() {
                *score = dot(x, self.items.row(i));
            }
        });
    }

    /// c_j·p_j·(y_iᵀA⁻¹y_j), as in Hu, Koren & Volinsky (2008), §5.
    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>> {
        let z = self.solve(history, self.items.row(item.0 as usize).to_vec());
        let contribution = |(j, heard): (usize, Heard)| {
            self.params.system_weights(heard).1 * dot(&z, self.items.row(j))
        };
        Some(history.pairs().map(contribution).collect())
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        Some(&self.items)
    }

    fn arrays(&self) -> Vec<(&'static str, Array)> {
        let shape = vec![self.items.n_rows(), self.items.dim()];
        vec![(ITEM_FACTORS, Array::F32 { shape, values: self.items.as_slice().to_vec() })]
    }
}

#[cfg(test)]
mod tests;
