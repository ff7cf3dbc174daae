//! How do rows lie so that many queries meet them at once?
//!
//! Thirty-two rows make a panel: their first numbers side by side, then their second, and so on.
//! A few queries and a panel are a tile whose sums stay in registers.

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::Matrix;
use crate::aligned::Aligned;
use crate::packed::Block;
use crate::product::{panel_tile, product_tile};
use crate::simd::{Isa, Kernel, LANES, Simd};

/// Rows of a panel.
pub(crate) const PANEL_ROWS: usize = 2 * LANES;

/// Rows `[n_rows × dim]`, panel after panel, zeros after the last row.
#[derive(Debug)]
pub struct Panels {
    n_rows: usize,
    dim: usize,
    numbers: Aligned<f32>,
}

impl Panels {
    /// Lays out every row of a matrix. O(n_rows·dim), parallel over panels.
    #[must_use]
    pub fn new(matrix: &Matrix) -> Self {
        let (n_rows, dim) = (matrix.n_rows(), matrix.dim());
        let mut numbers = Aligned::<f32>::zeros(n_rows.div_ceil(PANEL_ROWS) * dim * 2);
        numbers.par_chunks_mut((2 * dim).max(1)).enumerate().for_each(|(panel, numbers)| {
            let first = panel * PANEL_ROWS;
            for (place, row) in (first..n_rows.min(first + PANEL_ROWS)).enumerate() {
                let numbers = numbers.as_flattened_mut().chunks_exact_mut(PANEL_ROWS);
                for (numbers, &x) in numbers.zip(matrix.row(row)) {
                    numbers[place] = x;
                }
            }
        });
        Self { n_rows, dim, numbers }
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The rows of a panel, `[dim × 2]` blocks; none beyond the last.
    #[inline(always)]
    pub(crate) fn panel(&self, panel: usize) -> &[Block] {
        let blocks = panel * self.dim * 2..(panel + 1) * self.dim * 2;
        self.numbers.get(blocks).unwrap_or_default()
    }

    /// The score of one row, to the same bits as among others.
    pub(super) fn score(&self, query: &[f32], row: u32, isa: Isa) -> f32 {
        assert_eq!(query.len(), self.dim, "a query of length {} expected", self.dim);
        assert!((row as usize) < self.n_rows, "a row below {} expected, got {row}", self.n_rows);
        let panel = self.panel(row as usize / PANEL_ROWS);
        isa.run(ScoreOne { panel, query, place: row as usize % PANEL_ROWS })
    }

    /// Writes the scores of the rows from `first` on, `n` for each query; beyond the last row they are 0.
    ///
    /// # Panics
    /// When a query has another length, or `first` and `n` are not whole panels.
    pub(super) fn scores(
        &self,
        queries: &[&[f32]],
        first: usize,
        scores: &mut [f32],
        n: usize,
        isa: Isa,
    ) {
        assert!(
            first.is_multiple_of(PANEL_ROWS) && n.is_multiple_of(PANEL_ROWS),
            "whole panels expected"
        );
        assert_eq!(scores.len(), queries.len() * n, "{n} scores a query expected");
        for query in queries {
            assert_eq!(query.len(), self.dim, "a query of length {} expected", self.dim);
        }
        let panel = |row: usize| (row / PANEL_ROWS * self.dim * 2).min(self.numbers.len());
        let panels = &self.numbers[panel(first)..panel(first + n)];
        isa.run(Score { dim: self.dim, panels, queries, scores, n });
    }
}

/// The score of the row at a place of a panel; only the block that it is in is read.
struct ScoreOne<'a> {
    panel: &'a [Block],
    query: &'a [f32],
    place: usize,
}

impl Kernel for ScoreOne<'_> {
    type Output = f32;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> f32 {
        let column = self.place / LANES;
        let [[sums]] = product_tile::<S, 1, 1>(simd, [self.query], self.panel, 2, column);
        let mut scores = [0.0; LANES];
        simd.store(&mut scores, sums);
        scores[self.place % LANES]
    }
}

struct Score<'a> {
    dim: usize,
    panels: &'a [Block],
    queries: &'a [&'a [f32]],
    scores: &'a mut [f32],
    n: usize,
}

impl Kernel for Score<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        if S::MANY_REGISTERS {
            self.score::<S, 8>(simd);
        } else {
            self.score::<S, 6>(simd);
        }
    }
}

impl Score<'_> {
    #[inline(always)]
    fn score<S: Simd, const R: usize>(self, simd: S) {
        let panel_blocks = (2 * self.dim).max(1);
        for (panel, numbers) in self.panels.chunks_exact(panel_blocks).enumerate() {
            let place = panel * PANEL_ROWS;
            let groups = self.queries.chunks(R).zip(self.scores.chunks_mut(R * self.n));
            let next = self.panels.get((panel + 1) * panel_blocks..).unwrap_or_default();
            let mut parts =
                next.chunks(panel_blocks.div_ceil(self.queries.len().div_ceil(R).max(1)));
            for (queries, scores) in groups {
                // While the groups meet this panel, the next one comes near, a part with each.
                simd.prefetch(parts.next().unwrap_or_default());
                // Where the last group is short, its first query stands for the missing ones.
                let mut left = [queries[0]; R];
                left[..queries.len()].copy_from_slice(queries);
                let sums = panel_tile::<S, R>(simd, left, numbers);
                for (sums, scores) in sums.iter().zip(scores.chunks_exact_mut(self.n)) {
                    let scores = scores[place..].as_chunks_mut().0;
                    simd.store(&mut scores[0], sums[0]);
                    simd.store(&mut scores[1], sums[1]);
                }
            }
        }
    }
}
