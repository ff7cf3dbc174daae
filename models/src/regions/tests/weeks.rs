//! Do regions keep their names while a history grows?

use super::{Planted, found, listener, numbers, planted, tastes};
use crate::hash::{hash, unit};
use crate::regions::Regions;
use music::ItemIx;

/// How often something changed.
#[derive(Debug, Default)]
struct Changes {
    numbers: usize,
    medoids: usize,
}

/// Plays a year: each week everything fades, three recordings of old tastes are new, and `event` may add others.
fn year(seed: u64, event: impl Fn(u32) -> Vec<Planted>) -> (Vec<Regions>, Vec<Planted>, Changes) {
    let first = seed * 100;
    let mut history = listener_of(first);
    let mut weeks: Vec<Regions> = Vec::new();
    let mut changes = Changes::default();
    for week in 1..=52 {
        history.iter_mut().for_each(|p| p.weight *= 0.97);
        for i in 0..3 {
            let taste = first + u64::from(unit(hash([seed, u64::from(week), i])) < 0.4);
            history.push(planted(1000 + week * 10 + u32::try_from(i).unwrap(), taste, 1.0));
        }
        history.extend(event(week));
        let today = found(&history, weeks.last().map(Regions::regions));
        if let Some(before) = weeks.last() {
            let medoids = |regions: &Regions| -> Vec<ItemIx> {
                regions.regions().iter().map(|region| region.medoid).collect()
            };
            let (old, new) = (medoids(before), medoids(&today));
            changes.numbers += usize::from(numbers(before) != numbers(&today));
            changes.medoids += new.iter().filter(|medoid| !old.contains(medoid)).count();
        }
        weeks.push(today);
    }
    (weeks, history, changes)
}

fn listener_of(first: u64) -> Vec<Planted> {
    let of = |(taste, n): (u64, u32)| {
        (0..n).map(move |i| planted(i * 2 + u32::try_from(taste % 2).unwrap(), taste, 1.0))
    };
    [(first, 25), (first + 1, 15)].into_iter().flat_map(of).collect()
}

#[test]
fn while_tastes_stay_numbers_stay_and_medoids_seldom_change() {
    for seed in 1..=10 {
        let (weeks, _, changes) = year(seed, |_| Vec::new());
        assert_eq!(numbers(&weeks[51]), [1, 2], "seed {seed}");
        assert_eq!(changes.numbers, 0, "seed {seed}");
        // What was heard a year ago counts a fifth: other recordings stand for a taste then, a few times a year.
        assert!(changes.medoids <= 8, "seed {seed}: {changes:?}");
    }
}

#[test]
fn a_new_taste_shows_and_the_old_ones_keep_their_numbers() {
    let mut shown = 0;
    for seed in 1..=10 {
        let event = |week: u32| {
            let n = if week >= 20 { 2 } else { 0 };
            (0..n).map(|i| planted(5000 + week * 10 + i, seed * 100 + 7, 1.0)).collect()
        };
        let (weeks, history, changes) = year(seed, event);
        assert_eq!(numbers(&weeks[18]), [1, 2], "seed {seed}");
        assert_eq!(numbers(&weeks[51]), [1, 2, 3], "seed {seed}");
        assert_eq!(changes.numbers, 1, "seed {seed}");
        assert_eq!(tastes(&weeks[51].regions()[2], &history)[0].0, seed * 100 + 7);
        shown += u32::from(weeks[29].regions().len() == 3);
    }
    // After ten weeks and twenty recordings, if it is not by chance a neighbor of an old one.
    assert!(shown >= 9, "{shown} of 10");
}

#[test]
fn a_number_that_is_gone_is_not_given_to_another_taste() {
    let both = listener(&[(1, 20), (2, 15)]);
    let before = found(&both, None).into_regions();
    let later = listener(&[(2, 15), (3, 20)]);
    let today = found(&later, Some(&before));
    assert_eq!(numbers(&today), [2, 3]);
    assert_eq!(tastes(&today.regions()[1], &later), [(3, 20)]);
    // Who passes on the one that is gone gets it back when the taste is back.
    let mut passed = today.into_regions();
    passed.push(before[0].clone());
    let back = listener(&[(1, 20), (2, 15)]);
    let again = found(&back, Some(&passed));
    assert_eq!(numbers(&again), [1, 2]);
    assert_eq!(tastes(&again.regions()[0], &back), [(1, 20)]);
}

#[test]
fn a_medoid_that_is_no_longer_loved_leaves_its_region_its_number() {
    let planted = listener(&[(1, 20), (2, 12)]);
    let before = found(&planted, None).into_regions();
    let left: Vec<Planted> =
        planted.iter().filter(|p| p.item != before[0].medoid).cloned().collect();
    let today = found(&left, Some(&before));
    assert_eq!(numbers(&today), [1, 2]);
    assert_eq!(tastes(&today.regions()[0], &left), [(1, 19)]);
    assert_eq!(today.regions()[1], found(&left, None).regions()[1]);
}

#[test]
fn a_region_stays_with_less_than_a_new_one_needs() {
    // 4 of 46 are 0.087: less than a tenth, more than three quarters of it.
    let before = found(&listener(&[(1, 30), (2, 6)]), None).into_regions();
    assert_eq!(before.len(), 2);
    let later = listener(&[(1, 42), (2, 4)]);
    assert_eq!(found(&later, None).regions().len(), 1);
    assert_eq!(numbers(&found(&later, Some(&before))), [1, 2]);
}

#[test]
fn the_regions_of_last_week_in_any_order_are_the_same() {
    let planted = listener(&[(1, 20), (2, 20), (3, 9)]);
    let mut before = found(&planted, None).into_regions();
    let expected = found(&planted, Some(&before));
    before.reverse();
    assert_eq!(found(&planted, Some(&before)), expected);
}
