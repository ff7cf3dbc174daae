//! Do others read what we publish?

mod documented;
mod fixture;
mod snapshots;
mod valid;
