//! Are the weights those that the slow way of the paper finds?

use super::{Params, fit};
use crate::testing::unobserved;
use crate::{Aging, Heard, Training};
use linalg::Csr;
use music::{ItemIx, RecordingId, Rows, UserIx};
use proptest::prelude::{Strategy, prop_assert, proptest};

const N_USERS: usize = 10;
const N_ITEMS: usize = 7;

fn matrices() -> impl Strategy<Value = Csr<UserIx, ItemIx, Heard>> {
    let pairs = proptest::collection::btree_map((0_u32..10, 0_u32..7), 0.0_f32..90.0, 0..50);
    pairs.prop_map(|pairs| {
        let triplets =
            pairs.into_iter().map(|((u, i), age_days)| (u, i, Heard { age_days, ..LIKED }));
        Csr::from_triplets(N_USERS, N_ITEMS, triplets.collect())
    })
}

/// A confidence that is not 1 and has no say.
const LIKED: Heard = Heard { confidence: 3.0, age_days: 0.0, is_liked: true };

fn liked(pairs: &[(u32, u32)], n_users: usize, n_items: usize) -> Csr<UserIx, ItemIx, Heard> {
    let triplets = pairs.iter().map(|&(u, i)| (u, i, LIKED)).collect();
    Csr::from_triplets(n_users, n_items, triplets)
}

/// Solved until nothing moves.
fn exact(l1_reg: f32, l2_reg: f32, nonnegative: bool) -> Params {
    Params { l1_reg, l2_reg, nonnegative, iterations: 10_000, tolerance: 1e-6, ..Params::default() }
}

/// Row j, column i: W_ji.
fn weights(params: Params, heard: &Csr<UserIx, ItemIx, Heard>) -> Vec<Vec<f32>> {
    let n_items = heard.n_cols();
    let rows = Rows::new((0..n_items as u64).map(RecordingId).collect());
    let training = Training::new(heard, &rows, 0);
    let model = fit(params, &training, &mut unobserved).unwrap();
    let of_item = |j: usize| {
        let mut row = vec![0.0; n_items];
        let (items, weights) = model.weights.of(j);
        for (&i, &w) in items.iter().zip(weights) {
            row[i as usize] = w;
        }
        row
    };
    (0..n_items).map(of_item).collect()
}

/// Column i by small steps down the gradient, each followed by the soft threshold, on the users themselves (ISTA).
fn slow(params: Params, heard: &Csr<UserIx, ItemIx, Heard>, i: usize) -> Vec<f64> {
    let likes = |u: usize, j: usize| {
        let (items, heard) = heard.row(u);
        let place = items.iter().position(|&item| item as usize == j);
        place.map_or(0.0, |place| f64::from(params.aging.factor(heard[place])))
    };
    let (l1_reg, l2_reg) = (f64::from(params.l1_reg), f64::from(params.l2_reg));
    // No eigenvalue of XᵀX is above its trace.
    let step = 1.0 / (heard.nnz() as f64 + l2_reg);
    let mut w = vec![0.0; N_ITEMS];
    for _ in 0..5_000 {
        let residual = |u| likes(u, i) - (0..N_ITEMS).map(|j| likes(u, j) * w[j]).sum::<f64>();
        let residuals: Vec<f64> = (0..N_USERS).map(residual).collect();
        for j in (0..N_ITEMS).filter(|&j| j != i) {
            let pull: f64 = (0..N_USERS).map(|u| likes(u, j) * residuals[u]).sum();
            let moved = w[j] + step * (pull - l2_reg * w[j]);
            let shrunk = (moved.abs() - step * l1_reg).max(0.0).copysign(moved);
            w[j] = if params.nonnegative { shrunk.max(0.0) } else { shrunk };
        }
    }
    w
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn descending_by_coordinates_on_counts_finds_the_weights_of_the_slow_way(
        heard in matrices(),
        l1_reg in 0.0_f32..2.0,
        l2_reg in 1.0_f32..5.0,
        nonnegative: bool,
        fades: bool,
    ) {
        let half_life_days = if fades { 30.0 } else { 0.0 };
        let aging = Aging { half_life_days, ..Aging::default() };
        let params = Params { aging, ..exact(l1_reg, l2_reg, nonnegative) };
        let fast = weights(params, &heard);
        for i in 0..N_ITEMS {
            // Items that share no user with i are no candidates; a negative weight may still be worth their while,
            // so that only with all of them as candidates the slow way has the same choice.
            let users = |k: usize| heard.transpose().row(k).0.to_vec();
            let shares = |j: usize| users(j).iter().any(|u| users(i).contains(u));
            if !nonnegative && !(0..N_ITEMS).all(shares) {
                continue;
            }
            for (row, slow) in fast.iter().zip(slow(params, &heard, i)) {
                // 5 000 steps leave (1 − 1/55)^5000 of the way; f32 keeps 1e-5 of weights below 1.
                prop_assert!((f64::from(row[i]) - slow).abs() < 1e-4, "{} for {slow}", row[i]);
            }
        }
    }
}

