//! What is left of a history after two filters on the graph of who heard what?
//!
//! GF-CF: Shen et al., How Powerful is Graph Convolution for Recommendation? (2021), eq. 8 and the authors' code.
//! With X `[n_users × n_items]` 1 where liked, else 0, D_U and D_I the sums of each user and item, and
//! R̃ = D_U^(−½)·X·D_I^(−½), the scores of a history r are
//!
//! r·R̃ᵀR̃ + `low_pass`·r·D_I^(−½)·V·Vᵀ·D_I^(½)
//!
//! with V `[n_items × dim]` the largest right singular vectors of R̃: a linear filter, and an ideal low-pass one; in r what
//! is not liked counts −`dislike_weight`.
//!
//! Unlike in the paper, of each row of R̃ᵀR̃ only the `neighbors` largest are kept, the diagonal left out: the whole
//! product may have n_items² numbers, R̃ itself holds listeners, which no snapshot does, and the diagonal speaks only
//! for what was already heard. With `neighbors` at the number of items nothing else is cut.

use linalg::{Csr, Isa, Matrix, add_scaled, dot, dots_with_all};
use music::{ItemIx, Rows, UserIx};

use crate::array::{Arrays, take_f32};
use crate::neighbors::Neighbors;
use crate::recommender::score_rows;
use crate::singular::{Wanted, right_vectors};
use crate::spec::field::{Field, Search, Slot};
use crate::{
    Aging, Array, Error, Heard, History, Observer, Query, Recommender, Training, dislikes,
};

const VECTORS: &str = "singular_vectors";
const LISTENERS: &str = "listeners";

/// What the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params {
    /// Singular vectors that the low-pass filter lets through.
    pub dim: usize,
    /// Power iterations: how often the vectors are turned towards the largest.
    pub iterations: usize,
    /// Weight of the low-pass filter beside the linear one, α in the paper.
    pub low_pass: f32,
    /// Neighbors of an item that the linear filter keeps, the strongest.
    pub neighbors: usize,
    /// What a disliked item takes from the scores of those like it, as a share of what a liked one gives.
    pub dislike_weight: f32,
    /// How what was heard fades.
    pub aging: Aging,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            dim: 256,
            iterations: 8,
            low_pass: 0.3,
            neighbors: 300,
            dislike_weight: 0.0,
            aging: Aging::default(),
        }
    }
}

impl Params {
    pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
        let mut fields = vec![
            Field {
                name: "dim",
                meaning: "singular vectors that the low-pass filter lets through",
                slot: Slot::Count(&mut self.dim, 1..=4096),
                search: Search::Size(16.0, 1024.0),
            },
            Field {
                name: "iterations",
                meaning: "power iterations: how often the vectors are turned towards the largest",
                slot: Slot::Count(&mut self.iterations, 1..=10_000),
                search: Search::Never,
            },
            Field {
                name: "low_pass",
                meaning: "weight of the low-pass filter beside the linear one",
                slot: Slot::Number(&mut self.low_pass, 0.0..=1e6),
                search: Search::Linear(0.0, 1.0),
            },
            Field {
                name: "neighbors",
                meaning: "neighbors of an item that the linear filter keeps, the strongest",
                slot: Slot::Count(&mut self.neighbors, 1..=100_000),
                search: Search::Size(20.0, 1000.0),
            },
            dislikes::field(&mut self.dislike_weight),
        ];
        fields.extend(self.aging.fields());
        fields
    }

    /// What a pair counts when a history is scored.
    fn weight(&self, heard: Heard) -> f32 {
        heard.signed(self.aging.factor(heard), self.dislike_weight)
    }
}

/// Both filters.
#[derive(Debug)]
pub struct GfCf {
    params: Params,
    /// R̃ᵀR̃, cut to its largest.
    linear: Neighbors,
    /// V `[n_items × dim]`.
    vectors: Matrix,
    /// The diagonal of D_I `[n_items]`.
    listeners: Vec<f32>,
}

/// Multiplies out the linear filter and finds the vectors of the other, from a start that hashes seed and recording id.
///
/// O(Σ_u n_u²) time once and O(nnz·dim + (n_users + n_items)·dim²) an iteration, parallel over rows.
///
/// # Errors
/// [`Error::Diverged`] when a number is no longer finite; [`Error::Stopped`] when the observer wants it;
/// [`Error::BadArray`] when a checkpoint is not of this training.
pub fn fit(
    params: Params,
    training: &Training<'_>,
    observer: &mut Observer<'_>,
) -> Result<GfCf, Error> {
    let liked = training.liked(|heard| params.aging.factor(heard));
    let listeners = lengths(&liked.transpose());
    let normalized = normalize(&liked, &listeners);
    let linear = Neighbors::of_product(&normalized.transpose(), &normalized, params.neighbors);
    let wanted = Wanted { dim: params.dim, iterations: params.iterations };
    let vectors = right_vectors(wanted, &normalized, training, observer)?;
    Ok(GfCf { params, linear, vectors, listeners })
}

