//! What can be chosen about implicit least squares?

use crate::spec::field::{Choice, Field, Named, Search, Slot};
use crate::{Aging, Error, Heard};

/// What the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params {
    /// Length of the vectors.
    pub dim: usize,
    /// How often both sides are solved, at most.
    pub iterations: usize,
    /// Ridge penalty on each vector, before scaling.
    pub reg: f32,
    /// How the penalty grows with the number of pairs: 0 not at all, 1 in proportion.
    pub reg_exponent: f32,
    /// Weight of every pair, w₀; an observed one weighs its confidence more.
    pub unobserved_weight: f32,
    /// Confidences are multiplied by it.
    pub alpha: f32,
    /// The preference for what is known and not liked; at 0 it says no more than an unknown.
    pub negative_target: f32,
    /// What a pair weighs.
    pub weighting: Weighting,
    /// Whether `unobserved_weight` leaves the known pairs out: they are charged their confidence alone.
    pub spare_known: bool,
    /// The loss of the library implicit: a pair's value is its whole weight.
    pub implicit_loss: bool,
    /// How a row is solved.
    pub solver: Solver,
    /// Conjugate gradient only: steps a row and half-step.
    pub cg_steps: usize,
    /// Block coordinate descent only: dimensions solved at a time.
    pub block: usize,
    /// How the fixed side is held while rows are solved against it.
    pub precision: Precision,
    /// Training ends when the loss falls by less than this share in an iteration; 0 for never.
    pub tolerance: f32,
    /// Share of the liked pairs held out, to end training when their ranking no longer improves; 0 for none.
    pub validation: f32,
    /// Iterations without a better ranking before training ends.
    pub patience: usize,
    /// How what was heard fades.
    pub aging: Aging,
}

/// What a pair weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// An observed pair its confidence, every pair `unobserved_weight`: the model.
    Confidence,
    /// An observed pair its confidence, others nothing: what was never heard is then scored at will.
    Observed,
    /// Every pair 1, observed or not: what is heard drowns in what is not.
    Equal,
}

impl Choice for Weighting {
    const ALL: &'static [(&'static str, Self)] =
        &[("confidence", Self::Confidence), ("observed", Self::Observed), ("equal", Self::Equal)];
}

/// How a row is solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Solver {
    /// Short rows exactly, long rows by conjugate gradient.
    Auto,
    /// Every row exactly, by Cholesky's factorization: the oracle.
    Cholesky,
    /// Every row by conjugate gradient from where it was.
    Cg,
    /// Every row by block coordinate descent from where it was (iALS++).
    Blocks,
}

impl Choice for Solver {
    const ALL: &'static [(&'static str, Self)] = &[
        ("auto", Self::Auto),
        ("cholesky", Self::Cholesky),
        ("cg", Self::Cg),
        ("blocks", Self::Blocks),
    ];
}

/// How the fixed side is held while rows are solved against it; sums are `f32` always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Half where single precision would not stay near the processor.
    Auto,
    /// 16 bits a number: half the memory to move.
    Half,
    /// 32 bits a number.
    Single,
}

impl Choice for Precision {
    const ALL: &'static [(&'static str, Self)] =
        &[("auto", Self::Auto), ("half", Self::Half), ("single", Self::Single)];
}

impl Default for Params {
    fn default() -> Self {
        Self {
            dim: 64,
            iterations: 16,
            reg: 1.0,
            reg_exponent: 0.25,
            unobserved_weight: 0.1,
            alpha: 1.0,
            negative_target: 0.0,
            weighting: Weighting::Confidence,
            spare_known: false,
            implicit_loss: false,
            solver: Solver::Auto,
            cg_steps: 2,
            block: 32,
            precision: Precision::Auto,
            tolerance: 0.0,
            validation: 0.0,
            patience: 2,
            aging: Aging::default(),
        }
    }
}

