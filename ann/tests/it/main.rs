//! Does a search of nearest rows keep what it promises?

#![expect(clippy::unwrap_used, reason = "a failed test is what an unwrap is for")]

mod churn;
mod files;
mod laws;
mod memory;
mod recall;
mod world;
