//! How suspicious is each deviation?
//!
//! Written by `bench/run trust --learn`: a logistic regression on simulated attacks.

use super::feature::N_FEATURES;

/// The logit of the suspicion of an account that is in no way unusual.
pub(super) const BIAS: f64 = -5.359;

/// What a deviation of each feature adds to it, in the order of `Feature::ALL`.
pub(super) const SLOPES: [f64; N_FEATURES] = [
    0.223, // pace
    0.536, // variety
    0.206, // favorite
    0.084, // just_counted
    0.000, // hours
    0.000, // sleep
    0.103, // on_the_dot
    0.210, // burst
    0.152, // day
    0.268, // age
    0.003, // likes
    0.000, // dislikes
    0.087, // insistence
    0.000, // unheard
    0.349, // played_alike
    0.000, // disliked_alike
];
