//! What does a wrong order cost?
//!
//! With gap = s_ui − s_uj of a better item i and a worse one j, and ℓ the cost of a triple:
//!
//! - BPR, ℓ = ln(1 + e^−gap): Rendle, Freudenthaler, Gantner & Schmidt-Thieme (2009), eq. 4;
//! - the hinge, ℓ = max(0, 1 − gap);
//! - WARP, ℓ = L(rank)·max(0, 1 − gap): Weston, Bengio & Usunier, WSABIE (2011), §3.
//!   Negatives are drawn until one has gap < 1; after N tries the rank of i is estimated as ⌊(n_items − 1)/N⌋, and
//!   L(k) = 1 + 1/2 + … + 1/k, here divided by L(n_items − 1), so that weights lie in (0, 1] for any catalogue.
//!
//! The further such a gap is on the wrong side, the harder it pulls, or as hard as ever; a like that was an accident pulls
//! hardest of all. A bound B on the cost lets go of what is hopeless:
//!
//! - BPR, ℓ = B·(1 − σ(gap)^(1/B)), the generalized cross entropy with q = 1/B: Zhang & Sabuncu, Generalized Cross Entropy
//!   Loss for Training Deep Neural Networks with Noisy Labels (2018); B = 1 is the sigmoid loss 1 − σ(gap), and the
//!   logistic loss is where B → ∞;
//! - hinge and WARP, the ramp min(B, max(0, 1 − gap)): Collobert, Sinz, Weston & Bottou, Trading Convexity for Scalability
//!   (2006); B = 2 lets go of gaps below −1.

use super::{Params, Ranking};
use crate::sigmoid::{bounded_logistic, bounded_slope};

/// What a triple costs by its gap, without the weight by rank.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    ranking: Ranking,
    /// B, infinite where there is none.
    bound: f32,
}

impl Cost {
    pub(super) fn new(params: &Params) -> Self {
        let bound = if params.loss_bound > 0.0 { params.loss_bound } else { f32::INFINITY };
        Self { ranking: params.ranking, bound }
    }

    /// −dℓ/dgap.
    #[inline(always)]
    pub(super) fn slope(self, gap: f32) -> f32 {
        match self.ranking {
            Ranking::Bpr => {
                bounded_slope(gap, if self.bound.is_finite() { self.bound } else { 0.0 })
            }
            Ranking::Hinge | Ranking::Warp if gap < 1.0 && 1.0 - gap < self.bound => 1.0,
            // What is not a number stays so and ends the training.
            Ranking::Hinge | Ranking::Warp if gap.is_nan() => gap,
            Ranking::Hinge | Ranking::Warp => 0.0,
        }
    }

    /// ℓ.
    pub(super) fn of(self, gap: f32) -> f64 {
        let (gap, bound) = (f64::from(gap), f64::from(self.bound));
        match self.ranking {
            Ranking::Bpr => bounded_logistic(gap, if bound.is_finite() { bound } else { 0.0 }),
            Ranking::Hinge | Ranking::Warp if gap.is_nan() => gap,
            Ranking::Hinge | Ranking::Warp => (1.0 - gap).max(0.0).min(bound),
        }
    }
}

/// By number of tries, 1 first: the weight of the rank that they suggest.
pub(super) fn rank_weights(n_items: usize, max_tries: usize) -> Vec<f32> {
    let others = n_items.saturating_sub(1).max(1);
    let of_all = harmonic(others);
    (1..=max_tries).map(|tries| harmonic((others / tries).max(1)) / of_all).collect()
}

/// 1 + 1/2 + … + 1/n, the small ones first, so that little is lost.
fn harmonic(n: usize) -> f32 {
    (1..=n).rev().map(|k| 1.0 / k as f32).sum()
}

#[cfg(test)]
mod tests {
    use super::super::{Params, Ranking};
    use super::{Cost, rank_weights};

    #[test]
    fn the_slope_is_the_central_difference_of_the_cost() {
        for ranking in [Ranking::Bpr, Ranking::Hinge, Ranking::Warp] {
            for loss_bound in [0.0, 0.75, 1.0, 2.0, 10.0] {
                let cost = Cost::new(&Params { loss_bound, ..Params::of(ranking) });
                // No gap is within a step of 1 or 1 − B, where the hinge and the ramp have no slope.
                for gap in [-30.0_f32, -3.0, -0.5, 0.125, 0.375, 0.875, 1.125, 2.0, 6.0] {
                    let h = 1.0 / 128.0;
                    let difference = (cost.of(gap - h) - cost.of(gap + h)) / f64::from(2.0 * h);
                    let slope = f64::from(cost.slope(gap));
                    // Third derivatives are at most 1/4, so that h²/24 is the error of the difference.
                    assert!((difference - slope).abs() < 2e-5, "{cost:?} at {gap}: {slope}");
                }
            }
        }
    }

    #[test]
    fn a_bound_is_what_the_worst_costs_and_changes_little_where_the_order_is_right() {
        for ranking in [Ranking::Bpr, Ranking::Hinge, Ranking::Warp] {
            let cost = |loss_bound| Cost::new(&Params { loss_bound, ..Params::of(ranking) });
            assert!((cost(2.0).of(-200.0) - 2.0).abs() < 1e-9, "{ranking:?}");
            // The least power of two that the kernel knows.
            assert!(cost(2.0).slope(-200.0) < 1e-30, "{ranking:?}");
            assert!(cost(0.0).of(-200.0) > 100.0 && cost(0.0).slope(-200.0) == 1.0, "{ranking:?}");
            // At a gap of 3 the logistic is ln(1 + e⁻³) = 0.049, and 2·(1 − e^(−0.049/2)) less by 0.049²/4.
            assert!((cost(2.0).of(3.0) - cost(0.0).of(3.0)).abs() < 1e-3, "{ranking:?}");
            assert!(cost(2.0).slope(f32::NAN).is_nan() && cost(2.0).of(f32::NAN).is_nan());
        }
    }

    #[test]
    fn the_more_tries_the_less_a_violation_weighs() {
        // Five items: ranks ⌊4/N⌋ = 4, 2, 1, 1, and 0 counts as 1; L = 25/12, 3/2, 1, 1, 1.
        let expected = [1.0, 18.0 / 25.0, 12.0 / 25.0, 12.0 / 25.0, 12.0 / 25.0];
        for (weight, expected) in rank_weights(5, 5).into_iter().zip(expected) {
            assert!((weight - expected).abs() < 1e-6, "{weight} for {expected}");
        }
        assert_eq!(rank_weights(1, 2), [1.0, 1.0]);
        assert_eq!(rank_weights(0, 1), [1.0]);
    }
}
