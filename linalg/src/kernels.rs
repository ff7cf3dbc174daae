//! What is done to two rows at a time?
//!
//! Every dense loop of the house ends in one of these.
//! They work on blocks of [`LANES`] numbers, which the compiler turns into vector instructions of whatever width it has.

use crate::Matrix;

/// Numbers that one step of a kernel handles side by side.
pub(crate) const LANES: usize = 8;

/// Σ aᵢ·bᵢ, in eight partial sums that are added pairwise at the end.
///
/// # Panics
/// When the lengths differ.
#[inline]
#[must_use]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len(), "rows of one length expected");
    let (a_blocks, a_rest) = a.as_chunks::<LANES>();
    let (b_blocks, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    for ((sum, a), b) in sums.iter_mut().zip(a_rest).zip(b_rest) {
        *sum += a * b;
    }
    ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]))
}

/// Adds `weight · row` to `out`.
///
/// # Panics
/// When the lengths differ.
#[inline]
pub fn add_scaled(out: &mut [f32], weight: f32, row: &[f32]) {
    assert_eq!(out.len(), row.len(), "rows of one length expected");
    for (out, x) in out.iter_mut().zip(row) {
        *out += weight * x;
    }
}

/// Adds Σ weight·y·yᵀ to the upper triangle of `a` `[dim × dim]`; what lies below the diagonal becomes meaningless.
///
/// O(rows·dim²/2) time.
///
/// # Panics
/// When `a` is not square or a row has not its length.
pub fn add_outer_products<'y>(a: &mut Matrix, rows: impl IntoIterator<Item = (f32, &'y [f32])>) {
    let dim = a.dim();
    assert_eq!(a.n_rows(), dim, "a square matrix expected");
    let mut rows = rows.into_iter();
    while let Some(first) = rows.next() {
        // Where fewer than four rows are left, rows of weight 0 take their place.
        let mut next = || rows.next().unwrap_or((0.0, first.1));
        let four = [first, next(), next(), next()];
        assert!(four.iter().all(|(_, y)| y.len() == dim), "rows of length {dim} expected");
        for r in 0..dim {
            let start = block_start(r);
            let weights = four.map(|(weight, y)| weight * y[r]);
            add_scaled_rows(&mut a.row_mut(r)[start..], weights, four.map(|(_, y)| &y[start..]));
        }
    }
}

/// Where the block of lanes that holds column `r` begins.
///
/// Rows of a triangle start there rather than at the diagonal: whole blocks are faster than the few numbers they waste.
#[inline]
pub(crate) fn block_start(r: usize) -> usize {
    r - r % LANES
}

/// Adds Σ weightₖ·rowₖ over four rows to `out`, reading and writing `out` once.
#[inline]
pub(crate) fn add_scaled_rows(out: &mut [f32], weights: [f32; 4], rows: [&[f32]; 4]) {
    let [a, b, c, d] = rows.map(|row| row[..out.len()].as_chunks::<LANES>());
    let (blocks, rest) = out.as_chunks_mut::<LANES>();
    for ((((out, a), b), c), d) in blocks.iter_mut().zip(a.0).zip(b.0).zip(c.0).zip(d.0) {
        *out = sum_scaled(*out, weights, [a, b, c, d]);
    }
    for ((((out, a), b), c), d) in rest.iter_mut().zip(a.1).zip(b.1).zip(c.1).zip(d.1) {
        [*out] = sum_scaled([*out], weights, [&[*a], &[*b], &[*c], &[*d]]);
    }
}

/// x + Σ weightₖ·rowₖ over four rows of a fixed number of lanes.
#[inline]
fn sum_scaled<const N: usize>(x: [f32; N], weights: [f32; 4], rows: [&[f32; N]; 4]) -> [f32; N] {
    let [a, b, c, d] = rows.map(|row| *row);
    std::array::from_fn(|lane| {
        let first = weights[0] * a[lane] + weights[1] * b[lane];
        let second = weights[2] * c[lane] + weights[3] * d[lane];
        x[lane] + (first + second)
    })
}

#[cfg(test)]
mod tests {
    use super::{add_outer_products, dot};
    use crate::Matrix;

    #[test]
    fn a_dot_takes_every_position_once() {
        // Lengths around the block size; with a = (1, …, n) and b = 1 the sum is n(n+1)/2, exact in f32.
        for n in 0_u8..20 {
            let a: Vec<f32> = (1..=n).map(f32::from).collect();
            let b = vec![1.0; a.len()];
            let expected = f32::from(n) * (f32::from(n) + 1.0) / 2.0;
            assert_eq!(dot(&a, &b), expected, "length {n}");
        }
    }

    #[test]
    fn outer_products_fill_the_upper_triangle() {
        // 2·(1,2)(1,2)ᵀ + 1·(3,0)(3,0)ᵀ = [[2+9, 4], [·, 8]].
        let mut a = Matrix::zeros(2, 2);
        let rows: [(f32, &[f32]); 2] = [(2.0, &[1.0, 2.0]), (1.0, &[3.0, 0.0])];
        add_outer_products(&mut a, rows);
        assert_eq!((a.row(0)[0], a.row(0)[1], a.row(1)[1]), (11.0, 4.0, 8.0));
    }
}
