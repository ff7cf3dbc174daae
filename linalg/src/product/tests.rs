//! Are tiles of a product the product, with every instruction set?

use super::{Gram, RightFactor};
use crate::{Isa, Matrix};
use proptest::prelude::{Strategy, prop_assert, proptest};

fn matrices(n_rows: impl Strategy<Value = usize>) -> impl Strategy<Value = (Matrix, Matrix)> {
    (n_rows, 1_usize..50).prop_flat_map(|(n_rows, dim)| {
        let numbers = proptest::collection::vec(-1.0_f32..1.0, (n_rows + dim) * dim);
        numbers.prop_map(move |mut numbers| {
            let square = numbers.split_off(n_rows * dim);
            (Matrix::from_vec(n_rows, dim, numbers), Matrix::from_vec(dim, dim, square))
        })
    })
}

fn slow_dot(a: impl Iterator<Item = f32>, b: impl Iterator<Item = f32>) -> f64 {
    a.zip(b).map(|(a, b)| f64::from(a) * f64::from(b)).sum()
}

proptest! {
    #[test]
    fn rows_times_a_transpose_are_their_dots_with_its_rows((rows, square) in matrices(0_usize..20)) {
        for isa in Isa::available() {
            let mut product = rows.clone();
            RightFactor::transposed(&square).multiply(product.as_mut_slice(), isa);
            for r in 0..rows.n_rows() {
                for c in 0..rows.dim() {
                    let slow = slow_dot(rows.row(r).iter().copied(), square.row(c).iter().copied());
                    // Sums of at most 50 products below 1.
                    prop_assert!((f64::from(product.row(r)[c]) - slow).abs() < 1e-5, "{isa:?}");
                }
            }
        }
    }

    #[test]
    fn a_weighted_gram_matrix_is_the_sum_over_its_rows((rows, start) in matrices(0_usize..300)) {
        let weight = |k: usize| k as f32 / 100.0 - 1.0;
        for isa in Isa::available() {
            let mut gram = Gram::new(rows.dim(), isa);
            // What was there before is forgotten.
            gram.add(3.0, start.row(0));
            gram.clear();
            for k in 0..rows.n_rows() {
                gram.add(weight(k), rows.row(k));
            }
            let mut sum = start.clone();
            gram.add_to(&mut sum);
            for r in 0..rows.dim() {
                for c in r..rows.dim() {
                    let left = (0..rows.n_rows()).map(|k| weight(k) * rows.row(k)[r]);
                    let slow = slow_dot(left, (0..rows.n_rows()).map(|k| rows.row(k)[c]));
                    let expected = slow + f64::from(start.row(r)[c]);
                    // Sums of at most 300 products below 2.
                    prop_assert!((f64::from(sum.row(r)[c]) - expected).abs() < 1e-3, "{isa:?}");
                }
            }
        }
    }
}
