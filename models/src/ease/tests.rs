//! Are the weights those of the paper, by whichever way they were computed?

use super::{Params, divide_by_diagonal, fit, from_items, from_users, strongest};
use crate::testing::unobserved;
use crate::{Error, Training};
use linalg::Csr;
use music::{ItemIx, RecordingId, Rows, UserIx};
use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};

fn matrices() -> impl Strategy<Value = Csr<UserIx, ItemIx>> {
    let pairs = proptest::collection::btree_set((0_u32..8, 0_u32..11), 0..50);
    pairs.prop_map(|pairs| {
        Csr::from_triplets(8, 11, pairs.into_iter().map(|(u, i)| (u, i, 1.0)).collect())
    })
}

proptest! {
    #[test]
    fn both_ways_to_the_inverse_agree(liked in matrices(), reg in 0.5_f32..50.0) {
        let params = Params { reg, ..Params::default() };
        let (items, users) = (from_items(params, &liked), from_users(params, &liked));
        let (items, users) = (items.unwrap(), users.unwrap());
        for (a, b) in items.as_slice().iter().zip(users.as_slice()) {
            // Entries of P are at most 1/reg ≤ 2; the condition is below 90/0.5, so f32 keeps 1e-4.
            prop_assert!((a - b).abs() < 1e-4, "{a} and {b}");
        }
    }

    #[test]
    fn the_strongest_weights_are_those_of_a_full_sort(liked in matrices(), k in 1_usize..12) {
        let p = from_items(Params { reg: 2.0, ..Params::default() }, &liked).unwrap();
        let few = strongest(&p, k);
        let all = divide_by_diagonal(p);
        for i in 0..11 {
            let kept = |j: usize| few.of(j).0.iter().position(|&to| to as usize == i);
            let weight = |j: usize| all.row(j)[i];
            let (inside, outside): (Vec<usize>, Vec<usize>) =
                (0..11).filter(|&j| weight(j) != 0.0).partition(|&j| kept(j).is_some());
            prop_assert_eq!(inside.len(), k.min(inside.len() + outside.len()));
            let smallest = inside.iter().map(|&j| weight(j).abs()).fold(f32::INFINITY, f32::min);
            // P is symmetric up to the rounding of its solver.
            prop_assert!(outside.iter().all(|&j| weight(j).abs() < smallest + 1e-5));
            for j in inside {
                prop_assert!((few.of(j).1[kept(j).unwrap()] - weight(j)).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn no_other_weights_have_a_lower_loss(liked in matrices(), from in 0_usize..11, to in 0_usize..11) {
        let params = Params { reg: 2.0, ..Params::default() };
        let weights = divide_by_diagonal(from_items(params, &liked).unwrap());
        let moved = |by: f64| {
            let mut weights: Vec<Vec<f64>> =
                (0..11).map(|j| weights.row(j).iter().map(|&x| f64::from(x)).collect()).collect();
            weights[from][to] += by;
            loss(&liked, &weights, 2.0)
        };
        // The diagonal is held at 0; any other weight moved either way makes it worse.
        if from != to {
            let best = moved(0.0);
            prop_assert!(moved(0.01) > best && moved(-0.01) > best);
        }
    }
}

/// ‖X − XB‖² + λ‖B‖², the objective of the paper (eq. 2).
fn loss(liked: &Csr<UserIx, ItemIx>, weights: &[Vec<f64>], reg: f64) -> f64 {
    let mut loss = reg * weights.iter().flatten().map(|x| x * x).sum::<f64>();
    for (_, items, _) in liked.rows() {
        for (i, _) in weights.iter().enumerate() {
            let target = f64::from(u8::from(items.iter().any(|&j| j as usize == i)));
            let score: f64 = items.iter().map(|&j| weights[j as usize][i]).sum();
            loss += (target - score).powi(2);
        }
    }
    loss
}

#[test]
fn two_items_that_always_go_together_by_hand() {
    // XᵀX + λI = [[3, 2], [2, 3]] with two listeners and λ = 1; P = [[3, −2], [−2, 3]]/5, B = 2/3 off the diagonal.
    let liked = Csr::from_triplets(2, 2, vec![(0, 0, 1.0), (0, 1, 1.0), (1, 0, 1.0), (1, 1, 1.0)]);
    let p = from_items(Params { reg: 1.0, ..Params::default() }, &liked).unwrap();
    let weights = divide_by_diagonal(p);
    for (got, expected) in weights.as_slice().iter().zip([0.0, 2.0 / 3.0, 2.0 / 3.0, 0.0]) {
        assert!((got - expected).abs() < 1e-6, "{got} for {expected}");
    }
}

#[test]
fn a_catalogue_too_large_is_refused_with_the_bytes_needed() {
    let n_items = 1_000;
    let training = Training {
        heard: &Csr::from_triplets(2, n_items, Vec::new()),
        rows: &Rows::new((0..1_000).map(RecordingId).collect()),
        seed: 0,
        resume: None,
    };
    // Weights and their copy: 8·1000²; the users' matrices: 4·2·(2 + 1000).
    let expected =
        Error::TooLarge { model: "ease", n_items, needed_bytes: 8_008_016, allowed_bytes: 1 << 20 };
    let params = Params { max_memory_mb: 1, ..Params::default() };
    let error = fit(params, &training, &mut unobserved).unwrap_err();
    assert_eq!(error, expected);
    assert!(
        error.to_string().ends_with("raise max_memory_mb to 8 or take another model"),
        "{error}"
    );
    assert!(fit(Params { max_memory_mb: 8, ..params }, &training, &mut unobserved).is_ok());
    // One weight to each: 4·1000² of P, 24·1000 of weights, the users' matrices as before.
    let params = Params { neighbors: 1, max_memory_mb: 4, ..params };
    assert!(fit(params, &training, &mut unobserved).is_ok());
}
