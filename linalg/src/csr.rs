//! Who meets whom, when most never meet?
//!
//! Compressed sparse rows: one run of (column, value) a row, columns ascending.
//! What a row and a column stand for is a type, so that a matrix and its transpose cannot be mixed up.

use std::fmt;
use std::marker::PhantomData;

use rayon::slice::ParallelSliceMut;

/// A sparse matrix `[n_rows × n_cols]`, with rows of kind `R` and columns of kind `C`.
#[derive(Clone)]
pub struct Csr<R, C, V = f32> {
    n_cols: usize,
    /// Row `r` is `starts[r]..starts[r + 1]` of `columns` and `values`.
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<V>,
    kinds: PhantomData<(R, C)>,
}

impl<R, C, V: Copy + Send> Csr<R, C, V> {
    /// A matrix from (row, column, value), in any order. O(nnz·log nnz).
    ///
    /// # Panics
    /// When a row or column lies outside of the shape, or a (row, column) comes twice.
    #[must_use]
    pub fn from_triplets(n_rows: usize, n_cols: usize, mut triplets: Vec<(u32, u32, V)>) -> Self {
        triplets.par_sort_unstable_by_key(|&(row, column, _)| (row, column));
        for pair in triplets.windows(2) {
            let (row, column, _) = pair[0];
            assert!((row, column) != (pair[1].0, pair[1].1), "({row}, {column}) comes twice");
        }
        let mut starts = vec![0; n_rows + 1];
        for &(row, column, _) in &triplets {
            let (row, column) = (row as usize, column as usize);
            assert!(
                row < n_rows && column < n_cols,
                "a pair within [{n_rows} × {n_cols}] expected, got ({row}, {column})"
            );
            starts[row + 1] += 1;
        }
        accumulate(&mut starts);
        let columns = triplets.iter().map(|&(_, column, _)| column).collect();
        let values = triplets.iter().map(|&(_, _, value)| value).collect();
        Self { n_cols, starts, columns, values, kinds: PhantomData }
    }

    /// The same pairs, seen from the columns. O(nnz + n_rows + n_cols).
    #[must_use]
    pub fn transpose(&self) -> Csr<C, R, V> {
        self.transpose_with(|&value| value)
    }

    /// The same pairs, seen from the columns, each with another value. O(nnz + n_rows + n_cols).
    #[must_use]
    pub fn transpose_with<W: Copy>(&self, with: impl Fn(&V) -> W) -> Csr<C, R, W> {
        let mut starts = vec![0; self.n_cols + 1];
        for &column in &self.columns {
            starts[column as usize + 1] += 1;
        }
        accumulate(&mut starts);
        let mut next = starts.clone();
        let mut columns = vec![0; self.nnz()];
        // Every place is written below; the values before only fill the space.
        let mut values: Vec<W> = self.values.iter().map(&with).collect();
        for (row, row_columns, row_values) in self.rows() {
            let row = u32::try_from(row).expect("a row with pairs was given as u32");
            for (&column, value) in row_columns.iter().zip(row_values) {
                let place = &mut next[column as usize];
                columns[*place] = row;
                values[*place] = with(value);
                *place += 1;
            }
        }
        Csr { n_cols: self.n_rows(), starts, columns, values, kinds: PhantomData }
    }
}

impl<R, C, V> Csr<R, C, V> {
    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of columns.
    #[must_use]
    pub fn n_cols(&self) -> usize {
        self.n_cols
    }

    /// Number of pairs present.
    #[must_use]
    pub fn nnz(&self) -> usize {
        self.columns.len()
    }

    /// The columns of one row, ascending, and their values.
    #[inline]
    #[must_use]
    pub fn row(&self, r: usize) -> (&[u32], &[V]) {
        let run = self.starts[r]..self.starts[r + 1];
        (&self.columns[run.clone()], &self.values[run])
    }

    /// The columns that follow those of row `r`: at most `n`, of the rows after it.
    #[inline]
    #[must_use]
    pub fn columns_after(&self, r: usize, n: usize) -> &[u32] {
        let end = self.starts[r + 1];
        &self.columns[end..self.columns.len().min(end + n)]
    }

