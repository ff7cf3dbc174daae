//! Is Spotify's extended history read as it is meant?

use std::time::Duration;

use listens::{ContextPolicy, Format, Options};
use music::{Context, Credit, Device, End, Event, Interaction, Listen};

use crate::reading::{bytes, options};

/// One stream with the fields that matter; the rest as Spotify writes them.
pub(crate) fn stream(ts: &str, ms_played: u64, more: &str) -> String {
    format!(
        r#"{{"ts":"{ts}","username":"ada","platform":"Android OS 9 API 28 (x)","ms_played":{ms_played},
        "conn_country":"DE","ip_addr_decrypted":"203.0.113.9","user_agent_decrypted":"agent-x",
        "master_metadata_track_name":"Blue in Green","master_metadata_album_artist_name":"Miles Davis",
        "master_metadata_album_album_name":"Kind of Blue","spotify_track_uri":"spotify:track:0aWMVrwxPNYkKmFthzmpRi",
        "episode_name":null,"episode_show_name":null,"spotify_episode_uri":null,
        "reason_start":"trackdone","shuffle":false,"offline":false,"offline_timestamp":1700000000{more}}}"#
    )
}

#[test]
fn a_stream_starts_its_length_before_ts_and_carries_names_keys_and_end() {
    let text = format!(
        "[{}]",
        stream("2023-01-02T03:04:05Z", 65_000, r#","reason_end":"trackdone","skipped":null"#)
    );
    let reading = bytes("endsong_0.json", text, &options());
    let expected = Listen {
        listener: Some("ada".into()),
        recording: Credit {
            title: "Blue in Green".into(),
            artist: "Miles Davis".into(),
            release: Some("Kind of Blue".into()),
            spotify: Some("spotify:track:0aWMVrwxPNYkKmFthzmpRi".into()),
            ..Credit::default()
        },
        event: Event {
            played: Some(Duration::from_secs(65)),
            end: Some(End::Finished),
            ..Event::new(Interaction::Play, "2023-01-02T03:03:00Z".parse().unwrap())
        },
    };
    assert_eq!(reading.listens(), [&expected]);
    assert!(reading.tally.formats.contains(&Format::Spotify));
}

#[test]
fn private_plays_are_counted_and_never_handed_over_not_even_as_rejects() {
    let private = stream("not a moment", 1, r#","incognito_mode":true"#);
    let reading = bytes("a.json", format!("[{private}]"), &options());
    assert_eq!((reading.tally.private, reading.entries.len(), reading.rejects.len()), (1, 0, 0));
}

#[test]
fn podcasts_audiobooks_and_videos_are_not_music() {
    let podcast = r#"{"ts":"2023-01-02T03:04:05Z","ms_played":5,"master_metadata_track_name":null,"episode_name":"One"}"#;
    let book = r#"{"ts":"2023-01-02T03:04:05Z","ms_played":5,"master_metadata_track_name":null,"audiobook_uri":"u"}"#;
    let reading = bytes("a.json", format!("[{podcast},\n{book}]"), &options());
    assert_eq!((reading.tally.not_music, reading.entries.len()), (2, 0));
    let video = format!("[{}]", stream("2023-01-02T03:04:05Z", 1, ""));
    assert_eq!(bytes("Streaming_History_Video_2023.json", video, &options()).tally.not_music, 1);
}

#[test]
fn country_and_device_stay_only_where_they_are_asked_for() {
    let text = format!("[{}]", stream("2023-01-02T03:04:05Z", 1, ""));
    let keep = Options { keep_context: ContextPolicy::Keep, ..options() };
    let expected = Context { country: Some("DE".into()), device: Some(Device::Mobile) };
    assert_eq!(bytes("a.json", &text, &keep).listens()[0].event.context, expected);
    assert_eq!(bytes("a.json", &text, &options()).listens()[0].event.context, Context::default());
}

#[test]
fn a_reject_tells_artist_title_and_moment_and_never_an_address_or_agent() {
    let text = format!("[{}]", stream("2033-01-02T03:04:05Z", 0, ""));
    let reading = bytes("a.json", text, &options());
    let reject = &reading.rejects[0];
    assert_eq!(reject.reason.name(), "future");
    assert_eq!(reject.listener.as_deref(), Some("ada"));
    assert_eq!(
        reject.excerpt,
        "artist: Miles Davis, title: Blue in Green, at: 2033-01-02T03:04:05Z"
    );
}
