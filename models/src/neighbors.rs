//! Which few items does each item speak for, and how strongly?
//!
//! A sparse `[n_items × n_items]` matrix W of weights, row j for what liking j says about others:
//! the same few lines score, explain, save and load every linear item model that keeps only its strongest weights.
//! score(i) = Σ_j w_j·W_ji over the items j of a history, with max_i |W_ji| for the W_jj of a disliked one: O(Σ_j n_j) a history, n_j the weights kept of j.

use linalg::{Csr, Matrix};
use music::{ItemIx, Rows, UserIx};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::array::{Arrays, take_f32, take_u32};
use crate::recommender::score_rows;
use crate::{Array, Error, Heard, History, Query};

const FROM: &str = "neighbors_from";
const TO: &str = "neighbors_to";
/// Called so for the first model that had neighbors; snapshots keep the name.
const WEIGHT: &str = "neighbors_similarity";

/// The weights kept of every item.
#[derive(Debug)]
pub(crate) struct Neighbors {
    weights: Csr<ItemIx, ItemIx>,
}

impl Neighbors {
    /// From (j, i, W_ji), in any order, each pair once.
    pub(crate) fn from_triplets(n_items: usize, triplets: Vec<(u32, u32, f32)>) -> Self {
        Self { weights: Csr::from_triplets(n_items, n_items, triplets) }
    }

    /// The `k` largest positive entries off the diagonal of each row of `left · right`, ties by lower row.
    ///
    /// O(Σ_u n_u²) time, parallel over items; no more than the kept entries lies in memory.
    pub(crate) fn of_product(
        left: &Csr<ItemIx, UserIx>,
        right: &Csr<UserIx, ItemIx>,
        k: usize,
    ) -> Self {
        let n_items = left.n_rows();
        let of_item = |sum: &mut SparseSum, j: usize| {
            let (users, weights) = left.row(j);
            for (&u, &weight) in users.iter().zip(weights) {
                sum.add_scaled(weight, right.row(u as usize));
            }
            let j = u32::try_from(j).expect("item rows are u32");
            let others = sum.drain().filter(|&(i, _)| i != j).collect();
            largest(others, k).into_iter().map(|(i, product)| (j, i, product)).collect::<Vec<_>>()
        };
        let triplets: Vec<Vec<_>> =
            (0..n_items).into_par_iter().map_init(|| SparseSum::zeros(n_items), of_item).collect();
        Self::from_triplets(n_items, triplets.concat())
    }

    pub(crate) fn load(rows: &Rows, arrays: &mut Arrays) -> Result<Self, Error> {
        let (from, to) = (take_u32(arrays, FROM)?, take_u32(arrays, TO)?);
        let weights = take_f32(arrays, WEIGHT, &[from.len()])?;
        let n_items = rows.len();
        let pairs: Vec<(u32, u32)> = from.iter().copied().zip(to.iter().copied()).collect();
        let is_sorted = from.len() == to.len() && pairs.windows(2).all(|two| two[0] < two[1]);
        let are_rows = pairs.iter().all(|&(j, i)| (j.max(i) as usize) < n_items);
        if !(is_sorted && are_rows) {
            let expected = format!("ascending pairs of {n_items} rows");
            return Err(Error::BadArray {
                name: FROM.to_owned(),
                expected,
                got: "others".to_owned(),
            });
        }
        let triplets = pairs.into_iter().zip(weights).map(|((j, i), w)| (j, i, w)).collect();
        Ok(Self::from_triplets(n_items, triplets))
    }

    pub(crate) fn arrays(&self) -> Arrays {
        let nnz = self.weights.nnz();
        let mut from = Vec::with_capacity(nnz);
        let mut to = Vec::with_capacity(nnz);
        let mut weight = Vec::with_capacity(nnz);
        for (j, items, weights) in self.weights.rows() {
            let j = u32::try_from(j).expect("item rows are u32");
            from.extend(items.iter().map(|_| j));
            to.extend(items);
            weight.extend(weights);
        }
        let shape = vec![nnz];
        Arrays::from([
            (FROM.to_owned(), Array::U32 { shape: shape.clone(), values: from }),
            (TO.to_owned(), Array::U32 { shape: shape.clone(), values: to }),
            (WEIGHT.to_owned(), Array::F32 { shape, values: weight }),
        ])
    }

