//! Are the scores those of the paper's two filters?

use super::{GfCf, Params, fit};
use crate::testing::unobserved;
use crate::{Aging, Heard, History, Recommender, Training};
use linalg::{Csr, Matrix, symmetric_eigen};
use music::{ItemIx, RecordingId, Rows, UserIx};
use proptest::prelude::{Strategy, prop_assert, proptest};

const N_USERS: usize = 12;
const N_ITEMS: usize = 9;

type Table = Csr<UserIx, ItemIx, Heard>;

const LIKED: Heard = Heard { confidence: 2.0, age_days: 0.0, is_liked: true };

fn tables() -> impl Strategy<Value = Table> {
    let pairs = proptest::collection::btree_map((0_u32..12, 0_u32..9), 0_u8..3, 0..70);
    pairs.prop_map(|pairs| {
        let aged = |half_lives: u8| Heard { age_days: 30.0 * f32::from(half_lives), ..LIKED };
        let triplets = pairs.into_iter().map(|((u, i), age)| (u, i, aged(age))).collect();
        Csr::from_triplets(N_USERS, N_ITEMS, triplets)
    })
}

fn fitted(params: Params, heard: &Table) -> GfCf {
    let rows = Rows::new((0..heard.n_cols() as u64).map(|i| RecordingId(7 * i)).collect());
    let training = Training::new(heard, &rows, 5);
    fit(params, &training, &mut unobserved).unwrap()
}

fn scores(model: &GfCf, items: &[u32]) -> Vec<f32> {
    scores_of(model, items, &vec![LIKED; items.len()])
}

fn scores_of(model: &GfCf, items: &[u32], heard: &[Heard]) -> Vec<f32> {
    let items: Vec<ItemIx> = items.iter().map(|&i| ItemIx(i)).collect();
    let history = History::new(&items, heard);
    let mut scores = Matrix::zeros(1, model.n_items());
    model.score_batch(&[model.represent(&history)], &mut scores);
    scores.into_vec()
}

/// R̃, dense, and the diagonal of D_I, where a pair counts so much.
fn normalized(heard: &Table, count: impl Fn(Heard) -> f32) -> (Matrix, Vec<f32>) {
    let mut x = Matrix::zeros(N_USERS, N_ITEMS);
    for (u, items, heard) in heard.rows() {
        for (&i, &heard) in items.iter().zip(heard) {
            x.row_mut(u)[i as usize] = count(heard);
        }
    }
    let of_user: Vec<f32> = (0..N_USERS).map(|u| x.row(u).iter().sum()).collect();
    let column = |i: usize| (0..N_USERS).map(|u| x.row(u)[i]).sum();
    let of_item: Vec<f32> = (0..N_ITEMS).map(column).collect();
    for (u, of_user) in of_user.iter().enumerate() {
        for (x, of_item) in x.row_mut(u).iter_mut().zip(&of_item).filter(|(x, _)| **x > 0.0) {
            *x /= (of_user * of_item).sqrt();
        }
    }
    (x, of_item)
}

/// Whether a decomposition has only one answer in `f32`.
///
/// Where the last value let in is near the first left out, any of their directions is as good;
/// where a value drowns in the rounding of the largest, so is any other.
fn is_clear(squares: &[f64], dim: usize) -> bool {
    let drowns = |x: &f64| (1e-6..1e-2).contains(&(x / squares[0]));
    let is_zero = squares[dim - 1] <= 1e-6 * squares[0];
    !squares.iter().any(drowns) && (is_zero || squares[dim] < 0.7 * squares[dim - 1])
}

proptest! {
    #[test]
    fn scores_are_those_of_dense_filters(heard in tables(), dim in 1_usize..9, fades: bool) {
        let half_life_days = if fades { 30.0 } else { 0.0 };
        let aging = Aging { half_life_days, ..Aging::default() };
        let params = Params { dim, iterations: 30, low_pass: 0.7, neighbors: N_ITEMS, aging, ..Params::default() };
        let (x, listeners) = normalized(&heard, |heard| aging.factor(heard));
        let (linear, slow) = (x.gram(), symmetric_eigen(&x.gram()).unwrap());
        if !is_clear(&slow.values, dim) {
            return Ok(());
        }
        let model = fitted(params, &heard);
        for (u, items, heard) in heard.rows() {
            let fast = scores_of(&model, items, heard);
            for (i, &fast) in fast.iter().enumerate() {
                let mut sum = 0.0;
                for (j, &heard) in items.iter().map(|&j| j as usize).zip(heard) {
                    let low: f32 = (0..dim).map(|k| slow.vectors.row(k)[j] * slow.vectors.row(k)[i]).sum();
                    sum += aging.factor(heard) * 0.7 * low * (listeners[i] / listeners[j]).sqrt();
                    sum += if i == j { 0.0 } else { aging.factor(heard) * linear.row(j)[i] };
                }
                // Square roots of at most 12 listeners, each at least a quarter, scale what f32 and a gap of 0.7 leave of
                // rounding.
                prop_assert!((fast - sum).abs() < 4e-3, "user {u}, item {i}: {fast} for {sum}");
            }
        }
    }
}

#[test]
fn two_listeners_and_two_recordings_by_hand() {
    // One likes both, one the first alone: D_U = (2, 1), D_I = (2, 1), R̃ = [[1/2, 1/√2], [1/√2, 0]].
    // Off its diagonal R̃ᵀR̃ holds 1/2·1/√2 = 1/√8; the largest σ is 1, along v = (√2, 1)/√3.
    // The low-pass from 1 to 0 is v₁v₀·√2/√1 = 2/3, from 1 to itself v₁² = 1/3.
    let pairs = vec![(0, 0, LIKED), (0, 1, LIKED), (1, 0, LIKED)];
    let params = Params { dim: 1, iterations: 30, ..Params::default() };
    let model = fitted(params, &Csr::from_triplets(2, 2, pairs));
    let expected = [1.0 / 8.0_f32.sqrt() + 0.3 * 2.0 / 3.0, 0.3 / 3.0];
    for (score, expected) in scores(&model, &[1]).iter().zip(expected) {
        assert!((score - expected).abs() < 1e-5, "{score} for {expected}");
    }
}

#[test]
fn only_the_strongest_neighbors_are_kept() {
    // Item 0 goes with item 1 twice and with item 2 once, so of two neighbors the first is kept.
    let pairs = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 2)];
    let heard = Csr::from_triplets(3, 3, pairs.map(|(u, i)| (u, i, LIKED)).to_vec());
    let model = fitted(Params { neighbors: 1, low_pass: 0.0, ..Params::default() }, &heard);
    let scores = scores(&model, &[0]);
    assert!(scores[1] > 0.0 && scores[2] == 0.0, "{scores:?}");
}
