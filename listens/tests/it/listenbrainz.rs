//! Is a `ListenBrainz` export read as it is meant?

use std::time::Duration;

use listens::{Format, Options};
use music::{Credit, Event, Interaction, Listen};

use crate::reading::{bytes, options, try_path, zip};

const RICH: &str = r#"{"listened_at": 1672628640, "user_name": "ada", "track_metadata": {
"artist_name": "Can", "track_name": "Vitamin C", "release_name": "Ege Bamyasi",
"additional_info": {"isrc": "de-f3-0000001-0", "spotify_id": "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC",
"duration_ms": "214000", "duration_played": 100, "origin_url": "http://x", "artist_mbids": [], "tags": ["a"]},
"mbid_mapping": {"recording_mbid": "C0FFEE00-0000-4000-8000-000000000001",
"artist_mbids": ["c0ffee00-0000-4000-8000-000000000002", "no id"],
"release_mbid": "c0ffee00-0000-4000-8000-000000000003"}}}"#;

fn rich() -> Listen {
    Listen {
        listener: Some("ada".into()),
        recording: Credit {
            title: "Vitamin C".into(),
            artist: "Can".into(),
            release: Some("Ege Bamyasi".into()),
            mbid: Some("c0ffee00-0000-4000-8000-000000000001".into()),
            artist_mbids: vec!["c0ffee00-0000-4000-8000-000000000002".into()],
            release_mbid: Some("c0ffee00-0000-4000-8000-000000000003".into()),
            isrc: Some("DEF300000010".into()),
            spotify: Some("spotify:track:4uLU6hMCjMI75M1A2tKUQC".into()),
            item: None,
        },
        event: Event {
            played: Some(Duration::from_secs(100)),
            length: Some(Duration::from_secs(214)),
            ..Event::new(Interaction::Play, "2023-01-02T03:04:00Z".parse().unwrap())
        },
    }
}

#[test]
fn a_listen_carries_every_key_it_has_whether_in_lines_or_in_an_array() {
    let line = RICH.replace('\n', " ");
    assert_eq!(
        bytes("1.jsonl", format!("{line}\n{line}\n"), &options()).listens(),
        [&rich(), &rich()]
    );
    assert_eq!(
        bytes("all.json", format!("[{RICH}, {RICH}]"), &options()).listens(),
        [&rich(), &rich()]
    );
}

#[test]
fn odd_types_in_additional_info_cost_the_key_and_not_the_listen() {
    let line = r#"{"listened_at": 1672628640, "track_metadata": {"artist_name": "Can", "track_name": "Spoon",
        "additional_info": {"isrc": ["x"], "duration_ms": {}, "duration": null, "recording_mbid": 7}}}"#;
    let reading = bytes("1.jsonl", line.replace('\n', " "), &options());
    assert_eq!(reading.listens()[0].recording.title, "Spoon");
    assert_eq!(reading.listens()[0].event.length, None);
}

#[test]
fn an_export_holds_listens_and_feedback_and_leaves_the_rest_alone() {
    let listen = RICH.replace('\n', " ");
    let love = r#"{"recording_mbid": "c0ffee00-0000-4000-8000-000000000001", "recording_msid": null, "score": 1, "created": 1672628700}"#;
    let lost = r#"{"recording_mbid": null, "recording_msid": "c0ffee00-0000-4000-8000-000000000009", "score": -1, "created": 1672628700}"#;
    let pinned = r#"{"pinned_until": 1, "created": 2, "track_metadata": {"artist_name": "Can", "track_name": "Spoon"}}"#;
    let files = [
        ("feedback.jsonl", format!("{love}\n{lost}\n")),
        ("listens/2023/1.jsonl", format!("{listen}\n")),
        ("pinned_recording.jsonl", format!("{pinned}\n")),
        ("user.json", r#"{"user_id": 1, "username": "ada"}"#.to_owned()),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("listenbrainz_ada.zip");
    fs_err::write(&path, zip(&files.each_ref().map(|(name, text)| (*name, text.as_str()))))
        .unwrap();
    let reading = try_path(&path, &options()).unwrap();
    let kinds: Vec<_> = reading.listens().iter().map(|listen| listen.event.kind.clone()).collect();
    // Feedback by key comes after the listens that explain the key.
    assert_eq!(kinds, [Interaction::Play, Interaction::Like]);
    assert_eq!(reading.reasons(), [("line 2", "no-names")]);
    assert_eq!(reading.tally.skipped_files, ["pinned_recording.jsonl", "user.json"]);
}

#[test]
fn feedback_that_names_nobody_belongs_to_the_one_account_of_the_listens_beside_it() {
    let listen = RICH.replace('\n', " ");
    let of_bob = listen.replace("\"ada\"", "\"bob\"");
    let of_nobody = listen.replace("\"user_name\": \"ada\",", "");
    let love = r#"{"recording_mbid": "c0ffee00-0000-4000-8000-000000000001", "score": 1, "created": 1672628700}"#;
    let (ada, bob) = (r#"{"user_id": 1, "username": "ada"}"#, r#"{"musicbrainz_id": "bob"}"#);
    let array = format!("[{listen},\n{listen}]");
    for (user, first, second, expected) in [
        (ada, &listen, &listen, Some("ada")),
        ("", &listen, &of_nobody, Some("ada")),
        ("", &array, &array, Some("ada")),
        ("", &listen, &of_bob, None),
        (bob, &listen, &listen, None),
        // The listens go to whom the caller says, and so must the feedback.
        (ada, &of_nobody, &of_nobody, None),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export.zip");
        let files = [
            ("feedback.jsonl", love),
            ("1.jsonl", first),
            ("2.jsonl", second),
            ("user.json", user),
        ];
        fs_err::write(&path, zip(&files)).unwrap();
        for only in [None, Some(Format::Feedback)] {
            let reading = try_path(&path, &Options { only, ..options() }).unwrap();
            let like = reading.listens().into_iter().last().unwrap();
            assert_eq!(like.event.kind, Interaction::Like);
            assert_eq!(like.listener.as_deref(), expected, "{user} {first} {second}");
        }
    }
}

#[test]
fn a_moment_with_a_fraction_is_that_moment() {
    let line = RICH.replace('\n', " ").replace("1672628640", "1672628640.000000");
    assert_eq!(bytes("1.jsonl", line, &options()).listens(), [&rich()]);
}
