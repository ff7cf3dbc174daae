//! What solves a small symmetric system exactly?
//!
//! A = UᵀU with U upper triangular, row by row (Golub & Van Loan, Matrix Computations, §4.2).
//! Upper rather than lower, because every inner loop then adds whole stretches of rows.

use crate::Matrix;
use crate::kernels::{add_scaled, add_scaled_rows, block_start, dot};

/// The factor of a symmetric positive definite matrix, written over that matrix.
#[derive(Debug)]
pub struct Cholesky<'a> {
    /// U `[dim × dim]`; what lies below the diagonal is meaningless.
    upper: &'a Matrix,
}

impl<'a> Cholesky<'a> {
    /// Factors a matrix in place, reading its upper triangle.
    ///
    /// `None` when it is not positive definite as far as `f32` can tell, or not finite.
    /// O(dim³/3) time, no scratch.
    ///
    /// # Panics
    /// When the matrix is not square.
    #[must_use]
    pub fn factor(a: &'a mut Matrix) -> Option<Self> {
        let dim = a.dim();
        assert_eq!(a.n_rows(), dim, "a square matrix expected");
        for i in 0..dim {
            let (done, rest) = a.as_mut_slice().split_at_mut(i * dim);
            let start = block_start(i);
            let row = &mut rest[start..dim];
            let before = row[i - start];
            // u_i = (a_i − Σ_{k<i} u_ki·u_k) / √(the same at the diagonal)
            subtract_rows(row, done, dim, i);
            let pivot = row[i - start];
            let is_positive = pivot > f32::EPSILON * before && pivot.is_finite();
            if !is_positive {
                return None;
            }
            let scale = 1.0 / pivot.sqrt();
            for x in row {
                *x *= scale;
            }
        }
        Some(Self { upper: a })
    }

    /// Replaces `b` by the solution x of A·x = b. O(dim²).
    ///
    /// # Panics
    /// When `b` has not the length of the matrix.
    pub fn solve(&self, b: &mut [f32]) {
        let dim = self.upper.dim();
        assert_eq!(b.len(), dim, "a right side of the length of the matrix expected");
        // Uᵀz = b, from the first row.
        for i in 0..dim {
            let (head, tail) = b.split_at_mut(i + 1);
            let u_i = &self.upper.row(i)[i..];
            head[i] /= u_i[0];
            add_scaled(tail, -head[i], &u_i[1..]);
        }
        // Ux = z, from the last.
        for i in (0..dim).rev() {
            let (head, tail) = b.split_at_mut(i + 1);
            let u_i = &self.upper.row(i)[i..];
            head[i] = (head[i] - dot(&u_i[1..], tail)) / u_i[0];
        }
    }
}

/// Subtracts Σ_{k<i} u_ki·u_k from row `i`, both from the block of the diagonal on.
fn subtract_rows(row: &mut [f32], done: &[f32], dim: usize, i: usize) {
    let start = block_start(i);
    let mut fours = done.chunks_exact(4 * dim);
    for four in &mut fours {
        let u: [&[f32]; 4] = std::array::from_fn(|k| &four[k * dim..(k + 1) * dim]);
        add_scaled_rows(row, u.map(|u_k| -u_k[i]), u.map(|u_k| &u_k[start..]));
    }
    for u_k in fours.remainder().chunks_exact(dim) {
        add_scaled(row, -u_k[i], &u_k[start..]);
    }
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
            Cholesky::factor(&mut a.clone()).unwrap().solve(&mut x);
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
        let mut a = Matrix::from_vec(2, 2, vec![4.0, 2.0, 2.0, 3.0]);
        let mut x = [8.0, 8.0];
        Cholesky::factor(&mut a).unwrap().solve(&mut x);
        assert!((x[0] - 1.0).abs() < 1e-6 && (x[1] - 2.0).abs() < 1e-6, "{x:?}");
    }

    #[test]
    fn what_is_not_positive_definite_is_refused() {
        let check = |values: [f32; 4]| {
            let mut a = Matrix::from_vec(2, 2, values.to_vec());
            assert!(Cholesky::factor(&mut a).is_none(), "{values:?}");
        };
        check([0.0, 0.0, 0.0, 0.0]);
        check([1.0, 2.0, 2.0, 1.0]);
        check([1.0, 1.0, 1.0, 1.0]);
        check([f32::NAN, 0.0, 0.0, 1.0]);
        check([1.0, 0.0, 0.0, f32::INFINITY]);
    }
}
