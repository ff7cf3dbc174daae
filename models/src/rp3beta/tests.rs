//! Does a walk end where the paper says, with the probability it says?

use super::{Params, fit};
use crate::testing::unobserved;
use crate::{Heard, Training};
use linalg::Csr;
use music::{ItemIx, RecordingId, Rows, UserIx};
use proptest::prelude::{Strategy, prop_assert, proptest};

fn matrices() -> impl Strategy<Value = Csr<UserIx, ItemIx, Heard>> {
    let pairs = proptest::collection::btree_map((0_u32..8, 0_u32..7), 0.5_f32..5.0, 0..40);
    pairs.prop_map(|pairs| {
        let heard = |confidence| Heard { confidence, age_days: 0.0, is_liked: true };
        let triplets = pairs.into_iter().map(|((u, i), c)| (u, i, heard(c))).collect();
        Csr::from_triplets(8, 7, triplets)
    })
}

fn weights(params: Params, heard: &Csr<UserIx, ItemIx, Heard>) -> Vec<Vec<f32>> {
    let n_items = heard.n_cols();
    let rows = Rows::new((0..n_items as u64).map(RecordingId).collect());
    let training = Training::new(heard, &rows, 0);
    let model = fit(params, &training, &mut unobserved).unwrap();
    let of_item = |j: usize| {
        let mut row = vec![0.0; n_items];
        let (items, weights) = model.ends.of(j);
        for (&i, &w) in items.iter().zip(weights) {
            row[i as usize] = w;
        }
        row
    };
    (0..n_items).map(of_item).collect()
}

/// Every path from j over a user to i, one by one.
fn slow(params: Params, heard: &Csr<UserIx, ItemIx, Heard>, j: usize, i: usize) -> f64 {
    let confidence = |u: usize, i: usize| {
        let (items, heard) = heard.row(u);
        let place = items.iter().position(|&item| item as usize == i);
        place.map_or(0.0, |place| f64::from(heard[place].confidence))
    };
    let n_users = |i: usize| (0..8).filter(|&u| confidence(u, i) > 0.0).count() as f64;
    let mut sum = 0.0;
    for u in (0..8).filter(|&u| confidence(u, j) > 0.0 && confidence(u, i) > 0.0) {
        let of_user: f64 = (0..7).map(|i| confidence(u, i)).sum();
        let steps = [1.0 / n_users(j), confidence(u, i) / of_user];
        sum += steps.map(|p| p.powf(f64::from(params.alpha))).iter().product::<f64>();
    }
    if sum > 0.0 { sum / n_users(i).powf(f64::from(params.beta)) } else { 0.0 }
}

proptest! {
    #[test]
    fn every_path_counts_once(heard in matrices(), alpha in 0.0_f32..2.0, beta in 0.0_f32..1.0) {
        let params = Params { alpha, beta, ..Params::default() };
        let fast = weights(params, &heard);
        for (j, fast) in fast.iter().enumerate() {
            for (i, &fast) in fast.iter().enumerate() {
                let slow = if i == j { 0.0 } else { slow(params, &heard, j, i) };
                // A sum of at most 8 products, each at most 1.
                prop_assert!((f64::from(fast) - slow).abs() < 1e-5, "{fast} for {slow}");
            }
        }
    }

    #[test]
    fn an_unhindered_walk_ends_somewhere(heard in matrices()) {
        // α = 1, β = 0: the weights are probabilities, less that of coming back to where it started.
        for row in weights(Params { alpha: 1.0, beta: 0.0, ..Params::default() }, &heard) {
            prop_assert!(row.iter().sum::<f32>() < 1.0 + 1e-5, "{row:?}");
        }
    }
}

#[test]
fn two_steps_by_hand() {
    // User 0 likes items 0 and 1 with 3 and 1, user 1 likes items 1 and 2 with 1 and 1.
    let heard = |confidence, is_liked| Heard { confidence, age_days: 0.0, is_liked };
    let pairs = vec![
        (0, 0, heard(3.0, true)),
        (0, 1, heard(1.0, true)),
        (0, 2, heard(1.0, false)),
        (1, 1, heard(1.0, true)),
        (1, 2, heard(1.0, true)),
    ];
    let params = Params { alpha: 1.0, beta: 1.0, ..Params::default() };
    let weights = weights(params, &Csr::from_triplets(2, 3, pairs));
    // From 1: half to user 0 and there 3/4 to item 0, which has one user; half to user 1 and there 1/2 to item 2.
    // From 0: to user 0, 1/4 to item 1, which has two users. What is known and not liked leads nowhere.
    let expected = [[0.0, 0.125, 0.0], [0.375, 0.0, 0.25], [0.0, 0.25, 0.0]];
    for (got, expected) in weights.iter().flatten().zip(expected.as_flattened()) {
        assert!((got - expected).abs() < 1e-6, "{got} for {expected}");
    }
}
