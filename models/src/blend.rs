//! How do the scores of several models become one?
//!
//! Models count in different units, so each model's scores are put on one scale, for each listener anew:
//! with s_m(i) the score that model m gives item i, and σ_m the standard deviation of s_m over the whole catalogue,
//!
//! score(i) = Σ_m w_m · s_m(i) / σ_m
//!
//! A weighted sum of scores is CombSUM (Fox & Shaw, Combination of Multiple Searches, TREC-2, 1994), and dividing by the
//! deviation is its normalization to zero mean and unit variance (Montague & Aslam, Relevance Score Normalization for
//! Metasearch, CIKM 2001) without the subtraction of the mean.
//! That would move all scores of a listener by the same amount and so change no order.
//! Left out, it lets 0 mean what it meant, that nothing speaks for an item, and contributions still sum to the score.
//! As every model scores every item, nothing has to be guessed for an item that a model did not list.
//! The largest and the smallest score, the other usual scale, hang on two items; the deviation on all of them.
//!
//! Scores that are all alike say nothing about the order, and add nothing.
//!
//! An item that came after the training is scored by those models that make something of what is known of it; for the
//! others nothing speaks for it. σ_m stays that over the items of the training, so that these score as before.

mod params;

use std::vec;

use linalg::{Matrix, add_scaled};
use music::{ItemIx, Rows};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use crate::array::{Arrays, named, take_named, take_u64};
use crate::{
    Array, Checkpoint, Error, History, ItemFeatures, Observer, Query, Recommender, Spec, Training,
};
pub use params::{Component, Params};

const N_FITTED: &str = "n_fitted";

/// Scores that deviate by less than this share of the largest are alike: sums of `f32` differ as much by rounding.
const ALIKE: f64 = 1e-6;

/// Several fitted models of the same items.
#[derive(Debug)]
pub struct Blend {
    parts: Vec<Part>,
    /// Rows of the training; those that were added are behind them.
    n_trained: usize,
}

#[derive(Debug)]
struct Part {
    component: Component,
    model: Box<dyn Recommender>,
}

