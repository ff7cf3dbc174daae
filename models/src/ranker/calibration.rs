//! How likely is it, by this score, and does what is said of likelihoods hold?
//!
//! Platt, Probabilistic Outputs for Support Vector Machines (1999): p = σ(a·s + b), fitted by Newton's method as in Lin,
//! Lin & Weng, A Note on Platt's Probabilistic Outputs (2007), with their targets, which keep a few examples from
//! promising certainty.
//! What is promised is held against what came, bin by bin: DeGroot & Fienberg (1983); the expected calibration error is
//! that of Naeini, Cooper & Hauskrecht (2015), Σ n_b/n·|observed − predicted|.

/// Steps of Newton's method; some ten are enough.
const MAX_STEPS: usize = 100;
/// Where the gradient is smaller it is done.
const DONE: f64 = 1e-9;
/// Keeps the system solvable where all scores are the same.
const RIDGE: f64 = 1e-12;
/// A step shorter than this leads nowhere.
const SHORTEST: f64 = 1e-10;

/// A score, made a probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Platt {
    /// a, negative where low scores were liked.
    pub slope: f64,
    /// b.
    pub shift: f64,
}

impl Platt {
    /// The likeliest of all, given what was liked and how much each example counts. O(n) a step.
    ///
    /// Without examples every probability is ½.
    ///
    /// # Panics
    /// When the lengths differ.
    #[must_use]
    pub fn fit(scores: &[f32], is_liked: &[bool], weights: &[f32]) -> Self {
        let lengths = [is_liked.len(), weights.len()];
        assert_eq!(lengths, [scores.len(); 2], "an answer and a weight a score expected");
        let of = |wanted: bool| {
            let examples =
                is_liked.iter().zip(weights).filter(|(is_liked, _)| **is_liked == wanted);
            examples.map(|(_, &weight)| f64::from(weight)).sum::<f64>()
        };
        let (n_liked, n_others) = (of(true), of(false));
        let targets = [1.0 / (n_others + 2.0), (n_liked + 1.0) / (n_liked + 2.0)];
        let examples = scores.iter().zip(is_liked).zip(weights).map(|((&s, &is_liked), &w)| {
            (f64::from(s), targets[usize::from(is_liked)], f64::from(w))
        });
        let examples: Vec<(f64, f64, f64)> = examples.collect();
        let mut fitted = Self { slope: 0.0, shift: ((n_liked + 1.0) / (n_others + 1.0)).ln() };
        let mut cost = fitted.cost(&examples);
        for _ in 0..MAX_STEPS {
            let Some((better, lower)) = fitted.newton(&examples, cost) else { break };
            (fitted, cost) = (better, lower);
        }
        fitted
    }

    /// The probability that belongs to a score.
    #[must_use]
    pub fn probability(&self, score: f32) -> f64 {
        sigmoid(self.slope * f64::from(score) + self.shift)
    }

    /// −ln of the likelihood.
    fn cost(&self, examples: &[(f64, f64, f64)]) -> f64 {
        let of = |&(score, target, weight): &(f64, f64, f64)| {
            let z = self.slope * score + self.shift;
            // ln(1 + e^z) − t·z, without overflow.
            weight * (z.max(0.0) + (-z.abs()).exp().ln_1p() - target * z)
        };
        examples.iter().map(of).sum()
    }

    /// One step, halved until the cost falls; `None` where it is done.
    fn newton(self, examples: &[(f64, f64, f64)], cost: f64) -> Option<(Self, f64)> {
        let (mut by_slope, mut by_shift) = (0.0, 0.0);
        let (mut ss, mut s, mut one) = (RIDGE, 0.0, RIDGE);
        for &(score, target, weight) in examples {
            let p = sigmoid(self.slope * score + self.shift);
            let (error, curve) = (weight * (p - target), weight * p * (1.0 - p));
            by_slope += error * score;
            by_shift += error;
            ss += curve * score * score;
            s += curve * score;
            one += curve;
        }
        if by_slope.abs() < DONE && by_shift.abs() < DONE {
            return None;
        }
        let determinant = ss * one - s * s;
        let step_slope = -(one * by_slope - s * by_shift) / determinant;
        let step_shift = -(ss * by_shift - s * by_slope) / determinant;
        let fall = by_slope * step_slope + by_shift * step_shift;
        let mut length = 1.0;
        while length >= SHORTEST {
            let slope = self.slope + length * step_slope;
            let moved = Self { slope, shift: self.shift + length * step_shift };
            let lower = moved.cost(examples);
            if lower < cost + 1e-4 * length * fall {
                return Some((moved, lower));
            }
            length /= 2.0;
        }
        None
    }
}

fn sigmoid(z: f64) -> f64 {
    let tail = (-z.abs()).exp();
    if z >= 0.0 { 1.0 / (1.0 + tail) } else { tail / (1.0 + tail) }
}

/// Probabilities held against what came.
#[derive(Clone, Debug, PartialEq)]
pub struct Reliability {
    /// Those that hold an example, the least likely first.
    pub bins: Vec<Bin>,
    /// Mean distance of what was predicted from what was observed; 0 without examples.
    pub expected_calibration_error: f64,
}

/// Examples with nearly the same probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// Number of examples.
    pub n: usize,
    /// Their mean probability.
    pub predicted: f64,
    /// The share of them that was liked.
    pub observed: f64,
}

impl Reliability {
    /// Deals examples to so many bins of equal width.
    ///
    /// # Panics
    /// When the lengths differ, there is no bin, or a probability is none.
    #[must_use]
    pub fn of(probabilities: &[f64], is_liked: &[bool], n_bins: usize) -> Self {
        assert_eq!(probabilities.len(), is_liked.len(), "an answer a probability expected");
        assert!(n_bins > 0, "at least one bin expected");
        let mut bins = vec![Bin { n: 0, predicted: 0.0, observed: 0.0 }; n_bins];
        for (&p, &is_liked) in probabilities.iter().zip(is_liked) {
            assert!((0.0..=1.0).contains(&p), "a probability expected, got {p}");
            let bin = &mut bins[place(p, n_bins)];
            bin.n += 1;
            bin.predicted += p;
            bin.observed += f64::from(u8::from(is_liked));
        }
        bins.retain(|bin| bin.n > 0);
        let mut error = 0.0;
        for bin in &mut bins {
            let n = bin.n as f64;
            bin.predicted /= n;
            bin.observed /= n;
            error += n * (bin.predicted - bin.observed).abs();
        }
        Self { bins, expected_calibration_error: error / (probabilities.len().max(1)) as f64 }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 0 to the number of bins"
)]
fn place(p: f64, n_bins: usize) -> usize {
    ((p * n_bins as f64) as usize).min(n_bins - 1)
}

#[cfg(test)]
mod tests;
