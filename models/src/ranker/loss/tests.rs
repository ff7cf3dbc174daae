//! Are the slopes those of the costs, and the costs those of the papers?

use std::f64::consts::LN_2;

use super::{Judged, bounded_pairs, lambda_rank, pairwise, pointwise};
use crate::hash::{hash, normal, unit};

/// Twelve scores, labels from 0 to 2 where not told otherwise, and weights.
struct List {
    scores: Vec<f32>,
    labels: Vec<f32>,
    weights: Vec<f32>,
}

impl List {
    fn new(seed: u64) -> Self {
        let numbers = |kind| (0..12_u64).map(move |k| hash([seed, kind, k]));
        Self {
            scores: numbers(0).map(|bits| 2.0 * normal(bits)).collect(),
            labels: numbers(1).map(|bits| (3.0 * unit(bits)).floor()).collect(),
            weights: numbers(2).map(|bits| 0.5 + unit(bits)).collect(),
        }
    }

    fn judged(&self) -> Judged<'_> {
        Judged { scores: &self.scores, labels: &self.labels, weights: &self.weights }
    }
}

fn check(list: Judged<'_>, cost: impl Fn(Judged<'_>, &mut [f32]) -> f64) {
    let mut gradient = vec![7.0; list.scores.len()];
    cost(list, &mut gradient);
    for (k, &slope) in gradient.iter().enumerate() {
        let moved = |by: f32| {
            let mut scores = list.scores.to_vec();
            scores[k] += by;
            let mut ignored = vec![0.0; scores.len()];
            (f64::from(scores[k]), cost(Judged { scores: &scores, ..list }, &mut ignored))
        };
        let ((up, above), (down, below)) = (moved(1.0 / 256.0), moved(-1.0 / 256.0));
        let expected = (above - below) / (up - down);
        // The third derivative times h²/6, and single precision of the slope.
        assert!((f64::from(slope) - expected).abs() < 1e-5, "{k}: {slope}, {expected}");
    }
}

#[test]
fn the_slopes_are_central_differences() {
    for seed in 1..=5 {
        let list = List::new(seed);
        let shares: Vec<f32> = list.labels.iter().map(|label| label / 2.0).collect();
        for bound in [0.0, 0.5, 2.0] {
            check(list.judged(), |list, gradient| pairwise(list, bound, gradient));
            check(Judged { labels: &shares, ..list.judged() }, |list, gradient| {
                pointwise(list, bound, gradient)
            });
        }
    }
}

/// NDCG@k of these labels in this order, by its definition.
fn ndcg(labels: &[f32], order: &[usize], k: usize) -> f64 {
    let dcg = |order: &[usize]| {
        let gains = order.iter().take(k).map(|&row| f64::from(labels[row]).exp2() - 1.0);
        gains.zip(2_u8..).map(|(gain, place)| gain / f64::from(place).log2()).sum::<f64>()
    };
    let mut best: Vec<usize> = (0..labels.len()).collect();
    best.sort_by(|&a, &b| labels[b].total_cmp(&labels[a]));
    dcg(order) / dcg(&best)
}

#[test]
fn lambdas_are_what_the_definition_says() {
    for (seed, k) in [(1, 12), (2, 5), (3, 1), (4, 100)] {
        let list = List::new(seed);
        let mut order: Vec<usize> = (0..12).collect();
        order.sort_by(|&a, &b| list.scores[b].total_cmp(&list.scores[a]));
        let (mut lambdas, mut expected_cost) = (vec![0.0; 12], 0.0);
        for i in 0..12 {
            for j in (0..12).filter(|&j| list.labels[i] > list.labels[j]) {
                let mut changed = order.clone();
                let place = |row| order.iter().position(|&at| at == row).unwrap();
                changed.swap(place(i), place(j));
                let change =
                    (ndcg(&list.labels, &order, k) - ndcg(&list.labels, &changed, k)).abs();
                let weight = f64::from(list.weights[i] * list.weights[j]);
                let gap = f64::from(list.scores[i]) - f64::from(list.scores[j]);
                let lambda = -weight * change / (1.0 + gap.exp());
                lambdas[i] += lambda;
                lambdas[j] -= lambda;
                expected_cost += weight * change * (-gap).exp().ln_1p();
            }
        }
        let mut gradient = vec![0.0; 12];
        let cost = lambda_rank(list.judged(), k, &mut gradient);
        assert!((cost - expected_cost).abs() < 1e-6, "{cost}, {expected_cost}");
        for (got, lambda) in gradient.iter().zip(&lambdas) {
            assert!((f64::from(*got) - lambda).abs() < 1e-5, "{got}, {lambda}");
        }
    }
}

