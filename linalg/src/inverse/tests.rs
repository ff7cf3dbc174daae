//! Does the inverse undo the matrix, whatever its size?

use super::{BLOCK, inverse};
use crate::{Cholesky, Matrix, dot};

/// BᵀB/n + I of numbers in (−1, 1) that look random: eigenvalues between 1 and about 3.
fn positive_definite(n: usize) -> Matrix {
    let mut state = 7_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from(u8::try_from(state >> 24).unwrap()) / 128.0 - 1.0
    };
    let b = Matrix::from_vec(n, n, (0..n * n).map(|_| next()).collect());
    let mut a = b.gram();
    for (i, row) in a.as_mut_slice().chunks_exact_mut(n).enumerate() {
        for x in row.iter_mut() {
            *x /= f32::from(u16::try_from(n).unwrap());
        }
        row[i] += 1.0;
    }
    a
}

fn check(n: usize) {
    let a = positive_definite(n);
    let inverse = inverse(a.clone()).unwrap();
    for i in 0..n {
        for j in 0..n {
            // Rows of the one against rows of the other: both are symmetric.
            let expected = if i == j { 1.0 } else { 0.0 };
            let got = dot(a.row(i), inverse.row(j));
            // A well-conditioned matrix in f32: some 300 roundings of 1e-7.
            assert!((got - expected).abs() < 1e-4, "n = {n}, ({i}, {j}): {got}");
        }
    }
}

#[test]
fn a_matrix_times_its_inverse_is_one() {
    for n in [1, 2, 7, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 37] {
        check(n);
    }
}

#[test]
fn the_inverse_holds_the_solutions_of_unit_right_sides() {
    let n = BLOCK + 20;
    let a = positive_definite(n);
    let inverse = inverse(a.clone()).unwrap();
    let factor = Cholesky::factor(&a).unwrap();
    for i in 0..n {
        let mut unit = vec![0.0; n];
        unit[i] = 1.0;
        factor.solve(&mut unit);
        let largest =
            unit.iter().zip(inverse.row(i)).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(largest < 1e-5, "column {i} differs by {largest}");
    }
}

#[test]
fn what_is_not_positive_definite_is_refused() {
    assert!(inverse(Matrix::zeros(3, 3)).is_none());
    // The first block is sound, the last row is not.
    let n = BLOCK + 1;
    let mut a = positive_definite(n);
    a.row_mut(n - 1)[n - 1] = -1.0;
    assert!(inverse(a).is_none());
}

#[test]
fn nothing_has_nothing_as_inverse() {
    assert_eq!(inverse(Matrix::zeros(0, 0)), Some(Matrix::zeros(0, 0)));
}

#[test]
fn one_thread_and_two_give_the_same_bits() {
    let with_threads = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| inverse(positive_definite(2 * BLOCK + 5)).unwrap())
    };
    assert_eq!(with_threads(1), with_threads(2));
}
