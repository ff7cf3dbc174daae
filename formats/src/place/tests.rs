//! Does every place become a URI?

use music::{Link, Reason, RecordingId, Tier, Track};

use super::{uri, written};

#[test]
fn paths_and_addresses_become_uris() {
    for (place, expected) in [
        ("https://example.org/a b?x=1#y", "https://example.org/a%20b?x=1#y"),
        ("https://example.org/a%20b", "https://example.org/a%20b"),
        ("spotify:track:4uLU6hMCjMI75M1A2tKUQC", "spotify:track:4uLU6hMCjMI75M1A2tKUQC"),
        ("/music/100% #1.mp3", "file:///music/100%25%20%231.mp3"),
        ("music/林檎.flac", "music/%E6%9E%97%E6%AA%8E.flac"),
        (r"C:\Music\a b.mp3", "file:///C:/Music/a%20b.mp3"),
        (r"\\server\share\a.mp3", "file://server/share/a.mp3"),
        ("1:2.mp3", "1%3A2.mp3"),
    ] {
        assert_eq!(uri(&at(Some(place), &[])).as_deref(), Some(expected), "{place}");
    }
}

#[test]
fn the_surest_link_stands_in_for_a_place() {
    let links = ["https://a.example/", "https://b.example/"];
    assert_eq!(written(&at(None, &links)), Some("https://a.example/"));
    assert_eq!(written(&at(Some(" "), &links)), Some("https://a.example/"));
    assert_eq!(written(&at(Some("a.mp3"), &links)), Some("a.mp3"));
    assert_eq!(written(&at(None, &[])), None);
}

fn at(location: Option<&str>, links: &[&str]) -> Track {
    Track {
        position: 1,
        recording: RecordingId(1),
        title: "Title".to_owned(),
        artist: "Artist".to_owned(),
        release: None,
        year: None,
        length: None,
        imputed: Vec::new(),
        score: 1.0,
        recording_mbid: None,
        artist_mbids: Vec::new(),
        release_mbid: None,
        isrc: None,
        location: location.map(str::to_owned),
        links: links
            .iter()
            .map(|&url| Link { site: "search".to_owned(), url: url.to_owned() })
            .collect(),
        tier: Tier::Core,
        sources: Vec::new(),
        region: None,
        propensity: None,
        serves: Vec::new(),
        is_new: true,
        reason: Reason { text: String::new(), contributions: Vec::new() },
        is_blocked: false,
    }
}
