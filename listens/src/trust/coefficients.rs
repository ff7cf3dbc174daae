//! How suspicious is each deviation?
//!
//! Written by `bench/run trust --learn`: a logistic regression on simulated attacks.

use super::feature::N_FEATURES;

/// The logit of the suspicion of an account that is in no way unusual.
pub(super) const BIAS: f64 = -5.104;

/// What a deviation of each feature adds to it, in the order of `Feature::ALL`.
pub(super) const SLOPES: [f64; N_FEATURES] = [
    0.111, // pace
    0.510, // variety
    0.320, // favorite
    0.086, // just_counted
    0.000, // hours
    0.000, // sleep
    0.165, // on_the_dot
    0.261, // burst
    0.331, // day
    0.255, // age
    0.000, // likes
    0.000, // dislikes
    0.085, // insistence
    0.000, // unheard
    0.284, // played_alike
    0.001, // disliked_alike
];
