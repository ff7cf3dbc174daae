//! Are the scores a projection onto the largest singular vectors?

use super::{Params, PureSvd, Weighting, fit};
use crate::testing::{two_tribes, unobserved};
use crate::{Heard, History, Query, Recommender, Training};
use linalg::{Csr, Matrix, symmetric_eigen};
use music::{ItemIx, RecordingId, Rows, UserIx};
use proptest::prelude::{Strategy, any, prop_assert, proptest};

const N_USERS: usize = 12;
const N_ITEMS: usize = 9;

type Table = Csr<UserIx, ItemIx, Heard>;

fn tables() -> impl Strategy<Value = Table> {
    let pair = (0.0625_f32..4.0, any::<bool>());
    let pairs = proptest::collection::btree_map((0_u32..12, 0_u32..9), pair, 0..70);
    pairs.prop_map(|pairs| {
        let heard = |(confidence, is_liked)| Heard { confidence, age_days: 0.0, is_liked };
        let triplets = pairs.into_iter().map(|((u, i), pair)| (u, i, heard(pair))).collect();
        Csr::from_triplets(N_USERS, N_ITEMS, triplets)
    })
}

fn fitted(params: Params, heard: &Table) -> PureSvd {
    let rows = Rows::new((0..heard.n_cols() as u64).map(|i| RecordingId(7 * i)).collect());
    let training = Training::new(heard, &rows, 5);
    fit(params, &training, &mut unobserved).unwrap()
}

fn scores(model: &PureSvd, history: &History<'_>) -> Vec<f32> {
    let mut scores = Matrix::zeros(1, model.n_items());
    model.score_batch(&[model.represent(history)], &mut scores);
    scores.into_vec()
}

/// X, dense.
fn entries(params: Params, heard: &Table) -> Matrix {
    let mut x = Matrix::zeros(N_USERS, N_ITEMS);
    for (u, items, heard) in heard.rows() {
        for (&i, heard) in items.iter().zip(heard) {
            x.row_mut(u)[i as usize] = match params.weighting {
                Weighting::Equal if heard.is_liked => 1.0,
                Weighting::Confidence if heard.is_liked => heard.confidence,
                Weighting::Equal | Weighting::Confidence => 0.0,
            };
        }
    }
    x
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
    fn scores_are_those_of_the_whole_decomposition(
        heard in tables(), dim in 1_usize..9, by_confidence in any::<bool>(),
    ) {
        let weighting = if by_confidence { Weighting::Confidence } else { Weighting::Equal };
        let params = Params { dim, weighting, iterations: 30, ..Params::default() };
        let x = entries(params, &heard);
        let slow = symmetric_eigen(&x.gram()).unwrap();
        if !is_clear(&slow.values, dim) {
            return Ok(());
        }
        let model = fitted(params, &heard);
        for (u, items, heard) in heard.rows() {
            let items: Vec<ItemIx> = items.iter().map(|&i| ItemIx(i)).collect();
            let fast = scores(&model, &History::new(&items, heard));
            for (i, &fast) in fast.iter().enumerate() {
                let along = |k: usize| -> f32 { x.row(u).iter().zip(slow.vectors.row(k)).map(|(a, b)| a * b).sum() };
                let slow: f32 = (0..dim).map(|k| along(k) * slow.vectors.row(k)[i]).sum();
                // Entries up to 4 over nine items; a gap of 0.7 leaves 0.7^60 of the start, the rest is rounding.
                prop_assert!((fast - slow).abs() < 2e-3, "user {u}, item {i}: {fast} for {slow}");
            }
        }
    }
}

#[test]
fn two_listeners_alike_and_one_apart_by_hand() {
    // Two like items 0 and 1, one likes item 2: σ = 2 along (1, 1, 0)/√2, so a history of item 0 scores (½, ½, 0).
    let liked = Heard { confidence: 3.0, age_days: 0.0, is_liked: true };
    let pairs = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 2)];
    let heard = Csr::from_triplets(3, 3, pairs.map(|(u, i)| (u, i, liked)).to_vec());
    let model = fitted(Params { dim: 1, ..Params::default() }, &heard);
    let heard = [liked];
    let history = History::new(&[ItemIx(0)], &heard);
    for (score, expected) in scores(&model, &history).iter().zip([0.5, 0.5, 0.0]) {
        assert!((score - expected).abs() < 1e-5, "{score} for {expected}");
    }
}

#[test]
fn a_user_vector_is_what_the_history_folds_into() {
    let world = two_tribes(3);
    let model = fit(Params::default(), &world.training(), &mut unobserved).unwrap();
    for u in world.users() {
        let row = model.user_vectors().unwrap().row(u.0 as usize).to_vec();
        assert_eq!(model.represent(&world.listener(u).history()), Query::Dense(row));
    }
}
