//! How does a number fit in sixteen bits?
//!
//! IEEE 754 binary16: a sign, five bits of exponent, ten of fraction; 65 504 at most, eleven bits of precision above 2⁻¹⁴.
//! The readable twin of the instructions that convert sixteen at a time.

/// The number that these half-precision bits are; exact.
#[must_use]
pub fn from_half(bits: u16) -> f32 {
    let sign = u32::from(bits >> 15) << 31;
    let exponent = u32::from(bits >> 10) & 0x1f;
    let fraction = u32::from(bits) & 0x3ff;
    match exponent {
        // Below 2⁻¹⁴ the fraction counts in steps of 2⁻²⁴.
        0 => f32::from_bits((fraction as f32 * f32::exp2(-24.0)).to_bits() | sign),
        0x1f => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

/// The bits of the nearest half-precision number, ties to even; beyond the largest it is infinite.
#[must_use]
pub fn to_half(x: f32) -> u16 {
    let sign = x.is_sign_negative();
    let magnitude = x.abs();
    let bits = if magnitude.is_nan() {
        0x7e00
    } else if magnitude < f32::exp2(-14.0) {
        // A whole number of steps of 2⁻²⁴, at most 2¹⁰ of them.
        // Added to 2²³, such a number stands in the last bits of the fraction, rounded as every sum is.
        narrow((magnitude * f32::exp2(24.0) + f32::exp2(23.0)).to_bits() & 0x7ff)
    } else if magnitude.is_infinite() {
        0x7c00
    } else {
        // Thirteen bits of fraction go; a carry may run on into the exponent, and from there into infinity.
        let bits = magnitude.to_bits();
        let rounded = bits + 0xfff + (bits >> 13 & 1);
        narrow((rounded >> 13).saturating_sub(112 << 10).min(0x7c00))
    };
    bits | u16::from(sign) << 15
}

fn narrow(bits: u32) -> u16 {
    u16::try_from(bits).expect("fifteen bits at most")
}

#[cfg(test)]
mod tests {
    use super::{from_half, to_half};

    #[test]
    fn published_numbers_have_their_bits() {
        // IEEE 754: 1, −2, the largest, the smallest normal, the smallest of all, a third.
        let numbers = [(1.0, 0x3c00), (-2.0, 0xc000), (65504.0, 0x7bff), (6.103_515_6e-5, 0x0400)];
        for (x, bits) in numbers {
            assert_eq!((to_half(x), from_half(bits)), (bits, x));
        }
        assert_eq!(to_half(5.960_464_5e-8), 1);
        assert_eq!(to_half(1.0 / 3.0), 0x3555);
        assert_eq!(to_half(65520.0), 0x7c00);
        assert_eq!(to_half(f32::NEG_INFINITY), 0xfc00);
        assert!(from_half(to_half(f32::NAN)).is_nan());
    }

    #[test]
    fn every_half_number_comes_back() {
        for bits in 0..=u16::MAX {
            let x = from_half(bits);
            if !x.is_nan() {
                assert_eq!(to_half(x), bits, "{x}");
            }
        }
    }

    #[test]
    fn what_lies_between_two_goes_to_the_nearer_and_ties_to_the_even_one() {
        for bits in 0..0x7bff_u16 {
            let (low, high) = (from_half(bits), from_half(bits + 1));
            let middle = f32::midpoint(low, high);
            let even = bits + (bits & 1);
            assert_eq!(to_half(middle), even, "between {low} and {high}");
            assert_eq!(to_half(middle.next_down()), bits);
            assert_eq!(to_half(middle.next_up()), bits + 1);
        }
    }
}
