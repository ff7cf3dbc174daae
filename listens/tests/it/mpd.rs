//! Is a slice of the Million Playlist Dataset read as it is meant?

use std::time::Duration;

use listens::Format;
use music::Interaction;

use crate::reading::{bytes, options};

#[test]
fn each_playlist_is_a_listener_who_likes_its_tracks() {
    let text = r#"{
        "info": {"generated_on": "2017-12-03", "slice": "0-999", "playlists": [1]},
        "playlists": [
            {"name": "a", "collaborative": "false", "pid": 7, "modified_at": 1493424000, "tracks": [
                {"pos": 0, "artist_name": "Can", "track_uri": "spotify:track:a1", "artist_uri": "spotify:artist:x",
                 "track_name": "Spoon", "duration_ms": 183000, "album_name": "Ege Bamyasi"},
                {"pos": 1, "artist_name": "", "track_name": "Soup"}
            ]},
            {"name": "b", "modified_at": 1493424000, "tracks": []}
        ]
    }"#;
    let reading = bytes("mpd.slice.0-999.json", text, &options());
    let listen = reading.listens()[0];
    assert_eq!(listen.listener.as_deref(), Some("mpd-7"));
    assert_eq!(
        (&listen.event.kind, listen.event.length),
        (&Interaction::Like, Some(Duration::from_secs(183)))
    );
    assert_eq!(listen.event.at.to_string(), "2017-04-29T00:00:00Z");
    assert_eq!(
        reading.reasons(),
        [("element 1, track 2", "no-artist"), ("element 2", "missing-field")]
    );
    assert!(reading.tally.formats.contains(&Format::Mpd));
}
