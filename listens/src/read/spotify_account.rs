//! What does Spotify's short account export say?
//!
//! `StreamingHistory*.json`: streams with their end (UTC, to the minute), names and milliseconds.
//! `YourLibrary.json`: tracks marked with a heart, undated: they are likes at the newest moment read so far in this source, else now.
//! `Playlist*.json`: additions to playlists, with their day.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use music::{Credit, Entry, Event, Interaction, Listen};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::cleaning::{clean, known, spotify};
use super::intake::Intake;
use super::json::{Text, each_element, parse, text};
use super::{Outcome, Row, moment};
use crate::RejectReason;
use crate::reject::{Place, Problem, excerpt};
use crate::source::{Input, Stop};

/// Reads one file of the export, whichever it is.
pub(super) fn read(input: &mut Input<'_>, intake: &mut Intake<'_>) -> Result<(), Stop> {
    let has = |name: &[u8]| input.head().windows(name.len()).any(|window| window == name);
    if input.first_byte() == Some(b'[') {
        let is_spoken =
            ["podcast", "audiobook", "video"].iter().any(|word| intake.is_file_of(word));
        return each_element(input, None, intake, &mut |intake, place, row| {
            intake.take(place, stream_outcome(row, is_spoken))
        });
    }
    if has(b"\"playlists\"") {
        return each_element(input, Some("playlists"), intake, &mut take_playlist);
    }
    let at = intake.tally.last.unwrap_or(intake.options.now);
    each_element(input, Some("tracks"), intake, &mut |intake, place, row| {
        intake.take(place, like_outcome(row, at))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stream<'a> {
    #[serde(borrow)]
    end_time: Option<Text<'a>>,
    artist_name: Option<Text<'a>>,
    track_name: Option<Text<'a>>,
    podcast_name: Option<Text<'a>>,
    episode_name: Option<Text<'a>>,
    ms_played: Option<u64>,
}

fn stream_outcome(row: &[u8], is_spoken: bool) -> Outcome {
    let stream: Stream<'_> = parse(row)?;
    if is_spoken || stream.podcast_name.is_some() || stream.episode_name.is_some() {
        return Ok(Row::NotMusic);
    }
    let event = || -> Result<Event, RejectReason> {
        let ended_at: DateTime = match text(&stream.end_time) {
            "" => return Err(RejectReason::MissingField("endTime")),
            end => end.parse().map_err(|_unreadable: jiff::Error| RejectReason::UnreadableTime)?,
        };
        let ended_at =
            moment::of_local(ended_at, &TimeZone::UTC).ok_or(RejectReason::UnreadableTime)?;
        let played =
            Duration::from_millis(stream.ms_played.ok_or(RejectReason::MissingField("msPlayed"))?);
        let at = moment::start(ended_at, played)?;
        Ok(Event { played: Some(played), ..Event::new(Interaction::Play, at) })
    };
    let (artist, title) = (text(&stream.artist_name), text(&stream.track_name));
    let event = event().map_err(|reason| {
        Problem::new(reason, None, excerpt(artist, title, text(&stream.end_time)))
    })?;
    let recording = Credit { title: clean(title), artist: clean(artist), ..Credit::default() };
    Ok(Row::Entry(Entry::Listen(Listen { listener: None, recording, event })))
}

#[derive(Deserialize)]
struct Saved<'a> {
    #[serde(borrow)]
    artist: Option<Text<'a>>,
    album: Option<Text<'a>>,
    track: Option<Text<'a>>,
    uri: Option<Text<'a>>,
}

fn like_outcome(row: &[u8], at: Timestamp) -> Outcome {
    let saved: Saved<'_> = parse(row)?;
    let recording = Credit {
        title: clean(text(&saved.track)),
        artist: clean(text(&saved.artist)),
        release: known(text(&saved.album)),
        spotify: spotify(text(&saved.uri)),
        ..Credit::default()
    };
    Ok(Row::Entry(Entry::Listen(Listen {
        listener: None,
        recording,
        event: Event::new(Interaction::Like, at),
    })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Playlist<'a> {
    #[serde(borrow)]
    last_modified_date: Option<Text<'a>>,
    #[serde(borrow, default)]
    items: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    #[serde(borrow)]
    track: Option<Track<'a>>,
    episode: Option<&'a RawValue>,
    audiobook: Option<&'a RawValue>,
    added_date: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Track<'a> {
    #[serde(borrow)]
    track_name: Option<Text<'a>>,
    artist_name: Option<Text<'a>>,
    album_name: Option<Text<'a>>,
    track_uri: Option<Text<'a>>,
}

fn take_playlist(intake: &mut Intake<'_>, place: Place, row: &[u8]) -> Result<(), Stop> {
    let playlist: Playlist<'_> = match parse(row) {
        Ok(playlist) => playlist,
        Err(reason) => return intake.reject(place, reason),
    };
    let Place::Element(element) = place else { return Ok(()) };
    for (ix, item) in playlist.items.iter().enumerate() {
        let outcome = addition_outcome(item.get().as_bytes(), text(&playlist.last_modified_date));
        intake.take(Place::Track { element, track: ix + 1 }, outcome)?;
    }
    Ok(())
}

/// An addition, at its own day or, where it has none, the last day of its playlist.
fn addition_outcome(row: &[u8], last_modified: &str) -> Outcome {
    let item: Item<'_> = parse(row)?;
    let Some(track) = item.track else {
        let is_spoken = item.episode.is_some() || item.audiobook.is_some();
        return if is_spoken {
            Ok(Row::NotMusic)
        } else {
            Err(RejectReason::MissingField("track").into())
        };
    };
    let (artist, title) = (text(&track.artist_name), text(&track.track_name));
    let day = Some(text(&item.added_date)).filter(|day| !day.is_empty()).unwrap_or(last_modified);
    let at = moment::parse(day, &TimeZone::UTC)
        .map_err(|reason| Problem::new(reason, None, excerpt(artist, title, day)))?;
    let recording = Credit {
        title: clean(title),
        artist: clean(artist),
        release: known(text(&track.album_name)),
        spotify: spotify(text(&track.track_uri)),
        ..Credit::default()
    };
    let event = Event::new(Interaction::PlaylistAdd, at);
    Ok(Row::Entry(Entry::Listen(Listen { listener: None, recording, event })))
}