#[test]
fn pairs_sixteen_at_a_time_cost_what_they_cost_one_after_the_other() {
    // Lists that do not fill whole blocks, one shorter than a block.
    for n in [5_u64, 16, 37] {
        let numbers = |kind| (0..n).map(move |k| hash([n, kind, k]));
        let scores: Vec<f32> = numbers(0).map(|bits| 4.0 * normal(bits)).collect();
        let labels: Vec<f32> = numbers(1).map(|bits| (3.0 * unit(bits)).floor()).collect();
        let weights: Vec<f32> = numbers(2).map(|bits| 0.5 + unit(bits)).collect();
        let list = Judged { scores: &scores, labels: &labels, weights: &weights };
        let (mut fast, mut slow) = (vec![7.0; scores.len()], vec![0.0; scores.len()]);
        let cost = pairwise(list, 0.0, &mut fast);
        let expected = bounded_pairs(list, 0.0, &mut slow);
        assert!((cost - expected).abs() < 1e-6 * expected, "{n}: {cost}, {expected}");
        // The slopes of the slow twin are within 2⁻¹⁷ of themselves.
        fast.iter().zip(&slow).for_each(|(a, b)| assert!((a - b).abs() < 1e-5, "{n}: {a}, {b}"));
    }
}

#[test]
fn two_with_equal_scores_cost_the_logarithm_of_two() {
    let list = Judged { scores: &[0.5, 0.5], labels: &[1.0, 0.0], weights: &[1.0, 2.0] };
    let mut gradient = [0.0; 2];
    // The logarithm of one gap is in single precision.
    assert!((pairwise(list, 0.0, &mut gradient) - LN_2).abs() < 1e-6);
    // σ(0) = 1/2 of a mean over one pair, whatever it weighs.
    assert_eq!(gradient, [-0.5, 0.5]);
    // With a bound of 1 the cost is 1 − σ(0) and its slope σ(0)·(1 − σ(0)).
    assert!((pairwise(list, 1.0, &mut gradient) - 0.5).abs() < 1e-9);
    assert!((gradient[1] - 0.25).abs() < 1e-5, "{gradient:?}");
    // At score 0: (1·ln 2 + 2·ln 2)/3, slopes (1·(σ − 1))/3 and (2·σ)/3.
    let zeros = Judged { scores: &[0.0, 0.0], ..list };
    assert!((pointwise(zeros, 0.0, &mut gradient) - LN_2).abs() < 1e-6);
    assert!((gradient[0] + 1.0 / 6.0).abs() < 1e-6 && (gradient[1] - 1.0 / 3.0).abs() < 1e-6);
}

#[test]
fn the_top_of_the_list_matters_most_to_lambda_rank() {
    // The liked one stands third of three; changing places with the first gains 1 − 1/2, with the second
    // 1/log₂3 − 1/2 = 0.1309.
    let list = Judged { scores: &[2.0, 2.0, 2.0], labels: &[0.0, 0.0, 1.0], weights: &[1.0; 3] };
    let mut gradient = [0.0; 3];
    lambda_rank(list, 3, &mut gradient);
    let expected = [0.25, 0.0655, -0.3155];
    assert!(gradient.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4), "{gradient:?}");
}

#[test]
fn a_like_by_accident_stops_to_pull_where_there_is_a_bound() {
    let list = Judged { scores: &[-20.0], labels: &[1.0], weights: &[1.0] };
    let mut gradient = [0.0];
    assert!(pointwise(list, 0.0, &mut gradient) > 19.0 && gradient[0] < -0.99);
    assert!(pointwise(list, 2.0, &mut gradient) <= 2.0 && gradient[0] > -0.001);
}

#[test]
fn nothing_to_tell_apart_costs_nothing() {
    let mut gradient = [5.0; 2];
    let alike = Judged { scores: &[1.0, 2.0], labels: &[1.0, 1.0], weights: &[1.0, 1.0] };
    assert_eq!((pairwise(alike, 0.0, &mut gradient), gradient), (0.0, [0.0; 2]));
    assert_eq!((lambda_rank(alike, 2, &mut gradient), gradient), (0.0, [0.0; 2]));
    let none = Judged { labels: &[0.0; 2], weights: &[0.0; 2], ..alike };
    assert_eq!((lambda_rank(none, 2, &mut gradient), gradient), (0.0, [0.0; 2]));
    assert_eq!((pointwise(none, 0.0, &mut gradient), gradient), (0.0, [0.0; 2]));
    let empty = Judged { scores: &[], labels: &[], weights: &[] };
    assert_eq!(pointwise(empty, 0.0, &mut []) + lambda_rank(empty, 3, &mut []), 0.0);
}
