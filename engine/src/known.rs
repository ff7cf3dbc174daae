//! What must not be in this listener's list?
//!
//! What was heard in any version, whatever was ever shown, and what is blocked.
//! These rules are never bent.

use std::collections::BTreeSet;

use jiff::Timestamp;
use music::{ArtistId, History, ListenerId, RecordingId};
use store::{BlockTarget, Recording, Store};

use crate::maker::Maker;
use crate::{Error, Folder};

/// What is off limits for one listener.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    recordings: BTreeSet<RecordingId>,
    /// Recordings with any interaction in the log.
    pub(crate) n_heard: usize,
    /// Recordings ever shown.
    pub(crate) n_shown: usize,
    /// Recordings under any block.
    pub(crate) n_blocked: usize,
}

impl Known {
    /// Gathers them; with `as_of`, only what was known before that moment.
    pub(crate) fn of(
        folder: &Folder,
        listener: ListenerId,
        history: &History,
        as_of: Option<Timestamp>,
    ) -> Result<Self, Error> {
        let store = &folder.store;
        let in_time = |at: Timestamp| as_of.is_none_or(|as_of| at < as_of);
        let listened = history
            .listens
            .iter()
            .filter(|logged| in_time(logged.event.at))
            .map(|logged| logged.recording);
        let counted = history.counts.iter().map(|(recording, _)| *recording);
        let heard: BTreeSet<_> = listened.chain(counted).collect();
        let shown: BTreeSet<_> = store.shown(listener, as_of)?.into_iter().collect();
        let blocked = Blocks::of(store, listener, as_of)?.recordings(store)?;
        let (n_heard, n_shown, n_blocked) = (heard.len(), shown.len(), blocked.len());
        let mut named: Vec<_> = heard.into_iter().chain(shown).chain(blocked).collect();
        named.sort_unstable();
        named.dedup();
        let mut recordings: BTreeSet<_> = store.same_works(&named)?.into_iter().collect();
        recordings.extend(named);
        Ok(Self { recordings, n_heard, n_shown, n_blocked })
    }

    /// The rows to leave out of a snapshot, ascending.
    pub(crate) fn rows(&self, maker: &Maker<'_>) -> Vec<u32> {
        let known = self.recordings.iter().flat_map(|recording| maker.places.all(*recording));
        let mut rows: Vec<_> = known.map(|item| item.0).chain(maker.barred.iter().copied()).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

/// A listener's blocks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Blocks {
    artists: BTreeSet<ArtistId>,
    recordings: BTreeSet<RecordingId>,
    tags: BTreeSet<String>,
}

impl Blocks {
    pub(crate) fn of(
        store: &Store,
        listener: ListenerId,
        as_of: Option<Timestamp>,
    ) -> Result<Self, Error> {
        let mut blocks = Self::default();
        for target in store.blocks(listener, as_of)? {
            match target {
                BlockTarget::Artist(artist) => drop(blocks.artists.insert(artist)),
                BlockTarget::Recording(recording) => drop(blocks.recordings.insert(recording)),
                BlockTarget::Tag(tag) => drop(blocks.tags.insert(tag)),
            }
        }
        Ok(blocks)
    }

    /// Whether a recording is under any of them.
    pub(crate) fn cover(&self, recording: &Recording) -> bool {
        self.recordings.contains(&recording.id)
            || recording.artists.iter().any(|(artist, _)| self.artists.contains(artist))
            || recording.entry.tags.iter().any(|tag| self.tags.contains(&tag.name))
    }

    fn recordings(&self, store: &Store) -> Result<BTreeSet<RecordingId>, Error> {
        let mut recordings = self.recordings.clone();
        for artist in &self.artists {
            recordings.extend(store.by_artist(*artist)?);
        }
        for tag in &self.tags {
            recordings.extend(store.by_tag(tag)?);
        }
        Ok(recordings)
    }
}
