//! What do the bench programs share?
//!
//! A generated world of listening ([`listening`]), how fast this machine is at best ([`peaks`]), and how fast the
//! product's inner loops are on it ([`loops`]).

pub mod chance;
pub mod clock;
pub mod listening;
pub mod logistic;
pub mod loops;
pub mod npy;
pub mod oddities;
pub mod peaks;
pub mod simulated;

use std::thread;

/// Runs the same work on several threads at once and waits for all.
pub fn on_threads(n_threads: usize, run: impl Fn(usize) + Sync) {
    thread::scope(|scope| {
        for t in 0..n_threads {
            let run = &run;
            scope.spawn(move || run(t));
        }
    });
}
