//! What is done to two rows at a time?
//!
//! Every dense loop of the house ends in one of these.
//! They work on blocks of [`LANES`] numbers, which the compiler turns into vector instructions of whatever width it has.

/// Numbers that one step of a kernel handles side by side.
pub(crate) const LANES: usize = 8;

/// Σ aᵢ·bᵢ, in eight partial sums that are added pairwise at the end.
///
/// Within a kernel it takes the kernel's instructions.
///
/// # Panics
/// When the lengths differ.
#[inline(always)]
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

/// Turns a table: `to[r][c]` becomes `from[c][r]`, for so many columns of `to`.
///
/// Rows of each begin a stride apart; the last of them may end with its last number.
/// Squares of a few numbers a side, so that each line of memory is fetched once.
pub(crate) fn copy_transposed(
    to: &mut [f32],
    to_stride: usize,
    from: &[f32],
    from_stride: usize,
    n_columns: usize,
) {
    const SIDE: usize = 16;
    for (group, to) in to.chunks_mut(SIDE * to_stride).enumerate() {
        for start in (0..n_columns).step_by(SIDE) {
            let end = n_columns.min(start + SIDE);
            for (r, row) in (group * SIDE..).zip(to.chunks_mut(to_stride)) {
                for (c, x) in (start..end).zip(&mut row[start..end]) {
                    *x = from[c * from_stride + r];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{copy_transposed, dot};

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
    fn a_table_turned_has_rows_where_columns_were() {
        // 19 rows of 37 numbers within rows of 40, into rows of 21: more than a square each way, and neither whole.
        let from: Vec<f32> = (0_u16..19 * 40).map(f32::from).collect();
        let mut to = vec![-1.0; 36 * 21 + 19];
        copy_transposed(&mut to, 21, &from, 40, 19);
        for (r, row) in to.chunks(21).enumerate() {
            for (c, &x) in row.iter().enumerate() {
                let expected = if c < 19 { from[c * 40 + r] } else { -1.0 };
                assert_eq!(x, expected, "({r}, {c})");
            }
        }
    }
}
