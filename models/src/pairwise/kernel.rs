//! What does one triple do to three rows?
//!
//! Written for any instruction set, and inlined into the loop over a block, so that it is compiled with that loop's.

use linalg::Simd;

use super::table::Line;

/// x·y for four y.
#[inline(always)]
pub(super) fn dots<S: Simd>(simd: S, x: &[Line], ys: [&[Line]; 4]) -> [f32; 4] {
    let mut sums = [simd.splat(0.0); 4];
    for (l, x) in x.iter().enumerate() {
        let x = simd.load(&x.0);
        for k in 0..4 {
            sums[k] = simd.mul_add(x, simd.load(&ys[k][l].0), sums[k]);
        }
    }
    simd.sums(sums)
}

/// What the rows of a triple have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meeting {
    /// x·(yᵢ − yⱼ).
    pub(super) gap: f32,
    /// ‖x‖².
    pub(super) of_x: f32,
    /// ‖yᵢ − yⱼ‖².
    pub(super) of_difference: f32,
}

/// Three sums in one pass.
#[inline(always)]
pub(super) fn meet<S: Simd>(simd: S, x: &[Line], y_i: &[Line], y_j: &[Line]) -> Meeting {
    let (zero, minus) = (simd.splat(0.0), simd.splat(-1.0));
    let (mut gap, mut of_x, mut of_difference) = (zero, zero, zero);
    for ((x, y_i), y_j) in x.iter().zip(y_i).zip(y_j) {
        let x = simd.load(&x.0);
        let difference = simd.mul_add(minus, simd.load(&y_j.0), simd.load(&y_i.0));
        gap = simd.mul_add(x, difference, gap);
        of_x = simd.mul_add(x, x, of_x);
        of_difference = simd.mul_add(difference, difference, of_difference);
    }
    let [gap, of_x, of_difference, _] = simd.sums([gap, of_x, of_difference, zero]);
    Meeting { gap, of_x, of_difference }
}

/// How a row moves: so far along its direction, after it shrank to a share of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    pub(super) pull: f32,
    pub(super) keep: f32,
}

/// x ← keep·x + pull·(yᵢ − yⱼ), yᵢ ← keep·yᵢ + pull·x, yⱼ ← keep·yⱼ − pull·x, all from the rows before.
///
/// `starts` are the first lines of yᵢ and yⱼ in `items`; `moves` are those of x, yᵢ and yⱼ.
#[inline(always)]
pub(super) fn step<S: Simd>(
    simd: S,
    x: &mut [Line],
    items: &mut [Line],
    starts: [usize; 2],
    moves: [Move; 3],
) {
    let [i, j] = starts;
    let [of_x, of_i, of_j] = moves;
    let [pull_x, pull_i, pull_j] =
        [simd.splat(of_x.pull), simd.splat(of_i.pull), simd.splat(-of_j.pull)];
    let [keep_x, keep_i, keep_j] =
        [simd.splat(of_x.keep), simd.splat(of_i.keep), simd.splat(of_j.keep)];
    let minus = simd.splat(-1.0);
    for (l, x) in x.iter_mut().enumerate() {
        let before = simd.load(&x.0);
        let (y_i, y_j) = (simd.load(&items[i + l].0), simd.load(&items[j + l].0));
        let difference = simd.mul_add(minus, y_j, y_i);
        simd.store(&mut x.0, simd.mul_add(pull_x, difference, simd.mul(keep_x, before)));
        simd.store(&mut items[i + l].0, simd.mul_add(pull_i, before, simd.mul(keep_i, y_i)));
        simd.store(&mut items[j + l].0, simd.mul_add(pull_j, before, simd.mul(keep_j, y_j)));
    }
}

/// 1/(1 + eˣ) within 2⁻²⁰ of itself.
///
/// eˣ = 2ⁿ·2ᶠ with |f| ≤ ½ and a polynomial for 2ᶠ: a system's `exp` need not have the same bits on every machine.
#[inline(always)]
pub(super) fn falling_sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + power_of_two(x * std::f32::consts::LOG2_E))
}

/// (1/(1 + e⁻ˣ))^q for a positive q, within 2⁻¹⁶ of itself where it is not below 2⁻¹⁶.
#[inline(always)]
pub(super) fn power_of_sigmoid(x: f32, q: f32) -> f32 {
    // ln(1 + e⁻ˣ) = max(−x, 0) + ln(1 + u) with u = e^(−|x|), and ln(1 + u) = 2·artanh(u/(2 + u)), a series in z ≤ 1/3.
    let u = power_of_two(-x.abs() * std::f32::consts::LOG2_E);
    let z = u / (2.0 + u);
    let square = z * z;
    let rest = 1.0 / 7.0 + square * (1.0 / 9.0 + square * (1.0 / 11.0));
    let series = 1.0 + square * (1.0 / 3.0 + square * (0.2 + square * rest));
    let logistic = (-x).max(0.0) + 2.0 * z * series;
    power_of_two(-q * std::f32::consts::LOG2_E * logistic)
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
    use super::{falling_sigmoid, power_of_sigmoid};

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
