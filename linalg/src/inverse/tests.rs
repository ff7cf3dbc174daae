//! Does the inverse undo the matrix, whatever its size?

use super::{BLOCK, inverse, inverse_with};
use crate::{Cholesky, Isa, Matrix, dot};

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

/// The sweep operator on one pivot after the other, in double precision.
fn slow(a: &Matrix) -> Vec<f64> {
    let n = a.dim();
    let mut x: Vec<f64> = a.as_slice().iter().map(|&x| f64::from(x)).collect();
    for k in 0..n {
        let d = x[k * n + k];
        let c: Vec<f64> = x[k * n..(k + 1) * n].to_vec();
        for i in 0..n {
            for j in 0..n {
                x[i * n + j] = match (i == k, j == k) {
                    (true, true) => -1.0 / d,
                    (true, false) => c[j] / d,
                    (false, true) => c[i] / d,
                    (false, false) => x[i * n + j] - c[i] * c[j] / d,
                };
            }
        }
    }
    x.into_iter().map(|x| -x).collect()
}

#[test]
fn blocks_with_any_instructions_make_what_single_pivots_make() {
    let n = BLOCK + 45;
    let a = positive_definite(n);
    let expected = slow(&a);
    for isa in Isa::available() {
        let inverse = inverse_with(a.clone(), isa).unwrap();
        for (got, expected) in inverse.as_slice().iter().zip(&expected) {
            // Entries are at most 1.
            assert!((f64::from(*got) - expected).abs() < 1e-5, "{isa:?}: {got} for {expected}");
        }
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
fn numbers_that_fade_along_a_chain_of_pairs_leave_the_others_right() {
    // 16 on the diagonal and 1 beside it: the inverse falls by almost 16 a step, below all that f32 holds.
    let n = BLOCK + 50;
    let mut a = Matrix::zeros(n, n);
    for i in 0..n {
        a.row_mut(i)[i] = 16.0;
        if i + 1 < n {
            a.row_mut(i)[i + 1] = 1.0;
            a.row_mut(i + 1)[i] = 1.0;
        }
    }
    let inverse = inverse(a.clone()).unwrap();
    for (got, expected) in inverse.as_slice().iter().zip(slow(&a)) {
        // Entries are at most 1/16, rounded a few times.
        assert!((f64::from(*got) - expected).abs() < 1e-7, "{got} for {expected}");
    }
}

#[test]
fn the_inverse_of_a_multiple_is_the_other_multiple() {
    let n = BLOCK + 3;
    let a = positive_definite(n);
    // Powers of two, so that nothing rounds; 2⁻⁸⁰ and what follows from it come near to the least that f32 holds.
    let times = |a: &Matrix, factor: f32| {
        Matrix::from_vec(n, n, a.as_slice().iter().map(|x| x * factor).collect())
    };
    let factor = 80_f32.exp2();
    let inverse_of_less = inverse(times(&a, 1.0 / factor)).unwrap();
    assert!(inverse_of_less == times(&inverse(a).unwrap(), factor));
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
