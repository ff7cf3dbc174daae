//! Does a search of nearest rows keep what it promises?

mod churn;
mod files;
mod laws;
mod memory;
mod recall;
mod world;
