//! How far is it? Progress bars on a terminal, silence elsewhere.

use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use engine::Observer;
use indicatif::{ProgressBar, ProgressStyle};

use crate::{clock, interrupt};

/// The bar that is drawn now, which makes room for whatever else is printed.
static DRAWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Prints something above the bar, where one is drawn.
pub(crate) fn above<T>(print: impl FnOnce() -> T) -> T {
    let drawn = drawn().clone();
    match drawn {
        Some(bar) => bar.suspend(print),
        None => print(),
    }
}

fn drawn() -> MutexGuard<'static, Option<ProgressBar>> {
    DRAWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The terminal's eyes on long work.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    since: Instant,
    is_shown: bool,
}

impl Progress {
    /// Shown when standard error is a terminal.
    pub(crate) fn new() -> Self {
        Self {
            bar: ProgressBar::hidden(),
            since: clock::stopwatch(),
            is_shown: std::io::stderr().is_terminal(),
        }
    }
}

impl Progress {
    fn clear(&self) {
        *drawn() = None;
        self.bar.finish_and_clear();
    }
}

/// Work that was given up leaves no bar behind.
impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

impl Observer for Progress {
    fn begin(&mut self, step: &str, total: Option<u64>) {
        self.since = clock::stopwatch();
        if !self.is_shown {
            return;
        }
        let template = match (step, total) {
            ("import" | "checksum" | "read", Some(_)) => {
                "{msg:12} {wide_bar} {bytes}/{total_bytes} {eta}"
            }
            (_, Some(_)) => "{msg:12} {wide_bar} {pos}/{len} {eta}",
            (_, None) => "{msg:12} {spinner} {pos} {elapsed}",
        };
        let style =
            ProgressStyle::with_template(template).expect("the templates above are well-formed");
        self.bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new).with_style(style);
        self.bar.set_message(step.to_owned());
        self.bar.enable_steady_tick(Duration::from_millis(200));
        *drawn() = Some(self.bar.clone());
    }

    fn advance(&mut self, done: u64) {
        self.bar.set_position(done);
    }

    fn end(&mut self) -> f64 {
        self.clear();
        self.since.elapsed().as_secs_f64()
    }

    fn is_interrupted(&self) -> bool {
        interrupt::is_interrupted()
    }
}
