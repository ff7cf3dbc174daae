//! Is what a training doubts told, and forgotten with its listener?

use std::time::Duration;

use engine::RejectLine;
use fs_err::read_to_string;
use jiff::ToSpan;
use listens::{Cleaning, Rule};
use music::{End, Event, Interaction, RecordingId};

use crate::fixture::{Town, params};

/// A town in which one listener left a recording on repeat for two hours of the last day.
fn town_with_a_loop() -> (Town, String, RecordingId) {
    let mut town = Town::after_all_weeks(params(20, 300, 6, 9));
    let name = town.names[0].clone();
    let listener = town.folder.listener(Some(&name)).unwrap();
    let recording = town.folder.store.history(listener.id).unwrap().listens[0].recording;
    for i in 0..36 {
        let event = Event {
            played: Some(Duration::from_secs(200)),
            end: Some(End::Finished),
            ..Event::new(Interaction::Play, town.now() - 24.hours() + (200 * i).seconds())
        };
        town.folder.store.record(listener.id, recording, &event).unwrap();
    }
    (town, name, recording)
}

#[test]
fn what_is_doubted_is_counted_listed_and_forgotten_with_its_listener() {
    let (mut town, name, _) = town_with_a_loop();
    let path = town.folder.rejects().join("doubted.jsonl");
    let snapshot = town.train();

    let listener = town.folder.listener(Some(&name)).unwrap();
    let own = town.folder.store.pseudonyms(listener.id).unwrap();
    let lines = || -> Vec<RejectLine> {
        let text = read_to_string(&path).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let loops: Vec<_> = lines().into_iter().filter(|line| line.reason == "loop").collect();
    // The town's bot loops every night.
    assert_eq!(snapshot.manifest.doubted.get(&Rule::Loop), Some(&(loops.len() as u64)));
    let own_loops = loops.iter().filter(|line| line.listener == own[0]);
    assert_eq!(own_loops.count(), 31, "36 less the 5 that are believed");
    engine::forget(&mut town.folder, &listener).unwrap();
    assert!(lines().iter().all(|line| line.listener != own[0]));
}

#[test]
fn a_rule_that_is_turned_off_is_as_if_it_had_never_been() {
    let (mut town, name, recording) = town_with_a_loop();
    let belief = |town: &Town| {
        let listener = town.folder.listener(Some(&name)).unwrap();
        let history = town.folder.store.history(listener.id).unwrap();
        let found = engine::evidence(&town.folder, &history, listener.id, recording, town.now());
        found.unwrap().unwrap().weighed
    };
    let cautious = belief(&town);
    town.folder.config.evidence.cleaning = Cleaning::off();
    let naive = belief(&town);
    assert!(naive.plays >= cautious.plays + 31.0, "{naive:?} {cautious:?}");
    town.train();
    assert!(!town.folder.rejects().join("doubted.jsonl").exists());
    town.folder.config.evidence.cleaning = Cleaning::default();
    assert_eq!(belief(&town), cautious);
}
