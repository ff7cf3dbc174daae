//! Are medoids those that a search of all would find?

use super::{Clustering, Table};
use crate::hash::{hash, normal, unit};
use linalg::{Matrix, dot};

fn random(seed: u64, n: u64, dim: u64) -> Table {
    let row = |i: u64| {
        let row: Vec<f32> = (0..dim).map(|c| normal(hash([seed, i, c]))).collect();
        let length = dot(&row, &row).sqrt();
        row.into_iter().map(move |x| x / length)
    };
    let (rows, columns) = (usize::try_from(n).unwrap(), usize::try_from(dim).unwrap());
    let vectors = Matrix::from_vec(rows, columns, (0..n).flat_map(row).collect());
    Table::new(&vectors, (0..n).map(|i| 0.2 + unit(hash([seed, i]))).collect())
}

/// Σ w·d to the nearest medoid, by definition.
fn slow_cost(table: &Table, medoids: &[usize]) -> f32 {
    let nearest =
        |j: usize| medoids.iter().map(|&m| table.distances_of(m)[j]).fold(f32::INFINITY, f32::min);
    (0..table.len()).map(|j| table.weights()[j] * nearest(j)).sum()
}

#[test]
fn four_points_in_two_directions_are_two_clusters() {
    let vectors = Matrix::from_vec(4, 2, vec![1.0, 0.0, 0.8, 0.6, -1.0, 0.0, -0.8, 0.6]);
    let table = Table::new(&vectors, vec![1.0, 2.0, 2.0, 1.0]);
    let two = Clustering::single(&table).with_one_more(&table).swapped(&table);
    // The heavier of each two is the medoid, and each other is 1 − 0.8 from it.
    assert_eq!(two.nearest[0], two.nearest[1]);
    assert_eq!(two.nearest[2], two.nearest[3]);
    let mut medoids = two.medoids.clone();
    medoids.sort_unstable();
    assert_eq!(medoids, [1, 2]);
    assert!((two.cost - 0.4).abs() < 1e-6, "{}", two.cost);
}

#[test]
fn where_swapping_ends_no_swap_helps() {
    for seed in 0..20 {
        let table = random(seed, 25, 5);
        let mut clustering = Clustering::single(&table);
        for _ in 2..=4 {
            clustering = clustering.with_one_more(&table).swapped(&table);
            let cost = slow_cost(&table, &clustering.medoids);
            assert!((clustering.cost - cost).abs() < 1e-4, "seed {seed}");
            for m in 0..clustering.medoids.len() {
                for x in 0..table.len() {
                    let mut medoids = clustering.medoids.clone();
                    medoids[m] = x;
                    // What is less than rounding is left.
                    assert!(slow_cost(&table, &medoids) > cost * (1.0 - 1e-4), "seed {seed}");
                }
            }
        }
    }
}

#[test]
fn one_more_is_the_one_that_lowers_the_cost_most() {
    for seed in 0..20 {
        let table = random(seed, 30, 4);
        let one = Clustering::single(&table);
        let two = one.with_one_more(&table);
        let with = |x| slow_cost(&table, &[one.medoids[0], x]);
        let least = (0..30).map(with).fold(f32::INFINITY, f32::min);
        assert!((two.cost - least).abs() < 1e-4, "seed {seed}");
    }
}

#[test]
fn one_less_joins_what_was_parted_and_not_what_is_small() {
    // Seven points near (1, 0), with two medoids, and one alone: by cost alone this one would be left.
    let angles: [f32; 8] = [-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 1.0];
    let rows = angles.iter().flat_map(|angle| [angle.cos(), angle.sin()]).collect();
    let table = Table::new(&Matrix::from_vec(8, 2, rows), vec![1.0; 8]);
    let two = Clustering::by(&table, vec![1, 5, 7]).with_one_less(&table);
    assert!(two.medoids.contains(&7), "{:?}", two.medoids);
    assert_eq!(two.centered(&table, 0.0).medoids.iter().find(|&&m| m != 7), Some(&3));
}

#[test]
fn a_medoid_moves_only_for_more_than_the_toll() {
    let angles: [f32; 5] = [-0.2, -0.1, 0.0, 0.1, 0.2];
    let rows = angles.iter().flat_map(|angle| [angle.cos(), angle.sin()]).collect();
    let table = Table::new(&Matrix::from_vec(5, 2, rows), vec![1.0; 5]);
    // With 1 − cos a ≈ a²/2 the costs are 0.05 from the middle and 0.075 from beside it: a third less.
    let beside = Clustering::by(&table, vec![1]);
    assert_eq!(beside.clone().centered(&table, 0.3).medoids, [2]);
    assert_eq!(beside.centered(&table, 0.4).medoids, [1]);
}
