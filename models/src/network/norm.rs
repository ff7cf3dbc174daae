//! What is left of a row when its own scale is taken out?
//!
//! Layer normalization (Ba, Kiros & Hinton 2016): y = gain·(x − mean)/deviation + bias, mean and deviation over the row;
//! with ReLU in the same pass where a layer wants it: y = max(0, …).

use linalg::{Isa, Kernel, Simd};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::weights::add_rows;
use super::{CHUNK_ROWS, Rate, Weights};
use crate::array::{Arrays, take_f32};
use crate::{Array, Error};

/// Keeps a quotient finite.
const EPSILON: f32 = 1e-5;

/// Gain and bias of each column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Norm {
    pub(crate) gain: Weights,
    pub(crate) bias: Weights,
    then: Then,
}

/// What follows the normalization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing.
    Nothing,
    /// What is below 0 is cut off.
    Relu,
}

impl Then {
    /// The least number that passes.
    fn floor(self) -> f32 {
        match self {
            Self::Nothing => f32::NEG_INFINITY,
            Self::Relu => 0.0,
        }
    }
}

/// What a backward pass needs of the forward one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Normed {
    /// (x − mean)/deviation `[n × width]`
    scaled: Vec<f32>,
    /// 1/deviation `[n]`
    inverse: Vec<f32>,
}

impl Norm {
    pub(crate) fn new(width: usize, then: Then) -> Self {
        Self { gain: Weights::new(vec![1.0; width]), bias: Weights::new(vec![0.0; width]), then }
    }

    fn width(&self) -> usize {
        self.gain.values.len()
    }

    /// Replaces the rows `x` `[n × width]` by what comes of them.
    pub(crate) fn forward(&self, x: &mut [f32], normed: &mut Normed) {
        let width = self.width();
        normed.scaled.resize(x.len(), 0.0);
        normed.inverse.resize(x.len() / width, 0.0);
        let chunks = x.par_chunks_mut(CHUNK_ROWS * width);
        let scaled = normed.scaled.par_chunks_mut(CHUNK_ROWS * width);
        let isa = Isa::best();
        chunks.zip(scaled).zip(normed.inverse.par_chunks_mut(CHUNK_ROWS)).for_each(
            |((rows, scaled), inverse)| {
                isa.run(Forward { layer: self, rows, scaled, inverse });
            },
        );
    }

    /// Turns the gradient of what came out into that of what came in, and adds to those of gain and bias.
    pub(crate) fn backward(&mut self, y: &[f32], normed: &Normed, dy: &mut [f32]) {
        let width = self.width();
        let chunk = CHUNK_ROWS * width;
        let n_chunks = dy.len().div_ceil(chunk);
        let (mut gains, mut biases) = (vec![0.0; n_chunks * width], vec![0.0; n_chunks * width]);
        let rows = dy.par_chunks_mut(chunk).zip(y.par_chunks(chunk));
        let normed = normed.scaled.par_chunks(chunk).zip(normed.inverse.par_chunks(CHUNK_ROWS));
        let sums = gains.par_chunks_mut(width).zip(biases.par_chunks_mut(width));
        let (isa, gain, floor) = (Isa::best(), &self.gain.values, self.then.floor());
        rows.zip(normed).zip(sums).for_each(|(((dy, y), (scaled, inverse)), (gains, biases))| {
            isa.run(Backward { gain, floor, dy, y, scaled, inverse, gains, biases });
        });
        add_rows(&mut self.gain.gradient, &gains);
        add_rows(&mut self.bias.gradient, &biases);
    }

    pub(crate) fn step(&mut self, rate: Rate) {
        self.gain.step(rate);
        self.bias.step(rate);
    }

    pub(crate) fn is_finite(&self) -> bool {
        self.gain.is_finite() && self.bias.is_finite()
    }

    pub(crate) fn save(&self, name: &str, arrays: &mut Arrays) {
        for (part, weights) in [("gain", &self.gain), ("shift", &self.bias)] {
            let array = Array::F32 { shape: vec![self.width()], values: weights.values.clone() };
            arrays.insert(format!("{name}_{part}"), array);
        }
    }

    pub(crate) fn load(
        name: &str,
        width: usize,
        then: Then,
        arrays: &mut Arrays,
    ) -> Result<Self, Error> {
        let mut take = |part| take_f32(arrays, &format!("{name}_{part}"), &[width]);
        Ok(Self { gain: Weights::new(take("gain")?), bias: Weights::new(take("shift")?), then })
    }
}

