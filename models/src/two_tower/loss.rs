//! How far is a liked recording from standing before all others?
//!
//! Each example's liked item is a negative of the others, together with items drawn evenly and with one that the
//! listener turned away from.
//! The softmax over the catalogue is estimated from these negatives, each weighed by 1 over its chance of being there:
//! `z_c = s_c/τ − log_q·ln(n_items·Q_c) − ln(n/n_items)`, `Q` the mixture that the `n` negatives are drawn from.
//! The liked one is not drawn, it is always there, and keeps its own score (Khrylchenko et al., Correcting the LogQ
//! Correction, 2025, arXiv 2507.09331; with the refinement, the gradient is that of their eq. 9).
//! A negative that the listener likes as well is left out of the sum.
//! Beside it, where that is wanted, stands the contrast of the liked one with one that was skipped or disliked alone,
//! −ln σ((s_liked − s_skipped)/τ), the two-class form of that of Seshadri & Knees, Leveraging Negative Signals with
//! Self-Attention for Sequential Music Recommendation, 2023.

use linalg::{Isa, Kernel, LANES, Onto, Simd, View, multiply};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::params::{Loss, Params};
use crate::network::exp;

/// The logarithm of no chance.
const NEVER: f32 = -1e30;

/// Which recordings a batch is about.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    /// Examples; column `r` is the liked one of example `r`.
    pub(super) n_examples: usize,
    /// Columns: the liked ones, then those drawn evenly.
    pub(super) n: usize,
    /// `[n]` what is added to the score of a column where it is a negative.
    pub(super) offsets: Vec<f32>,
    /// By example: columns of other examples that are no negatives of it.
    pub(super) left_out: Vec<Vec<u32>>,
    /// By example: the row behind the columns of what the listener turned away from, if anything.
    pub(super) hard: Vec<Option<u32>>,
}

/// Gradients by the units of both towers; memory that every batch uses anew.
#[derive(Clone, Debug, Default)]
pub(super) struct Gradients {
    /// `[n_examples × n]`: scores, then the gradient by them.
    scores: Vec<f32>,
    /// By example: the same of the hard negative.
    hard: Vec<f32>,
    pub(super) listeners: Vec<f32>,
    pub(super) items: Vec<f32>,
}

/// The mean loss of a batch, with its gradients.
pub(super) fn loss(
    params: &Params,
    columns: &Columns,
    listeners: &[f32],
    items: &[f32],
    gradients: &mut Gradients,
) -> f64 {
    let (isa, dim, n) = (Isa::best(), params.dim, columns.n);
    let n_examples = columns.n_examples;
    let users = View::new(listeners, n_examples, dim);
    let candidates = View::new(&items[..n * dim], n, dim);
    gradients.scores.resize(n_examples * n, 0.0);
    multiply(users, candidates.turned(), &mut gradients.scores, Onto::Nothing, isa);
    let unit = |rows: &[f32], row: usize| rows[row * dim..][..dim].to_vec();
    gradients.hard.resize(n_examples, 0.0);
    let rows = gradients.scores.par_chunks_mut(n.max(1)).zip(gradients.hard.par_chunks_mut(1));
    let losses: Vec<f64> = rows
        .enumerate()
        .map(|(example, (scores, hard))| {
            let worst = columns.hard[example];
            if let Some(row) = worst {
                hard[0] =
                    linalg::dot(&unit(listeners, example), &items[row as usize * dim..][..dim]);
            }
            let hard = worst.map(|_| &mut hard[0]);
            f64::from(isa.run(OfExample { params, columns, example, scores, hard }))
        })
        .collect();
    gradients.listeners.resize(listeners.len(), 0.0);
    gradients.items.resize(items.len(), 0.0);
    gradients.items[n * dim..].fill(0.0);
    let by_score = View::new(&gradients.scores, n_examples, n);
    multiply(by_score, candidates, &mut gradients.listeners, Onto::Nothing, isa);
    multiply(by_score.turned(), users, &mut gradients.items[..n * dim], Onto::Nothing, isa);
    for (example, row) in columns.hard.iter().enumerate() {
        let Some(row) = row else { continue };
        let (item, listener) = (unit(items, *row as usize), unit(listeners, example));
        let weight = gradients.hard[example];
        linalg::add_scaled(&mut gradients.listeners[example * dim..][..dim], weight, &item);
        linalg::add_scaled(&mut gradients.items[*row as usize * dim..][..dim], weight, &listener);
    }
    losses.iter().sum::<f64>() / n_examples.max(1) as f64
}

