//! Are slots, shown lines and prices what was written?

use music::{
    ArtistId, ExposurePrice, ExposureSubject, ListKind, ListenerId, RecordingId, Slot,
    SlotCandidate, Week,
};
use store::{Error, List};

use crate::home::{Home, credit, play};
use crate::ledger::list;

const SONGS: [RecordingId; 3] = [RecordingId(1), RecordingId(2), RecordingId(3)];

fn home() -> (Home, ListenerId) {
    let mut home = Home::new();
    home.import("a", &["One", "Two", "Three"].map(|title| play("ada", credit("Low", title), 0)));
    let ada = home.listener("ada");
    (home, ada)
}

fn week(text: &str) -> Week {
    text.parse().unwrap()
}

/// Two songs become one, of the lower id.
fn unite(home: &mut Home, first: &str, second: &str) {
    let isrc = |title| music::Credit { isrc: Some("US1".to_owned()), ..credit("Low", title) };
    home.import("b", &[play("ada", isrc(first), 900), play("ada", isrc(second), 1_800)]);
}

#[test]
fn what_a_slot_was_drawn_from_comes_back_with_its_probabilities() {
    let (mut home, ada) = home();
    let candidate = |recording, probability, error| SlotCandidate { recording, probability, error };
    let slot = |position, candidates| Slot { position, policy: "softmax-1".to_owned(), candidates };
    let drawn = [
        slot(2, vec![candidate(SONGS[2], 0.75, 0.0), candidate(SONGS[0], 0.25, 0.0)]),
        slot(3, vec![candidate(SONGS[1], 0.125, 0.01)]),
    ];
    let id = home.store.record_list(&list(ada, "2026-W47", &SONGS), &drawn).unwrap();
    let other = home.store.record_list(&list(ada, "2026-W48", &SONGS), &[]).unwrap();
    assert_eq!(home.store.slots(id).unwrap(), drawn);
    assert_eq!(home.store.slots(other).unwrap(), []);
    unite(&mut home, "One", "Three");
    let of_first: Vec<_> =
        home.store.slots(id).unwrap()[0].candidates.iter().map(|it| it.recording).collect();
    assert_eq!(of_first, [SONGS[0], SONGS[0]]);
    home.store.delete(ada).unwrap();
    assert_eq!(home.store.slots(id).unwrap(), []);
}

#[test]
fn only_what_claimed_to_be_new_is_never_shown_again() {
    let (mut home, ada) = home();
    let mut both = List { kind: ListKind::WeeklyBoth, ..list(ada, "2026-W47", &SONGS) };
    both.lines[1].is_new = false;
    let mut jams = List { kind: ListKind::WeeklyJams, ..list(ada, "2026-W47", &SONGS[1..2]) };
    jams.lines[0].is_new = false;
    for made in [&both, &jams] {
        let id = home.store.record_list(made, &[]).unwrap();
        let found = home.store.latest_list(ada, made.kind, made.week, made.size).unwrap();
        assert_eq!(found, Some((id, made.clone())));
    }
    assert_eq!(home.store.shown(ada, None).unwrap(), [SONGS[0], SONGS[2]]);
    assert_eq!(home.store.all_shown(Some(ada)).unwrap()[&ada].len(), 3, "all of it was shown");
}

#[test]
fn lines_stream_by_list_and_position_up_to_a_week() {
    let (mut home, ada) = home();
    let bob = home.store.ensure_listener("bob").unwrap();
    home.store.record_list(&list(bob, "2026-W48", &SONGS[2..]), &[]).unwrap();
    let jams = List { kind: ListKind::WeeklyJams, ..list(ada, "2026-W47", &[SONGS[1], SONGS[0]]) };
    home.store.record_list(&jams, &[]).unwrap();
    home.store.record_list(&list(ada, "2026-W49", &SONGS[..1]), &[]).unwrap();
    unite(&mut home, "One", "Two");
    let told = |before: Option<&str>| {
        let mut told = Vec::new();
        let mut each = |line: store::ShownLine| {
            told.push((
                line.listener,
                line.week.to_string(),
                line.kind,
                line.position,
                line.recording.0,
            ));
        };
        home.store.for_each_shown_line(before.map(week), &mut each).unwrap();
        told
    };
    let (new, jams) = (ListKind::WeeklyExploration, ListKind::WeeklyJams);
    let of = |who, week: &str, kind, position, id| (who, week.to_owned(), kind, position, id);
    let all = [
        of(bob, "2026-W48", new, 1, 3),
        of(ada, "2026-W47", jams, 1, 1),
        of(ada, "2026-W47", jams, 2, 1),
        of(ada, "2026-W49", new, 1, 1),
    ];
    assert_eq!(told(None), all);
    assert_eq!(told(Some("2026-W48")), all[1..3]);
    assert_eq!(told(Some("2026-W01")), []);
}

#[test]
fn the_newest_week_is_that_of_the_newest_list_of_ones_own_with_something_new() {
    let (mut home, ada) = home();
    let newest = |home: &Home, week: Option<&str>| {
        let found = home.store.newest_exploration(week.map(self::week)).unwrap();
        found.map(|(week, snapshot)| (week.to_string(), snapshot))
    };
    assert_eq!(newest(&home, None), None);
    let first = list(ada, "2026-W47", &SONGS[..1]);
    let again = List { snapshot: "s2".to_owned(), ..list(ada, "2026-W47", &SONGS[1..2]) };
    let before = list(ada, "2026-W46", &SONGS[2..]);
    let shared = List { kind: ListKind::Blend, ..list(ada, "2026-W48", &SONGS[..1]) };
    let mut jams = List { kind: ListKind::WeeklyJams, ..list(ada, "2026-W49", &SONGS[..1]) };
    jams.lines[0].is_new = false;
    for made in [&first, &again, &before, &shared, &jams] {
        home.store.record_list(made, &[]).unwrap();
    }
    let of = |week: &str, snapshot: &str| Some((week.to_owned(), snapshot.to_owned()));
    assert_eq!(newest(&home, None), of("2026-W47", "s2"));
    assert_eq!(newest(&home, Some("2026-W46")), of("2026-W46", "s1"));
    assert_eq!(newest(&home, Some("2026-W48")), None);
}

#[test]
fn prices_of_a_week_and_snapshot_are_written_once() {
    let (mut home, _) = home();
    let price =
        |subject, price| ExposurePrice { subject, relevance: 2.5, attention_before: 1e9, price };
    let artist = |id| price(ExposureSubject::Artist(ArtistId(id)), -0.5);
    let local = price(ExposureSubject::Group("local".to_owned()), 0.25);
    let store = &mut home.store;
    let w47 = week("2026-W47");
    assert_eq!(store.exposure_prices(w47, "s1").unwrap(), None);
    store.set_exposure_prices(w47, "s1", &[local.clone(), artist(10), artist(9)]).unwrap();
    let refused = store.set_exposure_prices(w47, "s1", &[artist(1)]).unwrap_err();
    assert!(matches!(&refused, Error::AlreadyPriced { .. }), "{refused}");
    let expected = Some(vec![artist(9), artist(10), local]);
    assert_eq!(store.exposure_prices(w47, "s1").unwrap(), expected);
    // No prices are an answer too.
    store.set_exposure_prices(w47, "s2", &[]).unwrap();
    assert_eq!(store.exposure_prices(w47, "s2").unwrap(), Some(vec![]));
    assert!(store.set_exposure_prices(w47, "s2", &[artist(1)]).is_err());
    store.set_exposure_prices(week("2026-W48"), "s1", &[artist(1)]).unwrap();
}
