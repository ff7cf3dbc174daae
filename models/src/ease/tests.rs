//! Are the weights those of the paper, by whichever way they were computed?

use super::{
    Params, STRETCH, TOGETHER, Way, divide_by_diagonal, fit, from_items, from_users,
    score_together, strongest, way,
};
use crate::testing::unobserved;
use crate::{Error, Query, Training};
use linalg::{Csr, Matrix};
use music::{ItemIx, RecordingId, Rows, UserIx};
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

fn matrices() -> impl Strategy<Value = Csr<UserIx, ItemIx>> {
    // Whether what was heard fades or not.
    let counts = (any::<bool>(), proptest::collection::vec(0.0625_f32..1.0, 88));
    let pairs = proptest::collection::btree_set((0_u32..8, 0_u32..11), 0..50);
    (pairs, counts).prop_map(|(pairs, (fades, counts))| {
        let count = |u, i| if fades { counts[(11 * u + i) as usize] } else { 1.0 };
        Csr::from_triplets(8, 11, pairs.into_iter().map(|(u, i)| (u, i, count(u, i))).collect())
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
    for (_, items, counts) in liked.rows() {
        let pairs = || items.iter().map(|&j| j as usize).zip(counts.iter().map(|&x| f64::from(x)));
        for (i, _) in weights.iter().enumerate() {
            let target: f64 = pairs().filter(|&(j, _)| j == i).map(|(_, x)| x).sum();
            let score: f64 = pairs().map(|(j, x)| x * weights[j][i]).sum();
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
    let (heard, rows) = (
        Csr::from_triplets(2, n_items, Vec::new()),
        Rows::new((0..1_000).map(RecordingId).collect()),
    );
    let training = Training::new(&heard, &rows, 0);
    // 4·1000² for the weights and 4·2² for the two users, less than the scratch from items.
    let expected =
        Error::TooLarge { model: "ease", n_items, needed_bytes: 4_000_016, allowed_bytes: 1 << 20 };
    let params = Params { max_memory_mb: 1, ..Params::default() };
    let error = fit(params, &training, &mut unobserved).unwrap_err();
    assert_eq!(error, expected);
    let told =
        "ease needs 4 MB of memory for 1000 recordings, allowed are 1; raise max_memory_mb to 4";
    assert!(error.to_string().starts_with(told), "{error}");
    assert!(fit(Params { max_memory_mb: 4, ..params }, &training, &mut unobserved).is_ok());
    // 24 bytes more for a weight to each.
    let params = Params { neighbors: 1, max_memory_mb: 4, ..params };
    assert!(fit(params, &training, &mut unobserved).is_ok());
}

#[test]
fn the_sooner_way_is_taken_where_memory_allows_it() {
    let check =
        |max_memory_mb: usize, n_users: usize, n_items: usize, expected: Result<Way, u64>| {
            let params = Params { max_memory_mb, ..Params::default() };
            let got = way(params, n_users, n_items, 27 * n_users).map_err(|error| match error {
                Error::TooLarge { needed_bytes, .. } => needed_bytes >> 20,
                other => panic!("{other}"),
            });
            assert_eq!(got, expected, "{n_users} × {n_items} within {max_memory_mb}");
        };
    // From items 4·41,000² + 8·256·41,000 = 6.8 GB, from users 4·30,000² more than 4·41,000²: 10.3 GB.
    check(8_192, 30_000, 41_000, Ok(Way::Items));
    check(16_384, 30_000, 41_000, Ok(Way::Users));
    check(4_096, 30_000, 41_000, Err(6_492));
    // More users than items: from items whatever there is.
    check(1 << 20, 41_000, 30_000, Ok(Way::Items));
    // Hardly fewer users save less than the additions take.
    check(1 << 20, 30_000, 30_001, Ok(Way::Items));
}

#[test]
fn queries_together_score_like_each_alone() {
    // Two stretches and two groups; whole numbers, so that no sum rounds.
    let n_items = STRETCH + 3;
    let number = |k: usize| ((k * 7) % 13) as f32 - 6.0;
    let mut weights = Matrix::zeros(n_items, n_items);
    for j in 0..40 {
        for (i, x) in weights.row_mut(j).iter_mut().enumerate() {
            *x = number(j * 31 + i);
        }
    }
    let item = |k: usize| ItemIx(u32::try_from(k).unwrap());
    let query = |q: usize| Query::Sparse {
        items: (0..40_usize).filter(|j| (j + q).is_multiple_of(3)).map(item).collect(),
        weights: (0..40_usize)
            .filter(|j| (j + q).is_multiple_of(3))
            .map(|j| (j + q) as f32)
            .collect(),
    };
    let queries: Vec<Query> = (0..TOGETHER).map(query).collect();
    let mut scores = vec![f32::NAN; TOGETHER * n_items];
    score_together(&weights, &queries, &mut scores);
    for (q, scores) in scores.chunks_exact(n_items).enumerate() {
        for (i, &score) in scores.iter().enumerate() {
            let terms = (0..40_usize).filter(|j| (j + q).is_multiple_of(3));
            let slow: f32 = terms.map(|j| (j + q) as f32 * weights.row(j)[i]).sum();
            assert_eq!(score, slow, "query {q}, item {i}");
        }
    }
}
