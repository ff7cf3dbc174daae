//! How far are the vectors from what they should explain?

use linalg::{Csr, Isa, Matrix, dots_with};
use music::{ItemIx, UserIx};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::Params;
use super::alternate::Factors;
use crate::{Heard, Loss};

/// The loss of these factors.
///
/// Σ o·(p − x·y)² over the observed pairs, o their weight; w₀·Σ (x·y)² over all pairs, or, where an unobserved pair is
/// one that was not observed, over those alone; and Σ_u λ_u·‖x_u‖² + Σ_i λ_i·‖y_i‖².
/// The loss of the library implicit is divided by the weight of all pairs, Σ o + n_users·n_items − nnz.
///
/// O(nnz·dim + (n_users + n_items)·dim²).
pub(super) fn of(
    params: &Params,
    by_user: &Csr<UserIx, ItemIx, Heard>,
    by_item: &Csr<ItemIx, UserIx, impl Sized>,
    Factors { users, items }: &Factors,
) -> Loss {
    let pairs = observed(params, by_user, users, items);
    let regularizer = regularizer(params, by_user, users) + regularizer(params, by_item, items);
    let scale = if params.implicit_loss { 1.0 / total_weight(by_user, pairs.weight) } else { 1.0 };
    Loss {
        observed: pairs.misses * scale,
        unobserved: (unobserved(params, users, items) - pairs.charged_already) * scale,
        regularizer: regularizer * scale,
    }
}

/// The weight of all pairs, 1 where not observed.
fn total_weight<R, C, V>(pairs: &Csr<R, C, V>, observed: f64) -> f64 {
    observed + pairs.n_rows() as f64 * pairs.n_cols() as f64 - pairs.nnz() as f64
}

/// Sums over the observed pairs.
#[derive(Clone, Copy, Default)]
struct Observed {
    /// Σ o.
    weight: f64,
    /// Σ o·(p − s)².
    misses: f64,
    /// Σ s² as far as w₀·Σ_all s² charges it where it should not.
    charged_already: f64,
}

impl Observed {
    fn plus(self, other: Self) -> Self {
        Self {
            weight: self.weight + other.weight,
            misses: self.misses + other.misses,
            charged_already: self.charged_already + other.charged_already,
        }
    }
}

fn observed(
    params: &Params,
    by_user: &Csr<UserIx, ItemIx, Heard>,
    users: &Matrix,
    items: &Matrix,
) -> Observed {
    let charged = f64::from(params.charged_already());
    let isa = Isa::best();
    let of_user = |scores: &mut Vec<f32>, u: usize| {
        let (columns, heard_by_u) = by_user.row(u);
        scores.resize(columns.len(), 0.0);
        dots_with(items, columns, users.row(u), scores, isa);
        let mut sum = Observed::default();
        for (&heard, &score) in heard_by_u.iter().zip(scores.iter()) {
            let (weight, score) = (f64::from(params.observed_weight(heard)), f64::from(score));
            let miss = f64::from(params.preference(heard)) - score;
            sum.weight += weight;
            sum.misses += weight * miss * miss;
            sum.charged_already += charged * score * score;
        }
        sum
    };
    // First one sum a user, then the users in order: the same bits with any number of threads.
    let sums: Vec<Observed> =
        (0..by_user.n_rows()).into_par_iter().map_init(Vec::new, of_user).collect();
    sums.into_iter().fold(Observed::default(), Observed::plus)
}

/// Σ_ui (x_u·y_i)² = Σ_ab (XᵀX)_ab·(YᵀY)_ab, so that no pair has to be visited.
fn unobserved(params: &Params, users: &Matrix, items: &Matrix) -> f64 {
    let (of_users, of_items) = (users.gram(), items.gram());
    let products = of_users.as_slice().iter().zip(of_items.as_slice());
    let sum: f64 = products.map(|(&x, &y)| f64::from(x) * f64::from(y)).sum();
    f64::from(params.unobserved_weight) * sum
}

fn regularizer<R, C, V>(params: &Params, heard: &Csr<R, C, V>, factors: &Matrix) -> f64 {
    let of_row = |(r, columns, _): (usize, &[u32], &[V])| {
        let x = factors.row(r);
        let squares: f64 = x.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
        f64::from(params.ridge(columns.len(), heard.n_cols())) * squares
    };
    heard.rows().map(of_row).sum()
}
