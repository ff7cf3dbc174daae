//! What undoes a large symmetric matrix?
//!
//! The sweep operator (Goodnight 1979) on blocks of rows.
//! With D the block of the diagonal and C the rest of its rows, sweeping it makes
//! D ← −D⁻¹, C ← D⁻¹C, and every other pair R ← R − (D⁻¹C)ᵀC.
//! When each block has been swept once, the matrix has become its inverse, negated.
//! Nearly all of the time goes into the last product, whose rows are independent of each other.

use std::ops::Range;

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::kernels::{LANES, add_scaled, block_start};
use crate::{Cholesky, Matrix};

/// Rows swept together.
const BLOCK: usize = 128;
/// Rows updated side by side, so that a stretch of C once read serves all of them.
const ROWS: usize = 4;
/// Rows updated by one thread before it takes others; a multiple of [`ROWS`].
const TASK_ROWS: usize = 32;

/// The inverse of a symmetric positive definite matrix, in its place; the upper triangle is read.
///
/// `None` when it is not positive definite as far as `f32` can tell.
/// O(n³/2) multiplications, parallel; `2·128·n` numbers of scratch.
///
/// # Panics
/// When the matrix is not square.
#[must_use]
pub fn inverse(mut a: Matrix) -> Option<Matrix> {
    let n = a.dim();
    assert_eq!(a.n_rows(), n, "a square matrix expected");
    for start in (0..n).step_by(BLOCK) {
        sweep(&mut a, start..n.min(start + BLOCK))?;
    }
    for x in a.as_mut_slice() {
        *x = -*x;
    }
    a.mirror_upper();
    Some(a)
}

/// A matrix `[BLOCK × n]` in strips of `WIDTH` columns, so that a kernel reads a strip from front to back.
struct Strips<const WIDTH: usize>(Vec<[f32; WIDTH]>);

impl<const WIDTH: usize> Strips<WIDTH> {
    fn zeros(n: usize) -> Self {
        Self(vec![[0.0; WIDTH]; n.div_ceil(WIDTH) * BLOCK])
    }

    /// The strip that holds a column, one row of it after the other.
    fn strip(&self, column: usize) -> &[[f32; WIDTH]] {
        &self.0[column / WIDTH * BLOCK..][..BLOCK]
    }

    fn at(&self, t: usize, column: usize) -> f32 {
        self.strip(column)[t][column % WIDTH]
    }
}

fn sweep(a: &mut Matrix, block: Range<usize>) -> Option<()> {
    let n = a.dim();
    let c = gather(a, &block);
    let d_inverse = invert_diagonal(a, &block)?;
    let products = multiply(&d_inverse, &c, n);
    a.as_mut_slice().par_chunks_mut(TASK_ROWS * n).enumerate().for_each(|(task, rows)| {
        let first = task * TASK_ROWS;
        for (rows, first) in rows.chunks_mut(ROWS * n).zip((first..).step_by(ROWS)) {
            subtract_products(rows, first, &products, &c, n);
        }
        for (row, i) in rows.chunks_exact_mut(n).zip(first..) {
            put_back(row, i, &block, &products, &d_inverse);
        }
    });
    Some(())
}

/// The rows of the block over all columns, D included; rows of zeros below them where the block is short.
fn gather(a: &Matrix, block: &Range<usize>) -> Strips<LANES> {
    let n = a.dim();
    let mut c = Strips::zeros(n);
    c.0.par_chunks_mut(BLOCK).zip((0..n).into_par_iter().step_by(LANES)).for_each(
        |(strip, first)| {
            for (k, row) in block.clone().zip(strip) {
                for (column, x) in (first..n).zip(row) {
                    // Below the diagonal the matrix holds nothing: by symmetry it stands above.
                    *x = a.row(k.min(column))[k.max(column)];
                }
            }
        },
    );
    c
}

/// D⁻¹ `[BLOCK × BLOCK]`, zero beyond a short block.
fn invert_diagonal(a: &Matrix, block: &Range<usize>) -> Option<Matrix> {
    let size = block.len();
    let values = block.clone().flat_map(|k| &a.row(k)[block.clone()]).copied().collect();
    let factor = Cholesky::factor(&Matrix::from_vec(size, size, values))?;
    let mut inverse = Matrix::zeros(BLOCK, BLOCK);
    for t in 0..size {
        let unit = &mut inverse.row_mut(t)[..size];
        unit[t] = 1.0;
        factor.solve(unit);
    }
    Some(inverse)
}

/// D⁻¹C `[BLOCK × n]`.
fn multiply(d_inverse: &Matrix, c: &Strips<LANES>, n: usize) -> Strips<ROWS> {
    let mut products = Strips::zeros(n);
    products.0.par_chunks_mut(BLOCK).zip((0..n).into_par_iter().step_by(ROWS)).for_each(
        |(strip, first)| {
            for (column, place) in (first..n).zip(0..ROWS) {
                let mut product = [0.0; BLOCK];
                for t in 0..BLOCK {
                    add_scaled(&mut product, c.at(t, column), d_inverse.row(t));
                }
                for (row, x) in strip.iter_mut().zip(product) {
                    row[place] = x;
                }
            }
        },
    );
    products
}

/// R ← R − (D⁻¹C)ᵀC for up to [`ROWS`] rows from `first` on, right of the diagonal.
fn subtract_products(
    rows: &mut [f32],
    first: usize,
    products: &Strips<ROWS>,
    c: &Strips<LANES>,
    n: usize,
) {
    let left = products.strip(first);
    for start in (block_start(first)..n).step_by(LANES) {
        let sums = multiply_strips(left, c.strip(start));
        let end = n.min(start + LANES);
        for (row, sums) in rows.chunks_exact_mut(n).zip(sums) {
            for (x, sum) in row[start..end].iter_mut().zip(sums) {
                *x -= sum;
            }
        }
    }
}

/// Σ over the rows of two strips of every pair of their columns: as many sums as stay in registers.
///
/// Never inlined: alone it compiles to eight vector sums, inside its caller to a shuffle of single numbers.
#[inline(never)]
fn multiply_strips(left: &[[f32; ROWS]], right: &[[f32; LANES]]) -> [[f32; LANES]; ROWS] {
    let mut sums = [[0.0; LANES]; ROWS];
    for (weights, x) in left.iter().zip(right) {
        for r in 0..ROWS {
            for lane in 0..LANES {
                sums[r][lane] += weights[r] * x[lane];
            }
        }
    }
    sums
}

/// Writes D⁻¹C and −D⁻¹ where C and D stood in row `i`.
fn put_back(
    row: &mut [f32],
    i: usize,
    block: &Range<usize>,
    products: &Strips<ROWS>,
    d_inverse: &Matrix,
) {
    if i < block.start {
        for (t, x) in row[block.clone()].iter_mut().enumerate() {
            *x = products.at(t, i);
        }
    } else if block.contains(&i) {
        let t = i - block.start;
        for (x, inverse) in row[block.clone()].iter_mut().zip(d_inverse.row(t)) {
            *x = -inverse;
        }
        for (x, column) in row[block.end..].iter_mut().zip(block.end..) {
            *x = products.at(t, column);
        }
    }
}

#[cfg(test)]
mod tests;
