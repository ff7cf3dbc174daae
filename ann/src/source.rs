//! Which rows are laid out, under which numbers, and in what order?

use std::borrow::Cow;

use linalg::Matrix;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::codes::{LONGEST, is_bounded, norm};
use crate::places::number;
use crate::search::Similarity;
use crate::stored::Precision;

/// The largest number in half precision.
const LARGEST_HALF: f32 = 65_504.0;

/// Rows to lay out, and the outside number of each.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) items: &'a Matrix,
    pub(crate) ids: &'a [u32],
}

/// Rows as they are compared.
pub(crate) fn prepared(items: &Matrix, similarity: Similarity) -> Cow<'_, Matrix> {
    match similarity {
        Similarity::Dot => Cow::Borrowed(items),
        Similarity::Cosine => {
            let mut units = items.clone();
            for row in 0..units.n_rows() {
                similarity.prepare(units.row_mut(row));
            }
            Cow::Owned(units)
        }
    }
}

/// Outside numbers, ascending, and the vector of each as rows of a matrix.
pub(crate) fn ascending(ids: &[u32], vectors: &[f32], dim: usize) -> (Vec<u32>, Matrix) {
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_unstable_by_key(|&at| ids[at]);
    let mut in_order = Vec::with_capacity(vectors.len());
    for &at in &order {
        in_order.extend_from_slice(&vectors[at * dim..(at + 1) * dim]);
    }
    let ids: Vec<u32> = order.iter().map(|&at| ids[at]).collect();
    let items = Matrix::from_vec(ids.len(), dim, in_order);
    (ids, items)
}

/// Rows by falling norm, ties by row, those without bounds last; and how many have bounds.
pub(crate) fn by_norm(items: &Matrix, precision: Precision) -> (Vec<u32>, usize) {
    let dim = items.dim();
    let with_norm = |row: u32| {
        let x = items.row(row as usize);
        let norm = norm(x);
        let is_kept = precision != Precision::Half || x.iter().all(|x| x.abs() <= LARGEST_HALF);
        let is_bounded = is_bounded(norm) && is_kept && dim > 0 && dim <= LONGEST;
        (if is_bounded { norm } else { -1.0 }, row)
    };
    let mut by_norm: Vec<(f64, u32)> =
        (0..number(items.n_rows())).into_par_iter().map(with_norm).collect();
    by_norm.par_sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let n_bounded = by_norm.partition_point(|(norm, _)| *norm >= 0.0);
    (by_norm.into_iter().map(|(_, row)| row).collect(), n_bounded)
}
