//! Is an import idempotent, resumable and counted as it should be?

use std::time::Duration;

use music::{
    Context, Credit, Device, End, Entry, Event, Interaction, ItemKind, Listen, RecordingId,
};
use store::{Audience, Begun, Error, Finished, NewImport, Totals};

use crate::home::{Home, act, at, count, credit, finished, play, source};

fn log() -> Vec<Entry> {
    (0..10)
        .map(|n| play("ada", credit("Nina Simone", &format!("Song {}", n % 4)), n * 1000))
        .collect()
}

#[test]
fn an_event_comes_back_with_all_that_was_known_of_it() {
    let mut home = Home::new();
    let event = Event {
        at: at(7),
        kind: Interaction::Named("hummed".into()),
        played: Some(Duration::from_millis(1234)),
        length: Some(Duration::from_secs(200)),
        end: Some(End::Stopped),
        session: Some(u64::MAX),
        context: Context { country: Some("PT".to_owned()), device: Some(Device::Home) },
    };
    let listen = Listen {
        listener: None,
        recording: credit("Nina Simone", "Sinnerman"),
        event: event.clone(),
    };
    home.import("a", &[Entry::Listen(listen)]);
    home.reopen();
    let history = home.history("ada");
    assert_eq!(history.listens.len(), 1);
    assert_eq!(history.listens[0].event, event);
    assert_eq!(history.listens[0].recording, home.recording("Nina Simone - Sinnerman"));
    assert_eq!(home.store.imports().unwrap()[0].id, history.listens[0].import);
}

#[test]
fn every_end_and_every_device_comes_back() {
    let mut home = Home::new();
    let ends = [End::Finished, End::Skipped, End::MovedOn, End::Stopped].map(Some);
    let devices = [Device::Mobile, Device::Desktop, Device::Home].map(Some);
    let with = |n: i64, end, device| {
        let context = Context { country: None, device };
        Event { end, context, ..Event::new(Interaction::Play, at(n)) }
    };
    let of_ends = (0..).zip(ends).map(|(n, end)| with(n, end, None));
    let of_devices = (10..).zip(devices).map(|(n, device)| with(n, None, device));
    let events: Vec<_> = of_ends.chain(of_devices).collect();
    let listen = |event: &Event| Listen {
        listener: None,
        recording: credit("Low", "Monkey"),
        event: event.clone(),
    };
    home.import("a", &events.iter().map(|event| Entry::Listen(listen(event))).collect::<Vec<_>>());
    home.reopen();
    let stored: Vec<_> =
        home.history("ada").listens.into_iter().map(|logged| logged.event).collect();
    assert_eq!(stored, events);
}

#[test]
fn the_same_source_is_imported_once() {
    let mut home = Home::new();
    let summary = home.import("a", &log()).unwrap();
    assert_eq!((summary.read, summary.accepted, summary.duplicates), (10, 10, 0));
    assert_eq!((summary.recordings, summary.artists), (4, 1));
    let before = home.history("ada");
    assert_eq!(home.import("a", &log()), None);
    assert_eq!(home.history("ada"), before);
    assert_eq!(home.store.begin_import(&source("a")).unwrap(), Begun::Done(Box::new(summary)));
}

#[test]
fn the_same_source_for_somebody_else_is_another_import() {
    let mut home = Home::new();
    let anonymous = [Entry::Listen(Listen {
        listener: None,
        recording: credit("Nina Simone", "Sinnerman"),
        event: Event::new(Interaction::Play, at(0)),
    })];
    home.import("a", &anonymous);
    home.import_as(&NewImport { listener: "bob", ..source("a") }, &anonymous).unwrap();
    assert_eq!(home.history("ada").listens.len(), 1);
    assert_eq!(home.history("bob").listens.len(), 1);
}

#[test]
fn what_another_source_told_already_is_counted_as_duplicate_and_kept() {
    let mut home = Home::new();
    home.import("a", &log());
    // A second before, a second after, and one that the log does not have.
    let close = [
        play("ada", credit("Nina Simone", "Song 0"), -1),
        play("ada", credit("Nina Simone", "Song 1"), 1001),
        play("ada", credit("Nina Simone", "Song 1"), 1500),
    ];
    let summary = home.import("b", &close).unwrap();
    assert_eq!((summary.accepted, summary.duplicates), (1, 2));
    assert_eq!(home.history("ada").listens.len(), 13);
}

