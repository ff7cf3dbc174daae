//! How do bytes meet in registers of 256 and of 512 bits?
//!
//! VNNI multiplies bytes of which one is unsigned, four pairs into a sum: rows are read as byte + 128, and what that
//! adds, 128 times the sum of the weights, is taken off at the start.
//! AVX2 adds two products into sixteen bits, which hold 2·127² but not 2·255·127: there the row's magnitude meets the
//! weight with the row's sign.

use std::arch::x86_64::{
    __m256i, __m512i, _MM_HINT_T0, _mm_prefetch, _mm256_abs_epi8, _mm256_add_epi32,
    _mm256_castsi256_ps, _mm256_cmpgt_epi32, _mm256_cvttps_epi32, _mm256_dpbusd_avx_epi32,
    _mm256_loadu_ps, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_min_ps,
    _mm256_movemask_ps, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_ps,
    _mm256_setzero_si256, _mm256_sign_epi8, _mm256_storeu_si256, _mm256_xor_si256,
    _mm512_add_epi32, _mm512_cmpge_epi32_mask, _mm512_cvttps_epi32, _mm512_dpbusd_epi32,
    _mm512_loadu_ps, _mm512_loadu_si512, _mm512_maskz_compress_epi32, _mm512_min_ps,
    _mm512_set1_epi32, _mm512_set1_ps, _mm512_setr_epi32, _mm512_storeu_si512,
};

use super::{Bytes, Quad};
use crate::simd::LANES;

/// The largest `f32` that is an `i32` too, 2³¹ − 128.
const LARGEST: f32 = f32::from_bits(0x4eff_ffff);

/// The promise that AVX2 is there.
#[derive(Clone, Copy)]
pub(super) struct Avx2(());

impl Avx2 {
    /// # Safety
    /// The processor has AVX2.
    pub(super) unsafe fn new() -> Self {
        Self(())
    }
}

/// The promise that AVX2 and AVX-VNNI are there.
#[derive(Clone, Copy)]
pub(super) struct AvxVnni(());

impl AvxVnni {
    /// # Safety
    /// The processor has AVX2 and AVX-VNNI.
    pub(super) unsafe fn new() -> Self {
        Self(())
    }

    #[inline(always)]
    fn avx2(self) -> Avx2 {
        Avx2(())
    }
}

/// The promise that AVX-512F and AVX-512 VNNI are there.
#[derive(Clone, Copy)]
pub(super) struct Avx512Vnni(());

impl Avx512Vnni {
    /// # Safety
    /// The processor has AVX-512F and AVX-512 VNNI.
    pub(super) unsafe fn new() -> Self {
        Self(())
    }
}

/// Asks for quads, each a line of the cache.
#[inline(always)]
fn ask_for(soon: &[Quad]) {
    for quad in soon {
        // SAFETY: a hint about memory that is there; SSE is part of the baseline.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(quad.0.as_ptr().cast()) }
    }
}

#[inline(always)]
fn halves(_promise: Avx2, quad: &Quad) -> [__m256i; 2] {
    let start = quad.0.as_ptr();
    // SAFETY: the token promises the instructions; a quad has twice 32 bytes.
    unsafe { [_mm256_loadu_si256(start.cast()), _mm256_loadu_si256(start.add(LANES * 2).cast())] }
}

// SAFETY (all blocks): the token promises the instructions; stores stay within an array of sixteen.
impl Bytes for Avx2 {
    /// Numbers with their signs, and their magnitudes.
    type Rows = [[__m256i; 2]; 2];
    type Sums = [__m256i; 2];
    const MANY_REGISTERS: bool = false;

    #[inline(always)]
    fn start(self, _sum_of_weights: i32) -> Self::Sums {
        [unsafe { _mm256_setzero_si256() }; 2]
    }

    #[inline(always)]
    fn load(self, quad: &Quad) -> Self::Rows {
        let [low, high] = halves(self, quad);
        unsafe {
            let sign = _mm256_set1_epi8(i8::MIN);
            let signed = [_mm256_xor_si256(low, sign), _mm256_xor_si256(high, sign)];
            [signed, [_mm256_abs_epi8(signed[0]), _mm256_abs_epi8(signed[1])]]
        }
    }

    #[inline(always)]
    fn add_dots(self, mut sums: Self::Sums, rows: Self::Rows, weights: i32) -> Self::Sums {
        let [signed, magnitudes] = rows;
        unsafe {
            let weights = _mm256_set1_epi32(weights);
            let ones = _mm256_set1_epi16(1);
            for half in 0..2 {
                let weights = _mm256_sign_epi8(weights, signed[half]);
                let pairs = _mm256_maddubs_epi16(magnitudes[half], weights);
                sums[half] = _mm256_add_epi32(sums[half], _mm256_madd_epi16(pairs, ones));
            }
        }
        sums
    }

    #[inline(always)]
    fn at_least(self, [low, high]: Self::Sums, bound: i32) -> u16 {
        let (low, high) = unsafe {
            let bound = _mm256_set1_epi32(bound);
            let below = [_mm256_cmpgt_epi32(bound, low), _mm256_cmpgt_epi32(bound, high)];
            let bits = below.map(|below| _mm256_movemask_ps(_mm256_castsi256_ps(below)));
            (bits[0], bits[1])
        };
        !u16::try_from(low | high << 8).expect("eight bits each")
    }

