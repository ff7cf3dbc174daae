//! Which words are said of the same music?
//!
//! CBOW with negative sampling: Mikolov, Sutskever, Chen, Corrado & Dean, Distributed Representations of Words and Phrases
//! and their Compositionality (2013), eq. 4, with the mean of the context in place of one word (Mikolov, Chen, Corrado &
//! Dean, Efficient Estimation of Word Representations in Vector Space, 2013, §3.1).
//! With h the mean of the vectors v of the context, w the word to be foretold and z_k the output vectors, it lowers
//! −ln σ(h·z_w) − Σ_{negatives n} ln σ(−h·z_n); negatives are drawn in proportion to how often a word is said to the power
//! `negative_exponent`.
//!
//! There are two kinds of sentences.
//! All that is said of an item is one: each word is foretold from the others, which count as much as they say of the item.
//! What a listener heard without a pause is another: of each listen one word is drawn, anew in each epoch, and foretold
//! from those drawn of the listens around it.
//!
//! Vectors are `[n_words × dim]`.
//! Words go by their outside names and sentences by their contents, so that no order of rows changes anything.

mod sentences;
mod step;

use std::collections::BTreeMap;

use linalg::{Matrix, add_scaled, dot};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::array::{Arrays, take_f32, take_u64s};
use crate::{Array, Error, ItemFeatures, Moments, Vectors, Words};
use sentences::Sentences;
use step::State;

const KEYS: &str = "words";
const VECTORS: &str = "word_vectors";
/// The kind of words that [`tag_vectors`] looks at, and the name of what it gives.
const TAG: &str = "tag";
const TAGS: &str = "tags";

/// What the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params {
    /// Length of the vectors; positive.
    pub dim: usize,
    /// How often every sentence is read.
    pub epochs: usize,
    /// Words drawn for each that is foretold, to be told from it.
    pub negatives: usize,
    /// Length of a step; it is divided by the root of the sum of the mean squares of a row's gradients (AdaGrad by rows).
    pub learning_rate: f32,
    /// Negatives are drawn in proportion to how often a word is said to this power.
    pub negative_exponent: f32,
    /// Words said of fewer items have no vector.
    pub min_count: usize,
    /// A pause of more days than this ends what was heard in one go.
    pub session_gap_days: f32,
    /// How many listens before and after one are its context.
    pub window: usize,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            dim: 32,
            epochs: 10,
            negatives: 5,
            learning_rate: 0.1,
            negative_exponent: 0.75,
            min_count: 3,
            session_gap_days: 30.0 / (24.0 * 60.0),
            window: 5,
        }
    }
}

/// A vector for each word.
#[derive(Clone, Debug)]
pub struct WordVectors {
    /// Ascending, each once.
    keys: Vec<u64>,
    /// `[keys × dim]`.
    vectors: Matrix,
    /// The same, of length 1 where they are not 0.
    units: Matrix,
}

/// What came of a training.
#[derive(Clone, Debug)]
pub struct Learned {
    /// Of every word said often enough.
    pub words: WordVectors,
    /// By epoch: the mean loss of what was foretold in it.
    pub losses: Vec<f64>,
    /// Words foretold in an epoch.
    pub n_examples: usize,
}

/// Learns the vectors of words of one kind, from what is said of items and, where it is known, what was heard in one go.
///
/// O(examples·(context + negatives)·dim) time an epoch, parallel over examples; the gradients of a batch are those of the
/// vectors before it, summed by word in the order of its examples, so that any number of threads gives the same bits.
///
/// # Errors
/// [`Error::Diverged`] when a number is no longer finite.
///
/// # Panics
/// When `dim` is 0, or the moments name items that the words do not know.
pub fn fit(
    params: Params,
    words: &Words,
    moments: Option<&Moments>,
    seed: u64,
) -> Result<Learned, Error> {
    assert!(params.dim > 0, "vectors of a positive length expected");
    let sentences = Sentences::new(params, words, moments);
    let mut state = State::new(params, &sentences, seed);
    let mut losses: Vec<f64> = Vec::new();
    for number in 1..=params.epochs {
        let loss = state.epoch(number, &sentences, seed);
        if !loss.is_finite() {
            let before = losses.last().copied().unwrap_or(f64::NAN);
            return Err(Error::Diverged { iteration: number, loss: before });
        }
        losses.push(loss);
    }
    let mut order: Vec<usize> = (0..sentences.keys.len()).collect();
    order.sort_unstable_by_key(|&v| sentences.keys[v]);
    let keys = order.iter().map(|&v| sentences.keys[v]).collect();
    let values = order.iter().flat_map(|&v| state.vector(v)).collect();
    let vectors = Matrix::from_vec(order.len(), params.dim, values);
    let words = WordVectors::new(keys, vectors);
    Ok(Learned { words, losses, n_examples: sentences.n_examples() })
}

