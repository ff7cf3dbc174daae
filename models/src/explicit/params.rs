//! What can be chosen about explicit factorization?

use crate::Error;
use crate::spec::field::{Choice, Field, Named, Search, Slot};

/// What the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params {
    /// How the loss is brought down.
    pub solver: Solver,
    /// Length of the vectors, biases not counted.
    pub dim: usize,
    /// How often both sides are solved, or all pairs visited.
    pub iterations: usize,
    /// Ridge penalty on each bias and vector, before scaling.
    pub reg: f32,
    /// How the penalty grows with the number of pairs: 0 not at all, 1 in proportion.
    pub reg_exponent: f32,
    /// Descent only: what a miss costs.
    pub loss: RatingLoss,
    /// Huber and Welsch only: the miss that is a large one, as a share of the ratings' standard deviation.
    pub loss_scale: f32,
    /// Descent only: the length of its steps, for ratings with a standard deviation of 1.
    pub learning_rate: f32,
    /// Descent only: whether each number's steps shrink as its gradients add up.
    pub adagrad: bool,
}

/// How the loss is brought down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Solver {
    /// One side exactly against the other, in turns.
    Als,
    /// One pair at a time, down its gradient.
    Sgd,
}

impl Choice for Solver {
    const ALL: &'static [(&'static str, Self)] = &[("als", Self::Als), ("sgd", Self::Sgd)];
}

/// What a miss costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RatingLoss {
    /// Its square.
    Squared,
    /// Its square where it is small, in proportion where it is large.
    Huber,
    /// Its square where it is small, and never more than a constant.
    Welsch,
}

impl Choice for RatingLoss {
    const ALL: &'static [(&'static str, Self)] =
        &[("squared", Self::Squared), ("huber", Self::Huber), ("welsch", Self::Welsch)];
}

impl Default for Params {
    fn default() -> Self {
        Self {
            solver: Solver::Als,
            dim: 32,
            iterations: 20,
            reg: 0.05,
            reg_exponent: 1.0,
            loss: RatingLoss::Squared,
            loss_scale: 1.0,
            learning_rate: 0.05,
            adagrad: true,
        }
    }
}

impl Params {
    #[expect(clippy::too_many_lines, reason = "an entry a parameter")]
    pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
        let learning_rate = match self.solver {
            Solver::Als => Search::Never,
            Solver::Sgd => Search::Log(0.005, 0.5),
        };
        let field = |name, meaning, slot, search| Field { name, meaning, slot, search };
        vec![
            field(
                "solver",
                "als: one side exactly against the other; sgd: one pair at a time, down its gradient",
                Slot::Choice(&mut self.solver),
                Search::Never,
            ),
            field(
                "dim",
                "length of the vectors, biases not counted",
                Slot::Count(&mut self.dim, 1..=4096),
                Search::Size(8.0, 128.0),
            ),
            field(
                "iterations",
                "als: how often users and items are solved; sgd: how often every pair is visited",
                Slot::Count(&mut self.iterations, 1..=10_000),
                Search::Rounds(4.0, 64.0),
            ),
            field(
                "reg",
                "ridge penalty on each bias and vector, before scaling by reg_exponent",
                Slot::Number(&mut self.reg, 1e-6..=1e6),
                Search::Log(1e-3, 1.0),
            ),
            field(
                "reg_exponent",
                "how the penalty grows with the number of pairs: 0 not at all, 1 in proportion",
                Slot::Number(&mut self.reg_exponent, 0.0..=2.0),
                Search::Linear(0.0, 1.0),
            ),
            field(
                "loss",
                "sgd only: what a miss costs: squared; huber, in proportion where large; welsch, bounded",
                Slot::Choice(&mut self.loss),
                Search::Never,
            ),
            field(
                "loss_scale",
                "huber and welsch only: the miss that is a large one, as a share of the ratings' deviation",
                Slot::Number(&mut self.loss_scale, 1e-3..=1e3),
                Search::Never,
            ),
            field(
                "learning_rate",
                "sgd only: length of the steps, whatever the scale of the ratings",
                Slot::Number(&mut self.learning_rate, 1e-6..=10.0),
                learning_rate,
            ),
            field(
                "adagrad",
                "sgd only: shrink each number's steps as its gradients add up; true or false",
                Slot::Flag(&mut self.adagrad),
                Search::Never,
            ),
        ]
    }

    /// Refuses a loss that the solver cannot bring down.
    pub(crate) fn settle(&self) -> Result<(), Error> {
        if self.solver == Solver::Als && self.loss != RatingLoss::Squared {
            return Err(Error::Contradiction {
                model: "explicit",
                parameter: "loss",
                expected: RatingLoss::Squared.name().to_owned(),
                beside: "solver=als",
                got: self.loss.name().to_owned(),
            });
        }
        Ok(())
    }

    /// Length of a row: vector, own bias, and the 1 that the other side's bias meets.
    pub(super) fn width(&self) -> usize {
        self.dim + 2
    }

    /// λ of a row with that many pairs.
    pub(super) fn ridge(&self, n_pairs: usize) -> f32 {
        self.reg * (n_pairs as f32).powf(self.reg_exponent)
    }
}
