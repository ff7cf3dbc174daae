//! Does every set for bytes sum what the portable one does?

use super::{ByteIsa, ByteKernel, Bytes, Quad};
use crate::Isa;
use crate::simd::LANES;

struct Dots<'a> {
    quads: &'a [Quad],
    weights: &'a [[i8; 4]],
    bound: i32,
}

/// Dots, the lanes that are at least the bound, and those of them that are kept.
type Done = ([i32; LANES], u16, Vec<(u32, i32)>);

impl ByteKernel for Dots<'_> {
    type Output = Done;

    #[inline(always)]
    fn run<B: Bytes>(self, bytes: B) -> Self::Output {
        bytes.prefetch(self.quads);
        let mut sums =
            bytes.start(self.weights.as_flattened().iter().copied().map(i32::from).sum());
        for (quad, weights) in self.quads.iter().zip(self.weights) {
            let word = i32::from_le_bytes(weights.map(i8::cast_unsigned));
            sums = bytes.add_dots(sums, bytes.load(quad), word);
        }
        let mut dots = [0; LANES];
        bytes.store(&mut dots, sums);
        let lanes = bytes.at_least(sums, self.bound);
        let (mut numbers, mut kept) = ([0; LANES], [0; LANES]);
        let n = bytes.keep(lanes, 100, sums, &mut numbers, &mut kept);
        (dots, lanes, numbers.into_iter().zip(kept).take(n).collect())
    }
}

#[test]
fn every_set_sums_to_the_same_bits_at_the_ends_of_the_range_too() {
    // Three quads: all 127 against all −127, then bytes of many sizes.
    let byte = |k: usize| u8::try_from(1 + k * 37 % 255).unwrap();
    let quads = [
        Quad([255; 64]),
        Quad(std::array::from_fn(byte)),
        Quad(std::array::from_fn(|k| byte(k + 91))),
    ];
    let weights = [[-127; 4], [127, -127, 1, 0], [-3, 88, -127, 127]];
    let slow: [i32; LANES] = std::array::from_fn(|row| {
        let pairs = quads.iter().zip(weights).flat_map(|(quad, weights)| {
            (0..4).map(move |k| (i32::from(quad.0[4 * row + k]) - 128) * i32::from(weights[k]))
        });
        pairs.sum()
    });
    for isa in Isa::available() {
        for set in ByteIsa::within(isa) {
            for bound in [i32::MIN, slow[3], slow[3] + 1, 0, i32::MAX] {
                let (dots, lanes, kept) = set.run(Dots { quads: &quads, weights: &weights, bound });
                assert_eq!(dots, slow, "{set:?}");
                let above = (100..).zip(slow).filter(|(_, dot)| *dot >= bound);
                assert_eq!(kept, above.collect::<Vec<_>>(), "{set:?}");
                for (lane, dot) in slow.into_iter().enumerate() {
                    assert_eq!(lanes >> lane & 1 == 1, dot >= bound, "{set:?}, lane {lane}");
                }
            }
        }
    }
}

struct Whole([f32; LANES]);

impl ByteKernel for Whole {
    type Output = [i32; LANES];

    #[inline(always)]
    fn run<B: Bytes>(self, bytes: B) -> [i32; LANES] {
        bytes.whole(&self.0)
    }
}

#[test]
fn every_set_cuts_fractions_off_and_keeps_what_is_too_large_in_range() {
    let mut x = [0.0; LANES];
    x[..6].copy_from_slice(&[1.9, -1.9, 1e6 + 0.5, f32::NEG_INFINITY, -3e9, 5.0]);
    let large = [2.2e9, f32::INFINITY];
    x[6..8].copy_from_slice(&large);
    for isa in Isa::available() {
        for set in ByteIsa::within(isa) {
            let whole = set.run(Whole(x));
            assert_eq!(whole[..6], [1, -1, 1_000_000, i32::MIN, i32::MIN, 5], "{set:?}");
            // The largest f32 among the i32, or the largest i32: both are above every dot.
            assert!(whole[6] >= i32::MAX - 127 && whole[7] >= i32::MAX - 127, "{set:?}");
        }
    }
}
