//! Which linear model of one recording from all others is best, in closed form?
//!
//! Steck, Embarrassingly Shallow Autoencoders for Sparse Data (2019), eq. 8:
//! P = (XᵀX + λI)⁻¹ and B = I − P·diag(1/P_jj), with X `[n_users × n_items]` 1 where liked, else 0.
//! score(i) = Σ_j B_ji over the liked j of a history, less `dislike_weight`·Σ_j B_ji over the disliked ones.
//! Where there are fewer users than items, P can come from the smaller matrix of users:
//! P = (I − XᵀKX) / λ with K = (XXᵀ + λI)⁻¹, sooner but in more memory.
//! With `neighbors` only the strongest weights to each item are kept: solving stays what it was, serving and saving shrink.

use linalg::{Csr, Matrix, add_scaled, inverse, inverse_scratch_bytes};
use music::{ItemIx, Rows, UserIx};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use crate::array::{Arrays, take_f32};
use crate::neighbors::{Neighbors, largest, of_itself};
use crate::spec::field::{Field, Search, Slot};
use crate::{
    Aging, Array, Error, Heard, History, Observer, Query, Recommender, Training, dislikes,
};

const WEIGHTS: &str = "weights";

/// Rows of P that are made from K side by side.
const SIDE_BY_SIDE: usize = 16;
/// How many operations of an inverse take as long as one addition of a row of K or of numbers side by side.
const OPERATIONS_AN_ADDITION: f64 = 60.0;
/// Queries scored together: weights that several of them ask for are read once.
const TOGETHER: usize = 128;
/// Scores of a query that are added up at a time; those of all queries together stay near the processor.
const STRETCH: usize = 2048;

/// What the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params {
    /// Ridge penalty λ on every weight.
    pub reg: f32,
    /// Weights kept to an item, those of largest size; 0 keeps all.
    pub neighbors: usize,
    /// Megabytes (2²⁰ bytes) that fitting may take, 4·n_items² and little more; more is refused beforehand.
    /// Saving all weights copies them once.
    pub max_memory_mb: usize,
    /// What a disliked item takes from the scores of those like it, as a share of what a liked one gives.
    pub dislike_weight: f32,
    /// How what was heard fades.
    pub aging: Aging,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            reg: 100.0,
            neighbors: 0,
            max_memory_mb: 8192,
            dislike_weight: 0.0,
            aging: Aging::default(),
        }
    }
}

