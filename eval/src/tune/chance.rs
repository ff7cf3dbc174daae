//! What comes by chance, and the same each time?

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of numbers that follows from a seed and from what it is for.
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    pub(super) fn of(seed: u64, purpose: &[u64]) -> Self {
        let bytes: Vec<u8> = purpose.iter().flat_map(|word| word.to_le_bytes()).collect();
        let hash = blake3::hash(&bytes);
        let (stream, _) = hash.as_bytes().split_first_chunk().expect("a BLAKE3 has 32 bytes");
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(u64::from_le_bytes(*stream));
        Self(generator)
    }

    /// From 0, included, to 1, excluded.
    pub(super) fn unit(&mut self) -> f64 {
        // 53 bits are what an `f64` holds of them.
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Of mean 0 and variance 1 (Box & Muller 1958).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// A number below `n`, which is positive.
    pub(super) fn below(&mut self, n: usize) -> usize {
        measure::below(&mut self.0, n)
    }
}

/// The place of number `n` in a sequence that fills the unit cube evenly, whatever its length.
///
/// xⱼ(n) = frac(oⱼ + n·φ⁻ʲ) with φ the root of φᵈ⁺¹ = φ + 1 above 1: for d = 1 the golden ratio
/// (Roberts, The Unreasonable Effectiveness of Quasirandom Sequences, 2018); o by chance.
pub(super) fn even_place(n: usize, n_dims: usize, start: &mut Chance) -> Vec<f64> {
    let mut root: f64 = 2.0;
    for _ in 0..60 {
        root = (1.0 + root).powf(1.0 / (n_dims as f64 + 1.0));
    }
    let step = |j: usize| root.powf(-(j as f64 + 1.0));
    (0..n_dims).map(|j| (start.unit() + (n as f64 + 1.0) * step(j)).fract()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Chance, even_place};

    #[test]
    fn the_same_purpose_is_the_same_chance() {
        let draw = |purpose: &[u64]| Chance::of(1, purpose).unit();
        assert_eq!(draw(&[1, 2]), draw(&[1, 2]));
        assert_ne!(draw(&[1, 2]), draw(&[2, 1]));
    }

    #[test]
    fn normal_numbers_have_mean_0_and_variance_1() {
        let mut chance = Chance::of(7, &[]);
        let numbers: Vec<f64> = (0..10_000).map(|_| chance.normal()).collect();
        let mean = numbers.iter().sum::<f64>() / 10_000.0;
        let variance = numbers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 10_000.0;
        // Standard errors: 0.01 for the mean and √2 of that for the variance; three of them.
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.043, "{mean} {variance}");
    }

    #[test]
    fn even_places_leave_no_quarter_of_the_square_empty() {
        let mut counts = [0; 4];
        for n in 0..40 {
            let place = even_place(n, 2, &mut Chance::of(3, &[]));
            counts[usize::from(place[0] >= 0.5) + 2 * usize::from(place[1] >= 0.5)] += 1;
        }
        assert!(counts.iter().all(|&n| (8..=12).contains(&n)), "{counts:?}");
    }
}
