//! Does a listener of several tastes get as many regions, and of one taste one?

use super::{Judged, Params, Region, Regions, Whitening, regions};
use crate::hash::{hash, normal, unit};
use linalg::Matrix;
use music::ItemIx;

const DIM: usize = 32;

/// A recording with its vector, and which taste it was planted in.
#[derive(Clone, Debug)]
struct Planted {
    item: ItemIx,
    vector: Vec<f32>,
    weight: f32,
    taste: u64,
}

/// Around the direction that belongs to the taste, so that two recordings of one have a cosine of about 1/(1 + 0.8²) = 0.6.
fn planted(item: u32, taste: u64, weight: f32) -> Planted {
    let coordinate =
        |c: u64| normal(hash([taste, 1, c])) + 0.8 * normal(hash([u64::from(item), taste, 2, c]));
    Planted { item: ItemIx(item), vector: (0..DIM as u64).map(coordinate).collect(), weight, taste }
}

/// So many of each taste, all weighing 1, in mixed rows.
fn listener(tastes: &[(u64, u32)]) -> Vec<Planted> {
    let of = |&(taste, n): &(u64, u32)| (0..n).map(move |i| (taste, i));
    let all = tastes.iter().flat_map(of);
    all.map(|(taste, i)| planted(i * 16 + u32::try_from(taste).unwrap(), taste, 1.0)).collect()
}

/// Leaves directions as they are: in a catalogue without vectors nothing varies.
fn plain() -> Whitening {
    Whitening::of(&Matrix::zeros(0, DIM), 1.0)
}

fn judged(planted: &[Planted]) -> Vec<Judged<'_>> {
    planted.iter().map(|p| Judged { item: p.item, vector: &p.vector, weight: p.weight }).collect()
}

fn found(planted: &[Planted], before: Option<&[Region]>) -> Regions {
    regions(&judged(planted), &plain(), Params::default(), before)
}

/// The tastes that a region holds, with how many of each, most first.
fn tastes(region: &Region, planted: &[Planted]) -> Vec<(u64, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for member in &region.members {
        let taste = planted.iter().find(|p| p.item == member.item).unwrap().taste;
        *counts.entry(taste).or_insert(0) += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|&(_, n)| std::cmp::Reverse(n));
    counts
}

fn numbers(regions: &Regions) -> Vec<u32> {
    regions.regions().iter().map(|region| region.number).collect()
}

#[test]
fn one_taste_is_one_region() {
    let planted = listener(&[(1, 40)]);
    let found = found(&planted, None);
    assert_eq!(numbers(&found), [1]);
    let region = &found.regions()[0];
    assert_eq!((region.members.len(), region.share), (40, 1.0));
    // A medoid is nearer to the others than they are to each other.
    assert!(region.tightness > 0.6, "{}", region.tightness);
}

#[test]
fn three_tastes_are_three_regions_the_largest_first() {
    let planted = listener(&[(1, 10), (2, 25), (3, 15)]);
    let found = found(&planted, None);
    let held: Vec<_> = found.regions().iter().map(|region| tastes(region, &planted)).collect();
    assert_eq!(held, [[(2, 25)], [(3, 15)], [(1, 10)]]);
    let shares: Vec<f32> = found.regions().iter().map(|region| region.share).collect();
    assert_eq!(shares, [0.5, 0.3, 0.2]);
}

#[test]
fn tastes_are_found_for_many_listeners() {
    for n_tastes in 1..=5 {
        let is_found = |seed: &u64| {
            let first = seed * 10;
            let tastes: Vec<(u64, u32)> = (0..n_tastes).map(|t| (first + t, 12)).collect();
            let of = |(t, &(taste, n)): (u32, &(u64, u32))| {
                (0..n).map(move |i| planted(i * 8 + t, taste, 1.0)).collect::<Vec<_>>()
            };
            let planted: Vec<Planted> = (0..).zip(&tastes).flat_map(of).collect();
            found(&planted, None).regions().len() as u64 == n_tastes
        };
        let n_found = (1..=20).filter(is_found).count();
        // Directions by chance: two of five may lie near each other.
        assert!(n_found >= 18, "{n_tastes} tastes were found for {n_found} of 20");
    }
}

#[test]
fn noise_is_one_region() {
    for n in [8_u32, 20, 60, 200] {
        // Each recording is a taste of its own.
        let planted: Vec<Planted> = (0..n).map(|i| planted(i, 1000 + u64::from(i), 1.0)).collect();
        assert_eq!(found(&planted, None).regions().len(), 1, "of {n}");
    }
}

#[test]
fn a_few_strangers_are_no_region() {
    // 3 of 43 weigh less than a tenth, and are less than four.
    let planted = listener(&[(1, 40), (2, 3)]);
    assert_eq!(found(&planted, None).regions().len(), 1);
    let mut planted = listener(&[(1, 40), (2, 8)]);
    assert_eq!(found(&planted, None).regions().len(), 2);
    // Eight that were loved long ago weigh 0.8 of 40.8.
    planted.iter_mut().filter(|p| p.taste == 2).for_each(|p| p.weight = 0.1);
    assert_eq!(found(&planted, None).regions().len(), 1);
}

