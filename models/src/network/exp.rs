//! What are eˣ and ln(1 + x), with the same bits on every machine?

use linalg::LANES;

/// Below this the result counts as nothing: e⁻⁶⁰ is 10⁻²⁶.
const LEAST: f32 = -60.0;
/// Adding this to a small number leaves its nearest whole number in the last bits.
const ROUNDER: f32 = 12_582_912.0;

/// eˣ of sixteen numbers of at most 80, to within 2·10⁻⁷ of it; 0 for what is below −60.
///
/// x = n·ln 2 + r with |r| ≤ ln 2 / 2, e^r by its Taylor polynomial of degree 6 and 2ⁿ by its exponent.
#[inline(always)]
pub(crate) fn exp(numbers: &mut [f32; LANES]) {
    for x in numbers {
        let clamped = x.clamp(LEAST, 80.0);
        let n = (clamped * std::f32::consts::LOG2_E + ROUNDER) - ROUNDER;
        // ln 2 in two parts, the first exact when multiplied by a whole number.
        let r = (clamped - n * 0.693_359_4) + n * 2.121_944_4e-4;
        let tail = 1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0));
        let polynomial = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * tail)));
        #[expect(clippy::cast_possible_truncation, reason = "a whole number from -87 to 116")]
        let exponent = (n as i32 + 127).cast_unsigned() << 23;
        let power = polynomial * f32::from_bits(exponent);
        *x = if *x < LEAST { 0.0 } else { power };
    }
}

/// ln(1 + x) of an x from 0 to 10³⁸, to within 3·10⁻⁷ of it.
///
/// 1 + x = 2ⁿ·m with m from √½ to √2, ln m = 2·artanh(z) with z = (m − 1)/(m + 1), a series in |z| ≤ 0.172.
#[inline]
pub(crate) fn ln_1p(x: f32) -> f32 {
    let y = 1.0 + x;
    // What the sum rounded off, less than half of the last place of y, to first order.
    let rest = (x - (y - 1.0)) / y;
    // The exponent of y·√2, so that m is on both sides of 1.
    let n = ((y * std::f32::consts::SQRT_2).to_bits() >> 23).cast_signed() - 127;
    let m = y * f32::from_bits((127 - n).cast_unsigned() << 23);
    let z = (m - 1.0) / (m + 1.0);
    let square = z * z;
    let series = 1.0 / 3.0 + square * (0.2 + square * (1.0 / 7.0 + square * (1.0 / 9.0)));
    n as f32 * std::f32::consts::LN_2 + (2.0 * z * (1.0 + square * series) + rest)
}

#[cfg(test)]
mod tests {
    use linalg::LANES;

    use super::{exp, ln_1p};

    #[test]
    fn it_is_the_logarithm_to_a_few_units_in_the_last_place() {
        assert_eq!(ln_1p(0.0), 0.0);
        for k in -300_i16..380 {
            let x = 10.0_f32.powf(f32::from(k) / 10.0) * 1.0173;
            let expected = f64::from(x).ln_1p();
            let error = (f64::from(ln_1p(x)) / expected - 1.0).abs();
            assert!(error < 3e-7, "ln(1 + {x}): {} instead of {expected}", ln_1p(x));
        }
    }

    #[test]
    fn it_is_the_exponential_to_a_few_units_in_the_last_place() {
        for k in -600_i16..800 {
            let x = f32::from(k) / 10.0 + 0.013;
            let mut numbers = [x; LANES];
            exp(&mut numbers);
            let expected = f64::from(x).exp();
            if x < -60.0 {
                assert_eq!(numbers, [0.0; LANES]);
                continue;
            }
            let error = (f64::from(numbers[3]) / expected - 1.0).abs();
            // The polynomial errs by 10⁻⁷, the reduction of an argument of 80 by 80·2⁻²⁵.
            assert!(error < 3e-6, "e^{x}: {} instead of {expected}", numbers[3]);
        }
    }
}
