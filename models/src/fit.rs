//! What happens while a model is fitted?

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::Array;

/// Watches a training and may stop it after an iteration; it owns the clock, as models have none.
pub type Observer<'a> = dyn FnMut(Progress) -> ControlFlow<()> + 'a;

/// How far a training has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The iteration that the step belongs to, counted from 1; 0 before the first.
    pub iteration: usize,
    /// How many there will be at most.
    pub n_iterations: usize,
    /// What has just been done.
    pub step: Step,
}

/// What has just been done; the time since the step before is this step's own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Everything lies where the first iteration wants it.
    Ready,
    /// The parameters of an iteration are learned.
    Iterated,
    /// Its loss is known, and how well it ranks what was held out, if anything was.
    Measured {
        /// What the iterations minimize.
        loss: Loss,
        /// NDCG@20 of the validation slice.
        ndcg: Option<f64>,
    },
}

/// What the iterations minimize, in its parts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Loss {
    /// Of the observed pairs.
    pub observed: f64,
    /// Of the pairs that nobody observed.
    pub unobserved: f64,
    /// The penalty on the parameters.
    pub regularizer: f64,
}

impl Loss {
    /// The sum of the three.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.observed + self.unobserved + self.regularizer
    }
}

/// A training that was stopped: given back in [`crate::Training::resume`], it goes on to the same bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Iterations done.
    pub iteration: usize,
    /// The state after them, as only the model knows.
    pub arrays: BTreeMap<String, Array>,
}
