//! What is worth trying next, after what was tried?
//!
//! TPE, the tree-structured Parzen estimator (Bergstra, Bardenet, Bengio & Kégl, Algorithms for Hyper-Parameter
//! Optimization, 2011), over all parameters jointly as in BOHB (Falkner, Klein & Hutter 2018): l(x) is the density of the
//! better settings, g(x) that of the others, and of some settings drawn from l the one with the highest l/g is tried.
//! A density is a kernel around each setting and one part of the uniform, so that nothing is ever ruled out.
//!
//! The crate `tpe` would do one parameter at a time and bring 41 crates along, some in a second version.

use super::chance::Chance;

/// Settings drawn from l, of which one is taken.
const CANDIDATES: usize = 24;
/// Share of the settings that are the better ones.
const GOOD: f64 = 0.1;
/// A kernel is at least this wide, on an interval of 1, and no wider than that; narrower ones stay where luck put them.
const WIDTHS: (f64, f64) = (0.1, 0.5);
/// How much of a kernel over names is spread over all of them.
const SPREAD: f64 = 0.3;

/// What a coordinate between 0 and 1 stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number, near ones being alike.
    Number,
    /// One of so many names, in equal parts of the interval, all unlike.
    Name(usize),
}

/// Settings of which the density of the better ones is already worth asking.
pub(super) fn n_before(n_dims: usize) -> usize {
    2 * (n_dims + 1)
}

/// A setting to try; `tried` has the best first.
pub(super) fn propose(kinds: &[Kind], tried: &[Vec<f64>], chance: &mut Chance) -> Vec<f64> {
    let (good, others) = tried.split_at(n_good(tried.len()));
    // Where nothing was tried neither is denser: the uniform has the same part of both.
    let uniform = (others.len() as f64 / good.len().max(1) as f64).max(1.0);
    let (good, others) = (Density::of(kinds, good, 1.0), Density::of(kinds, others, uniform));
    let mut best: Option<(f64, Vec<f64>)> = None;
    for _ in 0..CANDIDATES {
        let place = good.draw(chance);
        let gain = good.at(&place).ln() - others.at(&place).ln();
        if best.as_ref().is_none_or(|(highest, _)| gain > *highest) {
            best = Some((gain, place));
        }
    }
    best.expect("there are candidates").1
}

/// How many are the better ones: two at least, and no more than half.
fn n_good(n: usize) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of n is a number between 0 and n"
    )]
    let share = (GOOD * n as f64).ceil() as usize;
    share.max(2).min(n.div_ceil(2))
}

/// A kernel around each setting, and one part of the uniform.
struct Density<'a> {
    kinds: &'a [Kind],
    centers: &'a [Vec<f64>],
    /// Of the kernels, by coordinate.
    widths: Vec<f64>,
    /// The uniform, in settings.
    uniform: f64,
}

impl<'a> Density<'a> {
    fn of(kinds: &'a [Kind], centers: &'a [Vec<f64>], uniform: f64) -> Self {
        let widths = (0..kinds.len()).map(|j| width(centers, j, kinds.len())).collect();
        Self { kinds, centers, widths, uniform }
    }

    fn at(&self, place: &[f64]) -> f64 {
        let kernel = |center: &Vec<f64>| -> f64 {
            (0..self.kinds.len()).map(|j| self.kernel(j, place[j], center[j])).product()
        };
        let sum: f64 = self.centers.iter().map(kernel).sum();
        (self.uniform + sum) / (self.uniform + self.centers.len() as f64)
    }

    /// A density over the unit interval.
    fn kernel(&self, j: usize, x: f64, center: f64) -> f64 {
        match self.kinds[j] {
            Kind::Number => {
                // What would lie outside is folded back, so that the whole is 1 up to what is folded twice.
                let width = self.widths[j];
                let normal = |at: f64| (-0.5 * ((x - at) / width).powi(2)).exp();
                let sum = normal(center) + normal(-center) + normal(2.0 - center);
                sum / (width * std::f64::consts::TAU.sqrt())
            }
            Kind::Name(n) if part(x, n) == part(center, n) => SPREAD + (1.0 - SPREAD) * n as f64,
            Kind::Name(_) => SPREAD,
        }
    }

