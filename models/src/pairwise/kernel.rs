//! What does one triple do to three rows?
//!
//! Written for any instruction set, and inlined into the loop over a block, so that it is compiled with that loop's.

use linalg::Simd;

use crate::table::Line;

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
