//! Is every way to fail a sentence, with nothing lost?

use std::time::Duration;

use music::{Event, Interaction, ListenerId, RecordingId};
use rusqlite::Connection;
use store::{Begun, Error, Store};

use crate::home::{Home, at, credit, finished, play, source};

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let home = Home::new();
    Connection::open(home.path()).unwrap().pragma_update(None, "user_version", 7).unwrap();
    let refused = Store::open(&home.path()).unwrap_err().to_string();
    let expected =
        "was written by a newer undersong (schema 7; this one knows 4): update undersong";
    assert!(refused.ends_with(expected), "{refused}");
}

#[test]
fn what_is_no_store_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let garbage = folder.path().join("garbage.db");
    fs_err::write(&garbage, "these are not the pages you are looking for ".repeat(100)).unwrap();
    let foreign = folder.path().join("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE recipes (name TEXT)").unwrap();
    for path in [garbage, foreign] {
        let before = fs_err::read(&path).unwrap();
        let refused = Store::open(&path).unwrap_err();
        assert!(matches!(refused, Error::NotAStore { .. }), "{refused:?}");
        assert!(refused.to_string().contains(&path.display().to_string()), "{refused}");
        assert_eq!(fs_err::read(&path).unwrap(), before);
    }
}

#[test]
fn a_path_that_cannot_be_opened_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let refused = Store::open(folder.path()).unwrap_err();
    assert!(refused.to_string().contains("cannot be opened"), "{refused}");
    fs_err::write(folder.path().join("file"), "").unwrap();
    let refused = Store::open(&folder.path().join("file/undersong.db")).unwrap_err();
    assert!(matches!(refused, Error::Folder { .. }), "{refused:?}");
}

#[test]
fn while_another_process_writes_a_sentence_says_so_and_afterwards_all_goes_on() {
    let mut home = Home::new();
    home.store.set_patience(Duration::ZERO).unwrap();
    let log = [play("ada", credit("Low", "Monkey"), 0), play("ada", credit("Low", "Murderer"), 0)];
    let Begun::New(import) = home.store.begin_import(&source("a")).unwrap() else { panic!("new") };
    home.store.append(import, &log[..1]).unwrap();

    let other = Connection::open(home.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = home.store.append(import, &log[1..]).unwrap_err();
    assert!(matches!(refused, Error::Busy { .. }), "{refused:?}");
    assert!(refused.to_string().starts_with("another undersong is writing"), "{refused}");
    assert!(matches!(home.store.finish_import(import, &finished(&log)), Err(Error::Busy { .. })));
    assert_eq!(home.store.imports().unwrap().len(), 1, "reading goes on");
    other.execute_batch("ROLLBACK").unwrap();

    home.store.append(import, &log[1..]).unwrap();
    let summary = home.store.finish_import(import, &finished(&log)).unwrap();
    assert_eq!((summary.accepted, summary.duplicates), (2, 0));
}

#[test]
fn two_stores_on_one_file_see_what_the_other_wrote() {
    let mut home = Home::new();
    let mut other = Store::open(&home.path()).unwrap();
    let log = [play("ada", credit("Low", "Monkey"), 0)];
    let Begun::New(import) = home.store.begin_import(&source("a")).unwrap() else { panic!("new") };
    home.store.append(import, &log).unwrap();
    // The other process removes the listener before the listens are written: they must not come back for nobody.
    let ada = other.listener("ada").unwrap().unwrap().id;
    other.delete(ada).unwrap();
    home.store.append(import, &[play("ada", credit("Low", "Monkey"), 500)]).unwrap();
    home.store.finish_import(import, &finished(&log)).unwrap();
    assert_eq!(other.history(ada).unwrap().listens, []);
    assert_ne!(other.listener("ada").unwrap().unwrap().id, ada);
    assert_eq!(home.history("ada").listens.len(), 1);
}

#[test]
fn what_nobody_knows_is_refused() {
    let mut home = Home::new();
    let event = Event::new(Interaction::Like, at(0));
    let ada = home.store.ensure_listener("ada").unwrap();
    let refused = home.store.record(ada, RecordingId(5), &event).unwrap_err();
    assert_eq!(refused.to_string(), "recording 5 is not known");
    let refused = home.store.record(ListenerId(9), RecordingId(5), &event).unwrap_err();
    assert_eq!(refused.to_string(), "listener 9 is not known");
    assert!(home.store.merge(ada, ListenerId(9)).is_err());
    assert!(home.store.set_timezone(ListenerId(u64::MAX), None).is_err());
    assert_eq!(home.store.recording(RecordingId(u64::MAX)).unwrap(), None);
}