/// Turns the scores of one example into their gradient.
struct OfExample<'a> {
    params: &'a Params,
    columns: &'a Columns,
    example: usize,
    scores: &'a mut [f32],
    hard: Option<&'a mut f32>,
}

impl Kernel for OfExample<'_> {
    type Output = f32;

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) -> f32 {
        let Self { params, columns, example, scores, mut hard } = self;
        let gap =
            hard.as_deref().filter(|_| params.contrast > 0.0).map(|hard| scores[example] - hard);
        let own =
            OfExample { params, columns, example, scores: &mut *scores, hard: hard.as_deref_mut() }
                .own();
        let (Some(gap), Some(hard)) = (gap, hard) else { return own };
        let (cost, slope) = bpr(params, gap);
        let slope = params.contrast * slope / columns.n_examples as f32;
        scores[example] += slope;
        *hard -= slope;
        own + params.contrast * cost
    }
}

impl OfExample<'_> {
    /// Without the contrast.
    #[inline(always)]
    fn own(self) -> f32 {
        match self.params.loss {
            Loss::Softmax => self.softmax(),
            Loss::Bpr => self.pairs(bpr),
            Loss::Triplet => self.pairs(triplet),
        }
    }

    #[inline(always)]
    fn softmax(self) -> f32 {
        let Self { params, columns, example, scores, hard } = self;
        let by = 1.0 / params.temperature;
        let liked = by * scores[example];
        let mut most = liked;
        for (score, offset) in scores.iter_mut().zip(&columns.offsets) {
            *score = by * *score + offset;
        }
        scores[example] = liked;
        for column in &columns.left_out[example] {
            scores[*column as usize] = NEVER;
        }
        most = most.max(largest(scores));
        let mut of_hard =
            hard.as_ref().map_or(NEVER, |score| by * **score + params.hard_weight.ln());
        most = most.max(of_hard);
        let mut sums = [0.0_f32; LANES];
        let (blocks, rest) = scores.as_chunks_mut::<LANES>();
        for block in blocks {
            block.iter_mut().for_each(|x| *x -= most);
            exp(block);
            for lane in 0..LANES {
                sums[lane] += block[lane];
            }
        }
        let mut last = [NEVER; LANES];
        for (last, score) in last.iter_mut().zip(rest.iter()) {
            *last = score - most;
        }
        last[LANES - 1] = of_hard - most;
        exp(&mut last);
        rest.copy_from_slice(&last[..rest.len()]);
        of_hard = last[LANES - 1];
        let sum = sums.iter().sum::<f32>() + last.iter().sum::<f32>();
        let scale = by / (sum * columns.n_examples as f32);
        for score in scores.iter_mut() {
            *score *= scale;
        }
        scores[example] -= by / columns.n_examples as f32;
        if let Some(hard) = hard {
            *hard = of_hard * scale;
        }
        sum.ln() + most - liked
    }

    /// The mean over negatives of a cost of the gap to each.
    #[inline(always)]
    fn pairs(self, cost: impl Fn(&Params, f32) -> (f32, f32)) -> f32 {
        let Self { params, columns, example, scores, hard } = self;
        let liked = scores[example];
        let left_out = &columns.left_out[example];
        let of_hard = if hard.is_some() { params.hard_weight } else { 0.0 };
        let weight = (scores.len() - 1 - left_out.len()) as f32 + of_hard;
        if weight <= 0.0 {
            scores.fill(0.0);
            return 0.0;
        }
        let scale = 1.0 / (weight * columns.n_examples as f32);
        let (mut loss, mut pull) = (0.0, 0.0);
        for column in left_out {
            scores[*column as usize] = NEVER;
        }
        for (column, score) in scores.iter_mut().enumerate() {
            if column == example {
                continue;
            }
            let (of_gap, slope) = cost(params, liked - *score);
            loss += of_gap;
            *score = -slope * scale;
            pull += slope * scale;
        }
        if let Some(hard) = hard {
            let (of_gap, slope) = cost(params, liked - *hard);
            loss += of_gap * of_hard;
            *hard = -slope * scale * of_hard;
            pull += slope * scale * of_hard;
        }
        scores[example] = pull;
        loss / weight
    }
}

