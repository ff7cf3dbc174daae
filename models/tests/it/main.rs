//! Does every model keep what all of them promise?

mod conformance;
mod dislikes;
mod noise;
mod tribes;
