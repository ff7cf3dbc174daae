//! What does a list of scores cost, and which way should each score move?
//!
//! Every function writes the derivative of the cost by each score and gives back the cost; descent goes against it.
//! With s the scores, y the labels, w the weights and c(g) = ln(1 + e^−g), or with a bound B, B·(1 − σ(g)^(1/B)) (Zhang &
//! Sabuncu 2018), which lets go of what is hopeless:
//!
//! - pointwise, Σ w·(y·c(s) + (1 − y)·c(−s)) / Σ w;
//! - pairwise, Σ w_i·w_j·c(s_i − s_j) / Σ w_i·w_j over all i and j with y_i > y_j: Burges et al., Learning to Rank using
//!   Gradient Descent (2005), eq. 3;
//! - LambdaRank, Σ w_i·w_j·|ΔNDCG_ij|·c(s_i − s_j) over the same pairs: Burges, From RankNet to LambdaRank to LambdaMART
//!   (2010), §4, with σ = 1; |ΔNDCG_ij| is how much NDCG@k changes when i and j change places, and is taken as it is
//!   while the scores move.
//!
//! Sums run in the order of the list.

use crate::sigmoid::{bounded_logistic, bounded_slope};

/// One list with what is known of it; all of one length.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// Any finite number; what is better should have a higher one.
    pub scores: &'a [f32],
    /// From 0 up: how good it was; for [`pointwise`] at most 1, a share of likes.
    pub labels: &'a [f32],
    /// How much each counts; not negative.
    pub weights: &'a [f32],
}

impl Judged<'_> {
    fn check(&self, gradient: &[f32]) {
        let n = self.scores.len();
        let lengths = [self.labels.len(), self.weights.len(), gradient.len()];
        assert_eq!(lengths, [n; 3], "a label, a weight and a slope a score expected");
    }

    /// Pairs of which the first has the higher label.
    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let least = self.labels.iter().copied().fold(f32::INFINITY, f32::min);
        let above = (0..self.labels.len()).filter(move |&i| self.labels[i] > least);
        above.flat_map(move |i| {
            let below = (0..self.labels.len()).filter(move |&j| self.labels[j] < self.labels[i]);
            below.map(move |j| (i, j))
        })
    }
}

/// Whether each is liked, for itself; an example costs at most `bound`, or any cost where that is 0. O(n).
///
/// The list costs 0 where all weights are 0.
///
/// # Panics
/// When the lengths differ.
pub fn pointwise(list: Judged<'_>, bound: f32, gradient: &mut [f32]) -> f64 {
    list.check(gradient);
    let (mut cost, mut total) = (0.0, 0.0);
    for (k, slope) in gradient.iter_mut().enumerate() {
        let (score, label, weight) = (list.scores[k], list.labels[k], list.weights[k]);
        let (liked, not) = (f64::from(label), f64::from(1.0 - label));
        let of = |gap: f32| bounded_logistic(f64::from(gap), f64::from(bound));
        cost += f64::from(weight) * (liked * of(score) + not * of(-score));
        total += f64::from(weight);
        let rise = (1.0 - label) * bounded_slope(-score, bound);
        *slope = weight * (rise - label * bounded_slope(score, bound));
    }
    mean(cost, total, gradient)
}

/// Whether the better of each two scores higher; a pair costs at most `bound`, or any cost where that is 0. O(n²).
///
/// The list costs 0 where no two labels differ.
///
/// # Panics
/// When the lengths differ.
pub fn pairwise(list: Judged<'_>, bound: f32, gradient: &mut [f32]) -> f64 {
    list.check(gradient);
    gradient.fill(0.0);
    let (mut cost, mut total) = (0.0, 0.0);
    for (i, j) in list.pairs() {
        let weight = list.weights[i] * list.weights[j];
        let gap = list.scores[i] - list.scores[j];
        cost += f64::from(weight) * bounded_logistic(f64::from(gap), f64::from(bound));
        total += f64::from(weight);
        let push = weight * bounded_slope(gap, bound);
        gradient[i] -= push;
        gradient[j] += push;
    }
    mean(cost, total, gradient)
}

/// The same, each pair weighed by what NDCG@k would lose if the two changed places. O(n²).
///
/// The gain of a label y is 2^y − 1; equal scores stand in the order of the list.
/// The list costs 0 where no two labels differ.
///
/// # Panics
/// When the lengths differ, or `k` is 0.
pub fn lambda_rank(list: Judged<'_>, k: usize, gradient: &mut [f32]) -> f64 {
    list.check(gradient);
    assert!(k > 0, "a list of a positive length expected");
    gradient.fill(0.0);
    let gains: Vec<f64> = list.labels.iter().map(|&label| f64::from(label).exp2() - 1.0).collect();
    let discount = |place: usize| if place < k { 1.0 / (place as f64 + 2.0).log2() } else { 0.0 };
    let mut best = gains.clone();
    best.sort_by(|a, b| b.total_cmp(a));
    let ideal: f64 = best.iter().enumerate().map(|(place, gain)| gain * discount(place)).sum();
    if ideal == 0.0 {
        return 0.0;
    }
    let mut order: Vec<usize> = (0..gains.len()).collect();
    order.sort_by(|&a, &b| list.scores[b].total_cmp(&list.scores[a]));
    let mut discounts = vec![0.0; gains.len()];
    for (place, &row) in order.iter().enumerate() {
        discounts[row] = discount(place);
    }
    let mut cost = 0.0;
    for (i, j) in list.pairs() {
        let change = (gains[i] - gains[j]) * (discounts[i] - discounts[j]).abs() / ideal;
        // Both beyond k, as are most pairs of a long list, or at places that count alike.
        if change == 0.0 {
            continue;
        }
        let weight = f64::from(list.weights[i] * list.weights[j]) * change;
        let gap = list.scores[i] - list.scores[j];
        cost += weight * bounded_logistic(f64::from(gap), 0.0);
        let push = narrow(weight) * bounded_slope(gap, 0.0);
        gradient[i] -= push;
        gradient[j] += push;
    }
    cost
}

/// Divides by the weights; nothing is a cost of 0.
fn mean(cost: f64, total: f64, gradient: &mut [f32]) -> f64 {
    if total == 0.0 {
        return 0.0;
    }
    let scale = narrow(1.0 / total);
    gradient.iter_mut().for_each(|slope| *slope *= scale);
    cost / total
}

#[expect(clippy::cast_possible_truncation, reason = "seven digits are enough of a slope")]
fn narrow(x: f64) -> f32 {
    x as f32
}

#[cfg(test)]
mod tests;
