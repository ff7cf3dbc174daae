//! What can be chosen about two stages?

use crate::spec::Extent;
use crate::spec::field::{Choice, Field, Nested, Search, Slot};
use crate::{Spec, ials};

/// What the caller chooses.
#[derive(Clone, Debug, PartialEq)]
pub struct Params {
    /// The model that finds candidates; none that is itself a hybrid.
    pub first: Box<Spec>,
    /// What orders them.
    pub second: Second,
    /// How many candidates of the first are ordered by the second.
    pub keep: usize,
    /// Width of the network's layer.
    pub hidden: usize,
    /// What the network minimizes.
    pub loss: Loss,
    /// The most that one example or pair costs; 0 for any cost.
    pub loss_bound: f32,
    /// Length of the list whose NDCG LambdaRank looks at.
    pub list_length: usize,
    /// Weight of the head that learns what is heard out; what is liked weighs 1.
    pub completed_weight: f32,
    /// Weight of the head that learns what is skipped.
    pub skipped_weight: f32,
    /// Candidates of a list that a step sees beside those that something is known of.
    pub negatives: usize,
    /// Listeners whose lists are learned from, at most.
    pub lists: usize,
    /// Share of each listener's liked recordings, the newest, that the lists are judged by.
    pub held_out: f32,
    /// Share of the lists that tell how likely a score is, and are not learned from.
    pub calibration: f32,
    /// How often every list is visited.
    pub epochs: usize,
    /// Lists of a step, at most; in small trainings fewer, so that an epoch has some steps.
    pub batch: usize,
    /// Length of a step of Adam.
    pub learning_rate: f32,
    /// Decay of what a step moves, as a share of the step's length (AdamW).
    pub reg: f32,
    /// Days after which an example counts half; 0: always whole.
    pub example_half_life_days: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            first: Box::new(Spec::Ials(ials::Params::default())),
            second: Second::Network,
            keep: 200,
            hidden: 128,
            loss: Loss::Pairwise,
            loss_bound: 0.0,
            list_length: 20,
            completed_weight: 0.2,
            skipped_weight: 0.2,
            negatives: 100,
            lists: 20_000,
            held_out: 0.2,
            calibration: 0.1,
            epochs: 5,
            batch: 16,
            learning_rate: 0.0005,
            reg: 3.0,
            example_half_life_days: 0.0,
        }
    }
}

/// What orders candidates.
#[derive(Clone, Debug, PartialEq)]
pub enum Second {
    /// A network that learns from both stages' evidence: see [`crate::hybrid`].
    Network,
    /// The scores of a model alone; none that is itself a hybrid.
    Model(Box<Spec>),
}

const NETWORK: &str = "network";

impl Second {
    /// The model, where it is one.
    #[must_use]
    pub fn model(&self) -> Option<&Spec> {
        match self {
            Self::Network => None,
            Self::Model(spec) => Some(spec),
        }
    }
}

/// What a list costs: see [`crate::ranker`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Each candidate for itself.
    Logistic,
    /// Each two of which one is liked.
    Pairwise,
    /// The same by what NDCG would lose.
    LambdaRank,
}

impl Choice for Loss {
    const ALL: &'static [(&'static str, Self)] = &[
        ("logistic", Self::Logistic),
        ("pairwise", Self::Pairwise),
        ("lambdarank", Self::LambdaRank),
    ];
}

/// A model that can be a stage, or what is wrong with it.
fn stage(text: &str) -> Result<Box<Spec>, String> {
    let spec = Spec::of_bracketed(text);
    let spec = spec.map_err(|error| format!("a model as in `ials(dim=64)` ({error})"))?;
    if spec.is_any_part(|part| matches!(part, Spec::Hybrid(_))) {
        return Err("a model that is no hybrid".to_owned());
    }
    Ok(Box::new(spec))
}

impl Nested for Box<Spec> {
    fn text(&self, extent: Extent) -> String {
        self.bracketed(extent)
    }

    fn set(&mut self, text: &str) -> Result<(), String> {
        *self = stage(text)?;
        Ok(())
    }
}

