//! How long does it take?

use std::time::Instant;

/// Seconds of the fastest of several runs: what disturbs a run only ever makes it longer.
pub fn fastest(n_runs: usize, mut run: impl FnMut()) -> f64 {
    let seconds = (0..n_runs).map(|_| timed(&mut run).1);
    seconds.fold(f64::INFINITY, f64::min)
}

/// What a run answers, and the seconds it took.
#[expect(clippy::disallowed_methods, reason = "the one place that measures time")]
pub fn timed<T>(run: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let answer = run();
    (answer, start.elapsed().as_secs_f64())
}
