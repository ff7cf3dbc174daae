//! In which direction does one rating pull its two rows?
//!
//! Stochastic gradient descent, Koren, Bell & Volinsky (2009), p. 45, over disjoint blocks of users × items.
//! A pair's part of the loss is (r − x_u·y_i)² + ρ_u·‖x_u‖² + ρ_i·‖y_i‖² with ρ_u = λ_u/n_u, so that all parts add up to it.
//! AdaGrad (Duchi, Hazan & Singer 2011) divides the step of each number by the root of its squared gradients' sum.

use linalg::{Csr, dot};
use music::{ItemIx, UserIx};

use super::{Params, Robust, Side, State};
use crate::Training;
use crate::grid::{Grid, Pair};
use crate::hash::hash;

/// Keeps the first step finite where the first gradient is 0.
const EPSILON: f32 = 1e-8;

/// One pass over all pairs after the other.
pub(super) struct Descent {
    params: Params,
    robust: Robust,
    grid: Grid<Sample>,
    /// Length of the steps of each number of a row.
    rates: Vec<f32>,
}

/// What a step is made from, beside the rows.
#[derive(Clone, Copy, Debug)]
struct Sample {
    /// r − μ.
    rating: f32,
    /// ρ_u.
    user_ridge: f32,
    /// ρ_i.
    item_ridge: f32,
}

impl Descent {
    pub(super) fn new(
        params: Params,
        training: &Training<'_>,
        (by_user, by_item): (&Csr<UserIx, ItemIx>, &Csr<ItemIx, UserIx>),
        spread: f32,
        robust: Robust,
    ) -> Self {
        let share = |n_pairs: usize| params.ridge(n_pairs) / n_pairs as f32;
        let samples = by_user.map(|u, i, &rating| Sample {
            rating,
            user_ridge: share(by_user.row(u).0.len()),
            item_ridge: share(by_item.row(i).0.len()),
        });
        let seed = training.seed;
        let item_keys: Vec<u64> = training.rows.ids().iter().map(|id| hash([seed, id.0])).collect();
        // A user has no name here, so what the user rated has to do; a sum, as items may stand in any order.
        let user_key = |(_, columns, ratings): (usize, &[u32], &[f32])| {
            let pairs = columns.iter().zip(ratings);
            let keys = pairs.map(|(&i, r)| hash([item_keys[i as usize], r.to_bits().into()]));
            hash([seed, keys.fold(0, u64::wrapping_add)])
        };
        let user_keys: Vec<u64> = by_user.rows().map(user_key).collect();
        Self {
            params,
            robust,
            grid: Grid::new(&samples, &user_keys, &item_keys),
            rates: rates(&params, spread),
        }
    }

    /// One step for every pair.
    pub(super) fn iterate(&self, state: &mut State) {
        self.grid.sweep(&mut state.users, &mut state.items, |pairs, users, items| {
            self.learn(pairs, users, items);
        });
    }

    /// One step for every pair of a block; rows are \[row, squares\] with AdaGrad, else the row alone.
    fn learn(&self, pairs: &[Pair<Sample>], users: &mut [f32], items: &mut [f32]) {
        let (width, length) = (self.params.width(), self.params.state_width());
        let (mut of_x, mut of_y) = (vec![0.0; width], vec![0.0; width]);
        for pair in pairs {
            let x = &mut users[pair.user as usize * length..][..length];
            let y = &mut items[pair.item as usize * length..][..length];
            let (sample, x_alone, y_alone) = (pair.value, &x[..width], &y[..width]);
            gradients(sample, self.robust, x_alone, y_alone, &mut of_x, &mut of_y);
            self.step(x, &mut of_x);
            self.step(y, &mut of_y);
        }
    }

    /// Moves a row against its gradient.
    fn step(&self, row: &mut [f32], gradient: &mut [f32]) {
        let (row, squares) = row.split_at_mut(gradient.len());
        if self.params.adagrad {
            for (square, g) in squares.iter_mut().zip(&mut *gradient) {
                *square += *g * *g;
                *g /= square.sqrt() + EPSILON;
            }
        }
        for ((x, g), rate) in row.iter_mut().zip(gradient).zip(&self.rates) {
            *x -= rate * *g;
        }
    }
}

