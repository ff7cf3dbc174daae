//! Do lists keep their promises, week after week?

#![expect(clippy::unwrap_used, reason = "a failed test is what an unwrap is for")]

mod town;
mod year;
