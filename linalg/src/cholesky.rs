//! What solves a small symmetric system exactly?
//!
//! A = UᵀU with U upper triangular (Golub & Van Loan, Matrix Computations, §4.2), a few rows at a time:
//! what the rows above take from them is a tile of a product, then the few settle among themselves.
//! Upper rather than lower, because every inner loop then adds whole stretches of rows.

use crate::Matrix;
use crate::aligned::Aligned;
use crate::kernels::{add_scaled, dot};
use crate::packed::{Block, n_blocks};
use crate::product::subtract_product_of_rows;
use crate::simd::{Isa, Kernel, LANES, Simd};

/// The factor of a symmetric positive definite matrix.
#[derive(Debug)]
pub struct Cholesky {
    dim: usize,
    /// U, each row in whole blocks; what lies below the diagonal is meaningless.
    upper: Aligned<f32>,
}

impl Cholesky {
    /// Factors a matrix, reading its upper triangle.
    ///
    /// `None` when it is not positive definite as far as `f32` can tell, or not finite.
    /// O(dim³/3) time.
    ///
    /// # Panics
    /// When the matrix is not square.
    #[must_use]
    pub fn factor(a: &Matrix) -> Option<Self> {
        Self::factor_with(a, Isa::best())
    }

    fn factor_with(a: &Matrix, isa: Isa) -> Option<Self> {
        let dim = a.dim();
        assert_eq!(a.n_rows(), dim, "a square matrix expected");
        let n_blocks = n_blocks(dim);
        // Rows past the end fill the last group; with 1 on their diagonal they change nothing.
        let mut upper = Aligned::<f32>::zeros(n_blocks * LANES * n_blocks);
        for (r, row) in upper.chunks_exact_mut(n_blocks.max(1)).enumerate() {
            if r < dim {
                row.as_flattened_mut()[r..dim].copy_from_slice(&a.row(r)[r..]);
            } else {
                row.as_flattened_mut()[r] = 1.0;
            }
        }
        let is_positive_definite = isa.run(Factor { n_blocks, rows: &mut upper });
        is_positive_definite.then_some(Self { dim, upper })
    }

    /// Replaces `b` by the solution x of A·x = b. O(dim²).
    ///
    /// # Panics
    /// When `b` has not the length of the matrix.
    pub fn solve(&self, b: &mut [f32]) {
        assert_eq!(b.len(), self.dim, "a right side of the length of the matrix expected");
        // Uᵀz = b, from the first row.
        for i in 0..self.dim {
            let (head, tail) = b.split_at_mut(i + 1);
            let u_i = self.row(i);
            head[i] /= u_i[0];
            add_scaled(tail, -head[i], &u_i[1..]);
        }
        // Ux = z, from the last.
        for i in (0..self.dim).rev() {
            let (head, tail) = b.split_at_mut(i + 1);
            let u_i = self.row(i);
            head[i] = (head[i] - dot(&u_i[1..], tail)) / u_i[0];
        }
    }

    /// Row i of U from its diagonal on.
    fn row(&self, i: usize) -> &[f32] {
        &self.upper[i * n_blocks(self.dim)..].as_flattened()[i..self.dim]
    }
}

/// Factors in place; the output is whether that can be done.
struct Factor<'a> {
    n_blocks: usize,
    rows: &'a mut [Block],
}

impl Kernel for Factor<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> bool {
        if S::MANY_REGISTERS { self.factor::<S, 8>(simd) } else { self.factor::<S, 4>(simd) }
    }
}

impl Factor<'_> {
    #[inline(always)]
    fn factor<S: Simd, const R: usize>(self, simd: S) -> bool {
        let n_blocks = self.n_blocks;
        for first in (0..n_blocks * LANES).step_by(R) {
            let (above, rest) = self.rows.split_at_mut(first * n_blocks);
            let group = &mut rest[..R * n_blocks];
            let mut before = [0.0; R];
            for (r, before) in before.iter_mut().enumerate() {
                *before = group[r * n_blocks..].as_flattened()[first + r];
            }
            // a_i − Σ_k u_ki·u_k over the rows above the group
            subtract_product_of_rows::<S, R>(simd, above, group, n_blocks, first);
            if !settle(simd, group, before, n_blocks, first) {
                return false;
            }
        }
        true
    }
}

