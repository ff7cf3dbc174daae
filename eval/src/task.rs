//! What may a model learn from, and what is it asked?
//!
//! A test pair that the user's training has is a replay: known already, so not asked for.
//! A test pair of value 0 or below is not relevant.
//! A test item that the training lacks cannot be recommended by anybody, and stays among the relevant ones;
//! a test user whom the training lacks has an empty history, and counts; a user with nothing left to ask for does not.

mod cut;
mod files;
mod folder;
mod moments;
mod objective;
mod sides;
mod split;

use std::path::PathBuf;

use linalg::Csr;
use listens::TripleTally;
use models::{Beside, Heard, ItemFeatures, Moment, Recommender, Spec, Training};
use music::{ItemIx, Rows, UserIx};

use crate::Error;

pub(crate) use files::believed;
pub use files::{Source, Values, number_of};
pub use folder::Window;
pub use moments::Moments;
pub use objective::Objective;
pub use sides::{Genres, Grouping};
pub use split::{Cut, Split};

/// What a model learns from, and everybody who is asked.
#[derive(Debug)]
pub struct Task {
    /// How the two were told apart.
    pub split: Split,
    /// What a model learns from `[n_users × n_items]`.
    pub heard: Csr<UserIx, ItemIx, Heard>,
    /// The names of the item rows.
    pub rows: Rows,
    /// What is known of each item row, where models that learn from it are to be fitted.
    pub features: Option<ItemFeatures>,
    /// When what each user heard came about, likewise: nothing that is asked for, nor what came after it.
    pub moments: Option<models::Moments>,
    /// Those who are asked, in the order of the test.
    pub asked: Vec<Asked>,
    /// What a hit is, and what else it might have been: [`Asked::gains`], then each of [`Asked::others`].
    pub objectives: Vec<Objective>,
    /// In which groups the users are whose numbers are told apart, beyond what follows from their histories.
    pub groupings: Vec<Grouping>,
    /// What items are, where that is known.
    pub genres: Option<Genres>,
    /// Whether what a user knows is ranked, and asked for too.
    pub ranks_known: bool,
    /// What came of making it.
    pub counts: Counts,
    /// What became of the lines of each file.
    pub files: Vec<(PathBuf, TripleTally)>,
}

/// A user who is asked about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// A number that stands for the user in every task of the same log.
    pub who: u64,
    /// The row of the training; `None` for someone whom no model learns from.
    pub user: Option<UserIx>,
    /// The history of someone whom no model learns from: items of the catalogue, ascending.
    pub shown: Vec<ItemIx>,
    /// What is believed of each.
    pub believed: Vec<Heard>,
    /// How that came about, oldest first; empty where nobody kept it.
    pub moments: Vec<Moment>,
    /// Further items of the catalogue that the user knows, ascending; never ranked, like those of the history.
    pub also_known: Vec<u32>,
    /// The only items that are ranked beside the wanted ones, ascending, where they are given.
    pub negatives: Option<Vec<u32>>,
    /// How much the user hears: plays, or the sum of the training's values.
    pub activity: f64,
    /// Items of the catalogue that are relevant by any objective, ascending.
    pub wanted: Vec<u32>,
    /// How much each is liked; 0 where it is not.
    pub gains: Vec<f32>,
    /// The gains of liked items that the catalogue lacks, positive.
    pub unseen: Vec<f32>,
    /// The same by the other objectives.
    pub others: Vec<Relevance>,
}

/// What is relevant by an objective.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Relevance {
    /// One for each of [`Asked::wanted`], 0 where it is not relevant.
    pub gains: Vec<f32>,
    /// Of relevant items that the catalogue lacks, positive.
    pub unseen: Vec<f32>,
}

/// What came of making a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pairs of the test.
    pub test_pairs: usize,
    /// Of them, those that the user's training has.
    pub replays: usize,
    /// Those of value 0 or below, or not liked.
    pub disliked: usize,
    /// Pairs asked for.
    pub wanted: usize,
    /// Of these, those whose item the training lacks.
    pub unseen: usize,
    /// Users asked whom the training lacks.
    pub strangers: usize,
    /// Pairs without a time, of which nobody knows on which side they belong: in neither.
    pub undated: usize,
}

impl Asked {
    /// Whether there is anything to ask for by the main objective.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.n_wanted() > 0
    }

    /// How many items are asked for by the main objective.
    #[must_use]
    pub fn n_wanted(&self) -> usize {
        self.gains.iter().filter(|gain| **gain > 0.0).count() + self.unseen.len()
    }
}

impl Task {
    /// A task of pairs that are liked, of whose users and items nothing more is known.
    #[must_use]
    pub fn new(
        split: Split,
        heard: Csr<UserIx, ItemIx, Heard>,
        rows: Rows,
        asked: Vec<Asked>,
        counts: Counts,
    ) -> Self {
        Self {
            split,
            heard,
            rows,
            features: None,
            moments: None,
            asked,
            objectives: vec![Objective::Liked],
            groupings: Vec::new(),
            genres: None,
            ranks_known: false,
            counts,
            files: Vec::new(),
        }
    }

    /// Whether it is known when pairs were heard.
    #[must_use]
    pub fn has_times(&self) -> bool {
        self.heard.rows().any(|(_, _, heard)| heard.iter().any(|heard| heard.age_days > 0.0))
    }

    /// Fits a model to the training.
    ///
    /// # Errors
    /// What [`models::fit`] says.
    pub fn fit(
        &self,
        spec: &Spec,
        seed: u64,
        observer: &mut models::Observer<'_>,
    ) -> Result<Box<dyn Recommender>, Error> {
        Ok(models::fit(spec, &self.training(seed), observer)?)
    }

    /// What a model learns from.
    #[must_use]
    pub fn training(&self, seed: u64) -> Training<'_> {
        Training { beside: self.beside(), ..Training::new(&self.heard, &self.rows, seed) }
    }

    /// What is known beyond who heard what.
    #[must_use]
    pub fn beside(&self) -> Beside<'_> {
        Beside { features: self.features.as_ref(), moments: self.moments.as_ref() }
    }
}

#[cfg(test)]
mod tests;
