//! How likely is it, by these odds?
//!
//! Written for any instruction set, and inlined into the loop that asks; a system's `exp` need not have the same bits on
//! every machine.

use linalg::LANES;

use crate::network::exp;

/// 1/(1 + eˣ) within 2⁻²⁰ of itself.
///
/// eˣ = 2ⁿ·2ᶠ with |f| ≤ ½ and a polynomial for 2ᶠ.
#[inline(always)]
pub(crate) fn falling_sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + power_of_two(x * std::f32::consts::LOG2_E))
}

/// (1/(1 + e⁻ˣ))^q for a positive q, within 2⁻¹⁶ of itself where it is not below 2⁻¹⁶.
#[inline(always)]
pub(crate) fn power_of_sigmoid(x: f32, q: f32) -> f32 {
    // ln(1 + e⁻ˣ) = max(−x, 0) + ln(1 + u) with u = e^(−|x|), and ln(1 + u) = 2·artanh(u/(2 + u)), a series in z ≤ 1/3.
    let u = power_of_two(-x.abs() * std::f32::consts::LOG2_E);
    let z = u / (2.0 + u);
    let square = z * z;
    let rest = 1.0 / 7.0 + square * (1.0 / 9.0 + square * (1.0 / 11.0));
    let series = 1.0 + square * (1.0 / 3.0 + square * (0.2 + square * rest));
    let logistic = (-x).max(0.0) + 2.0 * z * series;
    power_of_two(-q * std::f32::consts::LOG2_E * logistic)
}

/// ln(1 + e^−g), of a gap g that should be large; with a bound B > 0, B·(1 − σ(g)^(1/B)), which is at most B (Zhang &
/// Sabuncu 2018).
pub(crate) fn bounded_logistic(gap: f64, bound: f64) -> f64 {
    // −ln σ = ln(1 + e⁻ᵍ), with a power that never overflows.
    let logistic = (-gap).max(0.0) + (-gap.abs()).exp().ln_1p();
    if bound > 0.0 { -bound * (-logistic / bound).exp_m1() } else { logistic }
}

/// −1 times the derivative of [`bounded_logistic`].
#[inline(always)]
pub(crate) fn bounded_slope(gap: f32, bound: f32) -> f32 {
    if bound > 0.0 {
        falling_sigmoid(gap) * power_of_sigmoid(gap, 1.0 / bound)
    } else {
        falling_sigmoid(gap)
    }
}

/// ln(1 + e^−g) and 1/(1 + eᵍ) of sixteen gaps, to within 3·10⁻⁷ of each where |g| is at most 60.
#[inline(always)]
pub(crate) fn logistic(gaps: &[f32; LANES]) -> ([f32; LANES], [f32; LANES]) {
    let mut below = gaps.map(|gap| -gap.abs());
    exp(&mut below);
    let (mut costs, mut slopes) = ([0.0; LANES], [0.0; LANES]);
    for lane in 0..LANES {
        let (gap, u) = (gaps[lane], below[lane]);
        costs[lane] = (-gap).max(0.0) + ln_1p(u);
        slopes[lane] = (if gap > 0.0 { u } else { 1.0 }) / (1.0 + u);
    }
    (costs, slopes)
}

/// ln(1 + u) of u from 0 to 1: 2·artanh(z) with z = u/(2 + u) ≤ 1/3, a series.
#[inline(always)]
fn ln_1p(u: f32) -> f32 {
    let z = u / (2.0 + u);
    let square = z * z;
    let rest = 1.0 / 9.0 + square * (1.0 / 11.0 + square * (1.0 / 13.0));
    let series = 1.0 + square * (1.0 / 3.0 + square * (0.2 + square * (1.0 / 7.0 + square * rest)));
    2.0 * z * series
}

/// 2ᵗ for t from −120 to 120, and of the nearest of these beyond.
#[inline(always)]
fn power_of_two(t: f32) -> f32 {
    /// 3·2²²: added to a small number, it leaves the nearest whole one in the last bits.
    const WHOLE: f32 = 12_582_912.0;
    let t = t.clamp(-120.0, 120.0);
    let shifted = t + WHOLE;
    let f = t - (shifted - WHOLE);
    // Taylor: (ln 2)ᵏ/k!.
    let upper = 0.055_504_11 + f * (0.009_618_129 + f * 0.001_333_355_8);
    let power_of_f = 1.0 + f * (std::f32::consts::LN_2 + f * (0.240_226_5 + f * upper));
    let power_of_n = f32::from_bits(shifted.to_bits().wrapping_sub(WHOLE.to_bits() - 127) << 23);
    power_of_f * power_of_n
}

#[cfg(test)]
mod tests {
    use super::{LANES, bounded_logistic, falling_sigmoid, logistic, power_of_sigmoid};

    #[test]
    fn sixteen_costs_and_slopes_are_those_of_the_library() {
        for k in -375..375_i16 {
            let gaps = std::array::from_fn(|lane| (16.0 * f32::from(k) + lane as f32) / 100.0);
            let (costs, slopes) = logistic(&gaps);
            for lane in 0..LANES {
                let gap = f64::from(gaps[lane]);
                let (cost, slope) = (bounded_logistic(gap, 0.0), 1.0 / (1.0 + gap.exp()));
                let apart = |got: f32, expected: f64| (f64::from(got) / expected - 1.0).abs();
                assert!(apart(costs[lane], cost) < 5e-7, "{gap}: {} {cost}", costs[lane]);
                assert!(apart(slopes[lane], slope) < 5e-7, "{gap}: {} {slope}", slopes[lane]);
            }
        }
    }

    #[test]
    fn the_sigmoid_is_that_of_the_library() {
        for k in -4000_i16..=4000 {
            let x = f32::from(k) / 100.0;
            let expected = 1.0 / (1.0 + f64::from(x).exp());
            let error = f64::from(falling_sigmoid(x)) / expected - 1.0;
            // The sixth term of the series is below 2.4e-6 at |f| = ½; t has 24 bits, of which |t| < 64 takes six.
            assert!(error.abs() < 8e-6, "{x}: {error}");
        }
    }

    #[test]
    fn a_power_of_the_sigmoid_is_that_of_the_library() {
        for (k, q) in (-4000_i16..=4000).flat_map(|k| [(k, 0.1), (k, 0.5), (k, 1.0), (k, 1.5)]) {
            let x = f32::from(k) / 100.0;
            let expected = (1.0 + f64::from(-x).exp()).powf(-f64::from(q));
            let error = f64::from(power_of_sigmoid(x, q)) - expected;
            // The error of the exponent, at most 60·1.5·1.44 in 24 bits and the sixth term of the series, is that of the
            // power relative to itself.
            assert!(error.abs() < 2e-5 * expected + 1e-30, "{x} to {q}: {error} of {expected}");
        }
    }

    #[test]
    fn beyond_what_a_power_can_be_it_stays_between_0_and_1() {
        assert_eq!(falling_sigmoid(f32::NEG_INFINITY), 1.0);
        assert!(falling_sigmoid(f32::INFINITY) >= 0.0 && falling_sigmoid(f32::MAX) < 1e-30);
        assert!(falling_sigmoid(f32::NAN).is_nan());
    }
}
