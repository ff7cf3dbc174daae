//! What does one iteration look like, number by number?
//!
//! Five users, six items and vectors of length 2, solved as `half_step.rs` solves any number of them, with
//! everything kept that is passed through on the way: `undersong explain als` prints it.
//! A recording that starts on the wrong side sends listeners astray after the first half-step, and not after the second.

use linalg::{Csr, Matrix, dot};
use music::{ItemIx, UserIx};

use super::alternate::Factors;
use super::half_step::{base, solve_all};
use super::{Params, Weighting, loss};
use crate::{Heard, Loss};

/// Listeners.
pub const N_USERS: usize = 5;
/// Recordings.
pub const N_ITEMS: usize = 6;
/// Length of the vectors.
pub const DIM: usize = 2;

/// A number for each pair.
pub type Pairs<T> = [[T; N_ITEMS]; N_USERS];
/// A `[dim × dim]` matrix.
pub type Square = [[f32; DIM]; DIM];

const COUNTS: Pairs<u8> = [
    [8, 4, 0, 2, 0, 0],
    [6, 0, 4, 0, 0, 0],
    [0, 6, 8, 0, 0, 2],
    [0, 0, 0, 6, 4, 0],
    [2, 0, 0, 0, 8, 6],
];
const DISLIKED: (usize, usize) = (0, 3);
/// The fourth item lies with the first two, though only those like it who like the last two.
const START: [[f32; DIM]; N_ITEMS] =
    [[0.5, 0.2], [0.6, 0.2], [0.4, 0.5], [0.9, 0.4], [0.2, 0.7], [0.4, 0.8]];
/// The user whose system is taken apart, for its dislike.
const USER: usize = DISLIKED.0;
const ITERATIONS: usize = 6;

/// An iteration and all that it passes through.
#[derive(Clone, Debug)]
pub struct Example {
    /// What was chosen.
    pub params: Params,
    /// How often each user played each item; 0 is a pair never observed.
    pub counts: Pairs<u8>,
    /// The user and the item of the only pair that is observed and not liked.
    pub disliked: (usize, usize),
    /// c, the count times alpha.
    pub confidence: Pairs<f32>,
    /// p, 1 where liked.
    pub preference: Pairs<f32>,
    /// λ of each user.
    pub user_ridges: [f32; N_USERS],
    /// λ of each item.
    pub item_ridges: [f32; N_ITEMS],
    /// The start, where users are 0; then with users solved; then with items solved as well.
    pub states: [State; 3],
    /// How the first half-step solved one of the users.
    pub system: System,
    /// The loss after each iteration, if they went on.
    pub losses: Vec<f64>,
}

/// Where everything lies between two half-steps.
#[derive(Clone, Debug)]
pub struct State {
    /// X.
    pub users: [[f32; DIM]; N_USERS],
    /// Y.
    pub items: [[f32; DIM]; N_ITEMS],
    /// XᵀX.
    pub users_gram: Square,
    /// YᵀY.
    pub items_gram: Square,
    /// X·Yᵀ.
    pub scores: Pairs<f32>,
    /// c·(p − score)², 0 where never observed.
    pub misses: Pairs<f32>,
    /// What is minimized.
    pub loss: Loss,
    /// For each user the item never observed that scores best, the first of equals.
    pub choices: [usize; N_USERS],
}

/// The system A·x = b of one user, and its solution.
#[derive(Clone, Debug)]
pub struct System {
    /// Which user.
    pub user: usize,
    /// w₀·YᵀY.
    pub base: Square,
    /// What each observed pair adds.
    pub terms: Vec<Term>,
    /// A, the sum of base, λ·I and what the pairs add.
    pub a: Square,
    /// b, the sum of what the pairs add.
    pub b: [f32; DIM],
    /// a₁₁·a₂₂ − a₁₂².
    pub determinant: f32,
    /// A⁻¹·determinant: the diagonal changes places, the rest its sign.
    pub adjugate: Square,
    /// The adjugate times b.
    pub numerators: [f32; DIM],
    /// x, the numerators by the determinant.
    pub solution: [f32; DIM],
}

/// What an observed pair adds to its user's system.
#[derive(Clone, Debug)]
pub struct Term {
    /// Which item.
    pub item: usize,
    /// c·y·yᵀ.
    pub to_a: Square,
    /// c·p·y.
    pub to_b: [f32; DIM],
}

