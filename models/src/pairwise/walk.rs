//! What is learned from one block of users and items?
//!
//! Users one after the other, so that a user's row stays in the nearest cache; a negative is drawn for each liked item,
//! and each item that is known and not liked is a negative of a liked one drawn for it.
//! A triple moves three rows and two biases against the gradient of its cost w·ℓ(gap) + ½·reg·(‖x_u‖² + ‖y_i‖² + ‖y_j‖² +
//! b_i² + b_j²); one whose ℓ asks for nothing is passed over.
//! AdaGrad (Duchi, Hazan & Singer 2011) goes by rows here: the step of a row is divided by the root of the sum of the
//! mean squares of its gradients, those of ℓ alone, and the step of a bias by its own.
//! That is one number to remember for a row rather than one for each of its numbers.

use linalg::{Kernel, Simd};

use super::blocks::Bucket;
use super::kernel::{Meeting, Move, meet, step};
use super::ranking::{Cost, rank_weights};
use super::{Optimizer, Params, Ranking};
use crate::draw::{Draws, Sampler};
use crate::table::{Line, dots};

/// How often a negative is drawn again that the user likes.
const MAX_REDRAWS: usize = 8;
/// Keeps the first step finite where the first gradient is 0.
const EPSILON: f32 = 1e-12;

/// What an item has beside its factors.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Beside {
    /// b_i, part of every score of the item.
    pub(super) bias: f32,
    /// Sum of the squares of the gradients of the bias.
    pub(super) bias_squares: f32,
    /// Sum of the mean squares of the gradients of the factors.
    pub(super) squares: f32,
}

/// What holds for every triple.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) params: Params,
    pub(super) cost: Cost,
    /// Lines of a row.
    stride: usize,
    /// By number of tries, 1 first.
    rank_weights: Vec<f32>,
}

/// Users of a block.
#[derive(Debug)]
pub(super) struct Users<'a> {
    pub(super) factors: &'a mut [Line],
    /// By user: sum of the mean squares of the gradients.
    pub(super) squares: &'a mut [f32],
}

/// Items of a block.
#[derive(Debug)]
pub(super) struct Items<'a> {
    pub(super) factors: &'a mut [Line],
    pub(super) beside: &'a mut [Beside],
    pub(super) sampler: Sampler,
}

/// Items of a block, to look at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<'a> {
    pub(super) factors: &'a [Line],
    pub(super) beside: &'a [Beside],
    pub(super) sampler: &'a Sampler,
}

/// Visits every pair of a bucket once.
pub(super) struct Walk<'w, 'a> {
    pub(super) rules: &'w Rules,
    pub(super) users: &'w mut Users<'a>,
    pub(super) items: &'w mut Items<'a>,
    pub(super) bucket: &'w Bucket,
    pub(super) draws: Draws,
}

impl Kernel for Walk<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { rules, users, items, bucket, mut draws } = self;
        for run in bucket.runs() {
            let x = &mut users.factors[run.user * rules.stride..][..rules.stride];
            let squares = &mut users.squares[run.user];
            for (&i, &weight) in run.liked.iter().zip(run.liked_weights) {
                let i = i as usize;
                let drawn = rules.draw(simd, x, items.seen(), run.liked, i, &mut draws);
                if let Some(triple) = drawn {
                    rules.learn(simd, x, squares, items, triple, weight);
                }
            }
            for (&j, &weight) in run.disliked.iter().zip(run.disliked_weights) {
                let i = run.liked[draws.below(run.liked.len())] as usize;
                let triple = rules.triple(simd, x, items.seen(), i, j as usize);
                rules.learn(simd, x, squares, items, triple, weight);
            }
        }
    }
}

/// A better item, a worse one, and how they stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Triple {
    pub(super) i: usize,
    pub(super) j: usize,
    /// s_ui − s_uj in `gap`, the biases included.
    pub(super) meeting: Meeting,
    /// Weight by rank; 1 where there is none.
    pub(super) rank_weight: f32,
}

impl Rules {
    pub(super) fn new(params: Params, n_items: usize) -> Self {
        let stride = params.dim.div_ceil(linalg::LANES);
        let rank_weights = rank_weights(n_items, params.candidates);
        Self { params, cost: Cost::new(&params), stride, rank_weights }
    }

    /// What should be scored below `i`: the first negative drawn, the best scored of several, or, for WARP, the first
    /// that violates the margin.
    #[inline(always)]
    pub(super) fn draw<S: Simd>(
        &self,
        simd: S,
        x: &[Line],
        items: Seen<'_>,
        liked: &[u32],
        i: usize,
        draws: &mut Draws,
    ) -> Option<Triple> {
        let (j, rank_weight) = if self.params.ranking == Ranking::Warp {
            self.violating(simd, x, items, liked, i, draws)?
        } else if self.params.candidates == 1 {
            (unliked(items.sampler, liked, draws)?, 1.0)
        } else {
            (self.best_scored(simd, x, items, liked, draws)?, 1.0)
        };
        Some(Triple { rank_weight, ..self.triple(simd, x, items, i, j) })
    }