#[test]
fn two_items_that_always_go_together_by_hand() {
    // Two users like both: G = [[2, 2], [2, 2]], so w = (2 − l1_reg)/(2 + l2_reg) = 1.5/3 either way.
    let heard = liked(&[(0, 0), (0, 1), (1, 0), (1, 1)], 2, 2);
    assert_eq!(weights(exact(0.5, 1.0, true), &heard), [[0.0, 0.5], [0.5, 0.0]]);
}

#[test]
fn what_another_item_says_already_is_not_said_twice_by_hand() {
    // Three users like items 0 and 1, two of them item 2 as well.
    // To item 2 from (0, 1): G = [[3, 3], [3, 3]], g = (2, 2), l2_reg = 1, l1_reg = 0: w₀ = w₁ = 2/7.
    let heard = liked(&[(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1)], 3, 3);
    let weights = weights(exact(0.0, 1.0, true), &heard);
    for j in [0, 1] {
        assert!((weights[j][2] - 2.0 / 7.0).abs() < 1e-5, "{weights:?}");
    }
}

#[test]
fn a_negative_weight_is_kept_only_where_asked_for() {
    // Item 2 comes with item 0 alone, but for one user in five who has item 1 too.
    let mut pairs = vec![(4, 0), (4, 1), (4, 2)];
    pairs.extend((0..4).flat_map(|u| [(u, 0), (u, 2)]));
    pairs.extend((5..9).flat_map(|u| [(u, 0), (u, 1)]));
    let heard = liked(&pairs, 9, 3);
    // G of items 0 and 1: [[9, 5], [5, 5]] and g = (5, 1); without penalties w = (1, −4/5).
    let any = weights(exact(0.0, 0.0, false), &heard);
    assert!((any[0][2] - 1.0).abs() < 1e-4 && (any[1][2] + 0.8).abs() < 1e-4, "{any:?}");
    // With w₁ held at 0, w₀ = 5/9.
    let nonnegative = weights(exact(0.0, 0.0, true), &heard);
    assert!((nonnegative[0][2] - 5.0 / 9.0).abs() < 1e-4, "{nonnegative:?}");
    assert!(nonnegative[1][2] == 0.0, "{nonnegative:?}");
}

#[test]
fn no_more_weights_lead_to_an_item_than_there_are_neighbors() {
    let pairs: Vec<_> = (0..10).flat_map(|u| (0..=u % 7).map(move |i| (u, i))).collect();
    let params = Params { neighbors: 2, l1_reg: 0.0, ..Params::default() };
    let weights = weights(params, &liked(&pairs, N_USERS, N_ITEMS));
    for i in 0..N_ITEMS {
        assert!(weights.iter().filter(|row| row[i] != 0.0).count() <= 2, "{weights:?}");
    }
}
