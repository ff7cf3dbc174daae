//! How suspicious is each deviation?
//!
//! Written by `bench/run trust --learn`: a logistic regression on simulated attacks.

use super::feature::N_FEATURES;

/// The logit of the suspicion of an account that is in no way unusual.
pub(super) const BIAS: f64 = -5.349;

/// What a deviation of each feature adds to it, in the order of `Feature::ALL`.
pub(super) const SLOPES: [f64; N_FEATURES] = [
    0.188, // pace
    0.488, // variety
    0.227, // favorite
    0.111, // just_counted
    0.000, // hours
    0.000, // sleep
    0.158, // on_the_dot
    0.269, // burst
    0.331, // day
    0.267, // age
    0.001, // likes
    0.000, // dislikes
    0.093, // insistence
    0.000, // unheard
    0.276, // played_alike
    0.001, // disliked_alike
];
