//! Which number belongs to this seed and this name?
//!
//! Chance that depends on what a thing is called, not on when it was drawn or in which row it stands.

/// One number from several, every bit of each mattering; their order matters too.
pub(crate) fn hash(words: impl IntoIterator<Item = u64>) -> u64 {
    words.into_iter().fold(0, |state, word| split_mix(state ^ word))
}

/// The step and finalizer of SplitMix64 (Steele, Lea & Flood 2014): a bijection that scatters neighbors.
fn split_mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A number in (0, 1), both ends excluded.
pub(crate) fn unit(hash: u64) -> f32 {
    // 23 bits and a half: the largest is 1 − 2⁻²⁴, which `f32` holds exactly.
    let bits = (hash >> 41) as f32;
    (bits + 0.5) / 8_388_608.0
}

/// A number of mean 0 and variance 1, nearly normal: the sum of four uniform ones.
pub(crate) fn normal(hash: u64) -> f32 {
    let quarter = |k: u32| ((hash >> (16 * k)) & 0xffff) as f32 / 65_536.0;
    let sum = (quarter(0) + quarter(1)) + (quarter(2) + quarter(3));
    // Each has variance 1/12, so four have 1/3.
    (sum - 2.0) * 3.0_f32.sqrt()
}

#[cfg(test)]
mod tests {
    use super::{hash, normal, split_mix, unit};

    #[test]
    fn the_generator_is_the_published_one() {
        // First output of SplitMix64 with seed 1234567 (Rosetta Code, "Pseudo-random numbers/Splitmix64").
        assert_eq!(split_mix(1_234_567), 6_457_827_717_110_365_317);
    }

    #[test]
    fn the_ends_of_the_unit_interval_are_never_reached() {
        assert!(unit(0) > 0.0);
        assert!(unit(u64::MAX) < 1.0);
    }

    #[test]
    fn ten_thousand_normal_numbers_have_mean_0_and_variance_1() {
        let numbers: Vec<f32> = (0..10_000).map(|word| normal(hash([7, word]))).collect();
        let mean = numbers.iter().sum::<f32>() / 10_000.0;
        let variance = numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / 10_000.0;
        // Standard errors: 0.01 for the mean, about 0.013 for the variance; three of them.
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((variance - 1.0).abs() < 0.04, "{variance}");
    }
}
