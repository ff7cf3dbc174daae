//! How do sixteen numbers meet where nothing is known of the machine?
//!
//! In plain loops, which the compiler turns into the vector instructions that all machines of its target have.
//! It is the twin that every other instruction set is compared with.

use super::{LANES, Simd};
use crate::half::{from_half, to_half};

/// No promise at all.
#[derive(Clone, Copy)]
pub(super) struct Portable;

impl Simd for Portable {
    type V = [f32; LANES];
    const MANY_REGISTERS: bool = false;

    #[inline(always)]
    fn splat(self, x: f32) -> Self::V {
        [x; LANES]
    }

    #[inline(always)]
    fn load(self, from: &[f32; LANES]) -> Self::V {
        *from
    }

    #[inline(always)]
    fn store(self, to: &mut [f32; LANES], x: Self::V) {
        *to = x;
    }

    #[inline(always)]
    fn load_half(self, from: &[u16; LANES]) -> Self::V {
        from.map(from_half)
    }

    #[inline(always)]
    fn store_half(self, to: &mut [u16; LANES], x: Self::V) {
        *to = x.map(to_half);
    }

    #[inline(always)]
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        std::array::from_fn(|lane| a[lane] * b[lane] + c[lane])
    }

    #[inline(always)]
    fn mul(self, a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|lane| a[lane] * b[lane])
    }

    #[inline(always)]
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|lane| a[lane] + b[lane])
    }

    #[inline(always)]
    fn sums(self, x: [Self::V; 4]) -> [f32; 4] {
        x.map(|x| {
            let x: [f32; 8] = std::array::from_fn(|lane| x[lane] + x[lane + 8]);
            ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]))
        })
    }

    #[inline(always)]
    fn add_above(self, sum: Self::V, a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|lane| if a[lane] > b[lane] { sum[lane] + 1.0 } else { sum[lane] })
    }

    #[inline(always)]
    fn above(self, a: Self::V, b: Self::V) -> u16 {
        let mut lanes = 0;
        for lane in 0..LANES {
            lanes |= u16::from(a[lane] > b[lane]) << lane;
        }
        lanes
    }

    #[inline(always)]
    fn prefetch<T>(self, _soon: &[T]) {}
}
