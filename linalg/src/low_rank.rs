//! What solves a system that is a diagonal and a few rows?
//!
//! (D + Σᵢ aᵢ·zᵢ·zᵢᵀ)·x = Σᵢ bᵢ·zᵢ, D diagonal and positive, zᵢ some rows of a large matrix.
//! Exactly, or from where x was: all dimensions a little at a time, or a block of them exactly at a time.

mod block_descent;
mod conjugate_gradient;
mod exact;

pub use block_descent::BlockDescent;
pub use conjugate_gradient::ConjugateGradient;
pub use exact::Exact;

/// The rows of one system and what they weigh.
#[derive(Clone, Copy, Debug)]
pub struct WeightedRows<'a> {
    /// Which rows.
    pub rows: &'a [u32],
    /// aᵢ, one a row.
    pub a: &'a [f32],
    /// bᵢ, one a row.
    pub b: &'a [f32],
    /// Rows that will be wanted next, to be fetched meanwhile.
    pub soon: &'a [u32],
}

impl WeightedRows<'_> {
    fn check(&self) {
        let n = self.rows.len();
        assert_eq!((self.a.len(), self.b.len()), (n, n), "two weights a row expected");
    }
}

#[cfg(test)]
mod tests;
