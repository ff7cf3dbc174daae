//! What can be chosen about two towers?

use std::ops::RangeInclusive;

use crate::spec::field::{Choice, Field, Search, Slot};

/// A share.
const SHARE: RangeInclusive<f32> = 0.0..=1.0;

/// What the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params {
    /// Length of an embedding, inside and out.
    pub dim: usize,
    /// Numbers between the two layers of a tower.
    pub hidden: usize,
    /// What the towers are told of.
    pub by: By,
    /// What comes of implicit least squares.
    pub als: Als,
    /// Recordings of the past that the listener tower looks at, the last ones.
    pub history: usize,
    /// Whether it reads listens one after the other, too.
    pub encoder: Encoder,
    /// Listens that are read.
    pub length: usize,
    /// Layers of what reads them.
    pub blocks: usize,
    /// Parts of a listen that look back on their own.
    pub heads: usize,
    /// Share of the listens of which an epoch does not tell which recording it was.
    pub listen_dropout: f32,
    /// What is minimized.
    pub loss: Loss,
    /// What a cosine is divided by before the loss.
    pub temperature: f32,
    /// The better cosine should be greater by this: triplet alone.
    pub margin: f32,
    /// How much of the chance of being drawn is taken out of a negative's score.
    pub log_q: f32,
    /// Examples of a step; each is a negative of all others.
    pub batch: usize,
    /// Negatives drawn evenly for each step.
    pub uniform_negatives: usize,
    /// Weight of what the listener skipped or disliked as a negative of its own.
    pub hard_weight: f32,
    /// Weight of telling what was liked from what was skipped or disliked around it, beside the loss.
    pub contrast: f32,
    /// Share of the embeddings by id that a step leaves out.
    pub id_dropout: f32,
    /// Share of the examples that are told of the last few listens alone, as if the listener had just come.
    pub newcomers: f32,
    /// How often every example is visited, at most.
    pub epochs: usize,
    /// Length of a step.
    pub learning_rate: f32,
    /// What each step takes away from the weights of layers, times the learning rate.
    pub weight_decay: f32,
    /// Share of the listeners, at least 1,000 of them, whose last example is held out.
    pub validation: f32,
    /// Epochs without a better ranking of what is held out before the end.
    pub patience: usize,
}

/// What the towers are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Which recordings they are.
    Id,
    /// What is known of them.
    Features,
    /// Both.
    Both,
}

impl Choice for By {
    const ALL: &'static [(&'static str, Self)] =
        &[("id", Self::Id), ("features", Self::Features), ("both", Self::Both)];
}

impl By {
    pub(super) fn has_ids(self) -> bool {
        self != Self::Features
    }

    pub(crate) fn has_features(self) -> bool {
        self != Self::Id
    }
}

/// How the past becomes numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoder {
    /// Means of what was heard, one of them by attention.
    Means,
    /// These, and the state of a small transformer behind the last listen.
    Sequence,
}

impl Choice for Encoder {
    const ALL: &'static [(&'static str, Self)] =
        &[("means", Self::Means), ("sequence", Self::Sequence)];
}

impl Encoder {
    /// Listeners that go through a tower at a time when nothing is learned.
    pub(super) fn block(self) -> usize {
        match self {
            Self::Means => 2048,
            Self::Sequence => 64,
        }
    }
}

/// What comes of implicit least squares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Als {
    /// Nothing.
    None,
    /// The embeddings by id begin with its factors.
    Start,
    /// Its factors are features, of a recording and of what a listener heard.
    Input,
}

impl Choice for Als {
    const ALL: &'static [(&'static str, Self)] =
        &[("none", Self::None), ("start", Self::Start), ("input", Self::Input)];
}

/// What is minimized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Cross-entropy of the liked one among all negatives of the step.
    Softmax,
    /// The mean logistic loss of its gap to each.
    Bpr,
    /// The mean of what its gap to each lacks of the margin.
    Triplet,
}

impl Choice for Loss {
    const ALL: &'static [(&'static str, Self)] =
        &[("softmax", Self::Softmax), ("bpr", Self::Bpr), ("triplet", Self::Triplet)];
}

impl Default for Params {
    fn default() -> Self {
        Self {
            dim: 64,
            hidden: 128,
            by: By::Both,
            als: Als::None,
            history: 50,
            encoder: Encoder::Means,
            length: 200,
            blocks: 1,
            heads: 2,
            listen_dropout: 0.5,
            loss: Loss::Softmax,
            temperature: 0.1,
            margin: 0.2,
            log_q: 1.0,
            batch: 1024,
            uniform_negatives: 512,
            hard_weight: 1.0,
            contrast: 0.0,
            id_dropout: 0.2,
            newcomers: 0.4,
            epochs: 20,
            learning_rate: 0.003,
            weight_decay: 0.01,
            validation: 0.2,
            patience: 3,
        }
    }
}

