//! What solves such a system nearly, a block of dimensions at a time?
//!
//! iALS++ (Rendle, Krichene, Zhang & Koren 2021, alg. 1): with all other dimensions fixed, a block of them is a small
//! system that is solved exactly; the scores of the rows are carried along.

use std::ops::Range;

use super::WeightedRows;
use crate::kernels::{add_scaled, dot};
use crate::{Cholesky, Gram, Isa, Matrix, Packed};

/// Solves one system after another, in the same space.
#[derive(Debug)]
pub struct BlockDescent {
    dim: usize,
    isa: Isa,
    /// Dimensions solved at a time; the last block may be smaller.
    block: usize,
    gram: Gram,
}

impl BlockDescent {
    /// For systems of length `dim`, `block` dimensions at a time.
    #[must_use]
    pub fn new(dim: usize, block: usize, isa: Isa) -> Self {
        let block = block.clamp(1, dim);
        Self { dim, isa, block, gram: Gram::new(block, isa) }
    }

    /// Improves x by solving every block once; `None` when a block is not positive definite as far as `f32` can tell.
    ///
    /// O(n·dim·block + dim·block²) time for n rows.
    ///
    /// # Panics
    /// When lengths differ.
    pub fn improve(
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
        let mut scores: Vec<f32> = (0..rows.n_rows()).map(|i| dot(rows.row(i), x)).collect();
        for first in (0..self.dim).step_by(self.block) {
            let block = first..self.dim.min(first + self.block);
            let step =
                self.step(diagonal, &system, &rows, &scores, &x[block.clone()], block.clone())?;
            for (i, score) in scores.iter_mut().enumerate() {
                *score += dot(&rows.row(i)[block.clone()], &step);
            }
            add_scaled(&mut x[block], 1.0, &step);
        }
        Some(())
    }

    /// How far a block has to go: (D + Σ a·z·zᵀ)·step = Σ (b − a·score)·z − D·x, everything within the block.
    fn step(
        &mut self,
        diagonal: &[f32],
        system: &WeightedRows<'_>,
        rows: &Matrix,
        scores: &[f32],
        x: &[f32],
        block: Range<usize>,
    ) -> Option<Vec<f32>> {
        if self.gram.dim() != block.len() {
            self.gram = Gram::new(block.len(), self.isa);
        }
        self.gram.clear();
        let mut step = vec![0.0; block.len()];
        let mut sum = Matrix::zeros(block.len(), block.len());
        for (k, (&d, &x)) in diagonal[block.clone()].iter().zip(x).enumerate() {
            step[k] = -d * x;
            sum.row_mut(k)[k] = d;
        }
        for (i, score) in scores.iter().enumerate() {
            let (a, z) = (system.a[i], &rows.row(i)[block.clone()]);
            add_scaled(&mut step, system.b[i] - a * score, z);
            self.gram.add(a, z);
        }
        self.gram.add_to(&mut sum);
        Cholesky::factor(&sum)?.solve(&mut step);
        Some(step)
    }
}
