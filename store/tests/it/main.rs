//! Does the store keep what it was told, and give back what it was asked?

#![expect(clippy::unwrap_used, reason = "what cannot be prepared fails the test")]

mod company;
mod controls;
mod exposure;
mod failures;
mod home;
mod identity;
mod imports;
mod imputed;
mod ledger;
mod listeners;
mod operator;
mod picks;
mod schemas;
mod taste;
mod undo;
