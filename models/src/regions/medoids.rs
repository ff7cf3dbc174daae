//! Which few points stand for all?
//!
//! Weighted k-medoids: Σ wⱼ·d(j, nearest medoid) as small as swaps of one medoid make it.
//! PAM (Kaufman & Rousseeuw 1990): BUILD adds the medoid that helps most, SWAP exchanges the pair that helps most;
//! all medoids that a point could replace are judged in one pass over the points (FastPAM1: Schubert & Rousseeuw,
//! Fast and Eager k-Medoids Clustering, 2021, algorithm 2).
//! The best swap is taken and not the first that helps, so that the order of the rows decides ties alone.
//! A distance is 1 − cosine.

use linalg::{Isa, Matrix, dots_with_all};

/// Less than this share of the cost is rounding, not a gain.
const ROUNDING: f64 = 1e-6;

/// No two directions are farther; where there is one medoid, the second is that far from everything.
const FARTHEST: f32 = 2.0;

/// All pairs of points, and what each point weighs.
#[derive(Debug)]
pub(super) struct Table {
    /// `[n × n]`, symmetric, 0 on the diagonal, nowhere negative.
    distances: Matrix,
    /// Positive.
    weights: Vec<f32>,
}

impl Table {
    /// Of unit vectors `[n × dim]`. O(n²·dim).
    pub(super) fn new(vectors: &Matrix, weights: Vec<f32>) -> Self {
        let n = vectors.n_rows();
        let mut distances = Matrix::zeros(n, n);
        for i in 0..n {
            let row = distances.row_mut(i);
            dots_with_all(vectors, vectors.row(i), row, Isa::best());
            for d in row.iter_mut() {
                *d = (1.0 - *d).clamp(0.0, FARTHEST);
            }
            row[i] = 0.0;
        }
        Self { distances, weights }
    }

    pub(super) fn len(&self) -> usize {
        self.weights.len()
    }

    /// Σ of all weights.
    pub(super) fn total(&self) -> f64 {
        self.weights.iter().copied().map(f64::from).sum()
    }

    /// The one of a few points that is nearest to them in sum, the first of several.
    pub(super) fn center_of(&self, members: &[usize]) -> Option<usize> {
        let cost = |&i: &usize| {
            let row = self.distances_of(i);
            members.iter().map(|&j| f64::from(row[j]) * f64::from(self.weights[j])).sum::<f64>()
        };
        let costs: Vec<f64> = members.iter().map(|i| -cost(i)).collect();
        (!members.is_empty()).then(|| members[first_best(&costs, self.total())])
    }

    pub(super) fn weights(&self) -> &[f32] {
        &self.weights
    }

    pub(super) fn distances_of(&self, i: usize) -> &[f32] {
        self.distances.row(i)
    }
}

/// Medoids, and to which of them each point belongs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clustering {
    /// Points.
    pub(super) medoids: Vec<usize>,
    /// By point: its nearest medoid, as a place in `medoids`, the first of several.
    pub(super) nearest: Vec<usize>,
    /// By point: how far it is to that medoid, and to the next.
    first: Vec<f32>,
    second: Vec<f32>,
    /// Σ wⱼ·d(j, nearest medoid).
    pub(super) cost: f64,
}

impl Clustering {
    /// By these medoids, at least one. O(n·k).
    pub(super) fn by(table: &Table, medoids: Vec<usize>) -> Self {
        let n = table.len();
        let mut nearest = vec![0; n];
        let (mut first, mut second) = (vec![f32::INFINITY; n], vec![FARTHEST; n]);
        for (m, &medoid) in medoids.iter().enumerate() {
            for (j, &d) in table.distances_of(medoid).iter().enumerate() {
                if d < first[j] {
                    (second[j], first[j], nearest[j]) = (first[j].min(FARTHEST), d, m);
                } else if d < second[j] {
                    second[j] = d;
                }
            }
        }
        let cost = first.iter().zip(&table.weights).map(|(&d, &w)| f64::from(d) * f64::from(w));
        Self { cost: cost.sum(), medoids, nearest, first, second }
    }

    /// One medoid: the point with the least Σ wⱼ·d. O(n²).
    pub(super) fn single(table: &Table) -> Self {
        let all: Vec<usize> = (0..table.len()).collect();
        Self::by(table, vec![table.center_of(&all).expect("at least one point")])
    }

    /// One medoid more, the one that lowers the cost most. O(n²).
    pub(super) fn with_one_more(&self, table: &Table) -> Self {
        let gain = |x: usize| {
            let terms = table.distances_of(x).iter().zip(&self.first).zip(&table.weights);
            terms.map(|((&d, &d1), &w)| f64::from((d1 - d).max(0.0) * w)).sum::<f64>()
        };
        let gains: Vec<f64> = (0..table.len()).map(gain).collect();
        let mut medoids = self.medoids.clone();
        medoids.push(first_best(&gains, self.cost));
        Self::by(table, medoids)
    }

    /// Swaps a medoid for another point as long as that lowers the cost by more than this share of it.
    pub(super) fn swapped(mut self, table: &Table, toll: f64) -> Self {
        let toll = toll.max(ROUNDING);
        while let Some((m, x)) = self.best_swap(table, toll * self.cost) {
            let mut medoids = self.medoids;
            medoids[m] = x;
            let swapped = Self::by(table, medoids);
            if swapped.cost >= self.cost {
                // What the sums promised was rounding.
                return swapped;
            }
            self = swapped;
        }
        self
    }

    /// The swap that lowers the cost most, if by more than `least`: which medoid for which point. O(n²).
    fn best_swap(&self, table: &Table, least: f64) -> Option<(usize, usize)> {
        let k = self.medoids.len();
        // What the loss of each medoid costs: its points go to their second.
        let mut loss = vec![0.0; k];
        for (j, &m) in self.nearest.iter().enumerate() {
            loss[m] += f64::from((self.second[j] - self.first[j]) * table.weights[j]);
        }
        let mut best = (0.0, 0, 0);
        let mut change = vec![0.0; k];
        for x in 0..table.len() {
            change.copy_from_slice(&loss);
            let mut shared = 0.0;
            let points = table.distances_of(x).iter().zip(&self.first).zip(&self.second);
            let points = points.zip(&table.weights).zip(&self.nearest);
            for ((((&d, &d1), &d2), &w), &m) in points {
                if d < d1 {
                    // x takes the point whichever medoid goes; if its own goes, its loss is no longer due.
                    shared += f64::from((d - d1) * w);
                    change[m] += f64::from((d1 - d2) * w);
                } else if d < d2 {
                    change[m] += f64::from((d - d2) * w);
                }
            }
            for (m, change) in change.iter().enumerate() {
                // A later pair must be better by more than rounding, so that ties go to the first row.
                if change + shared < best.0 - ROUNDING * self.cost {
                    best = (change + shared, m, x);
                }
            }
        }
        (-best.0 > least).then_some((best.1, best.2))
    }
}

/// The place of the largest number, the first of those that differ from it by rounding.
fn first_best(numbers: &[f64], scale: f64) -> usize {
    let largest = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let is_best = |x: &f64| *x >= largest - ROUNDING * scale;
    numbers.iter().position(is_best).expect("at least one point")
}
