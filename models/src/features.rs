//! What is known of items beyond who heard them?
//!
//! Words, numbers and vectors by item row, each of which may be missing: what nobody said is told from what is 0, and a
//! model learns what to make of it.
//! A word goes by its outside name, as an item does, so that a model knows the words of a recording that came after its
//! training.

use linalg::{Csr, Matrix};
use music::ItemIx;

/// A column of a matrix of words; lives as long as one [`Words`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WordIx(pub u32);

/// What is known of each item.
#[derive(Clone, Debug, Default)]
pub struct ItemFeatures {
    /// Number of item rows.
    pub n_items: usize,
    /// Artists, releases, tags: each kind once, in an order that is always the same.
    pub words: Vec<Words>,
    /// Year, length: each kind once, in an order that is always the same.
    pub numbers: Vec<Numbers>,
    /// How items sound: each kind once, in an order that is always the same.
    pub vectors: Vec<Vectors>,
    /// `[n_items]` days from when an item came out to the newest listen of the log, on the scale of
    /// [`crate::Moment::age_days`]; empty where nobody knows of any.
    pub born_days: Vec<Option<f32>>,
}

/// Words of one kind.
#[derive(Clone, Debug)]
pub struct Words {
    /// What they are: `artist`, `release`, `tag`.
    pub name: &'static str,
    /// The outside name of each column, each once: an id, or a hash of a text.
    pub keys: Vec<u64>,
    /// How much each word says of each item `[n_items × keys]`; positive and finite.
    pub of: Csr<ItemIx, WordIx>,
}

/// One number of each item.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// What it is: `year`, `length`.
    pub name: &'static str,
    /// `[n_items]`, finite where it is known.
    pub of: Vec<Option<f32>>,
}

/// One vector of each item.
#[derive(Clone, Debug, PartialEq)]
pub struct Vectors {
    /// What it is: `sound`.
    pub name: &'static str,
    /// `[n_items × dim]`, finite; a row of zeros where it is not known.
    pub of: Matrix,
    /// `[n_items]` whether it is known.
    pub is_known: Vec<bool>,
}

impl ItemFeatures {
    /// Of items of which nothing is known.
    #[must_use]
    pub fn none(n_items: usize) -> Self {
        Self { n_items, ..Self::default() }
    }

    /// The words of one kind, where anybody said any.
    #[must_use]
    pub fn words(&self, name: &str) -> Option<&Words> {
        self.words.iter().find(|words| words.name == name)
    }
}
