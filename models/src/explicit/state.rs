//! What does a training carry from one iteration to the next?

use linalg::{Csr, Matrix};
use music::{ItemIx, UserIx};

use super::{ITEM_FACTORS, Params, Side, Solver};
use crate::array::take_f32;
use crate::hash::{hash, normal};
use crate::{Array, Checkpoint, Error, Training};

const USER_FACTORS: &str = "user_factors";

/// Rows of both sides, without μ; with AdaGrad each row is followed by the sums of its squared gradients.
pub(super) struct State {
    /// \[b_u, p_u, 1\].
    pub(super) users: Matrix,
    /// \[1, q_i, b_i\].
    pub(super) items: Matrix,
}

impl State {
    /// Items that somebody rated start with vectors by chance, everything else with zeros.
    ///
    /// Their length is near the root of the ratings' spread: the listeners' then comes out alike, whatever ratings count.
    pub(super) fn start(
        params: &Params,
        training: &Training<'_>,
        by_item: &Csr<ItemIx, UserIx>,
        spread: f32,
    ) -> Self {
        let length = params.state_width();
        let mut users = Matrix::zeros(training.heard.n_rows(), length);
        for u in 0..users.n_rows() {
            users.row_mut(u)[Side::Users.one(params.dim)] = 1.0;
        }
        let mut items = Matrix::zeros(training.heard.n_cols(), length);
        let scale = (spread / params.dim as f32).sqrt();
        for (i, raters, _) in by_item.rows() {
            let row = items.row_mut(i);
            row[Side::Items.one(params.dim)] = 1.0;
            if !raters.is_empty() {
                let of_item = hash([training.seed, training.rows.ids()[i].0]);
                for (d, x) in (0..).zip(&mut row[1..=params.dim]) {
                    *x = scale * normal(hash([of_item, d]));
                }
            }
        }
        Self { users, items }
    }

    /// Where a training was stopped.
    pub(super) fn resume(
        params: &Params,
        training: &Training<'_>,
        checkpoint: &Checkpoint,
    ) -> Result<Self, Error> {
        let mut arrays = checkpoint.arrays.clone();
        let length = params.state_width();
        let mut take = |name, n_rows| -> Result<Matrix, Error> {
            let values = take_f32(&mut arrays, name, &[n_rows, length])?;
            Ok(Matrix::from_vec(n_rows, length, values))
        };
        let users = take(USER_FACTORS, training.heard.n_rows())?;
        Ok(Self { users, items: take(ITEM_FACTORS, training.heard.n_cols())? })
    }

    /// All that [`State::resume`] needs.
    pub(super) fn checkpoint(&self, iteration: usize) -> Box<Checkpoint> {
        let array = |(name, rows): (&str, &Matrix)| {
            let shape = vec![rows.n_rows(), rows.dim()];
            (name.to_owned(), Array::F32 { shape, values: rows.as_slice().to_vec() })
        };
        let arrays = [(USER_FACTORS, &self.users), (ITEM_FACTORS, &self.items)];
        Box::new(Checkpoint { iteration, arrays: arrays.into_iter().map(array).collect() })
    }
}

/// The rows alone, without what AdaGrad keeps beside them.
pub(super) fn rows_alone(params: &Params, rows: &Matrix) -> Matrix {
    let (n_rows, width) = (rows.n_rows(), params.width());
    let values = (0..n_rows).flat_map(|r| &rows.row(r)[..width]).copied().collect();
    Matrix::from_vec(n_rows, width, values)
}

impl Params {
    /// Length of a row while it learns.
    pub(super) fn state_width(&self) -> usize {
        match self.solver {
            Solver::Sgd if self.adagrad => 2 * self.width(),
            Solver::Sgd | Solver::Als => self.width(),
        }
    }
}
