//! How sure is a mean over users?
//!
//! Users are drawn with replacement, as many as there are, over and over; the middle 95 % of the means are the interval
//! (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, §13.3, the percentile interval).
//! The same seed draws the same users whatever is measured, so that means of two models over the same users are pairs.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::below;

/// Resamples that are summed together, so that a user's numbers are read once for all of them.
const TOGETHER: usize = 8;

/// Some numbers a user; not every user has each of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PerUser {
    n_metrics: usize,
    /// `[n_users × n_metrics]`, 0 where a user has no such number.
    values: Vec<f64>,
    /// 1 where there is a number, else 0.
    is_there: Vec<f64>,
}

impl PerUser {
    /// No users yet.
    #[must_use]
    pub fn new(n_metrics: usize) -> Self {
        Self { n_metrics, ..Self::default() }
    }

    /// Adds a user.
    ///
    /// # Panics
    /// When there are more or fewer numbers than metrics.
    pub fn push(&mut self, values: &[Option<f64>]) {
        assert_eq!(values.len(), self.n_metrics, "a number or none for each metric expected");
        self.values.extend(values.iter().map(|value| value.unwrap_or(0.0)));
        self.is_there.extend(values.iter().map(|value| f64::from(u8::from(value.is_some()))));
    }

    /// The number of a user, `None` where the user has none.
    #[must_use]
    pub fn value(&self, user: usize, metric: usize) -> Option<f64> {
        let at = user * self.n_metrics + metric;
        (self.is_there[at] > 0.0).then(|| self.values[at])
    }

    /// One of the metrics alone.
    ///
    /// # Panics
    /// When there is no such metric.
    #[must_use]
    pub fn only(&self, metric: usize) -> Self {
        assert!(metric < self.n_metrics, "one of {} metrics expected", self.n_metrics);
        let column = |of: &[f64]| of.iter().skip(metric).step_by(self.n_metrics).copied().collect();
        Self { n_metrics: 1, values: column(&self.values), is_there: column(&self.is_there) }
    }

    /// Number of users.
    #[must_use]
    pub fn n_users(&self) -> usize {
        self.values.len().checked_div(self.n_metrics).unwrap_or(0)
    }

    /// Number of users who have a number.
    #[must_use]
    pub fn n_with(&self, metric: usize) -> usize {
        let column = self.is_there.iter().skip(metric).step_by(self.n_metrics.max(1));
        column.filter(|&&is_there| is_there > 0.0).count()
    }

    /// The mean of each metric over the users who have it; `None` where nobody has.
    #[must_use]
    pub fn means(&self) -> Vec<Option<f64>> {
        let once = vec![1; self.n_users()];
        Table::of(self).means(&[once]).pop().expect("one draw, one row of means")
    }
}

/// Numbers as they are summed: those of the metrics, then 1 or 0 for each metric that not everybody has.
struct Table {
    n_metrics: usize,
    /// Metrics that not everybody has, ascending.
    partial: Vec<usize>,
    /// `[n_users × (n_metrics + n_partial)]`.
    numbers: Vec<f64>,
}

impl Table {
    fn of(per_user: &PerUser) -> Self {
        let n_metrics = per_user.n_metrics;
        let n_users = per_user.n_users();
        let is_partial = |&metric: &usize| per_user.n_with(metric) < n_users;
        let partial: Vec<usize> = (0..n_metrics).filter(is_partial).collect();
        let mut numbers = Vec::with_capacity(n_users * (n_metrics + partial.len()));
        let rows = per_user.values.chunks_exact(n_metrics.max(1));
        for (values, is_there) in rows.zip(per_user.is_there.chunks_exact(n_metrics.max(1))) {
            numbers.extend(values);
            numbers.extend(partial.iter().map(|&metric| is_there[metric]));
        }
        Self { n_metrics, partial, numbers }
    }

