//! How far are predicted ratings from those that were given?

use linalg::{Csr, Matrix, dot};
use music::{ItemIx, UserIx};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::{Params, Robust, Side, State};
use crate::Loss;

/// Σ (r − r̂)², or what a miss costs instead, over the observed pairs, and λ·(‖vector‖² + bias²) over the rows of both sides; unobserved pairs cost nothing.
///
/// O(nnz·dim), parallel over users.
pub(super) fn of(
    params: &Params,
    robust: Robust,
    by_user: &Csr<UserIx, ItemIx>,
    by_item: &Csr<ItemIx, UserIx>,
    state: &State,
) -> Loss {
    let width = params.width();
    let of_user = |u: usize| -> f64 {
        let (columns, ratings) = by_user.row(u);
        let miss = |(&i, &rating): (&u32, &f32)| {
            let (x_u, y_i) = (state.users.row(u), state.items.row(i as usize));
            robust.cost(rating - dot(&x_u[..width], &y_i[..width]))
        };
        columns.iter().zip(ratings).map(miss).sum()
    };
    // First one sum a user, then the users in order: the same bits with any number of threads.
    let sums: Vec<f64> = (0..by_user.n_rows()).into_par_iter().map(of_user).collect();
    Loss {
        observed: sums.iter().sum(),
        unobserved: 0.0,
        regularizer: regularizer(params, Side::Users, by_user, &state.users)
            + regularizer(params, Side::Items, by_item, &state.items),
    }
}

fn regularizer<R, C>(params: &Params, side: Side, ratings: &Csr<R, C>, rows: &Matrix) -> f64 {
    let of_row = |(r, columns, _): (usize, &[u32], &[f32])| {
        let learned = &rows.row(r)[side.learned(params.dim)];
        let squares: f64 = learned.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
        f64::from(params.ridge(columns.len())) * squares
    };
    ratings.rows().map(of_row).sum()
}
