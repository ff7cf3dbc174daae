//! What does the network make of a candidate?
//!
//! With n inputs, each less its mean and by its deviation over the training: n → `hidden`, ReLU, → 3 heads, whether it
//! would be liked, heard out, skipped. `x` is `[candidates × n]`, `z` is `[candidates × 3]`.

use linalg::{Isa, Onto, RightSide, View, dot};
use rayon::iter::ParallelIterator;
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::heads::{Gradient, Heads};
use super::inputs::Width;
use crate::Error;
use crate::array::{Array, Arrays, take_f32};
use crate::hash::hash;
use crate::network::{CHUNK_ROWS, Linear, Rate, add_rows};

/// What is foretold of a candidate, the main one first.
pub(super) const HEADS: usize = 3;

const MEAN: &str = "input_mean";
const SCALE: &str = "input_scale";
const HIDDEN: &str = "hidden";
const OUTPUT: &str = "heads";

/// The network, and how its inputs are put on one scale.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Net {
    /// `[n]`
    pub(super) mean: Vec<f32>,
    /// `[n]` 1 by the deviation; 0 where all examples are alike.
    pub(super) scale: Vec<f32>,
    pub(super) hidden: Linear,
    pub(super) heads: Linear,
}

/// The network as one step reads it, all rows the same.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    net: &'a Net,
    hidden: RightSide,
    heads: Heads,
}

impl Net {
    /// A network that has learned nothing, for inputs like these `[examples × n]`.
    pub(super) fn new(width: Width, n_hidden: usize, examples: &[f32], seed: u64) -> Self {
        let n = width.whole();
        let (mean, scale) = moments(examples, n);
        let hidden = Linear::new(n, n_hidden, hash([seed, 0]));
        let mut heads = Linear::new(n_hidden, HEADS, hash([seed, 1]));
        // Before it has learned anything it promises little either way.
        heads.weights.values.iter_mut().for_each(|w| *w *= 0.1);
        Self { mean, scale, hidden, heads }
    }

    /// Puts inputs on the scale that the network knows.
    pub(super) fn standardize(&self, x: &mut [f32]) {
        let width = self.mean.len();
        x.par_chunks_mut(CHUNK_ROWS * width).for_each(|rows| {
            for row in rows.chunks_exact_mut(width) {
                for ((x, mean), scale) in row.iter_mut().zip(&self.mean).zip(&self.scale) {
                    *x = (*x - mean) * scale;
                }
            }
        });
    }

    pub(super) fn reading(&self) -> Reading<'_> {
        let hidden = RightSide::new(self.hidden.matrix(), Isa::best());
        Reading { net: self, hidden, heads: Heads::new(&self.hidden.bias.values, &self.heads) }
    }

    /// Adds gradients as [`Reading::backward`] writes them, one behind the other.
    pub(super) fn add(&mut self, gradients: &[f32]) {
        let mut sum = vec![0.0; self.n_weights()];
        add_rows(&mut sum, gradients);
        let (weights, rest) = sum.split_at(self.hidden.weights.values.len());
        let (bias, rest) = rest.split_at(self.hidden.n_out);
        let (of_heads, bias_of_heads) = rest.split_at(self.heads.weights.values.len());
        add_rows(&mut self.hidden.weights.gradient, weights);
        add_rows(&mut self.hidden.bias.gradient, bias);
        for (head, of_head) in of_heads.chunks_exact(self.hidden.n_out).enumerate() {
            let own = self.heads.weights.gradient.iter_mut().skip(head).step_by(HEADS);
            own.zip(of_head).for_each(|(sum, x)| *sum += x);
        }
        add_rows(&mut self.heads.bias.gradient, bias_of_heads);
    }

    fn n_weights(&self) -> usize {
        [&self.hidden, &self.heads].iter().map(|layer| (layer.n_in + 1) * layer.n_out).sum()
    }

    pub(super) fn step(&mut self, rate: Rate) {
        self.hidden.step(rate);
        self.heads.step(rate);
    }

    pub(super) fn is_finite(&self) -> bool {
        self.hidden.is_finite() && self.heads.is_finite()
    }

    /// The main head alone, of standardized inputs.
    pub(super) fn liked(&self, x: &[f32]) -> Vec<f32> {
        let reading = self.reading();
        let of_chunk = |x: &[f32]| {
            let (mut hidden, mut z) = (Vec::new(), Vec::new());
            reading.forward(x, &mut hidden, &mut z);
            z.into_iter().step_by(HEADS).collect::<Vec<f32>>()
        };
        let chunks = x.par_chunks(CHUNK_ROWS * self.hidden.n_in);
        chunks.map(of_chunk).collect::<Vec<_>>().concat()
    }

    /// What each standardized input adds to the main head, to first order: x_k·∂z/∂x_k.
    pub(super) fn contributions(&self, x: &[f32]) -> Vec<f32> {
        let mut hidden = Vec::new();
        self.hidden.forward(x, &mut hidden);
        let mut slopes = self.weights_of_liked();
        for (slope, h) in slopes.iter_mut().zip(&hidden) {
            if *h <= 0.0 {
                *slope = 0.0;
            }
        }
        let rows = self.hidden.weights.values.chunks_exact(self.hidden.n_out);
        x.iter().zip(rows).map(|(x, row)| x * dot(row, &slopes)).collect()
    }

    fn weights_of_liked(&self) -> Vec<f32> {
        self.heads.weights.values.iter().step_by(HEADS).copied().collect()
    }

    pub(super) fn save(&self, arrays: &mut Arrays) {
        for (name, values) in [(MEAN, &self.mean), (SCALE, &self.scale)] {
            let array = Array::F32 { shape: vec![values.len()], values: values.clone() };
            arrays.insert(name.to_owned(), array);
        }
        self.hidden.save(HIDDEN, arrays);
        self.heads.save(OUTPUT, arrays);
    }

    /// `None` where nothing was learned.
    pub(super) fn load(
        width: Width,
        n_hidden: usize,
        arrays: &mut Arrays,
    ) -> Result<Option<Self>, Error> {
        if !arrays.contains_key(MEAN) {
            return Ok(None);
        }
        let n = width.whole();
        let (mean, scale) = (take_f32(arrays, MEAN, &[n])?, take_f32(arrays, SCALE, &[n])?);
        let hidden = Linear::load(HIDDEN, n, n_hidden, arrays)?;
        let heads = Linear::load(OUTPUT, n_hidden, HEADS, arrays)?;
        Ok(Some(Self { mean, scale, hidden, heads }))
    }
}

