//! How do sixteen numbers meet in one register of 512 bits?

use std::arch::x86_64::{
    __m256, __m512, _CMP_GT_OQ, _MM_FROUND_TO_NEAREST_INT, _MM_HINT_T0, _mm_prefetch,
    _mm256_add_ps, _mm256_castpd_ps, _mm256_loadu_si256, _mm256_storeu_si256, _mm512_add_ps,
    _mm512_castps_pd, _mm512_castps512_ps256, _mm512_cmp_ps_mask, _mm512_cvtph_ps, _mm512_cvtps_ph,
    _mm512_extractf64x4_pd, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_mask_add_ps, _mm512_mul_ps,
    _mm512_set1_ps, _mm512_storeu_ps,
};

use super::avx2::{Avx2, sums_of_eight};
use super::{LANES, Simd};

/// The promise that AVX-512F is there.
#[derive(Clone, Copy)]
pub(super) struct Avx512(());

impl Avx512 {
    /// # Safety
    /// The processor has AVX-512F.
    pub(super) unsafe fn new() -> Self {
        Self(())
    }
}

/// Eight lanes onto eight.
#[inline(always)]
fn halves(_promise: Avx512, x: __m512) -> __m256 {
    // SAFETY: the token promises the instructions.
    unsafe {
        let high = _mm512_extractf64x4_pd::<1>(_mm512_castps_pd(x));
        _mm256_add_ps(_mm512_castps512_ps256(x), _mm256_castpd_ps(high))
    }
}

// SAFETY (all blocks): the token promises the instructions; loads and stores go through references to whole arrays.
impl Simd for Avx512 {
    type V = __m512;
    const MANY_REGISTERS: bool = true;

    #[inline(always)]
    fn splat(self, x: f32) -> __m512 {
        unsafe { _mm512_set1_ps(x) }
    }

    #[inline(always)]
    fn load(self, from: &[f32; LANES]) -> __m512 {
        unsafe { _mm512_loadu_ps(from.as_ptr()) }
    }

    #[inline(always)]
    fn store(self, to: &mut [f32; LANES], x: __m512) {
        unsafe { _mm512_storeu_ps(to.as_mut_ptr(), x) }
    }

    #[inline(always)]
    fn load_half(self, from: &[u16; LANES]) -> __m512 {
        unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(from.as_ptr().cast())) }
    }

    #[inline(always)]
    fn store_half(self, to: &mut [u16; LANES], x: __m512) {
        unsafe {
            let half = _mm512_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(x);
            _mm256_storeu_si256(to.as_mut_ptr().cast(), half);
        }
    }

    #[inline(always)]
    fn mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    fn mul(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_mul_ps(a, b) }
    }

    #[inline(always)]
    fn add(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_add_ps(a, b) }
    }

    #[inline(always)]
    fn sums(self, x: [Self::V; 4]) -> [f32; 4] {
        let [a, b, c, d] = x;
        let x = [halves(self, a), halves(self, b), halves(self, c), halves(self, d)];
        // SAFETY: every processor with AVX-512F has AVX2, and detection asks for both.
        sums_of_eight(unsafe { Avx2::new() }, x)
    }

    #[inline(always)]
    fn add_above(self, sum: Self::V, a: Self::V, b: Self::V) -> Self::V {
        unsafe {
            let lanes = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(a, b);
            _mm512_mask_add_ps(sum, lanes, sum, _mm512_set1_ps(1.0))
        }
    }

    #[inline(always)]
    fn above(self, a: Self::V, b: Self::V) -> u16 {
        unsafe { _mm512_cmp_ps_mask::<_CMP_GT_OQ>(a, b) }
    }

    #[inline(always)]
    fn prefetch<T>(self, soon: &[T]) {
        let start: *const i8 = soon.as_ptr().cast();
        for line in (0..size_of_val(soon)).step_by(64) {
            unsafe { _mm_prefetch::<_MM_HINT_T0>(start.add(line)) }
        }
    }
}
