//! How does a row of inputs become a point on the sphere?
//!
//! Two layers, the first normalized: unit(W₂·relu(norm(W₁·x + b₁)) + b₂).

use crate::Error;
use crate::array::Arrays;
use crate::hash::hash;
use crate::network::{Linear, Norm, Normed, Rate, Then, to_units, units_backward};

/// One of the two.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tower {
    pub(super) first: Linear,
    pub(super) norm: Norm,
    pub(super) second: Linear,
}

/// What a batch is on its way through a tower; memory that every batch uses anew.
#[derive(Clone, Debug, Default)]
pub(super) struct Pass {
    /// `[n × width]`
    pub(super) inputs: Vec<f32>,
    hidden: Vec<f32>,
    normed: Normed,
    /// `[n × dim]`, each of length 1.
    pub(super) units: Vec<f32>,
    inverse_lengths: Vec<f32>,
    d_hidden: Vec<f32>,
}

impl Tower {
    pub(super) fn new(width: usize, hidden: usize, dim: usize, seed: u64) -> Self {
        Self {
            first: Linear::new(width, hidden, hash([seed, 1])),
            norm: Norm::new(hidden, Then::Relu),
            second: Linear::new(hidden, dim, hash([seed, 2])),
        }
    }

    pub(super) fn dim(&self) -> usize {
        self.second.n_out
    }

    /// From `pass.inputs` to `pass.units`.
    pub(super) fn forward(&self, pass: &mut Pass) {
        self.first.forward(&pass.inputs, &mut pass.hidden);
        self.norm.forward(&mut pass.hidden, &mut pass.normed);
        self.second.forward(&pass.hidden, &mut pass.units);
        to_units(&mut pass.units, self.dim(), &mut pass.inverse_lengths);
    }

    /// From the gradient by `pass.units`, which is used up, to those of the weights and by `pass.inputs`.
    pub(super) fn backward(&mut self, pass: &mut Pass, d_units: &mut [f32], d_inputs: &mut [f32]) {
        units_backward(&pass.units, &pass.inverse_lengths, d_units, self.dim());
        self.second.backward(&pass.hidden, d_units, Some(&mut pass.d_hidden));
        self.norm.backward(&pass.hidden, &pass.normed, &mut pass.d_hidden);
        self.first.backward(&pass.inputs, &pass.d_hidden, None);
        self.first.backward_to(&pass.d_hidden, d_inputs);
    }

    pub(super) fn step(&mut self, rate: Rate) {
        self.first.step(rate);
        self.norm.step(rate);
        self.second.step(rate);
    }

    pub(super) fn is_finite(&self) -> bool {
        self.first.is_finite() && self.norm.is_finite() && self.second.is_finite()
    }

    pub(super) fn save(&self, name: &str, arrays: &mut Arrays) {
        self.first.save(&format!("{name}_first"), arrays);
        self.norm.save(&format!("{name}_norm"), arrays);
        self.second.save(&format!("{name}_second"), arrays);
    }

    pub(super) fn load(
        name: &str,
        (width, hidden, dim): (usize, usize, usize),
        arrays: &mut Arrays,
    ) -> Result<Self, Error> {
        Ok(Self {
            first: Linear::load(&format!("{name}_first"), width, hidden, arrays)?,
            norm: Norm::load(&format!("{name}_norm"), hidden, Then::Relu, arrays)?,
            second: Linear::load(&format!("{name}_second"), hidden, dim, arrays)?,
        })
    }
}
