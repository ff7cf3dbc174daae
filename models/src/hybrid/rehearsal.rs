//! How does the training of a network that orders candidates go, step by step?
//!
//! For who wants to compare it with another trainer: the same beginning and the same batches as plain arrays, and steps
//! that are taken when the caller says so, by the caller's clock.

use std::collections::BTreeMap;

use super::content::Content;
use super::net::{HEADS, Net};
use super::ranker::with_lists;
use super::train::{Course, Examples, List};
use super::{Params, Second};
use crate::array::Arrays;
use crate::{Array, Error, Observer, Training};

/// A training of the second stage, one step after the other.
pub struct Rehearsal<'a> {
    course: &'a Course<'a>,
    lists: Vec<&'a List>,
    net: Net,
    examples: Examples,
    /// The order of the lists in this epoch, counted from 1, and its next step.
    order: Vec<u32>,
    epoch: usize,
    step: usize,
    updates: u64,
}

/// One step's worth: candidates of some lists, one list behind the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Laid {
    /// `[candidates × inputs]`, on the scale that the network knows.
    pub inputs: Vec<f32>,
    /// Of what is liked, heard out and skipped: whether it was, by candidate.
    pub labels: [Vec<f32>; HEADS],
    /// How much each counts.
    pub weights: [Vec<f32>; HEADS],
    /// Where each list ends.
    pub ends: Vec<usize>,
}

impl std::fmt::Debug for Rehearsal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { epoch, step, updates, .. } = self;
        write!(f, "Rehearsal {{ epoch: {epoch}, step: {step}, updates: {updates} }}")
    }
}

/// Hands over the training before its first step; `None` where there is no list to learn from.
///
/// # Errors
/// As [`crate::hybrid::fit`].
///
/// # Panics
/// When the second stage is no network.
pub fn rehearse<T>(
    params: &Params,
    training: &Training<'_>,
    observer: &mut Observer<'_>,
    take_steps: impl FnOnce(&mut Rehearsal<'_>) -> T,
) -> Result<Option<T>, Error> {
    assert_eq!(params.second, Second::Network, "a network to be learned expected");
    let training = &Training { resume: None, ..*training };
    let content = Content::new(training.beside.features);
    let taken = with_lists(params, training, &content, observer, |course, lists, _| {
        Ok(Rehearsal::new(course, lists).map(|mut rehearsal| take_steps(&mut rehearsal)))
    })?;
    Ok(taken.flatten())
}

impl<'a> Rehearsal<'a> {
    fn new(course: &'a Course<'a>, lists: &'a [List]) -> Option<Self> {
        let (_, lists) = course.parts(lists);
        if lists.is_empty() {
            return None;
        }
        Some(Self {
            net: course.begin(&lists),
            order: course.order(lists.len(), 1),
            course,
            lists,
            examples: Examples::default(),
            epoch: 1,
            step: 0,
            updates: 0,
        })
    }

    /// Lists of an epoch.
    #[must_use]
    pub fn n_lists(&self) -> usize {
        self.lists.len()
    }

    /// What is told of a candidate.
    #[must_use]
    pub fn n_inputs(&self) -> usize {
        self.net.mean.len()
    }

    /// What is learned, as [`crate::Recommender::arrays`] names it behind the name of the second stage.
    #[must_use]
    pub fn weights(&self) -> BTreeMap<String, Array> {
        let mut arrays = Arrays::new();
        self.net.save(&mut arrays);
        arrays
    }

    /// Lays out the next step; how many candidates it has.
    pub fn lay(&mut self) -> usize {
        let n_lists = self.lists.len();
        let batch = self.course.batch(n_lists);
        if self.step * batch >= n_lists {
            self.epoch += 1;
            self.step = 0;
            self.order = self.course.order(n_lists, self.epoch);
        }
        let first = self.step * batch;
        let places = &self.order[first..n_lists.min(first + batch)];
        self.examples = self.course.lay(&self.lists, places, self.epoch, &self.net);
        self.step += 1;
        self.examples.labels[0].len()
    }

    /// What was laid out last.
    #[must_use]
    pub fn laid(&self) -> Laid {
        let Examples { x, labels, weights, ends } = self.examples.clone();
        Laid { inputs: x, labels, weights, ends }
    }

    /// Learns from what was laid out last; the mean cost of its lists before.
    pub fn learn(&mut self) -> f64 {
        self.updates += 1;
        let Self { course, net, examples, updates, .. } = self;
        course.step(net, examples, *updates) / examples.ends.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::rehearse;
    use crate::hybrid::{Params, fit};
    use crate::testing::{two_tribes, unobserved};
    use crate::{Recommender, Spec, Step};

    #[test]
    fn a_rehearsal_takes_the_steps_of_the_training() {
        let first = Box::new("ials:dim=4".parse::<Spec>().unwrap());
        let params = Params { first, hidden: 8, epochs: 3, negatives: 5, ..Params::default() };
        let world = two_tribes(3);
        let mut told = Vec::new();
        let model = fit(params.clone(), &world.training(), &mut |progress| {
            if let (3, Step::Measured { loss, .. }) = (progress.n_iterations, progress.step) {
                told.push(loss.total());
            }
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(told.len(), 3);
        rehearse(&params, &world.training(), &mut unobserved, |rehearsal| {
            for epoch in told {
                let (mut sum, mut n) = (0.0, 0);
                while n < rehearsal.n_lists() {
                    let n_candidates = rehearsal.lay();
                    let laid = rehearsal.laid();
                    assert_eq!(laid.ends.last(), Some(&n_candidates));
                    assert_eq!(laid.inputs.len(), n_candidates * rehearsal.n_inputs());
                    sum += rehearsal.learn() * laid.ends.len() as f64;
                    n += laid.ends.len();
                }
                let mean = sum / n as f64;
                assert!((mean - epoch).abs() < 1e-12 * epoch, "{mean} {epoch}");
            }
            let arrays = model.arrays();
            let named = |name: &str| &arrays[&format!("second.{name}")];
            rehearsal.weights().iter().for_each(|(name, values)| assert_eq!(named(name), values));
        })
        .unwrap()
        .expect("lists to learn from");
    }
}
