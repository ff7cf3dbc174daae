//! With one side fixed, which rows predict the other side's ratings best?
//!
//! A user's bias and vector z = \[b_u, p_u\] meet v_i = \[1, q_i\] and solve (Σ v_i·v_iᵀ + λ_u·I)·z = Σ v_i·(r_ui − b_i)
//! over the observed i, so that bias and vector are found together.
//! The words are those of the users' half; the items' half is the same with the matrix transposed.

use linalg::{Cholesky, Csr, Gram, Isa, Matrix, add_scaled, dot};
use music::{ItemIx, UserIx};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::{Params, Side, State};

/// Rows solved by one thread before it takes others.
const BLOCK_ROWS: usize = 64;

/// Solves all users, then all items.
///
/// `None` when a row has no finite solution.
pub(super) fn iterate(
    params: &Params,
    by_user: &Csr<UserIx, ItemIx>,
    by_item: &Csr<ItemIx, UserIx>,
    state: &mut State,
) -> Option<()> {
    let users = HalfStep { params, side: Side::Users, fixed: &state.items };
    users.solve_all(by_user, &mut state.users)?;
    let items = HalfStep { params, side: Side::Items, fixed: &state.users };
    items.solve_all(by_item, &mut state.items)
}

/// All that a row needs besides its own pairs.
pub(super) struct HalfStep<'a> {
    pub(super) params: &'a Params,
    /// The side that is solved.
    pub(super) side: Side,
    /// The rows of the other one.
    pub(super) fixed: &'a Matrix,
}

impl HalfStep<'_> {
    fn solve_all<R: Sync, C: Sync>(&self, ratings: &Csr<R, C>, rows: &mut Matrix) -> Option<()> {
        let width = self.params.width();
        let blocks = rows.as_mut_slice().par_chunks_mut(BLOCK_ROWS * width);
        blocks.enumerate().try_for_each(|(block, rows)| {
            for (u, x_u) in (block * BLOCK_ROWS..).zip(rows.chunks_exact_mut(width)) {
                let (columns, ratings) = ratings.row(u);
                let pairs = columns.iter().zip(ratings).map(|(&i, &rating)| (i as usize, rating));
                self.solve(pairs, x_u)?;
            }
            Some(())
        })
    }

    /// A row that has learned nothing: zeros and the 1.
    pub(super) fn blank_row(&self) -> Vec<f32> {
        let mut row = vec![0.0; self.params.width()];
        row[self.side.one(self.params.dim)] = 1.0;
        row
    }

    /// Solves bias and vector of one row from its pairs of the other side's row and rating.
    ///
    /// `None` when the solution is not finite.
    pub(super) fn solve(
        &self,
        pairs: impl Iterator<Item = (usize, f32)>,
        row: &mut [f32],
    ) -> Option<()> {
        let learned = self.side.learned(self.params.dim);
        let bias = self.side.one(self.params.dim);
        let equation = |(i, rating): (usize, f32)| {
            let fixed = self.fixed.row(i);
            (&fixed[learned.clone()], rating - fixed[bias])
        };
        let equations: Vec<Equation<'_>> = pairs.map(equation).collect();
        let z = &mut row[learned.clone()];
        z.fill(0.0);
        if equations.is_empty() {
            return Some(());
        }
        let ridge = self.params.ridge(equations.len());
        if equations.len() < z.len() {
            by_equations(&equations, ridge, z)?;
        } else {
            by_unknowns(&equations, ridge, z)?;
        }
        z.iter().all(|x| x.is_finite()).then_some(())
    }
}

/// v_i, and what of the rating it should explain.
type Equation<'a> = (&'a [f32], f32);

/// Adds (Σ v·vᵀ + λ·I)⁻¹·Σ v·t to z. O(n·dim²/2 + dim³/3) for n equations.
fn by_unknowns(equations: &[Equation<'_>], ridge: f32, z: &mut [f32]) -> Option<()> {
    let mut system = Matrix::zeros(z.len(), z.len());
    for d in 0..z.len() {
        system.row_mut(d)[d] = ridge;
    }
    let mut gram = Gram::new(z.len(), Isa::best());
    for (v, target) in equations {
        gram.add(1.0, v);
        add_scaled(z, *target, v);
    }
    gram.add_to(&mut system);
    Cholesky::factor(&system)?.solve(z);
    Some(())
}

/// The same as Σ v·w with (V·Vᵀ + λ·I)·w = t: cheaper where equations are fewer than unknowns, and then the system that
/// `f32` can solve, as no direction is held by λ alone.
///
/// O(n²·dim/2 + n³/3).
fn by_equations(equations: &[Equation<'_>], ridge: f32, z: &mut [f32]) -> Option<()> {
    let mut system = Matrix::zeros(equations.len(), equations.len());
    for (a, (v_a, _)) in equations.iter().enumerate() {
        for ((v_b, _), product) in equations[a..].iter().zip(&mut system.row_mut(a)[a..]) {
            *product = dot(v_a, v_b);
        }
        system.row_mut(a)[a] += ridge;
    }
    let mut weights: Vec<f32> = equations.iter().map(|(_, target)| *target).collect();
    Cholesky::factor(&system)?.solve(&mut weights);
    for ((v, _), weight) in equations.iter().zip(weights) {
        add_scaled(z, weight, v);
    }
    Some(())
}
