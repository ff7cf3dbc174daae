//! Does QᵀΛQ give the matrix back, and does a slower method find the same?

use super::{Eigen, symmetric_eigen};
use crate::Matrix;
use proptest::prelude::{Strategy, any, prop_assert, proptest};

/// Sums of a few outer products of small whole numbers, negative ones too: eigenvalues repeat, above all 0.
fn matrices() -> impl Strategy<Value = Matrix> {
    (1_usize..40, 0_usize..50).prop_flat_map(|(dim, rank)| {
        let numbers = proptest::collection::vec(-3_i8..=3, rank * dim);
        (numbers, any::<i8>()).prop_map(move |(numbers, sign)| {
            let mut a = Matrix::zeros(dim, dim);
            for (k, y) in numbers.chunks_exact(dim).enumerate() {
                let weight = if sign >> (k % 8) & 1 == 0 { 1.0 } else { -0.5 };
                for r in 0..dim {
                    for c in 0..dim {
                        a.row_mut(r)[c] += weight * f32::from(y[r]) * f32::from(y[c]);
                    }
                }
            }
            a
        })
    })
}

/// Numbers in (−1, 1) that look random, the same above and below the diagonal.
fn scattered(dim: usize) -> Matrix {
    let mut state = 7_u32;
    let mut a = Matrix::zeros(dim, dim);
    for r in 0..dim {
        for c in r..dim {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let x = f32::from(u16::try_from(state >> 16).unwrap()) / 32768.0 - 1.0;
            a.row_mut(r)[c] = x;
            a.row_mut(c)[r] = x;
        }
    }
    a
}

