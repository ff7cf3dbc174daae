//! What is the product of two dense matrices, each as it lies or turned?
//!
//! The loops of Goto & van de Geijn (Anatomy of High-Performance Matrix Multiplication, 2008): the right side is laid
//! out in panels of 32 columns, rows of the left go in groups whose sums stay in registers while a panel passes by, and
//! sums run over 256 terms at a time.
//! Rows of the result are shared out in chunks that depend on the shape alone, and each sum runs in one order, so that
//! any number of threads gives the same bits.

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::Matrix;
use crate::aligned::Aligned;
use crate::packed::Block;
use crate::product::{product_tile, tile};
use crate::simd::{Isa, Kernel, LANES, Simd};

/// Columns of a panel.
const PANEL: usize = 2 * LANES;
/// Panels that one thread lays out at a time.
const RUN_PANELS: usize = 4;
/// Terms of a sum that a panel holds at a time: a panel then fits the nearest cache.
const DEPTH: usize = 256;
/// Rows of the result that one thread takes at a time.
const CHUNK_ROWS: usize = 64;
/// The same where there are few rows.
const FEW_CHUNK_ROWS: usize = 32;
/// Products and sums below which threads cost more than they bring.
const SMALL: usize = 1 << 16;

/// A matrix to read, as it lies or turned.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    values: &'a [f32],
    n_rows: usize,
    n_columns: usize,
    row_stride: usize,
    column_stride: usize,
}

/// What becomes of the numbers that a product is written over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onto {
    /// They are replaced.
    Nothing,
    /// The product is added to them.
    Sum,
}

impl<'a> View<'a> {
    /// Rows of `n_columns` numbers, one after the other.
    ///
    /// # Panics
    /// When these are not whole rows.
    #[must_use]
    pub fn new(values: &'a [f32], n_rows: usize, n_columns: usize) -> Self {
        assert_eq!(values.len(), n_rows * n_columns, "[{n_rows} × {n_columns}] values expected");
        Self { values, n_rows, n_columns, row_stride: n_columns, column_stride: 1 }
    }

    /// Rows as columns.
    #[must_use]
    pub fn turned(self) -> Self {
        Self {
            n_rows: self.n_columns,
            n_columns: self.n_rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }

    /// All numbers, how many rows, and how many numbers a row has.
    ///
    /// # Panics
    /// When rows do not lie one after the other.
    pub(crate) fn rows(self) -> (&'a [f32], usize, usize) {
        let lies = self.column_stride == 1 && self.row_stride == self.n_columns;
        assert!(lies, "rows that lie one after the other expected");
        (self.values, self.n_rows, self.n_columns)
    }

    #[cfg(test)]
    fn at(&self, row: usize, column: usize) -> f32 {
        self.values[row * self.row_stride + column * self.column_stride]
    }
}

impl Matrix {
    /// To be multiplied.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        View::new(self.as_slice(), self.n_rows(), self.dim())
    }
}

impl<'a> From<&'a Matrix> for View<'a> {
    fn from(matrix: &'a Matrix) -> Self {
        matrix.view()
    }
}

/// Writes left · right into `out` `[rows of left × columns of right]`, or adds it.
///
/// 2·rows·columns·terms operations, parallel over rows of the result; a copy of the right side beside it.
///
/// # Panics
/// When the shapes do not fit.
pub fn multiply(left: View<'_>, right: View<'_>, out: &mut [f32], onto: Onto, isa: Isa) {
    let (n_rows, n_columns, n_terms) = (left.n_rows, right.n_columns, left.n_columns);
    assert_eq!(n_terms, right.n_rows, "as many columns on the left as rows on the right expected");
    assert_eq!(out.len(), n_rows * n_columns, "[{n_rows} × {n_columns}] numbers expected");
    if n_terms == 0 && onto == Onto::Nothing {
        out.fill(0.0);
    }
    if out.is_empty() || n_terms == 0 {
        return;
    }
    let right = RightSide::new(right, isa);
    let chunk_rows = if n_rows <= 4 * CHUNK_ROWS { FEW_CHUNK_ROWS } else { CHUNK_ROWS };
    let of_chunk = |(chunk, out): (usize, &mut [f32])| {
        let first = chunk * chunk_rows;
        isa.run(Chunk { left, first, right: &right, onto, out });
    };
    let chunks = chunk_rows * n_columns;
    if n_rows * n_columns * n_terms <= SMALL {
        out.chunks_mut(chunks).enumerate().for_each(of_chunk);
    } else {
        out.par_chunks_mut(chunks).enumerate().for_each(of_chunk);
    }
}

