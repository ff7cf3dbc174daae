//! Which few points stand for all?
//!
//! Weighted k-medoids: Σ wⱼ·d(j, nearest medoid) as small as swaps of one medoid make it.
//! PAM (Kaufman & Rousseeuw 1990): BUILD adds the medoid that helps most, SWAP exchanges the pair that helps most;
//! all medoids that a point could replace are judged in one pass over the points (FastPAM1: Schubert & Rousseeuw,
//! Fast and Eager k-Medoids Clustering, 2021, algorithm 2).
//! The pass has no branches: what each point adds is written down and summed by cluster, as rows that meet.
//! The best swap is taken and not the first that helps, so that the order of the rows decides ties alone.
//! A distance is 1 − cosine.

use linalg::{Isa, Matrix, dot, dots_with_all};

/// Less than this share of the cost is rounding of `f32` sums, not a gain.
const ROUNDING: f32 = 1e-5;

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

    /// The one of a few points that is nearest to them in sum, the first of several. O(n·members).
    pub(super) fn center_of(&self, members: &[usize]) -> Option<usize> {
        if members.is_empty() {
            return None;
        }
        let weights = self.weights_of(members);
        let gains: Vec<f32> =
            members.iter().map(|&i| -dot(self.distances_of(i), &weights)).collect();
        Some(members[first_best(&gains, members.iter().map(|&j| self.weights[j]).sum())])
    }

    /// By point its weight if it is one of these, otherwise 0.
    fn weights_of(&self, members: &[usize]) -> Vec<f32> {
        let mut weights = vec![0.0; self.len()];
        members.iter().for_each(|&j| weights[j] = self.weights[j]);
        weights
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
    pub(super) cost: f32,
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
        Self { cost: dot(&first, &table.weights), medoids, nearest, first, second }
    }

    /// One medoid: the point with the least Σ wⱼ·d. O(n²).
    pub(super) fn single(table: &Table) -> Self {
        let all: Vec<usize> = (0..table.len()).collect();
        Self::by(table, vec![table.center_of(&all).expect("at least one point")])
    }

    /// One medoid more, the one that lowers the cost most. O(n²).
    pub(super) fn with_one_more(&self, table: &Table) -> Self {
        let mut nearer = vec![0.0; table.len()];
        let gain = |x: usize| {
            let points = table.distances_of(x).iter().zip(&self.first);
            nearer
                .iter_mut()
                .zip(points)
                .for_each(|(nearer, (&d, &d1))| *nearer = (d1 - d).max(0.0));
            dot(&nearer, &table.weights)
        };
        let gains: Vec<f32> = (0..table.len()).map(gain).collect();
        let mut medoids = self.medoids.clone();
        medoids.push(first_best(&gains, self.cost));
        Self::by(table, medoids)
    }

    /// Swaps a medoid for another point as long as that lowers the cost.
    pub(super) fn swapped(mut self, table: &Table) -> Self {
        while let Some((m, x)) = self.best_swap(table) {
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

    /// Moves each medoid to the center of its own points where that lowers their cost by more than this share of it.
    ///
    /// Unlike a swap this gives no medoid to other points.
    pub(super) fn centered(mut self, table: &Table, toll: f32) -> Self {
        let toll = toll.max(ROUNDING);
        loop {
            let mut members = vec![Vec::new(); self.medoids.len()];
            self.nearest.iter().enumerate().for_each(|(j, &m)| members[m].push(j));
            let mut medoids = self.medoids.clone();
            for (medoid, members) in medoids.iter_mut().zip(&members) {
                let weights = table.weights_of(members);
                let cost = |center: usize| dot(table.distances_of(center), &weights);
                if let Some(center) = table.center_of(members)
                    && cost(center) < (1.0 - toll) * cost(*medoid)
                {
                    *medoid = center;
                }
            }
            if medoids == self.medoids {
                return self;
            }
            let centered = Self::by(table, medoids);
            if centered.cost >= self.cost {
                return self;
            }
            self = centered;
        }
    }

    /// Without the medoid whose loss leaves the others told apart best, by the weighted mean of 1 − first / second
    /// (the medoid silhouette; Lenssen & Schubert 2022). Of at least three. O(n·k²).
    pub(super) fn with_one_less(&self, table: &Table) -> Self {
        let without = |m: usize| {
            let mut medoids = self.medoids.clone();
            medoids.remove(m);
            Self::by(table, medoids)
        };
        let contrast = |clustering: &Self| {
            let points = clustering.first.iter().zip(&clustering.second).zip(&table.weights);
            let apart = |((&d1, &d2), &w): ((&f32, &f32), &f32)| {
                if d2 > 0.0 { w * (1.0 - d1 / d2) } else { 0.0 }
            };
            points.map(apart).sum::<f32>()
        };
        let mut fewer: Vec<Self> = (0..self.medoids.len()).map(without).collect();
        let contrasts: Vec<f32> = fewer.iter().map(contrast).collect();
        fewer.swap_remove(first_best(&contrasts, table.weights.iter().sum()))
    }

    /// The swap that lowers the cost most: which medoid for which point. O(n²·k).
    fn best_swap(&self, table: &Table) -> Option<(usize, usize)> {
        let (n, k) = (table.len(), self.medoids.len());
        let clusters = self.clusters(table);
        let (mut nearer, mut next) = (vec![0.0; n], vec![0.0; n]);
        let (mut change, mut best) = (vec![0.0; k], (0.0, 0, 0));
        for x in 0..n {
            let points = table.distances_of(x).iter().zip(&self.first).zip(&self.second);
            for ((((&d, &d1), &d2), nearer), next) in points.zip(&mut nearer).zip(&mut next) {
                // Whichever medoid goes, x takes what is nearer to it; what has lost its own goes to x or its second.
                *nearer = (d - d1).min(0.0);
                *next = d.max(d1).min(d2) - d1;
            }
            let shared = dot(&nearer, &table.weights);
            dots_with_all(&clusters, &next, &mut change, Isa::best());
            for (m, change) in change.iter().enumerate() {
                // A later pair must be better by more than rounding, so that ties go to the first row.
                if change + shared < best.0 - ROUNDING * self.cost {
                    best = (change + shared, m, x);
                }
            }
        }
        (best.0 < 0.0).then_some((best.1, best.2))
    }

    /// By cluster and point: the point's weight in its own cluster, otherwise 0 `[k × n]`.
    pub(super) fn clusters(&self, table: &Table) -> Matrix {
        let mut clusters = Matrix::zeros(self.medoids.len(), table.len());
        for (j, (&m, &w)) in self.nearest.iter().zip(&table.weights).enumerate() {
            clusters.row_mut(m)[j] = w;
        }
        clusters
    }
}

/// The place of the largest number, the first of those that differ from it by rounding.
fn first_best(numbers: &[f32], scale: f32) -> usize {
    let largest = numbers.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let is_best = |x: &f32| *x >= largest - ROUNDING * scale;
    numbers.iter().position(is_best).expect("at least one point")
}

#[cfg(test)]
mod tests;
