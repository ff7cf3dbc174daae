//! How are all items scored for one listener?
//!
//! The first layer is linear before its ReLU: what the items add to it is computed once, what the listener adds once a
//! listener.

use linalg::{Isa, Onto, View, add_scaled, dot, multiply};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::net::Net;
use crate::array::Arrays;

/// Items that one thread scores at a time.
const BLOCK: usize = 256;

/// A network that no longer learns.
#[derive(Debug)]
pub(super) struct Scorer {
    net: Net,
    /// What the items add to the first layer `[n_items × hidden]`.
    first: Vec<f32>,
}

impl Scorer {
    pub(super) fn new(net: Net) -> Self {
        let (dim, n_items) = (net.dim(), net.items.n_rows());
        let hidden = net.layers[0].n_out;
        let halves = net.items.values.chunks_exact(2 * dim).flat_map(|q| &q[dim..]);
        let left: Vec<f32> = halves.copied().collect();
        let right = View::new(&net.layers[0].weights.values[dim * hidden..], dim, hidden);
        let mut first = vec![0.0; n_items * hidden];
        multiply(View::new(&left, n_items, dim), right, &mut first, Onto::Nothing, Isa::best());
        Self { net, first }
    }

    pub(super) fn n_items(&self) -> usize {
        self.net.items.n_rows()
    }

    pub(super) fn arrays(&self) -> Arrays {
        let mut arrays = Arrays::new();
        self.net.save("", &mut arrays);
        arrays
    }

    /// p_u: the mean of what is liked by these weights; zeros where nothing is.
    pub(super) fn represent(&self, liked: impl Iterator<Item = (usize, f32)>) -> Vec<f32> {
        let (mut sum, mut total) = (vec![0.0; 2 * self.net.dim()], 0.0);
        for (item, weight) in liked {
            let row = u32::try_from(item).expect("item rows are u32");
            add_scaled(&mut sum, weight, self.net.liked.row(row));
            total += weight;
        }
        if total > 0.0 {
            sum.iter_mut().for_each(|x| *x /= total);
        }
        sum
    }

    /// Writes the score of every item for p_u. O(n_items·(dim + hidden²)), parallel over blocks of items.
    pub(super) fn score(&self, user: &[f32], scores: &mut [f32]) {
        let dim = self.net.dim();
        assert_eq!(user.len(), 2 * dim, "a vector of length {} expected", 2 * dim);
        let (first, rest) = self.net.layers.split_first().expect("at least one layer");
        let mut shift = first.bias.values.clone();
        for (x, row) in user[dim..].iter().zip(first.weights.values.chunks_exact(first.n_out)) {
            add_scaled(&mut shift, *x, row);
        }
        let (of_product, of_last) = self.net.output.values.split_at(dim);
        let weighed: Vec<f32> = user.iter().zip(of_product).map(|(p, w)| p * w).collect();
        scores.par_chunks_mut(BLOCK).enumerate().for_each(|(block, scores)| {
            let (start, n) = (block * BLOCK, scores.len());
            let mut hidden = self.first[start * first.n_out..][..n * first.n_out].to_vec();
            for row in hidden.chunks_exact_mut(first.n_out) {
                for (x, s) in row.iter_mut().zip(&shift) {
                    *x = (*x + s).max(0.0);
                }
            }
            let mut next = Vec::new();
            for layer in rest {
                layer.forward(&hidden, &mut next);
                next.iter_mut().for_each(|x| *x = x.max(0.0));
                std::mem::swap(&mut hidden, &mut next);
            }
            let items = self.net.items.values[start * 2 * dim..].chunks_exact(2 * dim);
            let rows = items.zip(hidden.chunks_exact(of_last.len()));
            for (score, (q, last)) in scores.iter_mut().zip(rows) {
                let of_product = dot(&weighed, &q[..dim]);
                *score = of_product + dot(of_last, last) + self.net.bias.values[0];
            }
        });
    }
}
