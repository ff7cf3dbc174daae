//! How do sixteen numbers meet in four registers of 128 bits?

use std::arch::aarch64::{
    float32x4_t, vaddq_f32, vandq_u32, vcgtq_f32, vdupq_n_f32, vfmaq_f32, vgetq_lane_f32,
    vld1q_f32, vmulq_f32, vpaddq_f32, vreinterpretq_f32_u32, vreinterpretq_u32_f32, vst1q_f32,
};

use super::{LANES, Simd};
use crate::half::{from_half, to_half};

/// The promise that NEON is there.
#[derive(Clone, Copy)]
pub(super) struct Neon(());

impl Neon {
    /// # Safety
    /// The processor has NEON.
    pub(super) unsafe fn new() -> Self {
        Self(())
    }
}

// SAFETY (all blocks): the token promises the instructions; loads and stores stay within arrays of sixteen.
impl Simd for Neon {
    type V = [float32x4_t; 4];
    const MANY_REGISTERS: bool = false;

    #[inline(always)]
    fn splat(self, x: f32) -> Self::V {
        [unsafe { vdupq_n_f32(x) }; 4]
    }

    #[inline(always)]
    fn load(self, from: &[f32; LANES]) -> Self::V {
        let start = from.as_ptr();
        std::array::from_fn(|k| unsafe { vld1q_f32(start.add(4 * k)) })
    }

    #[inline(always)]
    fn store(self, to: &mut [f32; LANES], x: Self::V) {
        let start = to.as_mut_ptr();
        for (k, x) in x.into_iter().enumerate() {
            unsafe { vst1q_f32(start.add(4 * k), x) }
        }
    }

    #[inline(always)]
    fn load_half(self, from: &[u16; LANES]) -> Self::V {
        self.load(&from.map(from_half))
    }

    #[inline(always)]
    fn store_half(self, to: &mut [u16; LANES], x: Self::V) {
        let mut single = [0.0; LANES];
        self.store(&mut single, x);
        *to = single.map(to_half);
    }

    #[inline(always)]
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        std::array::from_fn(|k| unsafe { vfmaq_f32(c[k], a[k], b[k]) })
    }

    #[inline(always)]
    fn mul(self, a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|k| unsafe { vmulq_f32(a[k], b[k]) })
    }

    #[inline(always)]
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|k| unsafe { vaddq_f32(a[k], b[k]) })
    }

    #[inline(always)]
    fn sums(self, x: [Self::V; 4]) -> [f32; 4] {
        x.map(|x| unsafe {
            let (low, high) = (vaddq_f32(x[0], x[2]), vaddq_f32(x[1], x[3]));
            let pairs = vpaddq_f32(low, high);
            let fours = vpaddq_f32(pairs, pairs);
            vgetq_lane_f32::<0>(fours) + vgetq_lane_f32::<1>(fours)
        })
    }

    #[inline(always)]
    fn add_above(self, sum: Self::V, a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|k| unsafe {
            let one = vreinterpretq_u32_f32(vdupq_n_f32(1.0));
            let ones = vandq_u32(vcgtq_f32(a[k], b[k]), one);
            vaddq_f32(sum[k], vreinterpretq_f32_u32(ones))
        })
    }

    #[inline(always)]
    fn above(self, a: Self::V, b: Self::V) -> u16 {
        let (mut left, mut right) = ([0.0; LANES], [0.0; LANES]);
        self.store(&mut left, a);
        self.store(&mut right, b);
        let mut lanes = 0;
        for lane in 0..LANES {
            lanes |= u16::from(left[lane] > right[lane]) << lane;
        }
        lanes
    }

    #[inline(always)]
    fn prefetch<T>(self, _soon: &[T]) {}
}
