//! Which item is drawn next?
//!
//! A stream of numbers that follows from its key alone (SplitMix64: Steele, Lea & Flood 2014), and a table that draws an
//! item in proportion to its weight in constant time (the alias method: Walker 1977, built as by Vose 1991).

use crate::hash::{hash, unit};

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Draws {
    state: u64,
}

impl Draws {
    /// The stream that belongs to these words.
    pub(crate) fn new(words: impl IntoIterator<Item = u64>) -> Self {
        Self { state: hash(words) }
    }

    /// 64 random bits.
    #[inline]
    pub(crate) fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        hash([self.state])
    }

    /// A number below `n`, which is at most 2³².
    #[inline]
    pub(crate) fn below(&mut self, n: usize) -> usize {
        share(self.bits(), n)
    }

    /// A number in (0, 1), both ends excluded.
    #[inline]
    pub(crate) fn unit(&mut self) -> f32 {
        unit(self.bits())
    }

    /// Puts these into an order by chance (Fisher & Yates).
    pub(crate) fn shuffle(&mut self, rows: &mut [u32]) {
        for last in (1..rows.len()).rev() {
            rows.swap(last, self.below(last + 1));
        }
    }
}

/// The upper half of the bits as a share of `n`.
#[inline]
fn share(bits: u64, n: usize) -> usize {
    (((bits >> 32) * n as u64) >> 32) as usize
}

/// Draws items of a block.
#[derive(Clone, Debug)]
pub(crate) enum Sampler {
    /// So many, all alike.
    Uniform(usize),
    /// Each in proportion to its weight.
    Weighted(Vec<Place>),
}

/// A place of the table: the item of the same row, or at the end of its share another one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Of 2³².
    own_share: u32,
    other: u32,
}

impl Sampler {
    /// Items in proportion to weights that are not negative; all alike where all are 0. O(n).
    pub(crate) fn weighted(weights: &[f32]) -> Self {
        let total: f64 = weights.iter().copied().map(f64::from).sum();
        if total == 0.0 {
            return Self::Uniform(weights.len());
        }
        let scale = weights.len() as f64 / total;
        let mut shares: Vec<f64> = weights.iter().map(|&w| f64::from(w) * scale).collect();
        let own = |other| Place { own_share: u32::MAX, other };
        let mut table: Vec<Place> = (0..).map(own).take(shares.len()).collect();
        let (mut poor, mut rich): (Vec<u32>, Vec<u32>) =
            (0..).take(shares.len()).partition(|&i| shares[i as usize] < 1.0);
        while let (Some(p), Some(&other)) = (poor.pop(), rich.last()) {
            let missing = 1.0 - shares[p as usize];
            table[p as usize] = Place { own_share: of_two_to_32(shares[p as usize]), other };
            shares[other as usize] -= missing;
            if shares[other as usize] < 1.0 {
                rich.pop();
                poor.push(other);
            }
        }
        Self::Weighted(table)
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "rows are u32; the lower bits are wanted")]
    pub(crate) fn draw(&self, draws: &mut Draws) -> u32 {
        let bits = draws.bits();
        match self {
            Self::Uniform(n) => share(bits, *n) as u32,
            Self::Weighted(table) => {
                let row = share(bits, table.len());
                let place = table[row];
                if bits as u32 <= place.own_share { row as u32 } else { place.other }
            }
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share lies in [0, 1], and a cast of floats saturates"
)]
fn of_two_to_32(share: f64) -> u32 {
    (share * f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::{Draws, Sampler};

    #[test]
    fn items_come_in_proportion_to_their_weights() {
        let sampler = Sampler::weighted(&[1.0, 0.0, 2.0, 5.0]);
        let mut draws = Draws::new([7]);
        let mut counts = [0_u32; 4];
        for _ in 0..80_000 {
            counts[sampler.draw(&mut draws) as usize] += 1;
        }
        // Standard errors are below √(80 000/4) = 141; four of them.
        for (count, expected) in counts.into_iter().zip([10_000_u32, 0, 20_000, 50_000]) {
            assert!(count.abs_diff(expected) < 566, "{counts:?}");
        }
        assert_eq!(counts[1], 0);
    }

    #[test]
    fn without_weights_all_items_are_alike() {
        let sampler = Sampler::weighted(&[0.0; 5]);
        let mut draws = Draws::new([7]);
        let mut counts = [0_u32; 5];
        for _ in 0..50_000 {
            counts[sampler.draw(&mut draws) as usize] += 1;
        }
        // A standard error is √(50 000·0.2·0.8) = 89; four of them.
        assert!(counts.iter().all(|n| n.abs_diff(10_000) < 358), "{counts:?}");
    }

    #[test]
    fn a_shuffle_keeps_every_row_and_follows_from_its_key() {
        let shuffled = |key| {
            let mut rows: Vec<u32> = (0..100).collect();
            Draws::new([key]).shuffle(&mut rows);
            rows
        };
        assert_eq!(shuffled(1), shuffled(1));
        assert_ne!(shuffled(1), shuffled(2));
        let mut rows = shuffled(1);
        rows.sort_unstable();
        assert_eq!(rows, (0..100).collect::<Vec<u32>>());
    }
}
