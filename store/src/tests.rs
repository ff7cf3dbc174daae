//! Does a full disk lose anything?

use jiff::Timestamp;
use music::{Credit, Entry, Event, Interaction, ItemKind, Listen};

use crate::{Audience, Begun, Error, Finished, NewImport, Store};

const NEW: NewImport<'_> = NewImport {
    source: "log",
    content_hash: "hash",
    format: "test",
    listener: "ada",
    audience: Audience::Foreground,
    items: ItemKind::Recordings,
    started_at: Timestamp::UNIX_EPOCH,
};

fn log() -> Vec<Entry> {
    let listen = |n: i64| {
        let recording = Credit {
            title: format!("Song {}", n % 500),
            artist: "Low".to_owned(),
            ..Credit::default()
        };
        let event = Event::new(Interaction::Play, Timestamp::from_second(1000 * n).unwrap());
        Entry::Listen(Listen { listener: None, recording, event })
    };
    (0..20_000).map(listen).collect()
}

fn finished(log: &[Entry]) -> Finished {
    Finished {
        read: log.len() as u64,
        not_music: 0,
        private: 0,
        rejected: [].into(),
        first: None,
        last: None,
        finished_at: Timestamp::UNIX_EPOCH,
    }
}

/// Lets the file grow by so many pages and no more.
fn allow_pages(store: &Store, n_more: u32) {
    let n_pages: u32 = store.db.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.db.pragma_update(None, "max_page_count", n_pages.saturating_add(n_more)).unwrap();
}

#[test]
fn after_a_full_disk_the_import_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("undersong.db")).unwrap();
    let Begun::New(import) = store.begin_import(&NEW).unwrap() else { panic!("new") };
    let log = log();
    let (first, rest) = log.split_at(100);
    store.append(import, first).unwrap();
    let recordings = store.totals().unwrap().recordings;

    // No room for 400 more recordings: none of the batch is taken.
    allow_pages(&store, 2);
    let refused = store.append(import, rest).unwrap_err();
    assert!(matches!(refused, Error::Full { .. }), "{refused:?}");
    assert!(refused.to_string().starts_with("no space is left"), "{refused}");
    assert_eq!(store.totals().unwrap().recordings, recordings);

    // Room for those, not for the 20,000 listens: they stay in memory.
    allow_pages(&store, 100);
    store.append(import, rest).unwrap();
    assert!(matches!(store.finish_import(import, &finished(&log)), Err(Error::Full { .. })));
    assert_eq!(store.totals().unwrap().listens, 0);

    allow_pages(&store, 100_000);
    let summary = store.finish_import(import, &finished(&log)).unwrap();
    assert_eq!((summary.accepted, summary.duplicates, summary.recordings), (20_000, 0, 500));
    assert_eq!(store.totals().unwrap().listens, 20_000);
}
