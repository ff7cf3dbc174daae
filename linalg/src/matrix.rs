//! How do many rows of one length lie side by side?

use std::fmt;

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use crate::kernels::copy_transposed;
use crate::{Gram, Isa};

/// A dense matrix `[n_rows × dim]` of `f32`, row after row.
#[derive(Clone, PartialEq)]
pub struct Matrix {
    n_rows: usize,
    dim: usize,
    values: Vec<f32>,
}

impl Matrix {
    /// A matrix of zeros.
    #[must_use]
    pub fn zeros(n_rows: usize, dim: usize) -> Self {
        Self { n_rows, dim, values: vec![0.0; n_rows * dim] }
    }

    /// A matrix from its values, row after row.
    ///
    /// # Panics
    /// When there are not `n_rows · dim` values.
    #[must_use]
    pub fn from_vec(n_rows: usize, dim: usize, values: Vec<f32>) -> Self {
        assert_eq!(values.len(), n_rows * dim, "[{n_rows} × {dim}] values expected");
        Self { n_rows, dim, values }
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Length of each row.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// One row.
    #[inline]
    #[must_use]
    pub fn row(&self, i: usize) -> &[f32] {
        &self.values[i * self.dim..(i + 1) * self.dim]
    }

    /// One row, to write.
    #[inline]
    pub fn row_mut(&mut self, i: usize) -> &mut [f32] {
        &mut self.values[i * self.dim..(i + 1) * self.dim]
    }

    /// All values, row after row.
    #[must_use]
    pub fn as_slice(&self) -> &[f32] {
        &self.values
    }

    /// All values, row after row, to write.
    pub fn as_mut_slice(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// The values, row after row.
    #[must_use]
    pub fn into_vec(self) -> Vec<f32> {
        self.values
    }

    /// The Gram matrix YᵀY `[dim × dim]`, symmetric to the bit.
    ///
    /// O(n_rows·dim²/2) time, up to 64·dim² scratch: each chunk of rows is summed alone, then the chunks in order.
    #[must_use]
    pub fn gram(&self) -> Self {
        const MAX_CHUNKS: usize = 64;
        const MIN_CHUNK_ROWS: usize = 256;
        let mut gram = Self::zeros(self.dim, self.dim);
        if self.values.is_empty() {
            return gram;
        }
        let chunk_rows = self.n_rows.div_ceil(MAX_CHUNKS).max(MIN_CHUNK_ROWS);
        let of_chunk = |rows: &[f32]| {
            let mut part = Self::zeros(self.dim, self.dim);
            let mut gram = Gram::new(self.dim, Isa::best());
            for row in rows.chunks_exact(self.dim) {
                gram.add(1.0, row);
            }
            gram.add_to(&mut part);
            part
        };
        let parts: Vec<Self> =
            self.values.par_chunks(chunk_rows * self.dim).map(of_chunk).collect();
        for part in &parts {
            for (sum, x) in gram.values.iter_mut().zip(&part.values) {
                *sum += x;
            }
        }
        gram.mirror_upper();
        gram
    }

    /// Copies what lies above the diagonal to below it, parallel over rows.
    pub(crate) fn mirror_upper(&mut self) {
        mirror(&mut self.values, self.dim, 0);
    }
}

/// Copies what lies above the diagonal to below it in rows from `first` on, between columns of the same numbers.
fn mirror(rows: &mut [f32], dim: usize, first: usize) {
    const FEW_ROWS: usize = 64;
    let n_rows = rows.len() / dim.max(1);
    if n_rows <= FEW_ROWS {
        for r in 1..n_rows {
            let (above, row) = rows.split_at_mut(r * dim);
            for (c, x) in row[first..first + r].iter_mut().enumerate() {
                *x = above[c * dim + first + r];
            }
        }
        return;
    }
    // The upper half has the square that stands beside the diagonals of both.
    let n_above = n_rows / 2;
    let (above, below) = rows.split_at_mut(n_above * dim);
    below.par_chunks_mut(FEW_ROWS * dim).enumerate().for_each(|(chunk, rows)| {
        let from = &above[first + n_above + chunk * FEW_ROWS..];
        copy_transposed(&mut rows[first..], dim, from, dim, n_above);
    });
    rayon::join(|| mirror(above, dim, first), || mirror(below, dim, first + n_above));
}

/// The shape alone: a matrix may hold a billion numbers.
impl fmt::Debug for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Matrix[{} × {}]", self.n_rows, self.dim)
    }
}

#[cfg(test)]
mod tests {
    use super::Matrix;
    use proptest::prelude::{Strategy, any, prop_assert, proptest};

    fn matrices() -> impl Strategy<Value = Matrix> {
        (0_usize..700, 1_usize..20).prop_flat_map(|(n_rows, dim)| {
            proptest::collection::vec(any::<i8>(), n_rows * dim).prop_map(move |values| {
                Matrix::from_vec(
                    n_rows,
                    dim,
                    values.into_iter().map(|x| f32::from(x) / 64.0).collect(),
                )
            })
        })
    }

    proptest! {
        #[test]
        fn the_gram_matrix_is_all_pairs_of_columns(y in matrices()) {
            let gram = y.gram();
            for a in 0..y.dim() {
                for b in 0..y.dim() {
                    let slow: f64 = (0..y.n_rows())
                        .map(|i| f64::from(y.row(i)[a]) * f64::from(y.row(i)[b]))
                        .sum();
                    // At most 700 products of at most 4: f32 rounds their sum by less than 1e-2.
                    prop_assert!((f64::from(gram.row(a)[b]) - slow).abs() < 1e-2);
                    prop_assert!(gram.row(a)[b] == gram.row(b)[a]);
                }
            }
        }
    }

    #[test]
    fn the_gram_matrix_of_no_rows_is_zero() {
        assert_eq!(Matrix::zeros(0, 2).gram(), Matrix::zeros(2, 2));
    }

    #[test]
    fn below_the_diagonal_stands_what_stands_above() {
        for dim in [1_u16, 2, 63, 64, 65, 200] {
            let n = usize::from(dim);
            let mut matrix = Matrix::from_vec(
                n,
                n,
                (0..u32::from(dim) * u32::from(dim)).map(|x| x as f32).collect(),
            );
            let upper = matrix.clone();
            matrix.mirror_upper();
            for r in 0..n {
                for c in 0..n {
                    assert_eq!(
                        matrix.row(r)[c],
                        upper.row(r.min(c))[r.max(c)],
                        "({r}, {c}) of {n}"
                    );
                }
            }
        }
    }
}
