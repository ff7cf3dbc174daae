//! Where do sixteen numbers lie so that reading them touches one line of the cache, not two?

use std::ops::{Deref, DerefMut};

use crate::simd::LANES;

/// Bytes that travel between memory and processor at a time.
const LINE_BYTES: usize = 64;

/// Blocks of sixteen numbers, the first at the start of a line.
#[derive(Debug)]
pub(crate) struct Aligned<N> {
    numbers: Vec<N>,
    /// Numbers before the first block.
    skipped: usize,
    /// Numbers in blocks.
    len: usize,
}

impl Aligned<f32> {
    /// Blocks of zeros.
    pub(crate) fn zeros(n_blocks: usize) -> Self {
        Self::within(vec![0.0; room(n_blocks, size_of::<f32>())], n_blocks)
    }
}

impl Aligned<u16> {
    /// Blocks of zeros.
    pub(crate) fn zeros(n_blocks: usize) -> Self {
        Self::within(vec![0; room(n_blocks, size_of::<u16>())], n_blocks)
    }
}

/// Numbers of so many bytes that hold the blocks wherever a line begins.
fn room(n_blocks: usize, bytes: usize) -> usize {
    n_blocks * LANES + LINE_BYTES / bytes
}

impl<N> Aligned<N> {
    fn within(numbers: Vec<N>, n_blocks: usize) -> Self {
        let len = n_blocks * LANES;
        // Where no offset is known, the blocks are slower to read and no less right.
        let skipped = numbers.as_ptr().align_offset(LINE_BYTES).min(numbers.len() - len);
        Self { numbers, skipped, len }
    }
}

impl<N> Deref for Aligned<N> {
    type Target = [[N; LANES]];

    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        self.numbers[self.skipped..][..self.len].as_chunks().0
    }
}

impl<N> DerefMut for Aligned<N> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.numbers[self.skipped..][..self.len].as_chunks_mut().0
    }
}
