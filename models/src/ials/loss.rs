//! How far are the vectors from what they should explain?

use linalg::{Csr, Matrix, dot};
use music::{ItemIx, UserIx};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::Params;
use crate::Heard;

/// What the iterations minimize, in its three parts; in exact arithmetic the total never rises.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// Σ c_ui·(p_ui − x_u·y_i)² over the observed pairs.
    pub observed: f64,
    /// w₀·Σ (x_u·y_i)² over all pairs.
    pub unobserved: f64,
    /// Σ_u λ_u·‖x_u‖² + Σ_i λ_i·‖y_i‖².
    pub regularizer: f64,
}

impl Loss {
    /// The sum of the three.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.observed + self.unobserved + self.regularizer
    }

    /// O(nnz·dim + (n_users + n_items)·dim²).
    pub(super) fn of(
        params: &Params,
        by_user: &Csr<UserIx, ItemIx, Heard>,
        by_item: &Csr<ItemIx, UserIx, Heard>,
        users: &Matrix,
        items: &Matrix,
    ) -> Self {
        Self {
            observed: observed(params, by_user, users, items),
            unobserved: unobserved(params, users, items),
            regularizer: regularizer(params, by_user, users) + regularizer(params, by_item, items),
        }
    }
}

fn observed(
    params: &Params,
    by_user: &Csr<UserIx, ItemIx, Heard>,
    users: &Matrix,
    items: &Matrix,
) -> f64 {
    let of_user = |u: usize| {
        let (columns, heard_by_u) = by_user.row(u);
        let of_pair = |(&i, &heard): (&u32, &Heard)| {
            let score = dot(users.row(u), items.row(i as usize));
            let miss = f64::from(params.preference(heard)) - f64::from(score);
            f64::from(heard.confidence) * miss * miss
        };
        columns.iter().zip(heard_by_u).map(of_pair).sum::<f64>()
    };
    // First one sum a user, then the users in order: the same bits with any number of threads.
    let sums: Vec<f64> = (0..by_user.n_rows()).into_par_iter().map(of_user).collect();
    sums.iter().sum()
}

/// Σ_ui (x_u·y_i)² = Σ_ab (XᵀX)_ab·(YᵀY)_ab, so that no pair has to be visited.
fn unobserved(params: &Params, users: &Matrix, items: &Matrix) -> f64 {
    let (of_users, of_items) = (users.gram(), items.gram());
    let products = of_users.as_slice().iter().zip(of_items.as_slice());
    let sum: f64 = products.map(|(&x, &y)| f64::from(x) * f64::from(y)).sum();
    f64::from(params.unobserved_weight) * sum
}

fn regularizer<R, C>(params: &Params, heard: &Csr<R, C, Heard>, factors: &Matrix) -> f64 {
    let of_row = |(r, columns, _): (usize, &[u32], &[Heard])| {
        let x = factors.row(r);
        let squares: f64 = x.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
        f64::from(params.ridge(columns.len(), heard.n_cols())) * squares
    };
    heard.rows().map(of_row).sum()
}
