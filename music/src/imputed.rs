//! What stands in for what nobody said of a recording, and what was it taken from?

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ArtistId, RecordingId};

/// A fact that may be imputed, in the order of their codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fact {
    /// How long it is.
    Length,
    /// What it was released on.
    Release,
    /// When it was first released.
    Year,
    /// What people call it.
    Tags,
}

impl Fact {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Length, Self::Release, Self::Year, Self::Tags];

    /// The name in the configuration and in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Release => "release",
            Self::Year => "year",
            Self::Tags => "tags",
        }
    }
}

/// What an imputed value was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// The other versions of the work.
    OtherVersions {
        /// How many of them told.
        n: u32,
    },
    /// Recordings of the main artist.
    SameArtist {
        /// How many of them told.
        n: u32,
    },
}

/// What is taken for a fact that nobody said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Guess {
    /// A length.
    Length(Duration),
    /// The release of another recording.
    ReleaseOf(RecordingId),
    /// A year.
    Year(i16),
    /// A tag, by its place in [`Tagged::names`], and its weight.
    Tag(u32, f32),
}

impl Guess {
    /// What it stands in for.
    #[must_use]
    pub fn fact(self) -> Fact {
        match self {
            Self::Length(_) => Fact::Length,
            Self::ReleaseOf(_) => Fact::Release,
            Self::Year(_) => Fact::Year,
            Self::Tag(..) => Fact::Tags,
        }
    }
}

/// One imputed value; a recording has several where they are tags.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Imputed {
    /// Of which recording.
    pub recording: RecordingId,
    /// What.
    pub guess: Guess,
    /// From what.
    pub basis: Basis,
}

/// What is known of a recording, as far as imputation goes by it.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The recording.
    pub recording: RecordingId,
    /// Equal for versions of one work; `None` where the names identify nothing, as those of various artists.
    pub work: Option<u64>,
    /// The main artist; `None` where this is nobody in particular.
    pub artist: Option<ArtistId>,
    /// The title as written.
    pub title: String,
    /// How long it is.
    pub length: Option<Duration>,
    /// Equal for editions of one release.
    pub release: Option<u64>,
    /// When it was first released.
    pub year: Option<i16>,
}

/// Who was called what, each name written once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tagged {
    /// Every tag, ascending.
    pub names: Vec<String>,
    /// Recording, place of the tag and weight; ascending by recording and tag.
    pub rows: Vec<(RecordingId, u32, f32)>,
}

impl Tagged {
    /// The rows with the names of their tags.
    pub fn iter(&self) -> impl Iterator<Item = (RecordingId, &str, f32)> {
        let name = |tag: u32| self.names[tag as usize].as_str();
        self.rows.iter().map(move |&(recording, tag, weight)| (recording, name(tag), weight))
    }
}
