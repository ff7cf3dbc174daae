//! Does each split keep what it promises?

use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

use super::{Event, Part, by_time, fold, held_out_users, leave_last_out, random_share};

/// `n` users, user u with items 0 to u + 1, one a second.
fn events(n: u64) -> Vec<Event> {
    let of_user =
        |user: u64| (0..user + 2).map(move |item| Event { user, item, at: item.cast_signed() });
    (0..n).flat_map(of_user).collect()
}

fn count(parts: &[Part], part: Part) -> usize {
    parts.iter().filter(|&&other| other == part).count()
}

#[test]
fn a_split_by_time_has_a_gap_and_an_end() {
    let events: Vec<Event> = (0..10).map(|at| Event { user: 1, item: 5, at }).collect();
    let parts = by_time(&events, 5, 2, 3);
    let expected =
        [&[Part::Train; 3][..], &[Part::Neither; 2], &[Part::Test; 3], &[Part::Neither; 2]];
    assert_eq!(parts, expected.concat());
}

#[test]
fn the_last_event_of_each_user_is_left_out_but_not_an_only_one() {
    let event = |user, item, at| Event { user, item, at };
    let events = [event(1, 3, 9), event(1, 4, 2), event(2, 1, 1), event(3, 8, 5), event(3, 9, 5)];
    let parts = leave_last_out(&events);
    assert_eq!(parts, [Part::Test, Part::Train, Part::Train, Part::Train, Part::Test]);
}

#[test]
fn a_random_share_is_that_share_of_every_user() {
    let events = events(9);
    let parts = random_share(&events, 0.2, 1);
    for user in 0..9 {
        let of_user = events.iter().zip(&parts).filter(|(event, _)| event.user == user);
        let asked = of_user.filter(|(_, part)| **part == Part::Test).count();
        // Users have 2 to 10 events.
        assert_eq!(
            asked,
            [0, 1, 1, 1, 1, 1, 2, 2, 2][usize::try_from(user).unwrap()],
            "user {user}"
        );
    }
}

#[test]
fn held_out_users_are_not_learned_from() {
    let events = events(20);
    let parts = held_out_users(&events, 0.25, 0.5, 1);
    let mut held_out: Vec<u64> = Vec::new();
    for (event, part) in events.iter().zip(&parts) {
        if *part != Part::Train {
            held_out.push(event.user);
        }
    }
    held_out.dedup();
    assert_eq!(held_out.len(), 5);
    for (event, part) in events.iter().zip(&parts) {
        assert_eq!(*part != Part::Train, held_out.contains(&event.user));
    }
    let shown = count(&parts, Part::Shown);
    assert!(shown.abs_diff(count(&parts, Part::Test)) <= 5, "{shown}");
}

proptest! {
    #[test]
    fn folds_are_disjoint_and_leave_nothing_out(n_folds in 2_usize..6, seed in 0_u64..9) {
        let events = events(6);
        let mut asked = vec![0; events.len()];
        for k in 0..n_folds {
            for (asked, part) in asked.iter_mut().zip(fold(&events, k, n_folds, seed)) {
                *asked += usize::from(part == Part::Test);
            }
        }
        prop_assert!(asked.iter().all(|&n| n == 1), "{asked:?}");
    }

    #[test]
    fn neither_the_order_of_the_lines_nor_other_users_change_a_users_part(seed in 0_u64..50) {
        let all = events(8);
        let mut other: Vec<Event> = all.iter().copied().filter(|event| event.user != 3).collect();
        other.reverse();
        for (split, name) in [
            (random_share as fn(&[Event], f64, u64) -> Vec<Part>, "share"),
            (|events, _, seed| fold(events, 1, 3, seed), "fold"),
            (|events, _, _| leave_last_out(events), "last"),
        ] {
            let here = split(&all, 0.4, seed);
            let there = split(&other, 0.4, seed);
            for (event, part) in other.iter().zip(there) {
                let place = all.iter().position(|same| same == event).unwrap();
                prop_assert_eq!(here[place], part, "{}", name);
            }
        }
    }
}
