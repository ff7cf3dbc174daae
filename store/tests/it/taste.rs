//! Are the regions of a taste those of the week that is asked for?

use music::{ListenerId, RecordingId, RegionKind, TasteRegion, Week};

use crate::home::{Home, credit, play};

fn home() -> (Home, ListenerId) {
    let mut home = Home::new();
    home.import("a", &["One", "Two", "Three"].map(|title| play("ada", credit("Low", title), 0)));
    let ada = home.listener("ada");
    (home, ada)
}

fn region(kind: RegionKind, number: u32, members: &[(u64, f32)]) -> TasteRegion {
    TasteRegion {
        kind,
        number,
        name: "Low and slowcore".to_owned(),
        medoid: RecordingId(members[0].0),
        share: 0.5,
        tightness: 0.25,
        members: members.iter().map(|(id, weight)| (RecordingId(*id), *weight)).collect(),
    }
}

fn week(text: &str) -> Week {
    text.parse().unwrap()
}

#[test]
fn a_set_is_replaced_as_a_whole_and_holds_until_the_next() {
    let (mut home, ada) = home();
    let two = region(RegionKind::Taste, 2, &[(1, 1.0), (3, 0.5)]);
    let seven = region(RegionKind::Taste, 7, &[(2, 0.125)]);
    let dislike = region(RegionKind::Distaste, 1, &[(3, 2.0)]);
    let store = &mut home.store;
    let (w47, w49) = (week("2026-W47"), week("2026-W49"));
    assert_eq!(store.taste(ada, w47).unwrap(), None);
    store.set_taste(ada, w47, &[dislike.clone(), seven.clone()]).unwrap();
    store.set_taste(ada, w47, &[seven.clone(), dislike.clone(), two.clone()]).unwrap();
    store.set_taste(ada, w49, &[]).unwrap();
    let first = Some((w47, vec![two, seven, dislike]));
    assert_eq!(store.taste(ada, w47).unwrap(), first);
    assert_eq!(store.taste(ada, week("2026-W48")).unwrap(), first);
    assert_eq!(store.taste(ada, week("2027-W01")).unwrap(), Some((w49, vec![])));
    assert_eq!(store.taste(ada, week("2026-W46")).unwrap(), None);
    assert!(store.set_taste(ListenerId(99), w47, &[]).is_err());
    store.delete(ada).unwrap();
    assert_eq!(store.taste(ada, w49).unwrap(), None);
}

#[test]
fn members_that_became_one_recording_weigh_their_sum() {
    let (mut home, ada) = home();
    let w47 = week("2026-W47");
    let set = [region(RegionKind::Taste, 1, &[(2, 0.5), (3, 0.25)])];
    home.store.set_taste(ada, w47, &set).unwrap();
    let isrc = |title| music::Credit { isrc: Some("US1".to_owned()), ..credit("Low", title) };
    home.import("b", &[play("ada", isrc("One"), 900), play("ada", isrc("Three"), 1_800)]);
    home.import(
        "c",
        &[play(
            "ada",
            music::Credit { isrc: Some("US1".to_owned()), ..credit("Low", "Two") },
            2_700,
        )],
    );
    let (_, regions) = home.store.taste(ada, w47).unwrap().unwrap();
    assert_eq!(regions, [region(RegionKind::Taste, 1, &[(1, 0.75)])]);
}

#[test]
fn sixty_weeks_are_kept() {
    let (mut home, ada) = home();
    let first = week("2026-W01");
    for n in 0..=60 {
        let set = [region(RegionKind::Taste, n, &[(1, 1.0)])];
        home.store.set_taste(ada, first.plus(n.into()), &set).unwrap();
    }
    assert_eq!(home.store.taste(ada, first).unwrap(), None);
    let (of, _) = home.store.taste(ada, first.plus(1)).unwrap().unwrap();
    assert_eq!(of, first.plus(1));
}
