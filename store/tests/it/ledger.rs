//! Is what was shown kept as it was shown?

use music::{ListKind, ListenerId, RecordingId};
use store::{Error, Line, List};

use crate::home::{Home, at, credit, play};

pub(crate) fn list(listener: ListenerId, week: &str, recordings: &[RecordingId]) -> List {
    let line = |recording: &RecordingId| Line {
        recording: *recording,
        score: 0.1,
        told: r#"{"text":"because"}"#.to_owned(),
        policy: "mmr".to_owned(),
        propensity: Some(0.25),
        is_new: true,
    };
    List {
        listener,
        kind: ListKind::WeeklyExploration,
        week: week.parse().unwrap(),
        size: 30,
        made_at: at(5),
        snapshot: "s1".to_owned(),
        seed: u64::MAX,
        note: None,
        lines: recordings.iter().map(line).collect(),
    }
}

fn home() -> (Home, ListenerId) {
    let mut home = Home::new();
    home.import("a", &["One", "Two", "Three"].map(|title| play("ada", credit("Low", title), 0)));
    let ada = home.listener("ada");
    (home, ada)
}

#[test]
fn asked_again_the_latest_list_comes_back_as_it_was() {
    let (mut home, ada) = home();
    let [one, two, three] = [RecordingId(1), RecordingId(2), RecordingId(3)];
    let first = list(ada, "2026-W47", &[three, one]);
    let second =
        List { note: Some("two honest lines".to_owned()), ..list(ada, "2026-W47", &[two]) };
    let ids = [&first, &second].map(|list| home.store.record_list(list, &[]).unwrap());
    home.reopen();
    let week = "2026-W47".parse().unwrap();
    let latest = home.store.latest_list(ada, ListKind::WeeklyExploration, week, 30).unwrap();
    assert_eq!(latest, Some((ids[1], second.clone())));
    assert_eq!(home.store.lists(ada).unwrap(), [(ids[0], first), (ids[1], second)]);
    assert_eq!(home.store.shown(ada, None).unwrap(), [one, two, three]);
}

#[test]
fn a_list_of_another_size_does_not_hide_the_one_asked_for() {
    let (mut home, ada) = home();
    let long = list(ada, "2026-W47", &[RecordingId(1), RecordingId(2)]);
    let short = List { size: 10, ..list(ada, "2026-W47", &[RecordingId(3)]) };
    let ids = [&long, &short].map(|list| home.store.record_list(list, &[]).unwrap());
    let latest =
        |size| home.store.latest_list(ada, ListKind::WeeklyExploration, long.week, size).unwrap();
    assert_eq!(latest(30), Some((ids[0], long.clone())));
    assert_eq!(latest(10), Some((ids[1], short.clone())));
    assert_eq!(latest(20), None);
}

#[test]
fn lists_are_of_one_listener_and_one_week() {
    let (mut home, ada) = home();
    let bob = home.store.ensure_listener("bob").unwrap();
    home.store.record_list(&list(ada, "2026-W47", &[RecordingId(1)]), &[]).unwrap();
    let latest = |who, week: &str| {
        let week = week.parse().unwrap();
        home.store.latest_list(who, ListKind::WeeklyExploration, week, 30).unwrap()
    };
    assert_eq!(latest(ada, "2026-W48"), None);
    assert_eq!(latest(bob, "2026-W47"), None);
    assert_eq!(home.store.shown(bob, None).unwrap(), []);
}

#[test]
fn a_list_for_nobody_is_refused() {
    let (mut home, _) = home();
    let refused = home.store.record_list(&list(ListenerId(99), "2026-W47", &[]), &[]);
    assert!(matches!(refused, Err(Error::UnknownListener { id: ListenerId(99) })));
}
