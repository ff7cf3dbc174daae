//! How do many rows meet each other, or a small square matrix?
//!
//! Both are tiles of a product whose sums stay in registers while the rows pass by:
//! the Gram matrix Σ wₖ·yₖ·yₖᵀ (its upper triangle alone), and rows times a `[dim × dim]` matrix.

use crate::Matrix;
use crate::aligned::Aligned;
use crate::packed::{Block, n_blocks, unpad};
use crate::simd::{Isa, Kernel, LANES, Simd};

/// Rows padded at a time: few enough to stay near the processor.
const CHUNK_ROWS: usize = 128;

/// A square matrix that rows are multiplied by.
#[derive(Debug)]
pub struct RightFactor {
    dim: usize,
    /// Row k in whole blocks.
    rows: Aligned<f32>,
}

impl RightFactor {
    /// The transpose of `matrix`, so that a row times it is the row's dot with each row of `matrix`.
    ///
    /// # Panics
    /// When the matrix is not square.
    #[must_use]
    pub fn transposed(matrix: &Matrix) -> Self {
        let dim = matrix.dim();
        assert_eq!(matrix.n_rows(), dim, "a square matrix expected");
        let mut rows = Aligned::<f32>::zeros(dim * n_blocks(dim));
        for (k, row) in rows.chunks_exact_mut(n_blocks(dim).max(1)).enumerate() {
            for (c, x) in row.as_flattened_mut()[..dim].iter_mut().enumerate() {
                *x = matrix.row(c)[k];
            }
        }
        Self { dim, rows }
    }

    /// Length of the rows.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Replaces every row by its product with this matrix. 2·rows·dim² operations, one thread.
    ///
    /// # Panics
    /// When `rows` are not whole rows of this length.
    pub fn multiply(&self, rows: &mut [f32], isa: Isa) {
        assert!(self.dim > 0 && rows.len().is_multiple_of(self.dim), "whole rows expected");
        isa.run(Multiply { right: self, rows });
    }
}

struct Multiply<'a> {
    right: &'a RightFactor,
    rows: &'a mut [f32],
}

impl Kernel for Multiply<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        if S::MANY_REGISTERS {
            multiply::<S, 8>(simd, self.right, self.rows);
        } else {
            multiply::<S, 4>(simd, self.right, self.rows);
        }
    }
}

#[inline(always)]
fn multiply<S: Simd, const R: usize>(simd: S, right: &RightFactor, rows: &mut [f32]) {
    let (dim, n_blocks) = (right.dim, n_blocks(right.dim));
    let mut product = Aligned::<f32>::zeros(R * n_blocks);
    for group in rows.chunks_mut(R * dim) {
        // Where the last group is short, its first row stands for the missing ones.
        let mut left = [&group[..dim]; R];
        for (left, row) in left.iter_mut().zip(group.chunks_exact(dim)) {
            *left = row;
        }
        let mut column = 0;
        while column + 2 <= n_blocks {
            let sums = product_tile::<S, R, 2>(simd, left, &right.rows, n_blocks, column);
            store_tile(simd, &sums, &mut product, n_blocks, column);
            column += 2;
        }
        if column < n_blocks {
            let sums = product_tile::<S, R, 1>(simd, left, &right.rows, n_blocks, column);
            store_tile(simd, &sums, &mut product, n_blocks, column);
        }
        unpad(dim, &product, group);
    }
}

/// Σₖ left[r][k]·right[k][c] over `R` rows and `C` blocks of columns.
#[inline(always)]
pub(crate) fn product_tile<S: Simd, const R: usize, const C: usize>(
    simd: S,
    left: [&[f32]; R],
    right: &[Block],
    n_blocks: usize,
    column: usize,
) -> [[S::V; C]; R] {
    let mut sums = [[simd.splat(0.0); C]; R];
    let dim = left[0].len();
    for row in left {
        assert_eq!(row.len(), dim, "rows of one length expected");
    }
    for (k, right) in (0..dim).zip(right.chunks_exact(n_blocks)) {
        let right: &[Block; C] = right[column..].first_chunk().expect("blocks of the row");
        let mut loaded = [simd.splat(0.0); C];
        for c in 0..C {
            loaded[c] = simd.load(&right[c]);
        }
        for r in 0..R {
            let left = simd.splat(left[r][k]);
            for c in 0..C {
                sums[r][c] = simd.mul_add(left, loaded[c], sums[r][c]);
            }
        }
    }
    sums
}

