//! How does `ListenBrainz` read it?
//!
//! <https://wiki.xiph.org/JSPF> with the extensions of <https://musicbrainz.org/doc/jspf>.

use music::{Contribution, Playlist, Track};
use serde::Serialize;

use crate::place;

/// What a JSPF file holds.
pub(crate) fn document(playlist: &Playlist) -> impl Serialize {
    let extension = PlaylistExtension {
        public: false,
        creator: "undersong",
        created_for: &playlist.listener,
        additional_metadata: Algorithm {
            algorithm_metadata: Source { source_patch: playlist.kind.name() },
        },
    };
    Document {
        playlist: Jspf {
            title: playlist.title(),
            creator: "undersong",
            date: playlist.made_at.to_string(),
            annotation: playlist.note.as_deref(),
            extension: OfPlaylist { fields: extension },
            track: playlist.tracks.iter().map(|track| line(playlist, track)).collect(),
        },
    }
}

fn line<'a>(playlist: &Playlist, track: &'a Track) -> Line<'a> {
    let artists = track.artist_mbids.iter();
    let extension = TrackExtension {
        artist_identifiers: artists.map(|mbid| place::musicbrainz("artist", mbid)).collect(),
        release_identifier: track
            .release_mbid
            .as_deref()
            .map(|mbid| place::musicbrainz("release", mbid)),
        additional_metadata: Why {
            reason: &track.reason.text,
            contributions: &track.reason.contributions,
            is_blocked: track.is_blocked,
        },
    };
    Line {
        identifier: place::identifier(playlist.items, track).into_iter().collect(),
        location: place::uri(track).into_iter().collect(),
        title: &track.title,
        creator: &track.artist,
        album: track.known_release(),
        duration: track
            .known_length()
            .map(|length| u64::try_from(length.as_millis()).unwrap_or(u64::MAX)),
        annotation: Some(track.reason.text.as_str()).filter(|text| !text.is_empty()),
        extension: OfTrack { fields: extension },
    }
}

#[derive(Serialize)]
struct Document<'a> {
    playlist: Jspf<'a>,
}

#[derive(Serialize)]
struct Jspf<'a> {
    title: String,
    creator: &'a str,
    date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotation: Option<&'a str>,
    extension: OfPlaylist<'a>,
    track: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct OfPlaylist<'a> {
    #[serde(rename = "https://musicbrainz.org/doc/jspf#playlist")]
    fields: PlaylistExtension<'a>,
}

#[derive(Serialize)]
struct PlaylistExtension<'a> {
    public: bool,
    creator: &'a str,
    created_for: &'a str,
    additional_metadata: Algorithm<'a>,
}

#[derive(Serialize)]
struct Algorithm<'a> {
    algorithm_metadata: Source<'a>,
}

#[derive(Serialize)]
struct Source<'a> {
    source_patch: &'a str,
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    identifier: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    location: Vec<String>,
    title: &'a str,
    creator: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    album: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotation: Option<&'a str>,
    extension: OfTrack<'a>,
}

#[derive(Serialize)]
struct OfTrack<'a> {
    #[serde(rename = "https://musicbrainz.org/doc/jspf#track")]
    fields: TrackExtension<'a>,
}

#[derive(Serialize)]
struct TrackExtension<'a> {
    artist_identifiers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    release_identifier: Option<String>,
    additional_metadata: Why<'a>,
}

#[derive(Serialize)]
struct Why<'a> {
    reason: &'a str,
    contributions: &'a [Contribution],
    is_blocked: bool,
}
