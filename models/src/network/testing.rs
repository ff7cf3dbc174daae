//! For a test: is this gradient what central differences say?

use crate::hash::{hash, normal};

/// Numbers of mean 0 and variance 1.
pub(crate) fn numbers(seed: u64, n: usize) -> Vec<f32> {
    (0..n as u64).map(|k| normal(hash([seed, k]))).collect()
}

/// How far each number is moved to either side.
const STEP: f32 = 1e-2;

/// Compares each part of a gradient with (loss(x + h) − loss(x − h)) / 2h.
///
/// # Panics
/// When they differ by more than single precision and the third derivative explain.
pub(crate) fn check_gradient(at: &[f32], gradient: &[f32], loss: impl Fn(&[f32]) -> f64) {
    assert_eq!(at.len(), gradient.len());
    for k in 0..at.len() {
        let moved = |by: f32| {
            let mut moved = at.to_vec();
            moved[k] += by;
            (f64::from(moved[k]), loss(&moved))
        };
        let ((up, above), (down, below)) = (moved(STEP), moved(-STEP));
        let expected = (above - below) / (up - down);
        let got = f64::from(gradient[k]);
        let tolerance = 2e-3 * (1.0 + expected.abs());
        assert!(
            (got - expected).abs() < tolerance,
            "number {k}: {got}, differences say {expected}"
        );
    }
}
