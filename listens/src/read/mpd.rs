//! What does a slice of the Million Playlist Dataset say?
//!
//! Each playlist is a listener, `mpd-<pid>`, who likes its tracks at the moment it was last changed (Chen et al., RecSys 2018).

use std::time::Duration;

use jiff::Timestamp;
use music::{Credit, Entry, Event, Interaction, Listen};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::cleaning::{clean, known, length, spotify};
use super::intake::Intake;
use super::json::{Text, each_element, parse, text};
use super::{Outcome, Row, moment};
use crate::RejectReason;
use crate::reject::Place;
use crate::source::{Input, Stop};

/// Reads the file, one playlist at a time.
pub(super) fn read(input: &mut Input<'_>, intake: &mut Intake<'_>) -> Result<(), Stop> {
    each_element(input, Some("playlists"), intake, &mut take_playlist)
}

#[derive(Deserialize)]
struct Playlist<'a> {
    pid: Option<u64>,
    modified_at: Option<i64>,
    #[serde(borrow, default)]
    tracks: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Track<'a> {
    #[serde(borrow)]
    artist_name: Option<Text<'a>>,
    track_name: Option<Text<'a>>,
    album_name: Option<Text<'a>>,
    track_uri: Option<Text<'a>>,
    duration_ms: Option<u64>,
}

fn take_playlist(intake: &mut Intake<'_>, place: Place, row: &[u8]) -> Result<(), Stop> {
    let owner = |playlist: &Playlist<'_>| -> Result<(String, Timestamp), RejectReason> {
        let pid = playlist.pid.ok_or(RejectReason::MissingField("pid"))?;
        let modified_at = playlist.modified_at.ok_or(RejectReason::MissingField("modified_at"))?;
        Ok((format!("mpd-{pid}"), moment::of_number(modified_at)?))
    };
    let parsed = parse(row).and_then(|playlist| Ok((owner(&playlist)?, playlist)));
    let ((listener, at), playlist) = match parsed {
        Ok(parsed) => parsed,
        Err(reason) => return intake.reject(place, reason),
    };
    let Place::Element(element) = place else { return Ok(()) };
    for (ix, track) in playlist.tracks.iter().enumerate() {
        let outcome = track_outcome(track.get().as_bytes(), &listener, at);
        intake.take(Place::Track { element, track: ix + 1 }, outcome)?;
    }
    Ok(())
}

fn track_outcome(row: &[u8], listener: &str, at: Timestamp) -> Outcome {
    let track: Track<'_> = parse(row)?;
    let recording = Credit {
        title: clean(text(&track.track_name)),
        artist: clean(text(&track.artist_name)),
        release: known(text(&track.album_name)),
        spotify: spotify(text(&track.track_uri)),
        ..Credit::default()
    };
    let length = track.duration_ms.map(Duration::from_millis).and_then(length);
    let event = Event { length, ..Event::new(Interaction::Like, at) };
    Ok(Row::Entry(Entry::Listen(Listen { listener: Some(listener.to_owned()), recording, event })))
}