/// The length of the steps of each number of a row: as if ratings had a spread of 1, whatever they count.
///
/// Biases then are larger by the spread and vectors by its root. AdaGrad's steps have the unit of what they change; plain
/// gradients grow as biases do, and by the spread more than vectors.
fn rates(params: &Params, spread: f32) -> Vec<f32> {
    let rate = params.learning_rate;
    let (bias, vector) =
        if params.adagrad { (rate * spread, rate * spread.sqrt()) } else { (rate, rate / spread) };
    let mut rates = vec![vector; params.width()];
    rates[Side::Users.one(params.dim)] = bias;
    rates[Side::Items.one(params.dim)] = bias;
    rates
}

/// Half the gradient of the pair's part of the loss by each row; 0 at a row's 1, which is not learned.
fn gradients(
    sample: Sample,
    robust: Robust,
    x: &[f32],
    y: &[f32],
    of_x: &mut [f32],
    of_y: &mut [f32],
) {
    let Sample { rating, user_ridge, item_ridge } = sample;
    let miss = rating - dot(x, y);
    let miss = robust.weight(miss) * miss;
    for (((of_x, of_y), x), y) in of_x.iter_mut().zip(&mut *of_y).zip(x).zip(y) {
        *of_x = user_ridge * x - miss * y;
        *of_y = item_ridge * y - miss * x;
    }
    let dim = x.len() - 2;
    of_x[Side::Users.one(dim)] = 0.0;
    of_y[Side::Items.one(dim)] = 0.0;
}

#[cfg(test)]
mod tests {
    use super::super::{Params, RatingLoss};
    use super::{Robust, Sample, gradients};
    use proptest::prelude::{prop_assert, proptest};

    /// What a miss of r − x·y costs, with δ = 2, and the penalties, the 1 of each row left out of them.
    fn loss(loss: RatingLoss, sample: Sample, x: &[f64], y: &[f64]) -> f64 {
        let squares = |row: &[f64]| row.iter().map(|x| x * x).sum::<f64>();
        let product: f64 = x.iter().zip(y).map(|(x, y)| x * y).sum();
        let miss = f64::from(sample.rating) - product;
        let cost = match loss {
            RatingLoss::Squared => miss * miss,
            RatingLoss::Huber if miss.abs() > 2.0 => 4.0 * miss.abs() - 4.0,
            RatingLoss::Huber => miss * miss,
            RatingLoss::Welsch => 4.0 - 4.0 * (-miss * miss / 4.0).exp(),
        };
        cost + f64::from(sample.user_ridge) * squares(&x[..x.len() - 1])
            + f64::from(sample.item_ridge) * squares(&y[1..])
    }

    proptest! {
        #[test]
        fn the_gradient_is_the_central_difference(
            numbers in proptest::collection::vec(-1.0_f32..1.0, 8),
            rating in -5.0_f32..5.0, user_ridge in 0.0_f32..1.0, item_ridge in 0.0_f32..1.0,
            which in 0_usize..3,
        ) {
            let kind = [RatingLoss::Squared, RatingLoss::Huber, RatingLoss::Welsch][which];
            let robust = Robust::new(&Params { loss: kind, loss_scale: 2.0, ..Params::default() }, 1.0);
            // Vectors of length 3: [b_u, p_u, 1] and [1, q_i, b_i].
            let x = [&numbers[..4], &[1.0]].concat();
            let y = [&[1.0], &numbers[4..]].concat();
            let sample = Sample { rating, user_ridge, item_ridge };
            let (mut of_x, mut of_y) = (vec![0.0; 5], vec![0.0; 5]);
            gradients(sample, robust, &x, &y, &mut of_x, &mut of_y);
            let wide = |row: &[f32]| row.iter().map(|&x| f64::from(x)).collect::<Vec<_>>();
            let (x, y) = (wide(&x), wide(&y));
            let step = 1e-4;
            for d in 0..5 {
                let moved = |row: &[f64], by: f64| {
                    let mut row = row.to_vec();
                    row[d] += by;
                    row
                };
                let by_x = loss(kind, sample, &moved(&x, step), &y) - loss(kind, sample, &moved(&x, -step), &y);
                let by_y = loss(kind, sample, &x, &moved(&y, step)) - loss(kind, sample, &x, &moved(&y, -step));
                // The loss is nearly quadratic in each number over so short a step; f32 rounds numbers below 20.
                let near = |half: f32, difference: f64| (2.0 * f64::from(half) - difference / (2.0 * step)).abs() < 2e-4;
                prop_assert!(d == 4 && of_x[d] == 0.0 || near(of_x[d], by_x), "user's {d}");
                prop_assert!(d == 0 && of_y[d] == 0.0 || near(of_y[d], by_y), "item's {d}");
            }
        }
    }
}
