//! Who watches long work, and who may stop it?

/// The caller's eyes on a long piece of work; it also owns the clock and the wish to stop.
pub trait Observer {
    /// A step begins; `total` in whatever [`Observer::advance`] counts, where it is known.
    fn begin(&mut self, step: &str, total: Option<u64>);
    /// So much of the step is done.
    fn advance(&mut self, done: u64);
    /// The step is done; returns how many seconds it took by the caller's clock.
    fn end(&mut self) -> f64;
    /// Whether to stop at the next safe point.
    fn is_interrupted(&self) -> bool;
}

/// Watches nothing and never stops.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn begin(&mut self, _step: &str, _total: Option<u64>) {}
    fn advance(&mut self, _done: u64) {}
    fn end(&mut self) -> f64 {
        0.0
    }
    fn is_interrupted(&self) -> bool {
        false
    }
}
