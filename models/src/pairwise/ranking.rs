//! What does a wrong order cost?
//!
//! With gap = s_ui − s_uj of a better item i and a worse one j, and ℓ the cost of a triple:
//!
//! - BPR, ℓ = ln(1 + e^−gap): Rendle, Freudenthaler, Gantner & Schmidt-Thieme (2009), eq. 4;
//! - the hinge, ℓ = max(0, 1 − gap);
//! - WARP, ℓ = L(rank)·max(0, 1 − gap): Weston, Bengio & Usunier, WSABIE (2011), §3.
//!   Negatives are drawn until one has gap < 1; after N tries the rank of i is estimated as ⌊(n_items − 1)/N⌋, and
//!   L(k) = 1 + 1/2 + … + 1/k, here divided by L(n_items − 1), so that weights lie in (0, 1] for any catalogue.

use super::Ranking;
use super::kernel::falling_sigmoid;

impl Ranking {
    /// −dℓ/dgap, without the weight by rank.
    #[inline(always)]
    pub(super) fn slope(self, gap: f32) -> f32 {
        match self {
            Self::Bpr => falling_sigmoid(gap),
            Self::Hinge | Self::Warp if gap < 1.0 => 1.0,
            // What is not a number stays so and ends the training.
            Self::Hinge | Self::Warp if gap.is_nan() => gap,
            Self::Hinge | Self::Warp => 0.0,
        }
    }

    /// ℓ, without the weight by rank.
    pub(super) fn loss(self, gap: f32) -> f64 {
        let gap = f64::from(gap);
        match self {
            // ln(1 + e⁻ᵍ), with a power that never overflows.
            Self::Bpr => (-gap).max(0.0) + (-gap.abs()).exp().ln_1p(),
            Self::Hinge | Self::Warp if gap.is_nan() => gap,
            Self::Hinge | Self::Warp => (1.0 - gap).max(0.0),
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
    use super::super::Ranking;
    use super::rank_weights;

    #[test]
    fn the_slope_is_the_central_difference_of_the_cost() {
        for ranking in [Ranking::Bpr, Ranking::Hinge, Ranking::Warp] {
            // No gap is within a step of 1, where the hinge has no slope.
            for gap in [-3.0_f32, -0.5, 0.0, 0.25, 0.875, 1.125, 2.0, 6.0] {
                let h = 1.0 / 128.0;
                let difference =
                    (ranking.loss(gap - h) - ranking.loss(gap + h)) / f64::from(2.0 * h);
                let slope = f64::from(ranking.slope(gap));
                // The third derivative of the logistic is at most 1/8, so h²/48 is the error of the difference.
                assert!((difference - slope).abs() < 1e-5, "{ranking:?} at {gap}: {slope}");
            }
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
