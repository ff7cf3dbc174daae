//! A listener and a recording: why is so much believed?

use jiff::Timestamp;
use listens::{Weighing, weigh_one};
use music::{History, RecordingId};

use crate::pairs::lengths_of;
use crate::snapshot::Snapshot;
use crate::{Error, Folder, current_id};

/// How the belief about a recording comes about that a list would use now; `None` where the history has nothing of it.
///
/// Lengths are the serving snapshot's, or the catalogue's where nothing was trained yet, and what this history tells.
///
/// # Errors
/// When the store or the snapshot cannot be read.
pub fn evidence<'a>(
    folder: &Folder,
    history: &'a History,
    recording: RecordingId,
    now: Timestamp,
) -> Result<Option<Weighing<'a>>, Error> {
    let said = match current_id(&folder.snapshots())? {
        Some(_) => Snapshot::current(&folder.snapshots())?.lengths,
        None => folder.store.lengths()?,
    };
    let lengths = lengths_of(history, &said);
    Ok(weigh_one(history, recording, &lengths, &folder.config.evidence, Some(now)))
}
