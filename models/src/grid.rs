//! Which pairs can be learned from at the same time?
//!
//! Gemulla, Nijkamp, Haas & Sismanis, Large-Scale Matrix Factorization with Distributed Stochastic Gradient Descent
//! (2011): users and items are cut into n blocks each, so that blocks (k, k + s mod n) of stratum s share no row.
//! The blocks of a stratum run side by side, strata one after the other, and who ran a block changes nothing.
//!
//! Users and items take their places by their keys, and the pairs of a block their order by the keys of both, which is
//! an order by chance; keys that come from what is known of a row make the order of rows matter to nothing.

use linalg::{Csr, Matrix};
use music::{ItemIx, UserIx};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use crate::hash::hash;

/// Blocks of a side that has so many rows: as many threads can work.
const BLOCKS: usize = 32;

/// Every pair of a matrix, by block.
pub(crate) struct Grid<V> {
    /// The user's row at each place.
    users: Vec<u32>,
    /// The item's row at each place.
    items: Vec<u32>,
    /// Blocks of a side.
    n_blocks: usize,
    /// Block k of the users and l of the items at k·n_blocks + l.
    blocks: Vec<Vec<Pair<V>>>,
}

/// A pair within its block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pair<V> {
    /// Place of the user, counted from the first of the block.
    pub(crate) user: u32,
    /// Place of the item, counted from the first of the block.
    pub(crate) item: u32,
    /// What is known of the two.
    pub(crate) value: V,
}

impl<V: Copy + Send + Sync> Grid<V> {
    /// Lays every pair into its block. O(nnz·log nnz).
    ///
    /// # Panics
    /// When there is not a key for each row of both sides.
    pub(crate) fn new(
        pairs: &Csr<UserIx, ItemIx, V>,
        user_keys: &[u64],
        item_keys: &[u64],
    ) -> Self {
        let keys = (user_keys.len(), item_keys.len());
        assert_eq!(keys, (pairs.n_rows(), pairs.n_cols()), "a key for each row expected");
        let (users, items) = (by_key(user_keys), by_key(item_keys));
        let n_blocks = BLOCKS.min(users.len()).min(items.len());
        let mut blocks = vec![Vec::new(); n_blocks * n_blocks];
        let item_places = inverse(&items);
        for (place, &u) in users.iter().enumerate() {
            let (columns, values) = pairs.row(u as usize);
            for (&i, &value) in columns.iter().zip(values) {
                let (k, user) = cell(place, users.len(), n_blocks);
                let (l, item) = cell(item_places[i as usize], items.len(), n_blocks);
                blocks[k * n_blocks + l].push((
                    hash([user_keys[u as usize], item_keys[i as usize]]),
                    Pair { user, item, value },
                ));
            }
        }
        blocks.par_iter_mut().for_each(|block| {
            block.sort_unstable_by_key(|(key, pair)| (*key, pair.user, pair.item));
        });
        let pairs = |block: Vec<(u64, Pair<V>)>| block.into_iter().map(|(_, pair)| pair).collect();
        Self { users, items, n_blocks, blocks: blocks.into_iter().map(pairs).collect() }
    }

    /// Visits every pair once: `learn` gets the pairs of a block, in their order, and the rows of its users and items.
    ///
    /// Rows are gathered by place and put back, O((n_users + n_items)·dim) beside what `learn` does.
    pub(crate) fn sweep(
        &self,
        users: &mut Matrix,
        items: &mut Matrix,
        learn: impl Fn(&[Pair<V>], &mut [f32], &mut [f32]) + Sync,
    ) {
        let mut user_rows = gather(users, &self.users);
        let mut item_rows = gather(items, &self.items);
        for stratum in 0..self.n_blocks {
            let mut of_items = cut(&mut item_rows, self.n_blocks);
            of_items.rotate_left(stratum);
            let mut blocks: Vec<_> =
                cut(&mut user_rows, self.n_blocks).into_iter().zip(of_items).collect();
            blocks.par_iter_mut().enumerate().for_each(|(k, (users, items))| {
                let l = (k + stratum) % self.n_blocks;
                learn(&self.blocks[k * self.n_blocks + l], users, items);
            });
        }
        scatter(&user_rows, &self.users, users);
        scatter(&item_rows, &self.items, items);
    }
}

/// Rows in the order of their keys, equal keys by row.
fn by_key(keys: &[u64]) -> Vec<u32> {
    let mut rows: Vec<u32> = (0..u32::try_from(keys.len()).expect("rows are u32")).collect();
    rows.sort_unstable_by_key(|&row| (keys[row as usize], row));
    rows
}

