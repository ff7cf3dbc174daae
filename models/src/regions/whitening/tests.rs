//! Are all directions of a whitened catalogue equally usual?

use super::{SHRINKAGE, Whitening};
use crate::hash::{hash, normal};
use linalg::{Matrix, dot};

/// Vectors around a common direction that vary much along the first axis and little along the others, of any length.
fn catalogue(n: u64, dim: u64) -> Matrix {
    let row = |i: u64| {
        let length = 1.0 + 5.0 * normal(hash([i, 99])).abs();
        (0..dim).map(move |c| {
            let spread = if c == 0 { 2.0 } else { 0.3 };
            length * (1.0 + spread * normal(hash([i, c])))
        })
    };
    let (n, dim, values) = (n, dim, (0..n).flat_map(row).collect());
    Matrix::from_vec(usize::try_from(n).unwrap(), usize::try_from(dim).unwrap(), values)
}

fn whitened(items: &Matrix, shrinkage: f32) -> Matrix {
    let mut vectors = items.clone();
    Whitening::of(items, shrinkage).apply(vectors.as_mut_slice());
    vectors
}

#[test]
fn every_direction_of_a_whitened_catalogue_counts_alike() {
    let vectors = whitened(&catalogue(4000, 6), 1e-6);
    let gram = vectors.gram();
    for a in 0..6 {
        for b in 0..6 {
            // Unit vectors in random directions have E[x_a·x_b] = δ/6; these are not quite random.
            let mean = gram.row(a)[b] / 4000.0;
            let expected = if a == b { 1.0 / 6.0 } else { 0.0 };
            assert!((mean - expected).abs() < 0.05, "({a}, {b}): {mean}");
        }
    }
}

#[test]
fn whole_shrinkage_takes_away_the_mean_alone() {
    // Unit vectors (1, 0) and (0, 1) have the mean (½, ½): what is left points to (1, −1) and (−1, 1).
    let items = Matrix::from_vec(2, 2, vec![3.0, 0.0, 0.0, 0.5]);
    let r = 0.5_f32.sqrt();
    for (x, expected) in whitened(&items, 1.0).as_slice().iter().zip([r, -r, -r, r]) {
        assert!((x - expected).abs() < 1e-6, "{x} instead of {expected}");
    }
}

#[test]
fn how_long_a_vector_is_does_not_matter() {
    let items = catalogue(300, 8);
    let whitening = Whitening::of(&items, SHRINKAGE);
    let (mut once, mut twice) = (items.row(5).to_vec(), items.row(5).to_vec());
    twice.iter_mut().for_each(|x| *x *= 1024.0);
    whitening.apply(&mut once);
    whitening.apply(&mut twice);
    assert_eq!(once, twice);
    // Eight squares, each rounded.
    assert!((dot(&once, &once) - 1.0).abs() < 1e-6);
}

#[test]
fn one_at_a_time_is_as_all_at_once() {
    let items = catalogue(37, 5);
    let whitening = Whitening::of(&items, SHRINKAGE);
    let all = whitened(&items, SHRINKAGE);
    for i in 0..37 {
        let mut one = items.row(i).to_vec();
        whitening.apply(&mut one);
        assert_eq!(one, all.row(i));
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let items = catalogue(5000, 16);
    let with = |n_threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        pool.install(|| whitened(&items, SHRINKAGE))
    };
    assert_eq!(with(1), with(2));
}

#[test]
fn what_nobody_heard_has_no_direction_and_teaches_nothing() {
    let items = catalogue(300, 4);
    let mut more = items.as_slice().to_vec();
    more.extend([0.0; 8]);
    let vectors = whitened(&Matrix::from_vec(302, 4, more), SHRINKAGE);
    assert_eq!(vectors.row(301), [0.0; 4]);
    let before = whitened(&items, SHRINKAGE);
    for (x, expected) in vectors.as_slice().iter().zip(before.as_slice()) {
        // The rows are shared among other chunks, which rounds otherwise.
        assert!((x - expected).abs() < 1e-5);
    }
}

#[test]
fn a_catalogue_of_one_vector_leaves_other_directions_as_they_are() {
    let whitening = Whitening::of(&Matrix::from_vec(1, 2, vec![0.0, 2.0]), SHRINKAGE);
    // (1, 0) less the mean (0, 1).
    let mut vector = [5.0, 0.0];
    whitening.apply(&mut vector);
    assert!((vector[0] - 0.5_f32.sqrt()).abs() < 1e-6 && (vector[1] + 0.5_f32.sqrt()).abs() < 1e-6);
    let mut mean = [0.0, 7.0];
    whitening.apply(&mut mean);
    assert_eq!(mean, [0.0, 0.0]);
}
