//! What did a listener block?

use std::collections::BTreeSet;

use jiff::Timestamp;
use music::{ArtistId, ListenerId, RecordingId};
use store::{BlockTarget, Recording, Store};

use crate::Error;

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

    /// Everything under any of them.
    pub(crate) fn recordings(&self, store: &Store) -> Result<BTreeSet<RecordingId>, Error> {
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
