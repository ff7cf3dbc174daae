//! Which recordings have the same listeners?
//!
//! Similarity of items over the users who like them: cosine, or cosine after TF-IDF, or BM25 weights,
//! as in implicit's `nearest_neighbours` (which also weighs a history by its confidences).
//! score(i) = Σ_j w_j·sim(j, i) over the liked j of a history, sim(j, ·) cut to the `neighbors` best, j itself left out.

use linalg::{Csr, Matrix, dot, top_k_of};
use music::{ItemIx, Rows, UserIx};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::array::{Arrays, take_f32, take_u32};
use crate::recommender::score_rows;
use crate::spec::field::{Choice, Field, Slot};
use crate::{Array, Error, Heard, History, Observer, Query, Recommender, Training};

const FROM: &str = "neighbors_from";
const TO: &str = "neighbors_to";
const SIMILARITY: &str = "neighbors_similarity";

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
        Self { neighbors: 300, similarity: Similarity::TfIdf, k1: 1.2, b: 0.75 }
    }
}

impl Params {
    pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
        vec![
            Field {
                name: "neighbors",
                meaning: "neighbors kept an item, the most similar",
                slot: Slot::Count(&mut self.neighbors, 1..=100_000),
            },
            Field {
                name: "similarity",
                meaning: "what makes two items alike: cosine, tfidf or bm25",
                slot: Slot::Choice(&mut self.similarity),
            },
            Field {
                name: "k1",
                meaning: "bm25 only: how soon a higher confidence stops to matter",
                slot: Slot::Number(&mut self.k1, 0.0..=1_000.0),
            },
            Field {
                name: "b",
                meaning: "bm25 only: how much an item with many listeners is held back",
                slot: Slot::Number(&mut self.b, 0.0..=1.0),
            },
        ]
    }
}

/// The neighbors of every item.
#[derive(Debug)]
pub struct ItemKnn {
    neighbors: Csr<ItemIx, ItemIx>,
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
    let weights = weigh(params, &training.liked());
    Ok(ItemKnn { neighbors: nearest(&weights, params.neighbors) })
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

/// The `k` other items with the largest positive product, for each item.
fn nearest(by_item: &Csr<ItemIx, UserIx>, k: usize) -> Csr<ItemIx, ItemIx> {
    let by_user = by_item.transpose();
    let n_items = by_item.n_rows();
    let of_item = |products: &mut Products, i: usize| {
        let (users, weights) = by_item.row(i);
        for (&u, &weight) in users.iter().zip(weights) {
            products.add_scaled(weight, by_user.row(u as usize));
        }
        let i = u32::try_from(i).expect("item rows are u32");
        let others = products.drain().filter(|&(j, _)| j != i);
        top_k_of(others, k).into_iter().map(|(j, product)| (i, j, product)).collect::<Vec<_>>()
    };
    let triplets: Vec<Vec<_>> =
        (0..n_items).into_par_iter().map_init(|| Products::zeros(n_items), of_item).collect();
    Csr::from_triplets(n_items, n_items, triplets.concat())
}

/// A sparse sum: a value for every item, and the list of those that are not zero.
struct Products {
    values: Vec<f32>,
    touched: Vec<u32>,
}

impl Products {
    fn zeros(n_items: usize) -> Self {
        Self { values: vec![0.0; n_items], touched: Vec::new() }
    }

    fn add_scaled(&mut self, weight: f32, (items, values): (&[u32], &[f32])) {
        for (&j, &x) in items.iter().zip(values) {
            let product = weight * x;
            if product > 0.0 {
                let sum = &mut self.values[j as usize];
                if *sum == 0.0 {
                    self.touched.push(j);
                }
                *sum += product;
            }
        }
    }

    /// Takes the sums out and leaves zeros.
    fn drain(&mut self) -> impl Iterator<Item = (u32, f32)> {
        let values = &mut self.values;
        self.touched.drain(..).map(|j| (j, std::mem::take(&mut values[j as usize])))
    }
}

pub(crate) fn load(_params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<ItemKnn, Error> {
    let (from, to) = (take_u32(arrays, FROM)?, take_u32(arrays, TO)?);
    let similarity = take_f32(arrays, SIMILARITY, &[from.len()])?;
    let n_items = rows.len();
    let pairs: Vec<(u32, u32)> = from.iter().copied().zip(to.iter().copied()).collect();
    let is_sorted = pairs.len() == to.len() && pairs.windows(2).all(|two| two[0] < two[1]);
    let are_rows = pairs.iter().all(|&(j, i)| (j.max(i) as usize) < n_items);
    if !(is_sorted && are_rows) {
        let expected = format!("ascending pairs of {n_items} rows");
        return Err(Error::BadArray { name: FROM, expected, got: "others".to_owned() });
    }
    let triplets = pairs.into_iter().zip(similarity).map(|((j, i), s)| (j, i, s)).collect();
    Ok(ItemKnn { neighbors: Csr::from_triplets(n_items, n_items, triplets) })
}

impl Recommender for ItemKnn {
    fn n_items(&self) -> usize {
        self.neighbors.n_rows()
    }

    fn represent(&self, history: &History<'_>) -> Query {
        history.liked(|heard| heard.confidence)
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        score_rows(queries, scores, self.n_items(), |query, row| {
            let Query::Sparse { items, weights } = query else {
                panic!("a sparse query expected, got {query:?}")
            };
            row.fill(0.0);
            for (j, weight) in items.iter().zip(weights) {
                let (neighbors, similarities) = self.neighbors.row(j.0 as usize);
                for (&i, similarity) in neighbors.iter().zip(similarities) {
                    row[i as usize] += weight * similarity;
                }
            }
        });
    }

    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>> {
        let contribution = |(j, heard): (usize, Heard)| {
            let (neighbors, similarities) = self.neighbors.row(j);
            match neighbors.binary_search(&item.0) {
                Ok(place) if heard.is_liked => heard.confidence * similarities[place],
                Ok(_) | Err(_) => 0.0,
            }
        };
        Some(history.pairs().map(contribution).collect())
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        None
    }

    fn arrays(&self) -> Vec<(&'static str, Array)> {
        let nnz = self.neighbors.nnz();
        let mut from = Vec::with_capacity(nnz);
        let mut to = Vec::with_capacity(nnz);
        let mut similarity = Vec::with_capacity(nnz);
        for (j, neighbors, similarities) in self.neighbors.rows() {
            let j = u32::try_from(j).expect("item rows are u32");
            from.extend(neighbors.iter().map(|_| j));
            to.extend(neighbors);
            similarity.extend(similarities);
        }
        let shape = vec![nnz];
        vec![
            (FROM, Array::U32 { shape: shape.clone(), values: from }),
            (TO, Array::U32 { shape: shape.clone(), values: to }),
            (SIMILARITY, Array::F32 { shape, values: similarity }),
        ]
    }
}

#[cfg(test)]
mod tests;
