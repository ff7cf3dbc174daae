//! What is usual for an account that does as much?
//!
//! Of each feature the line through the crowd against the logarithm of how much an account does (Theil–Sen, the median of
//! the slopes between pairs), and what is left of it at a few places along the line: its median and its median absolute
//! deviation, both weighted towards accounts that do about as much.
//! Medians hold as long as the odd accounts are fewer than half; the weights fall slowly, so that an army that does more
//! than anybody else is still compared with people.

/// Accounts of which every pair is looked at for the slope.
const OF_SLOPE: usize = 256;
/// Accounts from which medians are taken.
const OF_MEDIANS: usize = 4096;
/// Places along the line, by the share of accounts that do less.
const PLACES: [f64; 7] = [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95];
/// Accounts closer together than this on the logarithm of volume say nothing of the slope.
const LEAST_APART: f64 = 0.3;
/// How far apart on the logarithm of volume accounts count half.
const WIDTH: f64 = 2.0;
/// The median absolute deviation of a normal distribution, in standard deviations: Φ⁻¹(¾).
const NORMAL_MAD: f64 = 0.674_489_75;

/// What is usual of one feature, by volume.
#[derive(Clone, Debug)]
pub(super) struct Usual {
    slope: f64,
    /// Ascending by volume.
    places: Vec<Place>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    volume: f64,
    /// Median of what is above the line.
    median: f64,
    /// Standard deviation that a normal distribution of this median absolute deviation has.
    deviation: f64,
}

impl Usual {
    /// Learns from accounts as volume and value; `None` where there are fewer than `least`.
    ///
    /// O(n log n) for the order, all else is on samples of fixed size.
    pub(super) fn of(mut accounts: Vec<(f64, f64)>, least: usize, floor: f64) -> Option<Self> {
        if accounts.len() < least.max(1) {
            return None;
        }
        accounts.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let slope = slope(&evenly(&accounts, OF_SLOPE));
        let sample = evenly(&accounts, OF_MEDIANS);
        let places = PLACES.map(|share| place(&sample, sample[at(share, sample.len())].0, slope));
        let mut usual = Self { slope, places: places.into() };
        for place in &mut usual.places {
            place.deviation = place.deviation.max(floor);
        }
        Some(usual)
    }

    /// The same for every account.
    pub(super) fn constant(median: f64, deviation: f64) -> Self {
        Self { slope: 0.0, places: vec![Place { volume: 0.0, median, deviation }] }
    }

    /// The usual value at a volume, and what is one standard deviation there.
    pub(super) fn at(&self, volume: f64) -> (f64, f64) {
        let after = self.places.partition_point(|place| place.volume < volume);
        let b = self.places[after.min(self.places.len() - 1)];
        let a = self.places[after.saturating_sub(1)];
        let width = b.volume - a.volume;
        let t = if width > 0.0 { ((volume - a.volume) / width).clamp(0.0, 1.0) } else { 1.0 };
        let between = |from: f64, to: f64| from + t * (to - from);
        let usual = self.slope * volume + between(a.median, b.median);
        (usual, between(a.deviation, b.deviation))
    }
}

/// The row that this share of `n` rows lies below.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of n")]
fn at(share: f64, n: usize) -> usize {
    ((share * n as f64) as usize).min(n - 1)
}

/// At most so many, evenly spaced.
fn evenly(accounts: &[(f64, f64)], at_most: usize) -> Vec<(f64, f64)> {
    let n = accounts.len().min(at_most);
    (0..n).map(|i| accounts[(2 * i + 1) * accounts.len() / (2 * n)]).collect()
}

/// The median slope between two accounts that do not do the same; 0 where all do.
fn slope(accounts: &[(f64, f64)]) -> f64 {
    let mut slopes = Vec::new();
    for (i, a) in accounts.iter().enumerate() {
        let apart = accounts[i + 1..].iter().filter(|b| b.0 - a.0 >= LEAST_APART);
        slopes.extend(apart.map(|b| (b.1 - a.1) / (b.0 - a.0)));
    }
    slopes.sort_unstable_by(f64::total_cmp);
    slopes.get(slopes.len() / 2).copied().unwrap_or(0.0)
}

/// What is left above the line around a volume.
fn place(accounts: &[(f64, f64)], volume: f64, slope: f64) -> Place {
    let mut left: Vec<(f64, f64)> = accounts
        .iter()
        .map(|(of_one, value)| {
            let apart = (of_one - volume) / WIDTH;
            (value - slope * of_one, 1.0 / apart.mul_add(apart, 1.0))
        })
        .collect();
    let median = weighted_median(&mut left);
    for (value, _) in &mut left {
        *value = (*value - median).abs();
    }
    Place { volume, median, deviation: weighted_median(&mut left) / NORMAL_MAD }
}

/// The value at which half of the weight is reached; there is at least one.
fn weighted_median(values: &mut [(f64, f64)]) -> f64 {
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let half = values.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    let reached = values.iter().find(|(_, weight)| {
        sum += weight;
        sum >= half
    });
    reached.or(values.last()).map_or(0.0, |(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::{Usual, weighted_median};

    #[test]
    fn the_middle_of_the_weight_is_the_median() {
        // Half of 1 + 1 + 5 is 3.5, which the third reaches.
        assert!((weighted_median(&mut [(9.0, 5.0), (2.0, 1.0), (1.0, 1.0)]) - 9.0).abs() < 1e-12);
    }

    #[test]
    fn what_volume_explains_is_usual_and_a_few_odd_accounts_change_nothing() {
        // Value = 2·volume, less 0.1, as it is or 0.1 more; one account in fifty has 100.
        let crowd = |i: u32| {
            let volume = f64::from(i) / 100.0;
            let noise = f64::from(i % 3) / 10.0 - 0.1;
            (volume, if i % 50 == 49 { 100.0 } else { 2.0f64.mul_add(volume, noise) })
        };
        let usual = Usual::of((0..500).map(crowd).collect(), 20, 0.0).unwrap();
        for volume in [0.5, 2.5, 6.0] {
            let (value, deviation) = usual.at(volume);
            assert!((value - 2.0 * volume).abs() < 0.2, "{volume}: {value}");
            // Two in three are 0.1 from the middle: 0.1 / 0.674.
            assert!((deviation - 0.148).abs() < 0.01, "{volume}: {deviation}");
        }
    }

    #[test]
    fn a_crowd_that_is_too_small_says_nothing() {
        assert!(Usual::of(vec![(1.0, 1.0); 19], 20, 0.1).is_none());
    }
}