struct Forward<'a> {
    layer: &'a Norm,
    rows: &'a mut [f32],
    scaled: &'a mut [f32],
    inverse: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let width = self.layer.width();
        let (gain, bias) = (&self.layer.gain.values[..width], &self.layer.bias.values[..width]);
        let floor = self.layer.then.floor();
        let rows = self.rows.chunks_exact_mut(width).zip(self.scaled.chunks_exact_mut(width));
        for ((row, scaled), inverse) in rows.zip(self.inverse) {
            let mean = sum_by(width, |k| row[k]) / width as f32;
            let variance = sum_by(width, |k| (row[k] - mean) * (row[k] - mean)) / width as f32;
            *inverse = 1.0 / (variance + EPSILON).sqrt();
            for k in 0..width {
                scaled[k] = (row[k] - mean) * *inverse;
                row[k] = (gain[k] * scaled[k] + bias[k]).max(floor);
            }
        }
    }
}

struct Backward<'a> {
    gain: &'a [f32],
    floor: f32,
    dy: &'a mut [f32],
    y: &'a [f32],
    scaled: &'a [f32],
    inverse: &'a [f32],
    gains: &'a mut [f32],
    biases: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let width = self.gain.len();
        let (gains, biases) = (&mut self.gains[..width], &mut self.biases[..width]);
        let rows = self.dy.chunks_exact_mut(width).zip(self.y.chunks_exact(width));
        let rows = rows.zip(self.scaled.chunks_exact(width)).zip(self.inverse);
        for (((dy, y), scaled), inverse) in rows {
            for k in 0..width {
                let passed = if y[k] > self.floor { dy[k] } else { 0.0 };
                gains[k] += passed * scaled[k];
                biases[k] += passed;
                dy[k] = passed * self.gain[k];
            }
            // Moving a row as a whole, or along itself, changes nothing: those parts of the gradient go.
            let mean = sum_by(width, |k| dy[k]) / width as f32;
            let along = sum_by(width, |k| dy[k] * scaled[k]) / width as f32;
            for k in 0..width {
                dy[k] = (dy[k] - mean - scaled[k] * along) * inverse;
            }
        }
    }
}

/// A sum in sixteen parts, which fill registers.
#[inline(always)]
fn sum_by(n: usize, term: impl Fn(usize) -> f32) -> f32 {
    const PARTS: usize = 16;
    let mut sums = [0.0_f32; PARTS];
    let whole = n - n % PARTS;
    for start in (0..whole).step_by(PARTS) {
        for (part, sum) in sums.iter_mut().enumerate() {
            *sum += term(start + part);
        }
    }
    let rest: f32 = (whole..n).map(&term).sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::{Norm, Normed, Then};
    use crate::network::testing::{check_gradient, numbers};

    #[test]
    fn its_gradients_are_central_differences() {
        [Then::Nothing, Then::Relu].into_iter().for_each(check);
    }

    fn check(then: Then) {
        let width = 19;
        let mut layer = Norm::new(width, then);
        layer.gain.values = numbers(1, width);
        // Far from 0 on either side, as differences across the corner would see half of it.
        layer.bias.values = (0..width).map(|k| if k % 3 == 0 { -9.0 } else { 9.0 }).collect();
        let (x, wanted) = (numbers(5, 4 * width), numbers(6, 4 * width));
        let loss = |layer: &Norm, x: &[f32]| {
            let (mut y, mut normed) = (x.to_vec(), Normed::default());
            layer.forward(&mut y, &mut normed);
            y.iter().zip(&wanted).map(|(y, w)| f64::from(y * w)).sum()
        };
        let (mut learned, mut y, mut normed) = (layer.clone(), x.clone(), Normed::default());
        learned.forward(&mut y, &mut normed);
        let mut dx = wanted.clone();
        learned.backward(&y, &normed, &mut dx);
        let gradient = |layer: Norm| loss(&layer, &x);
        check_gradient(&layer.gain.values, &learned.gain.gradient, |values| {
            let mut moved = layer.clone();
            moved.gain.values = values.to_vec();
            gradient(moved)
        });
        check_gradient(&layer.bias.values, &learned.bias.gradient, |values| {
            let mut moved = layer.clone();
            moved.bias.values = values.to_vec();
            gradient(moved)
        });
        check_gradient(&x, &dx, |x| loss(&layer, x));
    }
}