impl Params {
    #[expect(clippy::too_many_lines, reason = "an entry a parameter")]
    pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
        // A loss has the same minimum whatever it is multiplied by, so that alpha, unobserved_weight and reg are one too many.
        let alpha = if self.implicit_loss { Search::Log(0.1, 100.0) } else { Search::Never };
        let is_free = !self.implicit_loss && self.weighting == Weighting::Confidence;
        let unobserved_weight = if is_free { Search::Log(1e-3, 1.0) } else { Search::Never };
        let reg_exponent =
            if self.implicit_loss { Search::Never } else { Search::Linear(0.0, 1.0) };
        let field = |name, meaning, slot, search| Field { name, meaning, slot, search };
        let mut fields = vec![
            field(
                "dim",
                "length of the vectors",
                Slot::Count(&mut self.dim, 1..=4096),
                Search::Size(16.0, 256.0),
            ),
            field(
                "iterations",
                "how often users and items are solved, at most",
                Slot::Count(&mut self.iterations, 1..=10_000),
                Search::Rounds(4.0, 64.0),
            ),
            field(
                "reg",
                "ridge penalty on each vector, before scaling by reg_exponent",
                Slot::Number(&mut self.reg, 1e-6..=1e6),
                Search::Log(0.01, 100.0),
            ),
            field(
                "reg_exponent",
                "how the penalty grows with the number of pairs: 0 not at all, 1 in proportion",
                Slot::Number(&mut self.reg_exponent, 0.0..=2.0),
                reg_exponent,
            ),
            field(
                "unobserved_weight",
                "weight of every pair; an observed one weighs its confidence more",
                Slot::Number(&mut self.unobserved_weight, 0.0..=1e6),
                unobserved_weight,
            ),
            field(
                "alpha",
                "confidences are multiplied by it",
                Slot::Number(&mut self.alpha, 1e-6..=1e6),
                alpha,
            ),
            field(
                "negative_target",
                "preference for what is known and not liked; at 0 it says no more than an unknown",
                Slot::Number(&mut self.negative_target, -1.0..=0.0),
                Search::Never,
            ),
            field(
                "weighting",
                "confidence; or two ideas known as bad: observed (nothing else counts), equal (every pair counts 1)",
                Slot::Choice(&mut self.weighting),
                Search::Never,
            ),
            field(
                "spare_known",
                "leave known pairs out of unobserved_weight, so that an old love is not pulled towards 0",
                Slot::Flag(&mut self.spare_known),
                Search::Never,
            ),
            field(
                "implicit_loss",
                "the loss of the library implicit: a value is the pair's whole weight, an unobserved pair weighs 1",
                Slot::Flag(&mut self.implicit_loss),
                Search::Never,
            ),
            field(
                "solver",
                "auto; or cholesky (exact), cg (conjugate gradient), blocks (block coordinate descent) for every row",
                Slot::Choice(&mut self.solver),
                Search::Never,
            ),
            field(
                "cg_steps",
                "auto and cg only: steps a row and half-step",
                Slot::Count(&mut self.cg_steps, 1..=1000),
                Search::Never,
            ),
            field(
                "block",
                "blocks only: dimensions solved at a time",
                Slot::Count(&mut self.block, 1..=4096),
                Search::Never,
            ),
            field(
                "precision",
                "auto; or half, single: how vectors are held while others are solved against them",
                Slot::Choice(&mut self.precision),
                Search::Never,
            ),
            field(
                "tolerance",
                "end when the loss falls by less than this share in an iteration; 0 for never",
                Slot::Number(&mut self.tolerance, 0.0..=1.0),
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
                "validation only: iterations without a better ranking before the end",
                Slot::Count(&mut self.patience, 1..=1000),
                Search::Never,
            ),
        ];
        fields.extend(self.aging.fields());
        fields
    }

    /// Sets what follows from other keys, and refuses what was said against it.
    pub(crate) fn settle(&mut self, said: &[String]) -> Result<(), Error> {
        if self.implicit_loss {
            let beside = "implicit_loss=true";
            if self.weighting != Weighting::Confidence {
                return Err(contradiction(
                    "weighting",
                    "confidence",
                    beside,
                    self.weighting.name(),
                ));
            }
            demand(said, "unobserved_weight", &mut self.unobserved_weight, 1.0, beside)?;
            demand(said, "reg_exponent", &mut self.reg_exponent, 0.0, beside)?;
        }
        let weight = &mut self.unobserved_weight;
        match self.weighting {
            Weighting::Confidence => Ok(()),
            Weighting::Observed => {
                demand(said, "unobserved_weight", weight, 0.0, "weighting=observed")
            }
            Weighting::Equal => {
                let beside = "weighting=equal";
                demand(said, "half_life_days", &mut self.aging.half_life_days, 0.0, beside)?;
                demand(said, "unobserved_weight", weight, 1.0, beside)
            }
        }
    }

    /// λ of a row with `n_observed` pairs, of `n_others` it could have.
    pub(super) fn ridge(&self, n_observed: usize, n_others: usize) -> f32 {
        let pairs = n_observed as f32 + self.unobserved_weight * n_others as f32;
        self.reg * pairs.powf(self.reg_exponent)
    }

    /// p, what the score of a pair should be.
    pub(super) fn preference(&self, heard: Heard) -> f32 {
        if heard.is_liked { 1.0 } else { self.negative_target }
    }

    /// What the loss charges for an observed pair's miss: Σ weight·(p − s)².
    pub(super) fn observed_weight(&self, heard: Heard) -> f32 {
        match self.weighting {
            Weighting::Equal => self.aging.factor(heard),
            Weighting::Confidence | Weighting::Observed => self.alpha * heard.confidence,
        }
    }

    /// a and b of a pair: what it adds to its row's system, a·y·yᵀ and b·y.
    ///
    /// a is the observed weight less what w₀·YᵀY charges for the pair already, where the loss charges that only once.
    pub(super) fn system_weights(&self, heard: Heard) -> (f32, f32) {
        let weight = self.observed_weight(heard);
        (weight - self.charged_already(), weight * self.preference(heard))
    }

    /// How much of an observed pair's weight lies in w₀·YᵀY: all of w₀ where unobserved means unobserved.
    pub(super) fn charged_already(&self) -> f32 {
        let is_unobserved_alone =
            self.spare_known || self.implicit_loss || self.weighting == Weighting::Equal;
        if is_unobserved_alone { self.unobserved_weight } else { 0.0 }
    }
}

/// Sets a value that follows from another key, unless something else was said.
fn demand(
    said: &[String],
    parameter: &'static str,
    slot: &mut f32,
    value: f32,
    beside: &'static str,
) -> Result<(), Error> {
    if said.iter().any(|said| said == parameter) && *slot != value {
        return Err(contradiction(parameter, &value.to_string(), beside, &slot.to_string()));
    }
    *slot = value;
    Ok(())
}

fn contradiction(
    parameter: &'static str,
    expected: &str,
    beside: &'static str,
    got: &str,
) -> Error {
    let (expected, got) = (expected.to_owned(), got.to_owned());
    Error::Contradiction { model: "ials", parameter, expected, beside, got }
}
