//! Is one model better than another, or was it luck?
//!
//! The paired bootstrap: both models' means over the same draws of users, and how far their difference is from 0 in
//! standard errors of those draws (Efron & Tibshirani 1993, §13.2: the normal interval turned round).
//! Counting draws of the other sign would stop at 2/1001, which a comparison of many models raises above every level.
//! Where many pairs are compared some differ by luck; Holm's procedure (1979) raises their p-values so that the chance of
//! even one false finding stays below the level asked for.

use crate::Bootstrap;
use crate::bootstrap::middle;

/// One metric of two models over the same users.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// The middle 95 % of the differences of the means, first less second.
    pub interval: (f64, f64),
    /// How likely a difference so far from 0 were if there was none, from both sides.
    pub p: f64,
}

/// Compares one metric of two models whose bootstraps had the same users and the same seed.
///
/// `None` where a model has no such number.
///
/// # Panics
/// When one was drawn more often.
#[must_use]
pub fn compare(first: &Bootstrap, second: &Bootstrap, metric: usize) -> Option<Comparison> {
    let (first, second) = (first.of(metric)?, second.of(metric)?);
    assert_eq!(first.len(), second.len(), "as many resamples expected");
    let differences: Vec<f64> = first.iter().zip(&second).map(|(a, b)| a - b).collect();
    let p = two_sided(&differences);
    Some(Comparison { interval: middle(differences)?, p })
}

/// 2·Φ(−|mean| / standard deviation); 1 where all are 0.
fn two_sided(differences: &[f64]) -> f64 {
    let n = differences.len() as f64;
    let mean = differences.iter().sum::<f64>() / n;
    if mean == 0.0 {
        return 1.0;
    }
    let square = |difference: &f64| (difference - mean).powi(2);
    let deviation = (differences.iter().map(square).sum::<f64>() / (n - 1.0).max(1.0)).sqrt();
    libm::erfc(mean.abs() / deviation / f64::sqrt(2.0))
}

/// p-values raised for their number, in the order given.
#[must_use]
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]).then(a.cmp(&b)));
    let mut raised = vec![0.0; p.len()];
    let mut highest: f64 = 0.0;
    for (place, &which) in order.iter().enumerate() {
        highest = highest.max(p[which] * (p.len() - place) as f64).min(1.0);
        raised[which] = highest;
    }
    raised
}

#[cfg(test)]
mod tests {
    use super::{compare, holm};
    use crate::{Bootstrap, PerUser};

    fn bootstrap(values: impl Iterator<Item = f64>) -> Bootstrap {
        let mut users = PerUser::new(1);
        values.for_each(|value| users.push(&[Some(value)]));
        Bootstrap::new(&users, 1000, 1)
    }

    #[test]
    fn pairs_show_a_difference_that_the_spread_of_users_hides() {
        let spread = |u: u32| f64::from(u * 37 % 100) / 100.0;
        let one = bootstrap((0..100).map(spread));
        // A hundredth better for nine users of ten and as much worse for the tenth; a user's own spread is 0.29.
        let better = |u: u32| spread(u) + if u.is_multiple_of(10) { -0.01 } else { 0.01 };
        let other = bootstrap((0..100).map(better));
        let found = compare(&other, &one, 0).unwrap();
        assert!(found.interval.0 > 0.0 && found.interval.1 < 0.011 && found.p < 0.01, "{found:?}");
        let same = compare(&one, &one, 0).unwrap();
        assert_eq!((same.interval, same.p), ((0.0, 0.0), 1.0));
    }

    #[test]
    fn p_is_that_of_the_normal_distribution() {
        // Mean 2, deviation √(2/1): 2·Φ(−√2) = erfc(1).
        let p = super::two_sided(&[1.0, 3.0]);
        assert!((p - 0.157_299).abs() < 1e-6, "{p}");
        assert_eq!(super::two_sided(&[0.5, 0.5]), 0.0);
    }

    #[test]
    fn holm_multiplies_the_smallest_by_their_number() {
        // 0.01·4, 0.02·3, then max(0.06, 0.03·2) and max(0.06, 0.04·1).
        let raised = holm(&[0.03, 0.01, 0.04, 0.02]);
        let expected = [0.06, 0.04, 0.06, 0.06];
        assert!(raised.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{raised:?}");
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }
}
