//! How does a number that is learned follow its gradient?
//!
//! Adam: Kingma & Ba (2015), algorithm 1, with the corrections of its section 2 folded into the step size, and
//! the decay of weights beside it: Loshchilov & Hutter (2019).

use linalg::{Isa, Kernel, Simd};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

/// How fast the running means of a gradient and of its square forget.
const BETA_1: f32 = 0.9;
const BETA_2: f32 = 0.999;
/// Keeps a quotient finite.
const EPSILON: f32 = 1e-8;
/// What is smaller counts as nothing.
const TINY: f32 = 1e-25;
/// Numbers that one thread moves at a time.
const CHUNK: usize = 16_384;

/// How large the steps of one update are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rate {
    step_size: f32,
    /// 1 by the square root of what the running mean of squares has reached.
    correction: f32,
    decay: f32,
}

impl Rate {
    /// Of the update with that number, counted from 1.
    #[expect(clippy::cast_possible_truncation, reason = "seven digits are enough of a step size")]
    pub(crate) fn of(learning_rate: f32, weight_decay: f32, update: u64) -> Self {
        let reached = |beta: f32| 1.0 - f64::from(beta).powf(update as f64);
        Self {
            step_size: (f64::from(learning_rate) / reached(BETA_1)) as f32,
            correction: (1.0 / reached(BETA_2).sqrt()) as f32,
            decay: learning_rate * weight_decay,
        }
    }

    /// Moves numbers by one update.
    #[inline(always)]
    pub(crate) fn apply(&self, values: &mut [f32], gradient: &[f32], m: &mut [f32], v: &mut [f32]) {
        let n = values.len();
        let (gradient, m, v) = (&gradient[..n], &mut m[..n], &mut v[..n]);
        for k in 0..n {
            let g = gradient[k];
            let mean = BETA_1 * m[k] + (1.0 - BETA_1) * g;
            let square = BETA_2 * v[k] + (1.0 - BETA_2) * (g * g);
            m[k] = if mean.abs() < TINY { 0.0 } else { mean };
            v[k] = if square < TINY { 0.0 } else { square };
            let step = self.step_size * m[k] / (v[k].sqrt() * self.correction + EPSILON);
            values[k] -= step + self.decay * values[k];
        }
    }
}

/// Numbers that are learned, with what the optimizer remembers of them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Weights {
    pub(crate) values: Vec<f32>,
    pub(crate) gradient: Vec<f32>,
    pub(crate) m: Vec<f32>,
    pub(crate) v: Vec<f32>,
}

impl Weights {
    pub(crate) fn new(values: Vec<f32>) -> Self {
        let zeros = vec![0.0; values.len()];
        Self { values, gradient: zeros.clone(), m: zeros.clone(), v: zeros }
    }

    /// Follows the gradient, which is then zero again.
    pub(crate) fn step(&mut self, rate: Rate) {
        let isa = Isa::best();
        let values = self.values.par_chunks_mut(CHUNK).zip(self.gradient.par_chunks_mut(CHUNK));
        let remembered = self.m.par_chunks_mut(CHUNK).zip(self.v.par_chunks_mut(CHUNK));
        values.zip(remembered).for_each(|((values, gradient), (m, v))| {
            isa.run(Step { rate, values, gradient, m, v });
        });
    }

    pub(crate) fn is_finite(&self) -> bool {
        self.values.iter().all(|x| x.is_finite())
    }
}

struct Step<'a> {
    rate: Rate,
    values: &'a mut [f32],
    gradient: &'a mut [f32],
    m: &'a mut [f32],
    v: &'a mut [f32],
}

impl Kernel for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        self.rate.apply(self.values, self.gradient, self.m, self.v);
        self.gradient.fill(0.0);
    }
}

/// Adds, column by column, rows of partial sums in their order.
pub(crate) fn add_rows(sums: &mut [f32], parts: &[f32]) {
    Isa::best().run(AddRows { sums, parts });
}

struct AddRows<'a> {
    sums: &'a mut [f32],
    parts: &'a [f32],
}

impl Kernel for AddRows<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        for part in self.parts.chunks_exact(self.sums.len()) {
            self.sums.iter_mut().zip(part).for_each(|(sum, x)| *sum += x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Rate, Weights};

    #[test]
    fn the_first_step_is_as_long_as_the_learning_rate() {
        // m = 0.1·g and v = 0.001·g², corrected g and g²: the step is 0.01·g/|g|.
        let mut weights = Weights::new(vec![1.0, 1.0]);
        weights.gradient = vec![3.0, -0.5];
        weights.step(Rate::of(0.01, 0.0, 1));
        assert!((weights.values[0] - 0.99).abs() < 1e-6, "{:?}", weights.values);
        assert!((weights.values[1] - 1.01).abs() < 1e-6, "{:?}", weights.values);
        assert_eq!(weights.gradient, [0.0, 0.0]);
    }

    #[test]
    fn without_a_gradient_a_weight_decays_alone() {
        let mut weights = Weights::new(vec![2.0]);
        weights.step(Rate::of(0.1, 0.5, 1));
        // 2·(1 − 0.1·0.5)
        assert!((weights.values[0] - 1.9).abs() < 1e-6);
    }
}
