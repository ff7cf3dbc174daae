//! How do rows of numbers meet?
//!
//! Dense [`Matrix`] and sparse [`Csr`] rows, the few kernels they meet in, exact solvers, and the best `k` of many scores.
//! There is no music in here, and no error either: a wrong shape is the caller's bug and an `assert!`.
//! Sums run in row order over chunks that depend on the shape alone, so that any number of threads gives the same bits.

mod cholesky;
mod csr;
mod inverse;
mod kernels;
mod matrix;
mod top_k;

pub use cholesky::Cholesky;
pub use csr::Csr;
pub use inverse::inverse;
pub use kernels::{add_outer_products, add_scaled, dot};
pub use matrix::Matrix;
pub use top_k::{top_k, top_k_of};