/// u_i = (a_i − Σ_k u_ki·u_k) / √(the same at the diagonal), over the rows of the group itself.
#[inline(always)]
fn settle<S: Simd, const R: usize>(
    simd: S,
    group: &mut [Block],
    before: [f32; R],
    n_blocks: usize,
    first: usize,
) -> bool {
    let blocks = first / LANES..n_blocks;
    for (r, before) in before.into_iter().enumerate() {
        let (done, rest) = group.split_at_mut(r * n_blocks);
        let row = &mut rest[..n_blocks];
        for k in 0..r {
            let u_k = &done[k * n_blocks..][..n_blocks];
            let weight = simd.splat(-u_k.as_flattened()[first + r]);
            for c in blocks.clone() {
                let sum = simd.mul_add(weight, simd.load(&u_k[c]), simd.load(&row[c]));
                simd.store(&mut row[c], sum);
            }
        }
        let pivot = row.as_flattened()[first + r];
        let is_positive = pivot > f32::EPSILON * before && pivot.is_finite();
        if !is_positive {
            return false;
        }
        let scale = simd.splat(1.0 / pivot.sqrt());
        for c in blocks.clone() {
            let scaled = simd.mul(simd.load(&row[c]), scale);
            simd.store(&mut row[c], scaled);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::Cholesky;
    use crate::Matrix;
    use proptest::prelude::{Strategy, prop_assert, proptest};

    /// A = BᵀB + I, positive definite, and a right side.
    fn systems() -> impl Strategy<Value = (Matrix, Vec<f32>)> {
        (1_usize..30).prop_flat_map(|dim| {
            let numbers = proptest::collection::vec(-1.0_f32..1.0, dim * dim + dim);
            numbers.prop_map(move |mut numbers| {
                let b = numbers.split_off(dim * dim);
                let mut a = Matrix::from_vec(dim, dim, numbers).gram();
                for i in 0..dim {
                    a.row_mut(i)[i] += 1.0;
                }
                (a, b)
            })
        })
    }

    proptest! {
        #[test]
        fn the_solution_put_back_gives_the_right_side((a, b) in systems()) {
            let mut x = b.clone();
            Cholesky::factor(&a).unwrap().solve(&mut x);
            for (i, &expected) in b.iter().enumerate() {
                let back: f64 = a.row(i).iter().zip(&x).map(|(&a, &x)| f64::from(a) * f64::from(x)).sum();
                // Eigenvalues lie in [1, 1 + 30²], so f32 keeps at least four digits of ‖x‖ ≤ ‖b‖ ≤ 30.
                prop_assert!((back - f64::from(expected)).abs() < 1e-3, "row {i}: {back} for {expected}");
            }
        }
    }

    #[test]
    fn two_equations_by_hand() {
        // [[4, 2], [2, 3]]·(1, 2) = (8, 8).  The factor is [[2, 1], [·, √2]].
        let a = Matrix::from_vec(2, 2, vec![4.0, 2.0, 2.0, 3.0]);
        let mut x = [8.0, 8.0];
        Cholesky::factor(&a).unwrap().solve(&mut x);
        assert!((x[0] - 1.0).abs() < 1e-6 && (x[1] - 2.0).abs() < 1e-6, "{x:?}");
    }

    #[test]
    fn what_is_not_positive_definite_is_refused() {
        let check = |values: [f32; 4]| {
            let a = Matrix::from_vec(2, 2, values.to_vec());
            assert!(Cholesky::factor(&a).is_none(), "{values:?}");
        };
        check([0.0, 0.0, 0.0, 0.0]);
        check([1.0, 2.0, 2.0, 1.0]);
        check([1.0, 1.0, 1.0, 1.0]);
        check([f32::NAN, 0.0, 0.0, 1.0]);
        check([1.0, 0.0, 0.0, f32::INFINITY]);
    }
}
