//! Does what an operator says of artists and recordings reach every recording it is about?

use music::{CatalogueEntry, RecordingId};
use store::{BlockTarget, Effect, Error, Policy};

use crate::home::{Home, catalogue, credit, play};

/// "One" and "Two" are by Low, 1 and 2; 3 is by Sun with Low.
fn home() -> Home {
    let mut home = Home::new();
    home.import(
        "a",
        &[
            play("ada", credit("Low", "One"), 0),
            play("ada", credit("Low", "Two"), 0),
            play("ada", credit("Sun feat. Low", "Three"), 0),
        ],
    );
    home
}

fn policy(target: BlockTarget, effect: Effect, line: u64) -> Policy {
    Policy { target, effect, reason: format!("reason {line}"), source: "p.csv".to_owned(), line }
}

fn song(id: u64) -> BlockTarget {
    BlockTarget::Recording(RecordingId(id))
}

fn artist(home: &Home, name: &str) -> BlockTarget {
    BlockTarget::Artist(home.store.find_artist(name).unwrap()[0].0)
}

fn labelled(label: &str) -> Effect {
    Effect::Labelled(label.to_owned())
}

#[test]
fn a_policy_reads_back_in_order_and_the_later_line_of_two_holds() {
    let mut home = home();
    let low = artist(&home, "Low");
    let lines = [
        policy(song(2), Effect::Denied, 1),
        policy(song(2), labelled("ai-generated"), 2),
        policy(low.clone(), labelled("local"), 3),
        policy(song(2), Effect::Denied, 4),
    ];
    home.store.add_policies(&lines[..3]).unwrap();
    home.store.add_policies(&lines[3..]).unwrap();
    let [_, label, local, denied] = lines;
    assert_eq!(home.store.policies().unwrap(), [local, denied, label]);
    assert_eq!(home.store.clear_policies().unwrap(), 3);
    assert_eq!(home.store.policies().unwrap(), []);
    let tag = policy(BlockTarget::Tag("noise".to_owned()), Effect::Denied, 1);
    let refused = home.store.add_policies(&[policy(song(1), Effect::Denied, 1), tag]).unwrap_err();
    assert!(matches!(refused, Error::TagPolicy { .. }), "{refused}");
    assert_eq!(home.store.policies().unwrap(), [], "all or nothing");
}

#[test]
fn who_denies_an_artist_denies_every_recording_the_artist_is_on() {
    let mut home = home();
    let low = artist(&home, "Low");
    let lines = [policy(low, Effect::Denied, 1), policy(song(2), Effect::Denied, 2)];
    home.store.add_policies(&lines).unwrap();
    let expected = [(1, "reason 1"), (2, "reason 2"), (3, "reason 1")];
    let expected = expected.map(|(id, reason)| (RecordingId(id), reason.to_owned()));
    assert_eq!(home.store.denied().unwrap(), expected);
}

#[test]
fn labels_of_the_operator_join_those_of_the_catalogue() {
    let mut home = home();
    let entry = CatalogueEntry {
        credit: credit("Low", "One"),
        labels: vec!["Explicit".to_owned()],
        ..CatalogueEntry::default()
    };
    home.import("b", &[catalogue(entry)]);
    let sun = artist(&home, "Sun");
    let lines = [
        policy(song(1), labelled("ai-generated"), 1),
        policy(sun, labelled("explicit"), 2),
        policy(song(2), Effect::Denied, 3),
    ];
    home.store.add_policies(&lines).unwrap();
    let store = &home.store;
    let labels = |id| store.labels(RecordingId(id)).unwrap();
    assert_eq!(labels(1), ["Explicit", "ai-generated"]);
    assert_eq!((labels(2), labels(3)), (vec![], vec!["explicit".to_owned()]));
    assert_eq!(store.recording(RecordingId(1)).unwrap().unwrap().entry.labels, labels(1));
    assert_eq!(store.by_label("EXPLICIT").unwrap(), [RecordingId(1), RecordingId(3)]);
    assert_eq!(store.by_label("ai-generated").unwrap(), [RecordingId(1)]);
    assert_eq!(store.by_label("live").unwrap(), []);
}

#[test]
fn what_was_said_of_a_recording_holds_for_the_one_it_became() {
    let mut home = home();
    let lines = [policy(song(2), Effect::Denied, 1), policy(song(2), labelled("local"), 2)];
    home.store.add_policies(&lines).unwrap();
    home.store.add_to_library(None, &[RecordingId(2)]).unwrap();
    let isrc = |title| music::Credit { isrc: Some("US1".to_owned()), ..credit("Low", title) };
    home.import("b", &[play("ada", isrc("One"), 900), play("ada", isrc("Two"), 1_800)]);
    let one = RecordingId(1);
    let store = &mut home.store;
    assert_eq!(store.denied().unwrap(), [(one, "reason 1".to_owned())]);
    assert!(store.policies().unwrap().iter().all(|policy| policy.target == song(1)));
    assert_eq!(store.labels(RecordingId(2)).unwrap(), ["local"]);
    assert_eq!(store.by_label("local").unwrap(), [one]);
    assert_eq!(store.add_to_library(None, &[one, RecordingId(2)]).unwrap(), 1);
    assert_eq!(store.library(None).unwrap(), [one]);
}

#[test]
fn the_library_of_the_installation_is_nobodys() {
    let mut home = home();
    let ada = home.listener("ada");
    let [one, two, three] = [RecordingId(1), RecordingId(2), RecordingId(3)];
    assert_eq!(home.store.add_to_library(None, &[three, one, one]).unwrap(), 2);
    assert_eq!(home.store.add_to_library(Some(ada), &[two, one]).unwrap(), 2);
    assert_eq!(home.store.library(None).unwrap(), [one, three]);
    assert_eq!(home.store.library(Some(ada)).unwrap(), [one, two]);
    assert_eq!(home.store.clear_library(None).unwrap(), 2);
    assert_eq!(home.store.library(Some(ada)).unwrap(), [one, two]);
    assert!(home.store.add_to_library(Some(music::ListenerId(99)), &[one]).is_err());
}

#[test]
fn a_line_of_a_file_never_means_a_title_alone() {
    let home = home();
    assert_eq!(home.store.find("One").unwrap(), [RecordingId(1)]);
    assert_eq!(home.store.find_surely("One").unwrap(), []);
    assert_eq!(home.store.find_surely("low - one").unwrap(), [RecordingId(1)]);
}
