//! Which turn and stretch makes every direction of the catalogue count alike?
//!
//! Vectors of recordings share a direction that is popularity, and a few large ones: in the raw space all are near each
//! other (Mu & Viswanath, All-but-the-Top, 2018).
//! Each is divided by its length, the mean is taken away, and ZCA whitening turns the covariance into the identity while
//! it turns the vectors as little as possible (Kessy, Lewin & Strimmer, Optimal Whitening and Decorrelation, 2018):
//! W = Q·Λ'^(−1/2)·Qᵀ with Λ' = (1−γ)·Λ + γ·mean(Λ), where the shrinkage γ keeps the smallest directions, which are
//! mostly noise, from being blown up (Ledoit & Wolf 2004).

use linalg::{Gram, Isa, Matrix, RightFactor, dot, symmetric_eigen};
use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSlice;

/// A shrinkage that fits: artists of lastfm-hetrec that are near each other shared tags about most at 0.1, over
/// vectors of implicit least squares (where it hardly matters), singular vectors (where none does harm) and BPR.
pub const SHRINKAGE: f32 = 0.1;

/// Rows are summed in at most so many chunks, each of at least so many rows, by their number alone.
const MAX_CHUNKS: usize = 64;
const MIN_CHUNK_ROWS: usize = 256;

/// The whitened space of a catalogue.
#[derive(Debug)]
pub struct Whitening {
    /// Mean of the unit vectors `[dim]`.
    mean: Vec<f32>,
    /// W `[dim × dim]`, symmetric.
    factor: RightFactor,
}

impl Whitening {
    /// Learns the space from the vectors of a catalogue `[n_items × dim]`, those of length 0 left out.
    ///
    /// O(n_items·dim²) on all cores, in row order over chunks that depend on `n_items` alone, and O(dim³) on one.
    ///
    /// # Panics
    /// When `shrinkage` is not in (0, 1], or a vector is empty or not finite.
    #[must_use]
    pub fn of(items: &Matrix, shrinkage: f32) -> Self {
        assert!(shrinkage > 0.0 && shrinkage <= 1.0, "a shrinkage in (0, 1] expected");
        assert!(items.dim() > 0, "vectors of at least one number expected");
        let (mean, n) = mean_direction(items);
        let covariance = covariance(items, &mean, n);
        let factor = RightFactor::transposed(&inverse_root(&covariance, f64::from(shrinkage)));
        Self { mean, factor }
    }

    /// Length of the vectors.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.mean.len()
    }

    /// Replaces each raw vector `[rows × dim]` by its whitened one of length 1; one without a direction becomes 0.
    ///
    /// 2·rows·dim² operations, one thread.
    ///
    /// # Panics
    /// When these are not whole vectors, or one is not finite.
    pub fn apply(&self, vectors: &mut [f32]) {
        let dim = self.dim();
        assert!(vectors.len().is_multiple_of(dim), "whole vectors of length {dim} expected");
        for vector in vectors.chunks_exact_mut(dim) {
            if scale_to_one(vector) {
                for (x, mean) in vector.iter_mut().zip(&self.mean) {
                    *x -= mean;
                }
            }
        }
        self.factor.multiply(vectors, Isa::best());
        for vector in vectors.chunks_exact_mut(dim) {
            scale_to_one(vector);
        }
    }
}

/// Whether the vector had a direction; otherwise it is 0 now.
fn scale_to_one(vector: &mut [f32]) -> bool {
    let largest = vector.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    assert!(vector.iter().all(|x| x.is_finite()), "a finite vector expected");
    // Below this a direction is what rounding left of it.
    if largest < 1e-20 {
        vector.fill(0.0);
        return false;
    }
    // Divided by the largest first, so that no square overflows or vanishes.
    for x in vector.iter_mut() {
        *x /= largest;
    }
    let scale = dot(vector, vector).sqrt().recip();
    for x in vector.iter_mut() {
        *x *= scale;
    }
    true
}

/// What each chunk of rows comes to, in order.
fn by_chunk<T: Send>(items: &Matrix, of_chunk: impl Fn(&[f32]) -> T + Send + Sync) -> Vec<T> {
    let rows = items.n_rows().div_ceil(MAX_CHUNKS).max(MIN_CHUNK_ROWS);
    items.as_slice().par_chunks(rows * items.dim()).map(of_chunk).collect()
}

/// The mean of the unit vectors, and how many there are.
fn mean_direction(items: &Matrix) -> (Vec<f32>, usize) {
    let dim = items.dim();
    let parts = by_chunk(items, |rows| {
        let (mut sum, mut n, mut unit) = (vec![0.0_f64; dim], 0, vec![0.0; dim]);
        for row in rows.chunks_exact(dim) {
            unit.copy_from_slice(row);
            if scale_to_one(&mut unit) {
                n += 1;
                sum.iter_mut().zip(&unit).for_each(|(sum, &x)| *sum += f64::from(x));
            }
        }
        (sum, n)
    });
    let n: usize = parts.iter().map(|(_, n)| n).sum();
    let of_column = |c: usize| parts.iter().map(|(sum, _)| sum[c]).sum::<f64>() / n.max(1) as f64;
    ((0..dim).map(|c| narrow(of_column(c))).collect(), n)
}

/// The upper triangle of the covariance of the unit vectors.
fn covariance(items: &Matrix, mean: &[f32], n: usize) -> Matrix {
    let dim = items.dim();
    let parts = by_chunk(items, |rows| {
        let (mut gram, mut sum) = (Gram::new(dim, Isa::best()), Matrix::zeros(dim, dim));
        let mut unit = vec![0.0; dim];
        for row in rows.chunks_exact(dim) {
            unit.copy_from_slice(row);
            if scale_to_one(&mut unit) {
                unit.iter_mut().zip(mean).for_each(|(x, mean)| *x -= mean);
                gram.add(1.0, &unit);
            }
        }
        gram.add_to(&mut sum);
        sum
    });
    let mut covariance = Matrix::zeros(dim, dim);
    let share = 1.0 / n.max(1) as f32;
    for part in &parts {
        for (sum, x) in covariance.as_mut_slice().iter_mut().zip(part.as_slice()) {
            *sum += share * x;
        }
    }
    covariance
}

/// Q·Λ'^(−1/2)·Qᵀ; the identity where nothing varies.
fn inverse_root(covariance: &Matrix, shrinkage: f64) -> Matrix {
    let dim = covariance.dim();
    let mut eigen = symmetric_eigen(covariance).expect("a covariance of unit vectors is finite");
    let variances: Vec<f64> = eigen.values.iter().map(|value| value.max(0.0)).collect();
    let mean = variances.iter().sum::<f64>() / dim as f64;
    for (k, variance) in variances.iter().enumerate() {
        // In units of the mean, so that numbers are about 1 whatever the dimension; lengths do not matter here.
        let shrunk = if mean > 0.0 { (1.0 - shrinkage) * variance / mean + shrinkage } else { 1.0 };
        // Row k times λ^(−1/4), so that the Gram matrix of the rows has λ^(−1/2).
        let root = narrow(shrunk.sqrt().sqrt().recip());
        eigen.vectors.row_mut(k).iter_mut().for_each(|x| *x *= root);
    }
    eigen.vectors.gram()
}

#[expect(clippy::cast_possible_truncation, reason = "a coordinate needs no more digits than f32")]
fn narrow(x: f64) -> f32 {
    x as f32
}

#[cfg(test)]
mod tests;