impl Nested for Second {
    fn text(&self, extent: Extent) -> String {
        self.model().map_or_else(|| NETWORK.to_owned(), |spec| spec.bracketed(extent))
    }

    fn set(&mut self, text: &str) -> Result<(), String> {
        *self = match text {
            NETWORK => Self::Network,
            text => Self::Model(stage(text).map_err(|wrong| format!("`{NETWORK}` or {wrong}"))?),
        };
        Ok(())
    }
}

impl Params {
    #[expect(clippy::too_many_lines, reason = "an entry a parameter")]
    pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
        let field = |name, meaning, slot, search| Field { name, meaning, slot, search };
        vec![
            field(
                "first",
                "the model that finds candidates, with its parameters in brackets",
                Slot::Model(&mut self.first),
                Search::Never,
            ),
            field(
                "second",
                "what orders them: `network`, or a model with its parameters in brackets, by its scores alone",
                Slot::Model(&mut self.second),
                Search::Never,
            ),
            field(
                "keep",
                "how many candidates of the first are ordered by the second; the others stand below them",
                Slot::Count(&mut self.keep, 1..=1_000_000),
                Search::Log(50.0, 5000.0),
            ),
            field(
                "hidden",
                "width of the network's layer",
                Slot::Count(&mut self.hidden, 1..=4096),
                Search::Size(16.0, 256.0),
            ),
            field(
                "loss",
                "what the network minimizes",
                Slot::Choice(&mut self.loss),
                Search::Every,
            ),
            field(
                "loss_bound",
                "logistic and pairwise only: the most that one example or pair costs; 0 for any cost",
                Slot::Number(&mut self.loss_bound, 0.0..=100.0),
                Search::Never,
            ),
            field(
                "list_length",
                "lambdarank only: length of the list whose NDCG it looks at",
                Slot::Count(&mut self.list_length, 1..=1_000_000),
                Search::Never,
            ),
            field(
                "completed_weight",
                "weight of the head that learns what is heard out; what is liked weighs 1",
                Slot::Number(&mut self.completed_weight, 0.0..=100.0),
                Search::Never,
            ),
            field(
                "skipped_weight",
                "weight of the head that learns what is skipped",
                Slot::Number(&mut self.skipped_weight, 0.0..=100.0),
                Search::Never,
            ),
            field(
                "negatives",
                "candidates of a list that a step sees beside those that something is known of",
                Slot::Count(&mut self.negatives, 1..=100_000),
                Search::Never,
            ),
            field(
                "lists",
                "listeners whose lists are learned from, at most",
                Slot::Count(&mut self.lists, 1..=100_000_000),
                Search::Never,
            ),
            field(
                "held_out",
                "share of each listener's liked recordings, the newest, that the lists are judged by",
                Slot::Number(&mut self.held_out, 0.01..=0.9),
                Search::Never,
            ),
            field(
                "calibration",
                "share of the lists that tell how likely a score is, and are not learned from",
                Slot::Number(&mut self.calibration, 0.0..=0.5),
                Search::Never,
            ),
            field(
                "epochs",
                "how often every list is visited",
                Slot::Count(&mut self.epochs, 1..=10_000),
                Search::Rounds(3.0, 50.0),
            ),
            field(
                "batch",
                "lists of a step, at most; in small trainings fewer",
                Slot::Count(&mut self.batch, 1..=100_000),
                Search::Never,
            ),
            field(
                "learning_rate",
                "length of a step of Adam",
                Slot::Number(&mut self.learning_rate, 1e-6..=1.0),
                Search::Log(1e-4, 0.01),
            ),
            field(
                "reg",
                "decay of what a step moves, as a share of its length",
                Slot::Number(&mut self.reg, 0.0..=10.0),
                Search::Log(1e-2, 10.0),
            ),
            field(
                "example_half_life_days",
                "days before the newest listen of the log after which an example counts half; 0: always whole",
                Slot::Number(&mut self.example_half_life_days, 0.0..=36_500.0),
                Search::Never,
            ),
        ]
    }
}
