//! Which small logs do the tests speak of?

use std::path::PathBuf;

use jiff::Timestamp;
use music::{
    CatalogueEntry, Count, Credit, Entry, Event, Interaction, ItemKind, Listen, ListenerId,
    RecordingId,
};
use store::{Audience, Begun, Finished, ImportSummary, NewImport, Store};
use tempfile::TempDir;

/// A store in a folder of its own.
pub(crate) struct Home {
    folder: TempDir,
    pub(crate) store: Store,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("undersong.db")).unwrap();
        Self { folder, store }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("undersong.db")
    }

    /// As after a crash: whatever was in memory is gone.
    pub(crate) fn reopen(&mut self) {
        self.store = Store::open(&self.path()).unwrap();
    }

    /// Everything in the folder, as bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for file in fs_err::read_dir(self.folder.path()).unwrap() {
            bytes.extend(fs_err::read(file.unwrap().path()).unwrap());
        }
        bytes
    }

    /// Imports a whole source; `None` where it was imported before.
    pub(crate) fn import(&mut self, hash: &str, entries: &[Entry]) -> Option<ImportSummary> {
        self.import_as(&source(hash), entries)
    }

    pub(crate) fn import_as(
        &mut self,
        new: &NewImport<'_>,
        entries: &[Entry],
    ) -> Option<ImportSummary> {
        let import = match self.store.begin_import(new).unwrap() {
            Begun::New(import) | Begun::Resumed(import) => import,
            Begun::Done(_) => return None,
        };
        for some in entries.chunks(3) {
            self.store.append(import, some).unwrap();
        }
        Some(self.store.finish_import(import, &finished(entries)).unwrap())
    }

    pub(crate) fn listener(&self, name: &str) -> ListenerId {
        self.store.listener(name).unwrap().unwrap().id
    }

    /// The listener whom an account of a background import belongs to.
    pub(crate) fn background(&self, account: &str) -> Option<ListenerId> {
        let pseudonym = self.store.pseudonym(account, Audience::Background);
        let mut found = None;
        let mut each = |listener, _history: &music::History| {
            if self.store.pseudonyms(listener).unwrap().contains(&pseudonym) {
                found = Some(listener);
            }
        };
        self.store.for_each_history(None, &mut each).unwrap();
        found
    }

    pub(crate) fn history(&self, name: &str) -> music::History {
        self.store.history(self.listener(name)).unwrap()
    }

    /// The only recording that a text means.
    pub(crate) fn recording(&self, text: &str) -> RecordingId {
        let found = self.store.find(text).unwrap();
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        found[0]
    }
}

/// A source that belongs to ada where it does not say whose it is.
pub(crate) fn source(hash: &str) -> NewImport<'_> {
    NewImport {
        source: "log.json",
        content_hash: hash,
        format: "test",
        listener: "ada",
        audience: Audience::Foreground,
        items: ItemKind::Recordings,
        started_at: at(0),
    }
}

pub(crate) fn finished(entries: &[Entry]) -> Finished {
    Finished {
        read: entries.len() as u64,
        not_music: 0,
        private: 0,
        rejected: [].into(),
        first: None,
        last: None,
        finished_at: at(1),
    }
}

/// That many seconds after a Friday in 2009.
pub(crate) fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(1_234_567_890 + secs).unwrap()
}

pub(crate) fn credit(artist: &str, title: &str) -> Credit {
    Credit { title: title.to_owned(), artist: artist.to_owned(), ..Credit::default() }
}

pub(crate) fn play(listener: &str, credit: Credit, secs: i64) -> Entry {
    act(Interaction::Play, listener, credit, secs)
}

pub(crate) fn act(kind: Interaction, listener: &str, credit: Credit, secs: i64) -> Entry {
    Entry::Listen(Listen {
        listener: Some(listener.to_owned()),
        recording: credit,
        event: Event::new(kind, at(secs)),
    })
}

pub(crate) fn count(listener: &str, credit: Credit, plays: f64) -> Entry {
    Entry::Count(Count { listener: Some(listener.to_owned()), item: credit, plays })
}

pub(crate) fn catalogue(entry: CatalogueEntry) -> Entry {
    Entry::Catalogue(entry)
}

/// Whether some text stands anywhere in the bytes.
pub(crate) fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
