//! Does the whole path hold, from a log to a playlist?

#![expect(clippy::unwrap_used, reason = "a failed test is what an unwrap is for")]

mod configuration;
mod controls;
mod doubts;
mod everyone;
mod exposure;
mod factors;
mod feedback;
mod fixture;
mod imports;
mod imputed;
mod ledger;
mod moments;
mod nearest;
mod newcomers;
mod onboarding;
mod reasons;
mod seasons;
mod snapshots;
mod trust;
mod year;
