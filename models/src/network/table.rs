//! What does a network know of each of many things?
//!
//! A table of embeddings `[n × dim]`, of which a batch touches a few rows.
//! A step costs what the batch touches: parts of gradients are gathered row by row and each row that has any moves at
//! once, by Adam whose running means rest while a row is not touched (as in "lazy" or sparse Adam).

use linalg::{Isa, Kernel, Simd};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::Rate;
use crate::array::{Arrays, take_f32};
use crate::{Array, Error};

/// Runs of rows that threads share out among them; each row moves by itself, so that their number changes no bit.
const SHARDS: usize = 64;

/// Embeddings that are learned.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table {
    pub(crate) dim: usize,
    /// `[n × dim]`
    pub(crate) values: Vec<f32>,
    /// Running means of the gradient and of its square, row by row side by side `[n × 2·dim]`.
    pub(crate) means: Vec<f32>,
}

/// A part of the gradient of a row: so much of the numbers that begin at a place of an arena.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) row: u32,
    pub(crate) weight: f32,
    pub(crate) from: u32,
}

/// Which rows a batch touches, and by which parts; memory that every batch uses anew.
#[derive(Clone, Debug, Default)]
pub(crate) struct Touched {
    /// By row of the table: its place in `rows` in the batch with that number.
    places: Vec<(u32, u32)>,
    batch: u32,
    rows: Vec<u32>,
    /// The parts of the row at place `p` are `starts[p]..starts[p + 1]` of `parts`.
    starts: Vec<u32>,
    parts: Vec<Part>,
    /// Places of the rows, shard after shard; those of shard `s` are `shard_starts[s]..shard_starts[s + 1]` of them.
    by_shard: Vec<u32>,
    shard_starts: Vec<u32>,
}

impl Table {
    pub(crate) fn new(dim: usize, values: Vec<f32>) -> Self {
        let means = vec![0.0; 2 * values.len()];
        Self { dim, values, means }
    }

    pub(crate) fn n_rows(&self) -> usize {
        self.values.len() / self.dim
    }

    #[inline(always)]
    pub(crate) fn row(&self, row: u32) -> &[f32] {
        &self.values[row as usize * self.dim..][..self.dim]
    }

    /// Moves every row that has a part of a gradient.
    ///
    /// O(parts·dim) time, parallel over rows.
    pub(crate) fn step(
        &mut self,
        parts: &[Part],
        arena: &[f32],
        touched: &mut Touched,
        rate: Rate,
    ) {
        let shard_rows = self.n_rows().div_ceil(SHARDS).max(1);
        touched.sort(parts, self.n_rows());
        touched.share_out(shard_rows);
        let (dim, isa, touched) = (self.dim, Isa::best(), &*touched);
        let values = self.values.par_chunks_mut(shard_rows * dim);
        let means = self.means.par_chunks_mut(shard_rows * 2 * dim);
        values.zip(means).enumerate().for_each(|(shard, (values, means))| {
            let first_row = shard * shard_rows;
            isa.run(Move { dim, touched, shard, first_row, arena, values, means, rate });
        });
    }

    pub(crate) fn is_finite(&self) -> bool {
        self.values.iter().all(|x| x.is_finite())
    }

    pub(crate) fn save(&self, name: &str, arrays: &mut Arrays) {
        let shape = vec![self.n_rows(), self.dim];
        arrays.insert(name.to_owned(), Array::F32 { shape, values: self.values.clone() });
    }

    pub(crate) fn load(
        name: &str,
        n_rows: usize,
        dim: usize,
        arrays: &mut Arrays,
    ) -> Result<Self, Error> {
        Ok(Self::new(dim, take_f32(arrays, name, &[n_rows, dim])?))
    }
}

impl Touched {
    /// Brings the parts of each row together, in their order. O(parts).
    fn sort(&mut self, parts: &[Part], n_rows: usize) {
        self.places.resize(n_rows, (0, 0));
        self.batch += 1;
        self.rows.clear();
        self.starts.clear();
        self.starts.push(0);
        for part in parts {
            let (batch, place) = &mut self.places[part.row as usize];
            if *batch != self.batch {
                let next = u32::try_from(self.rows.len()).expect("rows are u32");
                (*batch, *place) = (self.batch, next);
                self.rows.push(part.row);
                self.starts.push(0);
            }
            self.starts[*place as usize + 1] += 1;
        }
        for place in 1..self.starts.len() {
            self.starts[place] += self.starts[place - 1];
        }
        self.parts.resize(parts.len(), Part { row: 0, weight: 0.0, from: 0 });
        let mut next = self.starts.clone();
        for part in parts {
            let next = &mut next[self.places[part.row as usize].1 as usize];
            self.parts[*next as usize] = *part;
            *next += 1;
        }
    }