impl Reading<'_> {
    pub(super) fn n_inputs(&self) -> usize {
        self.net.hidden.n_in
    }

    /// Length of a gradient.
    pub(super) fn n_weights(&self) -> usize {
        self.net.n_weights()
    }

    /// The hidden layer and all heads `[candidates × 3]` of standardized inputs, on one thread.
    pub(super) fn forward(&self, x: &[f32], hidden: &mut Vec<f32>, z: &mut Vec<f32>) {
        let n = x.len() / self.n_inputs();
        hidden.resize(n * self.net.hidden.n_out, 0.0);
        z.resize(n * HEADS, 0.0);
        let x = View::new(x, n, self.n_inputs());
        self.hidden.multiply(x, hidden, Onto::Nothing, Isa::best());
        self.heads.forward(hidden, z);
    }

    /// Writes the gradient of all weights, given that of z and what the pass forward left, on one thread.
    ///
    /// Weights and biases of the hidden layer, then those of the heads, head after head.
    pub(super) fn backward(&self, x: &[f32], dz: &[f32], hidden: &mut [f32], gradient: &mut [f32]) {
        let Linear { n_in, n_out, .. } = self.net.hidden;
        let (of_hidden, rest) = gradient.split_at_mut(n_in * n_out);
        rest.fill(0.0);
        let (before, rest) = rest.split_at_mut(n_out);
        let (weights, bias) = rest.split_at_mut(HEADS * n_out);
        self.heads.backward(hidden, dz, Gradient { before, weights, bias });
        let n = x.len() / n_in;
        let by_layer = RightSide::new(View::new(hidden, n, n_out), Isa::best());
        let x = View::new(x, n, n_in).turned();
        by_layer.multiply(x, of_hidden, Onto::Nothing, Isa::best());
    }
}

/// Mean of each column, and 1 by its deviation, 0 where that is nothing beside rounding.
#[expect(clippy::cast_possible_truncation, reason = "seven digits are enough of a scale")]
fn moments(x: &[f32], width: usize) -> (Vec<f32>, Vec<f32>) {
    let n = (x.len() / width).max(1) as f64;
    let (mut sums, mut squares) = (vec![0.0_f64; width], vec![0.0_f64; width]);
    for row in x.chunks_exact(width) {
        row.iter().zip(&mut sums).for_each(|(x, sum)| *sum += f64::from(*x));
    }
    sums.iter_mut().for_each(|sum| *sum /= n);
    for row in x.chunks_exact(width) {
        for ((x, mean), square) in row.iter().zip(&sums).zip(&mut squares) {
            *square += (f64::from(*x) - mean).powi(2);
        }
    }
    let scale = |(square, mean): (&f64, &f64)| {
        let deviation = (square / n).sqrt();
        if deviation > 1e-6 * mean.abs() + 1e-12 { (1.0 / deviation) as f32 } else { 0.0 }
    };
    let scales = squares.iter().zip(&sums).map(scale).collect();
    (sums.iter().map(|mean| *mean as f32).collect(), scales)
}
