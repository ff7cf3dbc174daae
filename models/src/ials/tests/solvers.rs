//! Does every solver find what the readable one finds, and never make it worse?

use super::super::alternate::{Factors, alternate, start};
use super::super::{Params, Precision, Solver, Weighting, loss};
use super::implicit::{DIM, ITEMS, LOSSES, N_ITEMS, N_USERS, PAIRS, USERS};
use super::{names, params, worlds};
use crate::testing::{two_tribes, unobserved};
use crate::{Heard, Step, Training, ials};
use linalg::{Csr, Matrix, dot};
use music::{ItemIx, UserIx};
use proptest::prelude::{any, prop_assert, proptest};
use std::ops::ControlFlow;

const SOLVERS: [Solver; 4] = [Solver::Auto, Solver::Cholesky, Solver::Cg, Solver::Blocks];

fn losses(params: Params, training: &Training<'_>) -> Vec<f64> {
    let mut losses = Vec::new();
    ials::fit(params, training, &mut |progress| {
        if let Step::Measured { loss, .. } = progress.step {
            losses.push(loss.total());
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    losses
}

proptest! {
    #[test]
    fn the_loss_never_rises(heard in worlds(), params in params(), seed in any::<u64>()) {
        let rows = names(super::N_ITEMS);
        let training = Training::new(&heard, &rows, seed);
        for solver in SOLVERS {
            let losses = losses(Params { solver, precision: Precision::Single, ..params }, &training);
            for pair in losses.windows(2) {
                prop_assert!(pair[1] <= pair[0] * (1.0 + 1e-6), "{solver:?}: {losses:?}");
            }
        }
    }
}

fn scores_of_all(params: Params, training: &Training<'_>) -> Vec<f32> {
    let Factors { users, items } =
        alternate(&params, training, start(&params, training), &mut unobserved).unwrap();
    let pairs = (0..users.n_rows()).flat_map(|u| (0..items.n_rows()).map(move |i| (u, i)));
    pairs.map(|(u, i)| dot(users.row(u), items.row(i))).collect()
}

#[test]
fn as_many_steps_as_dimensions_solve_a_row_exactly() {
    let world = two_tribes(5);
    let exactly = Params { dim: 7, iterations: 1, solver: Solver::Cholesky, ..Params::default() };
    let expected = scores_of_all(exactly, &world.training());
    let check = |solver, precision, tolerance: f32| {
        let params = Params { solver, precision, cg_steps: 20, block: 16, ..exactly };
        for (got, expected) in scores_of_all(params, &world.training()).iter().zip(&expected) {
            assert!((got - expected).abs() < tolerance, "{solver:?}: {got} for {expected}");
        }
    };
    // Two solves in f32; half precision keeps eleven bits of each number that a score is summed from.
    check(Solver::Cg, Precision::Single, 1e-4);
    check(Solver::Auto, Precision::Single, 1e-4);
    check(Solver::Blocks, Precision::Single, 1e-4);
    check(Solver::Cg, Precision::Half, 2e-3);
}

#[test]
fn two_steps_an_iteration_come_to_the_loss_of_exact_solves() {
    let world = two_tribes(6);
    let last = |solver| {
        let params = Params { dim: 8, iterations: 30, solver, ..Params::default() };
        *losses(params, &world.training()).last().unwrap()
    };
    let exact = last(Solver::Cholesky);
    for solver in SOLVERS {
        let loss = last(solver);
        assert!((loss / exact - 1.0).abs() < 2e-3, "{solver:?}: {loss} for {exact}");
    }
}

#[test]
fn what_is_known_as_a_bad_idea_scores_what_was_never_heard() {
    // Observed pairs alone: nothing holds the score of a pair across the tribes down, so it is free to be high.
    let world = two_tribes(5);
    let across = |weighting, unobserved_weight| {
        let params =
            Params { weighting, unobserved_weight, dim: 4, iterations: 8, ..Params::default() };
        let scores = scores_of_all(params, &world.training());
        let n_items = world.rows.len();
        let heard = |k: usize| {
            let (items, _) = world.heard.row(k / n_items);
            items.iter().any(|&i| i as usize == k % n_items)
        };
        let unheard = scores.iter().enumerate().filter(|(k, _)| !heard(*k));
        unheard.map(|(_, score)| f64::from(score.abs())).sum::<f64>()
    };
    let (bad, good) = (across(Weighting::Observed, 0.0), across(Weighting::Confidence, 0.1));
    assert!(bad > 2.0 * good, "{bad} against {good}");
}

fn implicit_params(reg: f32, alpha: f32) -> Params {
    let mut params = Params {
        dim: DIM,
        reg,
        alpha,
        implicit_loss: true,
        solver: Solver::Cholesky,
        iterations: 1,
        ..Params::default()
    };
    params.settle(&[]).unwrap();
    params
}

#[test]
fn the_loss_of_the_library_implicit_is_its_own() {
    let heard = |confidence| Heard { confidence, age_days: 0.0, is_liked: true };
    let pairs = PAIRS.iter().map(|&(u, i, c)| (u, i, heard(c))).collect();
    let pairs = Csr::<UserIx, ItemIx, Heard>::from_triplets(N_USERS, N_ITEMS, pairs);
    let factors = Factors {
        users: Matrix::from_vec(N_USERS, DIM, USERS.to_vec()),
        items: Matrix::from_vec(N_ITEMS, DIM, ITEMS.to_vec()),
    };
    let rows = names(N_ITEMS);
    let training = Training::new(&pairs, &rows, 1);
    for (reg, alpha, before, after) in LOSSES {
        let params = implicit_params(reg, alpha);
        let loss = loss::of(&params, &pairs, &pairs.transpose(), &factors).total();
        // The library sums in f32 on its way.
        assert!((loss - before).abs() < 1e-6, "reg {reg}: {loss} for {before}");
        let Some(after) = after else { continue };
        let solved = alternate(&params, &training, factors.clone(), &mut unobserved).unwrap();
        let loss = loss::of(&params, &pairs, &pairs.transpose(), &solved).total();
        assert!((loss - after).abs() < 1e-6, "reg {reg}: {loss} for {after}");
    }
}
