//! How do bytes of sixteen rows meet the bytes of a query?
//!
//! A kernel is a [`ByteKernel`], written once against [`Bytes`] and compiled for each set that can multiply bytes.
//! Whole numbers do not round: every set gives the same sums to the bit.

mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

use bytemuck::{Pod, Zeroable};

#[cfg(target_arch = "x86_64")]
use super::Set;
use super::{Isa, LANES};
use portable::Portable;
#[cfg(target_arch = "x86_64")]
use x86::{Avx2, Avx512Vnni, AvxVnni};

/// Four numbers of each of sixteen rows, row after row, each as its byte + 128; they fill a line of the cache.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Quad(pub [u8; 4 * LANES]);

// SAFETY: 64 bytes that fill the type whole, so that there is no padding; all zeros are a quad.
unsafe impl Zeroable for Quad {}
// SAFETY: as above, and any bytes are a quad.
unsafe impl Pod for Quad {}

/// What can be done with whole numbers, sixteen at a time.
///
/// Numbers of rows and weights lie between −127 and 127.
pub trait Bytes: Copy {
    /// A quad in registers.
    type Rows: Copy;
    /// A sum for each of sixteen rows.
    type Sums: Copy;
    /// Whether a loop has room for eight queries and two panels at a time rather than four and one.
    const MANY_REGISTERS: bool;

    /// Sums of nothing yet, for weights of this sum in total.
    fn start(self, sum_of_weights: i32) -> Self::Sums;
    /// Reads a quad.
    fn load(self, quad: &Quad) -> Self::Rows;
    /// Adds to each sum the dot of the row's four numbers with four weights, which are the bytes of a word.
    fn add_dots(self, sums: Self::Sums, rows: Self::Rows, weights: i32) -> Self::Sums;
    /// One bit a lane, the first lane lowest: whether the sum is this or more.
    fn at_least(self, sums: Self::Sums, bound: i32) -> u16;
    /// Numbers without their fractions; what is too small becomes the smallest, what is too large about the largest.
    fn whole(self, x: &[f32; LANES]) -> [i32; LANES];
    /// Writes the sums.
    fn store(self, to: &mut [i32; LANES], sums: Self::Sums);
    /// Writes the numbers of the lanes that are set, counted from `first` on, and their sums side by side; how many.
    fn keep(
        self,
        lanes: u16,
        first: u32,
        sums: Self::Sums,
        numbers: &mut [u32; LANES],
        kept: &mut [i32; LANES],
    ) -> usize {
        keep_one_by_one(self, lanes, first, sums, numbers, kept)
    }
    /// Asks for the memory of quads that will be wanted soon.
    fn prefetch(self, soon: &[Quad]);
}

/// What [`Bytes::keep`] does, lane after lane.
#[inline(always)]
fn keep_one_by_one<B: Bytes>(
    bytes: B,
    mut lanes: u16,
    first: u32,
    sums: B::Sums,
    numbers: &mut [u32; LANES],
    kept: &mut [i32; LANES],
) -> usize {
    let mut all = [0; LANES];
    bytes.store(&mut all, sums);
    let n = lanes.count_ones() as usize;
    for (number, kept) in numbers.iter_mut().zip(kept).take(n) {
        let lane = lanes.trailing_zeros();
        (*number, *kept) = (first + lane, all[lane as usize]);
        lanes &= lanes - 1;
    }
    n
}

/// A loop over bytes, written for any set; the rules of [`super::Kernel`] hold.
pub trait ByteKernel {
    /// What comes out.
    type Output;
    /// Runs it with these instructions.
    fn run<B: Bytes>(self, bytes: B) -> Self::Output;
}

/// A set of instructions for bytes that this machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteIsa(ByteSet);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ByteSet {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    AvxVnni,
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni,
}

impl ByteIsa {
    /// The fastest for bytes that does not go beyond the registers of a set.
    #[must_use]
    pub fn of(isa: Isa) -> Self {
        Self::within(isa).pop().expect("there is always the portable set")
    }

    /// Every set that does not go beyond the registers of a set, the fastest last.
    #[must_use]
    pub fn within(isa: Isa) -> Vec<Self> {
        #[cfg_attr(
            not(target_arch = "x86_64"),
            expect(unused_mut, reason = "other machines have the portable set alone")
        )]
        let mut sets = vec![ByteSet::Portable];
        #[cfg(target_arch = "x86_64")]
        if matches!(isa.0, Set::Avx2 | Set::Avx512) {
            sets.push(ByteSet::Avx2);
            if is_x86_feature_detected!("avxvnni") {
                sets.push(ByteSet::AvxVnni);
            }
            if isa.0 == Set::Avx512 && is_x86_feature_detected!("avx512vnni") {
                sets.push(ByteSet::Avx512Vnni);
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = isa;
        sets.into_iter().map(Self).collect()
    }

    /// Runs a kernel with these instructions.
    #[inline]
    pub fn run<K: ByteKernel>(self, kernel: K) -> K::Output {
        match self.0 {
            ByteSet::Portable => kernel.run(Portable),
            // SAFETY (all): a `ByteIsa` of a set is only made where the processor was seen to have it.
            #[cfg(target_arch = "x86_64")]
            ByteSet::Avx2 => unsafe { run_avx2(kernel) },
            #[cfg(target_arch = "x86_64")]
            ByteSet::AvxVnni => unsafe { run_avx_vnni(kernel) },
            #[cfg(target_arch = "x86_64")]
            ByteSet::Avx512Vnni => unsafe { run_avx512_vnni(kernel) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_avx2<K: ByteKernel>(kernel: K) -> K::Output {
    // SAFETY: this function is only entered where these instructions are.
    kernel.run(unsafe { Avx2::new() })
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avxvnni")]
fn run_avx_vnni<K: ByteKernel>(kernel: K) -> K::Output {
    // SAFETY: this function is only entered where these instructions are.
    kernel.run(unsafe { AvxVnni::new() })
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512vnni")]
fn run_avx512_vnni<K: ByteKernel>(kernel: K) -> K::Output {
    // SAFETY: this function is only entered where these instructions are.
    kernel.run(unsafe { Avx512Vnni::new() })
}

#[cfg(test)]
mod tests;