impl Example {
    /// Computes it, with the exact solver.
    #[must_use]
    pub fn new() -> Self {
        let params = Params {
            dim: DIM,
            iterations: ITERATIONS,
            reg: 0.1,
            reg_exponent: 1.0,
            unobserved_weight: 0.1,
            alpha: 0.5,
            negative_target: 0.0,
            weighting: Weighting::Confidence,
            implicit_loss: false,
            ..Params::default()
        };
        let mut course = Course::new(params);
        let before = course.state();
        course.solve_users();
        let between = course.state();
        course.solve_items();
        let after = course.state();
        let mut losses = vec![after.loss.total()];
        for _ in 1..ITERATIONS {
            course.solve_users();
            course.solve_items();
            losses.push(course.state().loss.total());
        }
        let Course { by_user, by_item, .. } = course;
        Self {
            params,
            counts: COUNTS,
            disliked: DISLIKED,
            confidence: pairs(|u, i| params.alpha * f32::from(COUNTS[u][i])),
            preference: pairs(preference),
            user_ridges: std::array::from_fn(|u| params.ridge(by_user.row(u).0.len(), N_ITEMS)),
            item_ridges: std::array::from_fn(|i| params.ridge(by_item.row(i).0.len(), N_USERS)),
            system: System::of(&params, &by_user),
            states: [before, between, after],
            losses,
        }
    }
}

impl Default for Example {
    fn default() -> Self {
        Self::new()
    }
}

/// Both sides, and how they came to lie there.
struct Course {
    params: Params,
    by_user: Csr<UserIx, ItemIx, Heard>,
    by_item: Csr<ItemIx, UserIx, Heard>,
    factors: Factors,
}

impl Course {
    fn new(params: Params) -> Self {
        let by_user = heard();
        Self {
            params,
            by_item: by_user.transpose(),
            by_user,
            factors: Factors { users: Matrix::zeros(N_USERS, DIM), items: start() },
        }
    }

    fn solve_users(&mut self) {
        let Factors { users, items } = &mut self.factors;
        solve_all(&self.params, &self.by_user, items, users).expect("every λ is positive");
    }

    fn solve_items(&mut self) {
        let Factors { users, items } = &mut self.factors;
        solve_all(&self.params, &self.by_item, users, items).expect("every λ is positive");
    }

    fn state(&self) -> State {
        let Self { params, by_user, by_item, factors } = self;
        let Factors { users, items } = factors;
        let scores = pairs(|u, i| dot(users.row(u), items.row(i)));
        let miss = |u: usize, i: usize| preference(u, i) - scores[u][i];
        State {
            users: rows(users),
            items: rows(items),
            users_gram: rows(&users.gram()),
            items_gram: rows(&items.gram()),
            misses: pairs(|u, i| params.alpha * f32::from(COUNTS[u][i]) * miss(u, i) * miss(u, i)),
            loss: loss::of(params, by_user, by_item, factors),
            choices: std::array::from_fn(|u| best_unheard(u, &scores[u])),
            scores,
        }
    }
}

impl System {
    fn of(params: &Params, by_user: &Csr<UserIx, ItemIx, Heard>) -> Self {
        let items = start();
        let base: Square = rows(&base(params, &items));
        let (columns, heard) = by_user.row(USER);
        let term = |(&i, &heard): (&u32, &Heard)| {
            let y = items.row(i as usize);
            let (c, cp) = params.system_weights(heard);
            Term {
                item: i as usize,
                to_a: square(|d, e| c * y[d] * y[e]),
                to_b: std::array::from_fn(|d| cp * y[d]),
            }
        };
        let terms: Vec<Term> = columns.iter().zip(heard).map(term).collect();
        let ridge = params.ridge(columns.len(), N_ITEMS);
        let a = square(|d, e| {
            let diagonal = if d == e { ridge } else { 0.0 };
            base[d][e] + diagonal + terms.iter().map(|term| term.to_a[d][e]).sum::<f32>()
        });
        let b = std::array::from_fn(|d| terms.iter().map(|term| term.to_b[d]).sum());
        let determinant = a[0][0] * a[1][1] - a[0][1] * a[1][0];
        let adjugate = [[a[1][1], -a[0][1]], [-a[1][0], a[0][0]]];
        let numerators = adjugate.map(|row| dot(&row, &b));
        let solution = numerators.map(|x| x / determinant);
        Self { user: USER, base, terms, a, b, determinant, adjugate, numerators, solution }
    }
}

