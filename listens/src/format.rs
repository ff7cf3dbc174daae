//! Which shapes of log are known?

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// The shape of one file.
///
/// What was heard stands before what is said about it: a source is imported in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Spotify's extended streaming history: `Streaming_History_Audio_*.json`, `endsong_*.json`.
    Spotify,
    /// Spotify's short account export: `StreamingHistory*.json`, `YourLibrary.json`, `Playlist*.json`.
    SpotifyAccount,
    /// Listens of a `ListenBrainz` export.
    ListenBrainz,
    /// A Last.fm CSV with a header (`uts,utc_time,artist,…`).
    LastfmCsv,
    /// The Last.fm-1K table: user, moment, artist id, artist, track id, track; no header.
    Lastfm1k,
    /// `.scrobbler.log` of a portable player.
    ScrobblerLog,
    /// A slice of the Million Playlist Dataset.
    Mpd,
    /// A delimited table of listener, item and count.
    Triples,
    /// What is known of recordings: JSON lines, a JSON array or a delimited table with a header.
    Catalogue,
    /// One tag of one item a line.
    Tags,
    /// Likes, dislikes, saves and whatever else a listener says about a recording.
    Feedback,
}

impl Format {
    const ALL: [Self; 11] = [
        Self::Spotify,
        Self::SpotifyAccount,
        Self::ListenBrainz,
        Self::LastfmCsv,
        Self::Lastfm1k,
        Self::ScrobblerLog,
        Self::Mpd,
        Self::Triples,
        Self::Catalogue,
        Self::Tags,
        Self::Feedback,
    ];

    /// The name at the terminal.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Spotify => "spotify",
            Self::SpotifyAccount => "spotify-account",
            Self::ListenBrainz => "listenbrainz",
            Self::LastfmCsv => "lastfm",
            Self::Lastfm1k => "lastfm-1k",
            Self::ScrobblerLog => "scrobbler-log",
            Self::Mpd => "mpd",
            Self::Triples => "triples",
            Self::Catalogue => "catalogue",
            Self::Tags => "tags",
            Self::Feedback => "feedback",
        }
    }

    /// Whether a file of this format speaks of many listeners by its nature.
    #[must_use]
    pub fn is_of_many_listeners(self) -> bool {
        matches!(self, Self::Lastfm1k | Self::Mpd | Self::Triples)
    }

    /// All names, for sentences.
    pub(crate) fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }

    /// Whether a file of this format may be JSON, or, if it is none, lines of cells.
    pub(crate) fn may_be(self, is_json: bool) -> bool {
        match self {
            Self::Spotify | Self::SpotifyAccount | Self::ListenBrainz | Self::Mpd => is_json,
            Self::LastfmCsv | Self::Lastfm1k | Self::ScrobblerLog | Self::Triples => !is_json,
            Self::Catalogue | Self::Tags | Self::Feedback => true,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let format = Self::ALL.into_iter().find(|format| format.name() == text);
        format.ok_or_else(|| Error::NoSuchFormat { got: text.to_owned() })
    }
}
