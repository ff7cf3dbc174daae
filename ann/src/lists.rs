//! Which lists of rows promise a query most?
//!
//! The promise of a list with mean m and spread s (the deviation of a number of its rows from that of the mean) is what
//! a good row of it may have, q·m + λ·‖q‖·s, a dot of [q, λ‖q‖] with [m, s]: norms are part of the means, and a list of
//! mixed rows is not thought less of than it may deserve.
//! An inverted file: Sivic & Zisserman, Video Google (ICCV 2003); Jégou, Douze & Schmid (TPAMI 2011), §4.

use std::ops::Range;

use linalg::bytes::ByteIsa;
use linalg::{Isa, LANES, Matrix, add_scaled, descending, dot, of_descending};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::codes::{Encoded, Remainder, norm};
use crate::leaves::leaves;
use crate::places::number;
use crate::section::Section;

/// λ: measured to find most with least, on clustered factors of strongly varying norms.
const OPTIMISM: f32 = 2.0;

/// Panels from one on, before another.
pub(crate) type Run = (usize, usize);

/// Rows that lie together, list after list.
#[derive(Debug)]
pub(crate) struct Lists {
    /// The place at which each list starts, and the one after the last: `[n_lists + 1]`.
    pub(crate) starts: Section<u32>,
    /// `[n_lists × (dim + 1)]`: mean and spread.
    pub(crate) promises: Section<f32>,
    encoded: Encoded,
}

impl Lists {
    /// Cuts rows into lists of at most `most`: the new order, and the lists.
    ///
    /// Rows are given by falling norm, and so they come in a list; lists come by their middle rows.
    pub(crate) fn new(items: &Matrix, rows: &[u32], most: usize, isa: Isa) -> (Vec<u32>, Self) {
        let mut place_in = vec![0; items.n_rows()];
        (0_u32..).zip(rows).for_each(|(at, &row)| place_in[row as usize] = at);
        let mut lists = leaves(items, rows.to_vec(), most, isa);
        lists.iter_mut().for_each(|list| list.sort_unstable_by_key(|&row| place_in[row as usize]));
        lists.sort_unstable_by_key(|list| place_in[list[list.len() / 2] as usize]);
        let mut starts = vec![0];
        for list in &lists {
            let end = starts[starts.len() - 1] + list.len();
            starts.push(end);
        }
        let order = lists.concat();
        let starts: Vec<u32> = starts.into_iter().map(number).collect();
        let promises = promises(items, &order, &starts);
        (order, Self::of(items.dim(), starts.into(), promises.into()))
    }