    /// The means of each draw, which says how often each user counts.
    fn means(&self, draws: &[Vec<u32>]) -> Vec<Vec<Option<f64>>> {
        let width = self.n_metrics + self.partial.len();
        let mut sums = vec![vec![0.0; width]; draws.len()];
        for (user, numbers) in self.numbers.chunks_exact(width.max(1)).enumerate() {
            for (sums, draw) in sums.iter_mut().zip(draws) {
                if draw[user] == 0 {
                    continue;
                }
                let count = f64::from(draw[user]);
                for (sum, number) in sums.iter_mut().zip(numbers) {
                    *sum += count * number;
                }
            }
        }
        sums.iter().zip(draws).map(|(sums, draw)| self.divide(sums, draw)).collect()
    }

    fn divide(&self, sums: &[f64], draw: &[u32]) -> Vec<Option<f64>> {
        let everybody = draw.iter().map(|&count| f64::from(count)).sum();
        let (sums, there) = sums.split_at(self.n_metrics);
        let mut n = vec![everybody; self.n_metrics];
        for (&metric, &there) in self.partial.iter().zip(there) {
            n[metric] = there;
        }
        sums.iter().zip(n).map(|(sum, n)| (n > 0.0).then(|| sum / n)).collect()
    }
}

/// Means over many draws of users.
#[derive(Clone, Debug, PartialEq)]
pub struct Bootstrap {
    /// `[n_resamples][n_metrics]`.
    means: Vec<Vec<Option<f64>>>,
}

impl Bootstrap {
    /// Draws the users so many times. O(n_resamples·n_users·n_metrics), parallel over resamples.
    #[must_use]
    pub fn new(per_user: &PerUser, n_resamples: usize, seed: u64) -> Self {
        let table = Table::of(per_user);
        let n_users = per_user.n_users();
        let means = |group: usize| {
            let resamples = group * TOGETHER..n_resamples.min((group + 1) * TOGETHER);
            let draws: Vec<_> = resamples.map(|r| draw(n_users, seed, r as u64)).collect();
            table.means(&draws)
        };
        let groups = (0..n_resamples.div_ceil(TOGETHER)).into_par_iter();
        Self { means: groups.flat_map_iter(means).collect() }
    }

    /// The middle 95 % of a metric's means; `None` where some resample had no user with it.
    #[must_use]
    pub fn interval(&self, metric: usize) -> Option<(f64, f64)> {
        middle(self.of(metric)?)
    }

    /// The middle 95 % of the highest of some metrics' means less the lowest; `None` where some resample lacks one.
    ///
    /// Never below 0, so that it tells how large a gap is and not whether there is one.
    #[must_use]
    pub fn gap(&self, metrics: &[usize]) -> Option<(f64, f64)> {
        let gaps: Option<Vec<f64>> = self.means.iter().map(|means| gap(means, metrics)).collect();
        middle(gaps?)
    }

    /// A metric's mean in each resample.
    pub(crate) fn of(&self, metric: usize) -> Option<Vec<f64>> {
        self.means.iter().map(|means| means[metric]).collect()
    }
}

/// The highest of some metrics' means less the lowest; `None` where one is missing, or all are.
#[must_use]
pub fn gap(means: &[Option<f64>], metrics: &[usize]) -> Option<f64> {
    let values: Vec<f64> = metrics.iter().map(|&metric| means[metric]).collect::<Option<_>>()?;
    let highest = values.iter().copied().reduce(f64::max)?;
    Some(highest - values.iter().copied().reduce(f64::min)?)
}

/// The middle 95 %; `None` of nothing.
pub(crate) fn middle(mut values: Vec<f64>) -> Option<(f64, f64)> {
    values.sort_by(f64::total_cmp);
    // 2.5 % of the values lie outside on each side.
    let outside = values.len() / 40;
    Some((*values.get(outside)?, *values.get(values.len() - 1 - outside)?))
}

/// How often each user is drawn.
fn draw(n_users: usize, seed: u64, resample: u64) -> Vec<u32> {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    chance.set_stream(resample);
    let mut counts = vec![0; n_users];
    for _ in 0..n_users {
        counts[below(&mut chance, n_users)] += 1;
    }
    counts
}

#[cfg(test)]
mod tests;