/// The eigenvalues, the largest first, by Jacobi's rotations: each makes one pair of entries zero.
fn jacobi(matrix: &Matrix) -> Vec<f64> {
    let n = matrix.dim();
    let mut a: Vec<Vec<f64>> =
        (0..n).map(|i| matrix.row(i).iter().map(|&x| f64::from(x)).collect()).collect();
    for _ in 0..30 {
        for p in 0..n {
            for q in p + 1..n {
                let angle = 0.5 * (2.0 * a[p][q]).atan2(a[q][q] - a[p][p]);
                let (sin, cos) = angle.sin_cos();
                for row in &mut a {
                    (row[p], row[q]) = (cos * row[p] - sin * row[q], sin * row[p] + cos * row[q]);
                }
                let (above, below) = a.split_at_mut(q);
                for (x, y) in above[p].iter_mut().zip(&mut below[0]) {
                    (*x, *y) = (cos * *x - sin * *y, sin * *x + cos * *y);
                }
            }
        }
    }
    let mut values: Vec<f64> = (0..n).map(|i| a[i][i]).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

fn product(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}

/// How far Q·Qᵀ is from 1 and Q·A·Qᵀ from Λ, at worst, in units of 1 and of the largest eigenvalue.
fn errors(a: &Matrix, eigen: &Eigen) -> (f64, f64) {
    let (dim, q) = (a.dim(), &eigen.vectors);
    let scale = eigen.values.iter().map(|x| x.abs()).fold(1e-30, f64::max);
    let (mut from_one, mut from_values) = (0.0_f64, 0.0_f64);
    for k in 0..dim {
        let a_q: Vec<f64> = (0..dim).map(|i| product(a.row(i), q.row(k))).collect();
        for l in 0..dim {
            let is_same = f64::from(u8::from(k == l));
            from_one = from_one.max((product(q.row(k), q.row(l)) - is_same).abs());
            let q_a_q: f64 = q.row(l).iter().zip(&a_q).map(|(&x, y)| f64::from(x) * y).sum();
            from_values = from_values.max((q_a_q - is_same * eigen.values[k]).abs() / scale);
        }
    }
    (from_one, from_values)
}

/// The vectors are rounded to `f32`, each entry by 6e-8 of itself.
const TOLERANCE: f64 = 1e-6;

fn check(a: &Matrix) -> Eigen {
    let eigen = symmetric_eigen(a).unwrap();
    let (from_one, from_values) = errors(a, &eigen);
    assert!(from_one < TOLERANCE, "Q·Qᵀ is {from_one} from 1 at dim {}", a.dim());
    assert!(from_values < TOLERANCE, "Q·A·Qᵀ is {from_values} from Λ at dim {}", a.dim());
    assert!(eigen.values.is_sorted_by(|a, b| a >= b), "{:?}", eigen.values);
    eigen
}

proptest! {
    #[test]
    fn every_matrix_is_stretched_along_its_vectors(a in matrices()) {
        let eigen = check(&a);
        let scale = eigen.values.iter().map(|x| x.abs()).fold(1.0, f64::max);
        for (fast, slow) in eigen.values.iter().zip(jacobi(&a)) {
            prop_assert!((fast - slow).abs() < 1e-12 * scale, "{fast} for {slow}");
        }
    }

    #[test]
    fn the_largest_entry_of_a_vector_is_positive(a in matrices()) {
        for vector in symmetric_eigen(&a).unwrap().vectors.as_slice().chunks(a.dim()) {
            let largest = vector.iter().map(|x| x.abs()).fold(0.0, f32::max);
            let first = vector.iter().find(|x| x.abs() == largest).unwrap();
            prop_assert!(*first > 0.0, "{vector:?}");
        }
    }
}

#[test]
fn a_square_by_hand() {
    // [[2, 1], [1, 2]]: (1, 1)/√2 is stretched by 3, (1, −1)/√2 by 1.
    let eigen = symmetric_eigen(&Matrix::from_vec(2, 2, vec![2.0, 1.0, 1.0, 2.0])).unwrap();
    let half = 0.5_f32.sqrt();
    assert!((eigen.values[0] - 3.0).abs() < 1e-15 && (eigen.values[1] - 1.0).abs() < 1e-15);
    for (x, expected) in eigen.vectors.as_slice().iter().zip([half, half, half, -half]) {
        assert!((x - expected).abs() < 1e-7, "{x} for {expected}");
    }
}

#[test]
fn nothing_one_number_and_zeros_have_their_vectors() {
    assert_eq!(check(&Matrix::zeros(0, 0)).values, [] as [f64; 0]);
    let one = check(&Matrix::from_vec(1, 1, vec![-3.0]));
    assert_eq!((one.values.as_slice(), one.vectors.as_slice()), (&[-3.0][..], &[1.0][..]));
    assert_eq!(check(&Matrix::zeros(9, 9)).values, [0.0; 9]);
}

#[test]
fn sizes_around_the_lanes_and_a_hundred() {
    for dim in [2, 7, 8, 9, 16, 31, 100] {
        check(&scattered(dim));
    }
}

#[test]
fn matrices_near_the_ends_of_f32_keep_their_digits() {
    for scale in [1e-38, 1e-20, 1e20, 1e36] {
        let mut a = scattered(12);
        for x in a.as_mut_slice() {
            *x *= scale;
        }
        check(&a);
    }
}

#[test]
fn only_the_upper_triangle_is_read() {
    let whole = scattered(11);
    let mut upper = whole.clone();
    for r in 0..11 {
        upper.row_mut(r)[..r].fill(f32::NAN);
    }
    assert_eq!(symmetric_eigen(&whole), symmetric_eigen(&upper));
}

#[test]
fn what_is_not_finite_is_refused() {
    for bad in [f32::NAN, f32::INFINITY] {
        let mut a = scattered(5);
        a.row_mut(1)[3] = bad;
        assert_eq!(symmetric_eigen(&a), None);
    }
}

#[test]
fn one_thread_and_two_give_the_same_bits() {
    let with_threads = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| symmetric_eigen(&scattered(100)).unwrap())
    };
    assert_eq!(with_threads(1), with_threads(2));
}
