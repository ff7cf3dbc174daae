//! What would another way of drawing have brought, from what was drawn?
//!
//! A policy drew x with chance p(x) and r(x) came of it; another policy would draw x with chance q(x).
//! With w = q(x) / p(x) of each of n draws,
//!
//! ```text
//! inverse propensity    V = Σ w·r / n       standard error √(Σ (w·r − V)² / (n·(n − 1)))
//! self-normalized       V = Σ w·r / Σ w     standard error √(Σ w²·(r − V)²) / Σ w
//! ```
//!
//! The first (Horvitz & Thompson, JASA 1952) is unbiased wherever p is above 0 for all that q may draw, as
//! `Σ_x p(x) · q(x)/p(x) · r(x) = Σ_x q(x) · r(x)`.
//! The second (Swaminathan & Joachims, NeurIPS 2015; error by the delta method, Owen, Monte Carlo theory, methods and
//! examples, 2013, §9.2) is biased by O(1/n), varies less, and stays within the range of the rewards.
//! Intervals are normal: they want some tens of draws, and where few draws have most of the weight they hold the truth a
//! little less often than they say.
//! They speak of the slots that were drawn, each draw independent of the others given what could be drawn; listeners who
//! were not asked may be others.

/// Standard errors either way that the middle 95 % of a normal distribution spans.
const SPAN: f64 = 1.959_964;

/// One draw, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// What came of it.
    pub reward: f64,
    /// The chance with which it was drawn; above 0.
    pub logged: f64,
    /// The chance with which the other policy would have drawn it; at least 0.
    pub other: f64,
}

/// What a policy brings a draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean reward.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

impl Estimate {
    /// Where the mean reward lies with 95 % confidence.
    #[must_use]
    pub fn interval(&self) -> (f64, f64) {
        (self.value - SPAN * self.error, self.value + SPAN * self.error)
    }
}

/// The unbiased estimate of the other policy's mean reward; `None` of fewer than two draws.
///
/// # Panics
/// When a number is outside what its description says.
#[must_use]
pub fn inverse_propensity(draws: &[Drawn]) -> Option<Estimate> {
    if draws.len() < 2 {
        return None;
    }
    let n = draws.len() as f64;
    let terms = || draws.iter().map(|draw| weight(draw) * draw.reward);
    let value = terms().sum::<f64>() / n;
    let squares: f64 = terms().map(|term| (term - value).powi(2)).sum();
    Some(Estimate { value, error: (squares / (n * (n - 1.0))).sqrt() })
}

/// The steadier estimate; `None` of fewer than two draws, or where the other policy would have drawn none of them.
///
/// # Panics
/// When a number is outside what its description says.
#[must_use]
pub fn self_normalized(draws: &[Drawn]) -> Option<Estimate> {
    let weights: f64 = draws.iter().map(weight).sum();
    if draws.len() < 2 || weights == 0.0 {
        return None;
    }
    let value = draws.iter().map(|draw| weight(draw) * draw.reward).sum::<f64>() / weights;
    let squares = draws.iter().map(|draw| (weight(draw) * (draw.reward - value)).powi(2));
    Some(Estimate { value, error: squares.sum::<f64>().sqrt() / weights })
}

fn weight(draw: &Drawn) -> f64 {
    let Drawn { reward, logged, other } = *draw;
    assert!(reward.is_finite(), "a finite reward expected, got {reward}");
    assert!(logged.is_finite() && logged > 0.0, "a logged chance above 0 expected, got {logged}");
    assert!(
        other.is_finite() && other >= 0.0,
        "another chance of at least 0 expected, got {other}"
    );
    other / logged
}

#[cfg(test)]
mod tests {
    use super::{Drawn, Estimate, inverse_propensity, self_normalized};

    fn drawn(reward: f64, logged: f64, other: f64) -> Drawn {
        Drawn { reward, logged, other }
    }

    fn check(got: Option<Estimate>, value: f64, error: f64) {
        let got = got.unwrap();
        // Sums of a few doubles.
        assert!((got.value - value).abs() < 1e-12 && (got.error - error).abs() < 1e-12, "{got:?}");
    }

    #[test]
    fn a_draw_counts_for_as_many_as_the_other_policy_would_have_made() {
        // Weights 2, 2 and 0.5; rewards 1, 0 and 1.
        let draws = [drawn(1.0, 0.5, 1.0), drawn(0.0, 0.25, 0.5), drawn(1.0, 0.5, 0.25)];
        // Terms 2, 0, 0.5: mean 5/6, squares (49 + 25 + 4)/36 = 13/6, over 3·2: 13/36.
        check(inverse_propensity(&draws), 5.0 / 6.0, (13.0_f64 / 36.0).sqrt());
        // 2.5 of 4.5: 5/9; squares 4·(4/9)² + 4·(5/9)² + (4/9)²/4 = (64 + 100 + 4)/81.
        check(self_normalized(&draws), 5.0 / 9.0, (168.0_f64 / 81.0).sqrt() / 4.5);
    }

    #[test]
    fn an_interval_is_two_errors_either_way() {
        let (low, high) = Estimate { value: 3.0, error: 0.5 }.interval();
        assert!((low - 2.020_018).abs() < 1e-9 && (high - 3.979_982).abs() < 1e-9);
    }

    #[test]
    fn the_policy_that_drew_is_estimated_by_the_plain_mean() {
        let draws = [drawn(3.0, 0.1, 0.1), drawn(1.0, 0.9, 0.9), drawn(2.0, 0.5, 0.5)];
        // Deviations 1, −1, 0: 2/(3·2), and 2/3² without the correction for the mean.
        check(inverse_propensity(&draws), 2.0, (1.0_f64 / 3.0).sqrt());
        check(self_normalized(&draws), 2.0, 2.0_f64.sqrt() / 3.0);
    }

    #[test]
    fn over_all_that_may_be_drawn_the_estimate_is_the_truth() {
        // Two draws of three each, all nine outcomes with their chance; the truth is Σ q·r = 0.7·1 + 0.1·5 + 0.2·0 = 1.2.
        let choices = [drawn(1.0, 0.2, 0.7), drawn(5.0, 0.5, 0.1), drawn(0.0, 0.3, 0.2)];
        let mut mean = 0.0;
        for first in choices {
            for second in choices {
                let estimate = inverse_propensity(&[first, second]).unwrap();
                mean += first.logged * second.logged * estimate.value;
            }
        }
        assert!((mean - 1.2).abs() < 1e-12, "{mean}");
    }

    #[test]
    fn too_little_says_nothing() {
        let never = drawn(1.0, 0.5, 0.0);
        assert_eq!(inverse_propensity(&[never]), None);
        assert_eq!(self_normalized(&[drawn(1.0, 0.5, 0.5)]), None);
        assert_eq!(self_normalized(&[never, never]), None);
        check(inverse_propensity(&[never, never]), 0.0, 0.0);
    }
}
