//! Which vectors explain who heard what?
//!
//! Implicit alternating least squares: Hu, Koren & Volinsky (2008), with the unobserved weight and the
//! frequency-scaled regularization of Rendle, Krichene, Zhang & Koren, Revisiting iALS (2022).
//! With users x_u and items y_i `[rows × dim]` it minimizes, exactly for one side at a time,
//!
//! Σ_observed c_ui·(p_ui − x_u·y_i)² + w₀·Σ_all (x_u·y_i)² + Σ_u λ_u·‖x_u‖² + Σ_i λ_i·‖y_i‖²
//!
//! with p_ui 1 where liked, else `negative_target`, and λ_u = `reg`·(n_u + w₀·n_items)^`reg_exponent`, n_u the
//! number of the user's pairs; items likewise.
//! With `spare_known` the second sum is over the pairs never observed alone: where a confidence has decayed below w₀, the
//! first form pulls an old love more towards 0 than towards 1, the second does not.
//! What is kept are the items: a listener's vector is always solved anew from the listener's history.

pub mod example;

mod alternate;
mod half_step;
mod loss;
mod pair;
mod params;
mod rotated;

use linalg::{Isa, Matrix, dot, dots_with_all};
use music::{ItemIx, Rows};

use crate::array::{Arrays, take_f32, take_u64};
use crate::recommender::score_rows;
use crate::{Array, Error, Heard, History, Observer, Query, Recommender, Training};
use half_step::HalfStep;
pub use params::{Params, Precision, Solver, Weighting};

const ITEM_FACTORS: &str = "item_factors";
const USER_GRAM: &str = "user_gram";
const N_USERS: &str = "n_users";

/// Item vectors, and what a listener's own is solved with.
#[derive(Debug)]
pub struct Ials {
    params: Params,
    /// x `[n_users × dim]`, as long as it is not saved and loaded.
    users: Option<Matrix>,
    /// y `[n_items × dim]`.
    items: Matrix,
    /// w₀·YᵀY `[dim × dim]`.
    base: Matrix,
    /// What a new item is solved with; factors from elsewhere come without.
    crowd: Option<Crowd>,
}

/// All users at once, none of them alone.
#[derive(Debug)]
struct Crowd {
    n_users: usize,
    /// XᵀX `[dim × dim]`.
    gram: Matrix,
}

/// Alternates between users and items, users first, from items that hash seed and recording id.
///
/// O(nnz·dim + (n_users + n_items)·dim²) time an iteration, or O(nnz·dim² + (n_users + n_items)·dim³) where every row
/// is solved exactly; parallel over rows.
///
/// # Errors
/// [`Error::Diverged`] when a system has no finite solution or the loss is not finite;
/// [`Error::Stopped`] when the observer wants it; [`Error::BadArray`] when a checkpoint is not of this training.
pub fn fit(
    params: Params,
    training: &Training<'_>,
    observer: &mut Observer<'_>,
) -> Result<Ials, Error> {
    let start = alternate::start(&params, training);
    let factors = alternate::alternate(&params, training, start, observer)?;
    let crowd = Crowd { n_users: factors.users.n_rows(), gram: factors.users.gram() };
    let users = Some(factors.users);
    Ok(Ials { users, crowd: Some(crowd), ..Ials::new(params, factors.items) })
}

pub(crate) fn load(params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<Ials, Error> {
    let values = take_f32(arrays, ITEM_FACTORS, &[rows.len(), params.dim])?;
    let crowd = if arrays.contains_key(USER_GRAM) {
        let gram = take_f32(arrays, USER_GRAM, &[params.dim, params.dim])?;
        let gram = Matrix::from_vec(params.dim, params.dim, gram);
        let n_users = usize::try_from(take_u64(arrays, N_USERS)?).unwrap_or(usize::MAX);
        Some(Crowd { n_users, gram })
    } else {
        None
    };
    Ok(Ials { crowd, ..Ials::new(params, Matrix::from_vec(rows.len(), params.dim, values)) })
}

impl Ials {
    /// Vectors from elsewhere, to solve listeners against.
    pub(crate) fn new(params: Params, items: Matrix) -> Self {
        Self { params, base: half_step::base(&params, &items), users: None, items, crowd: None }
    }

    fn half_step(&self) -> HalfStep<'_> {
        let (base, factors) = (&self.base, &self.items);
        HalfStep { params: &self.params, base, factors, n_others: factors.n_rows() }
    }
}

impl Recommender for Ials {
    fn n_items(&self) -> usize {
        self.items.n_rows()
    }

    fn represent(&self, history: &History<'_>) -> Query {
        Query::Dense(self.half_step().solve(history.pairs()))
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        score_rows(queries, scores, self.n_items(), |query, row| {
            let Query::Dense(x) = query else { panic!("a dense query expected, got {query:?}") };
            dots_with_all(&self.items, x, row, Isa::best());
        });
    }

    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>> {
        self.explain_each(history, &[item])?.pop()
    }

    /// c_j·p_j·(y_iᵀA⁻¹y_j), as in Hu, Koren & Volinsky (2008), §5; A is factored once for all items.
    fn explain_each(&self, history: &History<'_>, items: &[ItemIx]) -> Option<Vec<Vec<f32>>> {
        let vectors = items.iter().map(|item| self.items.row(item.0 as usize).to_vec());
        let mut inverted: Vec<Vec<f32>> = vectors.collect();
        self.half_step().apply_inverse(history.pairs(), &mut inverted);
        let of_item = |z: Vec<f32>| {
            let contribution = |(j, heard): (usize, Heard)| {
                self.params.system_weights(heard).1 * dot(&z, self.items.row(j))
            };
            history.pairs().map(contribution).collect()
        };
        Some(inverted.into_iter().map(of_item).collect())
    }

    /// The row that a half-step over items would solve for it.
    fn represent_item(&self, listeners: &[(Query, Heard)]) -> Option<Vec<f32>> {
        let crowd = self.crowd.as_ref()?;
        let dense = listeners.iter().filter_map(|(query, heard)| Some((query.vector()?, *heard)));
        let (vectors, heard): (Vec<_>, Vec<_>) = dense.unzip();
        let dim = self.params.dim;
        let vectors =
            Matrix::from_vec(vectors.len(), dim, vectors.into_iter().flatten().copied().collect());
        let base = half_step::weighted(&self.params, crowd.gram.clone());
        let half_step = HalfStep {
            params: &self.params,
            base: &base,
            factors: &vectors,
            n_others: crowd.n_users,
        };
        Some(half_step.solve(heard.into_iter().enumerate()))
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        Some(&self.items)
    }

    fn user_vectors(&self) -> Option<&Matrix> {
        self.users.as_ref()
    }

    fn arrays(&self) -> Arrays {
        let matrix = |matrix: &Matrix| {
            let shape = vec![matrix.n_rows(), matrix.dim()];
            Array::F32 { shape, values: matrix.as_slice().to_vec() }
        };
        let mut arrays = Arrays::from([(ITEM_FACTORS.to_owned(), matrix(&self.items))]);
        if let Some(crowd) = &self.crowd {
            arrays.insert(USER_GRAM.to_owned(), matrix(&crowd.gram));
            let n_users = Array::U64 { shape: vec![1], values: vec![crowd.n_users as u64] };
            arrays.insert(N_USERS.to_owned(), n_users);
        }
        arrays
    }
}

#[cfg(test)]
mod tests;
