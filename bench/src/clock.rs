//! How long does it take?

use std::collections::BTreeMap;
use std::time::Instant;

use engine::Observer;

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

/// Adds up how long each step of a longer piece of work takes.
#[derive(Debug, Default)]
pub struct Stopwatch {
    running: Option<(String, Instant)>,
    steps: BTreeMap<String, f64>,
}

impl Stopwatch {
    /// Seconds by step.
    #[must_use]
    pub fn steps(&self) -> &BTreeMap<String, f64> {
        &self.steps
    }
}

impl Observer for Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "the one place that measures time")]
    fn begin(&mut self, step: &str, _total: Option<u64>) {
        self.running = Some((step.to_owned(), Instant::now()));
    }

    fn advance(&mut self, _done: u64) {}

    fn end(&mut self) -> f64 {
        let Some((step, since)) = self.running.take() else { return 0.0 };
        let seconds = since.elapsed().as_secs_f64();
        *self.steps.entry(step).or_default() += seconds;
        seconds
    }

    fn is_interrupted(&self) -> bool {
        false
    }
}