impl Params {
    pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
        let mut fields = vec![
            Field {
                name: "reg",
                meaning: "ridge penalty on every weight between two recordings",
                slot: Slot::Number(&mut self.reg, 1e-3..=1e9),
                search: Search::Log(1.0, 1e4),
            },
            Field {
                name: "neighbors",
                meaning: "weights kept to a recording, those of largest size; 0 keeps all",
                slot: Slot::Count(&mut self.neighbors, 0..=100_000),
                search: Search::Never,
            },
            Field {
                name: "max_memory_mb",
                meaning: "megabytes that fitting may take, beside a copy while saving; more is refused beforehand",
                slot: Slot::Count(&mut self.max_memory_mb, 1..=1 << 30),
                search: Search::Never,
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

/// A weight from every item to every other, or the strongest of them.
#[derive(Debug)]
pub struct Ease {
    params: Params,
    weights: Weights,
}

#[derive(Debug)]
enum Weights {
    /// Row j holds what liking j says about every item `[n_items × n_items]`; the diagonal is 0.
    All(Matrix),
    Strongest(Neighbors),
}

/// Solves for all weights at once.
///
/// O(n_items³) time and 4·n_items² bytes; where there are fewer users O(n_users³ + nnz·(n_users + n_items)) time and
/// 4·n_users² bytes more, if these are allowed.
///
/// # Errors
/// [`Error::TooLarge`] before anything is computed; [`Error::Singular`] when `reg` is too small for `f32`.
pub fn fit(
    params: Params,
    training: &Training<'_>,
    _observer: &mut Observer<'_>,
) -> Result<Ease, Error> {
    let way = way(params, training.heard.n_rows(), training.heard.n_cols(), training.heard.nnz())?;
    let liked = training.liked(|heard| params.aging.factor(heard));
    let p = match way {
        Way::Items => from_items(params, &liked),
        Way::Users => from_users(params, &liked),
    };
    let p = p.ok_or(Error::Singular { model: "ease", reg: params.reg })?;
    let weights = match params.neighbors {
        0 => Weights::All(divide_by_diagonal(p)),
        k => Weights::Strongest(strongest(&p, k)),
    };
    Ok(Ease { params, weights })
}

/// Which matrix is inverted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Items,
    Users,
}

/// The sooner of the ways that fit into memory.
fn way(params: Params, n_users: usize, n_items: usize, n_pairs: usize) -> Result<Way, Error> {
    let allowed_bytes = (params.max_memory_mb as u64) << 20;
    let needed_bytes = |way| estimate_bytes(params, way, n_users, n_items);
    if needed_bytes(Way::Items).min(needed_bytes(Way::Users)) > allowed_bytes {
        let needed_bytes = needed_bytes(Way::Items).min(needed_bytes(Way::Users));
        return Err(Error::TooLarge { model: "ease", n_items, needed_bytes, allowed_bytes });
    }
    let (users, items) = (n_users as f64, n_items as f64);
    let additions = n_pairs as f64 * (users + items / SIDE_BY_SIDE as f64);
    let is_sooner = users.powi(3) + OPERATIONS_AN_ADDITION * additions < items.powi(3);
    let fits = |way| needed_bytes(way) <= allowed_bytes;
    Ok(if fits(Way::Users) && (is_sooner || !fits(Way::Items)) { Way::Users } else { Way::Items })
}

/// P, with the matrix it comes from or the few weights kept of it, whichever is more.
fn estimate_bytes(params: Params, way: Way, n_users: usize, n_items: usize) -> u64 {
    let square = |n: usize| 4_u64.saturating_mul(n as u64).saturating_mul(n as u64);
    // Row, column and weight, once to sort them and once in their place.
    let kept = 24 * n_items as u64 * params.neighbors.min(n_items) as u64;
    let solving = match way {
        Way::Items => inverse_scratch_bytes(n_items),
        Way::Users => square(n_users),
    };
    square(n_items).saturating_add(kept.max(solving))
}

/// P = (XᵀX + λI)⁻¹.
fn from_items(params: Params, liked: &Csr<UserIx, ItemIx>) -> Option<Matrix> {
    inverse(overlaps(&liked.transpose(), liked, params.reg))
}

/// P = (I − XᵀKX)/λ with K = (XXᵀ + λI)⁻¹ `[n_users × n_users]`.
fn from_users(params: Params, liked: &Csr<UserIx, ItemIx>) -> Option<Matrix> {
    let (n_users, n_items) = (liked.n_rows(), liked.n_cols());
    let by_item = liked.transpose();
    let k = inverse(overlaps(liked, &by_item, params.reg))?;
    let mut p = Matrix::zeros(n_items, n_items);
    let tasks = p.as_mut_slice().par_chunks_mut(SIDE_BY_SIDE * n_items.max(1)).enumerate();
    tasks.for_each(|(task, rows)| {
        let first = task * SIDE_BY_SIDE;
        // The row of XᵀK of each of a few items, and all of them side by side.
        let mut x_k = vec![0.0; n_users];
        let mut together = vec![[0.0; SIDE_BY_SIDE]; n_users];
        for place in 0..rows.len() / n_items {
            x_k.fill(0.0);
            let (users, counts) = by_item.row(first + place);
            for (&u, &x_ui) in users.iter().zip(counts) {
                add_scaled(&mut x_k, x_ui, k.row(u as usize));
            }
            for (together, x) in together.iter_mut().zip(&x_k) {
                together[place] = *x;
            }
        }
        for (j, users, counts) in by_item.rows() {
            let mut x_k_x = [0.0; SIDE_BY_SIDE];
            for (&u, &x_uj) in users.iter().zip(counts) {
                add_scaled(&mut x_k_x, x_uj, &together[u as usize]);
            }
            for (row, x) in rows.chunks_exact_mut(n_items).zip(x_k_x) {
                row[j] = -x / params.reg;
            }
        }
        for (row, i) in rows.chunks_exact_mut(n_items).zip(first..) {
            row[i] += 1.0 / params.reg;
        }
    });
    Some(p)
}

/// The products of every two rows, in how many columns they meet where all count 1, and λ more on the diagonal; the
/// upper triangle alone.
fn overlaps<R, C>(rows: &Csr<R, C>, columns: &Csr<C, R>, reg: f32) -> Matrix
where
    R: Sync,
    C: Sync,
{
    let n = rows.n_rows();
    let mut overlaps = Matrix::zeros(n, n);
    overlaps.as_mut_slice().par_chunks_mut(n.max(1)).enumerate().for_each(|(r, overlap)| {
        overlap[r] = reg;
        let (own, counts) = rows.row(r);
        for (&c, &x) in own.iter().zip(counts) {
            let (others, counts) = columns.row(c as usize);
            let from = others.partition_point(|&other| (other as usize) < r);
            for (&other, &y) in others[from..].iter().zip(&counts[from..]) {
                overlap[other as usize] += x * y;
            }
        }
    });
    overlaps
}

/// B_ji = −P_ji / P_ii off the diagonal, 0 on it.
fn divide_by_diagonal(mut p: Matrix) -> Matrix {
    let n_items = p.dim();
    let diagonal: Vec<f32> = (0..n_items).map(|i| p.row(i)[i]).collect();
    p.as_mut_slice().par_chunks_mut(n_items.max(1)).enumerate().for_each(|(j, row)| {
        for (x, p_ii) in row.iter_mut().zip(&diagonal) {
            *x = -*x / p_ii;
        }
        row[j] = 0.0;
    });
    p
}

/// The `k` weights of largest size to each item, ties by lower row.
fn strongest(p: &Matrix, k: usize) -> Neighbors {
    let n_items = u32::try_from(p.dim()).expect("item rows are u32");
    let to_item = |i: u32| {
        // P is symmetric, so that its row is the column wanted.
        let p_i = p.row(i as usize);
        let others = (0..).zip(p_i).filter(|&(j, &x)| j != i && x != 0.0);
        let best = largest(others.map(|(j, x)| (j, x.abs())).collect(), k);
        best.into_iter().map(|(j, _)| (j, i, -p_i[j as usize] / p_i[i as usize])).collect()
    };
    let triplets: Vec<Vec<_>> = (0..n_items).into_par_iter().map(to_item).collect();
    Neighbors::from_triplets(p.dim(), triplets.concat())
}

/// Scores a few queries into the rows of `scores`, each query's items in their order.
fn score_together(weights: &Matrix, queries: &[Query], scores: &mut [f32]) {
    let n_items = weights.dim();
    let mut asked = Vec::new();
    for (q, query) in queries.iter().enumerate() {
        let Query::Sparse { items, weights } = query else {
            panic!("a sparse query expected, got {query:?}")
        };
        asked.extend(items.iter().zip(weights).map(|(j, &of_item)| (j.0, q, of_item)));
    }
    asked.sort_unstable_by_key(|&(j, q, _)| (j, q));
    for start in (0..n_items).step_by(STRETCH) {
        let stretch = start..n_items.min(start + STRETCH);
        for row in scores.chunks_exact_mut(n_items) {
            row[stretch.clone()].fill(0.0);
        }
        for &(j, q, of_item) in &asked {
            let row = &mut scores[q * n_items..][stretch.clone()];
            add_scaled(row, of_item, &weights.row(j as usize)[stretch.clone()]);
        }
    }
    for &(j, q, of_item) in asked.iter().filter(|&&(_, _, of_item)| of_item < 0.0) {
        scores[q * n_items + j as usize] += of_itself(of_item, weights.row(j as usize));
    }
}

pub(crate) fn load(params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<Ease, Error> {
    if params.neighbors > 0 {
        return Ok(Ease { params, weights: Weights::Strongest(Neighbors::load(rows, arrays)?) });
    }
    let n_items = rows.len();
    let values = take_f32(arrays, WEIGHTS, &[n_items, n_items])?;
    Ok(Ease { params, weights: Weights::All(Matrix::from_vec(n_items, n_items, values)) })
}

impl Recommender for Ease {
    fn n_items(&self) -> usize {
        match &self.weights {
            Weights::All(weights) => weights.n_rows(),
            Weights::Strongest(weights) => weights.n_items(),
        }
    }

    fn represent(&self, history: &History<'_>) -> Query {
        history.weighed(|heard| self.params.weight(heard))
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        let weights = match &self.weights {
            Weights::All(weights) => weights,
            Weights::Strongest(weights) => return weights.score_batch(queries, scores),
        };
        let n_items = self.n_items();
        let shape = (scores.n_rows(), scores.dim());
        assert_eq!(shape, (queries.len(), n_items), "a row of scores a query expected");
        let rows = scores.as_mut_slice().par_chunks_mut(TOGETHER * n_items.max(1));
        queries.par_chunks(TOGETHER).zip(rows).for_each(|(queries, scores)| {
            score_together(weights, queries, scores);
        });
    }

    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>> {
        let weights = match &self.weights {
            Weights::All(weights) => weights,
            Weights::Strongest(weights) => {
                return Some(weights.explain(history, item, |heard| self.params.weight(heard)));
            }
        };
        let contribution = |(j, heard): (usize, Heard)| {
            let (weight, strengths) = (self.params.weight(heard), weights.row(j));
            match item.0 as usize {
                i if i == j => of_itself(weight, strengths),
                i if weight != 0.0 => weight * strengths[i],
                _ => 0.0,
            }
        };
        Some(history.pairs().map(contribution).collect())
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        None
    }

    fn arrays(&self) -> Arrays {
        match &self.weights {
            Weights::All(weights) => {
                let shape = vec![weights.n_rows(), weights.dim()];
                let values = weights.as_slice().to_vec();
                Arrays::from([(WEIGHTS.to_owned(), Array::F32 { shape, values })])
            }
            Weights::Strongest(weights) => weights.arrays(),
        }
    }
}

#[cfg(test)]
mod tests;