#[test]
fn a_longer_recording_makes_a_longer_neighborhood_and_acts_are_told_apart() {
    let mut home = Home::new();
    let mut long = play("ada", credit("Nina Simone", "Sinnerman"), 0);
    if let Entry::Listen(listen) = &mut long {
        listen.event.length = Some(Duration::from_secs(600));
    }
    home.import("a", &[long]);
    let more = [
        play("ada", credit("Nina Simone", "Sinnerman"), 599),
        play("ada", credit("Nina Simone", "Sinnerman"), 1200),
        act(Interaction::Skip, "ada", credit("Nina Simone", "Sinnerman"), 30),
        act(Interaction::Like, "ada", credit("Nina Simone", "Sinnerman"), 30),
    ];
    // 599 follows 0 within 600 seconds, the skip too; 1200 is 601 seconds after 599; a like is no listen.
    let summary = home.import("b", &more).unwrap();
    assert_eq!((summary.accepted, summary.duplicates), (2, 2));
}

#[test]
fn how_near_two_rows_are_is_measured_by_their_own_lengths() {
    let mut home = Home::new();
    let lasting = |at, secs| {
        let mut entry = play("ada", credit("Nina Simone", "Sinnerman"), at);
        if let Entry::Listen(listen) = &mut entry {
            listen.event.length = Some(Duration::from_secs(secs));
        }
        entry
    };
    home.import("a", &[lasting(0, 600), lasting(5000, 100)]);
    // 101 seconds are more than either of 100 and 90, whatever lasted 600 elsewhere; 100 are not.
    let summary = home.import("b", &[lasting(5101, 90), lasting(4900, 90)]).unwrap();
    assert_eq!((summary.accepted, summary.duplicates), (1, 1));
}

#[test]
fn what_a_source_says_twice_is_there_once() {
    let mut home = Home::new();
    let twice: Vec<Entry> = log().into_iter().chain(log()).collect();
    let summary = home.import("a", &twice).unwrap();
    assert_eq!((summary.read, summary.accepted, summary.duplicates), (20, 10, 10));
    assert_eq!(home.history("ada").listens.len(), 10);
}

#[test]
fn an_import_that_was_cut_off_is_taken_up_again_and_nothing_is_lost_or_doubled() {
    let mut home = Home::new();
    let mut entries = log();
    entries.extend([
        count("ada", credit("Nina Simone", "Song 0"), 5.0),
        count("bob", credit("Low", "Monkey"), 2.0),
    ]);
    let Begun::New(import) = home.store.begin_import(&source("a")).unwrap() else { panic!("new") };
    home.store.append(import, &entries[..4]).unwrap();
    home.store.pause_import().unwrap();
    home.reopen();
    assert_eq!(home.history("ada").listens.len(), 4);
    assert_eq!(home.store.imports().unwrap()[0].finished_at, None);

    assert_eq!(home.store.begin_import(&source("a")).unwrap(), Begun::Resumed(import));
    home.store.append(import, &entries).unwrap();
    // This time nobody paused: the process died.
    home.reopen();

    assert_eq!(home.store.begin_import(&source("a")).unwrap(), Begun::Resumed(import));
    home.store.append(import, &entries).unwrap();
    let summary = home.store.finish_import(import, &finished(&entries)).unwrap();
    assert_eq!((summary.accepted, summary.duplicates), (12, 0));

    let mut unbroken = Home::new();
    unbroken.import("a", &entries);
    for name in ["ada", "bob"] {
        assert_eq!(home.history(name), unbroken.history(name));
    }
}