    /// The first of the candidates that is not scored below `i` by a margin of 1, and what its place says of the rank.
    #[inline(always)]
    fn violating<S: Simd>(
        &self,
        simd: S,
        x: &[Line],
        items: Seen<'_>,
        liked: &[u32],
        i: usize,
        draws: &mut Draws,
    ) -> Option<(usize, f32)> {
        let [s_i, ..] = self.scores(simd, x, items, [i; 4]);
        for rank_weights in self.rank_weights.chunks(4) {
            let (four, n) = Self::four(items.sampler, liked, rank_weights.len(), draws);
            let scores = self.scores(simd, x, items, four);
            for k in 0..n {
                if s_i - scores[k] < 1.0 {
                    return Some((four[k], rank_weights[k]));
                }
            }
        }
        None
    }

    /// The best scored of the candidates, the first of several.
    #[inline(always)]
    fn best_scored<S: Simd>(
        &self,
        simd: S,
        x: &[Line],
        items: Seen<'_>,
        liked: &[u32],
        draws: &mut Draws,
    ) -> Option<usize> {
        let mut best: Option<(usize, f32)> = None;
        for first in (0..self.params.candidates).step_by(4) {
            let wanted = (self.params.candidates - first).min(4);
            let (four, n) = Self::four(items.sampler, liked, wanted, draws);
            let scores = self.scores(simd, x, items, four);
            for (&j, &score) in four.iter().zip(&scores).take(n) {
                if best.is_none_or(|(_, highest)| score > highest) {
                    best = Some((j, score));
                }
            }
        }
        best.map(|(j, _)| j)
    }

    /// Up to four candidates, and how many they are.
    #[inline(always)]
    fn four(
        sampler: &Sampler,
        liked: &[u32],
        wanted: usize,
        draws: &mut Draws,
    ) -> ([usize; 4], usize) {
        let (mut four, mut n) = ([0; 4], 0);
        for _ in 0..wanted {
            if let Some(j) = unliked(sampler, liked, draws) {
                four[n] = j;
                n += 1;
            }
        }
        (four, n)
    }

    /// s_uj of four items.
    #[inline(always)]
    fn scores<S: Simd>(&self, simd: S, x: &[Line], items: Seen<'_>, four: [usize; 4]) -> [f32; 4] {
        let [a, b, c, d] = four;
        let rows = [self.row(items, a), self.row(items, b), self.row(items, c), self.row(items, d)];
        let mut scores = dots(simd, x, rows);
        for (score, j) in scores.iter_mut().zip(four) {
            *score += items.beside[j].bias;
        }
        scores
    }

    #[inline(always)]
    fn triple<S: Simd>(&self, simd: S, x: &[Line], items: Seen<'_>, i: usize, j: usize) -> Triple {
        let mut meeting = meet(simd, x, self.row(items, i), self.row(items, j));
        meeting.gap += items.beside[i].bias - items.beside[j].bias;
        Triple { i, j, meeting, rank_weight: 1.0 }
    }

    #[inline(always)]
    fn row<'a>(&self, items: Seen<'a>, i: usize) -> &'a [Line] {
        &items.factors[i * self.stride..][..self.stride]
    }

    /// Moves what a triple touches.
    #[inline(always)]
    fn learn<S: Simd>(
        &self,
        simd: S,
        x: &mut [Line],
        x_squares: &mut f32,
        items: &mut Items<'_>,
        triple: Triple,
        weight: f32,
    ) {
        let Triple { i, j, meeting, rank_weight } = triple;
        let push = weight * rank_weight * self.cost.slope(meeting.gap);
        if push == 0.0 {
            return;
        }
        let (mut of_i, mut of_j) = (items.beside[i], items.beside[j]);
        let mut rates = [self.params.learning_rate; 5];
        if self.params.optimizer == Optimizer::Adagrad {
            let push_squared = push * push;
            let mean = push_squared / self.params.dim as f32;
            *x_squares += mean * meeting.of_difference;
            of_i.squares += mean * meeting.of_x;
            of_j.squares += mean * meeting.of_x;
            of_i.bias_squares += push_squared;
            of_j.bias_squares += push_squared;
            let sums =
                [*x_squares, of_i.squares, of_j.squares, of_i.bias_squares, of_j.bias_squares];
            for (rate, sum) in rates.iter_mut().zip(sums) {
                *rate /= (sum + EPSILON).sqrt();
            }
        }
        let [of_x, of_y_i, of_y_j, of_b_i, of_b_j] =
            rates.map(|rate| Move { pull: rate * push, keep: 1.0 - rate * self.params.reg });
        of_i.bias = of_b_i.keep * of_i.bias + of_b_i.pull;
        of_j.bias = of_b_j.keep * of_j.bias - of_b_j.pull;
        items.beside[i] = of_i;
        items.beside[j] = of_j;
        let starts = [i * self.stride, j * self.stride];
        step(simd, x, items.factors, starts, [of_x, of_y_i, of_y_j]);
    }
}

impl Items<'_> {
    #[inline(always)]
    fn seen(&self) -> Seen<'_> {
        Seen { factors: self.factors, beside: self.beside, sampler: &self.sampler }
    }
}

/// An item that the user does not like; `None` where a few draws find none.
#[inline(always)]
fn unliked(sampler: &Sampler, liked: &[u32], draws: &mut Draws) -> Option<usize> {
    for _ in 0..=MAX_REDRAWS {
        let j = sampler.draw(draws);
        if !liked.contains(&j) {
            return Some(j as usize);
        }
    }
    None
}