    /// Lists that are known.
    pub(crate) fn of(dim: usize, starts: Section<u32>, promises: Section<f32>) -> Self {
        let row = |list: usize, to: &mut [f32]| {
            to.copy_from_slice(&promises[list * (dim + 1)..(list + 1) * (dim + 1)]);
        };
        let shape = [starts.len() - 1, dim + 1];
        let encoded = Encoded::new(shape, Remainder::Nothing, row);
        Self { starts, promises, encoded }
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Where the rows of a list lie.
    #[inline]
    pub(crate) fn places(&self, list: usize) -> Range<u32> {
        self.starts[list]..self.starts[list + 1]
    }

    /// The list in which a place is.
    pub(crate) fn of_place(&self, place: u32) -> usize {
        self.starts.partition_point(|start| *start <= place) - 1
    }

    /// The lists that promise a query most, until so many rows are met, counted by `n_rows`; `n` lists may do.
    pub(crate) fn promising(
        &self,
        query: &[f32],
        wanted: usize,
        mut n: usize,
        n_rows: impl Fn(usize) -> usize,
        bytes: ByteIsa,
    ) -> Vec<usize> {
        let promises = self.promised(query, bytes);
        loop {
            let mut n_met = 0;
            let lists = most(&promises, n).into_iter().filter(|&list| n_rows(list) > 0);
            let met = lists.take_while(|&list| {
                let is_wanted = n_met < wanted;
                n_met += n_rows(list);
                is_wanted
            });
            let met: Vec<usize> = met.collect();
            if n_met >= wanted || n >= promises.len() {
                return met;
            }
            n = n.saturating_mul(4);
        }
    }

    /// What each list promises.
    fn promised(&self, query: &[f32], bytes: ByteIsa) -> Vec<f32> {
        // Of length 1 to 2, so that bytes can tell; by a power of two, which rounds nothing.
        let scale = f64::exp2(-norm(query).log2().floor());
        let mut wanted: Vec<f32> = query.iter().map(|&x| scaled(x, scale)).collect();
        wanted.push(OPTIMISM * dot(&wanted, &wanted).sqrt());
        // A promise is a guess: what bytes say of it is as good.
        let mut promises = self.encoded.codes(wanted.len()).near_dots(&wanted, bytes);
        promises.truncate(self.len());
        promises
    }

    /// The panels in which some lists lie, in runs, ascending.
    pub(crate) fn runs(&self, lists: &[usize]) -> Vec<Run> {
        let starts = &*self.starts;
        let run = |&list: &usize| {
            (starts[list] as usize / LANES, (starts[list + 1] as usize).div_ceil(LANES))
        };
        let mut all: Vec<Run> = lists.iter().map(run).collect();
        all.sort_unstable();
        all.dedup_by(|next, last| {
            let meets = next.0 <= last.1;
            last.1 = if meets { last.1.max(next.1) } else { last.1 };
            meets
        });
        all
    }

    /// Bytes of memory.
    pub(crate) fn n_bytes(&self) -> usize {
        size_of_val(&*self.starts) + size_of_val(&*self.promises) + self.encoded.n_bytes()
    }

    /// What is wrong, if anything, with lists of so many rows.
    pub(crate) fn flaw(starts: &[u32], promises: &[f32], n_bounded: u32) -> Option<&'static str> {
        if starts.first() != Some(&0) || starts.last() != Some(&n_bounded) {
            return Some("lists do not hold all rows");
        }
        if starts.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Some("a list has no rows");
        }
        (!promises.iter().all(|x| x.is_finite())).then_some("a promise is no number")
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

#[expect(clippy::cast_possible_truncation, reason = "a power of two rounds nothing")]
fn scaled(x: f32, scale: f64) -> f32 {
    (f64::from(x) * scale) as f32
}

/// The lists that promise most, by falling promise, ties by list: `n` or somewhat more of them.
fn most(promises: &[f32], n: usize) -> Vec<usize> {
    let least = least_of(promises, n);
    let mut keys = Vec::with_capacity(2 * n.min(promises.len()));
    for (few, first) in promises.chunks(LANES).zip((0_u64..).step_by(LANES)) {
        // All at once, as there is none among most of them.
        if few.iter().fold(false, |any, &promise| any | (promise >= least)) {
            let all = few.iter().zip(first..).filter(|(promise, _)| **promise >= least);
            keys.extend(all.map(|(&promise, list)| u64::from(descending(promise)) << 32 | list));
        }
    }
    keys.sort_unstable();
    keys.into_iter().map(list_of).collect()
}

/// What `n` lists or somewhat more promise at least: the n-th of the highest promises of groups of lists.
fn least_of(promises: &[f32], n: usize) -> f32 {
    if n >= promises.len() {
        return f32::NEG_INFINITY;
    }
    // The more groups, the fewer lists beyond `n`; the fewer, the less there is to choose from.
    let n_groups = (4 * n).max(promises.len() / LANES).min(promises.len());
    let mut highest = vec![f32::NEG_INFINITY; n_groups];
    for one_of_each in promises.chunks(n_groups) {
        for (highest, &promise) in highest.iter_mut().zip(one_of_each) {
            *highest = if promise > *highest { promise } else { *highest };
        }
    }
    let mut falling: Vec<u32> = highest.into_iter().map(descending).collect();
    of_descending(*falling.select_nth_unstable(n - 1).1)
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is the list")]
fn list_of(key: u64) -> usize {
    key as u32 as usize
}
