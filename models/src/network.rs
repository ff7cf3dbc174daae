//! Which parts are networks made of, and how does each learn?
//!
//! Every part has a forward pass over a batch of rows and a backward pass that takes the gradient of what came out and
//! adds to that of its parameters; a test compares each with central differences.
//! Batches are row-major `[n × width]`.
//! Rows go in chunks that depend on the shape alone and sums run in row order, so that any number of threads gives the
//! same bits.
//! Numbers too small to matter become 0 where they would linger: subnormal ones take a hundred times as long.

mod attention;
mod block;
mod exp;
mod linear;
mod norm;
mod table;
mod unit;
mod weights;

pub(crate) use attention::Windows;
pub(crate) use block::{Block, BlockPass, BlockShape};
pub(crate) use exp::{exp, ln_1p};
pub(crate) use linear::Linear;
pub(crate) use norm::{Norm, Normed, Then};
pub(crate) use table::{Part, Table, Touched, add_row};
pub(crate) use unit::{to_units, units_backward};
pub(crate) use weights::{Rate, Weights, add_rows};

/// Rows that one thread takes at a time.
pub(crate) const CHUNK_ROWS: usize = 64;

#[cfg(test)]
pub(crate) use table::gradient_of;
#[cfg(test)]
pub(crate) mod testing;
