//! How do rows lie so that many queries meet them at once?
//!
//! Thirty-two rows make a panel: their first numbers side by side, then their second, and so on.
//! A few queries and a panel are a tile whose sums stay in registers.

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::Matrix;
use crate::aligned::Aligned;
use crate::packed::Block;
use crate::product::product_tile;
use crate::simd::{Isa, Kernel, LANES, Simd};

/// Rows of a panel.
const PANEL_ROWS: usize = 2 * LANES;

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

    /// The score of one row, to the same bits as among others.
    pub(super) fn score(&self, query: &[f32], row: u32, isa: Isa) -> f32 {
        let place = row as usize % PANEL_ROWS;
        let mut scores = [0.0; PANEL_ROWS];
        self.scores(&[query], row as usize - place, &mut scores, PANEL_ROWS, isa);
        scores[place]
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
            self.score::<S, 4>(simd);
        }
    }
}

impl Score<'_> {
    #[inline(always)]
    fn score<S: Simd, const R: usize>(self, simd: S) {
        for (panel, numbers) in self.panels.chunks_exact((2 * self.dim).max(1)).enumerate() {
            let place = panel * PANEL_ROWS;
            let groups = self.queries.chunks(R).zip(self.scores.chunks_mut(R * self.n));
            for (queries, scores) in groups {
                // Where the last group is short, its first query stands for the missing ones.
                let mut left = [queries[0]; R];
                left[..queries.len()].copy_from_slice(queries);
                let sums = product_tile::<S, R, 2>(simd, left, numbers, 2, 0);
                for (sums, scores) in sums.iter().zip(scores.chunks_exact_mut(self.n)) {
                    let scores = scores[place..].as_chunks_mut().0;
                    simd.store(&mut scores[0], sums[0]);
                    simd.store(&mut scores[1], sums[1]);
                }
            }
        }
    }
}
