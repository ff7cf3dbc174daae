//! A thousand scored candidates: which thirty, in which order?
//!
//! Rules first, then a balance of score and variety; nothing here is learned, and nothing is ever relaxed to fill a list.

mod rerank;

pub use rerank::{Candidate, Rules, rerank};
