//! What can be chosen about pairwise ranking?

use crate::Aging;
use crate::ials::{self, Weighting};
use crate::spec::field::{Choice, Field, Search, Slot};

/// What the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params {
    /// What a triple costs; it is the name of the model.
    pub ranking: Ranking,
    /// Length of the vectors, biases not counted.
    pub dim: usize,
    /// How often every liked pair is visited, at most.
    pub epochs: usize,
    /// Length of a step.
    pub learning_rate: f32,
    /// How the length follows from earlier steps.
    pub optimizer: Optimizer,
    /// What a triple costs at most; 0 for no bound.
    pub loss_bound: f32,
    /// Ridge penalty on the rows of a triple, each time that it moves them.
    pub reg: f32,
    /// Negatives are drawn in proportion to popularity to this power; 0 for all alike.
    pub popularity_exponent: f32,
    /// Negatives drawn for a pair, of which one is taken.
    pub candidates: usize,
    /// Weight of what is known and not liked as a negative of what is liked.
    pub dislike_weight: f32,
    /// What is known and not liked should score this when a listener's vector is solved; what is liked, 1.
    pub negative_target: f32,
    /// Whether a pair's steps weigh its confidence, by the mean of the liked ones.
    pub weighted: bool,
    /// Ridge penalty on a listener's vector when it is solved from a history.
    pub fold_in_reg: f32,
    /// Weight of every item, to score 0, when a listener's vector is solved; a heard one weighs 1.
    pub fold_in_weight: f32,
    /// Share of the liked pairs held out.
    pub validation: f32,
    /// Epochs without a better ranking of what is held out before the end.
    pub patience: usize,
    /// How what was heard fades.
    pub aging: Aging,
}

/// What a triple of a user, a better and a worse item costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ranking {
    /// The logistic loss of their gap.
    Bpr,
    /// What their gap lacks of 1.
    Hinge,
    /// The same, weighed by the rank that the search for the worse item suggests.
    Warp,
}

/// How the length of a step follows from earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Optimizer {
    /// It does not.
    Sgd,
    /// It is divided by the root of the squared gradients' sum, one sum a row.
    Adagrad,
}

impl Choice for Optimizer {
    const ALL: &'static [(&'static str, Self)] = &[("sgd", Self::Sgd), ("adagrad", Self::Adagrad)];
}

impl Default for Params {
    fn default() -> Self {
        Self::of(Ranking::Bpr)
    }
}

impl Params {
    /// The defaults of a ranking.
    #[must_use]
    pub fn of(ranking: Ranking) -> Self {
        Self {
            ranking,
            dim: 64,
            epochs: 30,
            learning_rate: 0.03,
            optimizer: Optimizer::Adagrad,
            loss_bound: 0.0,
            reg: 0.03,
            popularity_exponent: 0.5,
            candidates: if ranking == Ranking::Warp { 20 } else { 2 },
            dislike_weight: 1.0,
            negative_target: 0.0,
            weighted: false,
            fold_in_reg: 1.0,
            fold_in_weight: 0.01,
            validation: 0.0,
            patience: 3,
            aging: Aging::default(),
        }
    }

    #[expect(clippy::too_many_lines, reason = "an entry a parameter")]
    pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
        let field = |name, meaning, slot, search| Field { name, meaning, slot, search };
        let candidates = match self.ranking {
            Ranking::Bpr | Ranking::Hinge => {
                "negatives drawn for a pair, of which the best scored is taken; 1 for any"
            }
            Ranking::Warp => "negatives drawn for a pair at most, until one is scored too well",
        };
        let mut fields = vec![
            field(
                "dim",
                "length of the vectors",
                Slot::Count(&mut self.dim, 1..=4096),
                Search::Size(16.0, 256.0),
            ),
            field(
                "epochs",
                "how often every liked pair is visited, at most",
                Slot::Count(&mut self.epochs, 1..=10_000),
                Search::Rounds(5.0, 100.0),
            ),
            field(
                "learning_rate",
                "length of a step",
                Slot::Number(&mut self.learning_rate, 1e-6..=10.0),
                Search::Log(0.003, 0.3),
            ),
            field(
                "optimizer",
                "how the length follows from earlier steps: not at all (sgd), or row by row (adagrad)",
                Slot::Choice(&mut self.optimizer),
                Search::Never,
            ),
            field(
                "loss_bound",
                "what two in the wrong order cost at most, so that likes by accident stop to pull; 0 for no bound",
                Slot::Number(&mut self.loss_bound, 0.0..=1e6),
                Search::Never,
            ),
            field(
                "reg",
                "ridge penalty on the vectors that a step moves",
                Slot::Number(&mut self.reg, 0.0..=10.0),
                Search::Log(1e-4, 0.3),
            ),
            field(
                "popularity_exponent",
                "negatives are drawn in proportion to popularity to this power; 0 for all alike",
                Slot::Number(&mut self.popularity_exponent, 0.0..=1.0),
                Search::Linear(0.0, 1.0),
            ),
            field(
                "candidates",
                candidates,
                Slot::Count(&mut self.candidates, 1..=1000),
                Search::Log(1.0, 32.0),
            ),
            field(
                "dislike_weight",
                "weight of what is known and not liked as a negative of what is liked",
                Slot::Number(&mut self.dislike_weight, 0.0..=100.0),
                Search::Never,
            ),
            field(
                "negative_target",
                "what a listener's vector should score what is known and not liked; at 0 no more than an unknown",
                Slot::Number(&mut self.negative_target, -1.0..=0.0),
                Search::Never,
            ),
            field(
                "weighted",
                "whether a pair weighs its confidence rather than 1",
                Slot::Flag(&mut self.weighted),
                Search::Never,
            ),
            field(
                "fold_in_reg",
                "ridge penalty on a listener's vector",
                Slot::Number(&mut self.fold_in_reg, 1e-6..=1e6),
                Search::Never,
            ),
            field(
                "fold_in_weight",
                "weight of what is unheard in a listener's vector; what is heard weighs 1",
                Slot::Number(&mut self.fold_in_weight, 0.0..=1.0),
                Search::Never,
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

    /// Least squares on item vectors with bias, by which a listener's vector is solved.
    pub(super) fn fold_in(&self) -> ials::Params {
        ials::Params {
            dim: self.dim + 1,
            reg: self.fold_in_reg,
            reg_exponent: 0.0,
            unobserved_weight: self.fold_in_weight,
            negative_target: self.negative_target,
            aging: self.aging,
            weighting: if self.weighted { Weighting::Confidence } else { Weighting::Equal },
            ..ials::Params::default()
        }
    }
}