/// Σₖ left[r][k]·panel[k][c] over `R` rows and two blocks of columns, one after the other where registers are few.
#[inline(always)]
pub(crate) fn panel_tile<S: Simd, const R: usize>(
    simd: S,
    left: [&[f32]; R],
    panel: &[Block],
) -> [[S::V; 2]; R] {
    if S::MANY_REGISTERS {
        return product_tile::<S, R, 2>(simd, left, panel, 2, 0);
    }
    let first = product_tile::<S, R, 1>(simd, left, panel, 2, 0);
    let second = product_tile::<S, R, 1>(simd, left, panel, 2, 1);
    let mut sums = [[simd.splat(0.0); 2]; R];
    for r in 0..R {
        sums[r] = [first[r][0], second[r][0]];
    }
    sums
}

/// Σₖ left[k][r]·right[k][c] over `R` rows and `C` blocks of columns.
#[inline(always)]
pub(crate) fn tile<'a, S: Simd, const R: usize, const C: usize>(
    simd: S,
    left: impl Iterator<Item = &'a [f32; R]>,
    right: &[Block],
    n_blocks: usize,
    column: usize,
) -> [[S::V; C]; R] {
    let mut sums = [[simd.splat(0.0); C]; R];
    for (left, right) in left.zip(right.chunks_exact(n_blocks)) {
        let right: &[Block; C] = right[column..].first_chunk().expect("blocks of the row");
        let mut loaded = [simd.splat(0.0); C];
        for c in 0..C {
            loaded[c] = simd.load(&right[c]);
        }
        for r in 0..R {
            let left = simd.splat(left[r]);
            for c in 0..C {
                sums[r][c] = simd.mul_add(left, loaded[c], sums[r][c]);
            }
        }
    }
    sums
}

#[inline(always)]
fn store_tile<S: Simd, const R: usize, const C: usize>(
    simd: S,
    sums: &[[S::V; C]; R],
    out: &mut [Block],
    n_blocks: usize,
    column: usize,
) {
    for (sums, out) in sums.iter().zip(out.chunks_exact_mut(n_blocks)) {
        for (sum, out) in sums.iter().zip(&mut out[column..]) {
            simd.store(out, *sum);
        }
    }
}

/// The upper triangle of Σ w·y·yᵀ, growing row by row.
#[derive(Debug)]
pub struct Gram {
    dim: usize,
    isa: Isa,
    /// Row r in whole blocks; those before the block of the diagonal stay zero.
    sums: Aligned<f32>,
    /// Rows waiting to be added, and the same rows times their weights.
    rows: Aligned<f32>,
    weighted: Aligned<f32>,
    waiting: usize,
}

impl Gram {
    /// Of no rows yet: zero.
    #[must_use]
    pub fn new(dim: usize, isa: Isa) -> Self {
        let n_blocks = n_blocks(dim);
        let waiting = || Aligned::<f32>::zeros(CHUNK_ROWS * n_blocks);
        let sums = Aligned::<f32>::zeros(n_blocks * LANES * n_blocks);
        Self { dim, isa, sums, rows: waiting(), weighted: waiting(), waiting: 0 }
    }

    /// Length of the rows.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Back to no rows, ready for others.
    pub fn clear(&mut self) {
        self.sums.fill([0.0; LANES]);
        self.waiting = 0;
    }

    /// Adds weight·row·rowᵀ.
    ///
    /// # Panics
    /// When the row has another length.
    pub fn add(&mut self, weight: f32, row: &[f32]) {
        assert_eq!(row.len(), self.dim, "a row of length {} expected", self.dim);
        let place = self.waiting * n_blocks(self.dim);
        self.rows[place..].as_flattened_mut()[..self.dim].copy_from_slice(row);
        for (weighted, x) in self.weighted[place..].as_flattened_mut().iter_mut().zip(row) {
            *weighted = weight * x;
        }
        self.waiting += 1;
        if self.waiting == CHUNK_ROWS {
            self.add_waiting();
        }
    }

