//! Does the rotation find what was planted, and is it one?

use super::{Column, ceiling, columns, sweep, varimax};
use crate::{Matrix, dot};
use proptest::prelude::{Strategy, prop_assert, proptest};

fn loadings() -> impl Strategy<Value = Matrix> {
    (1_usize..9, 0_usize..40).prop_flat_map(|(dim, n_rows)| {
        let values = proptest::collection::vec(-1.0_f32..1.0, n_rows * dim);
        values.prop_map(move |values| Matrix::from_vec(n_rows, dim, values))
    })
}

/// Σ_d (mean over the rows of b² less the square of the mean of b), with b the squared loadings.
fn criterion(columns: &[Column]) -> f64 {
    let of_column = |column: &Column| {
        let n = column.loadings.len().max(1) as f64;
        let squares: f64 = column.loadings.iter().map(|x| x.powi(2)).sum();
        let fourths: f64 = column.loadings.iter().map(|x| x.powi(4)).sum();
        fourths / n - (squares / n).powi(2)
    };
    columns.iter().map(of_column).sum()
}

fn product(a: &Matrix, b: &Matrix) -> Matrix {
    let cell = |r: usize, c: usize| (0..b.n_rows()).map(|k| a.row(r)[k] * b.row(k)[c]).sum();
    let cells = (0..a.n_rows()).flat_map(|r| (0..b.dim()).map(move |c| (r, c)));
    Matrix::from_vec(a.n_rows(), b.dim(), cells.map(|(r, c)| cell(r, c)).collect())
}

fn transposed(a: &Matrix) -> Matrix {
    let cells = (0..a.dim()).flat_map(|c| (0..a.n_rows()).map(move |r| (r, c)));
    Matrix::from_vec(a.dim(), a.n_rows(), cells.map(|(r, c)| a.row(r)[c]).collect())
}

/// Turns the first dimension into each of the others in turn, by an angle of one radian.
fn some_rotation(dim: usize) -> Matrix {
    let mut rotation = Matrix::zeros(dim, dim);
    for d in 0..dim {
        rotation.row_mut(d)[d] = 1.0;
    }
    let (sin, cos) = 1.0_f32.sin_cos();
    for d in 1..dim {
        let mut turn = Matrix::zeros(dim, dim);
        for k in 0..dim {
            turn.row_mut(k)[k] = if k == 0 || k == d { cos } else { 1.0 };
        }
        turn.row_mut(0)[d] = sin;
        turn.row_mut(d)[0] = -sin;
        rotation = product(&rotation, &turn);
    }
    rotation
}

#[test]
fn a_planted_sparse_structure_is_recovered_up_to_order_and_sign() {
    for dim in 2_u8..8 {
        // Row r loads on dimension r mod dim alone, by 1 + r/100 with changing signs.
        let mut sparse = Matrix::zeros(60, dim.into());
        for r in 0_u8..60 {
            let sign = if r % 3 == 0 { -1.0 } else { 1.0 };
            sparse.row_mut(r.into())[usize::from(r % dim)] = sign * (1.0 + f32::from(r) / 100.0);
        }
        let hidden = product(&sparse, &some_rotation(dim.into()));
        let found = product(&hidden, &transposed(&varimax(&hidden)));
        for r in 0..60 {
            let (mut got, length) =
                (found.row(r).to_vec(), dot(sparse.row(r), sparse.row(r)).sqrt());
            got.sort_by(|x, y| y.abs().total_cmp(&x.abs()));
            // One number of the row's whole length, the others 0 but for `f32`'s rounding of a dozen products.
            assert!((got[0].abs() - length).abs() < 1e-5, "row {r} of {dim}: {got:?}");
            assert!(got[1..].iter().all(|x| x.abs() < 1e-5), "row {r} of {dim}: {got:?}");
        }
    }
}

#[test]
fn two_columns_by_hand() {
    // (1, 1) and (1, −1) lie on the diagonals: an eighth of a circle brings both onto an axis.
    let rotation = varimax(&Matrix::from_vec(2, 2, vec![1.0, 1.0, 1.0, -1.0]));
    for x in rotation.as_slice() {
        assert!((x.abs() - 0.5_f32.sqrt()).abs() < 1e-6, "{:?}", rotation.as_slice());
    }
}

#[test]
fn what_has_no_better_rotation_stays() {
    let identity = Matrix::from_vec(2, 2, vec![1.0, 0.0, 0.0, 1.0]);
    assert_eq!(varimax(&identity), identity);
    assert_eq!(varimax(&Matrix::zeros(5, 2)), identity);
    assert_eq!(varimax(&Matrix::zeros(0, 2)), identity);
    assert_eq!(varimax(&Matrix::zeros(3, 0)), Matrix::zeros(0, 0));
}

proptest! {
    #[test]
    fn it_is_a_rotation(loadings in loadings()) {
        let rotation = varimax(&loadings);
        for a in 0..rotation.n_rows() {
            for b in 0..rotation.n_rows() {
                let expected = if a == b { 1.0 } else { 0.0 };
                // Entries are rounded to `f32`.
                prop_assert!((dot(rotation.row(a), rotation.row(b)) - expected).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn the_criterion_never_falls(loadings in loadings()) {
        let mut columns = columns(&loadings);
        let mut last = criterion(&columns);
        for _ in 0..20 {
            sweep(&mut columns, ceiling(&loadings));
            let now = criterion(&columns);
            // `f64` rounds sums of at most 40 numbers up to 8².
            prop_assert!(now >= last - 1e-11, "{now} after {last}");
            last = now;
        }
    }
}