/// The right side of products, laid out once for all that meet it.
///
/// For each 256 terms, panel after panel, term after term.
#[derive(Debug)]
pub struct RightSide {
    n_terms: usize,
    n_columns: usize,
    n_panels: usize,
    blocks: Aligned<f32>,
}

impl RightSide {
    /// A copy of `right` `[terms × columns]`, laid out by several threads where it is large.
    #[must_use]
    pub fn new(right: View<'_>, isa: Isa) -> Self {
        let (n_terms, n_columns) = (right.n_rows, right.n_columns);
        let n_panels = n_columns.div_ceil(PANEL);
        let mut blocks = Aligned::<f32>::zeros(n_panels * 2 * n_terms);
        let panel_blocks = |terms: usize| terms * 2;
        let lay = |panel: usize, first: usize, blocks: &mut [Block]| {
            isa.run(Lay { right, panel, first, blocks });
        };
        let mut rest: &mut [Block] = &mut blocks;
        for first in (0..n_terms).step_by(DEPTH) {
            let terms = DEPTH.min(n_terms - first);
            let (depth, more) = rest.split_at_mut(n_panels * panel_blocks(terms));
            rest = more;
            let of_run = |(run, blocks): (usize, &mut [Block])| {
                let panels = blocks.chunks_exact_mut(panel_blocks(terms)).zip(run * RUN_PANELS..);
                panels.for_each(|(blocks, panel)| lay(panel, first, blocks));
            };
            let run_blocks = RUN_PANELS * panel_blocks(terms);
            if depth.len() <= run_blocks {
                of_run((0, depth));
            } else {
                depth.par_chunks_mut(run_blocks).enumerate().for_each(of_run);
            }
        }
        Self { n_terms, n_columns, n_panels, blocks }
    }

    /// Writes left · right into `out` `[rows of left × columns]`, or adds it, as [`multiply`] does but on one thread.
    ///
    /// # Panics
    /// When the shapes do not fit.
    pub fn multiply(&self, left: View<'_>, out: &mut [f32], onto: Onto, isa: Isa) {
        let Self { n_terms, n_columns, .. } = *self;
        assert_eq!(
            left.n_columns, n_terms,
            "as many columns on the left as rows on the right expected"
        );
        assert_eq!(
            out.len(),
            left.n_rows * n_columns,
            "[{} × {n_columns}] numbers expected",
            left.n_rows
        );
        if n_terms == 0 && onto == Onto::Nothing {
            out.fill(0.0);
        }
        if !out.is_empty() && n_terms > 0 {
            isa.run(Chunk { left, first: 0, right: self, onto, out });
        }
    }

    /// The panel of the terms from `first` on.
    fn panel(&self, first: usize, panel: usize) -> &[Block] {
        let terms = DEPTH.min(self.n_terms - first);
        let start = 2 * (self.n_panels * first + panel * terms);
        &self.blocks[start..start + 2 * terms]
    }
}

/// Lays out one panel.
struct Lay<'a> {
    right: View<'a>,
    panel: usize,
    first: usize,
    blocks: &'a mut [Block],
}

impl Kernel for Lay<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let Self { right, panel, first, blocks } = self;
        let start = panel * PANEL;
        let n = PANEL.min(right.n_columns - start);
        let rows = blocks.as_flattened_mut().chunks_exact_mut(PANEL);
        if right.column_stride == 1 {
            for (k, row) in (first..).zip(rows) {
                let from = &right.values[k * right.row_stride + start..][..n];
                // A length that the compiler knows takes four instructions, any other a call.
                match (row.first_chunk_mut::<PANEL>(), from.first_chunk::<PANEL>()) {
                    (Some(row), Some(from)) => *row = *from,
                    _ => row[..n].copy_from_slice(from),
                }
            }
            return;
        }
        let to = blocks.as_flattened_mut();
        for c in 0..n {
            let from = &right.values[(start + c) * right.column_stride + first..];
            for (row, x) in to.chunks_exact_mut(PANEL).zip(from) {
                row[c] = *x;
            }
        }
    }
}

/// Some rows of the result.
struct Chunk<'a> {
    left: View<'a>,
    first: usize,
    right: &'a RightSide,
    onto: Onto,
    out: &'a mut [f32],
}

