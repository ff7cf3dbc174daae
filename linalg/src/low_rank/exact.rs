//! What solves such a system exactly?
//!
//! Where there are fewer rows than dimensions, the smaller system of the rows (Woodbury's identity; Golub & Van Loan,
//! §2.1.4): with Z' = A^½·Z·D^−½ and t = D^−½·Zᵀb, x = D^−½·(t − Z'ᵀ·(I + Z'Z'ᵀ)⁻¹·Z't).
//! Otherwise the sum itself, by Cholesky's factorization.

use super::WeightedRows;
use crate::kernels::{add_scaled, dot};
use crate::{Cholesky, Gram, Isa, Matrix, Packed};

/// Solves one system after another, in the same space.
#[derive(Debug)]
pub struct Exact {
    dim: usize,
    isa: Isa,
    gram: Gram,
    system: Matrix,
}

impl Exact {
    /// For systems of this length.
    #[must_use]
    pub fn new(dim: usize, isa: Isa) -> Self {
        Self { dim, isa, gram: Gram::new(dim, isa), system: Matrix::zeros(dim, dim) }
    }

    /// Writes the solution into x; `None` when the system is not positive definite as far as `f32` can tell.
    ///
    /// O(n²·dim) time for n rows below dim, else O(n·dim² + dim³).
    ///
    /// # Panics
    /// When lengths differ.
    pub fn solve(
        &mut self,
        packed: &Packed,
        diagonal: &[f32],
        system: WeightedRows<'_>,
        x: &mut [f32],
    ) -> Option<()> {
        assert_eq!((x.len(), diagonal.len()), (self.dim, self.dim), "one length expected");
        system.check();
        let mut rows = Matrix::zeros(system.rows.len(), self.dim);
        for (i, &row) in system.rows.iter().enumerate() {
            packed.read(row, rows.row_mut(i));
        }
        x.fill(0.0);
        for (i, &b) in system.b.iter().enumerate() {
            add_scaled(x, b, rows.row(i));
        }
        // The root of a negative weight is no number, so such rows have no smaller system.
        let is_low_rank = rows.n_rows() < self.dim && system.a.iter().all(|&a| a >= 0.0);
        if is_low_rank {
            self.solve_by_rows(diagonal, &system, rows, x)
        } else {
            self.solve_by_dimensions(diagonal, &system, &rows, x)
        }
    }

    fn solve_by_dimensions(
        &mut self,
        diagonal: &[f32],
        system: &WeightedRows<'_>,
        rows: &Matrix,
        x: &mut [f32],
    ) -> Option<()> {
        self.gram.clear();
        for (i, &a) in system.a.iter().enumerate() {
            self.gram.add(a, rows.row(i));
        }
        self.system.as_mut_slice().fill(0.0);
        for (k, &d) in diagonal.iter().enumerate() {
            self.system.row_mut(k)[k] = d;
        }
        self.gram.add_to(&mut self.system);
        Cholesky::factor(&self.system)?.solve(x);
        Some(())
    }

    fn solve_by_rows(
        &self,
        diagonal: &[f32],
        system: &WeightedRows<'_>,
        mut rows: Matrix,
        x: &mut [f32],
    ) -> Option<()> {
        let n = rows.n_rows();
        let roots: Vec<f32> = diagonal.iter().map(|d| 1.0 / d.sqrt()).collect();
        scale(x, &roots);
        for (i, &a) in system.a.iter().enumerate() {
            let row = rows.row_mut(i);
            scale(row, &roots);
            row.iter_mut().for_each(|z| *z *= a.sqrt());
        }
        let mut of_rows = Matrix::zeros(n, n);
        let mut gram = Gram::new(n, self.isa);
        let mut column = vec![0.0; n];
        for k in 0..self.dim {
            for (i, z) in column.iter_mut().enumerate() {
                *z = rows.row(i)[k];
            }
            gram.add(1.0, &column);
        }
        for i in 0..n {
            of_rows.row_mut(i)[i] = 1.0;
        }
        gram.add_to(&mut of_rows);
        let mut weights: Vec<f32> = (0..n).map(|i| dot(rows.row(i), x)).collect();
        Cholesky::factor(&of_rows)?.solve(&mut weights);
        for (i, &weight) in weights.iter().enumerate() {
            add_scaled(x, -weight, rows.row(i));
        }
        scale(x, &roots);
        Some(())
    }
}

fn scale(x: &mut [f32], by: &[f32]) {
    for (x, by) in x.iter_mut().zip(by) {
        *x *= by;
    }
}
