//! What do the dice say?
//!
//! Every stretch of the world has dice of its own, named by seed, purpose, row and week.
//! So a listener's week is the same whoever else plays, and in whatever order.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What dice are thrown for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// What the world as a whole is like.
    Climate = 1,
    /// An artist and everything by it.
    Artist,
    /// Where styles lie in the world of vectors.
    Style,
    /// Who a listener is.
    Account,
    /// What a listener loves.
    Taste,
    /// One week of one listener.
    Week,
    /// What attackers do.
    Attack,
    /// What a log gets wrong.
    Flaw,
    /// Whether a listener stays.
    Loyalty,
    /// How a recording sounds.
    Sound,
}

/// A stream of chance.
#[derive(Clone, Debug)]
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new(seed: u64, purpose: Purpose, row: usize, week: usize) -> Self {
        let mut key = [0; 32];
        let words = [seed, purpose as u64, row as u64, week as u64];
        for (bytes, word) in key.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Uniform in [0, 1).
    pub(crate) fn unit(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / 16_777_216.0
    }

    /// Uniform in [low, high).
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    pub(crate) fn chance(&mut self, p: f32) -> bool {
        self.unit() < p
    }

    /// Uniform in 0..n; 0 when n is 0.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        let product = u64::from(self.0.next_u32()) * u64::from(n);
        u32::try_from(product >> 32).expect("a product of two u32 has 64 bits")
    }

    /// Uniform in 0..n; 0 when n is 0.
    pub(crate) fn row_below(&mut self, n: usize) -> usize {
        self.below(row(n)) as usize
    }

    /// Uniform in low..=high.
    pub(crate) fn throw(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low + 1)
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.row_below(of.len())]
    }

    /// Near enough to a standard normal: the sum of twelve uniforms of 16 bits, which needs no function of the platform.
    pub(crate) fn normal(&mut self) -> f32 {
        let mut sum = 0;
        for _ in 0..3 {
            let word = self.0.next_u64();
            sum += (0..4).map(|i| (word >> (16 * i)) & 0xffff).sum::<u64>();
        }
        // Mean 12 · 65535/2, standard deviation 65536 · √(12/12).
        (sum as f32 - 393_210.0) / 65_536.0
    }

    pub(crate) fn log_normal(&mut self, median: f32, sigma: f32) -> f32 {
        median * (sigma * self.normal()).exp()
    }

    /// Exponential.
    pub(crate) fn waiting(&mut self, mean: f32) -> f32 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// A row with probability in proportion to its weight, from the running sums of the weights; `None` when they sum to 0.
    pub(crate) fn pick_by_sums(&mut self, sums: &[f32]) -> Option<usize> {
        let total = sums.last().copied().filter(|total| *total > 0.0)?;
        let at = self.unit() * total;
        let row = sums.partition_point(|sum| *sum <= at);
        Some(row.min(sums.len() - 1))
    }
}

/// One throw in [0, 1) that three numbers decide, where dice of their own would cost too much (the finalizer of SplitMix64).
pub(crate) fn fixed_throw(seed: u64, a: u32, b: u32) -> f32 {
    let mut mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (u64::from(a) << 32 | u64::from(b));
    for factor in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb] {
        mixed = (mixed ^ (mixed >> 29)).wrapping_mul(factor);
    }
    (mixed >> 40) as f32 / 16_777_216.0
}

/// The whole part of a number that is not negative; 0 for the others.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, which is what is wanted"
)]
pub(crate) fn whole(x: f32) -> u32 {
    x as u32
}

/// A row as it is stored; the world is smaller than that.
pub(crate) fn row(ix: usize) -> u32 {
    u32::try_from(ix).expect("a world has fewer rows than u32 can count")
}

/// Running sums of weights.
pub(crate) fn running_sums(weights: impl IntoIterator<Item = f32>) -> Vec<f32> {
    let mut sum = 0.0;
    let add = |weight| {
        sum += weight;
        sum
    };
    weights.into_iter().map(add).collect()
}

#[cfg(test)]
mod tests {
    use super::{Dice, Purpose, running_sums};

    #[test]
    fn normals_have_mean_0_and_variance_1() {
        let mut dice = Dice::new(7, Purpose::Climate, 0, 0);
        let drawn: Vec<f32> = (0..20_000).map(|_| dice.normal()).collect();
        let mean = drawn.iter().sum::<f32>() / 20_000.0;
        let variance = drawn.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / 20_000.0;
        // Four standard errors: 4/√20000 = 0.028 for the mean, √2 times that for the variance.
        assert!(mean.abs() < 0.028 && (variance - 1.0).abs() < 0.04, "{mean} {variance}");
    }

    #[test]
    fn a_row_without_weight_is_never_picked() {
        let mut dice = Dice::new(7, Purpose::Climate, 1, 0);
        let sums = running_sums([0.0, 1.0, 0.0, 3.0]);
        let mut counts = [0; 4];
        for _ in 0..4000 {
            counts[dice.pick_by_sums(&sums).unwrap()] += 1;
        }
        assert_eq!((counts[0], counts[2]), (0, 0));
        // 1000 expected, standard deviation √(4000 · ¼ · ¾) = 27.
        assert!((890..1110).contains(&counts[1]), "{counts:?}");
        assert_eq!(dice.pick_by_sums(&[0.0, 0.0]), None);
        assert_eq!(dice.pick_by_sums(&[]), None);
    }

    #[test]
    fn dice_differ_by_everything_that_names_them() {
        let first = |seed, purpose, row, week| Dice::new(seed, purpose, row, week).below(u32::MAX);
        let base = first(1, Purpose::Week, 2, 3);
        assert_eq!(base, first(1, Purpose::Week, 2, 3));
        assert!(![first(2, Purpose::Week, 2, 3), first(1, Purpose::Taste, 2, 3)].contains(&base));
        assert!(![first(1, Purpose::Week, 3, 3), first(1, Purpose::Week, 2, 4)].contains(&base));
    }
}
