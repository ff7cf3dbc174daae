//! What do the epochs change, and how does it travel?

use std::collections::BTreeMap;

use linalg::Matrix;

use super::walk::Beside;
use crate::array::{Arrays, take_f32};
use crate::table::Table;
use crate::{Array, Error};

const USERS: &str = "users";
const USER_SQUARES: &str = "user_squares";
const ITEMS: &str = "items";
const ITEM_SQUARES: &str = "item_squares";

/// Both sides, with what the optimizer remembers of them.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// In the order of the course, not by row.
    pub(super) users: Table,
    pub(super) user_squares: Vec<f32>,
    /// By row.
    pub(super) items: Table,
    /// By row.
    pub(super) beside: Vec<Beside>,
}

impl State {
    pub(super) fn zeros(n_users: usize, n_items: usize, dim: usize) -> Self {
        Self {
            users: Table::zeros(n_users, dim),
            user_squares: vec![0.0; n_users],
            items: Table::zeros(n_items, dim),
            beside: vec![Beside::default(); n_items],
        }
    }

    pub(super) fn is_finite(&self) -> bool {
        let tables = self.users.lines().iter().chain(self.items.lines());
        tables.flat_map(|line| line.0).all(f32::is_finite)
            && self.beside.iter().all(|beside| beside.bias.is_finite())
    }

    /// \[y_i, b_i\] `[n_items × (dim + 1)]`.
    pub(super) fn item_vectors(&self, dim: usize) -> Matrix {
        let of_item = |(i, beside): (usize, &Beside)| self.items.values(i).chain([beside.bias]);
        let values = self.beside.iter().enumerate().flat_map(of_item).collect();
        Matrix::from_vec(self.beside.len(), dim + 1, values)
    }

    /// \[x_u, 1\] `[n_users × (dim + 1)]`, by row: `order` has the row at each place.
    pub(super) fn user_vectors(&self, dim: usize, order: impl Iterator<Item = u32>) -> Matrix {
        let mut users = Matrix::zeros(self.user_squares.len(), dim + 1);
        for (place, u) in order.enumerate() {
            let values = self.users.values(place).chain([1.0]);
            for (x, value) in users.row_mut(u as usize).iter_mut().zip(values) {
                *x = value;
            }
        }
        users
    }

    pub(super) fn arrays(&self, dim: usize) -> Arrays {
        let (n_users, n_items) = (self.user_squares.len(), self.beside.len());
        let users = (0..n_users).flat_map(|place| self.users.values(place)).collect();
        let squares = self.beside.iter().flat_map(|of| [of.squares, of.bias_squares]).collect();
        let array = |name: &str, shape: [usize; 2], values| {
            (name.to_owned(), Array::F32 { shape: shape.to_vec(), values })
        };
        BTreeMap::from([
            array(USERS, [n_users, dim], users),
            array(USER_SQUARES, [n_users, 1], self.user_squares.clone()),
            array(ITEMS, [n_items, dim + 1], self.item_vectors(dim).into_vec()),
            array(ITEM_SQUARES, [n_items, 2], squares),
        ])
    }

    pub(super) fn from_arrays(
        arrays: &mut Arrays,
        n_users: usize,
        n_items: usize,
        dim: usize,
    ) -> Result<Self, Error> {
        let users = take_f32(arrays, USERS, &[n_users, dim])?;
        let items = take_f32(arrays, ITEMS, &[n_items, dim + 1])?;
        let squares = take_f32(arrays, ITEM_SQUARES, &[n_items, 2])?;
        let mut state = Self::zeros(n_users, n_items, dim);
        state.user_squares = take_f32(arrays, USER_SQUARES, &[n_users, 1])?;
        for (place, x) in users.chunks_exact(dim).enumerate() {
            state.users.set_row(place, x.iter().copied());
        }
        for (i, y) in items.chunks_exact(dim + 1).enumerate() {
            state.items.set_row(i, y.iter().copied());
            let (bias, squares) = (y[dim], &squares[2 * i..]);
            state.beside[i] = Beside { bias, squares: squares[0], bias_squares: squares[1] };
        }
        Ok(state)
    }
}
