//! How does a training go, step by step?
//!
//! For who wants to compare it with another trainer: the same beginning and the same batches as plain arrays, and steps
//! that are taken when the caller says so, by the caller's clock.

use std::collections::BTreeMap;

use super::Scratch;
use crate::array::Arrays;
use crate::two_tower::batch::Course;
use crate::two_tower::net::Net;
use crate::two_tower::params::{By, Params};
use crate::two_tower::prepare;
use crate::{Array, Error, Outcome, Training};

/// A training of towers that are told of ids alone, one step after the other.
pub struct Rehearsal<'a> {
    course: Course<'a>,
    net: Net,
    scratch: Scratch,
    /// The order of the examples in this epoch, counted from 1, and its next step.
    order: Vec<u32>,
    epoch: usize,
    step: usize,
    updates: u64,
}

/// One step's worth.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Laid {
    /// Example `r` is told of `starts[r]..starts[r + 1]` of what follows.
    pub starts: Vec<usize>,
    /// The rows of recordings of the past among the embeddings by id.
    pub tokens: Vec<u32>,
    /// What came of each, a place in [`Outcome::ALL`].
    pub outcomes: Vec<u8>,
    /// How long ago that was, in levels.
    pub ages: Vec<u8>,
    /// How much each counts.
    pub weights: Vec<f32>,
    /// The row of each item among the embeddings by id: the liked one of each example, those drawn evenly, then hard
    /// negatives.
    pub items: Vec<u32>,
    /// What is added to the score of each of the first columns where it is a negative; hard negatives have none.
    pub offsets: Vec<f32>,
    /// Row and column of what is no negative.
    pub left_out: Vec<[u32; 2]>,
    /// By example: the place in `items` of what the listener turned away from, if anything.
    pub hard: Vec<Option<u32>>,
}

impl std::fmt::Debug for Rehearsal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { epoch, step, updates, .. } = self;
        write!(f, "Rehearsal {{ epoch: {epoch}, step: {step}, updates: {updates} }}")
    }
}

impl<'a> Rehearsal<'a> {
    /// Before the first step.
    ///
    /// # Errors
    /// As [`crate::two_tower::fit`].
    ///
    /// # Panics
    /// When the towers are told of features, or there is no example to learn from.
    pub fn new(params: Params, training: &Training<'a>) -> Result<Self, Error> {
        assert_eq!(params.by, By::Id, "towers of ids alone expected");
        let (course, net, _) = prepare(params, training)?;
        assert!(!course.examples.is_empty(), "an example to learn from expected");
        let order = course.order(1);
        let scratch = Scratch::default();
        Ok(Self { course, net, scratch, order, epoch: 1, step: 0, updates: 0 })
    }

    /// Examples of an epoch.
    #[must_use]
    pub fn n_examples(&self) -> usize {
        self.order.len()
    }

    /// What is learned, as [`crate::Recommender::arrays`] names it.
    #[must_use]
    pub fn weights(&self) -> BTreeMap<String, Array> {
        let mut arrays = Arrays::new();
        self.net.save(&mut arrays);
        arrays
    }

    /// Lays out the next step; how many examples it has.
    pub fn lay(&mut self) -> usize {
        let batch = self.course.params.batch;
        if self.step * batch >= self.order.len() {
            self.epoch += 1;
            self.step = 0;
            self.order = self.course.order(self.epoch);
        }
        let first = self.step * batch;
        let examples = &self.order[first..self.order.len().min(first + batch)];
        let step = [self.epoch as u64, self.step as u64];
        self.course.lay(step, examples, &mut self.scratch.batch);
        self.step += 1;
        examples.len()
    }

    /// What was laid out last.
    #[must_use]
    pub fn laid(&self) -> Laid {
        let batch = &self.scratch.batch;
        let tokens = &batch.listeners.tokens;
        let left_out = (0..).zip(&batch.columns.left_out);
        let outcome = |of: Outcome| {
            let place = Outcome::ALL.iter().position(|other| *other == of);
            place.and_then(|place| u8::try_from(place).ok()).expect("outcomes are few")
        };
        Laid {
            starts: batch.listeners.starts.clone(),
            tokens: tokens.iter().map(|token| token.item + 1).collect(),
            outcomes: tokens.iter().map(|token| outcome(token.outcome)).collect(),
            ages: tokens.iter().map(|token| token.age).collect(),
            weights: tokens.iter().map(|token| token.weight).collect(),
            items: batch.items.iter().map(|row| row.id).collect(),
            offsets: batch.columns.offsets.clone(),
            left_out: left_out
                .flat_map(|(row, columns)| columns.iter().map(move |column| [row, *column]))
                .collect(),
            hard: batch.columns.hard.clone(),
        }
    }

    /// Learns from what was laid out last; the mean loss before.
    pub fn learn(&mut self) -> f64 {
        self.updates += 1;
        self.net.learn(&self.course, &mut self.scratch, self.updates)
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::Rehearsal;
    use crate::testing::two_tribes;
    use crate::two_tower::{By, Params, fit};
    use crate::{Recommender, Step};

    #[test]
    fn a_rehearsal_takes_the_steps_of_the_training() {
        let params = Params {
            dim: 4,
            hidden: 8,
            by: By::Id,
            batch: 16,
            uniform_negatives: 8,
            epochs: 2,
            validation: 0.0,
            ..Params::default()
        };
        let world = two_tribes(3);
        let mut told = Vec::new();
        let model = fit(params, &world.training(), &mut |progress| {
            if let Step::Measured { loss, .. } = progress.step {
                told.push(loss.total());
            }
            ControlFlow::Continue(())
        })
        .unwrap();
        let mut rehearsal = Rehearsal::new(params, &world.training()).unwrap();
        for epoch in told {
            let (mut sum, mut n) = (0.0, 0);
            while n < rehearsal.n_examples() {
                let n_laid = rehearsal.lay();
                let laid = rehearsal.laid();
                assert_eq!((laid.starts.len(), laid.hard.len()), (n_laid + 1, n_laid));
                assert_eq!((laid.offsets.len(), laid.tokens.len()), (n_laid + 8, laid.ages.len()));
                sum += rehearsal.learn() * n_laid as f64;
                n += n_laid;
            }
            assert_eq!(sum / n as f64, epoch);
        }
        let arrays = model.arrays();
        rehearsal.weights().iter().for_each(|(name, values)| assert_eq!(&arrays[name], values));
    }
}