fn heard() -> Csr<UserIx, ItemIx, Heard> {
    let mut triplets = Vec::new();
    for (u, counts) in (0_u32..).zip(&COUNTS) {
        for (i, &count) in (0_u32..).zip(counts).filter(|&(_, &count)| count > 0) {
            let is_liked = (u as usize, i as usize) != DISLIKED;
            triplets.push((u, i, Heard { confidence: count.into(), age_days: 0.0, is_liked }));
        }
    }
    Csr::from_triplets(N_USERS, N_ITEMS, triplets)
}

fn start() -> Matrix {
    Matrix::from_vec(N_ITEMS, DIM, START.as_flattened().to_vec())
}

fn preference(u: usize, i: usize) -> f32 {
    if COUNTS[u][i] > 0 && (u, i) != DISLIKED { 1.0 } else { 0.0 }
}

fn best_unheard(u: usize, scores: &[f32; N_ITEMS]) -> usize {
    let unheard = (0..N_ITEMS).filter(|&i| COUNTS[u][i] == 0);
    let better = |best: usize, i: usize| if scores[i] > scores[best] { i } else { best };
    unheard.reduce(better).expect("nobody has heard everything")
}

fn pairs(of_pair: impl Fn(usize, usize) -> f32) -> Pairs<f32> {
    std::array::from_fn(|u| std::array::from_fn(|i| of_pair(u, i)))
}

fn square(of_place: impl Fn(usize, usize) -> f32) -> Square {
    std::array::from_fn(|d| std::array::from_fn(|e| of_place(d, e)))
}

fn rows<const N: usize>(matrix: &Matrix) -> [[f32; DIM]; N] {
    std::array::from_fn(|r| std::array::from_fn(|d| matrix.row(r)[d]))
}

#[cfg(test)]
mod tests {
    use super::{Example, N_USERS};

    #[test]
    fn the_system_taken_apart_is_the_one_that_the_solver_solves() {
        let Example { system, states, .. } = Example::new();
        // YᵀY = (1.78, 1.24; 1.24, 1.62), λ = 0.1·(3 + 0.1·6) = 0.36, and with c = 4, 2, 1
        // A = (0.178 + 0.36 + 1 + 0.72 + 0.81, 0.124 + 0.4 + 0.24 + 0.36; ., 0.162 + 0.36 + 0.16 + 0.08 + 0.16),
        // b = 4·(0.5, 0.2) + 2·(0.6, 0.2), as the dislike aims at 0.
        let expected = [3.068, 1.124, 1.124, 0.922, 3.2, 1.2];
        for (x, expected) in system.a.as_flattened().iter().chain(&system.b).zip(expected) {
            assert!((x - expected).abs() < 1e-5, "{x} for {expected}");
        }
        for (x, solved) in system.solution.iter().zip(states[1].users[system.user]) {
            // Both are f32; the determinant is half of the products it is the difference of.
            assert!((x - solved).abs() < 1e-5, "{x} for {solved}");
        }
    }

    #[test]
    fn every_half_step_and_iteration_lowers_the_loss() {
        let Example { states, losses, .. } = Example::new();
        let halves = states.iter().map(|state| state.loss.total());
        let all: Vec<f64> = halves.chain(losses.into_iter().skip(1)).collect();
        assert!(all.is_sorted_by(|before, after| after < before), "{all:?}");
    }

    #[test]
    fn misses_and_squares_of_scores_are_the_loss() {
        let Example { params, states, .. } = Example::new();
        for state in states {
            let misses: f32 = state.misses.as_flattened().iter().sum();
            assert!((f64::from(misses) - state.loss.observed).abs() < 1e-4);
            let squares: f32 = state.scores.as_flattened().iter().map(|s| s * s).sum();
            let unobserved = f64::from(params.unobserved_weight * squares);
            assert!((unobserved - state.loss.unobserved).abs() < 1e-4);
        }
    }

    #[test]
    fn two_half_steps_put_everybody_among_their_like() {
        let [_, between, after] = Example::new().states;
        // The first three like the first three items, the last two the last three; one of each was never heard.
        assert_eq!(after.choices, [2, 1, 0, 5, 3]);
        let n_astray = (0..N_USERS).filter(|&u| between.choices[u] != after.choices[u]).count();
        assert_eq!(n_astray, 3);
    }
}