#[test]
fn an_import_cut_off_after_two_recordings_became_one_says_everything_once() {
    let mut home = Home::new();
    let keyed =
        |item: &str, title: &str| Credit { item: Some(item.to_owned()), ..credit("Low", title) };
    let entries = [
        play("ada", keyed("x", "Monkey"), 0),
        play("ada", keyed("y", "Monkey (promo)"), 1000),
        act(Interaction::Like, "ada", keyed("y", "Monkey (promo)"), 1000),
        // Both keys: from here on the two are one.
        play("ada", keyed("y", "Monkey"), 2000),
    ];
    let Begun::New(import) = home.store.begin_import(&source("a")).unwrap() else { panic!("new") };
    home.store.append(import, &entries).unwrap();
    home.store.pause_import().unwrap();
    home.reopen();
    assert_eq!(home.store.aliases().unwrap(), [(RecordingId(2), RecordingId(1))]);

    let summary = home.import("a", &entries).unwrap();
    assert_eq!(summary.id, import);
    assert_eq!((summary.accepted, summary.duplicates, summary.recordings), (4, 0, 1));
    let heard = home.history("ada").listens.into_iter();
    let heard: Vec<_> =
        heard.map(|logged| (logged.recording, logged.event.at, logged.event.kind)).collect();
    let one = RecordingId(1);
    let expected = [
        (one, at(0), Interaction::Play),
        (one, at(1000), Interaction::Play),
        (one, at(1000), Interaction::Like),
        (one, at(2000), Interaction::Play),
    ];
    assert_eq!(heard, expected);
}

#[test]
fn lines_go_to_the_import_that_is_open() {
    let mut home = Home::new();
    let Begun::New(import) = home.store.begin_import(&source("a")).unwrap() else { panic!("new") };
    home.store.append(import, &log()).unwrap();
    assert!(matches!(home.store.begin_import(&source("b")).unwrap(), Begun::New(_)));
    assert!(
        matches!(home.store.append(import, &log()), Err(Error::NotOpen { id }) if id == import)
    );
    assert!(matches!(
        home.store.finish_import(import, &finished(&log())),
        Err(Error::NotOpen { .. })
    ));
    // What was told before the other began is not lost.
    assert_eq!(home.history("ada").listens.len(), 10);
}

#[test]
fn of_counts_the_newest_import_holds() {
    let mut home = Home::new();
    let low = || credit("Low", "Monkey");
    home.import("a", &[count("ada", low(), 3.0), count("ada", credit("Low", "Murderer"), 1.0)]);
    home.import("b", &[count("ada", low(), 5.0), count("ada", low(), 2.0)]);
    let (monkey, murderer) = (home.recording("Low - Monkey"), home.recording("Low - Murderer"));
    assert_eq!(home.history("ada").counts, [(monkey, 7.0), (murderer, 1.0)]);
}

#[test]
fn a_folder_holds_one_kind_of_item() {
    let mut home = Home::new();
    assert_eq!(home.store.item_kind().unwrap(), None);
    home.import("a", &log());
    assert_eq!(home.store.item_kind().unwrap(), Some(ItemKind::Recordings));
    let artists = NewImport { items: ItemKind::Artists, ..source("b") };
    let refused = home.store.begin_import(&artists).unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("this data folder holds recordings, the import brings artists"),
        "{refused}"
    );
}

#[test]
fn the_numbers_of_an_import_are_kept() {
    let mut home = Home::new();
    let new = NewImport { source: "a.zip", audience: Audience::Background, ..source("a") };
    let Begun::New(import) = home.store.begin_import(&new).unwrap() else { panic!("new") };
    home.store.append(import, &log()).unwrap();
    let told = Finished {
        read: 20,
        not_music: 3,
        private: 2,
        rejected: [("future".to_owned(), 4), ("no title".to_owned(), 1)].into(),
        first: Some(at(0)),
        last: Some(at(9000)),
        finished_at: at(10_000),
    };
    let summary = home.store.finish_import(import, &told).unwrap();
    assert_eq!(summary.rejected, told.rejected);
    assert_eq!(
        (summary.first, summary.last, summary.finished_at),
        (told.first, told.last, Some(told.finished_at))
    );
    assert_eq!((summary.not_music, summary.private, summary.source.as_str()), (3, 2, "a.zip"));
    assert_eq!(home.store.imports().unwrap(), [summary]);
    let totals = Totals {
        listens: 10,
        background_listeners: 1,
        recordings: 4,
        artists: 1,
        ..Totals::default()
    };
    assert_eq!(home.store.totals().unwrap(), totals);
}
