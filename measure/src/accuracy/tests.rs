//! Does every metric equal what paper and pencil say?

use proptest::prelude::{prop_assert, proptest};

use super::{ACCURACY, AUC, Verdict};

fn value(name: &str, verdict: &Verdict, k: usize) -> f64 {
    let all = ACCURACY.iter().chain([&AUC]);
    (all.clone().find(|metric| metric.name == name).unwrap().of)(verdict, k)
}

/// Eight items ranked; relevant are those at places 0, 2 and 5 with gains 1, 3 and 2, and one, of gain 4, that the
/// catalogue lacks.
fn verdict() -> Verdict {
    Verdict::new(vec![(5, 2.0), (0, 1.0), (2, 3.0)], &[4.0], 8)
}

#[test]
fn every_metric_is_what_its_formula_says() {
    let check = |name: &str, k: usize, expected: f64| {
        let got = value(name, &verdict(), k);
        // Logarithms are written with five decimals.
        assert!((got - expected).abs() < 1e-5, "{name}@{k}: {expected} expected, got {got}");
    };
    // |R| = 4. At k = 3 the hits are at 0 and 2; at k = 6 at 0, 2 and 5.
    check("recall", 3, 2.0 / 4.0);
    check("recall", 6, 3.0 / 4.0);
    check("truncated_recall", 3, 2.0 / 3.0);
    check("truncated_recall", 6, 3.0 / 4.0);
    check("precision", 3, 2.0 / 3.0);
    check("precision", 6, 3.0 / 6.0);
    check("hit_rate", 1, 1.0);
    // Discounts of places 0 to 5: 1, 0.63093, 0.5, 0.43068, 0.38685, 0.35621.
    check("ndcg", 3, (1.0 + 0.5) / (1.0 + 0.63093 + 0.5));
    check("ndcg", 6, (1.0 + 0.5 + 0.35621) / (1.0 + 0.63093 + 0.5 + 0.43068));
    // Gains highest first: 4, 3, 2, 1.
    check("graded_ndcg", 3, (1.0 + 3.0 * 0.5) / (4.0 + 3.0 * 0.63093 + 2.0 * 0.5));
    check(
        "graded_ndcg",
        6,
        (1.0 + 3.0 * 0.5 + 2.0 * 0.35621) / (4.0 + 3.0 * 0.63093 + 2.0 * 0.5 + 0.43068),
    );
    // Precisions at the hits: 1/1, 2/3, 3/6.
    check("map", 3, (1.0 + 2.0 / 3.0) / 4.0);
    check("map", 6, (1.0 + 2.0 / 3.0 + 0.5) / 4.0);
    check("truncated_map", 3, (1.0 + 2.0 / 3.0) / 3.0);
    check("mrr", 3, 1.0);
    // Five others. Below place 0 are all 5, below place 2 four of them, below place 5 two, below the missing one none.
    check("auc", 0, (5.0 + 4.0 + 2.0 + 0.0) / (4.0 * 5.0));
}

#[test]
fn no_hit_is_worth_nothing() {
    let verdict = Verdict::new(vec![(6, 1.0)], &[], 8);
    for metric in ACCURACY {
        assert_eq!((metric.of)(&verdict, 5), 0.0, "{}", metric.name);
    }
    assert_eq!(value("mrr", &verdict, 7), 1.0 / 7.0);
}

#[test]
fn a_perfect_ranking_is_worth_1_and_a_reversed_one_0() {
    let perfect = Verdict::new(vec![(0, 3.0), (1, 2.0), (2, 1.0)], &[], 9);
    let reversed = Verdict::new(vec![(8, 3.0), (7, 2.0), (6, 1.0)], &[], 9);
    for metric in ACCURACY.iter().chain([&AUC]) {
        assert!(((metric.of)(&perfect, 3) - 1.0).abs() < 1e-12, "{}", metric.name);
        assert_eq!((metric.of)(&reversed, 3), 0.0, "{}", metric.name);
    }
}

#[test]
fn where_everything_is_relevant_nothing_is_ranked_wrong() {
    assert_eq!(value("auc", &Verdict::new(vec![(1, 1.0), (0, 1.0)], &[], 2), 0), 1.0);
    assert_eq!(value("auc", &Verdict::new(Vec::new(), &[1.0], 0), 0), 0.0);
}

proptest! {
    #[test]
    fn values_stay_between_0_and_1_and_a_better_place_is_never_worse(
        places in proptest::collection::btree_set(1_u32..40, 1..12),
        n_unseen in 0_usize..3,
        k in 1_usize..50,
    ) {
        let found: Vec<_> = places.iter().map(|&place| (place, 1.0)).collect();
        let unseen = vec![1.0; n_unseen];
        let verdict = Verdict::new(found.clone(), &unseen, 40);
        // The best of the relevant items moves to the first place.
        let mut better = found;
        better[0].0 = 0;
        let better = Verdict::new(better, &unseen, 40);
        for metric in ACCURACY.iter().chain([&AUC]) {
            let (value, better) = ((metric.of)(&verdict, k), (metric.of)(&better, k));
            prop_assert!((0.0..=1.0 + 1e-12).contains(&value), "{} {value}", metric.name);
            prop_assert!(better >= value, "{} {value} {better}", metric.name);
        }
    }
}
