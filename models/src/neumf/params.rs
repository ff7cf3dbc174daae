//! What can be chosen about neural collaborative filtering?

use crate::Aging;
use crate::spec::field::{Field, Search, Slot};

/// What the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params {
    /// Length of each of the four embeddings.
    pub dim: usize,
    /// Layers of the perceptron.
    pub layers: usize,
    /// Width of the first layer; each further one is half as wide.
    pub hidden: usize,
    /// Negatives drawn for each liked pair.
    pub negatives: usize,
    /// Negatives are drawn in proportion to popularity to this power; 0 for all alike.
    pub popularity_exponent: f32,
    /// Weight of what is known and not liked as an example; others weigh 1.
    pub dislike_weight: f32,
    /// How often every liked pair is visited, at most.
    pub epochs: usize,
    /// Examples of a step, at most and nearly; in small trainings fewer, so that an epoch has some steps.
    pub batch: usize,
    /// Length of a step of Adam.
    pub learning_rate: f32,
    /// Decay of what a step moves, as a share of the step's length (AdamW).
    pub reg: f32,
    /// Share of the liked pairs held out.
    pub validation: f32,
    /// Epochs without a better ranking of what is held out before the end.
    pub patience: usize,
    /// How what was heard fades.
    pub aging: Aging,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            dim: 64,
            layers: 3,
            hidden: 64,
            negatives: 4,
            popularity_exponent: 0.0,
            dislike_weight: 1.0,
            epochs: 10,
            batch: 1024,
            learning_rate: 0.003,
            reg: 0.01,
            validation: 0.0,
            patience: 3,
            aging: Aging::default(),
        }
    }
}

impl Params {
    #[expect(clippy::too_many_lines, reason = "an entry a parameter")]
    pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
        let field = |name, meaning, slot, search| Field { name, meaning, slot, search };
        let mut fields = vec![
            field(
                "dim",
                "length of each of the four embeddings",
                Slot::Count(&mut self.dim, 1..=4096),
                Search::Size(8.0, 128.0),
            ),
            field(
                "layers",
                "layers of the perceptron",
                Slot::Count(&mut self.layers, 1..=8),
                Search::Log(1.0, 4.0),
            ),
            field(
                "hidden",
                "width of its first layer; each further one is half as wide",
                Slot::Count(&mut self.hidden, 1..=4096),
                Search::Size(16.0, 256.0),
            ),
            field(
                "negatives",
                "negatives drawn for each liked pair",
                Slot::Count(&mut self.negatives, 1..=1000),
                Search::Log(1.0, 16.0),
            ),
            field(
                "popularity_exponent",
                "negatives are drawn in proportion to popularity to this power; 0 for all alike",
                Slot::Number(&mut self.popularity_exponent, 0.0..=1.0),
                Search::Linear(0.0, 1.0),
            ),
            field(
                "dislike_weight",
                "weight of what is known and not liked as a negative; a drawn one weighs 1",
                Slot::Number(&mut self.dislike_weight, 0.0..=100.0),
                Search::Never,
            ),
            field(
                "epochs",
                "how often every liked pair is visited, at most",
                Slot::Count(&mut self.epochs, 1..=10_000),
                Search::Rounds(5.0, 100.0),
            ),
            field(
                "batch",
                "examples of a step, nearly; in small trainings fewer",
                Slot::Count(&mut self.batch, 1..=1_000_000),
                Search::Never,
            ),
            field(
                "learning_rate",
                "length of a step of Adam",
                Slot::Number(&mut self.learning_rate, 1e-6..=1.0),
                Search::Log(3e-4, 0.03),
            ),
            field(
                "reg",
                "decay of what a step moves, as a share of its length",
                Slot::Number(&mut self.reg, 0.0..=10.0),
                Search::Log(1e-3, 1.0),
            ),
            field(
                "validation",
                "share of liked pairs held out, to end when their ranking no longer improves; 0 for none",
                Slot::Number(&mut self.validation, 0.0..=0.5),
                Search::Never,
            ),
            field(
                "patience",
                "validation only: epochs without a better ranking before the end",
                Slot::Count(&mut self.patience, 1..=1000),
                Search::Never,
            ),
        ];
        fields.extend(self.aging.fields());
        fields
    }

    /// Width of each layer of the perceptron, what goes into it first.
    pub(super) fn widths(&self) -> Vec<usize> {
        let halves = (0..self.layers).map(|layer| (self.hidden >> layer).max(1));
        std::iter::once(2 * self.dim).chain(halves).collect()
    }
}