    /// Adds the sum to the upper triangle of `matrix`; what lies below its diagonal becomes meaningless.
    ///
    /// # Panics
    /// When the matrix is not `[dim × dim]`.
    pub fn add_to(&mut self, matrix: &mut Matrix) {
        assert_eq!(
            (matrix.n_rows(), matrix.dim()),
            (self.dim, self.dim),
            "the same shape expected"
        );
        self.add_waiting();
        let n_blocks = n_blocks(self.dim);
        for r in 0..self.dim {
            let start = r - r % LANES;
            let sums = &self.sums[r * n_blocks..].as_flattened()[start..self.dim];
            for (x, sum) in matrix.row_mut(r)[start..].iter_mut().zip(sums) {
                *x += sum;
            }
        }
    }

    fn add_waiting(&mut self) {
        let n_blocks = n_blocks(self.dim);
        let filled = ..self.waiting * n_blocks;
        let (left, right) = (&self.weighted[filled], &self.rows[filled]);
        self.isa.run(AddGram { n_blocks, left, right, sums: &mut self.sums });
        self.waiting = 0;
    }
}

struct AddGram<'a> {
    n_blocks: usize,
    left: &'a [Block],
    right: &'a [Block],
    sums: &'a mut [Block],
}

impl Kernel for AddGram<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        if S::MANY_REGISTERS {
            self.add::<S, 8>(simd);
        } else {
            self.add::<S, 4>(simd);
        }
    }
}

impl AddGram<'_> {
    #[inline(always)]
    fn add<S: Simd, const R: usize>(self, simd: S) {
        let n_blocks = self.n_blocks;
        for (group, sums) in self.sums.chunks_exact_mut(R * n_blocks.max(1)).enumerate() {
            let first = group * R;
            let left = || self.left.chunks_exact(n_blocks).map(move |row| part::<R>(row, first));
            let mut column = first / LANES;
            while column + 2 <= n_blocks {
                let more = tile::<S, R, 2>(simd, left(), self.right, n_blocks, column);
                add_tile(simd, 1.0, &more, sums, n_blocks, column);
                column += 2;
            }
            if column < n_blocks {
                let more = tile::<S, R, 1>(simd, left(), self.right, n_blocks, column);
                add_tile(simd, 1.0, &more, sums, n_blocks, column);
            }
        }
    }
}

/// Subtracts Σₖ uₖ[r]·uₖ from each row r of a group, from the block of its first row on; uₖ are the rows above.
#[inline(always)]
pub(crate) fn subtract_product_of_rows<S: Simd, const R: usize>(
    simd: S,
    above: &[Block],
    group: &mut [Block],
    n_blocks: usize,
    first: usize,
) {
    let left = || above.chunks_exact(n_blocks).map(move |row| part::<R>(row, first));
    let mut column = first / LANES;
    while column + 2 <= n_blocks {
        let less = tile::<S, R, 2>(simd, left(), above, n_blocks, column);
        add_tile(simd, -1.0, &less, group, n_blocks, column);
        column += 2;
    }
    if column < n_blocks {
        let less = tile::<S, R, 1>(simd, left(), above, n_blocks, column);
        add_tile(simd, -1.0, &less, group, n_blocks, column);
    }
}

/// `R` numbers of a row from `first` on, which `R` divides.
#[inline(always)]
fn part<const R: usize>(row: &[Block], first: usize) -> &[f32; R] {
    row[first / LANES][first % LANES..].first_chunk().expect("R divides LANES")
}

/// Adds `weight` times a tile.
#[inline(always)]
fn add_tile<S: Simd, const R: usize, const C: usize>(
    simd: S,
    weight: f32,
    more: &[[S::V; C]; R],
    sums: &mut [Block],
    n_blocks: usize,
    column: usize,
) {
    let weight = simd.splat(weight);
    for (more, sums) in more.iter().zip(sums.chunks_exact_mut(n_blocks)) {
        for (more, sum) in more.iter().zip(&mut sums[column..]) {
            simd.store(sum, simd.mul_add(weight, *more, simd.load(sum)));
        }
    }
}

#[cfg(test)]
mod tests;
