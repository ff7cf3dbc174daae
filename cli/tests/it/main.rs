//! Does the whole of it hold, from outside?

#![expect(clippy::unwrap_used, reason = "a failed test is what an unwrap is for")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod binary;
mod commands;
mod controls;
mod crashes;
mod evaluate;
mod explain;
mod exposure;
mod fit;
mod onboard;
mod real_data;
mod similar;
mod tidy;
mod trust;
mod tune;
