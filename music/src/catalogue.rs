//! What is known of a recording, apart from who heard it?

use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What stands as an item in a data folder; one folder holds one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ItemKind {
    /// Recordings.
    Recordings,
    /// Artists.
    Artists,
}

impl ItemKind {
    /// The plural, for sentences.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Recordings => "recordings",
            Self::Artists => "artists",
        }
    }
}

/// How a source names a recording: words, and every key it has.
///
/// Empty strings never stand for absence.
/// For an artist that stands as an item, `title` and `artist` are both the artist's name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Credit {
    /// Title of the recording; not empty.
    pub title: String,
    /// Artist credit as written, "feat." included; not empty.
    pub artist: String,
    /// Title of the release.
    pub release: Option<String>,
    /// `MusicBrainz` recording id, lower case with dashes.
    pub mbid: Option<String>,
    /// `MusicBrainz` artist ids, main artist first.
    pub artist_mbids: Vec<String>,
    /// `MusicBrainz` release id.
    pub release_mbid: Option<String>,
    /// International standard recording code, upper case without dashes.
    pub isrc: Option<String>,
    /// `spotify:track:…`.
    pub spotify: Option<String>,
    /// The id in a source that has its own, as in a table of triples.
    pub item: Option<String>,
}

/// A word somebody used for a recording or artist.
#[derive(Clone, Debug, PartialEq)]
pub struct Tag {
    /// The tag, lower case, without blanks around it.
    pub name: String,
    /// How much it applies; positive, 1 where the source has no weights.
    pub weight: f32,
}

/// Everything a catalogue may say about one recording; what it does not say stays as it was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CatalogueEntry {
    /// Names and keys.
    pub credit: Credit,
    /// Length.
    pub length: Option<Duration>,
    /// First release date.
    pub released: Option<Date>,
    /// Tags, by the order of the source.
    pub tags: Vec<Tag>,
    /// Beats per minute.
    pub tempo: Option<f32>,
    /// Musical key as written.
    pub key: Option<String>,
    /// Labels an operator or catalogue puts on it, such as `explicit` or `ai-generated`.
    pub labels: Vec<String>,
    /// Groups an operator names for fair exposure, such as `local`.
    pub groups: Vec<String>,
    /// A file or URL where it can be played.
    pub location: Option<String>,
    /// Whether it can be played at all; `None` where nobody said.
    pub is_available: Option<bool>,
}
