//! Which rows have the highest dots with a query, most rows never looked at?
//!
//! Rows that lie together ([`crate::leaves`]) are cut into blocks of a few panels. A query meets the blocks that promise
//! most, and of their rows finds the best exactly: what is approximate is only where it looks.
//! The promise of a block with mean m and spread s (the deviation of a number of its rows from that of the mean) is what
//! a good row of it may have, q·m + λ·‖q‖·s, a dot of [q, λ‖q‖] with [m, s]: norms are part of the means, and a block of
//! mixed rows is not thought less of than it may deserve.
//! An inverted file: Sivic & Zisserman, Video Google (ICCV 2003); Jégou, Douze & Schmid (TPAMI 2011), §4.

use std::fmt;

use linalg::bytes::ByteIsa;
use linalg::{Isa, LANES, Matrix, dot};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::Exact;
use crate::leaves::leaves;

/// λ.
const OPTIMISM: f32 = 2.0;

/// Rows `[n_rows × dim]`, laid out to be searched in parts.
pub struct InvertedFile {
    /// Leaf after leaf.
    all: Exact,
    /// `[n_blocks × (dim + 1)]`
    blocks: Exact,
    pub starts: Vec<usize>,
}

impl InvertedFile {
    /// Lays out every row of a matrix.
    #[must_use]
    pub fn new(items: &Matrix, most: usize, isa: Isa) -> Self {
        let n = u32::try_from(items.n_rows()).expect("rows are u32");
        let lists = leaves(items, (0..n).collect(), most, isa);
        let mut starts = vec![0];
        lists.iter().for_each(|list| starts.push(starts[starts.len() - 1] + list.len()));
        let all = Exact::in_order(items, lists.concat(), items.n_rows());
        let blocks = Exact::new(&promises(&all, &starts));
        Self { all, blocks, starts }
    }

    #[must_use]
    pub fn search(
        &self,
        queries: &Matrix,
        k: usize,
        effort: usize,
        isa: Isa,
    ) -> Vec<Vec<(u32, f32)>> {
        let bytes = ByteIsa::of(isa);
        let n_panels = self.all.n_rows().div_ceil(LANES);
        let one = |q: usize| {
            let query = queries.row(q);
            let mut asked = query.to_vec();
            asked.push(OPTIMISM * dot(query, query).sqrt());
            let all = [(0, self.blocks.n_rows().div_ceil(LANES))];
            let mut found: Vec<usize> = self
                .blocks
                .among(&asked, effort, &[], &all, (isa, bytes))
                .into_iter()
                .map(|(block, _)| block as usize)
                .collect();
            found.sort_unstable();
            let mut runs: Vec<(usize, usize)> = Vec::new();
            for b in found {
                let first = self.starts[b] / LANES;
                let end = self.starts[b + 1].div_ceil(LANES).min(n_panels);
                match runs.last_mut() {
                    Some(last) if last.1 >= first => last.1 = end,
                    _ => runs.push((first, end)),
                }
            }
            self.all.among(query, k, &[], &runs, (isa, bytes))
        };
        (0..queries.n_rows()).into_par_iter().map(one).collect()
    }
}

/// Mean and spread of each block.
fn promises(all: &Exact, starts: &[usize]) -> Matrix {
    let (rows, dim) = (all.rows(), all.dim());
    let n_blocks = starts.len() - 1;
    let mut promises = Matrix::zeros(n_blocks, dim + 1);
    for block in 0..n_blocks {
        let own = starts[block]..starts[block + 1];
        let n = own.len() as f32;
        let promise = promises.row_mut(block);
        let mut squares = 0.0;
        for row in own {
            linalg::add_scaled(&mut promise[..dim], 1.0 / n, rows.row(row));
            squares += dot(rows.row(row), rows.row(row)) / n;
        }
        let mean = dot(&promise[..dim], &promise[..dim]);
        promise[dim] = ((squares - mean).max(0.0) / dim as f32).sqrt();
    }
    promises
}

impl fmt::Debug for InvertedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InvertedFile[{} × {}]", self.all.n_rows(), self.all.dim())
    }
}