/// The largest of numbers, sixteen side by side.
#[inline(always)]
fn largest(numbers: &[f32]) -> f32 {
    let (blocks, rest) = numbers.as_chunks::<LANES>();
    let mut most = [f32::NEG_INFINITY; LANES];
    for block in blocks {
        for lane in 0..LANES {
            most[lane] = if block[lane] > most[lane] { block[lane] } else { most[lane] };
        }
    }
    most.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max)
}

/// ln(1 + e^(−gap/τ)) and its slope.
#[inline(always)]
fn bpr(params: &Params, gap: f32) -> (f32, f32) {
    let x = gap / params.temperature;
    let below = (-x.abs()).exp();
    let loss = (-x).max(0.0) + below.ln_1p();
    let wrong = if x > 0.0 { below / (1.0 + below) } else { 1.0 / (1.0 + below) };
    (loss, -wrong / params.temperature)
}

/// What the gap lacks of the margin, and its slope.
#[inline(always)]
fn triplet(params: &Params, gap: f32) -> (f32, f32) {
    let lack = params.margin - gap;
    if lack > 0.0 { (lack, -1.0) } else { (0.0, 0.0) }
}

#[cfg(test)]
mod tests {
    use super::{Columns, Gradients, loss};
    use crate::network::testing::{check_gradient, numbers};
    use crate::two_tower::params::{Loss, Params};

    fn columns() -> Columns {
        Columns {
            n_examples: 4,
            n: 6,
            offsets: vec![-0.3, 0.2, 0.0, 0.5, 1.0, -1.0],
            left_out: vec![vec![2], vec![], vec![0, 5], vec![]],
            hard: vec![None, Some(6), None, Some(7)],
        }
    }

    #[test]
    fn the_gradients_of_each_loss_are_central_differences() {
        let columns = columns();
        let (listeners, items) = (numbers(1, 4 * 3), numbers(2, 8 * 3));
        for kind in [Loss::Softmax, Loss::Bpr, Loss::Triplet] {
            let params = Params {
                dim: 3,
                loss: kind,
                temperature: 0.7,
                hard_weight: 2.0,
                contrast: 0.7,
                ..Params::default()
            };
            let mut gradients = Gradients::default();
            loss(&params, &columns, &listeners, &items, &mut gradients);
            let again = |listeners: &[f32], items: &[f32]| {
                loss(&params, &columns, listeners, items, &mut Gradients::default())
            };
            check_gradient(&listeners, &gradients.listeners, |x| again(x, &items));
            check_gradient(&items, &gradients.items, |x| again(&listeners, x));
        }
    }

    #[test]
    fn drawn_negatives_estimate_the_softmax_over_all() {
        // Every item but the liked one is a negative, each once and all as likely: n = n_items − 1 and Q = 1/n_items, so
        // that the offsets ln(n_items/n) are those of a sum in which each stands for n_items/n items.
        let n_items = 5;
        let n = (n_items - 1) as f32;
        let columns = Columns {
            n_examples: 1,
            n: n_items,
            offsets: vec![(n_items as f32 / n).ln(); n_items],
            left_out: vec![vec![]],
            hard: vec![None],
        };
        let params = Params { dim: 1, temperature: 1.0, ..Params::default() };
        let items = [0.1, 0.2, 0.3, 0.4, 0.5];
        let got = loss(&params, &columns, &[1.0], &items, &mut Gradients::default());
        let others: f64 = items[1..].iter().map(|x| f64::from(*x).exp()).sum();
        // 5/4 items a negative.
        let expected = (others * 1.25 / 0.1_f64.exp()).ln_1p();
        assert!((got - expected).abs() < 1e-5, "{got} {expected}");
    }
}