impl Params {
    #[expect(clippy::too_many_lines, reason = "an entry a parameter")]
    pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
        let field = |name, meaning, slot, search| Field { name, meaning, slot, search };
        vec![
            field(
                "dim",
                "length of an embedding, inside and out",
                Slot::Count(&mut self.dim, 1..=1024),
                Search::Size(16.0, 128.0),
            ),
            field(
                "hidden",
                "numbers between the two layers of a tower",
                Slot::Count(&mut self.hidden, 1..=4096),
                Search::Size(32.0, 512.0),
            ),
            field(
                "by",
                "what the towers are told of: which recordings, what is known of them, or both",
                Slot::Choice(&mut self.by),
                Search::Every,
            ),
            field(
                "als",
                "factors of implicit least squares: none, the start of the embeddings by id, or an input",
                Slot::Choice(&mut self.als),
                Search::Every,
            ),
            field(
                "history",
                "recordings of the past that the listener tower looks at, the last ones",
                Slot::Count(&mut self.history, 1..=1000),
                Search::Linear(10.0, 100.0),
            ),
            field(
                "encoder",
                "how the past becomes numbers: means of it, or also a small transformer that reads listens one after the other",
                Slot::Choice(&mut self.encoder),
                Search::Never,
            ),
            field(
                "length",
                "encoder=sequence only: listens that are read, the last ones",
                Slot::Count(&mut self.length, 2..=1000),
                Search::Never,
            ),
            field(
                "blocks",
                "encoder=sequence only: layers of the transformer",
                Slot::Count(&mut self.blocks, 1..=8),
                Search::Never,
            ),
            field(
                "heads",
                "encoder=sequence only: parts of a listen that look back on their own",
                Slot::Count(&mut self.heads, 1..=16),
                Search::Never,
            ),
            field(
                "listen_dropout",
                "encoder=sequence only: share of the listens of which an epoch does not tell which recording it was",
                Slot::Number(&mut self.listen_dropout, SHARE),
                Search::Never,
            ),
            field("loss", "what is minimized", Slot::Choice(&mut self.loss), Search::Every),
            field(
                "temperature",
                "what a cosine is divided by before the loss",
                Slot::Number(&mut self.temperature, 0.01..=10.0),
                Search::Log(0.03, 0.5),
            ),
            field(
                "margin",
                "loss=triplet only: by how much the better cosine should be greater",
                Slot::Number(&mut self.margin, 0.0..=2.0),
                Search::Linear(0.05, 0.5),
            ),
            field(
                "log_q",
                "loss=softmax only: how much of the chance of being drawn is taken out of a negative's score; less lifts the little known",
                Slot::Number(&mut self.log_q, 0.0..=2.0),
                Search::Linear(0.0, 1.0),
            ),
            field(
                "batch",
                "examples of a step, each a negative of the others",
                Slot::Count(&mut self.batch, 2..=65_536),
                Search::Never,
            ),
            field(
                "uniform_negatives",
                "negatives drawn evenly for each step",
                Slot::Count(&mut self.uniform_negatives, 0..=65_536),
                Search::Linear(0.0, 1024.0),
            ),
            field(
                "hard_weight",
                "weight of what the listener skipped or disliked as a negative of its own; 0: none",
                Slot::Number(&mut self.hard_weight, 0.0..=100.0),
                Search::Linear(0.0, 4.0),
            ),
            field(
                "contrast",
                "weight, beside the loss, of telling what was liked from what was skipped or disliked around it; 0: none",
                Slot::Number(&mut self.contrast, 0.0..=100.0),
                Search::Never,
            ),
            field(
                "id_dropout",
                "by=both only: share of the embeddings by id that a step leaves out, so that features carry what is new",
                Slot::Number(&mut self.id_dropout, SHARE),
                Search::Linear(0.0, 0.5),
            ),
            field(
                "newcomers",
                "share of the examples that are told of the last few listens alone, as if the listener had just come",
                Slot::Number(&mut self.newcomers, SHARE),
                Search::Never,
            ),
            field(
                "epochs",
                "how often every example is visited, at most",
                Slot::Count(&mut self.epochs, 1..=10_000),
                Search::Rounds(5.0, 50.0),
            ),
            field(
                "learning_rate",
                "length of a step",
                Slot::Number(&mut self.learning_rate, 1e-6..=1.0),
                Search::Log(0.0003, 0.03),
            ),
            field(
                "weight_decay",
                "what each step takes away from the weights of layers, times the learning rate",
                Slot::Number(&mut self.weight_decay, 0.0..=10.0),
                Search::Log(0.0001, 0.3),
            ),
            field(
                "validation",
                "share of the listeners, at least 1,000 of them, whose last example is held out to stop early; 0: none",
                Slot::Number(&mut self.validation, SHARE),
                Search::Never,
            ),
            field(
                "patience",
                "validation only: epochs without a better ranking of what is held out before the end",
                Slot::Count(&mut self.patience, 1..=1000),
                Search::Never,
            ),
        ]
    }
}
