//! Why is there no model?

use crate::{Checkpoint, Heard};

/// A model string that cannot be understood, a training that cannot be done, or arrays that are not this model's.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum Error {
    /// The name before the colon.
    #[error("unknown model `{got}`; the nearest known is `{nearest}`")]
    UnknownModel {
        /// What came.
        got: String,
        /// The known name with the fewest letters different.
        nearest: &'static str,
    },
    /// A key that this model has not.
    #[error("{model} has no parameter `{got}`; {}", known(.nearest))]
    UnknownParameter {
        /// The model.
        model: &'static str,
        /// What came.
        got: String,
        /// The known key with the fewest letters different, if the model has any.
        nearest: Option<String>,
    },
    /// A part of the model string without `=`.
    #[error("{model}: `key=value` expected, got `{got}`")]
    NotKeyValue {
        /// The model.
        model: &'static str,
        /// What came.
        got: String,
    },
    /// A key given twice.
    #[error("{model}: `{parameter}` once expected, got it twice")]
    RepeatedParameter {
        /// The model.
        model: &'static str,
        /// The key.
        parameter: String,
    },
    /// A value that the parameter cannot take.
    #[error("{model}: {expected} expected for `{parameter}`, got `{got}`")]
    BadValue {
        /// The model.
        model: &'static str,
        /// The key.
        parameter: String,
        /// What it can take.
        expected: String,
        /// What came.
        got: String,
    },
    /// What cannot be a part of a blend.
    #[error("blend: {expected} expected, got `{got}`")]
    BadComponent {
        /// What it could be.
        expected: &'static str,
        /// What came.
        got: String,
    },
    /// A pair that no model can learn from.
    #[error(
        "a positive finite confidence and an age of at least 0 days expected \
         for user row {u} and item row {i}, got {} and {}", .got.confidence, .got.age_days
    )]
    BadHeard {
        /// User row.
        u: usize,
        /// Item row.
        i: usize,
        /// What came.
        got: Heard,
    },
    /// The catalogue is too large for a model that keeps a number for each pair of recordings.
    #[error(
        "{model} needs {0} MB of memory for {n_items} recordings, allowed are {1}; raise max_memory_mb to {0} \
         where the machine has as much, or take slim or item-knn, which keep a few weights a recording",
        .needed_bytes.div_ceil(1 << 20), .allowed_bytes >> 20
    )]
    TooLarge {
        /// The model.
        model: &'static str,
        /// Recordings in the catalogue.
        n_items: usize,
        /// Estimate of the memory that fitting takes.
        needed_bytes: u64,
        /// What `max_memory_mb` allows.
        allowed_bytes: u64,
    },
    /// The system to solve has no solution that `f32` can tell.
    #[error(
        "{model}: a positive definite system expected, reg {reg} is too small for that; raise reg"
    )]
    Singular {
        /// The model.
        model: &'static str,
        /// The regularization it was asked for.
        reg: f32,
    },
    /// Training left the finite numbers.
    #[error(
        "training diverged in iteration {iteration}, the loss before was {loss}; \
         raise reg or lower the confidences"
    )]
    Diverged {
        /// Counted from 1.
        iteration: usize,
        /// The last loss that was still a number.
        loss: f64,
    },
    /// The observer stopped it.
    #[error("training was stopped after iteration {}", .0.iteration)]
    Stopped(Box<Checkpoint>),
    /// Two keys of one model string that cannot both be meant.
    #[error("{model}: `{parameter}` = {expected} expected beside {beside}, got {got}")]
    Contradiction {
        /// The model.
        model: &'static str,
        /// The key.
        parameter: &'static str,
        /// What the other key makes of it.
        expected: String,
        /// The other key with its value.
        beside: &'static str,
        /// What came.
        got: String,
    },
    /// Saved arrays that do not make this model.
    #[error("array `{name}`: {expected} expected, got {got}")]
    BadArray {
        /// The array.
        name: String,
        /// Kind and shape this model has there.
        expected: String,
        /// What was found.
        got: String,
    },
}

fn known(nearest: &Option<String>) -> String {
    match nearest {
        Some(nearest) => format!("the nearest known is `{nearest}`"),
        None => "it has none".to_owned(),
    }
}
