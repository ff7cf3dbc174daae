//! How is a log written, so that `read` understands it?
//!
//! The demo writes its simulated log with these, so that it enters through the same door as a real one.
//! What a format has no field for is left out: Spotify's history and the Last.fm table have listens only.

use std::borrow::Borrow;
use std::io::{self, Write};
use std::time::Duration;

use jiff::SignedDuration;
use music::{CatalogueEntry, Credit, Device, End, Listen};
use serde_json::{Map, Value, json};

/// Writes listens as an `endsong_*.json`: names, Spotify key, start and end, context; no length and no other keys.
///
/// A play whose duration is unknown is written as one of its length, or of no time at all.
///
/// # Errors
/// What `to` says.
pub fn write_spotify(
    listens: impl IntoIterator<Item = impl Borrow<Listen>>,
    to: &mut impl Write,
) -> io::Result<()> {
    let mut before = "[\n";
    for listen in listens {
        let listen = listen.borrow();
        if listen.event.kind.is_listen() {
            to.write_all(before.as_bytes())?;
            serde_json::to_writer(&mut *to, &stream_of(listen))?;
            before = ",\n";
        }
    }
    let after = if before == "[\n" { "[]\n" } else { "\n]\n" };
    to.write_all(after.as_bytes())
}

/// Writes listens as the Last.fm-1K table: user, start, artist id, artist, recording id, title.
///
/// # Errors
/// What `to` says.
pub fn write_lastfm_1k(
    listens: impl IntoIterator<Item = impl Borrow<Listen>>,
    to: &mut impl Write,
) -> io::Result<()> {
    for listen in listens {
        let Listen { listener, recording, event } = listen.borrow();
        if event.kind.is_listen() {
            let user = listener.as_deref().unwrap_or_default();
            let artist_id = recording.artist_mbids.first().map_or("", String::as_str);
            let track_id = recording.mbid.as_deref().unwrap_or_default();
            let at = event.at.to_string();
            let cells = [user, &at, artist_id, &recording.artist, track_id, &recording.title];
            writeln!(to, "{}", cells.map(|cell| cell.replace(char::is_control, " ")).join("\t"))?;
        }
    }
    Ok(())
}

/// Writes what listeners said about recordings as JSON lines, whatever the kind of interaction.
///
/// # Errors
/// What `to` says.
pub fn write_feedback(
    listens: impl IntoIterator<Item = impl Borrow<Listen>>,
    to: &mut impl Write,
) -> io::Result<()> {
    for listen in listens {
        let Listen { listener, recording, event } = listen.borrow();
        let said = [
            ("listener", json!(listener)),
            ("kind", json!(event.kind.name())),
            ("at", json!(event.at)),
        ];
        write_line(said.into_iter().chain(credit_fields(recording)), to)?;
    }
    Ok(())
}

/// Writes what is known of recordings as JSON lines.
///
/// # Errors
/// What `to` says.
pub fn write_catalogue(
    entries: impl IntoIterator<Item = impl Borrow<CatalogueEntry>>,
    to: &mut impl Write,
) -> io::Result<()> {
    for entry in entries {
        let entry = entry.borrow();
        write_line(credit_fields(&entry.credit).into_iter().chain(known_fields(entry)), to)?;
    }
    Ok(())
}

fn stream_of(listen: &Listen) -> Value {
    let Listen { listener, recording, event } = listen;
    let played = event.played.or(event.length).unwrap_or_default();
    let ended_at =
        SignedDuration::try_from(played).ok().and_then(|played| event.at.checked_add(played).ok());
    let (reason_end, skipped) = match event.end {
        Some(End::Finished) => (Some("trackdone"), Some(false)),
        Some(End::Skipped) => (Some("fwdbtn"), Some(true)),
        Some(End::MovedOn) => (Some("fwdbtn"), Some(false)),
        Some(End::Stopped) => (Some("logout"), Some(false)),
        None => (None, None),
    };
    let platform = event.context.device.map(|device| match device {
        Device::Mobile => "android",
        Device::Desktop => "linux",
        Device::Home => "partner",
    });
    json!({
        "ts": ended_at.unwrap_or(event.at),
        "username": listener,
        "platform": platform,
        "ms_played": millis(played),
        "conn_country": event.context.country,
        "master_metadata_track_name": recording.title,
        "master_metadata_album_artist_name": recording.artist,
        "master_metadata_album_album_name": recording.release,
        "spotify_track_uri": recording.spotify,
        "episode_name": null,
        "episode_show_name": null,
        "spotify_episode_uri": null,
        "reason_start": "trackdone",
        "reason_end": reason_end,
        "shuffle": false,
        "skipped": skipped,
        "offline": false,
        "offline_timestamp": null,
        "incognito_mode": false,
    })
}

fn credit_fields(credit: &Credit) -> [(&'static str, Value); 9] {
    [
        ("title", json!(credit.title)),
        ("artist", json!(credit.artist)),
        ("release", json!(credit.release)),
        ("recording_mbid", json!(credit.mbid)),
        ("artist_mbids", json!(credit.artist_mbids)),
        ("release_mbid", json!(credit.release_mbid)),
        ("isrc", json!(credit.isrc)),
        ("spotify", json!(credit.spotify)),
        ("item", json!(credit.item)),
    ]
}

fn known_fields(entry: &CatalogueEntry) -> [(&'static str, Value); 9] {
    let tags: Vec<Value> =
        entry.tags.iter().map(|tag| json!({"name": tag.name, "weight": tag.weight})).collect();
    [
        ("length_ms", json!(entry.length.map(millis))),
        ("released", json!(entry.released)),
        ("tags", json!(tags)),
        ("tempo", json!(entry.tempo)),
        ("key", json!(entry.key)),
        ("labels", json!(entry.labels)),
        ("groups", json!(entry.groups)),
        ("location", json!(entry.location)),
        ("available", json!(entry.is_available)),
    ]
}

/// Writes one JSON object; what is not known is left out.
fn write_line(
    fields: impl IntoIterator<Item = (&'static str, Value)>,
    to: &mut impl Write,
) -> io::Result<()> {
    let known = fields.into_iter().filter(|(_, value)| !value.is_null() && *value != json!([]));
    let object: Map<String, Value> = known.map(|(name, value)| (name.to_owned(), value)).collect();
    serde_json::to_writer(&mut *to, &object)?;
    to.write_all(b"\n")
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
