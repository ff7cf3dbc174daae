//! What may a listener or an operator speak of?

use music::{ArtistId, RecordingId};
use rusqlite::Connection;

use crate::{Error, Result, identity};

/// What can be blocked, asked for more or less, or denied.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlockTarget {
    /// Everything by an artist, in any position of the credit.
    Artist(ArtistId),
    /// One recording.
    Recording(RecordingId),
    /// Everything with a tag.
    Tag(String),
}

/// The same with the id that a recording lives on under.
pub(crate) fn resolved(db: &Connection, target: &BlockTarget) -> Result<BlockTarget> {
    Ok(match target {
        BlockTarget::Recording(id) => BlockTarget::Recording(RecordingId(
            identity::resolve(db, id.0.cast_signed())?.cast_unsigned(),
        )),
        BlockTarget::Artist(_) | BlockTarget::Tag(_) => target.clone(),
    })
}

/// Kind and value, as tables hold them.
pub(crate) fn stored(target: &BlockTarget) -> (&'static str, String) {
    match target {
        BlockTarget::Artist(id) => ("artist", id.to_string()),
        BlockTarget::Recording(id) => ("recording", id.to_string()),
        BlockTarget::Tag(tag) => ("tag", tag.clone()),
    }
}

/// The opposite of [`stored`].
pub(crate) fn read(kind: &str, value: String) -> Result<BlockTarget> {
    let strange = |value: &str| Error::Strange { what: format!("the {kind} `{value}`") };
    match kind {
        "artist" => Ok(BlockTarget::Artist(value.parse().map_err(|_no_id| strange(&value))?)),
        "recording" => Ok(BlockTarget::Recording(value.parse().map_err(|_no_id| strange(&value))?)),
        "tag" => Ok(BlockTarget::Tag(value)),
        _ => Err(strange(&value)),
    }
}