/// What the pairs of each row count together.
fn lengths<R, C>(pairs: &Csr<R, C>) -> Vec<f32> {
    // An empty sum of floats is −0.
    pairs.rows().map(|(_, _, counts)| counts.iter().fold(0.0, |sum, x| sum + x)).collect()
}

/// R̃.
fn normalize(liked: &Csr<UserIx, ItemIx>, listeners: &[f32]) -> Csr<UserIx, ItemIx> {
    let lengths = lengths(liked);
    liked.map(|u, i, x| x / (lengths[u] * listeners[i]).sqrt())
}

pub(crate) fn load(params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<GfCf, Error> {
    let vectors = take_f32(arrays, VECTORS, &[rows.len(), params.dim])?;
    let listeners = take_f32(arrays, LISTENERS, &[rows.len()])?;
    if let Some(negative) = listeners.iter().find(|&&n| n < 0.0) {
        let expected = "numbers of at least 0".to_owned();
        let (name, got) = (LISTENERS.to_owned(), negative.to_string());
        return Err(Error::BadArray { name, expected, got });
    }
    Ok(GfCf {
        params,
        linear: Neighbors::load(rows, arrays)?,
        vectors: Matrix::from_vec(rows.len(), params.dim, vectors),
        listeners,
    })
}

impl GfCf {
    /// Weight of v_j in the query: d_j^(−½), and 0 where nobody listens, as v_j is zero there.
    fn leaving(&self, j: usize) -> f32 {
        let listeners = self.listeners[j];
        if listeners > 0.0 { 1.0 / listeners.sqrt() } else { 0.0 }
    }

    /// Weight of v_i in the score of i: α·d_i^½.
    fn arriving(&self, i: usize) -> f32 {
        self.params.low_pass * self.listeners[i].sqrt()
    }
}

impl Recommender for GfCf {
    fn n_items(&self) -> usize {
        self.vectors.n_rows()
    }

    fn represent(&self, history: &History<'_>) -> Query {
        history.weighed(|heard| self.params.weight(heard))
    }

    /// O(n·(neighbors + dim) + n_items·dim) for a history of n.
    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        score_rows(queries, scores, self.n_items(), |query, row| {
            let Query::Sparse { items, weights } = query else {
                panic!("a sparse query expected, got {query:?}")
            };
            let mut x = vec![0.0; self.vectors.dim()];
            for (j, weight) in items.iter().map(|j| j.0 as usize).zip(weights) {
                add_scaled(&mut x, weight * self.leaving(j), self.vectors.row(j));
            }
            dots_with_all(&self.vectors, &x, row, Isa::best());
            for (i, score) in row.iter_mut().enumerate() {
                *score *= self.arriving(i);
            }
            self.linear.add_scores(query, row);
        });
    }

    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>> {
        let i = item.0 as usize;
        let mut contributions =
            self.linear.explain(history, item, |heard| self.params.weight(heard));
        for (sum, (j, heard)) in contributions.iter_mut().zip(history.pairs()) {
            let weight = self.params.weight(heard);
            if weight != 0.0 {
                let product = dot(self.vectors.row(j), self.vectors.row(i));
                *sum += weight * self.leaving(j) * self.arriving(i) * product;
            }
        }
        Some(contributions)
    }

    /// None: its vectors are only a part of what it scores with.
    fn item_vectors(&self) -> Option<&Matrix> {
        None
    }

    fn arrays(&self) -> Arrays {
        let (n_items, dim) = (self.vectors.n_rows(), self.vectors.dim());
        let vectors = self.vectors.as_slice().to_vec();
        let listeners = self.listeners.clone();
        let mut arrays = self.linear.arrays();
        let vectors = Array::F32 { shape: vec![n_items, dim], values: vectors };
        let listeners = Array::F32 { shape: vec![n_items], values: listeners };
        arrays.extend([(VECTORS.to_owned(), vectors), (LISTENERS.to_owned(), listeners)]);
        arrays
    }
}

#[cfg(test)]
mod tests;
