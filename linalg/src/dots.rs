//! Whom does one vector meet among many rows?
//!
//! Its dots with all rows of a matrix or with a few of them, several rows at a time, so that the vector stays in
//! registers while rows pass by.

use crate::Matrix;
use crate::simd::{Isa, Kernel, LANES, Simd};

/// Rows that are asked for before their turn.
const AHEAD: usize = 16;

/// Writes x·row for every row of the matrix. 2·n_rows·dim operations, one thread.
///
/// # Panics
/// When lengths differ.
pub fn dots_with_all(matrix: &Matrix, x: &[f32], dots: &mut [f32], isa: Isa) {
    assert_eq!(dots.len(), matrix.n_rows(), "a number a row expected");
    isa.run(Dots { matrix, rows: All, x, dots });
}

/// Writes x·row for these rows of the matrix. 2·rows·dim operations, one thread.
///
/// # Panics
/// When lengths differ or there is no such row.
pub fn dots_with(matrix: &Matrix, rows: &[u32], x: &[f32], dots: &mut [f32], isa: Isa) {
    assert_eq!(dots.len(), rows.len(), "a number a row expected");
    isa.run(Dots { matrix, rows, x, dots });
}

/// Which row comes at which place.
trait Choice: Copy {
    /// `None` beyond the last row that was chosen.
    fn row(self, place: usize) -> Option<usize>;
}

#[derive(Clone, Copy)]
struct All;

impl Choice for All {
    #[inline(always)]
    fn row(self, place: usize) -> Option<usize> {
        Some(place)
    }
}

impl Choice for &[u32] {
    #[inline(always)]
    fn row(self, place: usize) -> Option<usize> {
        self.get(place).map(|&row| row as usize)
    }
}

struct Dots<'a, C> {
    matrix: &'a Matrix,
    rows: C,
    x: &'a [f32],
    dots: &'a mut [f32],
}

impl<C: Choice> Kernel for Dots<'_, C> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let dim = self.matrix.dim();
        assert_eq!(self.x.len(), dim, "a vector of length {dim} expected");
        let all = self.matrix.as_slice();
        for (group, dots) in self.dots.chunks_mut(4).enumerate() {
            let first = group * 4;
            // Where the last group is short, its first row stands for the missing ones.
            let mut rows = [self.x; 4];
            for (r, row) in rows.iter_mut().enumerate().take(dots.len()) {
                let place = self.rows.row(first + r).expect("a row a number");
                *row = &all[place * dim..][..dim];
                if let Some(ahead) = self.rows.row(first + r + AHEAD)
                    && let Some(soon) = all.get(ahead * dim..(ahead + 1) * dim)
                {
                    simd.prefetch(soon);
                }
            }
            dots.copy_from_slice(&four_dots(simd, self.x, rows)[..dots.len()]);
        }
    }
}

#[inline(always)]
fn four_dots<S: Simd>(simd: S, x: &[f32], rows: [&[f32]; 4]) -> [f32; 4] {
    let (x_blocks, x_rest) = x.as_chunks::<LANES>();
    let mut sums = [simd.splat(0.0); 4];
    let mut rests = [0.0; 4];
    for r in 0..4 {
        let (blocks, rest) = rows[r].as_chunks::<LANES>();
        for (row, x) in blocks.iter().zip(x_blocks) {
            sums[r] = simd.mul_add(simd.load(row), simd.load(x), sums[r]);
        }
        for (row, x) in rest.iter().zip(x_rest) {
            rests[r] += row * x;
        }
    }
    let mut dots = simd.sums(sums);
    for r in 0..4 {
        dots[r] += rests[r];
    }
    dots
}
