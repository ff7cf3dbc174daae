//! What is learned, and how does it travel?

use super::Params;
use crate::Error;
use crate::array::{Array, Arrays, take_f32};
use crate::hash::{hash, normal};
use crate::network::{Linear, Rate, Table, Weights};
use music::RecordingId;

/// Deviation of the first embeddings.
const FIRST: f32 = 0.1;
const LIKED: &str = "liked";
const ITEMS: &str = "items";
const OUTPUT: &str = "output";
const OUTPUT_BIAS: &str = "output_bias";

/// Embeddings and network.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Net {
    /// What an item is in a history: p `[n_items × 2·dim]`.
    pub(super) liked: Table,
    /// What it is when it is scored: q `[n_items × 2·dim]`.
    pub(super) items: Table,
    pub(super) layers: Vec<Linear>,
    /// `[dim + width of the last layer]`
    pub(super) output: Weights,
    /// `[1]`
    pub(super) bias: Weights,
}

impl Net {
    /// Numbers that hash the seed and, of an item, its id.
    pub(super) fn new(params: Params, ids: &[RecordingId], seed: u64) -> Self {
        let table = |side: u64| {
            let row = |id: &RecordingId| {
                let key = hash([seed, side, id.0]);
                (0..2 * params.dim as u64).map(move |k| FIRST * normal(hash([key, k])))
            };
            Table::new(2 * params.dim, ids.iter().flat_map(row).collect())
        };
        let widths = params.widths();
        let layer = |(n, ends): (u64, &[usize])| Linear::new(ends[0], ends[1], hash([seed, 2, n]));
        let n_last = params.dim + widths[widths.len() - 1];
        // As if it were a layer without ReLU: weights of variance 1 by their number.
        let scale = 1.0 / (n_last as f32).sqrt();
        let output = (0..n_last as u64).map(|k| scale * normal(hash([seed, 3, k]))).collect();
        Self {
            liked: table(0),
            items: table(1),
            layers: (0..).zip(widths.windows(2)).map(layer).collect(),
            output: Weights::new(output),
            bias: Weights::new(vec![0.0]),
        }
    }

    /// Length of each embedding.
    pub(super) fn dim(&self) -> usize {
        self.items.dim / 2
    }

    /// The same without what the optimizer remembers of embeddings, to be scored with and not to be trained.
    pub(super) fn frozen(&self) -> Self {
        let table = |table: &Table| Table {
            dim: table.dim,
            values: table.values.clone(),
            means: Vec::new(),
        };
        Self {
            liked: table(&self.liked),
            items: table(&self.items),
            layers: self.layers.clone(),
            output: self.output.clone(),
            bias: self.bias.clone(),
        }
    }

    /// Moves what is not an embedding.
    pub(super) fn step(&mut self, rate: Rate) {
        self.layers.iter_mut().for_each(|layer| layer.step(rate));
        self.output.step(rate);
        self.bias.step(rate);
    }

    pub(super) fn is_finite(&self) -> bool {
        self.liked.is_finite()
            && self.items.is_finite()
            && self.layers.iter().all(Linear::is_finite)
            && self.output.is_finite()
            && self.bias.is_finite()
    }

    /// Everything that a score needs.
    pub(super) fn save(&self, prefix: &str, arrays: &mut Arrays) {
        self.liked.save(&format!("{prefix}{LIKED}"), arrays);
        self.items.save(&format!("{prefix}{ITEMS}"), arrays);
        for (n, layer) in self.layers.iter().enumerate() {
            layer.save(&format!("{prefix}layer_{n}"), arrays);
        }
        for (name, weights) in [(OUTPUT, &self.output), (OUTPUT_BIAS, &self.bias)] {
            let (shape, values) = (vec![weights.values.len()], weights.values.clone());
            arrays.insert(format!("{prefix}{name}"), Array::F32 { shape, values });
        }
    }

    pub(super) fn load(
        prefix: &str,
        params: Params,
        n_items: usize,
        arrays: &mut Arrays,
    ) -> Result<Self, Error> {
        let mut table =
            |name| Table::load(&format!("{prefix}{name}"), n_items, 2 * params.dim, arrays);
        let (liked, items) = (table(LIKED)?, table(ITEMS)?);
        let widths = params.widths();
        let ends = widths.windows(2).enumerate();
        let layers = ends
            .map(|(n, ends)| Linear::load(&format!("{prefix}layer_{n}"), ends[0], ends[1], arrays));
        let layers = layers.collect::<Result<Vec<Linear>, Error>>()?;
        let n_last = params.dim + widths[widths.len() - 1];
        let mut weights = |name: &str, n: usize| {
            Ok(Weights::new(take_f32(arrays, &format!("{prefix}{name}"), &[n])?))
        };
        let (output, bias) = (weights(OUTPUT, n_last)?, weights(OUTPUT_BIAS, 1)?);
        Ok(Self { liked, items, layers, output, bias })
    }

    /// What the optimizer remembers, by a name of each.
    pub(super) fn memory(&mut self) -> Vec<(String, &mut Vec<f32>)> {
        let mut all = vec![
            (format!("{LIKED}_means"), &mut self.liked.means),
            (format!("{ITEMS}_means"), &mut self.items.means),
        ];
        let of_layers = self.layers.iter_mut().enumerate().flat_map(|(n, layer)| {
            [
                (format!("layer_{n}_weights"), &mut layer.weights),
                (format!("layer_{n}_bias"), &mut layer.bias),
            ]
        });
        let last =
            [(OUTPUT.to_owned(), &mut self.output), (OUTPUT_BIAS.to_owned(), &mut self.bias)];
        for (name, weights) in of_layers.chain(last) {
            all.push((format!("{name}_mean"), &mut weights.m));
            all.push((format!("{name}_square"), &mut weights.v));
        }
        all
    }
}
