//! With one side fixed, where does the other belong?
//!
//! Row u solves (w₀·YᵀY + λ_u·I + Σ c_ui·y_i·y_iᵀ)·x_u = Σ c_ui·p_ui·y_i over its observed i.
//! Rows are independent of each other, so a block of them can be solved anywhere.
//! The words are those of the users' half; the items' half is the same with the matrix transposed.

use std::ops::Range;

use linalg::{Cholesky, Csr, Gram, Isa, Matrix, add_scaled};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::Params;
use crate::Heard;

/// Rows solved by one thread before it takes others.
const BLOCK_ROWS: usize = 64;

/// All that a block of rows needs besides its own pairs.
pub(super) struct HalfStep<'a> {
    pub(super) params: &'a Params,
    /// w₀·YᵀY, shared by all rows: unobserved pairs then cost nothing per row.
    pub(super) base: &'a Matrix,
    /// Y, the fixed side, or those of its rows that are paired.
    pub(super) factors: &'a Matrix,
    /// Rows of the whole fixed side.
    pub(super) n_others: usize,
}

/// w₀·YᵀY `[dim × dim]`.
pub(super) fn base(params: &Params, factors: &Matrix) -> Matrix {
    weighted(params, factors.gram())
}

/// w₀ times a Gram matrix.
pub(super) fn weighted(params: &Params, mut gram: Matrix) -> Matrix {
    for x in gram.as_mut_slice() {
        *x *= params.unobserved_weight;
    }
    gram
}

/// Solves every row of one side against the other.
///
/// `None` when a row has no finite solution.
pub(super) fn solve_all<R: Sync, C: Sync>(
    params: &Params,
    heard: &Csr<R, C, Heard>,
    factors: &Matrix,
    solved: &mut Matrix,
) -> Option<()> {
    let base = base(params, factors);
    let half_step = HalfStep { params, base: &base, factors, n_others: factors.n_rows() };
    let n_rows = heard.n_rows();
    solved.as_mut_slice().par_chunks_mut(BLOCK_ROWS * params.dim).enumerate().try_for_each(
        |(block, rows)| {
            let first = block * BLOCK_ROWS;
            half_step.solve_block(heard, first..n_rows.min(first + BLOCK_ROWS), rows)
        },
    )
}

impl HalfStep<'_> {
    /// Solves a block of rows into `solved` `[block × dim]`.
    ///
    /// O(pairs·dim²/2 + rows·dim³/6) multiplications, O(dim²) scratch.
    pub(super) fn solve_block<R, C>(
        &self,
        heard: &Csr<R, C, Heard>,
        block: Range<usize>,
        solved: &mut [f32],
    ) -> Option<()> {
        let mut scratch = Scratch::new(self.params.dim);
        for (u, x_u) in block.zip(solved.chunks_exact_mut(self.params.dim)) {
            let (columns, heard_by_u) = heard.row(u);
            let pairs = columns.iter().map(|&i| i as usize).zip(heard_by_u.iter().copied());
            self.target(pairs.clone(), x_u);
            // Nothing to aim at: the solution is 0 whatever the system.
            if x_u.iter().any(|&x| x != 0.0) {
                self.factor(pairs, &mut scratch)?.solve(x_u);
            }
            if !x_u.iter().all(|x| x.is_finite()) {
                return None;
            }
        }
        Some(())
    }

    /// The row of one that is not in the matrix, zeros where confidences near the end of `f32` leave it unsolvable.
    pub(super) fn solve(&self, pairs: impl Iterator<Item = (usize, Heard)> + Clone) -> Vec<f32> {
        let mut x = vec![0.0; self.params.dim];
        self.target(pairs.clone(), &mut x);
        self.apply_inverse(pairs, std::slice::from_mut(&mut x));
        x
    }

    /// b ← A⁻¹·b of each b, for the system A of these pairs; zeros where it is unsolvable.
    pub(super) fn apply_inverse(
        &self,
        pairs: impl Iterator<Item = (usize, Heard)>,
        sides: &mut [Vec<f32>],
    ) {
        match self.factor(pairs, &mut Scratch::new(self.params.dim)) {
            Some(factor) => sides.iter_mut().for_each(|b| factor.solve(b)),
            None => sides.iter_mut().for_each(|b| b.fill(0.0)),
        }
    }

    /// b = Σ b·y over a row's pairs, in their order.
    pub(super) fn target(&self, pairs: impl Iterator<Item = (usize, Heard)>, b: &mut [f32]) {
        b.fill(0.0);
        for (i, heard) in pairs {
            let (_, weight) = self.params.system_weights(heard);
            add_scaled(b, weight, self.factors.row(i));
        }
    }

    /// A = w₀·YᵀY + λ·I + Σ a·y·yᵀ over a row's pairs, factored.
    pub(super) fn factor(
        &self,
        pairs: impl Iterator<Item = (usize, Heard)>,
        Scratch { system, pairs: sum }: &mut Scratch,
    ) -> Option<Cholesky> {
        let mut n_pairs = 0;
        sum.clear();
        for (i, heard) in pairs {
            sum.add(self.params.system_weights(heard).0, self.factors.row(i));
            n_pairs += 1;
        }
        system.as_mut_slice().copy_from_slice(self.base.as_slice());
        let ridge = self.params.ridge(n_pairs, self.n_others);
        for d in 0..self.params.dim {
            system.row_mut(d)[d] += ridge;
        }
        sum.add_to(system);
        Cholesky::factor(system)
    }
}

/// Space for one system after another.
pub(super) struct Scratch {
    system: Matrix,
    pairs: Gram,
}

impl Scratch {
    pub(super) fn new(dim: usize) -> Self {
        Self { system: Matrix::zeros(dim, dim), pairs: Gram::new(dim, Isa::best()) }
    }
}