    /// The same pairs with other values, made from row, column and value.
    #[must_use]
    pub fn map<W>(&self, value: impl Fn(usize, usize, &V) -> W) -> Csr<R, C, W> {
        let of_row = |(r, columns, values): (usize, &[u32], &[V])| {
            let pairs = columns.iter().zip(values);
            pairs.map(|(&c, x)| value(r, c as usize, x)).collect::<Vec<W>>()
        };
        let values = self.rows().flat_map(of_row).collect();
        let (starts, columns) = (self.starts.clone(), self.columns.clone());
        Csr { n_cols: self.n_cols, starts, columns, values, kinds: PhantomData }
    }

    /// Every row with its columns and values, empty rows too.
    pub fn rows(&self) -> impl Iterator<Item = (usize, &[u32], &[V])> {
        (0..self.n_rows()).map(|r| {
            let (columns, values) = self.row(r);
            (r, columns, values)
        })
    }
}

/// The shape alone: a matrix may hold a billion pairs.
impl<R, C, V> fmt::Debug for Csr<R, C, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Csr[{} × {}, {} pairs]", self.n_rows(), self.n_cols, self.nnz())
    }
}

/// Turns counts, one place late, into the places where each run starts.
fn accumulate(starts: &mut [usize]) {
    let mut sum = 0;
    for start in starts {
        sum += *start;
        *start = sum;
    }
}

#[cfg(test)]
mod tests {
    use super::Csr;
    use proptest::prelude::{Strategy, prop_assert_eq, proptest};
    use std::collections::BTreeMap;

    #[derive(Clone)]
    struct Row;
    #[derive(Clone)]
    struct Column;

    fn pairs() -> impl Strategy<Value = BTreeMap<(u32, u32), f32>> {
        proptest::collection::btree_map((0_u32..9, 0_u32..7), -1.0_f32..1.0, 0..40)
    }

    fn triplets<R, C>(matrix: &Csr<R, C>) -> Vec<(u32, u32, f32)> {
        let of_row = |(r, columns, values): (usize, &[u32], &[f32])| {
            let r = u32::try_from(r).unwrap();
            let run: Vec<_> = columns.iter().zip(values).map(|(&c, &x)| (r, c, x)).collect();
            run
        };
        matrix.rows().flat_map(of_row).collect()
    }

    proptest! {
        #[test]
        fn rows_come_back_sorted_whatever_the_order_they_came_in(pairs in pairs()) {
            let sorted: Vec<_> = pairs.iter().map(|(&(r, c), &x)| (r, c, x)).collect();
            let backwards = sorted.iter().rev().copied().collect();
            let matrix = Csr::<Row, Column>::from_triplets(9, 7, backwards);
            prop_assert_eq!(triplets(&matrix), sorted);
        }

        #[test]
        fn the_transpose_holds_every_pair_the_other_way_round(pairs in pairs()) {
            let sorted = pairs.iter().map(|(&(r, c), &x)| (r, c, x)).collect();
            let turned = pairs.iter().map(|(&(r, c), &x)| (c, r, x)).collect();
            let matrix = Csr::<Row, Column>::from_triplets(9, 7, sorted);
            let expected = Csr::<Column, Row>::from_triplets(7, 9, turned);
            prop_assert_eq!(triplets(&matrix.transpose()), triplets(&expected));
            prop_assert_eq!(triplets(&matrix.transpose().transpose()), triplets(&matrix));
        }
    }

    #[test]
    fn mapping_tells_each_value_its_place() {
        let matrix = Csr::<Row, Column>::from_triplets(2, 3, vec![(1, 2, 0.5), (0, 1, 4.0)]);
        let mapped = matrix.map(|r, c, x| (r, c, *x));
        assert_eq!(mapped.row(0), (&[1][..], &[(0, 1, 4.0)][..]));
        assert_eq!(mapped.row(1), (&[2][..], &[(1, 2, 0.5)][..]));
    }

    #[test]
    fn a_matrix_without_pairs_has_its_empty_rows() {
        let matrix = Csr::<Row, Column>::from_triplets(2, 3, Vec::new());
        assert_eq!(matrix.rows().count(), 2);
        assert_eq!(matrix.transpose().n_rows(), 3);
        assert_eq!(matrix.row(1).0, &[] as &[u32]);
    }
}
