//! With how many others does a listener share what a score is made of?
//!
//! Counts below the privacy threshold are not told: they would tell who it is.

use music::{Contribution, ListenerId, RecordingId};
use serde::Serialize;

use crate::maker::Maker;
use crate::{Error, Folder};

/// Listeners who have a recording and one that contributes to its score in their log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InCommon {
    /// The recording that contributes.
    pub recording: RecordingId,
    /// Its title.
    pub title: String,
    /// Its artist credit.
    pub artist: String,
    /// How many, without the one who asks; `None` where they are fewer than are counted.
    pub listeners: Option<u32>,
}

impl Maker<'_> {
    /// The fewest listeners that are counted.
    pub(crate) fn least_counted(&self) -> u32 {
        self.config.weekly.privacy_threshold.max(1)
    }

    /// A number of listeners, if they are not too few to be counted.
    pub(crate) fn counted(&self, listeners: u32) -> Option<u32> {
        (listeners >= self.least_counted()).then_some(listeners)
    }

    /// For each recording that contributes to a score, how many others have both in their log.
    pub(crate) fn in_common(
        &self,
        folder: &Folder,
        listener: ListenerId,
        recording: RecordingId,
        contributions: &[Contribution],
    ) -> Result<Vec<InCommon>, Error> {
        let named: Vec<(RecordingId, &Contribution)> =
            contributions.iter().filter_map(|part| Some((part.recording?, part))).collect();
        let others: Vec<RecordingId> = named.iter().map(|(other, _)| *other).collect();
        let counts = folder.store.listeners_in_common(recording, &others, listener)?;
        let in_common = |((recording, part), listeners): ((_, &Contribution), u32)| InCommon {
            recording,
            title: part.title.clone(),
            artist: part.artist.clone(),
            listeners: self.counted(listeners),
        };
        Ok(named.into_iter().zip(counts).map(in_common).collect())
    }
}
