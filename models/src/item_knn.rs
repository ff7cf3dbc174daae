//! Which recordings have the same listeners?
//!
//! Similarity of items over the users who like them: cosine, or cosine after TF-IDF, or BM25 weights,
//! as in implicit's `nearest_neighbours` (which also weighs a history by its confidences).
//! score(i) = Σ_j w_j·sim(j, i) over the j of a history, sim(j, ·) cut to the `neighbors` best, j itself left out, with
//! w_j the confidence where liked, and −`dislike_weight` times the confidence where not.

use linalg::{Csr, Matrix, dot};
use music::{ItemIx, Rows, UserIx};

use crate::array::Arrays;
use crate::neighbors::Neighbors;
use crate::spec::field::{Choice, Field, Search, Slot};
use crate::{Aging, Error, Heard, History, Observer, Query, Recommender, Training, dislikes};

/// What the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params {
    /// Neighbors kept an item, the most similar.
    pub neighbors: usize,
    /// What makes two items alike.
    pub similarity: Similarity,
    /// BM25 only: how soon a higher confidence stops to matter, k₁.
    pub k1: f32,
    /// BM25 only: how much an item with many listeners is held back, b.
    pub b: f32,
    /// What a disliked item takes from the scores of those like it, as a share of what a liked one gives.
    pub dislike_weight: f32,
    /// How what was heard fades.
    pub aging: Aging,
}

/// What makes two items alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Similarity {
    /// The cosine of their confidences.
    Cosine,
    /// The cosine of √confidence · idf(u): a user who likes everything says little.
    TfIdf,
    /// The product of their BM25 weights, not normalized.
    Bm25,
}

impl Choice for Similarity {
    const ALL: &'static [(&'static str, Self)] =
        &[("cosine", Self::Cosine), ("tfidf", Self::TfIdf), ("bm25", Self::Bm25)];
}

impl Default for Params {
    fn default() -> Self {
        Self {
            neighbors: 300,
            similarity: Similarity::TfIdf,
            k1: 1.2,
            b: 0.75,
            dislike_weight: 0.0,
            aging: Aging::default(),
        }
    }
}

impl Params {
    pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
        let is_bm25 = self.similarity == Similarity::Bm25;
        let of_bm25 = |search| if is_bm25 { search } else { Search::Never };
        let mut fields = vec![
            Field {
                name: "neighbors",
                meaning: "neighbors kept an item, the most similar",
                slot: Slot::Count(&mut self.neighbors, 1..=100_000),
                search: Search::Size(20.0, 1000.0),
            },
            Field {
                name: "similarity",
                meaning: "what makes two items alike: cosine, tfidf or bm25",
                slot: Slot::Choice(&mut self.similarity),
                search: Search::Every,
            },
            Field {
                name: "k1",
                meaning: "bm25 only: how soon a higher confidence stops to matter",
                slot: Slot::Number(&mut self.k1, 0.0..=1_000.0),
                search: of_bm25(Search::Log(0.1, 100.0)),
            },
            Field {
                name: "b",
                meaning: "bm25 only: how much an item with many listeners is held back",
                slot: Slot::Number(&mut self.b, 0.0..=1.0),
                search: of_bm25(Search::Linear(0.0, 1.0)),
            },
            dislikes::field(&mut self.dislike_weight),
        ];
        fields.extend(self.aging.fields());
        fields
    }

    /// w of a pair.
    fn weight(&self, heard: Heard) -> f32 {
        heard.signed(heard.confidence, self.dislike_weight)
    }
}

/// The neighbors of every item.
#[derive(Debug)]
pub struct ItemKnn {
    params: Params,
    neighbors: Neighbors,
}

/// Finds the neighbors of all items, ties at the cut by lower row. O(Σ_u n_u²) time, parallel over items.
///
/// # Errors
/// Never.
pub fn fit(
    params: Params,
    training: &Training<'_>,
    _observer: &mut Observer<'_>,
) -> Result<ItemKnn, Error> {
    let weights = weigh(params, &training.liked(|heard| heard.confidence));
    let neighbors = Neighbors::of_product(&weights, &weights.transpose(), params.neighbors);
    Ok(ItemKnn { params, neighbors })
}

/// The weights whose products are similarities `[n_items × n_users]`.
fn weigh(params: Params, liked: &Csr<UserIx, ItemIx>) -> Csr<ItemIx, UserIx> {
    let by_item = liked.transpose();
    match params.similarity {
        Similarity::Cosine => normalize(&by_item),
        Similarity::TfIdf => {
            let idf = inverse_frequencies(liked);
            normalize(&by_item.map(|_, u, c| c.sqrt() * idf[u]))
        }
        Similarity::Bm25 => {
            let idf = inverse_frequencies(liked);
            let lengths: Vec<f32> = by_item.rows().map(|(_, _, c)| c.iter().sum()).collect();
            let mean = lengths.iter().sum::<f32>() / lengths.len().max(1) as f32;
            by_item.map(|i, u, c| {
                let long = 1.0 - params.b + params.b * lengths[i] / mean;
                c * (params.k1 + 1.0) / (params.k1 * long + c) * idf[u]
            })
        }
    }
}

/// idf(u) = ln(n_items) − ln(1 + n_u), at least 0.
fn inverse_frequencies(liked: &Csr<UserIx, ItemIx>) -> Vec<f32> {
    let n_items = liked.n_cols() as f32;
    let of_user = |(_, items, _): (usize, &[u32], &[f32])| {
        (n_items.ln() - (items.len() as f32).ln_1p()).max(0.0)
    };
    liked.rows().map(of_user).collect()
}

/// Rows of length 1; rows of zeros stay.
fn normalize(by_item: &Csr<ItemIx, UserIx>) -> Csr<ItemIx, UserIx> {
    let lengths: Vec<f32> = by_item.rows().map(|(_, _, c)| dot(c, c).sqrt()).collect();
    by_item.map(|i, _, c| if lengths[i] > 0.0 { c / lengths[i] } else { 0.0 })
}

pub(crate) fn load(params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<ItemKnn, Error> {
    Ok(ItemKnn { params, neighbors: Neighbors::load(rows, arrays)? })
}

impl Recommender for ItemKnn {
    fn n_items(&self) -> usize {
        self.neighbors.n_items()
    }

    fn represent(&self, history: &History<'_>) -> Query {
        history.weighed(|heard| self.params.weight(heard))
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        self.neighbors.score_batch(queries, scores);
    }

    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>> {
        Some(self.neighbors.explain(history, item, |heard| self.params.weight(heard)))
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        None
    }

    fn arrays(&self) -> Arrays {
        self.neighbors.arrays()
    }
}

#[cfg(test)]
mod tests;
