//! Which lists of rows promise a query most?
//!
//! The promise of a list with mean m and spread s (the deviation of a number of its rows from that of the mean) is what
//! a good row of it may have, q·m + λ·‖q‖·s, a dot of [q, λ‖q‖] with [m, s]: norms are part of the means, and a list of
//! mixed rows is not thought less of than it may deserve.
//! An inverted file: Sivic & Zisserman, Video Google (ICCV 2003); Jégou, Douze & Schmid (TPAMI 2011), §4.

use linalg::bytes::ByteIsa;
use linalg::{Isa, LANES, Matrix, add_scaled, dot};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::exact::{Asked, Exact};
use crate::leaves::leaves;
use crate::search::Similarity;
use crate::section::Section;
use crate::stored::Precision;

/// λ: measured to find most with least, on clustered factors of strongly varying norms.
const OPTIMISM: f32 = 2.0;

/// Rows that lie together, list after list.
#[derive(Debug)]
pub(crate) struct Lists {
    /// The place at which each list starts, and the one after the last: `[n_lists + 1]`.
    pub(crate) starts: Section<u32>,
    /// `[n_lists × (dim + 1)]`: mean and spread.
    pub(crate) promises: Section<f32>,
    layout: Exact,
}

impl Lists {
    /// Cuts rows into lists of at most `most`: the new order, and the lists.
    ///
    /// In a list rows come in the order in which they are given.
    pub(crate) fn new(items: &Matrix, rows: &[u32], most: usize, isa: Isa) -> (Vec<u32>, Self) {
        let mut place_in = vec![0; items.n_rows()];
        (0_u32..).zip(rows).for_each(|(at, &row)| place_in[row as usize] = at);
        let mut lists = leaves(items, rows.to_vec(), most, isa);
        lists.iter_mut().for_each(|list| list.sort_unstable_by_key(|&row| place_in[row as usize]));
        let mut starts = vec![0];
        for list in &lists {
            let end = starts[starts.len() - 1] + list.len();
            starts.push(end);
        }
        let order = lists.concat();
        let starts: Vec<u32> = starts.into_iter().map(crate::exact::number).collect();
        let promises = promises(items, &order, &starts);
        let lists = Self::of(items.dim(), starts.into(), promises.into());
        (order, lists)
    }

    /// Lists that are known.
    pub(crate) fn of(dim: usize, starts: Section<u32>, promises: Section<f32>) -> Self {
        let rows = Matrix::from_vec(starts.len() - 1, dim + 1, promises.to_vec());
        let layout = Exact::new(&rows, Similarity::Dot, Precision::Single);
        Self { starts, promises, layout }
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The rows of a list.
    #[inline]
    pub(crate) fn n_rows(&self, list: usize) -> usize {
        (self.starts[list + 1] - self.starts[list]) as usize
    }

    /// The list in which a place is.
    pub(crate) fn of_place(&self, place: u32) -> usize {
        self.starts.partition_point(|start| *start <= place) - 1
    }

    /// The so many lists that promise a query most, the best first.
    pub(crate) fn promising(
        &self,
        query: &[f32],
        n: usize,
        (isa, bytes): (Isa, ByteIsa),
    ) -> Vec<usize> {
        let mut wanted = query.to_vec();
        wanted.push(OPTIMISM * dot(query, query).sqrt());
        let asked = Asked::new(&self.layout, &wanted, n, &[], None);
        let all = [(0, self.len().div_ceil(LANES))];
        let best = self.layout.among(&asked, &all, (isa, bytes));
        best.into_iter().map(|(list, _)| list as usize).collect()
    }

    /// The panels in which some lists lie, in runs, ascending.
    pub(crate) fn runs(&self, mut lists: Vec<usize>) -> Vec<(usize, usize)> {
        lists.sort_unstable();
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for list in lists {
            let first = self.starts[list] as usize / LANES;
            let end = (self.starts[list + 1] as usize).div_ceil(LANES);
            match runs.last_mut() {
                Some(last) if last.1 >= first => last.1 = end,
                _ => runs.push((first, end)),
            }
        }
        runs
    }

    /// Bytes of memory.
    pub(crate) fn n_bytes(&self) -> usize {
        use crate::Search;
        size_of_val(&*self.starts) + size_of_val(&*self.promises) + self.layout.n_bytes()
    }

    /// What is wrong, if anything, where so many rows have bounds.
    pub(crate) fn flaw(&self, n_bounded: u32) -> Option<&'static str> {
        let starts = &*self.starts;
        if starts.first() != Some(&0) || starts.last() != Some(&n_bounded) {
            return Some("lists do not hold all rows");
        }
        if starts.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Some("a list has no rows");
        }
        (!self.promises.iter().all(|x| x.is_finite())).then_some("a promise is no number")
    }
}

/// Mean and spread of each list.
fn promises(items: &Matrix, order: &[u32], starts: &[u32]) -> Vec<f32> {
    let dim = items.dim();
    let mut promises = vec![0.0; (starts.len() - 1) * (dim + 1)];
    let of_list = |(list, promise): (usize, &mut [f32])| {
        let own = &order[starts[list] as usize..starts[list + 1] as usize];
        let n = own.len() as f32;
        let mut squares = 0.0;
        for row in own.iter().map(|&row| items.row(row as usize)) {
            add_scaled(&mut promise[..dim], 1.0 / n, row);
            squares += dot(row, row) / n;
        }
        let mean = dot(&promise[..dim], &promise[..dim]);
        promise[dim] = ((squares - mean).max(0.0) / dim as f32).sqrt();
    };
    promises.par_chunks_exact_mut(dim + 1).enumerate().for_each(of_list);
    promises
}
