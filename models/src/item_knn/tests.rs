//! Are items as alike as each of the measures says?

use super::{Params, Similarity, fit, weigh};
use crate::neighbors::Neighbors;
use crate::testing::{two_tribes, unobserved};
use crate::{Heard, Training};
use linalg::Csr;
use music::{ItemIx, RecordingId, Rows, UserIx};
use proptest::prelude::{Strategy, prop_assert, proptest};

fn matrices() -> impl Strategy<Value = Csr<UserIx, ItemIx>> {
    let pairs = proptest::collection::btree_map((0_u32..12, 0_u32..9), 0.0625_f32..5.0, 0..60);
    pairs.prop_map(|pairs| {
        Csr::from_triplets(12, 9, pairs.into_iter().map(|((u, i), c)| (u, i, c)).collect())
    })
}

proptest! {
    #[test]
    fn a_cosine_is_at_most_1(liked in matrices()) {
        for similarity in [Similarity::Cosine, Similarity::TfIdf] {
            let by_item = weigh(Params { similarity, ..Params::default() }, &liked);
            let neighbors = Neighbors::of_product(&by_item, &by_item.transpose(), 100);
            for (_, cosines) in (0..9).map(|j| neighbors.of(j)) {
                prop_assert!(cosines.iter().all(|&x| 0.0 < x && x < 1.0 + 1e-5), "{cosines:?}");
            }
        }
    }
}

/// The weights of three pairs: user 0 likes items 0 and 1 with 4 and 1, user 1 likes item 1 with 9.
fn check(params: Params, expected: [f32; 3]) {
    let liked = Csr::from_triplets(2, 3, vec![(0, 0, 4.0), (0, 1, 1.0), (1, 1, 9.0)]);
    let by_item = weigh(params, &liked);
    let got = [by_item.row(0).1[0], by_item.row(1).1[0], by_item.row(1).1[1]];
    for (got, expected) in got.iter().zip(expected) {
        assert!((got - expected).abs() < 1e-6, "{got} for {expected}");
    }
}

#[test]
fn cosine_weights_by_hand() {
    // Item 0: 4/4. Item 1: (1, 9)/√82.
    let params = Params { similarity: Similarity::Cosine, ..Params::default() };
    check(params, [1.0, 1.0 / 82.0_f32.sqrt(), 9.0 / 82.0_f32.sqrt()]);
}

#[test]
fn tfidf_weights_by_hand() {
    // idf = ln 3 − ln(1 + n_u): user 0 likes two of three, so 0; user 1 likes one, so ln 1.5.
    // Item 0: nothing is left. Item 1: (1·0, 3·ln 1.5), normalized (0, 1).
    let params = Params { similarity: Similarity::TfIdf, ..Params::default() };
    check(params, [0.0, 0.0, 1.0]);
}

#[test]
fn bm25_weights_by_hand() {
    // Lengths 4, 10 and 0, mean 14/3; with k₁ = 1 and b = 0.5 item 1 has k₁·(0.5 + 0.5·10·3/14) = 11/7.
    // (item 1, user 1): 9·2/(11/7 + 9)·ln 1.5 = 63/37·ln 1.5.
    let params = Params { similarity: Similarity::Bm25, k1: 1.0, b: 0.5, ..Params::default() };
    check(params, [0.0, 0.0, 63.0 / 37.0 * 1.5_f32.ln()]);
}

#[test]
fn what_is_known_and_not_liked_makes_no_neighbors() {
    let heard = |is_liked| Heard { confidence: 1.0, age_days: 0.0, is_liked };
    let pairs = vec![(0, 0, heard(true)), (0, 1, heard(false))];
    let (heard, rows) =
        (Csr::from_triplets(1, 2, pairs), Rows::new(vec![RecordingId(1), RecordingId(2)]));
    let training = Training::new(&heard, &rows, 0);
    let model = fit(Params::default(), &training, &mut unobserved).unwrap();
    assert!((0..2).all(|j| model.neighbors.of(j).0.is_empty()));
}

#[test]
fn no_more_neighbors_are_kept_than_asked_for() {
    let world = two_tribes(1);
    let model =
        fit(Params { neighbors: 2, ..Params::default() }, &world.training(), &mut unobserved)
            .unwrap();
    assert!((0..world.rows.len()).all(|j| model.neighbors.of(j).0.len() <= 2));
}
