//! Which few directions hold most of a sparse matrix?
//!
//! Randomized subspace iteration: Halko, Martinsson & Tropp, Finding Structure with Randomness (2011), algorithm 4.4,
//! with the columns of the matrix as the side that is kept and one orthonormal basis a power iteration.
//! X ≈ UΣVᵀ with X `[n_rows × n_cols]`, V `[n_cols × dim]`; the caller gives the random start, a few columns wider
//! than what is wanted of it.
//! After q iterations what lies beyond the width is damped by (σ_beyond/σ)^(2q).
//! A direction whose σ is less than a thousandth of the largest may be lost in the rounding of `f32`, or a longer one of
//! which the start holds little.

mod gram;

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::eigen::{Eigen, eigen_of_lower};
use crate::{Csr, Isa, Matrix, RightFactor, add_scaled};
use gram::lower_gram;

/// Rows multiplied by one thread before it takes others.
const CHUNK_ROWS: usize = 256;
/// An eigenvalue of a Gram matrix that is smaller, relative to the largest, is what `f32` left of zero.
const NEGLIGIBLE: f64 = 1e-12;
/// The same for singular values once the basis is orthonormal.
const NEGLIGIBLE_VALUE: f64 = 1e-5;

/// The largest singular values of a matrix, and their right vectors.
#[derive(Clone, Debug, PartialEq)]
pub struct Svd {
    /// σ `[dim]`, the largest first; 0 from where the rank ends.
    pub values: Vec<f64>,
    /// Column k belongs to σ_k and has length 1 `[n_cols × dim]`; zeros where σ_k is 0.
    ///
    /// The entry of largest magnitude, the first of several, is positive.
    pub right: Matrix,
}

/// A basis of columns that turns, iteration by iteration, towards the largest singular vectors.
#[derive(Debug)]
pub struct SubspaceIteration<'a, R, C> {
    x: &'a Csr<R, C>,
    x_t: Csr<C, R>,
    /// Z `[n_cols × width]`, orthonormal after the first iteration.
    basis: Matrix,
    /// XZ `[n_rows × width]`.
    images: Matrix,
}

impl<'a, R: Sync, C: Sync> SubspaceIteration<'a, R, C> {
    /// From a random matrix `[n_cols × width]`, or from the basis of an iteration before. O(nnz·width).
    ///
    /// # Panics
    /// When `start` has not a row for each column of `x`.
    #[must_use]
    pub fn new(x: &'a Csr<R, C>, start: Matrix) -> Self {
        assert_eq!(
            start.n_rows(),
            x.n_cols(),
            "a row for each column of the sparse matrix expected"
        );
        let images = product(x, &start);
        Self { x, x_t: x.transpose(), basis: start, images }
    }

    /// One power iteration: Z ← an orthonormal basis of XᵀXZ.
    ///
    /// `None` when the numbers are no longer finite.
    /// O(nnz·width + n_cols·width²), parallel over rows.
    #[must_use]
    pub fn advance(&mut self) -> Option<()> {
        let mut basis = product(&self.x_t, &self.images);
        orthonormalize(&mut basis)?;
        self.images = product(self.x, &basis);
        self.basis = basis;
        Some(())
    }

    /// Z, from which [`SubspaceIteration::new`] goes on to the same bits.
    #[must_use]
    pub fn basis(&self) -> &Matrix {
        &self.basis
    }

    /// The `dim` largest singular values and their right vectors, in the subspace found so far.
    ///
    /// No value falls from one iteration to the next; before the first the basis may not be orthonormal, and nothing
    /// of this holds.
    /// `None` when the numbers are no longer finite. O((n_rows + n_cols)·width²), parallel over rows.
    #[must_use]
    pub fn svd(&self, dim: usize) -> Option<Svd> {
        // (XZ)ᵀXZ = WΣ²Wᵀ makes V = ZW.
        let rotation = eigen_of_lower(lower_gram(&self.images), self.images.dim())?;
        let mut right = self.basis.clone();
        multiply_rows(&mut right, &rotation.vectors);
        let mut values: Vec<f64> = rotation.values.iter().map(|x| x.max(0.0).sqrt()).collect();
        let least = NEGLIGIBLE_VALUE * values.first().copied().unwrap_or(0.0);
        values.resize(dim, 0.0);
        for value in &mut values {
            if *value <= least {
                *value = 0.0;
            }
        }
        let right = turned_upright(&right, &values);
        Some(Svd { values, right })
    }
}