impl Kernel for Chunk<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        if S::MANY_REGISTERS {
            self.multiply::<S, 8, 2>(simd);
        } else {
            self.multiply::<S, 4, 1>(simd);
        }
    }
}

impl Chunk<'_> {
    #[inline(always)]
    fn multiply<S: Simd, const R: usize, const C: usize>(self, simd: S) {
        let Self { left, first, right, onto, out } = self;
        let n_columns = right.n_columns;
        let n_rows = out.len() / n_columns;
        let is_turned = left.row_stride == 1;
        let n_laid = if is_turned { n_rows.div_ceil(R) * DEPTH.min(left.n_columns) } else { 0 };
        let mut laid = vec![[0.0_f32; R]; n_laid];
        for first_term in (0..left.n_columns).step_by(DEPTH) {
            let terms = DEPTH.min(left.n_columns - first_term);
            if is_turned {
                lay_left(left, (first, n_rows), (first_term, terms), &mut laid);
            }
            let onto = if first_term == 0 { onto } else { Onto::Sum };
            for panel in 0..right.n_panels {
                let right = right.panel(first_term, panel);
                for (group, out) in out.chunks_mut(R * n_columns).enumerate() {
                    for column in (0..2).step_by(C) {
                        let sums = if is_turned {
                            let left = &laid[group * terms..][..terms];
                            tile::<S, R, C>(simd, left.iter(), right, 2, column)
                        } else {
                            let rows = rows(left, (first, n_rows), group, (first_term, terms));
                            product_tile::<S, R, C>(simd, rows, right, 2, column)
                        };
                        let start = panel * PANEL + column * LANES;
                        store::<S, R, C>(simd, &sums, out, (n_columns, start), onto);
                    }
                }
            }
        }
    }
}

/// The terms of a group of rows, where these lie side by side.
///
/// Where the last group is short, its last row stands for the missing ones; nobody reads what comes of it.
#[inline(always)]
fn rows<'a, const R: usize>(
    left: View<'a>,
    (first, n_rows): (usize, usize),
    group: usize,
    (first_term, terms): (usize, usize),
) -> [&'a [f32]; R] {
    let mut rows: [&[f32]; R] = [&[]; R];
    for (r, of_row) in rows.iter_mut().enumerate() {
        let row = first + (group * R + r).min(n_rows - 1);
        *of_row = &left.values[row * left.row_stride + first_term..][..terms];
    }
    rows
}

/// Lays out rows whose terms lie apart in groups, term after term; rows beyond the last are zeros.
#[inline(always)]
fn lay_left<const R: usize>(
    left: View<'_>,
    (first, n_rows): (usize, usize),
    (first_term, terms): (usize, usize),
    laid: &mut [[f32; R]],
) {
    // What is read lies side by side, a term after the other.
    for k in 0..terms {
        let row = &left.values[(first_term + k) * left.column_stride + first..][..n_rows];
        let (groups, rest) = row.as_chunks::<R>();
        for (group, from) in groups.iter().enumerate() {
            laid[group * terms + k] = *from;
        }
        if !rest.is_empty() {
            let last = &mut laid[groups.len() * terms + k];
            *last = [0.0; R];
            last[..rest.len()].copy_from_slice(rest);
        }
    }
}

/// Writes a tile into rows of the result from a column on, or adds it.
#[inline(always)]
fn store<S: Simd, const R: usize, const C: usize>(
    simd: S,
    sums: &[[S::V; C]; R],
    out: &mut [f32],
    (n_columns, start): (usize, usize),
    onto: Onto,
) {
    for (sums, out) in sums.iter().zip(out.chunks_exact_mut(n_columns)) {
        for (sum, start) in sums.iter().zip((start..).step_by(LANES)) {
            if let Some(block) = out.get_mut(start..start + LANES) {
                let block = block.first_chunk_mut::<LANES>().expect("a whole block");
                let onto_it = match onto {
                    Onto::Nothing => *sum,
                    Onto::Sum => simd.add(simd.load(block), *sum),
                };
                simd.store(block, onto_it);
            } else if start < n_columns {
                let mut rest = [0.0; LANES];
                simd.store(&mut rest, *sum);
                for (out, x) in out[start..].iter_mut().zip(rest) {
                    *out = if onto == Onto::Sum { *out + x } else { x };
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
