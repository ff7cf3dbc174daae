//! Do dislikes that agree make a region, and single ones none?

use super::{DistasteParams, distaste};
use crate::hash::{hash, normal};
use crate::regions::{Judged, Region, Regions, Whitening};
use linalg::Matrix;
use music::ItemIx;

const DIM: usize = 32;

/// Recordings of a kind have a cosine of about 1/(1 + 0.5²) = 0.8.
fn vector(item: u32, kind: u64) -> Vec<f32> {
    let of_kind = |c: u64| normal(hash([kind, 1, c]));
    let own = |c: u64| normal(hash([u64::from(item), kind, 2, c]));
    (0..DIM as u64).map(|c| of_kind(c) + 0.5 * own(c)).collect()
}

/// Each disliked recording by its kind, in this order of rows.
fn found(kinds: &[u64], before: Option<&[Region]>) -> Regions {
    let items: Vec<(u32, Vec<f32>)> = (0..).zip(kinds).map(|(i, &k)| (i, vector(i, k))).collect();
    let judged: Vec<Judged<'_>> = items
        .iter()
        .map(|(item, vector)| Judged { item: ItemIx(*item), vector, weight: 1.0 })
        .collect();
    let plain = Whitening::of(&Matrix::zeros(0, DIM), 1.0);
    distaste(&judged, &plain, DistasteParams::default(), before)
}

fn members(regions: &Regions) -> Vec<Vec<u32>> {
    let of = |region: &Region| region.members.iter().map(|member| member.item.0).collect();
    regions.regions().iter().map(of).collect()
}

#[test]
fn three_that_agree_are_a_region_and_two_are_none() {
    assert_eq!(members(&found(&[1, 1], None)), Vec::<Vec<u32>>::new());
    assert_eq!(members(&found(&[1, 1, 1], None)), [[0, 1, 2]]);
    assert_eq!(members(&found(&[], None)), Vec::<Vec<u32>>::new());
}

#[test]
fn dislikes_that_agree_with_nothing_are_in_no_region() {
    let strangers: Vec<u64> = (100..160).collect();
    assert_eq!(members(&found(&strangers, None)), Vec::<Vec<u32>>::new());
    let mut some = strangers;
    (some[5], some[17], some[40], some[41]) = (1, 1, 1, 1);
    let found = found(&some, None);
    assert_eq!(members(&found), [[5, 17, 40, 41]]);
    // Four of sixty.
    assert!((found.regions()[0].share - 4.0 / 60.0).abs() < 1e-6);
    assert!(found.regions()[0].tightness > 0.7);
}

#[test]
fn the_largest_agreement_comes_first_and_keeps_its_number() {
    let before = found(&[1, 2, 1, 2, 1, 2, 1, 9], None);
    assert_eq!(members(&before), [vec![0, 2, 4, 6], vec![1, 3, 5]]);
    // Now the second kind is larger; a third is new.
    let kinds = [1, 2, 1, 2, 1, 2, 1, 9, 2, 2, 2, 3, 3, 3];
    let today = found(&kinds, Some(before.regions()));
    assert_eq!(members(&today), [vec![0, 2, 4, 6], vec![1, 3, 5, 8, 9, 10], vec![11, 12, 13]]);
    assert_eq!(today.regions()[0].medoid, before.regions()[0].medoid);
    assert_eq!(today.regions()[1].medoid, before.regions()[1].medoid);
}
