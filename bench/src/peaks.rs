//! How fast is this machine at best?
//!
//! Arithmetic: fused multiply and add on registers alone, as many chains as hide its latency.
//! Memory: every byte of a large buffer once, in order; and rows of a table in a given order, each asked for before its
//! turn. What is read goes through an exclusive or, the cheapest thing that a compiler cannot leave out.

#![expect(unsafe_code, reason = "instructions beyond the baseline need a promise that they exist")]

use std::hint::black_box;

use linalg::bytes::{ByteIsa, ByteKernel, Bytes, Quad};
use linalg::{Isa, LANES};

use crate::clock::fastest;
use crate::on_threads;

/// Independent chains: enough for two units of latency 4, or one with two halves.
const CHAINS: usize = 12;
const STEPS: usize = 20_000_000;
const RUNS: usize = 3;
/// Rows that are asked for before their turn.
const AHEAD: usize = 16;

/// What a set of instructions is called, a loop of so many steps in it, and the numbers it handles at once.
type Set = (&'static str, fn(usize), usize);

/// A set of instructions and the arithmetic it does at best, in operations a second; a multiply and add are two.
#[must_use]
pub fn arithmetic(n_threads: usize) -> Vec<(&'static str, f64)> {
    let mut sets: Vec<Set> = vec![("portable", portable, 4)];
    #[cfg(target_arch = "x86_64")]
    {
        // SAFETY (both): pushed only where the processor was seen to have the instructions.
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            sets.push(("avx2", |steps| unsafe { avx2(steps) }, 8));
        }
        if is_x86_feature_detected!("avx512f") {
            sets.push(("avx512", |steps| unsafe { avx512(steps) }, 16));
        }
    }
    let measure = |(name, run, lanes): Set| {
        let seconds = fastest(RUNS, || on_threads(n_threads, |_| run(STEPS)));
        (name, (2 * lanes * CHAINS * STEPS * n_threads) as f64 / seconds)
    };
    sets.into_iter().map(measure).collect()
}

/// Multiplications and additions of bytes a second at best, of the fastest set there is.
#[must_use]
pub fn bytes(n_threads: usize) -> f64 {
    struct Chains;
    impl ByteKernel for Chains {
        type Output = ();

        #[inline(always)]
        fn run<B: Bytes>(self, bytes: B) {
            let rows = bytes.load(black_box(&Quad([3; 4 * LANES])));
            let mut sums = [bytes.start(black_box(1)); CHAINS];
            for _ in 0..STEPS {
                for sum in &mut sums {
                    *sum = bytes.add_dots(*sum, rows, 0x0102_0304);
                }
            }
            for sum in sums {
                let mut all = [0; LANES];
                bytes.store(&mut all, sum);
                black_box(all);
            }
        }
    }
    let isa = ByteIsa::of(Isa::best());
    let seconds = fastest(RUNS, || on_threads(n_threads, |_| isa.run(Chains)));
    (2 * 4 * LANES * CHAINS * STEPS * n_threads) as f64 / seconds
}

/// Bytes a second, each thread reading its own part of a buffer of so many bytes in order.
#[must_use]
pub fn sequential(n_bytes: usize, n_threads: usize) -> f64 {
    let buffer = vec![1_u64; n_bytes / 8];
    let share = buffer.len() / n_threads;
    let seconds = fastest(RUNS, || {
        on_threads(n_threads, |t| {
            black_box(wide(Read { words: &buffer[t * share..][..share] }));
        });
    });
    (8 * share * n_threads) as f64 / seconds
}

/// Bytes a second when rows of `8·WORDS` bytes are read in this order, each thread on its own part of it.
///
/// # Panics
/// When the order names a row that the table has not.
#[must_use]
pub fn gathered<const WORDS: usize>(n_rows: usize, order: &[u32], n_threads: usize) -> f64 {
    let table = vec![[1_u64; WORDS]; n_rows];
    let share = order.len() / n_threads;
    let seconds = fastest(RUNS, || {
        on_threads(n_threads, |t| {
            black_box(wide(Gather { table: &table, order: &order[t * share..][..share] }));
        });
    });
    (8 * WORDS * share * n_threads) as f64 / seconds
}

/// Four numbers at a time, which every 64-bit machine has; multiplied, then added.
fn portable(steps: usize) {
    let (a, b) = (black_box([0.999_f32; 4]), black_box([0.001_f32; 4]));
    let mut chains = [[1.0_f32; 4]; CHAINS];
    for _ in 0..steps {
        for chain in &mut chains {
            for lane in 0..4 {
                chain[lane] = a[lane] * chain[lane] + b[lane];
            }
        }
    }
    black_box(chains);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2(steps: usize) {
    use std::arch::x86_64::{_mm256_fmadd_ps, _mm256_set1_ps};
    let (a, b) = (_mm256_set1_ps(black_box(0.999)), _mm256_set1_ps(black_box(0.001)));
    let mut chains = [_mm256_set1_ps(1.0); CHAINS];
    for _ in 0..steps {
        for chain in &mut chains {
            *chain = _mm256_fmadd_ps(a, *chain, b);
        }
    }
    black_box(chains);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn avx512(steps: usize) {
    use std::arch::x86_64::{_mm512_fmadd_ps, _mm512_set1_ps};
    let (a, b) = (_mm512_set1_ps(black_box(0.999)), _mm512_set1_ps(black_box(0.001)));
    let mut chains = [_mm512_set1_ps(1.0); CHAINS];
    for _ in 0..steps {
        for chain in &mut chains {
            *chain = _mm512_fmadd_ps(a, *chain, b);
        }
    }
    black_box(chains);
}

/// A loop that wants the widest loads there are.
trait Loop {
    fn run(self) -> u64;
}

/// Runs a loop with the widest registers of this machine.
fn wide(work: impl Loop) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512f") {
        // SAFETY: the processor was just seen to have it.
        return unsafe { with_avx512(work) };
    } else if is_x86_feature_detected!("avx2") {
        // SAFETY: as above.
        return unsafe { with_avx2(work) };
    }
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn with_avx512(work: impl Loop) -> u64 {
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2(work: impl Loop) -> u64 {
    work.run()
}

struct Read<'a> {
    words: &'a [u64],
}

impl Loop for Read<'_> {
    #[inline(always)]
    fn run(self) -> u64 {
        let mut sums = [0; 64];
        for block in self.words.as_chunks::<64>().0 {
            for (sum, word) in sums.iter_mut().zip(block) {
                *sum ^= word;
            }
        }
        sums.iter().fold(0, |all, sum| all ^ sum)
    }
}

struct Gather<'a, const WORDS: usize> {
    table: &'a [[u64; WORDS]],
    order: &'a [u32],
}

impl<const WORDS: usize> Loop for Gather<'_, WORDS> {
    #[inline(always)]
    fn run(self) -> u64 {
        let mut sums = [0; WORDS];
        for (k, &row) in self.order.iter().enumerate() {
            if let Some(&soon) = self.order.get(k + AHEAD) {
                prefetch(&self.table[soon as usize]);
            }
            for (sum, word) in sums.iter_mut().zip(&self.table[row as usize]) {
                *sum ^= word;
            }
        }
        sums.iter().fold(0, |all, sum| all ^ sum)
    }
}

/// Asks for the memory of a row, a line of 64 bytes after another.
#[inline(always)]
fn prefetch(row: &[u64]) {
    #[cfg(target_arch = "x86_64")]
    for line in row.chunks(8) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a hint about memory that is there; SSE is part of the baseline.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = row;
}