    /// Brings the places of rows of the same shard together. O(rows).
    fn share_out(&mut self, shard_rows: usize) {
        let shard = |row: u32| row as usize / shard_rows;
        self.shard_starts.clear();
        self.shard_starts.resize(SHARDS + 1, 0);
        self.rows.iter().for_each(|row| self.shard_starts[shard(*row) + 1] += 1);
        for shard in 0..SHARDS {
            self.shard_starts[shard + 1] += self.shard_starts[shard];
        }
        let mut next = self.shard_starts.clone();
        self.by_shard.resize(self.rows.len(), 0);
        for (place, row) in (0..).zip(&self.rows) {
            let next = &mut next[shard(*row)];
            self.by_shard[*next as usize] = place;
            *next += 1;
        }
    }

    #[inline(always)]
    fn shard(&self, shard: usize) -> &[u32] {
        &self.by_shard[self.shard_starts[shard] as usize..self.shard_starts[shard + 1] as usize]
    }

    #[inline(always)]
    fn parts_of(&self, place: u32) -> &[Part] {
        let place = place as usize;
        &self.parts[self.starts[place] as usize..self.starts[place + 1] as usize]
    }
}

struct Move<'a> {
    dim: usize,
    touched: &'a Touched,
    shard: usize,
    first_row: usize,
    arena: &'a [f32],
    /// Of the rows of the shard.
    values: &'a mut [f32],
    means: &'a mut [f32],
    rate: Rate,
}

impl Kernel for Move<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let Self { dim, touched, values, means, .. } = self;
        let mut gradient = vec![0.0_f32; dim];
        for place in touched.shard(self.shard) {
            let row = touched.rows[*place as usize] as usize - self.first_row;
            gradient.fill(0.0);
            for part in touched.parts_of(*place) {
                add_row(&mut gradient, part.weight, &self.arena[part.from as usize..][..dim]);
            }
            let values = &mut values[row * dim..][..dim];
            let (m, v) = means[row * 2 * dim..][..2 * dim].split_at_mut(dim);
            self.rate.apply(values, &gradient, m, v);
        }
    }
}

/// Adds a weighted row.
#[inline(always)]
pub(crate) fn add_row(out: &mut [f32], weight: f32, row: &[f32]) {
    for (out, x) in out.iter_mut().zip(row) {
        *out += weight * x;
    }
}

/// The gradient of a whole table, one part after the other: the slow twin of what [`Touched`] gathers.
#[cfg(test)]
pub(crate) fn gradient_of(parts: &[Part], arena: &[f32], n_rows: usize, dim: usize) -> Vec<f32> {
    let mut gradient = vec![0.0; n_rows * dim];
    for part in parts {
        let row = &mut gradient[part.row as usize * dim..][..dim];
        add_row(row, part.weight, &arena[part.from as usize..][..dim]);
    }
    gradient
}

#[cfg(test)]
mod tests {
    use super::{Part, SHARDS, Table, Touched, gradient_of};
    use crate::network::testing::numbers;
    use crate::network::{Rate, Weights};

    #[test]
    fn rows_that_a_batch_touches_move_as_if_all_had_a_gradient() {
        // More rows than shards, and a last shard that is not full.
        let (n, dim) = (2 * SHARDS + 5, 3);
        let mut table = Table::new(dim, numbers(1, n * dim));
        let mut slow = Weights::new(table.values.clone());
        let arena = numbers(2, 40);
        let mut touched = Touched::default();
        for update in 1..4 {
            // All rows are touched, so that the running means of the slow twin never rest.
            let n_rows = u32::try_from(n).unwrap();
            let part = |k: u32| Part {
                row: (k * 7) % n_rows,
                weight: 0.1 * (k % 15) as f32,
                from: k * 2 % 37,
            };
            let parts: Vec<Part> = (0..3 * n_rows).map(part).collect();
            slow.gradient = gradient_of(&parts, &arena, n, dim);
            let rate = Rate::of(0.05, 0.0, update);
            table.step(&parts, &arena, &mut touched, rate);
            slow.step(rate);
        }
        for (fast, slow) in table.values.iter().zip(&slow.values) {
            assert!((fast - slow).abs() < 1e-6, "{fast} {slow}");
        }
    }

    #[test]
    fn a_row_that_no_part_names_rests() {
        let mut table = Table::new(2, vec![1.0; 6]);
        let part = Part { row: 1, weight: 1.0, from: 0 };
        table.step(&[part], &[1.0, -1.0], &mut Touched::default(), Rate::of(0.1, 0.0, 1));
        assert_eq!(table.row(0), [1.0, 1.0]);
        assert_eq!(table.row(2), [1.0, 1.0]);
        assert!(table.row(1)[0] < 1.0 && table.row(1)[1] > 1.0);
    }
}
