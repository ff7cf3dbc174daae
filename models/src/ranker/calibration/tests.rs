//! Do probabilities keep what they promise?

use super::{Platt, Reliability};
use crate::hash::{hash, normal, unit};

/// Scores, and answers by chance with probability σ(a·s + b).
fn answers(n: u64, a: f64, b: f64) -> (Vec<f32>, Vec<bool>) {
    let scores: Vec<f32> = (0..n).map(|k| 2.0 * normal(hash([1, k]))).collect();
    let is_liked = (0..n).zip(&scores).map(|(k, &s)| {
        let p = 1.0 / (1.0 + (-(a * f64::from(s) + b)).exp());
        f64::from(unit(hash([2, k]))) < p
    });
    let is_liked = is_liked.collect();
    (scores, is_liked)
}

#[test]
fn the_truth_is_found_again() {
    let (scores, is_liked) = answers(40_000, 0.7, -1.5);
    let platt = Platt::fit(&scores, &is_liked, &vec![1.0; scores.len()]);
    // Standard errors are about 1/√(n·p·(1 − p)·s²) = 0.01; four of them.
    assert!((platt.slope - 0.7).abs() < 0.04 && (platt.shift + 1.5).abs() < 0.06, "{platt:?}");
    let probabilities: Vec<f64> = scores.iter().map(|&s| platt.probability(s)).collect();
    let reliability = Reliability::of(&probabilities, &is_liked, 10);
    assert!(reliability.expected_calibration_error < 0.01, "{reliability:?}");
    // The bare scores promise far more.
    let bare: Vec<f64> = scores.iter().map(|&s| 1.0 / (1.0 + f64::from(-s).exp())).collect();
    let bare = Reliability::of(&bare, &is_liked, 10);
    assert!(bare.expected_calibration_error > 0.2, "{bare:?}");
}

#[test]
fn two_kinds_of_scores_get_their_targets() {
    // One free number a kind: the liked and the others get (n + 1)/(n + 2) and 1/(n + 2), here 4/5 and 1/4.
    let platt =
        Platt::fit(&[1.0, 1.0, 1.0, -1.0, -1.0], &[true, true, true, false, false], &[1.0; 5]);
    assert!((platt.probability(1.0) - 0.8).abs() < 1e-6, "{platt:?}");
    assert!((platt.probability(-1.0) - 0.25).abs() < 1e-6, "{platt:?}");
}

#[test]
fn a_weight_of_two_counts_like_two() {
    let once = Platt::fit(&[0.0, 1.0, 2.0], &[false, true, true], &[2.0, 1.0, 3.0]);
    let scores = [0.0, 0.0, 1.0, 2.0, 2.0, 2.0];
    let twice = Platt::fit(&scores, &[false, false, true, true, true, true], &[1.0; 6]);
    assert!((once.slope - twice.slope).abs() < 1e-6 && (once.shift - twice.shift).abs() < 1e-6);
}

#[test]
fn nothing_known_is_no_accident() {
    assert_eq!(Platt::fit(&[], &[], &[]).probability(7.0), 0.5);
    // All the same score: the share of likes by the targets, (3·4/5 + 1·1/3)/4 = 0.6833.
    let same = Platt::fit(&[2.0; 4], &[true, true, true, false], &[1.0; 4]);
    assert!((same.probability(2.0) - 0.683_33).abs() < 1e-4, "{same:?}");
    let never = Platt::fit(&[-1.0, 3.0], &[false; 2], &[1.0; 2]);
    assert!((never.probability(1.0) - 0.25).abs() < 1e-6, "{never:?}");
    let none = Reliability::of(&[], &[], 3);
    assert_eq!((none.bins.len(), none.expected_calibration_error), (0, 0.0));
}

#[test]
fn bins_tell_what_was_promised_and_what_came() {
    let reliability = Reliability::of(&[0.1, 0.3, 1.0, 0.9], &[false, true, true, false], 2);
    let [low, high] = &reliability.bins[..] else { panic!("{reliability:?}") };
    assert_eq!((low.n, low.predicted, low.observed), (2, 0.2, 0.5));
    assert_eq!((high.n, high.predicted, high.observed), (2, 0.95, 0.5));
    // (2·0.3 + 2·0.45)/4
    assert!((reliability.expected_calibration_error - 0.375).abs() < 1e-12);
}
