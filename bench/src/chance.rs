//! Which number comes next?
//!
//! SplitMix64 (Steele, Lea & Flood 2014): a counter and a bijection that scatters neighbors.
//! A stream belongs to a seed and a number, so that a listener's history does not depend on anyone else's.

use std::f64::consts::TAU;

/// A stream of numbers.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The stream of this number under this seed.
    #[must_use]
    pub fn new(seed: u64, number: u64) -> Self {
        Self(scatter(scatter(seed) ^ number))
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scatter(self.0)
    }

    /// A number in (0, 1), both ends excluded.
    pub fn unit(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) * f64::exp2(-52.0)
    }

    /// A number in [−0.5, 0.5).
    pub fn small(&mut self) -> f32 {
        let bits = self.bits() >> 40;
        bits as f32 * f32::exp2(-24.0) - 0.5
    }

    /// A whole number in `0..n`; its bias, n·2⁻⁶⁴, is of no account here.
    pub fn below(&mut self, n: usize) -> usize {
        let scaled = u128::from(self.bits()) * n as u128;
        usize::try_from(scaled >> 64).expect("less than n")
    }

    /// A number of mean 0 and variance 1 (Box & Muller 1958).
    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (TAU * self.unit()).cos()
    }
}

fn scatter(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
