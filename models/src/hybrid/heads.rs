//! What do a few heads make of a wide layer, and what comes back?
//!
//! z = max(0, h)·W + b, h `[n × hidden]`, W `[hidden × 3]`, in one pass over the rows each way: a product of matrices would
//! fill most of a register with columns that are not there.
//! Rows go in chunks that depend on the shape alone and sums of chunks run in their order.

use linalg::{Isa, Kernel, LANES, Simd};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::net::HEADS;
use crate::network::{CHUNK_ROWS, Linear, add_row, add_rows};

/// Cuts off what is below 0 in `hidden`, and writes what the heads make of it `[n × 3]`.
pub(super) fn forward(heads: &Linear, hidden: &mut [f32], z: &mut Vec<f32>) {
    let width = heads.n_in;
    z.resize(hidden.len() / width * HEADS, 0.0);
    let (weights, bias, isa) = (turned(heads), &heads.bias.values, Isa::best());
    let chunks = hidden.par_chunks_mut(CHUNK_ROWS * width);
    chunks.zip(z.par_chunks_mut(CHUNK_ROWS * HEADS)).for_each(|(hidden, z)| {
        isa.run(Forward { weights: &weights, bias, hidden, z });
    });
}

/// Adds to the gradients of weights and bias, and writes that by the layer before its cut.
pub(super) fn backward(heads: &mut Linear, hidden: &[f32], dz: &[f32], d_hidden: &mut Vec<f32>) {
    let width = heads.n_in;
    d_hidden.resize(hidden.len(), 0.0);
    let (weights, isa) = (turned(heads), Isa::best());
    let mut sums = vec![0.0; hidden.len().div_ceil(CHUNK_ROWS * width) * HEADS * width];
    let chunks = hidden.par_chunks(CHUNK_ROWS * width).zip(dz.par_chunks(CHUNK_ROWS * HEADS));
    let written =
        d_hidden.par_chunks_mut(CHUNK_ROWS * width).zip(sums.par_chunks_mut(HEADS * width));
    chunks.zip(written).for_each(|((hidden, dz), (d_hidden, sums))| {
        isa.run(Backward { weights: &weights, hidden, dz, d_hidden, sums });
    });
    let mut gradient = vec![0.0; HEADS * width];
    add_rows(&mut gradient, &sums);
    for (k, of_input) in heads.weights.gradient.chunks_exact_mut(HEADS).enumerate() {
        for (head, of_head) in of_input.iter_mut().enumerate() {
            *of_head += gradient[head * width + k];
        }
    }
    add_rows(&mut heads.bias.gradient, dz);
}

/// `[3 × hidden]`
fn turned(heads: &Linear) -> Vec<f32> {
    let of_head = |head: usize| heads.weights.values.iter().skip(head).step_by(HEADS);
    (0..HEADS).flat_map(of_head).copied().collect()
}

struct Forward<'a> {
    weights: &'a [f32],
    bias: &'a [f32],
    hidden: &'a mut [f32],
    z: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let width = self.weights.len() / HEADS;
        for (row, z) in self.hidden.chunks_exact_mut(width).zip(self.z.chunks_exact_mut(HEADS)) {
            let mut sums = [[0.0_f32; LANES]; HEADS];
            for (k, block) in (0..).step_by(LANES).zip(row.chunks_mut(LANES)) {
                block.iter_mut().for_each(|h| *h = h.max(0.0));
                for (head, sums) in sums.iter_mut().enumerate() {
                    let weights = &self.weights[head * width + k..][..block.len()];
                    for ((sum, h), weight) in sums.iter_mut().zip(&*block).zip(weights) {
                        *sum += h * weight;
                    }
                }
            }
            for ((z, sums), bias) in z.iter_mut().zip(&sums).zip(self.bias) {
                *z = sums.iter().sum::<f32>() + bias;
            }
        }
    }
}

struct Backward<'a> {
    weights: &'a [f32],
    hidden: &'a [f32],
    dz: &'a [f32],
    d_hidden: &'a mut [f32],
    /// `[3 × hidden]`
    sums: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let width = self.weights.len() / HEADS;
        let rows = self.hidden.chunks_exact(width).zip(self.d_hidden.chunks_exact_mut(width));
        for ((hidden, d_hidden), dz) in rows.zip(self.dz.chunks_exact(HEADS)) {
            d_hidden.fill(0.0);
            for (head, slope) in dz.iter().enumerate() {
                add_row(d_hidden, *slope, &self.weights[head * width..][..width]);
                add_row(&mut self.sums[head * width..][..width], *slope, hidden);
            }
            for (d, h) in d_hidden.iter_mut().zip(hidden) {
                *d = if *h > 0.0 { *d } else { 0.0 };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{HEADS, backward, forward};
    use crate::network::Linear;
    use crate::network::testing::numbers;

    #[test]
    fn one_pass_over_the_rows_is_a_cut_and_a_layer() {
        // Neither rows nor columns fill whole chunks and blocks.
        let (n, width) = (131, 21);
        let layer = Linear::new(width, HEADS, 7);
        let mut plain = layer.clone();
        let mut cut = numbers(1, n * width);
        let (mut hidden, mut z, mut expected) = (cut.clone(), Vec::new(), Vec::new());
        cut.iter_mut().for_each(|h| *h = h.max(0.0));
        forward(&layer, &mut hidden, &mut z);
        plain.forward(&cut, &mut expected);
        assert_eq!(hidden, cut);
        let (dz, mut d_hidden, mut d_cut) = (numbers(2, n * HEADS), Vec::new(), Vec::new());
        let mut fast = layer.clone();
        backward(&mut fast, &hidden, &dz, &mut d_hidden);
        plain.backward(&cut, &dz, Some(&mut d_cut));
        d_cut.iter_mut().zip(&cut).filter(|(_, h)| **h <= 0.0).for_each(|(d, _)| *d = 0.0);
        let alike = |fast: &[f32], slow: &[f32]| {
            assert_eq!(fast.len(), slow.len());
            // Sums of 131 numbers of about 1, in another order.
            fast.iter().zip(slow).for_each(|(a, b)| assert!((a - b).abs() < 1e-4, "{a} {b}"));
        };
        alike(&z, &expected);
        alike(&d_hidden, &d_cut);
        alike(&fast.weights.gradient, &plain.weights.gradient);
        alike(&fast.bias.gradient, &plain.bias.gradient);
    }
}