#[test]
fn what_was_loved_of_late_comes_first() {
    let mut planted = listener(&[(1, 20), (2, 20)]);
    planted.iter_mut().filter(|p| p.taste == 2).for_each(|p| p.weight = 3.0);
    let found = found(&planted, None);
    let held: Vec<_> = found.regions().iter().map(|region| tastes(region, &planted)).collect();
    assert_eq!(held, [[(2, 20)], [(1, 20)]]);
    assert_eq!(found.regions()[0].share, 0.75);
}

#[test]
fn the_order_of_the_input_does_not_matter() {
    let mut planted = listener(&[(1, 20), (2, 20), (3, 9)]);
    let expected = found(&planted, None);
    planted.sort_by_key(|p| hash([u64::from(p.item.0)]));
    assert_eq!(found(&planted, None), expected);
}

#[test]
fn other_rows_are_other_names_for_the_same_regions() {
    let mut planted = listener(&[(1, 20), (2, 22), (3, 9)]);
    planted.iter_mut().for_each(|p| p.weight = 0.5 + unit(hash([u64::from(p.item.0)])));
    let turned = |item: ItemIx| ItemIx(10_000 - item.0);
    let expected = found(&planted, None);
    let mut relabeled = planted.clone();
    relabeled.iter_mut().for_each(|p| p.item = turned(p.item));
    let relabeled = found(&relabeled, None);
    assert_eq!(relabeled.regions().len(), 3);
    for (region, expected) in relabeled.regions().iter().zip(expected.regions()) {
        assert_eq!((region.number, region.medoid), (expected.number, turned(expected.medoid)));
        let members: Vec<ItemIx> = region.members.iter().rev().map(|m| turned(m.item)).collect();
        let expected: Vec<ItemIx> = expected.members.iter().map(|m| m.item).collect();
        assert_eq!(members, expected);
    }
}

#[test]
fn each_member_belongs_where_assign_says() {
    let planted = listener(&[(1, 20), (2, 20), (3, 9)]);
    let found = found(&planted, None);
    for (r, region) in found.regions().iter().enumerate() {
        for member in &region.members {
            let mut vector = planted.iter().find(|p| p.item == member.item).unwrap().vector.clone();
            plain().apply(&mut vector);
            assert_eq!(found.assign(&vector), Some(r));
        }
    }
    assert_eq!(found.assign(&[0.0; DIM]), None);
}

#[test]
fn more_than_can_be_clustered_join_the_nearest_medoid() {
    let mut planted = listener(&[(1, 60), (2, 60)]);
    planted.iter_mut().for_each(|p| p.weight = 1.0 + unit(hash([u64::from(p.item.0)])));
    let params = Params { at_most: 30, ..Params::default() };
    let found = regions(&judged(&planted), &plain(), params, None);
    let mut held: Vec<_> = found.regions().iter().map(|r| tastes(r, &planted)).collect();
    held.sort_unstable();
    assert_eq!(held, [[(1, 60)], [(2, 60)]]);
}

#[test]
fn of_nothing_loved_there_is_no_region_and_of_one_or_two_there_is_one() {
    assert_eq!(found(&[], None).regions(), []);
    assert_eq!(found(&[], None).assign(&[1.0; DIM]), None);
    let one = found(&[planted(7, 1, 0.5)], None);
    assert_eq!(one.regions()[0].medoid, ItemIx(7));
    assert_eq!((one.regions()[0].share, one.regions()[0].tightness), (1.0, 1.0));
    // Both are as near to the other; the first row stands for them.
    let two = found(&[planted(9, 1, 1.0), planted(3, 2, 1.0)], None);
    assert_eq!((two.regions().len(), two.regions()[0].medoid), (1, ItemIx(3)));
}

#[test]
fn the_same_vector_many_times_is_one_region_of_the_first_row() {
    let twins: Vec<Planted> =
        (0..20).map(|i| Planted { item: ItemIx(30 - i), ..planted(0, 1, 1.0) }).collect();
    let found = found(&twins, None);
    assert_eq!((found.regions().len(), found.regions()[0].medoid), (1, ItemIx(11)));
}

#[test]
fn what_has_no_direction_or_no_weight_is_in_no_region() {
    let mut planted = listener(&[(1, 10)]);
    planted[2].vector.fill(0.0);
    planted[4].weight = 0.0;
    let found = found(&planted, None);
    let left_out = [planted[2].item, planted[4].item];
    assert_eq!(found.regions()[0].members.len(), 8);
    assert!(found.regions()[0].members.iter().all(|m| !left_out.contains(&m.item)));
    planted.iter_mut().for_each(|p| p.weight = 0.0);
    assert_eq!(self::found(&planted, None).regions(), []);
}

#[test]
fn kept_regions_come_back_from_the_catalogue() {
    let planted = listener(&[(1, 20), (2, 12)]);
    let n = planted.iter().map(|p| p.item.0 as usize + 1).max().unwrap();
    let mut items = Matrix::zeros(n, DIM);
    planted.iter().for_each(|p| items.row_mut(p.item.0 as usize).copy_from_slice(&p.vector));
    let whitening = Whitening::of(&items, 0.1);
    let found = regions(&judged(&planted), &whitening, Params::default(), None);
    let restored = Regions::restored(found.clone().into_regions(), &items, &whitening);
    assert_eq!(restored, found);
}

mod weeks;