    fn draw(&self, chance: &mut Chance) -> Vec<f64> {
        let center = self.centers.get(chance.below(self.centers.len() + 1));
        let draw = |j: usize| {
            let Some(center) = center else { return chance.unit() };
            match self.kinds[j] {
                Kind::Number => fold(center[j] + self.widths[j] * chance.normal()),
                Kind::Name(_) if chance.unit() < SPREAD => chance.unit(),
                Kind::Name(_) => center[j],
            }
        };
        (0..self.kinds.len()).map(draw).collect()
    }
}

/// Scott's rule: the deviation, less the more settings there are.
fn width(centers: &[Vec<f64>], j: usize, n_dims: usize) -> f64 {
    let n = centers.len() as f64;
    let mean = centers.iter().map(|center| center[j]).sum::<f64>() / n;
    let variance = centers.iter().map(|center| (center[j] - mean).powi(2)).sum::<f64>() / n;
    let width = variance.sqrt() * n.powf(-1.0 / (n_dims as f64 + 4.0));
    if centers.len() < 2 { WIDTHS.1 } else { width.clamp(WIDTHS.0, WIDTHS.1) }
}

/// Back into the interval, as a mirror at its ends would.
fn fold(x: f64) -> f64 {
    let x = x.rem_euclid(2.0);
    if x > 1.0 { 2.0 - x } else { x }
}

/// Which of `n` equal parts of the interval.
pub(super) fn part(x: f64, n: usize) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of an interval from 0 to 1"
    )]
    let part = (x.clamp(0.0, 1.0) * n as f64) as usize;
    part.min(n - 1)
}

#[cfg(test)]
mod tests {
    use super::super::chance::{Chance, even_place};
    use super::{Density, Kind, n_before, n_good, propose};

    #[test]
    fn the_better_ones_are_a_tenth_but_two_and_no_more_than_half() {
        assert_eq!([100, 31, 10, 3, 1].map(n_good), [10, 4, 2, 2, 1]);
    }

    #[test]
    fn a_density_is_1_over_the_whole_square() {
        let centers = vec![vec![0.1, 0.2], vec![0.15, 0.9], vec![0.6, 0.5]];
        let kinds = [Kind::Number, Kind::Name(3)];
        let density = Density::of(&kinds, &centers, 1.0);
        let n = 300;
        let middle = |k: usize| (k as f64 + 0.5) / n as f64;
        let sum: f64 = (0..n)
            .flat_map(|a| (0..n).map(move |b| (a, b)))
            .map(|(a, b)| density.at(&[middle(a), middle(b)]))
            .sum();
        // A part in a thousand for the grid and what is folded twice.
        assert!((sum / (n * n) as f64 - 1.0).abs() < 1e-3, "{sum}");
    }

    #[test]
    fn it_finds_a_hidden_place_sooner_than_even_places_do() {
        // A valley at (0.3, 0.8), on the second of three names alone.
        let badness = |place: &[f64]| {
            let of_name = if super::part(place[2], 3) == 1 { 0.0 } else { 0.5 };
            (place[0] - 0.3).powi(2) + (place[1] - 0.8).powi(2) + of_name
        };
        let kinds = [Kind::Number, Kind::Number, Kind::Name(3)];
        let by = |is_even: bool, seed: u64| {
            let mut tried: Vec<Vec<f64>> = Vec::new();
            for n in 0..60 {
                let place = if is_even || n < n_before(3) {
                    even_place(n, 3, &mut Chance::of(seed, &[]))
                } else {
                    propose(&kinds, &tried, &mut Chance::of(seed, &[n as u64]))
                };
                let at = tried.partition_point(|other| badness(other) <= badness(&place));
                tried.insert(at, place);
            }
            badness(&tried[0]).ln()
        };
        // Some eight times nearer in the mean of twenty searches; twice is sure.
        let mean = |is_even: bool| (0..20).map(|seed| by(is_even, seed)).sum::<f64>() / 20.0;
        let (even, found) = (mean(true), mean(false));
        assert!(found < even - 2.0_f64.ln(), "{found} {even}");
    }
}
