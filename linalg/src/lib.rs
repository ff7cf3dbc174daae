//! How do rows of numbers meet?
//!
//! Dense [`Matrix`] and sparse [`Csr`] rows, the few kernels they meet in, exact solvers, and the best `k` of many scores.
//! There is no music in here, and no error either: a wrong shape is the caller's bug and an `assert!`.
//! Sums run in row order over chunks that depend on the shape alone, so that any number of threads gives the same bits.

mod aligned;
mod cholesky;
mod csr;
mod dense;
mod dots;
mod eigen;
mod half;
mod inverse;
mod kernels;
mod low_rank;
mod matrix;
mod packed;
mod product;
mod ranking;
mod simd;
mod svd;
mod top_k;
mod varimax;

pub use cholesky::Cholesky;
pub use csr::Csr;
pub use dense::{Onto, RightSide, View, multiply};
pub use dots::{dots_with, dots_with_all, dots_with_half};
pub use eigen::{Eigen, symmetric_eigen};
pub use half::{from_half, to_half};
pub use inverse::{inverse, inverse_scratch_bytes};
pub use kernels::{add_scaled, dot};
pub use low_rank::{BlockDescent, ConjugateGradient, Exact, WeightedRows};
pub use matrix::Matrix;
pub use packed::{Packed, Precision};
pub use product::{Gram, RightFactor};
pub use ranking::{Panels, Question, Ranking, rank_scores};
pub use simd::{Isa, Kernel, LANES, Simd, bytes};
pub use svd::{SubspaceIteration, Svd};
pub use top_k::{descending, of_descending, top_k, top_k_among, top_k_of};
pub use varimax::varimax;
