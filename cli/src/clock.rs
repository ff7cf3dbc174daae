//! What time is it? Asked here, once, and handed down.

use std::time::Instant;

use jiff::Timestamp;

/// The present, in whole milliseconds as the store keeps them.
#[expect(clippy::disallowed_methods, reason = "the one place that asks for the date")]
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).expect("the present is a moment")
}

/// A stopwatch that runs.
#[expect(clippy::disallowed_methods, reason = "the one place that measures time")]
pub(crate) fn stopwatch() -> Instant {
    Instant::now()
}
