//! What may a model learn from, and what is it asked?
//!
//! A test pair that the user's training has is a replay: known already, so not asked for.
//! A test pair of value 0 or below is not relevant.
//! A test item that the training lacks cannot be recommended by anybody, and stays among the relevant ones;
//! a test user whom the training lacks has an empty history, and counts; a user with nothing left to ask for does not.

mod cut;
mod files;

use std::path::Path;

use linalg::Csr;
use listens::{Column, Layout};
use models::{Heard, Recommender, Spec, Training};
use music::{ItemIx, Rows, UserIx};

use crate::Error;

/// What a model learns from, and everybody who is asked.
#[derive(Debug)]
pub struct Task {
    /// How the two were told apart.
    pub split: Split,
    /// What a model learns from `[n_users × n_items]`.
    pub heard: Csr<UserIx, ItemIx, Heard>,
    /// The names of the item rows.
    pub rows: Rows,
    /// Those who are asked, in the order of the test.
    pub asked: Vec<Asked>,
    /// What came of making it.
    pub counts: Counts,
}

/// A user who is asked about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// The row of the training; `None` for someone whom no model learns from.
    pub user: Option<UserIx>,
    /// The history of someone whom no model learns from: items of the catalogue, ascending.
    pub shown: Vec<ItemIx>,
    /// What is believed of each.
    pub believed: Vec<Heard>,
    /// Relevant items of the catalogue, ascending.
    pub wanted: Vec<u32>,
    /// How much each is liked, positive.
    pub gains: Vec<f32>,
    /// The gains of relevant items that the catalogue lacks.
    pub unseen: Vec<f32>,
}

/// What values say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Values {
    /// Only whether there is a pair: above 0 the user likes the item, below 0 not.
    #[default]
    Binary,
    /// How sure the pair is, and how relevant in the test.
    Confidence,
}

/// Where pairs come from, and how they are meant.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// A file, or what lies alone in a folder or zip.
    pub path: &'a Path,
    /// How its pairs are written.
    pub layout: Layout,
    /// Which column of a table is what, where that is not to be guessed.
    pub columns: &'a [(String, Column)],
    /// What values say.
    pub values: Values,
}

/// How to cut one table in two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cut {
    /// A share of each user's pairs, by chance, is asked for.
    Pairs(f64),
    /// A share of the users, by chance, is not learned from; four fifths of each one's pairs are shown, the rest asked for.
    Users(f64),
}

/// How training and test were told apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Split {
    /// By whoever made the files.
    Files,
    /// By chance.
    Cut(Cut),
}

impl Split {
    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Files => "given files",
            Self::Cut(Cut::Pairs(_)) => "a random share of each user's pairs",
            Self::Cut(Cut::Users(_)) => "held-out users, folded in",
        }
    }

    /// Whether a model may have learned from what happened after its test.
    #[must_use]
    pub fn leak(self) -> &'static str {
        match self {
            Self::Files => {
                "unless the files were cut at one moment for all users, models saw listens from after the test's: only a \
                 global time split is free of such leaks (Ji et al. 2023)"
            }
            Self::Cut(_) => {
                "models saw listens from after the test's, which nobody will who recommends tomorrow: only a global time \
                 split is free of such leaks (Ji et al. 2023)"
            }
        }
    }
}

/// What came of making a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pairs of the test.
    pub test_pairs: usize,
    /// Of them, those that the user's training has.
    pub replays: usize,
    /// Those of value 0 or below.
    pub disliked: usize,
    /// Pairs asked for.
    pub wanted: usize,
    /// Of these, those whose item the training lacks.
    pub unseen: usize,
    /// Users asked whom the training lacks.
    pub strangers: usize,
}

impl Task {
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
        let training = Training { heard: &self.heard, rows: &self.rows, seed, resume: None };
        Ok(models::fit(spec, &training, observer)?)
    }
}

#[cfg(test)]
mod tests;
