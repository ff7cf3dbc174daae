//! With one side fixed, where does the other belong, fast?
//!
//! With YᵀY = Q·diag(g)·Qᵀ and everything turned by Q, row u's system is a diagonal and its own few rows,
//! (diag(w₀·g + λ_u) + Σ a_i·z_i·z_iᵀ)·x = Σ b_i·z_i with z = Qᵀy: no row pays for a `[dim × dim]` matrix any more.
//! A turn changes no score, so both sides stay turned: the next half-step turns them on.
//! [`super::half_step`] is the readable twin.

use std::ops::Range;

use linalg::{
    BlockDescent, ConjugateGradient, Csr, Eigen, Exact, Isa, Matrix, Packed, RightFactor,
    WeightedRows, symmetric_eigen,
};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::pair::Pair;
use super::{Params, Precision, Solver};

/// Rows solved by one thread before it takes others.
const BLOCK_ROWS: usize = 64;
/// Rows of the next system that are fetched while this one is solved.
const SOON: usize = 24;

/// Vectors of so many bytes stay near the processor, where half precision would save nothing.
const NEAR_BYTES: usize = 4 << 20;

/// Solves every row of one side against the other, from where it was; both sides are turned.
///
/// `None` when a row has no finite solution.
pub(super) fn solve_all<R: Sync, C: Sync, V: Pair>(
    params: &Params,
    heard: &Csr<R, C, V>,
    fixed: &mut Matrix,
    solved: &mut Matrix,
) -> Option<()> {
    let isa = Isa::best();
    let Eigen { values, vectors } = symmetric_eigen(&fixed.gram())?;
    let rotation = RightFactor::transposed(&vectors);
    turn(fixed, &rotation, isa);
    turn(solved, &rotation, isa);
    #[expect(clippy::cast_possible_truncation, reason = "vectors are f32 as well")]
    let base = values.iter().map(|&g| params.unobserved_weight * g.max(0.0) as f32).collect();
    let half_step = HalfStep { params, base, fixed: pack(params, fixed, isa), heard };
    let n_rows = heard.n_rows();
    let blocks = solved.as_mut_slice().par_chunks_mut(BLOCK_ROWS * params.dim);
    blocks.enumerate().try_for_each_init(
        || Space::new(params, isa),
        |space, (place, rows)| {
            let first = place * BLOCK_ROWS;
            half_step.solve_block(first..n_rows.min(first + BLOCK_ROWS), rows, space)
        },
    )
}

/// Replaces every row by its product with the rotation.
fn turn(rows: &mut Matrix, rotation: &RightFactor, isa: Isa) {
    let blocks = rows.as_mut_slice().par_chunks_mut(BLOCK_ROWS * rotation.dim());
    blocks.for_each(|rows| rotation.multiply(rows, isa));
}

fn pack(params: &Params, fixed: &Matrix, isa: Isa) -> Packed {
    let is_near = size_of_val(fixed.as_slice()) <= NEAR_BYTES;
    let is_single = match params.precision {
        // What is solved exactly is held exactly.
        Precision::Auto => is_near || params.solver == Solver::Cholesky,
        Precision::Half => false,
        Precision::Single => true,
    };
    let precision = if is_single { linalg::Precision::Single } else { linalg::Precision::Half };
    Packed::new(fixed, precision, isa)
}

/// All that a block of rows needs.
struct HalfStep<'a, R, C, V> {
    params: &'a Params,
    /// w₀·g.
    base: Vec<f32>,
    /// z, the fixed side turned.
    fixed: Packed,
    heard: &'a Csr<R, C, V>,
}

/// What a thread solves one row after another in.
struct Space {
    a: Vec<f32>,
    b: Vec<f32>,
    diagonal: Vec<f32>,
    gradient: ConjugateGradient,
    exact: Exact,
    blocks: BlockDescent,
}

impl Space {
    fn new(params: &Params, isa: Isa) -> Self {
        Self {
            a: Vec::new(),
            b: Vec::new(),
            diagonal: Vec::new(),
            gradient: ConjugateGradient::new(params.dim, isa),
            exact: Exact::new(params.dim, isa),
            blocks: BlockDescent::new(params.dim, params.block, isa),
        }
    }
}

impl<R, C, V: Pair> HalfStep<'_, R, C, V> {
    /// Improves a block of rows `[block × dim]`, already turned.
    fn solve_block(&self, block: Range<usize>, rows: &mut [f32], space: &mut Space) -> Option<()> {
        for (u, x_u) in block.zip(rows.chunks_exact_mut(self.params.dim)) {
            self.solve_row(u, x_u, space)?;
            if !x_u.iter().all(|x| x.is_finite()) {
                return None;
            }
        }
        Some(())
    }

    fn solve_row(&self, u: usize, x_u: &mut [f32], space: &mut Space) -> Option<()> {
        let Space { a, b, diagonal, gradient, exact, blocks } = space;
        let (columns, heard_by_u) = self.heard.row(u);
        a.resize(columns.len(), 0.0);
        b.resize(columns.len(), 0.0);
        for ((a, b), &heard) in a.iter_mut().zip(&mut *b).zip(heard_by_u) {
            (*a, *b) = self.params.system_weights(heard.heard());
        }
        // Nothing to aim at: the solution is 0 whatever the system.
        if b.iter().all(|&b| b == 0.0) {
            x_u.fill(0.0);
            return Some(());
        }
        let ridge = self.params.ridge(columns.len(), self.heard.n_cols());
        diagonal.clear();
        diagonal.extend(self.base.iter().map(|g| g + ridge));
        let system = WeightedRows { rows: columns, a, b, soon: self.heard.columns_after(u, SOON) };
        match self.params.solver {
            Solver::Cholesky => exact.solve(&self.fixed, diagonal, system, x_u),
            Solver::Blocks => blocks.improve(&self.fixed, diagonal, system, x_u),
            Solver::Auto | Solver::Cg => {
                gradient.improve(&self.fixed, diagonal, system, self.params.cg_steps, x_u);
                Some(())
            }
        }
    }
}
