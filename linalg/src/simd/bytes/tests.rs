//! Does every set for bytes sum what the portable one does?

use super::{ByteIsa, ByteKernel, Bytes, Quad};
use crate::Isa;
use crate::simd::LANES;

struct Dots<'a> {
    quads: &'a [Quad],
    weights: &'a [[i8; 4]],
    bound: i32,
}

impl ByteKernel for Dots<'_> {
    type Output = ([i32; LANES], u16);

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
        (dots, bytes.at_least(sums, self.bound))
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
                let (dots, lanes) = set.run(Dots { quads: &quads, weights: &weights, bound });
                assert_eq!(dots, slow, "{set:?}");
                for (lane, dot) in slow.into_iter().enumerate() {
                    assert_eq!(lanes >> lane & 1 == 1, dot >= bound, "{set:?}, lane {lane}");
                }
            }
        }
    }
}
