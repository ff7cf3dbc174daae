//! Along which directions does a small symmetric matrix only stretch?
//!
//! A = QΛQᵀ by Householder reflections to tridiagonal form and implicit QL on that
//! (Golub & Van Loan, Matrix Computations, §8.3; EISPACK's `tred2` and `tql2`).
//! The rotations of QL are written down first and then applied to eight columns of Qᵀ at a time, so that
//! a stretch of Qᵀ stays in the nearest cache while all rotations pass over it.
//! `f64` inside; about 8·dim³ operations and 40·dim² bytes.

mod ql;
mod tridiagonal;

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::Matrix;
use tridiagonal::Tridiagonal;

/// Numbers handled side by side.
const LANES: usize = 8;

/// A row of lanes.
type Lanes = [f64; LANES];

/// The eigenvalues and eigenvectors of a symmetric matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Eigen {
    /// The eigenvalues λ `[dim]`, the largest first.
    pub values: Vec<f64>,
    /// Row k is the eigenvector of the k-th eigenvalue, of length 1 `[dim × dim]`; this is Qᵀ.
    ///
    /// The entry of largest magnitude, the first of several, is positive.
    pub vectors: Matrix,
}

/// Every eigenvalue and eigenvector of a symmetric matrix, read from its upper triangle.
///
/// `None` when the matrix is not finite, or should QL ever not end.
/// The error of a value is some 10⁻¹⁵ of the largest; where values are that close, any basis of their
/// common space may come back, and always the same one.
///
/// # Panics
/// When the matrix is not square.
#[must_use]
pub fn symmetric_eigen(a: &Matrix) -> Option<Eigen> {
    let dim = a.dim();
    assert_eq!(a.n_rows(), dim, "a square matrix expected");
    let mut lower = vec![0.0; dim * dim];
    for j in 0..dim {
        for (i, &x) in a.row(j).iter().enumerate().skip(j) {
            lower[i * dim + j] = f64::from(x);
        }
    }
    eigen_of_lower(lower, dim)
}

/// The same from the rows of the lower triangle `[dim × dim]`, in `f64`.
pub(crate) fn eigen_of_lower(lower: Vec<f64>, dim: usize) -> Option<Eigen> {
    let reduced = Tridiagonal::reduce(lower, dim)?;
    let mut basis = across(&reduced.basis(), dim);
    let (values, sweeps) = ql::diagonalize(reduced.diagonal, reduced.beside)?;
    basis.par_chunks_mut(dim.max(1)).for_each(|columns| sweeps.rotate(columns));
    let mut order: Vec<usize> = (0..dim).collect();
    order.sort_by(|&k, &l| values[l].total_cmp(&values[k]));
    let mut vectors = Matrix::zeros(dim, dim);
    vectors.as_mut_slice().par_chunks_mut(dim.max(1)).zip(&order).for_each(|(vector, &k)| {
        for (x, place) in vector.chunks_mut(LANES).zip(basis.chunks_exact(dim)) {
            for (x, &y) in x.iter_mut().zip(&place[k]) {
                *x = narrow(y);
            }
        }
        turn_upright(vector);
    });
    Some(Eigen { values: order.iter().map(|&k| values[k]).collect(), vectors })
}

/// From lanes over rows to lanes over columns: `[row block][column]` to `[column block][row]`.
fn across(by_rows: &[Lanes], dim: usize) -> Vec<Lanes> {
    let mut by_columns = vec![[0.0; LANES]; by_rows.len()];
    for (column_block, rows) in by_columns.chunks_exact_mut(dim.max(1)).enumerate() {
        let columns = column_block * LANES..dim.min((column_block + 1) * LANES);
        for (r, row) in rows.iter_mut().enumerate() {
            let from = &by_rows[r / LANES * dim..][columns.clone()];
            for (x, y) in row.iter_mut().zip(from) {
                *x = y[r % LANES];
            }
        }
    }
    by_columns
}

#[expect(clippy::cast_possible_truncation, reason = "entries of a unit vector, rounded to f32")]
fn narrow(x: f64) -> f32 {
    x as f32
}

/// Makes the entry of largest magnitude positive.
fn turn_upright(vector: &mut [f32]) {
    let mut largest = 0.0_f32;
    for &x in vector.iter() {
        if x.abs() > largest.abs() {
            largest = x;
        }
    }
    if largest < 0.0 {
        for x in vector {
            *x = -*x;
        }
    }
}

#[cfg(test)]
mod tests;
