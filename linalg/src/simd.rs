//! Which instructions does this machine have, and how is one loop written for all of them?
//!
//! A [`Kernel`] is written once against [`Simd`], sixteen numbers at a time, and compiled once for each instruction set;
//! [`Isa::run`] calls the one that was asked for.
//! An [`Isa`] can only be had where its instructions are, so that asking is always sound.
//! Every set splits a sum into the same sixteen lanes and adds the lanes in the same order, so results differ
//! only in that some sets round once where others round twice (fused multiply and add).

#![expect(unsafe_code, reason = "instructions beyond the baseline need a promise that they exist")]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
pub mod bytes;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;

use std::fmt;
use std::sync::LazyLock;

#[cfg(target_arch = "x86_64")]
use avx2::Avx2;
#[cfg(target_arch = "x86_64")]
use avx512::Avx512;
#[cfg(target_arch = "aarch64")]
use neon::Neon;
use portable::Portable;

/// Numbers handled side by side.
pub const LANES: usize = 16;

/// Sixteen `f32`, and what can be done with them.
pub trait Simd: Copy + Send + Sync {
    /// Sixteen numbers in registers.
    type V: Copy;
    /// Whether a loop has room for eight rows at a time rather than four.
    const MANY_REGISTERS: bool;

    /// The same number in every lane.
    fn splat(self, x: f32) -> Self::V;
    /// Reads sixteen numbers.
    fn load(self, from: &[f32; LANES]) -> Self::V;
    /// Writes sixteen numbers.
    fn store(self, to: &mut [f32; LANES], x: Self::V);
    /// Half-precision numbers, exactly.
    fn load_half(self, from: &[u16; LANES]) -> Self::V;
    /// Rounded to the nearest half-precision number, ties to even.
    fn store_half(self, to: &mut [u16; LANES], x: Self::V);
    /// a·b + c.
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// a·b.
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    /// a + b.
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    /// sum + 1 in the lanes in which a > b.
    fn add_above(self, sum: Self::V, a: Self::V, b: Self::V) -> Self::V;
    /// One bit a lane, the first lane lowest: whether a > b.
    fn above(self, a: Self::V, b: Self::V) -> u16;
    /// Asks for the memory of a value that will be wanted soon.
    fn prefetch<T>(self, soon: &[T]);

    /// The sum of the lanes of each: eight onto eight, then neighbors, then neighbors again, then the two halves.
    fn sums(self, x: [Self::V; 4]) -> [f32; 4];
}

/// A loop over numbers, written for any instruction set.
///
/// `run` and all it calls must be `#[inline(always)]`, and no closure may touch a [`Simd::V`]:
/// what is not inlined is compiled for the baseline.
pub trait Kernel {
    /// What comes out.
    type Output;
    /// Runs it with these instructions.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// A set of instructions that this machine has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Isa(Set);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "aarch64")]
    Neon,
}

impl Isa {
    /// What every machine has.
    pub const PORTABLE: Self = Self(Set::Portable);

    /// The fastest set of this machine.
    #[must_use]
    pub fn best() -> Self {
        static BEST: LazyLock<Isa> =
            LazyLock::new(|| Isa::available().pop().expect("there is always the portable set"));
        *BEST
    }

    /// Every set of this machine, the fastest last.
    #[must_use]
    pub fn available() -> Vec<Self> {
        #[cfg_attr(
            not(any(target_arch = "x86_64", target_arch = "aarch64")),
            expect(unused_mut, reason = "other machines have the portable set alone")
        )]
        let mut sets = vec![Set::Portable];
        #[cfg(target_arch = "x86_64")]
        {
            let has_avx2 = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("fma")
                && is_x86_feature_detected!("f16c");
            if has_avx2 {
                sets.push(Set::Avx2);
            }
            if has_avx2 && is_x86_feature_detected!("avx512f") {
                sets.push(Set::Avx512);
            }
        }
        #[cfg(target_arch = "aarch64")]
        if std::arch::is_aarch64_feature_detected!("neon") {
            sets.push(Set::Neon);
        }
        sets.into_iter().map(Self).collect()
    }

    /// What the set is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            Set::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => "avx512",
            #[cfg(target_arch = "aarch64")]
            Set::Neon => "neon",
        }
    }

    /// Runs a kernel with these instructions.
    #[inline]
    pub fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self.0 {
            Set::Portable => kernel.run(Portable),
            // SAFETY (all): an `Isa` of a set is only made where the processor was seen to have it.
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => unsafe { run_avx2(kernel) },
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => unsafe { run_avx512(kernel) },
            #[cfg(target_arch = "aarch64")]
            Set::Neon => unsafe { run_neon(kernel) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,f16c")]
fn run_avx2<K: Kernel>(kernel: K) -> K::Output {
    // SAFETY: this function is only entered where these instructions are.
    kernel.run(unsafe { Avx2::new() })
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,f16c,avx512f")]
fn run_avx512<K: Kernel>(kernel: K) -> K::Output {
    // SAFETY: this function is only entered where these instructions are.
    kernel.run(unsafe { Avx512::new() })
}

#[cfg(target_arch = "aarch64")]
#[target_feature(enable = "neon")]
fn run_neon<K: Kernel>(kernel: K) -> K::Output {
    // SAFETY: this function is only entered where these instructions are.
    kernel.run(unsafe { Neon::new() })
}

impl fmt::Debug for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests;
