//! Does a listener's week stay as it was handed over?

use engine::{Error, Mode};
use music::{CatalogueEntry, Credit, ItemKind};
use store::BlockTarget;

use crate::fixture::{Town, params, recordings, weekly, weekly_request};

fn town() -> Town {
    Town::after_all_weeks(params(40, 800, 12, 5))
}

#[test]
fn asked_again_a_week_returns_its_lines_as_they_were() {
    let mut town = town();
    let snapshot = town.train();
    let (name, week) = (town.names[3].clone(), town.week());
    let dry = town.weekly(&snapshot, &name, week, Mode::DryRun);
    let first = town.weekly(&snapshot, &name, week, Mode::Keep);
    assert_eq!(dry, first, "the same inputs give the same list, and a dry run keeps nothing");
    let retrained = town.train();
    let again = town.weekly(&retrained, &name, week, Mode::Keep);
    assert_eq!(first, again);
}

#[test]
fn a_refreshed_or_longer_list_is_new_and_the_old_lines_stay_shown() {
    let mut town = town();
    let snapshot = town.train();
    let (name, week) = (town.names[3].clone(), town.week());
    let first = town.weekly(&snapshot, &name, week, Mode::Keep);
    let refreshed = town.weekly(&snapshot, &name, week, Mode::Refresh);
    let mut request = weekly_request(&town.folder, &name, week, Mode::Keep);
    request.size = Some(5);
    let shorter = engine::weekly(&mut town.folder, &snapshot, &request).unwrap();
    assert_eq!(shorter.tracks.len(), 5);
    let mut all = [recordings(&first), recordings(&refreshed), recordings(&shorter)].concat();
    let n_lines = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), n_lines, "no line was ever shown twice");
    assert_eq!(engine::history(&town.folder, &request.listener).unwrap().len(), 3);
}

#[test]
fn a_block_marks_the_lines_of_the_past_and_binds_the_lists_to_come() {
    let mut town = town();
    let snapshot = town.train();
    let (name, week) = (town.names[3].clone(), town.week());
    let first = town.weekly(&snapshot, &name, week, Mode::Keep);
    let listener = town.folder.listener(Some(&name)).unwrap();
    let victim = first.tracks[2].recording;
    let artist = town.folder.store.recording(victim).unwrap().unwrap().artists[0].0;
    let now = town.now();
    town.folder.store.block(listener.id, &BlockTarget::Artist(artist), now).unwrap();
    let again = town.weekly(&snapshot, &name, week, Mode::Keep);
    assert_eq!(recordings(&first), recordings(&again));
    assert!(again.tracks[2].is_blocked && !first.tracks[2].is_blocked);
    let next = town.weekly(&snapshot, &name, week.plus(1), Mode::Keep);
    let by_artist = town.folder.store.by_artist(artist).unwrap();
    assert!(recordings(&next).iter().all(|recording| !by_artist.contains(recording)));
}

#[test]
fn a_list_as_of_a_day_knows_nothing_later_and_keeps_nothing() {
    let mut town = town();
    let snapshot = town.train();
    let (name, week) = (town.names[3].clone(), town.week());
    let before = town.weekly(&snapshot, &name, week.plus(-4), Mode::DryRun);
    let kept = town.weekly(&snapshot, &name, week, Mode::Keep);
    let mut request = weekly_request(&town.folder, &name, week.plus(-4), Mode::Keep);
    request.as_of = Some(request.now);
    let as_of = engine::weekly(&mut town.folder, &snapshot, &request).unwrap();
    assert_ne!(
        recordings(&before),
        recordings(&as_of),
        "what was heard since may be in a list of that day"
    );
    let history = engine::history(&town.folder, &request.listener).unwrap();
    assert_eq!(history, [kept], "a list as of a past day is not kept");
}

#[test]
fn when_everything_is_known_or_blocked_the_answer_is_an_honest_no() {
    let mut town = town();
    let snapshot = town.train();
    let name = town.names[3].clone();
    let listener = town.folder.listener(Some(&name)).unwrap();
    let now = town.now();
    for recording in snapshot.rows.ids() {
        town.folder.store.block(listener.id, &BlockTarget::Recording(*recording), now).unwrap();
    }
    let week = town.week();
    let error = weekly(&mut town.folder, &snapshot, &name, week, Mode::Keep).unwrap_err();
    assert!(matches!(error, Error::NothingToRecommend { .. }) && error.is_honest_no(), "{error}");
}

#[test]
fn a_list_that_cannot_be_full_is_short_and_says_so() {
    let mut town = town();
    let snapshot = town.train();
    let name = town.names[3].clone();
    let listener = town.folder.listener(Some(&name)).unwrap();
    let now = town.now();
    let keep_open = 20;
    for recording in &snapshot.rows.ids()[keep_open..] {
        town.folder.store.block(listener.id, &BlockTarget::Recording(*recording), now).unwrap();
    }
    let week = town.week();
    let list = town.weekly(&snapshot, &name, week, Mode::Keep);
    assert!(list.tracks.len() <= keep_open);
    assert!(list.note.unwrap().contains(" of 30"));
}

#[test]
fn sizes_asked_for_in_turn_find_their_own_lists_again() {
    let mut town = town();
    let snapshot = town.train();
    let (name, week) = (town.names[3].clone(), town.week());
    let first = town.weekly(&snapshot, &name, week, Mode::Keep);
    let mut request = weekly_request(&town.folder, &name, week, Mode::Keep);
    request.size = Some(5);
    let short = engine::weekly(&mut town.folder, &snapshot, &request).unwrap();
    assert_eq!(town.weekly(&snapshot, &name, week, Mode::Keep), first);
    assert_eq!(engine::weekly(&mut town.folder, &snapshot, &request).unwrap(), short);
}

#[test]
fn what_was_found_to_be_known_after_the_training_is_not_handed_over() {
    let mut town = town();
    let snapshot = town.train();
    let (name, week) = (town.names[3].clone(), town.week());
    let list = town.weekly(&snapshot, &name, week, Mode::DryRun);
    let heard = list.tracks[0].reason.contributions[0].recording.unwrap();
    let new = list.tracks[0].recording;
    // A catalogue says that the new one, by its key, is the one heard before, by its names.
    let (heard, new) = (
        town.folder.store.recording(heard).unwrap().unwrap(),
        town.folder.store.recording(new).unwrap().unwrap(),
    );
    let credit = Credit { spotify: new.entry.credit.spotify, ..heard.entry.credit };
    let entry = CatalogueEntry { credit, ..CatalogueEntry::default() };
    town.folder.store.identify_all(ItemKind::Recordings, &[entry]).unwrap();
    let survivor = town.folder.store.resolve(new.id).unwrap();
    assert_eq!(survivor, town.folder.store.resolve(heard.id).unwrap());

    let list = town.weekly(&snapshot, &name, week, Mode::DryRun);
    assert!(!recordings(&list).contains(&survivor));
    let sum: f32 = list.tracks[0].reason.contributions.iter().map(|part| part.share).sum();
    assert!((sum - list.tracks[0].score).abs() < 1e-4, "what was heard still speaks");
}
