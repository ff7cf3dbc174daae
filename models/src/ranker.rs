//! Of a list of candidates with features: which comes first, and how likely is each?
//!
//! What one list costs and how each score should move ([`pointwise`], [`pairwise`], [`lambda_rank`]), and how a score
//! becomes a probability ([`Platt`]) that can be held to account ([`Reliability`]).

mod calibration;
mod loss;

pub use calibration::{Bin, Platt, Reliability};
pub use loss::{Judged, lambda_rank, pairwise, pointwise};