    pub(crate) fn n_items(&self) -> usize {
        self.weights.n_rows()
    }

    /// The items that `j` speaks for, ascending, and how strongly.
    pub(crate) fn of(&self, j: usize) -> (&[u32], &[f32]) {
        self.weights.row(j)
    }

    /// Adds what a sparse query says to the scores of one listener.
    pub(crate) fn add_scores(&self, query: &Query, scores: &mut [f32]) {
        let Query::Sparse { items, weights } = query else {
            panic!("a sparse query expected, got {query:?}")
        };
        for (j, weight) in items.iter().zip(weights) {
            let (neighbors, strengths) = self.of(j.0 as usize);
            for (&i, strength) in neighbors.iter().zip(strengths) {
                scores[i as usize] += weight * strength;
            }
            if *weight < 0.0 {
                scores[j.0 as usize] += of_itself(*weight, strengths);
            }
        }
    }

    /// As [`crate::Recommender::score_batch`], for models that are nothing but neighbors.
    pub(crate) fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        score_rows(queries, scores, self.n_items(), |query, row| {
            row.fill(0.0);
            self.add_scores(query, row);
        });
    }

    /// What each entry of a history, weighed as in its query, contributes to the score of `item`.
    pub(crate) fn explain(
        &self,
        history: &History<'_>,
        item: ItemIx,
        weight: impl Fn(Heard) -> f32,
    ) -> Vec<f32> {
        let contribution = |(j, heard): (usize, Heard)| {
            let (neighbors, strengths) = self.of(j);
            match (neighbors.binary_search(&item.0), weight(heard)) {
                (Ok(place), weight) if weight != 0.0 => weight * strengths[place],
                (Err(_), weight) if j == item.0 as usize => of_itself(weight, strengths),
                (Ok(_) | Err(_), _) => 0.0,
            }
        };
        history.pairs().map(contribution).collect()
    }
}

/// What an item of this weight adds to its own score: nothing where it is liked, for then it needs no finding.
///
/// A disliked one is at least as much like itself as like any other, so that the strongest of its weights stands where the
/// diagonal is left out; else it would rise as its neighbors fall.
pub(crate) fn of_itself(weight: f32, strengths: &[f32]) -> f32 {
    if weight < 0.0 {
        weight * strengths.iter().fold(0.0, |strongest: f32, w| strongest.max(w.abs()))
    } else {
        0.0
    }
}

/// The `k` pairs with the largest values, in no order, ties by lower row; O(n) where a heap of `k` takes O(n·log k).
pub(crate) fn largest(mut pairs: Vec<(u32, f32)>, k: usize) -> Vec<(u32, f32)> {
    if pairs.len() > k {
        pairs.select_nth_unstable_by(k, |(i, a), (j, b)| b.total_cmp(a).then(i.cmp(j)));
        pairs.truncate(k);
    }
    pairs
}

/// A sum of sparse rows: a value for every item, and the list of those that are not zero.
pub(crate) struct SparseSum {
    values: Vec<f32>,
    touched: Vec<u32>,
}

impl SparseSum {
    pub(crate) fn zeros(n_items: usize) -> Self {
        Self { values: vec![0.0; n_items], touched: Vec::new() }
    }

    /// Adds the positive ones among `weight · values`.
    pub(crate) fn add_scaled(&mut self, weight: f32, (items, values): (&[u32], &[f32])) {
        for (&i, &x) in items.iter().zip(values) {
            let product = weight * x;
            if product > 0.0 {
                let sum = &mut self.values[i as usize];
                if *sum == 0.0 {
                    self.touched.push(i);
                }
                *sum += product;
            }
        }
    }

    /// Takes the sums out, in the order they were first touched, and leaves zeros.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = (u32, f32)> {
        let values = &mut self.values;
        self.touched.drain(..).map(|i| (i, std::mem::take(&mut values[i as usize])))
    }
}

#[cfg(test)]
mod tests;
