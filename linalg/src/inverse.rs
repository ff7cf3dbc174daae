//! What undoes a large symmetric matrix?
//!
//! The sweep operator (Goodnight 1979) on blocks of rows.
//! With D the block of the diagonal and C the rest of its rows, sweeping it makes
//! D ← −D⁻¹, C ← D⁻¹C, and every other pair R ← R − (D⁻¹C)ᵀC.
//! When each block has been swept once, the matrix has become its inverse, negated.
//! Rows and columns are scaled beforehand so that the diagonal is about 1, and then what is far too small to matter is
//! rounded away: a product of two numbers that are left is never subnormal, which would take a hundred times as long.
//! Nearly all of the time goes into the last product: a few of its rows and a panel of its columns are a tile whose sums
//! stay in registers, and the matrix itself passes by once a sweep.

use std::ops::Range;

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use crate::kernels::copy_transposed;
use crate::packed::Block;
use crate::product::{RightFactor, panel_tile};
use crate::ranking::{PANEL_ROWS, Panels};
use crate::simd::{Isa, Kernel, LANES, Simd};
use crate::{Cholesky, Matrix};

/// Rows swept together: a panel of as many rows fits into the first cache, and the more they are, the less often all of
/// the matrix is read and written.
const BLOCK: usize = 256;
/// Rows updated by one thread before it takes others; divides [`BLOCK`].
const TASK_ROWS: usize = 128;
/// Rows or columns turned at a time.
const TURNED: usize = 64;
/// Added and taken away again it leaves whole multiples of 2⁻⁶², of which any product is 0 or a normal number.
const ROUNDING: f32 = 1.5 / (1_u64 << 39) as f32;

/// The inverse of a symmetric positive definite matrix, in its place; the upper triangle is read.
///
/// `None` when it is not positive definite as far as `f32` can tell.
/// O(n³/2) multiplications, parallel; [`inverse_scratch_bytes`] beside the matrix.
///
/// # Panics
/// When the matrix is not square.
#[must_use]
pub fn inverse(a: Matrix) -> Option<Matrix> {
    inverse_with(a, Isa::best())
}

/// Bytes that [`inverse`] takes beside a matrix of this side.
#[must_use]
pub fn inverse_scratch_bytes(n: usize) -> u64 {
    // The rows of a block twice, as rows and as panels.
    2 * BLOCK.min(n) as u64 * n as u64 * size_of::<f32>() as u64
}

fn inverse_with(mut a: Matrix, isa: Isa) -> Option<Matrix> {
    let n = a.dim();
    assert_eq!(a.n_rows(), n, "a square matrix expected");
    let scales: Vec<f32> = (0..n).map(|i| scale(a.row(i)[i])).collect();
    if !scales.iter().all(|scale| scale.is_normal()) {
        return None;
    }
    rescale(&mut a, &scales, |x| (x + ROUNDING) - ROUNDING);
    for start in (0..n).step_by(BLOCK) {
        sweep(&mut a, start..n.min(start + BLOCK), isa)?;
    }
    rescale(&mut a, &scales, |x| -x);
    a.mirror_upper();
    Some(a)
}

/// The power of two by which a row and a column are scaled so that a number of the diagonal comes between ½ and 2; no
/// number at all where it is not positive.
fn scale(of_diagonal: f32) -> f32 {
    (-0.5 * of_diagonal.log2()).round().exp2()
}

/// Scales rows and columns of the upper triangle.
fn rescale(a: &mut Matrix, scales: &[f32], and: impl Fn(f32) -> f32 + Sync) {
    a.as_mut_slice().par_chunks_mut(scales.len().max(1)).enumerate().for_each(|(r, row)| {
        for (x, scale) in row[r..].iter_mut().zip(&scales[r..]) {
            *x = and(*x * scales[r] * scale);
        }
    });
}

fn sweep(a: &mut Matrix, block: Range<usize>, isa: Isa) -> Option<()> {
    let n = a.dim();
    let mut rows = gather(a, &block);
    let c = Panels::new(&rows);
    let d_inverse = invert_diagonal(a, &block)?;
    let right = RightFactor::transposed(&d_inverse);
    let size = block.len();
    rows.as_mut_slice().par_chunks_mut(TURNED * size).for_each(|rows| {
        right.multiply(rows, isa);
        for x in rows {
            *x = (*x + ROUNDING) - ROUNDING;
        }
    });
    let products = &rows;
    // Upper rows are longer, so that a thread that is done early takes single tasks from the others.
    let tasks = a.as_mut_slice().par_chunks_mut(TASK_ROWS * n).enumerate().with_max_len(1);
    tasks.for_each(|(task, rows)| {
        let first = task * TASK_ROWS;
        if block.contains(&first) {
            return;
        }
        // From the diagonal on, all but the columns of the block.
        let before = first..block.start.max(first);
        let after = block.end.max(first)..n;
        for columns in [before, after] {
            isa.run(Subtract { rows, n, first, columns, products, c: &c });
        }
    });
    put_back(a, &block, products, &d_inverse);
    Some(())
}

