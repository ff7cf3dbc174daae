//! How do the columns of a tall matrix meet, to more digits than they have?
//!
//! YᵀY in `f64`: columns that nearly depend on each other differ by what `f32` sums would lose.
//! Tiles of four by eight sums stay in registers while a few dozen rows pass by.

use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSlice;

use crate::Matrix;
use crate::simd::{Isa, Kernel, Simd};

/// Columns of a strip.
const STRIP: usize = 8;
/// Columns of the other side of a tile.
const SIDE: usize = 4;
/// Rows widened at a time: few enough to stay near the processor.
const ROWS: usize = 32;
/// Chunks are summed alone, then in order; each has sums of its own.
const MAX_CHUNKS: usize = 16;
const MIN_CHUNK_ROWS: usize = 256;

type Strip = [f64; STRIP];

/// YᵀY `[dim × dim]`, right up to the diagonal, zeros or whatever symmetry makes of them beyond.
///
/// O(n_rows·dim²) time, up to 128·dim² bytes.
pub(super) fn lower_gram(y: &Matrix) -> Vec<f64> {
    let dim = y.dim();
    let n_strips = dim.div_ceil(STRIP);
    let mut sums = vec![[0.0; STRIP]; dim.next_multiple_of(STRIP) * n_strips];
    if dim > 0 {
        let chunk_rows = y.n_rows().div_ceil(MAX_CHUNKS).max(MIN_CHUNK_ROWS);
        let of_chunk = |rows: &[f32]| {
            let mut sums = vec![[0.0; STRIP]; sums.len()];
            Isa::best().run(AddProducts { dim, rows, sums: &mut sums });
            sums
        };
        let parts: Vec<Vec<Strip>> =
            y.as_slice().par_chunks(chunk_rows * dim).map(of_chunk).collect();
        for part in &parts {
            for (sum, x) in sums.as_flattened_mut().iter_mut().zip(part.as_flattened()) {
                *sum += x;
            }
        }
    }
    let mut lower = vec![0.0; dim * dim];
    for (i, row) in lower.chunks_exact_mut(dim.max(1)).enumerate() {
        for (j, x) in row[..=i].iter_mut().enumerate() {
            *x = sums[j * n_strips + i / STRIP][i % STRIP];
        }
    }
    lower
}

/// Adds the products of every two columns of some rows.
struct AddProducts<'a> {
    dim: usize,
    rows: &'a [f32],
    /// Row a, strip b; those left of the diagonal's strip stay zero.
    sums: &'a mut [Strip],
}

/// Plain loops: compiled for each instruction set they become its vector instructions, to the same bits.
impl Kernel for AddProducts<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let n_strips = self.dim.div_ceil(STRIP);
        let mut strips = vec![[[0.0; STRIP]; ROWS]; n_strips];
        for rows in self.rows.chunks(ROWS * self.dim) {
            for (k, row) in rows.chunks_exact(self.dim).enumerate() {
                for (strip, numbers) in strips.iter_mut().zip(row.chunks(STRIP)) {
                    for (wide, &x) in strip[k].iter_mut().zip(numbers) {
                        *wide = f64::from(x);
                    }
                }
            }
            let n_rows = rows.len() / self.dim;
            for (a, sums) in self.sums.chunks_exact_mut(SIDE * n_strips).enumerate() {
                let first = a * SIDE;
                for b in first / STRIP..n_strips {
                    let left = &strips[first / STRIP][..n_rows];
                    let tile = multiply(left, first % STRIP, &strips[b][..n_rows]);
                    for (sums, tile) in sums.chunks_exact_mut(n_strips).zip(tile) {
                        for (sum, x) in sums[b].iter_mut().zip(tile) {
                            *sum += x;
                        }
                    }
                }
            }
        }
    }
}

/// Σ over rows of every pair of a column of `left`, four from `first` on, and a column of `right`.
#[inline(always)]
fn multiply(left: &[Strip], first: usize, right: &[Strip]) -> [Strip; SIDE] {
    let mut sums = [[0.0; STRIP]; SIDE];
    for (left, right) in left.iter().zip(right) {
        let left: &[f64; SIDE] = left[first..].first_chunk().expect("a side divides a strip");
        for r in 0..SIDE {
            for lane in 0..STRIP {
                sums[r][lane] += left[r] * right[lane];
            }
        }
    }
    sums
}
