//! Is what a listener asks for kept, changed and taken back?

use music::{Device, LeftOut, LeftOutId, ListenerId, RecordingId, Setting};
use store::{BlockTarget, Error, Lean, LeftOutRule};

use crate::home::{Home, at, credit, play};

fn home() -> (Home, ListenerId) {
    let mut home = Home::new();
    home.import("a", &["One", "Two"].map(|title| play("ada", credit("Low", title), 0)));
    let ada = home.listener("ada");
    (home, ada)
}

fn rule(rule: LeftOut) -> LeftOutRule {
    LeftOutRule { rule, note: None, at: at(3) }
}

#[test]
fn settings_are_changed_all_or_none_and_survive() {
    let (mut home, ada) = home();
    let changes = [(Setting::Adventure, Some("0.25")), (Setting::Size, Some("12"))];
    let changed = home.store.set(ada, &changes).unwrap();
    assert_eq!((changed.adventure, changed.size), (Some(0.25), Some(12)));
    let refused = home.store.set(ada, &[(Setting::Size, None), (Setting::Adventure, Some("2"))]);
    let refused = refused.unwrap_err().to_string();
    assert_eq!(refused, "adventure = `2`: a number from 0 to 1 expected");
    home.reopen();
    assert_eq!(home.store.settings(ada).unwrap(), changed);
    home.store.set(ada, &[(Setting::Size, None)]).unwrap();
    assert_eq!(home.store.settings(ada).unwrap().size, None);
    let nobody = home.store.set(ListenerId(99), &changes).unwrap_err();
    assert!(matches!(nobody, Error::UnknownListener { .. }), "{nobody}");
}

#[test]
fn what_was_said_last_of_a_thing_holds_and_can_be_taken_back() {
    let (mut home, ada) = home();
    let noise = BlockTarget::Tag("noise".to_owned());
    assert!(home.store.lean(ada, &noise, Lean::More, at(1)).unwrap());
    assert!(!home.store.lean(ada, &noise, Lean::More, at(2)).unwrap(), "no news");
    assert!(home.store.lean(ada, &noise, Lean::Less, at(3)).unwrap());
    let one = BlockTarget::Recording(RecordingId(1));
    home.store.lean(ada, &one, Lean::More, at(4)).unwrap();
    let said = |before| -> Vec<_> {
        let leanings = home.store.leanings(ada, before).unwrap();
        leanings.into_iter().map(|it| (it.target, it.lean, it.at)).collect()
    };
    let both = [(one, Lean::More, at(4)), (noise.clone(), Lean::Less, at(3))];
    assert_eq!(said(None), both);
    assert_eq!(said(Some(at(4))), both[1..]);
    assert!(!home.store.unlean(ada, &noise, Lean::More).unwrap(), "it is less that was said");
    assert!(home.store.unlean(ada, &noise, Lean::Less).unwrap());
    assert_eq!(home.store.leanings(ada, None).unwrap().len(), 1);
    assert!(home.store.lean(ListenerId(99), &noise, Lean::More, at(1)).is_err());
}

#[test]
fn a_leaning_goes_on_with_the_recording_that_its_own_became() {
    let (mut home, ada) = home();
    let [one, two] = [1, 2].map(|id| BlockTarget::Recording(RecordingId(id)));
    home.store.lean(ada, &one, Lean::More, at(5)).unwrap();
    home.store.lean(ada, &two, Lean::Less, at(6)).unwrap();
    let isrc = |title| music::Credit { isrc: Some("US1".to_owned()), ..credit("Low", title) };
    home.import("b", &[play("ada", isrc("One"), 900), play("ada", isrc("Two"), 1_800)]);
    let leanings = home.store.leanings(ada, None).unwrap();
    let told: Vec<_> = leanings.iter().map(|it| (&it.target, it.lean)).collect();
    assert_eq!(told, [(&one, Lean::Less)], "what was said last holds");
    assert!(home.store.unlean(ada, &two, Lean::Less).unwrap());
    assert_eq!(home.store.leanings(ada, None).unwrap(), [], "neither is left behind");
}

