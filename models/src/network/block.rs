//! What does a layer of a transformer make of rows?
//!
//! x₁ = x + attention(norm(x)), y = x₁ + W₂·relu(norm(W₁·x₁)): attention behind a normalization (Xiong et al., On Layer
//! Normalization in the Transformer Architecture, 2020), and two layers of which the first is normalized as those of a
//! tower are.

use linalg::add_scaled;

use super::attention::{Attended, Attention};
use super::{Linear, Norm, Normed, Rate, Then, Weights, Windows};
use crate::Error;
use crate::array::Arrays;
use crate::hash::hash;

/// One layer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Block {
    norm: Norm,
    attention: Attention,
    first: Linear,
    inner: Norm,
    second: Linear,
}

/// Shapes of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BlockShape {
    pub(crate) dim: usize,
    pub(crate) n_heads: usize,
    /// Levels of pairs of rows.
    pub(crate) n_levels: usize,
    /// Numbers between the last two layers.
    pub(crate) hidden: usize,
}

/// What a batch is on its way through a layer; memory that every batch uses anew.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlockPass {
    scaled: Vec<f32>,
    normed: Normed,
    attended: Attended,
    /// `x₁`
    between: Vec<f32>,
    hidden: Vec<f32>,
    inner: Normed,
    d_hidden: Vec<f32>,
    d_scaled: Vec<f32>,
    of_layer: Vec<f32>,
}

impl Block {
    pub(crate) fn new(shape: BlockShape, seed: u64) -> Self {
        let BlockShape { dim, n_heads, n_levels, hidden } = shape;
        Self {
            norm: Norm::new(dim, Then::Nothing),
            attention: Attention::new(dim, n_heads, n_levels, hash([seed, 1])),
            first: Linear::new(dim, hidden, hash([seed, 2])),
            inner: Norm::new(hidden, Then::Relu),
            second: Linear::new(hidden, dim, hash([seed, 3])),
        }
    }

    /// Replaces rows `[n × dim]` by what comes of them.
    pub(crate) fn forward(&self, windows: &Windows, rows: &mut [f32], pass: &mut BlockPass) {
        let BlockPass { scaled, normed, attended, between, hidden, inner, of_layer, .. } = pass;
        scaled.clear();
        scaled.extend_from_slice(rows);
        self.norm.forward(scaled, normed);
        self.attention.forward(windows, scaled, attended, of_layer);
        add_scaled(rows, 1.0, of_layer);
        between.clear();
        between.extend_from_slice(rows);
        self.first.forward(between, hidden);
        self.inner.forward(hidden, inner);
        self.second.forward(hidden, of_layer);
        add_scaled(rows, 1.0, of_layer);
    }

    /// Turns the gradient of what came out into that of what came in, and adds to those of the parameters.
    pub(crate) fn backward(&mut self, windows: &Windows, d_rows: &mut [f32], pass: &mut BlockPass) {
        let BlockPass {
            scaled,
            normed,
            attended,
            between,
            hidden,
            inner,
            d_hidden,
            d_scaled,
            of_layer,
        } = pass;
        self.second.backward(hidden, d_rows, Some(d_hidden));
        self.inner.backward(hidden, inner, d_hidden);
        self.first.backward(between, d_hidden, Some(of_layer));
        add_scaled(d_rows, 1.0, of_layer);
        self.attention.backward(windows, scaled, attended, d_rows, d_scaled);
        self.norm.backward(scaled, normed, d_scaled);
        add_scaled(d_rows, 1.0, d_scaled);
    }

    pub(crate) fn step(&mut self, rate: Rate) {
        self.norm.step(rate);
        self.attention.step(rate);
        self.first.step(rate);
        self.inner.step(rate);
        self.second.step(rate);
    }

    pub(crate) fn is_finite(&self) -> bool {
        self.norm.is_finite()
            && self.attention.is_finite()
            && self.first.is_finite()
            && self.inner.is_finite()
            && self.second.is_finite()
    }

