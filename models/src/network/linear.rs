//! What does a layer make of a row: y = x·W + b?

use linalg::{Isa, Onto, View, multiply};
use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSliceMut;

use super::weights::add_rows;
use super::{CHUNK_ROWS, Rate, Weights};
use crate::array::{Arrays, take_f32};
use crate::hash::{hash, normal};
use crate::{Array, Error};

/// One layer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Linear {
    pub(crate) n_in: usize,
    pub(crate) n_out: usize,
    /// `[n_in × n_out]`
    pub(crate) weights: Weights,
    /// `[n_out]`
    pub(crate) bias: Weights,
}

impl Linear {
    /// Weights of variance 2/`n_in` (He et al. 2015), which hash the seed; no bias.
    pub(crate) fn new(n_in: usize, n_out: usize, seed: u64) -> Self {
        let deviation = (2.0 / n_in.max(1) as f32).sqrt();
        let weights = (0..(n_in * n_out) as u64).map(|k| deviation * normal(hash([seed, k])));
        Self {
            n_in,
            n_out,
            weights: Weights::new(weights.collect()),
            bias: Weights::new(vec![0.0; n_out]),
        }
    }

    pub(crate) fn matrix(&self) -> View<'_> {
        View::new(&self.weights.values, self.n_in, self.n_out)
    }

    /// `x` `[n × n_in]` to `y` `[n × n_out]`.
    pub(crate) fn forward(&self, x: &[f32], y: &mut Vec<f32>) {
        let n = x.len() / self.n_in;
        y.resize(n * self.n_out, 0.0);
        y.par_chunks_mut(CHUNK_ROWS * self.n_out).for_each(|rows| {
            rows.chunks_exact_mut(self.n_out)
                .for_each(|row| row.copy_from_slice(&self.bias.values));
        });
        multiply(View::new(x, n, self.n_in), self.matrix(), y, Onto::Sum, Isa::best());
    }

    /// Adds to the gradients of weights and bias, and writes that of `x` where somebody wants it.
    pub(crate) fn backward(&mut self, x: &[f32], dy: &[f32], dx: Option<&mut Vec<f32>>) {
        if let Some(dx) = dx {
            dx.resize(x.len(), 0.0);
            self.backward_to(dy, dx);
        }
        let n = x.len() / self.n_in;
        let (rows, gradient) = (View::new(x, n, self.n_in), View::new(dy, n, self.n_out));
        multiply(rows.turned(), gradient, &mut self.weights.gradient, Onto::Sum, Isa::best());
        add_rows(&mut self.bias.gradient, dy);
    }

    /// Writes the gradient of `x` alone.
    pub(crate) fn backward_to(&self, dy: &[f32], dx: &mut [f32]) {
        let gradient = View::new(dy, dy.len() / self.n_out, self.n_out);
        multiply(gradient, self.matrix().turned(), dx, Onto::Nothing, Isa::best());
    }

    pub(crate) fn step(&mut self, rate: Rate) {
        self.weights.step(rate);
        self.bias.step(rate);
    }

    pub(crate) fn is_finite(&self) -> bool {
        self.weights.is_finite() && self.bias.is_finite()
    }

    pub(crate) fn save(&self, name: &str, arrays: &mut Arrays) {
        let weights =
            Array::F32 { shape: vec![self.n_in, self.n_out], values: self.weights.values.clone() };
        let bias = Array::F32 { shape: vec![self.n_out], values: self.bias.values.clone() };
        arrays.insert(format!("{name}_weights"), weights);
        arrays.insert(format!("{name}_bias"), bias);
    }

    pub(crate) fn load(
        name: &str,
        n_in: usize,
        n_out: usize,
        arrays: &mut Arrays,
    ) -> Result<Self, Error> {
        let weights = take_f32(arrays, &format!("{name}_weights"), &[n_in, n_out])?;
        let bias = take_f32(arrays, &format!("{name}_bias"), &[n_out])?;
        Ok(Self { n_in, n_out, weights: Weights::new(weights), bias: Weights::new(bias) })
    }
}

#[cfg(test)]
mod tests {
    use super::Linear;
    use crate::network::testing::{check_gradient, numbers};

    #[test]
    fn its_gradients_are_central_differences() {
        let layer = Linear::new(3, 2, 7);
        let (x, wanted) = (numbers(1, 5 * 3), numbers(2, 5 * 2));
        // The loss is Σ wanted·y, so that its gradient by y is `wanted`.
        let loss = |layer: &Linear, x: &[f32]| {
            let mut y = Vec::new();
            layer.forward(x, &mut y);
            y.iter().zip(&wanted).map(|(y, w)| f64::from(y * w)).sum()
        };
        let mut learned = layer.clone();
        let mut dx = Vec::new();
        learned.backward(&x, &wanted, Some(&mut dx));
        check_gradient(&x, &dx, |x| loss(&layer, x));
        check_gradient(&layer.weights.values, &learned.weights.gradient, |values| {
            let mut moved = layer.clone();
            moved.weights.values = values.to_vec();
            loss(&moved, &x)
        });
        check_gradient(&layer.bias.values, &learned.bias.gradient, |values| {
            let mut moved = layer.clone();
            moved.bias.values = values.to_vec();
            loss(&moved, &x)
        });
    }
}