#[test]
fn a_rule_comes_back_as_it_was_given_until_it_is_taken_back() {
    let (mut home, ada) = home();
    let all = LeftOutRule {
        rule: LeftOut {
            from: Some(at(0)),
            until: Some(at(100)),
            hours: Some("22:00-02:00".parse().unwrap()),
            weekdays: Some("sat,sun".parse().unwrap()),
            device: Some(Device::Home),
            session: Some(u64::MAX),
            label: Some("children".to_owned()),
            country: Some("DE".to_owned()),
        },
        note: Some("the twins".to_owned()),
        at: at(3),
    };
    let session = rule(LeftOut { session: Some(7), ..LeftOut::default() });
    let ids = [&all, &session].map(|rule| home.store.leave_out(ada, rule).unwrap());
    assert_eq!(ids, [LeftOutId(1), LeftOutId(2)]);
    assert_eq!(home.store.left_out(ada).unwrap(), [(ids[0], all), (ids[1], session.clone())]);
    let bob = home.store.ensure_listener("bob").unwrap();
    assert!(!home.store.undo_leave_out(bob, ids[0]).unwrap(), "it is ada's");
    assert!(home.store.undo_leave_out(ada, ids[0]).unwrap());
    assert!(!home.store.undo_leave_out(ada, ids[0]).unwrap());
    assert_eq!(home.store.left_out(ada).unwrap(), [(ids[1], session)]);
    assert_eq!(home.history("ada").listens.len(), 2, "the log keeps everything");
}

#[test]
fn a_rule_that_leaves_out_everything_is_refused() {
    let (mut home, ada) = home();
    let refused = home.store.leave_out(ada, &rule(LeftOut::default())).unwrap_err();
    assert!(matches!(refused, Error::LeavesOutAll), "{refused}");
    let country = rule(LeftOut { country: Some("DE".to_owned()), ..LeftOut::default() });
    assert!(home.store.leave_out(ListenerId(99), &country).is_err());
}

/// Everything that a listener can ask for.
fn ask(home: &mut Home, who: ListenerId) {
    let song = RecordingId(1);
    home.store.set(who, &[(Setting::Explicit, Some("no"))]).unwrap();
    home.store.lean(who, &BlockTarget::Recording(song), Lean::More, at(1)).unwrap();
    let secret = LeftOutRule {
        note: Some("secret-note".to_owned()),
        ..rule(LeftOut { session: Some(7), ..LeftOut::default() })
    };
    home.store.leave_out(who, &secret).unwrap();
    home.store.add_to_library(Some(who), &[song]).unwrap();
}

fn asked(home: &Home, who: ListenerId) -> [bool; 4] {
    let store = &home.store;
    [
        store.settings(who).unwrap().explicit == Some(false),
        store.leanings(who, None).unwrap().len() == 1,
        store.left_out(who).unwrap().len() == 1,
        store.library(Some(who)).unwrap() == [RecordingId(1)],
    ]
}

#[test]
fn all_of_it_goes_with_the_listener_and_becomes_the_other_accounts() {
    let (mut home, ada) = home();
    let eve = home.store.ensure_listener("eve").unwrap();
    ask(&mut home, eve);
    home.store.merge(eve, ada).unwrap();
    assert_eq!((asked(&home, ada), asked(&home, eve)), ([true; 4], [false; 4]));
    home.store.delete(ada).unwrap();
    assert_eq!(asked(&home, ada), [false; 4]);
    assert!(!crate::home::contains(&home.bytes(), "secret-note"));
}

#[test]
fn who_asked_for_something_stays_without_a_listen() {
    for part in 0..4 {
        let mut home = Home::new();
        let import = home.import("a", &[play("ada", credit("Low", "One"), 0)]).unwrap().id;
        let ada = home.listener("ada");
        ask(&mut home, ada);
        for other in (0..4).filter(|other| *other != part) {
            match other {
                0 => drop(home.store.set(ada, &[(Setting::Explicit, None)]).unwrap()),
                1 => {
                    let song = BlockTarget::Recording(RecordingId(1));
                    assert!(home.store.unlean(ada, &song, Lean::More).unwrap());
                }
                2 => assert!(home.store.undo_leave_out(ada, LeftOutId(1)).unwrap()),
                _ => assert_eq!(home.store.clear_library(Some(ada)).unwrap(), 1),
            }
        }
        home.store.undo_import(import, at(9)).unwrap();
        assert!(asked(&home, home.listener("ada"))[part]);
    }
}
