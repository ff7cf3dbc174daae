//! Which linear model of one recording from all others is best, in closed form?
//!
//! Steck, Embarrassingly Shallow Autoencoders for Sparse Data (2019), eq. 8:
//! P = (XᵀX + λI)⁻¹ and B = I − P·diag(1/P_jj), with X `[n_users × n_items]` 1 where liked, else 0.
//! score(i) = Σ_j B_ji over the liked j of a history.
//! Where there are fewer users than items, P comes from the smaller matrix of users:
//! P = (I − Xᵀ(XXᵀ + λI)⁻¹X) / λ.
//! With `neighbors` only the strongest weights to each item are kept: solving stays what it was, serving and saving shrink.

use linalg::{Csr, Matrix, add_scaled, inverse};
use music::{ItemIx, Rows, UserIx};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::array::{Arrays, take_f32};
use crate::neighbors::{Neighbors, largest};
use crate::recommender::score_rows;
use crate::spec::field::{Field, Slot};
use crate::{Array, Error, Heard, History, Observer, Query, Recommender, Training};

const WEIGHTS: &str = "weights";

/// What the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params {
    /// Ridge penalty λ on every weight.
    pub reg: f32,
    /// Weights kept to an item, those of largest size; 0 keeps all.
    pub neighbors: usize,
    /// Megabytes (2²⁰ bytes) that fitting and saving may take; more is refused beforehand.
    pub max_memory_mb: usize,
}

impl Default for Params {
    fn default() -> Self {
        Self { reg: 100.0, neighbors: 0, max_memory_mb: 4096 }
    }
}

impl Params {
    pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
        vec![
            Field {
                name: "reg",
                meaning: "ridge penalty on every weight between two recordings",
                slot: Slot::Number(&mut self.reg, 1e-3..=1e9),
            },
            Field {
                name: "neighbors",
                meaning: "weights kept to a recording, those of largest size; 0 keeps all",
                slot: Slot::Count(&mut self.neighbors, 0..=100_000),
            },
            Field {
                name: "max_memory_mb",
                meaning: "megabytes that fitting and saving may take; more is refused beforehand",
                slot: Slot::Count(&mut self.max_memory_mb, 1..=1 << 30),
            },
        ]
    }
}

