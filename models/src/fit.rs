//! How does a model string become a model?

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use music::Rows;

use crate::ials::Loss;
use crate::{Array, Error, Recommender, Spec, Training, ease, ials, item_knn, popularity, random};

/// How far a training has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The iteration just done, counted from 1.
    pub iteration: usize,
    /// How many there will be.
    pub n_iterations: usize,
    /// The loss after it.
    pub loss: Loss,
}

/// Learns a model; models that iterate tell `observer` after each iteration, and it may stop them.
///
/// # Errors
/// What [`Error`] says of pairs no model can learn from, of catalogues too large, and of divergence.
///
/// # Panics
/// When `training.rows` does not name the item rows of `training.heard`.
pub fn fit(
    spec: &Spec,
    training: &Training<'_>,
    observer: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Box<dyn Recommender>, Error> {
    assert_eq!(training.heard.n_cols(), training.rows.len(), "a name for each item row expected");
    training.check()?;
    Ok(match *spec {
        Spec::Random => Box::new(random::fit(training)),
        Spec::Popularity(params) => Box::new(popularity::fit(params, training)),
        Spec::ItemKnn(params) => Box::new(item_knn::fit(params, training)),
        Spec::Ease(params) => Box::new(ease::fit(params, training)?),
        Spec::Ials(params) => Box::new(ials::fit(params, training, observer)?),
    })
}

/// Makes a fitted model from its saved arrays, equal to the one that was saved.
///
/// # Errors
/// [`Error::BadArray`] when an array is missing or cannot be of this model.
pub fn load(
    spec: &Spec,
    rows: &Rows,
    mut arrays: BTreeMap<String, Array>,
) -> Result<Box<dyn Recommender>, Error> {
    let arrays = &mut arrays;
    Ok(match *spec {
        Spec::Random => Box::new(random::load(rows, arrays)?),
        Spec::Popularity(_) => Box::new(popularity::load(rows, arrays)?),
        Spec::ItemKnn(_) => Box::new(item_knn::load(rows, arrays)?),
        Spec::Ease(_) => Box::new(ease::load(rows, arrays)?),
        Spec::Ials(params) => Box::new(ials::load(params, rows, arrays)?),
    })
}
