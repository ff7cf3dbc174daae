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
//! Sums run in sixteen lanes, each in the order of the list.

use linalg::{Isa, Kernel, LANES, Simd};

use crate::sigmoid::{bounded_logistic, bounded_slope, logistic};

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
    if bound == 0.0 {
        let (cost, total) = Isa::best().run(Pointwise { list, gradient: &mut *gradient });
        return mean(cost, total, gradient);
    }
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
    if bound == 0.0 {
        let (cost, total) = Isa::best().run(Pairwise::new(list, gradient));
        return mean(cost, total, gradient);
    }
    bounded_pairs(list, bound, gradient)
}

/// Pairs one after the other.
fn bounded_pairs(list: Judged<'_>, bound: f32, gradient: &mut [f32]) -> f64 {
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

/// Writes slopes without a bound; cost and sum of the weights.
struct Pointwise<'a> {
    list: Judged<'a>,
    gradient: &'a mut [f32],
}

impl Kernel for Pointwise<'_> {
    type Output = (f64, f64);

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) -> (f64, f64) {
        let Judged { scores, labels, weights } = self.list;
        let mut sums = Sums::default();
        let blocks = self.gradient.chunks_mut(LANES).zip(scores.chunks(LANES));
        let known = labels.chunks(LANES).zip(weights.chunks(LANES));
        for ((slopes, scores), (labels, weights)) in blocks.zip(known) {
            let (scores, labels, weights) = (padded(scores), padded(labels), padded(weights));
            // With u = e^−|s|: c(s) = max(−s, 0) + ln(1 + u), c(−s) = max(s, 0) + ln(1 + u).
            let (costs, falling) = logistic(&scores.map(f32::abs));
            let mut of_block = [0.0; LANES];
            for lane in 0..LANES {
                let (score, label, weight) = (scores[lane], labels[lane], weights[lane]);
                let (liked, not) = (label, 1.0 - label);
                let gaps = liked * (-score).max(0.0) + not * score.max(0.0);
                sums.add(lane, weight * (gaps + (liked + not) * costs[lane]), weight);
                let (of_liked, of_not) = if score > 0.0 {
                    (falling[lane], 1.0 - falling[lane])
                } else {
                    (1.0 - falling[lane], falling[lane])
                };
                of_block[lane] = weight * (not * of_not - liked * of_liked);
            }
            slopes.copy_from_slice(&of_block[..slopes.len()]);
        }
        sums.whole()
    }
}

/// Writes slopes without a bound; cost and sum of the weights of pairs.
struct Pairwise<'a> {
    list: Judged<'a>,
    gradient: &'a mut [f32],
    least: f32,
}

impl<'a> Pairwise<'a> {
    fn new(list: Judged<'a>, gradient: &'a mut [f32]) -> Self {
        let least = list.labels.iter().copied().fold(f32::INFINITY, f32::min);
        gradient.fill(0.0);
        Self { list, gradient, least }
    }
}

impl Kernel for Pairwise<'_> {
    type Output = (f64, f64);

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) -> (f64, f64) {
        let Judged { scores, labels, weights } = self.list;
        let (mut cost, mut total) = (0.0, 0.0);
        for i in (0..labels.len()).filter(|&i| labels[i] > self.least) {
            let (mut sums, mut pushes) = (Sums::default(), [0.0_f32; LANES]);
            let blocks = self.gradient.chunks_mut(LANES).zip(scores.chunks(LANES));
            let known = labels.chunks(LANES).zip(weights.chunks(LANES));
            for ((slopes, scores), (of_others, weights)) in blocks.zip(known) {
                let n = slopes.len();
                let (mut gaps, mut of_pairs) = ([0.0; LANES], [0.0; LANES]);
                for lane in 0..n {
                    gaps[lane] = self.list.scores[i] - scores[lane];
                    let is_pair = of_others[lane] < labels[i];
                    of_pairs[lane] =
                        if is_pair { self.list.weights[i] * weights[lane] } else { 0.0 };
                }
                let (costs, falling) = logistic(&gaps);
                for lane in 0..LANES {
                    sums.add(lane, of_pairs[lane] * costs[lane], of_pairs[lane]);
                    pushes[lane] += of_pairs[lane] * falling[lane];
                }
                for lane in 0..n {
                    slopes[lane] += of_pairs[lane] * falling[lane];
                }
            }
            self.gradient[i] -= pushes.iter().sum::<f32>();
            let (of_i, weight) = sums.whole();
            cost += of_i;
            total += weight;
        }
        (cost, total)
    }
}

/// Costs and weights, lane by lane.
#[derive(Default)]
struct Sums {
    costs: [f32; LANES],
    weights: [f32; LANES],
}

impl Sums {
    #[inline(always)]
    fn add(&mut self, lane: usize, cost: f32, weight: f32) {
        self.costs[lane] += cost;
        self.weights[lane] += weight;
    }

    fn whole(&self) -> (f64, f64) {
        let sum = |lanes: &[f32]| lanes.iter().map(|x| f64::from(*x)).sum();
        (sum(&self.costs), sum(&self.weights))
    }
}

/// Sixteen numbers, the rest zeros.
#[inline(always)]
fn padded(numbers: &[f32]) -> [f32; LANES] {
    let mut all = [0.0; LANES];
    all[..numbers.len()].copy_from_slice(numbers);
    all
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
