//! What is handed to a listener?

use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Fact, ItemKind, RecordingId, Source, Week};

/// What a list is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListKind {
    /// New to the listener.
    WeeklyExploration,
    /// Known to the listener and not heard recently.
    WeeklyJams,
    /// New and known together.
    WeeklyBoth,
    /// For several listeners.
    Blend,
}

/// The text was no kind of list.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("a kind of list expected, one of {}, got `{got}`", ListKind::ALL.map(ListKind::name).join(", "))]
pub struct ParseListKindError {
    /// What came.
    pub got: String,
}

impl ListKind {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::WeeklyExploration, Self::WeeklyJams, Self::WeeklyBoth, Self::Blend];

    /// The name in files and in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WeeklyExploration => "weekly-exploration",
            Self::WeeklyJams => "weekly-jams",
            Self::WeeklyBoth => "weekly-both",
            Self::Blend => "blend",
        }
    }
}

impl FromStr for ListKind {
    type Err = ParseListKindError;

    fn from_str(text: &str) -> Result<Self, ParseListKindError> {
        let known = Self::ALL.into_iter().find(|kind| kind.name() == text);
        known.ok_or_else(|| ParseListKindError { got: text.to_owned() })
    }
}

/// Which part of a list a line stands in.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// What fits best.
    #[default]
    Core,
    /// The bolder tail.
    Expand,
}

/// A place where a recording can be found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// `musicbrainz`, `isrc`, `spotify`, `search` or `location`.
    pub site: String,
    /// The address.
    pub url: String,
}

/// How much of a score one part of the listener's history explains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The recording of the listener's history; absent in the entry that sums up the rest.
    pub recording: Option<RecordingId>,
    /// Its title, or what the rest is.
    pub title: String,
    /// Its artist; empty in the entry that sums up the rest.
    pub artist: String,
    /// In units of the score; all contributions of a line sum to its score within 1e-4.
    ///
    /// Where a second stage ranked the line, that is the score by which the first stage found it.
    pub share: f32,
}

/// Why a line is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// A sentence or two.
    pub text: String,
    /// The largest contributions first, then the rest as one entry; empty where the model has none.
    pub contributions: Vec<Contribution>,
}

/// One line of a playlist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// From 1.
    pub position: u32,
    /// The recording, or artist where artists stand as items.
    pub recording: RecordingId,
    /// Title.
    pub title: String,
    /// Artist credit.
    pub artist: String,
    /// Release title.
    pub release: Option<String>,
    /// Year of the first release.
    #[serde(default)]
    pub year: Option<i16>,
    /// Length.
    #[serde(rename = "length_ms", with = "millis", default)]
    pub length: Option<Duration>,
    /// Which of these no source said: they were taken from other versions of the work or from the artist.
    #[serde(default)]
    pub imputed: Vec<Fact>,
    /// Rises with goodness; comparable within one list only.
    pub score: f32,
    /// `MusicBrainz` recording id.
    pub recording_mbid: Option<String>,
    /// `MusicBrainz` artist ids, main artist first.
    pub artist_mbids: Vec<String>,
    /// `MusicBrainz` release id.
    pub release_mbid: Option<String>,
    /// International standard recording code.
    pub isrc: Option<String>,
    /// File or URL that plays it, where the catalogue knows one.
    pub location: Option<String>,
    /// Where to find it, the surest first.
    pub links: Vec<Link>,
    /// Core or bolder tail.
    #[serde(default)]
    pub tier: Tier,
    /// Who proposed it, in the order of [`Source`].
    #[serde(default)]
    pub sources: Vec<Source>,
    /// The region of the listener's taste that it lies in.
    #[serde(default)]
    pub region: Option<String>,
    /// The chance with which it was drawn, where chance chose it.
    #[serde(default)]
    pub propensity: Option<f32>,
    /// Whether it is new to the listener.
    #[serde(default = "yes")]
    pub is_new: bool,
    /// Whom it serves in a list for several; empty in a list for one.
    #[serde(default)]
    pub serves: Vec<String>,
    /// Why it is there.
    pub reason: Reason,
    /// Whether the listener blocked it after the list was made.
    pub is_blocked: bool,
}

impl Track {
    /// The release title, unless it is imputed: for where nothing tells it apart.
    #[must_use]
    pub fn known_release(&self) -> Option<&str> {
        self.release.as_deref().filter(|_| !self.imputed.contains(&Fact::Release))
    }

    /// The length, unless it is imputed.
    #[must_use]
    pub fn known_length(&self) -> Option<Duration> {
        self.length.filter(|_| !self.imputed.contains(&Fact::Length))
    }
}

/// A list for one listener and week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Playlist {
    /// Name of the listener.
    pub listener: String,
    /// The week it is for.
    pub week: Week,
    /// What it is for.
    pub kind: ListKind,
    /// What its lines are.
    pub items: ItemKind,
    /// Id of the snapshot that made it.
    pub snapshot: String,
    /// Seed that made it.
    pub seed: u64,
    /// When it was made.
    pub made_at: Timestamp,
    /// How it was made, and why it is shorter than asked for, where there is something to say.
    pub note: Option<String>,
    /// The lines, in order.
    pub tracks: Vec<Track>,
}

impl Playlist {
    /// A title for players, such as "Undersong for ada, 2026-W47".
    #[must_use]
    pub fn title(&self) -> String {
        format!("Undersong for {}, {}", self.listener, self.week)
    }
}

/// Lines of older lists were all new.
fn yes() -> bool {
    true
}

/// Lengths travel as whole milliseconds.
mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "the signature serde's `with` asks for")]
    pub(super) fn serialize<S: Serializer>(
        length: &Option<Duration>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let millis = length.map(|length| u64::try_from(length.as_millis()).unwrap_or(u64::MAX));
        millis.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(from)?.map(Duration::from_millis))
    }
}