    /// Every part that is learned, by its name.
    pub(crate) fn weights(&mut self, name: &str) -> Vec<(String, &mut Weights)> {
        let Self { norm, attention, first, inner, second } = self;
        let parts = [
            ("gain", &mut norm.gain),
            ("shift", &mut norm.bias),
            ("projections", &mut attention.projections.weights),
            ("projections_bias", &mut attention.projections.bias),
            ("biases", &mut attention.biases),
            ("out", &mut attention.out.weights),
            ("out_bias", &mut attention.out.bias),
            ("first", &mut first.weights),
            ("first_bias", &mut first.bias),
            ("inner_gain", &mut inner.gain),
            ("inner_shift", &mut inner.bias),
            ("second", &mut second.weights),
            ("second_bias", &mut second.bias),
        ];
        parts.into_iter().map(|(part, weights)| (format!("{name}_{part}"), weights)).collect()
    }

    pub(crate) fn save(&self, name: &str, arrays: &mut Arrays) {
        self.norm.save(&format!("{name}_norm"), arrays);
        self.attention.save(&format!("{name}_attention"), arrays);
        self.first.save(&format!("{name}_first"), arrays);
        self.inner.save(&format!("{name}_inner"), arrays);
        self.second.save(&format!("{name}_second"), arrays);
    }

    pub(crate) fn load(name: &str, shape: BlockShape, arrays: &mut Arrays) -> Result<Self, Error> {
        let BlockShape { dim, n_heads, n_levels, hidden } = shape;
        let of_attention = (dim, n_heads, n_levels);
        Ok(Self {
            norm: Norm::load(&format!("{name}_norm"), dim, Then::Nothing, arrays)?,
            attention: Attention::load(&format!("{name}_attention"), of_attention, arrays)?,
            first: Linear::load(&format!("{name}_first"), dim, hidden, arrays)?,
            inner: Norm::load(&format!("{name}_inner"), hidden, Then::Relu, arrays)?,
            second: Linear::load(&format!("{name}_second"), hidden, dim, arrays)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, BlockPass, BlockShape};
    use crate::network::Windows;
    use crate::network::testing::{check_gradient, numbers};

    #[test]
    fn its_gradients_are_central_differences() {
        let shape = BlockShape { dim: 4, n_heads: 2, n_levels: 2, hidden: 5 };
        let mut block = Block::new(shape, 3);
        // Away from the corners, which differences would see half of.
        block.inner.bias.values = vec![-6.0, 6.0, 6.0, 6.0, 6.0];
        let windows =
            Windows { starts: vec![0, 3, 5], levels: vec![0, 9, 9, 1, 0, 9, 1, 1, 0, 0, 9, 1, 0] };
        let (x, wanted) = (numbers(1, 20), numbers(2, 20));
        let loss = |block: &Block, x: &[f32]| -> f64 {
            let mut rows = x.to_vec();
            block.forward(&windows, &mut rows, &mut BlockPass::default());
            rows.iter().zip(&wanted).map(|(y, w)| f64::from(y * w)).sum()
        };
        let (mut learned, mut rows, mut dx) = (block.clone(), x.clone(), wanted.clone());
        let mut pass = BlockPass::default();
        learned.forward(&windows, &mut rows, &mut pass);
        learned.backward(&windows, &mut dx, &mut pass);
        check_gradient(&x, &dx, |x| loss(&block, x));
        let names: Vec<String> = learned.weights("").into_iter().map(|(name, _)| name).collect();
        for (part, name) in names.iter().enumerate() {
            let gradient = learned.weights("")[part].1.gradient.clone();
            let values = block.weights("")[part].1.values.clone();
            check_gradient(&values, &gradient, |values| {
                let mut moved = block.clone();
                moved.weights("")[part].1.values = values.to_vec();
                loss(&moved, &x)
            });
            assert!(gradient.iter().any(|slope| *slope != 0.0), "{name}");
        }
    }
}
