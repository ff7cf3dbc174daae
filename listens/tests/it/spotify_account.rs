//! Is Spotify's short account export read as it is meant?

use std::time::Duration;

use listens::Format;
use music::Interaction;

use crate::reading::{bytes, options, try_path, zip};

const HISTORY: &str = r#"[
  {"endTime" : "2023-01-02 03:05", "artistName" : "Nina Simone", "trackName" : "Sinnerman", "msPlayed" : 60000},
  {"endTime" : "2023-01-02 03:09", "podcastName" : "A show", "episodeName" : "One", "msPlayed" : 60000}
]"#;

const LIBRARY: &str = r#"{"tracks": [
  {"artist": "Can", "album": "Tago Mago", "track": "Halleluhwah", "uri": "spotify:track:4uLU6hMCjMI75M1A2tKUQC"}
], "albums": [{"artist": "x"}]}"#;

const PLAYLISTS: &str = r#"{"playlists": [{"name": "mine", "lastModifiedDate": "2023-02-03", "items": [
  {"track": {"trackName": "Vitamin C", "artistName": "Can", "albumName": "Ege Bamyasi", "trackUri": "spotify:track:a1"},
   "episode": null, "localTrack": null, "addedDate": "2023-01-02"},
  {"track": {"trackName": "Spoon", "artistName": "Can"}, "addedDate": null},
  {"track": null, "episode": {"episodeName": "x"}, "addedDate": "2023-01-02"},
  {"track": null, "episode": null, "localTrack": {"uri": "spotify:local:::x:1"}, "addedDate": "2023-01-02"}
]}]}"#;

#[test]
fn a_stream_starts_its_length_before_its_end_in_utc() {
    let reading = bytes("StreamingHistory0.json", HISTORY, &options());
    let listen = reading.listens()[0];
    assert_eq!(listen.event.at.to_string(), "2023-01-02T03:04:00Z");
    assert_eq!(listen.event.played, Some(Duration::from_mins(1)));
    assert_eq!(
        (listen.recording.title.as_str(), listen.recording.artist.as_str()),
        ("Sinnerman", "Nina Simone")
    );
    assert_eq!(reading.tally.not_music, 1);
    assert!(reading.tally.formats.contains(&Format::SpotifyAccount));
}

#[test]
fn streams_of_a_file_of_podcasts_are_not_music() {
    assert_eq!(bytes("StreamingHistory_podcast_0.json", HISTORY, &options()).tally.not_music, 2);
}

#[test]
fn hearts_are_likes_now_where_nothing_dates_them() {
    let reading = bytes("YourLibrary.json", LIBRARY, &options());
    let listen = reading.listens()[0];
    assert_eq!((&listen.event.kind, listen.event.at), (&Interaction::Like, options().now));
    assert_eq!(listen.recording.spotify.as_deref(), Some("spotify:track:4uLU6hMCjMI75M1A2tKUQC"));
    assert_eq!(listen.recording.release.as_deref(), Some("Tago Mago"));
}

#[test]
fn hearts_of_an_export_are_likes_at_its_newest_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my_spotify_data.zip");
    fs_err::write(
        &path,
        zip(&[("A/StreamingHistory0.json", HISTORY), ("A/YourLibrary.json", LIBRARY)]),
    )
    .unwrap();
    let reading = try_path(&path, &options()).unwrap();
    assert_eq!(reading.titles(), ["Sinnerman", "Halleluhwah"]);
    assert_eq!(reading.listens()[1].event.at.to_string(), "2023-01-02T03:04:00Z");
}

#[test]
fn tracks_of_playlists_are_additions_at_their_day() {
    let reading = bytes("Playlist1.json", PLAYLISTS, &options());
    let said: Vec<_> = reading
        .listens()
        .iter()
        .map(|listen| (&listen.event.kind, listen.event.at.to_string()))
        .collect();
    let added = &Interaction::PlaylistAdd;
    assert_eq!(
        said,
        [(added, "2023-01-02T00:00:00Z".to_owned()), (added, "2023-02-03T00:00:00Z".to_owned())]
    );
    assert_eq!(reading.tally.not_music, 1);
    assert_eq!(reading.reasons(), [("element 1, track 4", "missing-field")]);
}
