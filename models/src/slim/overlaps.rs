//! How many users like both of two items, for every two of a few?
//!
//! Where likes count other than 1 each, Σ_u x_ui·x_uj; counting is said of both below.
//! Among the items with most users the answers lie in a table, as they are asked for most and cost most to count.
//! An item outside of it has few users, and what is in their histories is counted anew each time.
//! 4·n_tabled² bytes, whatever the catalogue, and O(Σ_u n_u²) time once;
//! then for k items O(k²), and O(n_u + k_u²) a user of those outside of the table, k_u the items among them that this one likes.

use std::cmp::Reverse;

use linalg::{Csr, Matrix};
use music::{ItemIx, UserIx};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

/// The users of every item, and how many of them any two share.
pub(super) struct Overlaps<'a> {
    liked: &'a Csr<UserIx, ItemIx>,
    by_item: Csr<ItemIx, UserIx>,
    /// By item: the row in the table of those that have one.
    rows: Vec<Option<usize>>,
    table: Matrix,
}

impl<'a> Overlaps<'a> {
    /// Counts for the `n_tabled` items with most users.
    pub(super) fn count(liked: &'a Csr<UserIx, ItemIx>, n_tabled: usize) -> Self {
        let by_item = liked.transpose();
        let mut items: Vec<usize> = (0..by_item.n_rows()).collect();
        items.sort_by_key(|&i| Reverse(by_item.row(i).0.len()));
        items.truncate(n_tabled);
        let mut rows = vec![None; by_item.n_rows()];
        for (row, &i) in items.iter().enumerate() {
            rows[i] = Some(row);
        }
        let n = items.len();
        let mut table = Matrix::zeros(n, n);
        table.as_mut_slice().par_chunks_mut(n.max(1)).zip(items).for_each(|(counts, i)| {
            let (users, values) = by_item.row(i);
            for (&u, &x_ui) in users.iter().zip(values) {
                let (others, values) = liked.row(u as usize);
                for (&j, &x_uj) in others.iter().zip(values) {
                    if let Some(column) = rows[j as usize] {
                        counts[column] += x_ui * x_uj;
                    }
                }
            }
        });
        Self { liked, by_item, rows, table }
    }

    /// The users of one item, ascending.
    pub(super) fn users(&self, i: u32) -> &[u32] {
        self.by_item.row(i as usize).0
    }

    /// ‖x_i‖², how many users like it.
    pub(super) fn n_users(&self, i: u32) -> f32 {
        self.by_item.row(i as usize).1.iter().map(|x| x * x).sum()
    }

    /// What the users of one item like, each with what they count for it.
    pub(super) fn histories(&self, i: u32) -> impl Iterator<Item = (f32, (&[u32], &[f32]))> {
        let (users, values) = self.by_item.row(i as usize);
        users.iter().zip(values).map(|(&u, &x_ui)| (x_ui, self.liked.row(u as usize)))
    }

    /// How many users every two of these items share `[n × n]`; `places`, one an item of the catalogue, are `None` before and after.
    pub(super) fn among(&self, items: &[u32], places: &mut [Option<u32>]) -> Matrix {
        for (place, &i) in (0..).zip(items) {
            places[i as usize] = Some(place);
        }
        let mut shared = Matrix::zeros(items.len(), items.len());
        let (tabled, others): (Vec<usize>, Vec<usize>) =
            (0..items.len()).partition(|&r| self.rows[items[r] as usize].is_some());
        self.look_up(items, &tabled, &mut shared);
        // Each history once, however many of the items are in it.
        let mut users: Vec<u32> =
            others.iter().flat_map(|&r| self.users(items[r])).copied().collect();
        users.sort_unstable();
        users.dedup();
        let mut found = Vec::new();
        for &u in &users {
            let (history, values) = self.liked.row(u as usize);
            found.clear();
            let pairs = history.iter().zip(values);
            found.extend(pairs.filter_map(|(&i, &x)| Some((places[i as usize]?, x))));
            for &(r, x_ui) in &found {
                if self.rows[items[r as usize] as usize].is_none() {
                    let counts = shared.row_mut(r as usize);
                    for &(c, x_uj) in &found {
                        counts[c as usize] += x_ui * x_uj;
                    }
                }
            }
        }
        for &r in &tabled {
            for &c in &others {
                shared.row_mut(r)[c] = shared.row(c)[r];
            }
        }
        for &i in items {
            places[i as usize] = None;
        }
        shared
    }

    /// Fills in what two tabled items share.
    fn look_up(&self, items: &[u32], tabled: &[usize], shared: &mut Matrix) {
        let rows: Vec<usize> =
            tabled.iter().filter_map(|&r| self.rows[items[r] as usize]).collect();
        for (&r, &row) in tabled.iter().zip(&rows) {
            for (&c, &column) in tabled.iter().zip(&rows) {
                shared.row_mut(r)[c] = self.table.row(row)[column];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Overlaps;
    use linalg::Csr;
    use proptest::prelude::{prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn in_the_table_or_not_the_users_of_both_are_counted(
            pairs in proptest::collection::btree_set((0_u32..20, 0_u32..8), 0..120),
            n_tabled in 0_usize..10,
        ) {
            // Halves and ones, whose products and their sums `f32` holds exactly.
            let count = |u: u32, i: u32| if (u + i).is_multiple_of(3) { 0.5 } else { 1.0 };
            let likes = |u: u32, i: u32| if pairs.contains(&(u, i)) { count(u, i) } else { 0.0 };
            let triplets = pairs.iter().map(|&(u, i)| (u, i, count(u, i))).collect();
            let liked = Csr::from_triplets(20, 8, triplets);
            let items = [0, 2, 3, 6, 7];
            let mut places = [None; 8];
            let shared = Overlaps::count(&liked, n_tabled).among(&items, &mut places);
            for (r, &i) in items.iter().enumerate() {
                for (c, &j) in items.iter().enumerate() {
                    let slow: f32 = (0..20).map(|u| likes(u, i) * likes(u, j)).sum();
                    prop_assert_eq!(shared.row(r)[c], slow);
                }
            }
            prop_assert_eq!(places, [None; 8]);
        }
    }
}
