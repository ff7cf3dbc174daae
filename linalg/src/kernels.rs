//! What is done to two rows at a time?
//!
//! Every dense loop of the house ends in one of these.
//! They work on blocks of [`LANES`] numbers, which the compiler turns into vector instructions of whatever width it has.

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

/// Where the block of lanes that holds column `r` begins.
///
/// Rows of a triangle start there rather than at the diagonal: whole blocks are faster than the few numbers they waste.
#[inline]
pub(crate) fn block_start(r: usize) -> usize {
    r - r % LANES
}

#[cfg(test)]
mod tests {
    use super::dot;

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
}
