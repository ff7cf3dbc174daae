//! What time is it? Asked here, once, and handed down.

use std::time::Instant;

use jiff::Timestamp;

/// The present.
#[expect(clippy::disallowed_methods, reason = "the one place that asks for the date")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// A stopwatch that runs.
#[expect(clippy::disallowed_methods, reason = "the one place that measures time")]
pub(crate) fn stopwatch() -> Instant {
    Instant::now()
}
