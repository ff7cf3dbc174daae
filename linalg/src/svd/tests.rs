//! Are the directions found those of the whole matrix?

use super::{SubspaceIteration, Svd};
use crate::{Csr, Matrix, symmetric_eigen};
use proptest::prelude::{Strategy, prop_assert, proptest};

#[derive(Debug)]
struct Row;
#[derive(Debug)]
struct Column;

/// Numbers in (−1, 1) that look random.
fn scattered(n_rows: usize, dim: usize) -> Matrix {
    let mut state = 7_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from(u16::try_from(state >> 16).unwrap()) / 32768.0 - 1.0
    };
    Matrix::from_vec(n_rows, dim, (0..n_rows * dim).map(|_| next()).collect())
}

fn dense(x: &Csr<Row, Column>) -> Matrix {
    let mut dense = Matrix::zeros(x.n_rows(), x.n_cols());
    for (r, columns, values) in x.rows() {
        for (&c, &value) in columns.iter().zip(values) {
            dense.row_mut(r)[c as usize] = value;
        }
    }
    dense
}

fn iterate(
    x: &Csr<Row, Column>,
    start: Matrix,
    iterations: usize,
) -> SubspaceIteration<'_, Row, Column> {
    let mut subspace = SubspaceIteration::new(x, start);
    for _ in 0..iterations {
        subspace.advance().unwrap();
    }
    subspace
}

fn found(x: &Csr<Row, Column>, width: usize, iterations: usize, dim: usize) -> Svd {
    iterate(x, scattered(x.n_cols(), width), iterations).svd(dim).unwrap()
}

/// VVᵀ, which does not depend on signs, nor on the order of equal values.
fn projector(right: &Matrix) -> Vec<f64> {
    let pair = |i: usize, j: usize| -> f64 {
        right.row(i).iter().zip(right.row(j)).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    };
    let n = right.n_rows();
    (0..n * n).map(|place| pair(place / n, place % n)).collect()
}

fn matrices() -> impl Strategy<Value = Csr<Row, Column>> {
    let pairs = proptest::collection::btree_map((0_u32..15, 0_u32..11), 0.5_f32..2.0, 0..90);
    pairs.prop_map(|pairs| {
        Csr::from_triplets(15, 11, pairs.into_iter().map(|((r, c), x)| (r, c, x)).collect())
    })
}

proptest! {
    #[test]
    fn with_all_columns_it_is_the_whole_svd(x in matrices()) {
        let slow = symmetric_eigen(&dense(&x).gram()).unwrap();
        // A start that holds as much of each direction.
        let start = symmetric_eigen(&scattered(11, 11).gram()).unwrap().vectors;
        let fast = iterate(&x, start, 3).svd(11).unwrap();
        for (value, square) in fast.values.iter().zip(&slow.values) {
            // Squares carry the rounding of f32 relative to the largest, so small values carry its root.
            prop_assert!((value * value - square).abs() < 1e-5 * slow.values[0].max(1.0), "{value}");
        }
        // Every row of X lies in the span, XVVᵀ = X, but for directions below a thousandth of the largest.
        let lost = 1e-3 * fast.values[0].max(1.0);
        let (x, p) = (dense(&x), projector(&fast.right));
        for r in 0..15 {
            for j in 0..11 {
                let back: f64 = (0..11).map(|i| f64::from(x.row(r)[i]) * p[i * 11 + j]).sum();
                prop_assert!((back - f64::from(x.row(r)[j])).abs() < lost, "({r}, {j}): {back}");
            }
        }
    }

    #[test]
    fn values_never_fall_and_never_pass_the_true_ones(x in matrices()) {
        let slow = symmetric_eigen(&dense(&x).gram()).unwrap();
        let mut before = vec![0.0; 3];
        let mut subspace = SubspaceIteration::new(&x, scattered(11, 4));
        for _ in 0..6 {
            subspace.advance().unwrap();
            let values = subspace.svd(3).unwrap().values;
            for ((value, before), square) in values.iter().zip(&before).zip(&slow.values) {
                prop_assert!(*value > before - 1e-4, "{value} after {before}");
                prop_assert!(*value < square.max(0.0).sqrt() + 1e-2, "{value}² above {square}");
            }
            before = values;
        }
    }
}

