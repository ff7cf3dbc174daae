//! How do sixteen numbers meet in two registers of 256 bits?

use std::arch::x86_64::{
    __m256, _CMP_GT_OQ, _MM_FROUND_TO_NEAREST_INT, _MM_HINT_T0, _mm_add_ps, _mm_loadu_si128,
    _mm_prefetch, _mm_storeu_ps, _mm_storeu_si128, _mm256_add_ps, _mm256_and_ps,
    _mm256_castps256_ps128, _mm256_cmp_ps, _mm256_cvtph_ps, _mm256_cvtps_ph, _mm256_extractf128_ps,
    _mm256_fmadd_ps, _mm256_hadd_ps, _mm256_loadu_ps, _mm256_movemask_ps, _mm256_mul_ps,
    _mm256_set1_ps, _mm256_storeu_ps,
};

use super::{LANES, Simd};

/// The sum of eight lanes of each: neighbors, neighbors again, then the two halves.
#[inline(always)]
pub(super) fn sums_of_eight(_promise: Avx2, [a, b, c, d]: [__m256; 4]) -> [f32; 4] {
    let mut sums = [0.0; 4];
    // SAFETY: the token promises the instructions; four numbers are stored into four.
    unsafe {
        let fours = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
        let sum = _mm_add_ps(_mm256_castps256_ps128(fours), _mm256_extractf128_ps::<1>(fours));
        _mm_storeu_ps(sums.as_mut_ptr(), sum);
    }
    sums
}

/// The promise that AVX2, FMA and F16C are there.
#[derive(Clone, Copy)]
pub(super) struct Avx2(());

impl Avx2 {
    /// # Safety
    /// The processor has AVX2, FMA and F16C.
    pub(super) unsafe fn new() -> Self {
        Self(())
    }
}

// SAFETY (all blocks): the token promises the instructions; loads and stores stay within arrays of sixteen.
impl Simd for Avx2 {
    type V = [__m256; 2];
    const MANY_REGISTERS: bool = false;

    #[inline(always)]
    fn splat(self, x: f32) -> Self::V {
        let x = unsafe { _mm256_set1_ps(x) };
        [x, x]
    }

    #[inline(always)]
    fn load(self, from: &[f32; LANES]) -> Self::V {
        let start = from.as_ptr();
        unsafe { [_mm256_loadu_ps(start), _mm256_loadu_ps(start.add(8))] }
    }

    #[inline(always)]
    fn store(self, to: &mut [f32; LANES], [low, high]: Self::V) {
        let start = to.as_mut_ptr();
        unsafe {
            _mm256_storeu_ps(start, low);
            _mm256_storeu_ps(start.add(8), high);
        }
    }

    #[inline(always)]
    fn load_half(self, from: &[u16; LANES]) -> Self::V {
        let start = from.as_ptr();
        unsafe {
            [
                _mm256_cvtph_ps(_mm_loadu_si128(start.cast())),
                _mm256_cvtph_ps(_mm_loadu_si128(start.add(8).cast())),
            ]
        }
    }

    #[inline(always)]
    fn store_half(self, to: &mut [u16; LANES], [low, high]: Self::V) {
        let start = to.as_mut_ptr();
        unsafe {
            let low = _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(low);
            let high = _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(high);
            _mm_storeu_si128(start.cast(), low);
            _mm_storeu_si128(start.add(8).cast(), high);
        }
    }

    #[inline(always)]
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        unsafe { [_mm256_fmadd_ps(a[0], b[0], c[0]), _mm256_fmadd_ps(a[1], b[1], c[1])] }
    }

    #[inline(always)]
    fn mul(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { [_mm256_mul_ps(a[0], b[0]), _mm256_mul_ps(a[1], b[1])] }
    }

    #[inline(always)]
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        unsafe { [_mm256_add_ps(a[0], b[0]), _mm256_add_ps(a[1], b[1])] }
    }

    #[inline(always)]
    fn sums(self, x: [Self::V; 4]) -> [f32; 4] {
        let [a, b, c, d] = x;
        let x = unsafe {
            [
                _mm256_add_ps(a[0], a[1]),
                _mm256_add_ps(b[0], b[1]),
                _mm256_add_ps(c[0], c[1]),
                _mm256_add_ps(d[0], d[1]),
            ]
        };
        sums_of_eight(self, x)
    }

    #[inline(always)]
    fn add_above(self, sum: Self::V, a: Self::V, b: Self::V) -> Self::V {
        unsafe {
            let one = _mm256_set1_ps(1.0);
            let low = _mm256_and_ps(_mm256_cmp_ps::<_CMP_GT_OQ>(a[0], b[0]), one);
            let high = _mm256_and_ps(_mm256_cmp_ps::<_CMP_GT_OQ>(a[1], b[1]), one);
            [_mm256_add_ps(sum[0], low), _mm256_add_ps(sum[1], high)]
        }
    }

    #[inline(always)]
    fn above(self, a: Self::V, b: Self::V) -> u16 {
        let [low, high] = unsafe {
            [
                _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_GT_OQ>(a[0], b[0])),
                _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_GT_OQ>(a[1], b[1])),
            ]
        };
        u16::try_from(low | high << 8).expect("eight bits each")
    }

    #[inline(always)]
    fn prefetch<T>(self, soon: &[T]) {
        let start: *const i8 = soon.as_ptr().cast();
        for line in (0..size_of_val(soon)).step_by(64) {
            unsafe { _mm_prefetch::<_MM_HINT_T0>(start.add(line)) }
        }
    }
}
