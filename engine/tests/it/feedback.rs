//! Does what a listener does and says change the next list at once?

use std::collections::BTreeSet;
use std::time::Duration;

use engine::Mode;
use jiff::ToSpan;
use music::{End, Event, Interaction, RecordingId};

use crate::fixture::{Town, params, recordings};

fn town() -> Town {
    Town::after_all_weeks(params(60, 1000, 16, 9))
}

/// Records the event a day before the listener's week begins.
fn record(
    town: &mut Town,
    name: &str,
    recording: RecordingId,
    event: impl Fn(jiff::Timestamp) -> Event,
) {
    let listener = town.folder.listener(Some(name)).unwrap();
    let event = event(town.now() - 24.hours());
    town.folder.store.record(listener.id, recording, &event).unwrap();
}

#[test]
fn a_skip_makes_a_recording_known_and_never_shown() {
    let mut town = town();
    let snapshot = town.train();
    let (name, week) = (town.names[4].clone(), town.week());
    let before = town.weekly(&snapshot, &name, week, Mode::DryRun);
    let skipped = before.tracks[0].recording;
    record(&mut town, &name, skipped, |at| Event {
        played: Some(Duration::from_secs(4)),
        end: Some(End::MovedOn),
        ..Event::new(Interaction::Play, at)
    });
    let after = town.weekly(&snapshot, &name, week, Mode::DryRun);
    assert!(!recordings(&after).contains(&skipped));
}

#[test]
fn a_disliked_recording_no_longer_speaks_for_anything() {
    let mut town = town();
    let snapshot = town.train();
    let (name, week) = (town.names[4].clone(), town.week());
    let before = town.weekly(&snapshot, &name, week, Mode::DryRun);
    let spoken_for = before.tracks[0].reason.contributions[0].recording.unwrap();
    record(&mut town, &name, spoken_for, |at| Event::new(Interaction::Dislike, at));
    let after = town.weekly(&snapshot, &name, week, Mode::DryRun);
    let named: BTreeSet<_> = after
        .tracks
        .iter()
        .flat_map(|track| &track.reason.contributions)
        .filter_map(|part| part.recording)
        .collect();
    assert!(!named.contains(&spoken_for));
    assert_ne!(recordings(&before), recordings(&after));
}

#[test]
fn a_like_counts_without_retraining() {
    let mut town = town();
    let snapshot = town.train();
    let (name, week) = (town.names[4].clone(), town.week());
    let before = town.weekly(&snapshot, &name, week, Mode::DryRun);
    let liked = before.tracks[5].recording;
    for _ in 0..3 {
        record(&mut town, &name, liked, |at| Event::new(Interaction::Like, at));
    }
    let after = town.weekly(&snapshot, &name, week, Mode::DryRun);
    assert!(!recordings(&after).contains(&liked), "what is liked is known");
    assert_ne!(recordings(&before), recordings(&after));
}

#[test]
fn what_was_said_after_monday_is_no_evidence_yet_but_known() {
    let mut town = town();
    let snapshot = town.train();
    let (name, week) = (town.names[4].clone(), town.week());
    let before = town.weekly(&snapshot, &name, week, Mode::DryRun);
    let listener = town.folder.listener(Some(&name)).unwrap();
    let event = Event::new(Interaction::Like, town.now() + 5.hours());
    town.folder.store.record(listener.id, before.tracks[0].recording, &event).unwrap();
    let after = town.weekly(&snapshot, &name, week, Mode::DryRun);
    let expected = &recordings(&before)[1..];
    let kept = expected.iter().filter(|recording| recordings(&after).contains(recording)).count();
    // The scores are as they were; only the diversity of what stands beside the vacant place may shift a line or two.
    assert!(kept + 3 >= expected.len(), "{kept} of {} lines are the same", expected.len());
    assert!(!recordings(&after).contains(&before.tracks[0].recording));
}

#[test]
fn a_listener_with_too_little_history_gets_a_list_that_says_so() {
    let mut town = town();
    let snapshot = town.train();
    let newcomer = town.folder.store.ensure_listener("newcomer").unwrap();
    let event = Event::new(Interaction::Play, town.now() - 24.hours());
    town.folder.store.record(newcomer, snapshot.rows.ids()[0], &event).unwrap();
    let week = town.week();
    let list = town.weekly(&snapshot, "newcomer", week, Mode::Keep);
    assert_eq!(list.tracks.len(), 30);
    // One liked recording of the 5 that weekly.min_liked says: the model has 1/2·6/5 of each score.
    let note = list.note.unwrap();
    assert!(note.contains("Little is known of newcomer yet (1 liked"), "{note}");
    assert!(note.contains("counts for 40 of 100"), "{note}");
    town.folder.store.ensure_listener("silent").unwrap();
    let list = town.weekly(&snapshot, "silent", week, Mode::Keep);
    assert!(list.note.unwrap().contains("Nothing is known that silent likes"));
    assert!(list.tracks.iter().all(|track| !track.reason.text.starts_with("Because")));
}
