//! Are the neighbors those that a naive loop over all pairs finds, and do they come back from a file?

use super::{FROM, Neighbors, TO, WEIGHT};
use crate::array::Arrays;
use crate::{Array, Error};
use linalg::{Csr, top_k};
use music::{ItemIx, RecordingId, Rows, UserIx};
use proptest::prelude::{Strategy, prop_assert_eq, proptest};

const N_USERS: usize = 12;
const N_ITEMS: usize = 9;

fn matrices() -> impl Strategy<Value = Csr<ItemIx, UserIx>> {
    let pairs = proptest::collection::btree_map((0_u32..9, 0_u32..12), -0.5_f32..5.0, 0..60);
    pairs.prop_map(|pairs| {
        let triplets = pairs.into_iter().map(|((i, u), x)| (i, u, x)).collect();
        Csr::from_triplets(N_ITEMS, N_USERS, triplets)
    })
}

/// The dense twin: a row of weights an item.
fn dense(by_item: &Csr<ItemIx, UserIx>) -> Vec<Vec<f32>> {
    let of_item = |(_, users, weights): (usize, &[u32], &[f32])| {
        let mut row = vec![0.0; by_item.n_cols()];
        for (&u, &weight) in users.iter().zip(weights) {
            row[u as usize] = weight;
        }
        row
    };
    by_item.rows().map(of_item).collect()
}

proptest! {
    #[test]
    fn neighbors_are_the_best_of_all_pairs(
        left in matrices(),
        right in matrices(),
        k in 1_usize..10,
    ) {
        let neighbors = Neighbors::of_product(&left, &right.transpose(), k);
        let (from, to) = (dense(&left), dense(&right));
        for (j, of_j) in from.iter().enumerate() {
            // The same positive products in the same order, so that even the bits agree.
            let product = |of_i: &Vec<f32>| {
                let products = of_j.iter().zip(of_i).map(|(a, b)| a * b);
                products.filter(|&x| x > 0.0).sum::<f32>()
            };
            let products: Vec<f32> = to.iter().map(product).collect();
            let slow = top_k(&products, k, &[u32::try_from(j).unwrap()]);
            let mut slow: Vec<_> = slow.into_iter().filter(|&(_, x)| x > 0.0).collect();
            slow.sort_by_key(|&(i, _)| i);
            let (items, weights) = neighbors.of(j);
            let fast: Vec<_> = items.iter().copied().zip(weights.iter().copied()).collect();
            prop_assert_eq!(fast, slow);
        }
    }
}

fn load(from: &[u32], to: &[u32], weights: &[f32]) -> Result<Neighbors, Error> {
    let row = |values: &[u32]| Array::U32 { shape: vec![values.len()], values: values.to_vec() };
    let weights = Array::F32 { shape: vec![weights.len()], values: weights.to_vec() };
    let arrays = [(FROM, row(from)), (TO, row(to)), (WEIGHT, weights)];
    let mut arrays: Arrays = arrays.into_iter().map(|(name, a)| (name.to_owned(), a)).collect();
    Neighbors::load(&Rows::new((0..3).map(RecordingId).collect()), &mut arrays)
}

#[test]
fn the_names_of_old_snapshots_are_kept() {
    assert_eq!([FROM, TO, WEIGHT], ["neighbors_from", "neighbors_to", "neighbors_similarity"]);
    let neighbors = load(&[0, 2], &[1, 0], &[0.5, -0.25]).unwrap();
    assert_eq!(neighbors.of(0), (&[1][..], &[0.5][..]));
    assert_eq!(neighbors.of(1).0, &[] as &[u32]);
    assert_eq!(neighbors.of(2), (&[0][..], &[-0.25][..]));
}

#[test]
fn arrays_that_are_no_neighbors_are_refused() {
    let check = |from: &[u32], to: &[u32], weights: &[f32]| {
        assert!(matches!(load(from, to, weights), Err(Error::BadArray { .. })), "{from:?} {to:?}");
    };
    // Not ascending, twice the same, no such row, of different lengths.
    check(&[1, 0], &[0, 1], &[1.0, 1.0]);
    check(&[0, 0], &[1, 1], &[1.0, 1.0]);
    check(&[0], &[3], &[1.0]);
    check(&[0, 1], &[1], &[1.0, 1.0]);
    check(&[0], &[1], &[1.0, 1.0]);
    check(&[0], &[1], &[f32::NAN]);
}