/// XZ. O(nnz·width), parallel over rows.
fn product<R: Sync, C: Sync>(x: &Csr<R, C>, z: &Matrix) -> Matrix {
    let mut product = Matrix::zeros(x.n_rows(), z.dim());
    product.as_mut_slice().par_chunks_mut(z.dim().max(1)).enumerate().for_each(|(r, out)| {
        let (columns, values) = x.row(r);
        for (&c, &value) in columns.iter().zip(values) {
            add_scaled(out, value, z.row(c as usize));
        }
    });
    product
}

/// Replaces the columns of a tall matrix by an orthonormal basis of what they span, the largest part first.
///
/// A column beyond the rank becomes zero. `None` when the matrix is not finite.
fn orthonormalize(y: &mut Matrix) -> Option<()> {
    // YᵀY = UΛUᵀ makes YUΛ^(−1/2) orthonormal, as far as the rounding of U and Λ allows.
    let Eigen { values, vectors: mut factor } = eigen_of_lower(lower_gram(y), y.dim())?;
    let least = NEGLIGIBLE * values.first().copied().unwrap_or(0.0);
    for (u, &value) in factor.as_mut_slice().chunks_exact_mut(y.dim().max(1)).zip(&values) {
        let scale = if value > least { 1.0 / value.sqrt() } else { 0.0 };
        for x in u {
            *x = narrow(f64::from(*x) * scale);
        }
    }
    multiply_rows(y, &factor);
    // What is nearly orthonormal, YᵀY = 1 + E, becomes so by (1 + E)^(−1/2) ≈ 1 − E/2 = (3 − YᵀY)/2.
    let mut factor = y.gram();
    for x in factor.as_mut_slice() {
        *x *= -0.5;
    }
    for k in 0..y.dim() {
        factor.row_mut(k)[k] += 1.5;
    }
    multiply_rows(y, &factor);
    Some(())
}

#[expect(clippy::cast_possible_truncation, reason = "a factor of f32 rows, rounded to f32")]
fn narrow(x: f64) -> f32 {
    x as f32
}

/// Replaces each row of `y` by its dots with the rows of `factor`. O(n_rows·dim²), parallel over rows.
fn multiply_rows(y: &mut Matrix, factor: &Matrix) {
    let dim = y.dim();
    if dim == 0 {
        return;
    }
    let (right, isa) = (RightFactor::transposed(factor), Isa::best());
    y.as_mut_slice().par_chunks_mut(CHUNK_ROWS * dim).for_each(|rows| right.multiply(rows, isa));
}

/// A column for each value, its entry of largest magnitude positive; zeros where the value is 0.
fn turned_upright(vectors: &Matrix, values: &[f64]) -> Matrix {
    let mut signs = vec![0.0_f32; vectors.dim()];
    for i in 0..vectors.n_rows() {
        for (largest, &x) in signs.iter_mut().zip(vectors.row(i)) {
            if x.abs() > largest.abs() {
                *largest = x;
            }
        }
    }
    for (sign, &value) in signs.iter_mut().zip(values) {
        *sign = if value > 0.0 { 1.0_f32.copysign(*sign) } else { 0.0 };
    }
    let mut upright = Matrix::zeros(vectors.n_rows(), values.len());
    for i in 0..vectors.n_rows() {
        for ((out, x), sign) in upright.row_mut(i).iter_mut().zip(vectors.row(i)).zip(&signs) {
            *out = x * sign;
        }
    }
    upright
}

#[cfg(test)]
mod tests;