/// Cᵀ, D included: for each column of the matrix its numbers in the rows of the block `[n × block]`.
fn gather(a: &Matrix, block: &Range<usize>) -> Matrix {
    let (n, size) = (a.dim(), block.len());
    let mut rows = Matrix::zeros(n, size);
    rows.as_mut_slice().par_chunks_mut(TURNED * size).enumerate().for_each(|(chunk, rows)| {
        let first = chunk * TURNED;
        if first >= block.end {
            copy_transposed(rows, size, &a.as_slice()[block.start * n + first..], n, size);
            return;
        }
        for (row, column) in rows.chunks_exact_mut(size).zip(first..) {
            // Below the diagonal the matrix holds nothing: by symmetry it stands above.
            for (x, k) in row.iter_mut().zip(block.clone()) {
                *x = a.row(k.min(column))[k.max(column)];
            }
        }
    });
    rows
}

/// D⁻¹ `[block × block]`.
fn invert_diagonal(a: &Matrix, block: &Range<usize>) -> Option<Matrix> {
    let size = block.len();
    let values = block.clone().flat_map(|k| &a.row(k)[block.clone()]).copied().collect();
    let factor = Cholesky::factor(&Matrix::from_vec(size, size, values))?;
    let mut inverse = Matrix::zeros(size, size);
    inverse.as_mut_slice().par_chunks_mut(size).enumerate().for_each(|(t, unit)| {
        unit[t] = 1.0;
        factor.solve(unit);
    });
    Some(inverse)
}

/// R ← R − (D⁻¹C)ᵀC for rows from `first` on and a range of whole panels, the last of the matrix apart, right of the
/// diagonal.
struct Subtract<'a> {
    rows: &'a mut [f32],
    n: usize,
    first: usize,
    columns: Range<usize>,
    /// (D⁻¹C)ᵀ.
    products: &'a Matrix,
    c: &'a Panels,
}

impl Kernel for Subtract<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        if S::MANY_REGISTERS {
            self.subtract::<S, 8>(simd);
        } else {
            self.subtract::<S, 6>(simd);
        }
    }
}

impl Subtract<'_> {
    #[inline(always)]
    fn subtract<S: Simd, const R: usize>(self, simd: S) {
        let Self { rows, n, first, columns, products, c } = self;
        // A panel stays in the first cache while all rows meet it.
        for start in columns.step_by(PANEL_ROWS) {
            let end = n.min(start + PANEL_ROWS);
            let panel = c.panel(start / PANEL_ROWS);
            let mut parts =
                c.panel(start / PANEL_ROWS + 1).chunks(panel.len().div_ceil(TASK_ROWS / R));
            for (group, rows) in rows.chunks_mut(R * n).enumerate() {
                let first = first + group * R;
                if first >= end {
                    break;
                }
                // Where the last group is short, its first row stands for the missing ones.
                let mut left = [products.row(first); R];
                for (r, row) in rows.chunks_exact(n).enumerate() {
                    left[r] = products.row(first + r);
                    // Wanted when the sums are there.
                    simd.prefetch(&row[start..end]);
                }
                // And the next panel when all rows have met this one: a part comes near with each group.
                simd.prefetch(parts.next().unwrap_or_default());
                let sums = panel_tile::<S, R>(simd, left, panel);
                for (row, sums) in rows.chunks_exact_mut(n).zip(sums) {
                    subtract(simd, &mut row[start..end], sums);
                }
            }
        }
    }
}

#[inline(always)]
fn subtract<S: Simd>(simd: S, row: &mut [f32], sums: [S::V; 2]) {
    if let Some(row) = row.first_chunk_mut::<PANEL_ROWS>() {
        for (row, sum) in row.as_chunks_mut::<LANES>().0.iter_mut().zip(sums) {
            let x = simd.mul_add(sum, simd.splat(-1.0), simd.load(row));
            let rounded = simd.add(simd.add(x, simd.splat(ROUNDING)), simd.splat(-ROUNDING));
            simd.store(row, rounded);
        }
        return;
    }
    let mut stored: [Block; 2] = [[0.0; LANES]; 2];
    for (stored, sum) in stored.iter_mut().zip(sums) {
        simd.store(stored, sum);
    }
    for (x, sum) in row.iter_mut().zip(stored.as_flattened()) {
        *x = (*x - sum + ROUNDING) - ROUNDING;
    }
}

/// Writes D⁻¹C and −D⁻¹ where C and D stood.
fn put_back(a: &mut Matrix, block: &Range<usize>, products: &Matrix, d_inverse: &Matrix) {
    let (n, size) = (a.dim(), block.len());
    let (above, rest) = a.as_mut_slice().split_at_mut(block.start * n);
    above.par_chunks_mut(n).zip(products.as_slice().par_chunks(size)).for_each(|(row, product)| {
        row[block.clone()].copy_from_slice(product);
    });
    rest[..size * n].par_chunks_mut(LANES * n).enumerate().for_each(|(group, rows)| {
        let first = group * LANES;
        for (row, t) in rows.chunks_exact_mut(n).zip(first..) {
            for (x, inverse) in row[block.clone()].iter_mut().zip(d_inverse.row(t)) {
                *x = -inverse;
            }
        }
        if block.end < n {
            let right = &products.as_slice()[block.end * size + first..];
            copy_transposed(&mut rows[block.end..], n, right, size, n - block.end);
        }
    });
}

#[cfg(test)]
mod tests;
