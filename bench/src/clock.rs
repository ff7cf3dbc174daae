//! How long does it take?

use std::time::Instant;

/// Seconds of the fastest of several runs: what disturbs a run only ever makes it longer.
#[expect(clippy::disallowed_methods, reason = "the one place that measures time")]
pub fn fastest(n_runs: usize, mut run: impl FnMut()) -> f64 {
    let seconds = (0..n_runs).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    });
    seconds.fold(f64::INFINITY, f64::min)
}