impl WordVectors {
    fn new(keys: Vec<u64>, vectors: Matrix) -> Self {
        let mut units = vectors.clone();
        for unit in units.as_mut_slice().chunks_exact_mut(vectors.dim()) {
            let length = dot(unit, unit).sqrt();
            if length > 0.0 {
                unit.iter_mut().for_each(|x| *x /= length);
            }
        }
        Self { keys, vectors, units }
    }

    /// Outside names, ascending, each once.
    #[must_use]
    pub fn keys(&self) -> &[u64] {
        &self.keys
    }

    /// A row a key `[keys × dim]`.
    #[must_use]
    pub fn vectors(&self) -> &Matrix {
        &self.vectors
    }

    /// Length of the vectors.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.vectors.dim()
    }

    /// What some words say together: the mean of their vectors, each of length 1 and counting as much as its weight.
    ///
    /// `None` where no word of positive weight is known.
    #[must_use]
    pub fn of_words(&self, words: &[(u64, f32)]) -> Option<Vec<f32>> {
        let (mut sum, mut total) = (vec![0.0; self.dim()], 0.0);
        for &(key, weight) in words {
            if let Ok(row) = self.keys.binary_search(&key)
                && weight > 0.0
            {
                add_scaled(&mut sum, weight, self.units.row(row));
                total += weight;
            }
        }
        if total == 0.0 {
            return None;
        }
        sum.iter_mut().for_each(|x| *x /= total);
        Some(sum)
    }

    /// The `k` words most alike by the cosine of their vectors, the most alike first, then by key; `None` of an unknown one.
    #[must_use]
    pub fn nearest(&self, key: u64, k: usize) -> Option<Vec<(u64, f32)>> {
        let row = self.keys.binary_search(&key).ok()?;
        let unit = self.units.row(row);
        let others = (0..self.keys.len()).filter(|&other| other != row);
        let mut near: Vec<(u64, f32)> =
            others.map(|other| (self.keys[other], dot(unit, self.units.row(other)))).collect();
        near.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        near.truncate(k);
        Some(near)
    }

    /// All that [`WordVectors::load`] needs.
    #[must_use]
    pub fn arrays(&self) -> BTreeMap<String, Array> {
        let (n, dim) = (self.keys.len(), self.dim());
        let values = self.vectors.as_slice().to_vec();
        BTreeMap::from([
            (KEYS.to_owned(), Array::U64 { shape: vec![n], values: self.keys.clone() }),
            (VECTORS.to_owned(), Array::F32 { shape: vec![n, dim], values }),
        ])
    }

    /// Takes the vectors out of saved arrays.
    ///
    /// # Errors
    /// [`Error::BadArray`] when an array is missing, of another length, or its keys do not ascend.
    pub fn load(dim: usize, arrays: &mut BTreeMap<String, Array>) -> Result<Self, Error> {
        let keys = take_keys(arrays)?;
        let values = take_f32(arrays, VECTORS, &[keys.len(), dim])?;
        Ok(Self::new(keys.clone(), Matrix::from_vec(keys.len(), dim, values)))
    }
}

fn take_keys(arrays: &mut Arrays) -> Result<Vec<u64>, Error> {
    let keys = take_u64s(arrays, KEYS)?;
    if keys.is_sorted_by(|a, b| a < b) {
        return Ok(keys);
    }
    let (name, expected) = (KEYS.to_owned(), "keys that ascend".to_owned());
    Err(Error::BadArray { name, expected, got: "others".to_owned() })
}

/// What the tags of each item say together, as vectors named `tags`; not known where no tag of the item is.
#[must_use]
pub fn tag_vectors(features: &ItemFeatures, words: &WordVectors) -> Vectors {
    let (n_items, dim) = (features.n_items, words.dim());
    let mut of = Matrix::zeros(n_items, dim);
    let mut is_known = vec![false; n_items];
    if let Some(tags) = features.words(TAG) {
        let rows = of.as_mut_slice().par_chunks_exact_mut(dim).zip(&mut is_known).enumerate();
        rows.for_each(|(i, (row, is_known))| {
            let (columns, weights) = tags.of.row(i);
            let keys = columns.iter().map(|&column| tags.keys[column as usize]);
            let said: Vec<(u64, f32)> = keys.zip(weights.iter().copied()).collect();
            if let Some(vector) = words.of_words(&said) {
                row.copy_from_slice(&vector);
                *is_known = true;
            }
        });
    }
    Vectors { name: TAGS, of, is_known }
}

#[cfg(test)]
mod tests;
