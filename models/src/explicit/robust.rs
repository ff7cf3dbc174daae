//! What does a prediction cost that is far off?
//!
//! With m = r − r̂ what is missed and δ = `loss_scale` times the deviation of the ratings, each like m² where m is small:
//!
//! - squared, m²: one rating by accident pulls as hard as it is far off;
//! - Huber, m² up to δ and 2·δ·|m| − δ² beyond: Huber, Robust Estimation of a Location Parameter (1964); none pulls harder
//!   than one that misses by δ;
//! - Welsch, δ²·(1 − e^(−m²/δ²)): Holland & Welsch, Robust Regression Using Iteratively Reweighted Least-Squares (1977); it
//!   is bounded by δ², and what is hopeless does not pull at all.
//!
//! The derivative of each is 2·w·m with a weight w from 0 to 1, by which a solver of least squares minimizes it as well.

use super::{Params, RatingLoss};

/// What a miss costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Robust {
    loss: RatingLoss,
    /// δ.
    pub(super) delta: f32,
}

impl Robust {
    /// Of ratings with this deviation.
    pub(super) fn new(params: &Params, spread: f32) -> Self {
        Self { loss: params.loss, delta: params.loss_scale * spread }
    }

    /// As it was saved.
    pub(super) fn of_delta(params: &Params, delta: f32) -> Self {
        Self { loss: params.loss, delta }
    }

    pub(super) fn is_squared(self) -> bool {
        self.loss == RatingLoss::Squared
    }

    /// w.
    pub(super) fn weight(self, miss: f32) -> f32 {
        match self.loss {
            RatingLoss::Squared => 1.0,
            RatingLoss::Huber if miss.abs() <= self.delta => 1.0,
            RatingLoss::Huber => self.delta / miss.abs(),
            RatingLoss::Welsch => (-(miss / self.delta) * (miss / self.delta)).exp(),
        }
    }

    /// The cost.
    pub(super) fn cost(self, miss: f32) -> f64 {
        let (miss, delta) = (f64::from(miss), f64::from(self.delta));
        match self.loss {
            RatingLoss::Squared => miss.powi(2),
            RatingLoss::Huber if miss.abs() <= delta => miss.powi(2),
            RatingLoss::Huber => 2.0 * delta * miss.abs() - delta.powi(2),
            RatingLoss::Welsch => -delta.powi(2) * (-(miss / delta).powi(2)).exp_m1(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Params, RatingLoss};
    use super::Robust;

    #[test]
    fn the_weight_times_the_miss_is_half_the_central_difference_of_the_cost() {
        for loss in [RatingLoss::Squared, RatingLoss::Huber, RatingLoss::Welsch] {
            let robust = Robust::new(&Params { loss, loss_scale: 0.5, ..Params::default() }, 3.0);
            // δ is 1.5, and no miss is within a step of it.
            for miss in [-9.0_f32, -2.0, -1.0, 0.0, 0.25, 1.0, 1.75, 4.0] {
                let h = 1.0 / 128.0;
                let difference =
                    (robust.cost(miss + h) - robust.cost(miss - h)) / f64::from(4.0 * h);
                let expected = f64::from(robust.weight(miss) * miss);
                // Third derivatives of Welsch's are below 10, so that h²/12 of it is the error of the difference.
                assert!((difference - expected).abs() < 1e-4, "{robust:?} at {miss}");
            }
        }
    }

    #[test]
    fn what_a_hopeless_miss_costs_by_hand() {
        let cost = |loss| {
            Robust::new(&Params { loss, loss_scale: 2.0, ..Params::default() }, 1.0).cost(100.0)
        };
        assert_eq!(cost(RatingLoss::Squared), 10_000.0);
        // 2·2·100 − 2².
        assert_eq!(cost(RatingLoss::Huber), 396.0);
        assert_eq!(cost(RatingLoss::Welsch), 4.0);
    }
}
