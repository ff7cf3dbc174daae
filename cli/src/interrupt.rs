//! Did somebody press Ctrl-C?
//!
//! The first time ends long work at its next safe point; the second time ends the process, which loses nothing either.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::say;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Begins to listen for Ctrl-C.
pub(crate) fn listen() -> anyhow::Result<()> {
    ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::Relaxed) {
            end();
        }
        say::complain("Stopping at the next safe point; once more to stop at once.");
    })?;
    Ok(())
}

/// Whether somebody pressed it.
pub(crate) fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// What an observer of a training answers: to stop once somebody pressed it.
pub(crate) fn flow() -> ControlFlow<()> {
    if is_interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

#[expect(
    clippy::exit,
    reason = "a signal handler has nobody to return to; every write is a transaction or a rename"
)]
fn end() {
    std::process::exit(130);
}