/// The place of each row.
fn inverse(rows: &[u32]) -> Vec<usize> {
    let mut places = vec![0; rows.len()];
    for (place, &row) in rows.iter().enumerate() {
        places[row as usize] = place;
    }
    places
}

/// Where block `k` of n rows starts.
fn start(k: usize, n: usize, n_blocks: usize) -> usize {
    k * n / n_blocks
}

/// The block of a place, and the place counted from its first.
fn cell(place: usize, n: usize, n_blocks: usize) -> (usize, u32) {
    // The last k with k·n/n_blocks rounded down at most the place.
    let k = ((place + 1) * n_blocks - 1) / n;
    (k, u32::try_from(place - start(k, n, n_blocks)).expect("rows are u32"))
}

/// The rows of each block.
fn cut(rows: &mut Matrix, n_blocks: usize) -> Vec<&mut [f32]> {
    let (n, dim) = (rows.n_rows(), rows.dim());
    let mut rest = rows.as_mut_slice();
    let mut blocks = Vec::with_capacity(n_blocks);
    for k in 0..n_blocks {
        let n_rows = start(k + 1, n, n_blocks) - start(k, n, n_blocks);
        let (block, after) = rest.split_at_mut(n_rows * dim);
        blocks.push(block);
        rest = after;
    }
    blocks
}

fn gather(rows: &Matrix, order: &[u32]) -> Matrix {
    let values = order.iter().flat_map(|&row| rows.row(row as usize)).copied().collect();
    Matrix::from_vec(order.len(), rows.dim(), values)
}

fn scatter(by_place: &Matrix, order: &[u32], rows: &mut Matrix) {
    for (place, &row) in order.iter().enumerate() {
        rows.row_mut(row as usize).copy_from_slice(by_place.row(place));
    }
}

#[cfg(test)]
mod tests {
    use super::{Grid, cell, start};
    use linalg::{Csr, Matrix};
    use music::{ItemIx, UserIx};
    use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};
    use std::collections::BTreeSet;

    fn pairs() -> impl Strategy<Value = BTreeSet<(u16, u16)>> {
        proptest::collection::btree_set((0_u16..50, 0_u16..40), 0..300)
    }

    /// Rows that hold nothing but their own number.
    fn names(n: u16) -> Matrix {
        Matrix::from_vec(n.into(), 1, (0..n).map(f32::from).collect())
    }

    proptest! {
        #[test]
        fn every_pair_is_visited_once_with_its_own_rows(
            pairs in pairs(), user_keys in proptest::collection::vec(any::<u64>(), 50), equal in any::<u64>(),
        ) {
            let triplets = pairs.iter().map(|&(u, i)| (u.into(), i.into(), (u, i))).collect();
            let matrix = Csr::<UserIx, ItemIx, _>::from_triplets(50, 40, triplets);
            let grid = Grid::new(&matrix, &user_keys, &[equal; 40]);
            let seen = std::sync::Mutex::new(Vec::new());
            grid.sweep(&mut names(50), &mut names(40), |pairs, users, items| {
                let of_block = pairs.iter().map(|pair| {
                    let (u, i) = pair.value;
                    assert_eq!(users[pair.user as usize], f32::from(u));
                    assert_eq!(items[pair.item as usize], f32::from(i));
                    pair.value
                });
                seen.lock().unwrap().extend(of_block);
            });
            let mut seen = seen.into_inner().unwrap();
            seen.sort_unstable();
            prop_assert_eq!(seen, pairs.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn a_place_lies_in_its_block(n in 1_usize..200, n_blocks in 1_usize..33, place in 0_usize..200) {
            let (n_blocks, place) = (n_blocks.min(n), place % n);
            let (k, within) = cell(place, n, n_blocks);
            prop_assert_eq!(start(k, n, n_blocks) + within as usize, place);
            assert!(place < start(k + 1, n, n_blocks));
        }
    }

    #[test]
    fn rows_come_back_to_where_they_were() {
        let matrix = Csr::<UserIx, ItemIx, ()>::from_triplets(3, 2, vec![(1, 1, ())]);
        let grid = Grid::new(&matrix, &[9, 4, 7], &[1, 2]);
        let (mut users, mut items) = (names(3), names(2));
        grid.sweep(&mut users, &mut items, |pairs, users, items| {
            for pair in pairs {
                users[pair.user as usize] += 10.0;
                items[pair.item as usize] += 20.0;
            }
        });
        assert_eq!((users.as_slice(), items.as_slice()), (&[0.0, 11.0, 2.0][..], &[0.0, 21.0][..]));
    }
}
