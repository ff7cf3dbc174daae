//! What does a `ListenBrainz` export say?
//!
//! One listen a line, or an array of them; `listened_at` is the start, in seconds since 1970, with or without a fraction.
//! Format: docs/users/json.rst of the `ListenBrainz` server.
//! What a player wrote into `additional_info` is free in form: a key or length of the wrong shape is left out, the listen stands.

use music::{Credit, Entry, Event, Interaction, Listen};
use serde::Deserialize;
use serde_json::Value;

use super::cleaning::{clean, isrc, known, length, mbid, secs, spotify};
use super::intake::Intake;
use super::json::{Text, each_value, parse, text};
use super::{Outcome, Row, feedback, moment};
use crate::RejectReason;
use crate::reject::{Problem, excerpt};
use crate::source::{Input, Stop};

/// Reads listens; a line with a score instead of a moment is feedback.
pub(super) fn read(input: &mut Input<'_>, intake: &mut Intake<'_>) -> Result<(), Stop> {
    each_value(input, intake, &mut |intake, place, row| {
        let outcome = row_of(row, intake);
        intake.take(place, outcome)
    })
}

#[derive(Deserialize)]
struct Line<'a> {
    listened_at: Option<f64>,
    score: Option<i64>,
    #[serde(borrow)]
    user_name: Option<Text<'a>>,
    track_metadata: Option<Metadata<'a>>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    artist_name: Option<Text<'a>>,
    track_name: Option<Text<'a>>,
    release_name: Option<Text<'a>>,
    additional_info: Option<Additional>,
    mbid_mapping: Option<Mapping>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Additional {
    recording_mbid: Value,
    release_mbid: Value,
    artist_mbids: Value,
    isrc: Value,
    spotify_id: Value,
    duration_ms: Value,
    duration: Value,
    duration_played: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Mapping {
    recording_mbid: Value,
    release_mbid: Value,
    artist_mbids: Value,
}

fn row_of(row: &[u8], intake: &Intake<'_>) -> Outcome {
    let line: Line<'_> = parse(row)?;
    if line.score.is_some() && line.listened_at.is_none() {
        return feedback::row_of_json(row, intake);
    }
    let metadata = line.track_metadata.ok_or(RejectReason::MissingField("track_metadata"))?;
    let at = line
        .listened_at
        .ok_or(RejectReason::MissingField("listened_at"))
        .and_then(moment::of_fraction);
    let at = at.map_err(|reason| {
        let listener = line.user_name.as_ref().map(|name| &*name.0);
        Problem::new(
            reason,
            listener,
            excerpt(text(&metadata.artist_name), text(&metadata.track_name), ""),
        )
    })?;
    let listener = known(text(&line.user_name));
    let additional = metadata.additional_info.unwrap_or_default();
    let mapping = metadata.mbid_mapping.unwrap_or_default();
    let event = Event {
        played: number(&additional.duration_played).and_then(secs),
        length: length_of(&additional),
        ..Event::new(Interaction::Play, at)
    };
    let recording = Credit {
        title: clean(text(&metadata.track_name)),
        artist: clean(text(&metadata.artist_name)),
        release: known(text(&metadata.release_name)),
        mbid: key(&additional.recording_mbid, mbid).or_else(|| key(&mapping.recording_mbid, mbid)),
        artist_mbids: [&additional.artist_mbids, &mapping.artist_mbids]
            .map(keys)
            .into_iter()
            .find(|ids| !ids.is_empty())
            .unwrap_or_default(),
        release_mbid: key(&additional.release_mbid, mbid)
            .or_else(|| key(&mapping.release_mbid, mbid)),
        isrc: key(&additional.isrc, isrc),
        spotify: key(&additional.spotify_id, spotify),
        item: None,
    };
    Ok(Row::Entry(Entry::Listen(Listen { listener, recording, event })))
}

fn length_of(additional: &Additional) -> Option<std::time::Duration> {
    let millis = number(&additional.duration_ms).map(|millis| millis / 1000.0);
    millis.or_else(|| number(&additional.duration)).and_then(secs).and_then(length)
}

/// A number, also as a text.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn key(value: &Value, shape: fn(&str) -> Option<String>) -> Option<String> {
    shape(value.as_str()?)
}

fn keys(values: &Value) -> Vec<String> {
    values.as_array().into_iter().flatten().filter_map(|value| key(value, mbid)).collect()
}