/// A weight from every item to every other, or the strongest of them.
#[derive(Debug)]
pub struct Ease {
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
/// O(n_items³) time, or O(n_users³ + nnz·n_items) where there are fewer users; 4·n_items² bytes, twice while saving all weights.
///
/// # Errors
/// [`Error::TooLarge`] before anything is computed; [`Error::Singular`] when `reg` is too small for `f32`.
pub fn fit(
    params: Params,
    training: &Training<'_>,
    _observer: &mut Observer<'_>,
) -> Result<Ease, Error> {
    let (n_users, n_items) = (training.heard.n_rows(), training.heard.n_cols());
    let needed_bytes = estimate_bytes(params, n_users, n_items);
    let allowed_bytes = (params.max_memory_mb as u64) << 20;
    if needed_bytes > allowed_bytes {
        return Err(Error::TooLarge { model: "ease", n_items, needed_bytes, allowed_bytes });
    }
    let liked = training.liked();
    let p = if n_users < n_items { from_users(params, &liked) } else { from_items(params, &liked) };
    let p = p.ok_or(Error::Singular { model: "ease", reg: params.reg })?;
    let weights = match params.neighbors {
        0 => Weights::All(divide_by_diagonal(p)),
        k => Weights::Strongest(strongest(&p, k)),
    };
    Ok(Ease { weights })
}

/// P, and the copy of all weights made while saving or the few twice; from users also their matrices.
fn estimate_bytes(params: Params, n_users: usize, n_items: usize) -> u64 {
    let (users, items) = (n_users as u64, n_items as u64);
    let p = items.saturating_mul(items);
    let kept = match params.neighbors.min(n_items) as u64 {
        0 => p,
        // Row, column and weight, once to sort them and once in their place.
        k => items.saturating_mul(6 * k),
    };
    let solved = if users < items { users.saturating_mul(users + items) } else { 0 };
    p.saturating_add(kept).saturating_add(solved).saturating_mul(4)
}

/// P = (XᵀX + λI)⁻¹.
fn from_items(params: Params, liked: &Csr<UserIx, ItemIx>) -> Option<Matrix> {
    inverse(overlaps(&liked.transpose(), liked, params.reg))
}

/// P = (I − XᵀV)/λ with V = (XXᵀ + λI)⁻¹X `[n_users × n_items]`.
fn from_users(params: Params, liked: &Csr<UserIx, ItemIx>) -> Option<Matrix> {
    let (n_users, n_items) = (liked.n_rows(), liked.n_cols());
    let by_item = liked.transpose();
    let of_users = inverse(overlaps(liked, &by_item, params.reg))?;
    let mut v = Matrix::zeros(n_users, n_items);
    v.as_mut_slice().par_chunks_mut(n_items).enumerate().for_each(|(u, v_u)| {
        for (other, items, _) in liked.rows() {
            let weight = of_users.row(u)[other];
            for &i in items {
                v_u[i as usize] += weight;
            }
        }
    });
    let mut p = Matrix::zeros(n_items, n_items);
    p.as_mut_slice().par_chunks_mut(n_items).enumerate().for_each(|(i, p_i)| {
        p_i[i] = 1.0 / params.reg;
        for &u in by_item.row(i).0 {
            add_scaled(p_i, -1.0 / params.reg, v.row(u as usize));
        }
    });
    Some(p)
}

/// The number of common columns of every two rows, and λ more on the diagonal.
fn overlaps<R, C>(rows: &Csr<R, C>, columns: &Csr<C, R>, reg: f32) -> Matrix
where
    R: Sync,
    C: Sync,
{
    let n = rows.n_rows();
    let mut overlaps = Matrix::zeros(n, n);
    overlaps.as_mut_slice().par_chunks_mut(n.max(1)).enumerate().for_each(|(r, overlap)| {
        overlap[r] = reg;
        for &c in rows.row(r).0 {
            for &other in columns.row(c as usize).0 {
                overlap[other as usize] += 1.0;
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

pub(crate) fn load(params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<Ease, Error> {
    if params.neighbors > 0 {
        return Ok(Ease { weights: Weights::Strongest(Neighbors::load(rows, arrays)?) });
    }
    let n_items = rows.len();
    let values = take_f32(arrays, WEIGHTS, &[n_items, n_items])?;
    Ok(Ease { weights: Weights::All(Matrix::from_vec(n_items, n_items, values)) })
}

impl Recommender for Ease {
    fn n_items(&self) -> usize {
        match &self.weights {
            Weights::All(weights) => weights.n_rows(),
            Weights::Strongest(weights) => weights.n_items(),
        }
    }

    fn represent(&self, history: &History<'_>) -> Query {
        history.liked(|_| 1.0)
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        let weights = match &self.weights {
            Weights::All(weights) => weights,
            Weights::Strongest(weights) => return weights.score_batch(queries, scores),
        };
        score_rows(queries, scores, self.n_items(), |query, row| {
            let Query::Sparse { items, weights: of_items } = query else {
                panic!("a sparse query expected, got {query:?}")
            };
            row.fill(0.0);
            for (j, &of_item) in items.iter().zip(of_items) {
                add_scaled(row, of_item, weights.row(j.0 as usize));
            }
        });
    }

    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>> {
        let weights = match &self.weights {
            Weights::All(weights) => weights,
            Weights::Strongest(weights) => return Some(weights.explain(history, item, |_| 1.0)),
        };
        let contribution = |(j, heard): (usize, Heard)| {
            if heard.is_liked { weights.row(j)[item.0 as usize] } else { 0.0 }
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