#[test]
fn two_blocks_by_hand() {
    // Two rows of (3, 4, 0) and one of (0, 0, 2): σ = √2·5 along (3, 4, 0)/5, and 2 along (0, 0, 1).
    let pairs = vec![(0, 0, 3.0), (0, 1, 4.0), (1, 0, 3.0), (1, 1, 4.0), (2, 2, 2.0)];
    let svd = found(&Csr::from_triplets(3, 3, pairs), 3, 2, 4);
    for (value, expected) in svd.values.iter().zip([50.0_f64.sqrt(), 2.0, 0.0, 0.0]) {
        assert!((value - expected).abs() < 1e-5, "{value} for {expected}");
    }
    let expected = [0.6, 0.0, 0.0, 0.0, 0.8, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0];
    for (x, expected) in svd.right.as_slice().iter().zip(expected) {
        assert!((x - expected).abs() < 1e-5, "{x} for {expected}");
    }
}

/// Σ 2⁻ᵏ·u_k·v_kᵀ of directions that look random, over all pairs.
fn falling(n_rows: usize, n_cols: usize) -> Csr<Row, Column> {
    let (u, v) = (scattered(n_rows, 20), scattered(n_cols, 20));
    let mut pairs = Vec::new();
    for (r, row) in (0_u32..).zip(0..n_rows) {
        for (c, column) in (0_u32..).zip(0..n_cols) {
            let terms = u.row(row).iter().zip(v.row(column)).zip(0..20);
            pairs.push((r, c, terms.map(|((a, b), k)| a * b * 0.5_f32.powi(k)).sum()));
        }
    }
    Csr::from_triplets(n_rows, n_cols, pairs)
}

#[test]
fn the_first_directions_of_falling_values_are_found_from_a_few_columns() {
    let x = falling(300, 60);
    let slow = symmetric_eigen(&dense(&x).gram()).unwrap();
    let svd = found(&x, 12, 4, 5);
    for (k, (value, square)) in svd.values.iter().zip(&slow.values).enumerate() {
        assert!((value / square.sqrt() - 1.0).abs() < 1e-5, "σ_{k}: {value}");
        for (i, expected) in slow.vectors.row(k).iter().enumerate() {
            let got = svd.right.row(i)[k];
            // The values halve from one to the next, so a rounding of 1e-7 turns the fifth by some 1e-5.
            assert!((got - expected).abs() < 1e-3, "v_{k}[{i}]: {got} for {expected}");
        }
    }
}

#[test]
fn the_vectors_are_orthonormal() {
    let x = falling(300, 60);
    let right = found(&x, 8, 2, 8).right;
    let gram = right.gram();
    for k in 0..8 {
        for l in 0..8 {
            let expected = if k == l { 1.0 } else { 0.0 };
            assert!((gram.row(k)[l] - expected).abs() < 1e-5, "({k}, {l}): {}", gram.row(k)[l]);
        }
    }
}

#[test]
fn a_basis_handed_over_goes_on_to_the_same_bits() {
    let x = falling(40, 30);
    let start = || scattered(x.n_cols(), 6);
    let halfway = iterate(&x, start(), 2).basis().clone();
    let mut resumed = SubspaceIteration::new(&x, halfway);
    resumed.advance().unwrap();
    assert_eq!(resumed.svd(4), iterate(&x, start(), 3).svd(4));
}

#[test]
fn nothing_has_no_directions() {
    for (n_rows, n_cols) in [(0, 0), (3, 0), (0, 3), (3, 3)] {
        let svd = found(&Csr::from_triplets(n_rows, n_cols, Vec::new()), n_cols, 2, 2);
        assert_eq!(svd, Svd { values: vec![0.0; 2], right: Matrix::zeros(n_cols, 2) });
    }
}

#[test]
fn numbers_too_large_are_no_directions() {
    let x = Csr::<Row, Column>::from_triplets(1, 2, vec![(0, 0, 1e30), (0, 1, 1e30)]);
    assert!(SubspaceIteration::new(&x, scattered(2, 2)).advance().is_none());
}

#[test]
fn one_thread_and_two_give_the_same_bits() {
    let x = falling(700, 50);
    let with_threads = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| found(&x, 20, 2, 15))
    };
    assert_eq!(with_threads(1), with_threads(2));
}
