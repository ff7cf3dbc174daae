//! How do rows lie in memory when they are read at random, over and over?
//!
//! Each row fills whole blocks of sixteen numbers, zeros after its last, so that no loop has a rest to care for.
//! In half precision a row moves half the bytes; what is computed with it is single precision still.

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use crate::Matrix;
use crate::aligned::Aligned;
use crate::half::from_half;
use crate::simd::{Isa, Kernel, LANES, Simd};

/// Sixteen numbers that lie side by side.
pub(crate) type Block = [f32; LANES];

/// Rows packed by one thread before it takes others.
const CHUNK_ROWS: usize = 256;

/// How each number of [`Packed`] rows is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// IEEE binary16: eleven bits of precision for magnitudes from 6·10⁻⁵ to 65 504.
    Half,
    /// IEEE binary32.
    Single,
}

/// Rows `[n_rows × dim]`, each in whole blocks.
#[derive(Debug)]
pub struct Packed {
    dim: usize,
    pub(crate) numbers: Numbers,
}

#[derive(Debug)]
pub(crate) enum Numbers {
    Half(Aligned<u16>),
    Single(Aligned<f32>),
}

/// Blocks that hold a row of this length.
pub(crate) fn n_blocks(dim: usize) -> usize {
    dim.div_ceil(LANES)
}

impl Packed {
    /// Packs every row of a matrix. O(n_rows·dim), parallel over rows.
    #[must_use]
    pub fn new(matrix: &Matrix, precision: Precision, isa: Isa) -> Self {
        let dim = matrix.dim();
        let n = matrix.n_rows() * n_blocks(dim);
        let numbers = match precision {
            Precision::Half => {
                let mut packed = Aligned::<u16>::zeros(n);
                pack_all(matrix, &mut packed, |rows, packed| isa.run(Narrow { dim, rows, packed }));
                Numbers::Half(packed)
            }
            Precision::Single => {
                let mut packed = Aligned::<f32>::zeros(n);
                pack_all(matrix, &mut packed, |rows, packed| pad(dim, rows, packed));
                Numbers::Single(packed)
            }
        };
        Self { dim, numbers }
    }

    /// Copies one row out.
    ///
    /// # Panics
    /// When there is no such row or `out` has another length.
    pub fn read(&self, row: u32, out: &mut [f32]) {
        assert_eq!(out.len(), self.dim, "a row of length {} expected", self.dim);
        let n_blocks = n_blocks(self.dim);
        let place = row as usize * n_blocks..(row as usize + 1) * n_blocks;
        match &self.numbers {
            Numbers::Half(rows) => {
                for (x, &half) in out.iter_mut().zip(rows[place].as_flattened()) {
                    *x = from_half(half);
                }
            }
            Numbers::Single(rows) => {
                out.copy_from_slice(&rows[place].as_flattened()[..self.dim]);
            }
        }
    }

    /// Length of each row, the zeros at its end not counted.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }
}

fn pack_all<B: Send>(matrix: &Matrix, packed: &mut [B], pack: impl Fn(&[f32], &mut [B]) + Sync) {
    let dim = matrix.dim();
    if packed.is_empty() {
        return;
    }
    let chunks = packed.par_chunks_mut(CHUNK_ROWS * n_blocks(dim));
    let rows = matrix.as_slice().par_chunks(CHUNK_ROWS * dim);
    rows.zip(chunks).for_each(|(rows, packed)| pack(rows, packed));
}

/// Copies rows of length `dim` into whole blocks, the rest of each row's last block untouched.
#[inline(always)]
pub(crate) fn pad(dim: usize, rows: &[f32], padded: &mut [Block]) {
    for (row, padded) in rows.chunks_exact(dim).zip(padded.chunks_exact_mut(n_blocks(dim))) {
        padded.as_flattened_mut()[..dim].copy_from_slice(row);
    }
}

/// Copies whole blocks back into rows of length `dim`.
#[inline(always)]
pub(crate) fn unpad(dim: usize, padded: &[Block], rows: &mut [f32]) {
    for (row, padded) in rows.chunks_exact_mut(dim).zip(padded.chunks_exact(n_blocks(dim))) {
        row.copy_from_slice(&padded.as_flattened()[..dim]);
    }
}

/// Rounds rows to half precision.
struct Narrow<'a> {
    dim: usize,
    rows: &'a [f32],
    packed: &'a mut [[u16; LANES]],
}

impl Kernel for Narrow<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let packed = self.packed.chunks_exact_mut(n_blocks(self.dim));
        for (row, packed) in self.rows.chunks_exact(self.dim).zip(packed) {
            let (blocks, rest) = row.as_chunks::<LANES>();
            for (block, packed) in blocks.iter().zip(packed.iter_mut()) {
                simd.store_half(packed, simd.load(block));
            }
            if !rest.is_empty() {
                let mut last = [0.0; LANES];
                last[..rest.len()].copy_from_slice(rest);
                simd.store_half(&mut packed[blocks.len()], simd.load(&last));
            }
        }
    }
}
