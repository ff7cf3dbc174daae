//! How do bytes meet where nothing is known of the machine?
//!
//! The twin that every other set is compared with.

use super::{Bytes, Quad};
use crate::simd::LANES;

/// No promise at all.
#[derive(Clone, Copy)]
pub(super) struct Portable;

impl Bytes for Portable {
    type Rows = [[i32; 4]; LANES];
    type Sums = [i32; LANES];
    const MANY_REGISTERS: bool = false;

    #[inline(always)]
    fn start(self, _sum_of_weights: i32) -> Self::Sums {
        [0; LANES]
    }

    #[inline(always)]
    fn load(self, quad: &Quad) -> Self::Rows {
        let rows: &[[u8; 4]; LANES] = quad.0.as_chunks().0.try_into().expect("sixteen rows");
        rows.map(|row| row.map(|byte| i32::from(byte) - 128))
    }

    #[inline(always)]
    fn add_dots(self, mut sums: Self::Sums, rows: Self::Rows, weights: i32) -> Self::Sums {
        let weights = weights.to_le_bytes().map(|weight| i32::from(weight.cast_signed()));
        for (sum, row) in sums.iter_mut().zip(rows) {
            for (x, weight) in row.iter().zip(weights) {
                *sum += x * weight;
            }
        }
        sums
    }

    #[inline(always)]
    fn at_least(self, sums: Self::Sums, bound: i32) -> u16 {
        let mut lanes = 0;
        for (lane, sum) in sums.into_iter().enumerate() {
            lanes |= u16::from(sum >= bound) << lane;
        }
        lanes
    }

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "as promised")]
    fn whole(self, x: &[f32; LANES]) -> [i32; LANES] {
        x.map(|x| x as i32)
    }

    #[inline(always)]
    fn store(self, to: &mut [i32; LANES], sums: Self::Sums) {
        *to = sums;
    }

    #[inline(always)]
    fn prefetch(self, _soon: &[Quad]) {}
}
