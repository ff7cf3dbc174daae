//! Whom does one vector meet among many rows?
//!
//! Its dots with all rows of a matrix or with a few of them, several rows at a time, so that the vector stays in
//! registers while rows pass by.

use crate::dense::View;
use crate::half::from_half;
use crate::simd::{Isa, Kernel, LANES, Simd};

/// Rows that are asked for before their turn.
const AHEAD: usize = 16;

/// Writes x·row for every row of the matrix. 2·n_rows·dim operations, one thread.
///
/// # Panics
/// When lengths differ.
pub fn dots_with_all<'a>(matrix: impl Into<View<'a>>, x: &[f32], dots: &mut [f32], isa: Isa) {
    let (all, n_rows) = rows_of(matrix.into(), x.len());
    assert_eq!(dots.len(), n_rows, "a number a row expected");
    isa.run(Dots { all, rows: All, x, dots });
}

/// Writes x·row for these rows of the matrix. 2·rows·dim operations, one thread.
///
/// # Panics
/// When lengths differ or there is no such row.
pub fn dots_with<'a>(
    matrix: impl Into<View<'a>>,
    rows: &[u32],
    x: &[f32],
    dots: &mut [f32],
    isa: Isa,
) {
    let (all, _) = rows_of(matrix.into(), x.len());
    assert_eq!(dots.len(), rows.len(), "a number a row expected");
    isa.run(Dots { all, rows, x, dots });
}

/// As [`dots_with`] for rows of half-precision bits that lie one after the other; sums are single precision.
///
/// # Panics
/// When lengths differ or there is no such row.
pub fn dots_with_half(all: &[u16], rows: &[u32], x: &[f32], dots: &mut [f32], isa: Isa) {
    assert_eq!(dots.len(), rows.len(), "a number a row expected");
    isa.run(Dots { all, rows, x, dots });
}

/// The numbers of a matrix whose rows lie one after the other, and how many rows.
fn rows_of(matrix: View<'_>, dim: usize) -> (&[f32], usize) {
    let (all, n_rows, of_row) = matrix.rows();
    assert_eq!(of_row, dim, "a vector of length {of_row} expected");
    (all, n_rows)
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

/// A form in which the numbers of rows are kept.
trait Kept: Copy {
    fn load<S: Simd>(simd: S, from: &[Self; LANES]) -> S::V;
    fn number(self) -> f32;
}

impl Kept for f32 {
    #[inline(always)]
    fn load<S: Simd>(simd: S, from: &[Self; LANES]) -> S::V {
        simd.load(from)
    }

    #[inline(always)]
    fn number(self) -> f32 {
        self
    }
}

/// Half precision.
impl Kept for u16 {
    #[inline(always)]
    fn load<S: Simd>(simd: S, from: &[Self; LANES]) -> S::V {
        simd.load_half(from)
    }

    #[inline(always)]
    fn number(self) -> f32 {
        from_half(self)
    }
}

struct Dots<'a, T, C> {
    all: &'a [T],
    rows: C,
    x: &'a [f32],
    dots: &'a mut [f32],
}

impl<T: Kept, C: Choice> Kernel for Dots<'_, T, C> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (dim, all) = (self.x.len(), self.all);
        for (group, dots) in self.dots.chunks_mut(4).enumerate() {
            let first = group * 4;
            // Where the last group is short, nothing stands for the missing rows.
            let mut rows: [&[T]; 4] = [&[]; 4];
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
fn four_dots<S: Simd, T: Kept>(simd: S, x: &[f32], rows: [&[T]; 4]) -> [f32; 4] {
    let (x_blocks, x_rest) = x.as_chunks::<LANES>();
    let mut sums = [simd.splat(0.0); 4];
    let mut rests = [0.0; 4];
    for r in 0..4 {
        let (blocks, rest) = rows[r].as_chunks::<LANES>();
        for (row, x) in blocks.iter().zip(x_blocks) {
            sums[r] = simd.mul_add(T::load(simd, row), simd.load(x), sums[r]);
        }
        for (row, x) in rest.iter().zip(x_rest) {
            rests[r] += row.number() * x;
        }
    }
    let mut dots = simd.sums(sums);
    for r in 0..4 {
        dots[r] += rests[r];
    }
    dots
}

#[cfg(test)]
mod tests {
    use super::{dots_with, dots_with_half};
    use crate::half::{from_half, to_half};
    use crate::{Isa, Matrix};

    #[test]
    fn rows_in_half_precision_have_the_dots_of_what_they_hold() {
        for dim in [0, 1, 15, 16, 37, 64] {
            let halves: Vec<u16> =
                (0..9 * dim).map(|at| to_half((at as f32 * 0.7).sin())).collect();
            let rows = Matrix::from_vec(9, dim, halves.iter().map(|x| from_half(*x)).collect());
            let x: Vec<f32> = (0..dim).map(|c| (c as f32).cos()).collect();
            for isa in Isa::available() {
                let (mut got, mut expected) = ([0.0; 4], [0.0; 4]);
                dots_with_half(&halves, &[8, 0, 3, 3], &x, &mut got, isa);
                dots_with(&rows, &[8, 0, 3, 3], &x, &mut expected, isa);
                assert_eq!(got, expected, "dim {dim}, {isa:?}");
            }
        }
    }
}
