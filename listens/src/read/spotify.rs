//! What does Spotify's extended streaming history say?
//!
//! A JSON array of streams; `ts` is the end of a stream, in UTC.
//! Addresses, user agents and decrypted locations are never read; plays of a private session are counted and forgotten.

use std::time::Duration;

use jiff::Timestamp;
use music::{Context, Credit, Device, End, Entry, Event, Interaction, Listen};
use serde::Deserialize;

use super::cleaning::{clean, known, spotify};
use super::intake::Intake;
use super::json::{Text, each_element, parse, text};
use super::{Outcome, Row, moment};
use crate::reject::{Problem, excerpt};
use crate::source::{Input, Stop};
use crate::{ContextPolicy, RejectReason};

/// Reads one file of streams; those of a file of videos are no music.
pub(super) fn read(input: &mut Input<'_>, intake: &mut Intake<'_>) -> Result<(), Stop> {
    let is_video = intake.is_file_of("Streaming_History_Video");
    let policy = intake.options.keep_context;
    each_element(input, None, intake, &mut |intake, place, row| {
        intake.take(place, row_of(row, is_video, policy))
    })
}

/// One stream; fields that are not named here are skipped unread.
#[derive(Deserialize)]
struct Stream<'a> {
    #[serde(borrow)]
    ts: Option<Text<'a>>,
    username: Option<Text<'a>>,
    platform: Option<Text<'a>>,
    ms_played: Option<u64>,
    conn_country: Option<Text<'a>>,
    #[serde(rename = "master_metadata_track_name")]
    track: Option<Text<'a>>,
    #[serde(rename = "master_metadata_album_artist_name")]
    artist: Option<Text<'a>>,
    #[serde(rename = "master_metadata_album_album_name")]
    album: Option<Text<'a>>,
    spotify_track_uri: Option<Text<'a>>,
    episode_name: Option<Text<'a>>,
    spotify_episode_uri: Option<Text<'a>>,
    audiobook_title: Option<Text<'a>>,
    audiobook_uri: Option<Text<'a>>,
    reason_end: Option<Text<'a>>,
    skipped: Option<bool>,
    incognito_mode: Option<bool>,
}

fn row_of(row: &[u8], is_video: bool, policy: ContextPolicy) -> Outcome {
    let stream: Stream<'_> = parse(row)?;
    let spoken = [
        &stream.episode_name,
        &stream.spotify_episode_uri,
        &stream.audiobook_title,
        &stream.audiobook_uri,
    ];
    if stream.incognito_mode == Some(true) {
        return Ok(Row::Private);
    }
    let is_spoken = text(&stream.track).is_empty() && spoken.iter().any(|field| field.is_some());
    if is_video || is_spoken {
        return Ok(Row::NotMusic);
    }
    listen_of(&stream, policy).map(|listen| Row::Entry(Entry::Listen(listen))).map_err(|reason| {
        let listener = stream.username.as_ref().map(|name| &*name.0);
        Problem::new(
            reason,
            listener,
            excerpt(text(&stream.artist), text(&stream.track), text(&stream.ts)),
        )
    })
}

fn listen_of(stream: &Stream<'_>, policy: ContextPolicy) -> Result<Listen, RejectReason> {
    let ended_at: Timestamp = match text(&stream.ts) {
        "" => return Err(RejectReason::MissingField("ts")),
        ts => ts.parse().map_err(|_unreadable: jiff::Error| RejectReason::UnreadableTime)?,
    };
    let played =
        Duration::from_millis(stream.ms_played.ok_or(RejectReason::MissingField("ms_played"))?);
    let recording = Credit {
        title: clean(text(&stream.track)),
        artist: clean(text(&stream.artist)),
        release: known(text(&stream.album)),
        spotify: spotify(text(&stream.spotify_track_uri)),
        ..Credit::default()
    };
    let event = Event {
        played: Some(played),
        end: end_of(text(&stream.reason_end), stream.skipped),
        context: match policy {
            ContextPolicy::Drop => Context::default(),
            ContextPolicy::Keep => context_of(text(&stream.conn_country), text(&stream.platform)),
        },
        ..Event::new(Interaction::Play, moment::start(ended_at, played)?)
    };
    Ok(Listen { listener: known(text(&stream.username)), recording, event })
}

/// A stream that ran out is finished, whatever `skipped` says; then `skipped` counts, then the reason.
fn end_of(reason: &str, skipped: Option<bool>) -> Option<End> {
    match (reason, skipped) {
        ("trackdone", _) => Some(End::Finished),
        (_, Some(true)) => Some(End::Skipped),
        ("fwdbtn" | "backbtn" | "clickrow" | "clickside" | "playbtn", _) => Some(End::MovedOn),
        ("", _) => None,
        _ => Some(End::Stopped),
    }
}

fn context_of(country: &str, platform: &str) -> Context {
    // ZZ stands for "unknown" (CLDR).
    let is_country = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_alphabetic());
    let country =
        (is_country && !country.eq_ignore_ascii_case("zz")).then(|| country.to_ascii_uppercase());
    Context { country, device: device_of(&platform.to_lowercase()) }
}

/// The class of a platform such as "Android OS 9 API 28 (samsung)", "Partner google cast" or "web_player windows 10".
fn device_of(platform: &str) -> Option<Device> {
    const KNOWN: [(Device, &[&str]); 3] = [
        (
            Device::Home,
            &[
                "partner",
                "cast",
                "tv",
                "sonos",
                "playstation",
                "ps4",
                "ps5",
                "xbox",
                "alexa",
                "garmin",
            ],
        ),
        (Device::Mobile, &["android", "ios", "iphone", "ipad", "windows phone"]),
        (Device::Desktop, &["windows", "os x", "osx", "macos", "linux", "web"]),
    ];
    KNOWN
        .iter()
        .find(|(_, words)| words.iter().any(|word| platform.contains(word)))
        .map(|(device, _)| *device)
}

#[cfg(test)]
mod tests {
    use music::{Device, End};

    use super::{device_of, end_of};

    #[test]
    fn a_platform_becomes_a_coarse_class() {
        for (platform, expected) in [
            ("android os 9 api 28 (samsung, sm-g960f)", Some(Device::Mobile)),
            ("ios 14.4 (iphone12,1)", Some(Device::Mobile)),
            ("partner android_tv sony", Some(Device::Home)),
            ("web_player windows 10;chrome 88", Some(Device::Desktop)),
            ("os x 10.15.7 [x86 8]", Some(Device::Desktop)),
            ("", None),
        ] {
            assert_eq!(device_of(platform), expected, "{platform}");
        }
    }

    #[test]
    fn a_reason_says_how_a_stream_ended() {
        assert_eq!(end_of("trackdone", Some(true)), Some(End::Finished));
        assert_eq!(end_of("fwdbtn", None), Some(End::MovedOn));
        assert_eq!(end_of("logout", Some(true)), Some(End::Skipped));
        assert_eq!(end_of("unexpected-exit-while-paused", Some(false)), Some(End::Stopped));
        assert_eq!(end_of("", None), None);
    }
}
