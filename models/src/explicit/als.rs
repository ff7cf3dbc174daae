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
        self.solve_weighted(pairs.map(|(i, rating)| (i, rating, 1.0)), row)
    }

    /// The same where each pair's squared miss counts as much as is said behind its rating.
    pub(super) fn solve_weighted(
        &self,
        pairs: impl Iterator<Item = (usize, f32, f32)>,
        row: &mut [f32],
    ) -> Option<()> {
        let learned = self.side.learned(self.params.dim);
        let bias = self.side.one(self.params.dim);
        let equation = |(i, rating, weight): (usize, f32, f32)| {
            let fixed = self.fixed.row(i);
            Equation { v: &fixed[learned.clone()], target: rating - fixed[bias], weight }
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

/// A row of the system before it is squared.
#[derive(Clone, Copy)]
struct Equation<'a> {
    /// v_i.
    v: &'a [f32],
    /// t, what of the rating it should explain.
    target: f32,
    /// w, what its squared miss counts.
    weight: f32,
}

/// Adds (Σ w·v·vᵀ + λ·I)⁻¹·Σ w·v·t to z. O(n·dim²/2 + dim³/3) for n equations.
fn by_unknowns(equations: &[Equation<'_>], ridge: f32, z: &mut [f32]) -> Option<()> {
    let mut system = Matrix::zeros(z.len(), z.len());
    for d in 0..z.len() {
        system.row_mut(d)[d] = ridge;
    }
    let mut gram = Gram::new(z.len(), Isa::best());
    for &Equation { v, target, weight } in equations {
        gram.add(weight, v);
        add_scaled(z, weight * target, v);
    }
    gram.add_to(&mut system);
    Cholesky::factor(&system)?.solve(z);
    Some(())
}

/// The same as Σ √w·v·s with (√W·V·Vᵀ·√W + λ·I)·s = √W·t: cheaper where equations are fewer than unknowns, and then the system that
/// `f32` can solve, as no direction is held by λ alone.
///
/// O(n²·dim/2 + n³/3).
fn by_equations(equations: &[Equation<'_>], ridge: f32, z: &mut [f32]) -> Option<()> {
    let mut system = Matrix::zeros(equations.len(), equations.len());
    let roots: Vec<f32> = equations.iter().map(|equation| equation.weight.sqrt()).collect();
    for (a, of_a) in equations.iter().enumerate() {
        let others = equations[a..].iter().zip(&roots[a..]);
        for ((of_b, root_b), product) in others.zip(&mut system.row_mut(a)[a..]) {
            *product = roots[a] * root_b * dot(of_a.v, of_b.v);
        }
        system.row_mut(a)[a] += ridge;
    }
    let mut shares: Vec<f32> =
        equations.iter().zip(&roots).map(|(equation, root)| root * equation.target).collect();
    Cholesky::factor(&system)?.solve(&mut shares);
    for ((equation, root), share) in equations.iter().zip(&roots).zip(shares) {
        add_scaled(z, root * share, equation.v);
    }
    Some(())
}