    #[inline(always)]
    fn whole(self, x: &[f32; LANES]) -> [i32; LANES] {
        let mut whole = [0; LANES];
        for (x, whole) in x.as_chunks::<8>().0.iter().zip(whole.as_chunks_mut::<8>().0) {
            unsafe {
                let x = _mm256_min_ps(_mm256_loadu_ps(x.as_ptr()), _mm256_set1_ps(LARGEST));
                // What is too small becomes the smallest number by itself.
                _mm256_storeu_si256(whole.as_mut_ptr().cast(), _mm256_cvttps_epi32(x));
            }
        }
        whole
    }

    #[inline(always)]
    fn store(self, to: &mut [i32; LANES], [low, high]: Self::Sums) {
        let start = to.as_mut_ptr();
        unsafe {
            _mm256_storeu_si256(start.cast(), low);
            _mm256_storeu_si256(start.add(LANES / 2).cast(), high);
        }
    }

    #[inline(always)]
    fn prefetch(self, soon: &[Quad]) {
        ask_for(soon);
    }
}

// SAFETY (all blocks): the token promises the instructions.
impl Bytes for AvxVnni {
    type Rows = [__m256i; 2];
    type Sums = [__m256i; 2];
    const MANY_REGISTERS: bool = false;

    #[inline(always)]
    fn start(self, sum_of_weights: i32) -> Self::Sums {
        [unsafe { _mm256_set1_epi32(-128 * sum_of_weights) }; 2]
    }

    #[inline(always)]
    fn load(self, quad: &Quad) -> Self::Rows {
        halves(self.avx2(), quad)
    }

    #[inline(always)]
    fn add_dots(self, sums: Self::Sums, rows: Self::Rows, weights: i32) -> Self::Sums {
        unsafe {
            let weights = _mm256_set1_epi32(weights);
            [
                _mm256_dpbusd_avx_epi32(sums[0], rows[0], weights),
                _mm256_dpbusd_avx_epi32(sums[1], rows[1], weights),
            ]
        }
    }

    #[inline(always)]
    fn at_least(self, sums: Self::Sums, bound: i32) -> u16 {
        self.avx2().at_least(sums, bound)
    }

    #[inline(always)]
    fn whole(self, x: &[f32; LANES]) -> [i32; LANES] {
        self.avx2().whole(x)
    }

    #[inline(always)]
    fn store(self, to: &mut [i32; LANES], sums: Self::Sums) {
        self.avx2().store(to, sums);
    }

    #[inline(always)]
    fn prefetch(self, soon: &[Quad]) {
        ask_for(soon);
    }
}

// SAFETY (all blocks): the token promises the instructions; loads and stores go through references to whole arrays.
impl Bytes for Avx512Vnni {
    type Rows = __m512i;
    type Sums = __m512i;
    const MANY_REGISTERS: bool = true;

    #[inline(always)]
    fn start(self, sum_of_weights: i32) -> __m512i {
        unsafe { _mm512_set1_epi32(-128 * sum_of_weights) }
    }

    #[inline(always)]
    fn load(self, quad: &Quad) -> __m512i {
        unsafe { _mm512_loadu_si512(quad.0.as_ptr().cast()) }
    }

    #[inline(always)]
    fn add_dots(self, sums: __m512i, rows: __m512i, weights: i32) -> __m512i {
        unsafe { _mm512_dpbusd_epi32(sums, rows, _mm512_set1_epi32(weights)) }
    }

    #[inline(always)]
    fn at_least(self, sums: __m512i, bound: i32) -> u16 {
        unsafe { _mm512_cmpge_epi32_mask(sums, _mm512_set1_epi32(bound)) }
    }

    #[inline(always)]
    fn keep(
        self,
        lanes: u16,
        first: u32,
        sums: __m512i,
        numbers: &mut [u32; LANES],
        kept: &mut [i32; LANES],
    ) -> usize {
        unsafe {
            let ones = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
            let all = _mm512_add_epi32(_mm512_set1_epi32(first.cast_signed()), ones);
            let all = _mm512_maskz_compress_epi32(lanes, all);
            _mm512_storeu_si512(numbers.as_mut_ptr().cast(), all);
            let sums = _mm512_maskz_compress_epi32(lanes, sums);
            _mm512_storeu_si512(kept.as_mut_ptr().cast(), sums);
        }
        lanes.count_ones() as usize
    }

    #[inline(always)]
    fn whole(self, x: &[f32; LANES]) -> [i32; LANES] {
        let mut whole = [0; LANES];
        unsafe {
            let x = _mm512_min_ps(_mm512_loadu_ps(x.as_ptr()), _mm512_set1_ps(LARGEST));
            // What is too small becomes the smallest number by itself.
            _mm512_storeu_si512(whole.as_mut_ptr().cast(), _mm512_cvttps_epi32(x));
        }
        whole
    }

    #[inline(always)]
    fn store(self, to: &mut [i32; LANES], sums: __m512i) {
        unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), sums) }
    }

    #[inline(always)]
    fn prefetch(self, soon: &[Quad]) {
        ask_for(soon);
    }
}