/// Learns one model after the other, each from the whole training and the same seed.
///
/// The observer hears of each model's own iterations.
///
/// # Errors
/// What any of the models says; where one of them was stopped, the checkpoint has those before it as well.
pub fn fit(
    params: Params,
    training: &Training<'_>,
    observer: &mut Observer<'_>,
) -> Result<Blend, Error> {
    let mut components = params.into_components().into_iter();
    let (mut parts, resumed) = resume(&mut components, training)?;
    let mut resume = resumed.as_ref();
    for component in components {
        let training = Training { resume: resume.take(), ..*training };
        match crate::fit(&component.spec, &training, observer) {
            Ok(model) => parts.push(Part { component, model }),
            Err(Error::Stopped(checkpoint)) => {
                return Err(stopped(&parts, &component, *checkpoint));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Blend::of(parts))
}

/// Takes the models that a checkpoint has whole, and the checkpoint of the one that was stopped.
fn resume(
    components: &mut vec::IntoIter<Component>,
    training: &Training<'_>,
) -> Result<(Vec<Part>, Option<Checkpoint>), Error> {
    let Some(checkpoint) = training.resume else { return Ok((Vec::new(), None)) };
    let mut arrays = checkpoint.arrays.clone();
    let n_fitted = take_u64(&mut arrays, N_FITTED)?;
    let place = usize::try_from(n_fitted).ok().filter(|place| *place < components.len());
    let place = place.ok_or_else(|| Error::BadArray {
        name: N_FITTED.to_owned(),
        expected: format!("fewer than {}", components.len()),
        got: n_fitted.to_string(),
    })?;
    let whole = components.take(place);
    let parts = whole.map(|component| load_part(component, training.rows, &mut arrays));
    let parts = parts.collect::<Result<_, _>>()?;
    let arrays = take_named(&components.as_slice()[0].key, &mut arrays);
    Ok((parts, Some(Checkpoint { iteration: checkpoint.iteration, arrays })))
}

/// Where one model was stopped, with all that were fitted before it.
fn stopped(parts: &[Part], component: &Component, checkpoint: Checkpoint) -> Error {
    let mut arrays: Arrays = parts.iter().flat_map(Part::arrays).collect();
    arrays.extend(named(&component.key, checkpoint.arrays));
    let n_fitted = Array::U64 { shape: vec![1], values: vec![parts.len() as u64] };
    arrays.insert(N_FITTED.to_owned(), n_fitted);
    Error::Stopped(Box::new(Checkpoint { iteration: checkpoint.iteration, arrays }))
}

pub(crate) fn load(params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<Blend, Error> {
    let components = params.into_components().into_iter();
    let parts = components.map(|component| load_part(component, rows, arrays));
    Ok(Blend::of(parts.collect::<Result<_, _>>()?))
}

fn load_part(component: Component, rows: &Rows, arrays: &mut Arrays) -> Result<Part, Error> {
    let model = load_named(&component.key, &component.spec, rows, arrays)?;
    Ok(Part { component, model })
}

/// Makes a model again from the arrays that are there under its key.
pub(crate) fn load_named(
    key: &str,
    spec: &Spec,
    rows: &Rows,
    arrays: &mut Arrays,
) -> Result<Box<dyn Recommender>, Error> {
    let own = take_named(key, arrays);
    crate::load(spec, rows, own).map_err(|error| match error {
        Error::BadArray { name, expected, got } => {
            Error::BadArray { name: format!("{key}.{name}"), expected, got }
        }
        error => error,
    })
}

impl Part {
    fn arrays(&self) -> impl Iterator<Item = (String, Array)> {
        named(&self.component.key, self.model.arrays())
    }

    /// The model with rows for some items more.
    fn extended(self, features: &ItemFeatures) -> Self {
        Self { model: self.model.extended(features), ..self }
    }
}

impl Blend {
    fn of(parts: Vec<Part>) -> Self {
        Self { n_trained: parts[0].model.n_items(), parts }
    }

    /// What a model's scores of one listener are multiplied by.
    fn scale(&self, part: &Part, scores: &[f32]) -> f32 {
        scale(part.component.weight, &scores[..self.n_trained])
    }
}

/// What a model's scores of one listener, one for each item, are multiplied by to count as much as this weight.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "what does not fit adds nothing")]
pub fn scale(weight: f32, scores: &[f32]) -> f32 {
    let deviation = deviation(scores);
    let scale = if deviation > 0.0 { f64::from(weight) / deviation } else { 0.0 };
    if scale <= f64::from(f32::MAX) { scale as f32 } else { 0.0 }
}

/// The standard deviation; 0 where scores are alike.
fn deviation(scores: &[f32]) -> f64 {
    let n = scores.len().max(1) as f64;
    let mean = scores.iter().map(|&s| f64::from(s)).sum::<f64>() / n;
    let squares = scores.iter().map(|&s| (f64::from(s) - mean).powi(2)).sum::<f64>();
    let largest = scores.iter().fold(0.0, |largest: f32, s| largest.max(s.abs()));
    let deviation = (squares / n).sqrt();
    if deviation > ALIKE * f64::from(largest) { deviation } else { 0.0 }
}

/// What one listener is to the model at a place of the blend.
fn of_part(query: &Query, place: usize) -> &Query {
    let Query::Several(queries) = query else {
        panic!("a query for several models expected, got {query:?}")
    };
    &queries[place]
}

impl Recommender for Blend {
    fn n_items(&self) -> usize {
        self.parts[0].model.n_items()
    }

    fn represent(&self, history: &History<'_>) -> Query {
        Query::Several(self.parts.iter().map(|part| part.model.represent(history)).collect())
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        let n_items = self.n_items();
        let mut own = Matrix::zeros(queries.len(), n_items);
        scores.as_mut_slice().fill(0.0);
        for (place, part) in self.parts.iter().enumerate() {
            let of_part: Vec<Query> = queries.iter().map(|q| of_part(q, place).clone()).collect();
            part.model.score_batch(&of_part, &mut own);
            let own = own.as_slice().par_chunks(n_items.max(1));
            let sums = scores.as_mut_slice().par_chunks_mut(n_items.max(1));
            sums.zip_eq(own).for_each(|(sum, own)| add_scaled(sum, self.scale(part, own), own));
        }
    }

    /// `None` where any of what is added up does not come from the history.
    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>> {
        self.explain_each(history, &[item])?.pop()
    }

    /// The scales are those of all items, so that one item costs what scoring the catalogue does, and several no more.
    fn explain_each(&self, history: &History<'_>, items: &[ItemIx]) -> Option<Vec<Vec<f32>>> {
        let mut sums = vec![vec![0.0; history.items.len()]; items.len()];
        let mut own = Matrix::zeros(1, self.n_items());
        for part in &self.parts {
            part.model.score_batch(&[part.model.represent(history)], &mut own);
            let scale = self.scale(part, own.row(0));
            if scale == 0.0 {
                continue;
            }
            for (sum, shares) in sums.iter_mut().zip(part.model.explain_each(history, items)?) {
                add_scaled(sum, scale, &shares);
            }
        }
        Some(sums)
    }

    fn looks_at_features(&self) -> bool {
        self.parts.iter().any(|part| part.model.looks_at_features())
    }

    fn extended(self: Box<Self>, features: &ItemFeatures) -> Box<dyn Recommender> {
        let parts = self.parts.into_iter().map(|part| part.extended(features));
        Box::new(Self { parts: parts.collect(), n_trained: self.n_trained })
    }

    fn wants_moments(&self) -> bool {
        self.parts.iter().any(|part| part.model.wants_moments())
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        None
    }

    fn arrays(&self) -> Arrays {
        self.parts.iter().flat_map(Part::arrays).collect()
    }
}

#[cfg(test)]
mod tests;
