//! Does what was written come back as it was?

use std::time::Duration;

use listens::{ContextPolicy, Options};
use music::{CatalogueEntry, Context, Credit, Device, End, Event, Interaction, Listen, Tag};

use crate::reading::{bytes, options};

fn listens() -> Vec<Listen> {
    let at = |secs: i64| jiff::Timestamp::from_second(1_672_628_640 + secs).unwrap();
    let recording = |title: &str, spotify: Option<&str>| Credit {
        title: title.into(),
        artist: "Café \"Tacvba\" \\ feat. Ω".into(),
        release: Some("Re".into()),
        spotify: spotify.map(str::to_owned),
        ..Credit::default()
    };
    let ends =
        [None, Some(End::Finished), Some(End::Skipped), Some(End::MovedOn), Some(End::Stopped)];
    let listen = |(ix, end): (usize, Option<End>)| Listen {
        listener: (ix > 0).then(|| format!("listener {ix}")),
        recording: recording(&format!("title {ix}"), (ix > 2).then_some("spotify:track:a1")),
        event: Event {
            played: Some(Duration::from_millis(1234 * ix as u64)),
            end,
            context: Context { country: Some("NZ".into()), device: Some(Device::Home) },
            ..Event::new(Interaction::Play, at(600 * i64::try_from(ix).unwrap()))
        },
    };
    ends.into_iter().enumerate().map(listen).collect()
}

#[test]
fn a_spotify_history() {
    let listens = listens();
    let mut text = Vec::new();
    listens::write_spotify(&listens, &mut text).unwrap();
    let keep = Options { keep_context: ContextPolicy::Keep, ..options() };
    let reading = bytes("endsong_0.json", text, &keep);
    assert_eq!(reading.listens(), listens.iter().collect::<Vec<_>>());
}

#[test]
fn an_empty_spotify_history() {
    let mut text = Vec::new();
    listens::write_spotify(Vec::<Listen>::new(), &mut text).unwrap();
    assert_eq!(text, b"[]\n");
}

#[test]
fn a_table_of_last_fm() {
    let mut listens = listens();
    for listen in &mut listens {
        listen.listener = Some("ada".into());
        listen.event = Event::new(Interaction::Play, listen.event.at);
        listen.recording = Credit { release: None, spotify: None, ..listen.recording.clone() };
    }
    let mut text = Vec::new();
    listens::write_lastfm_1k(&listens, &mut text).unwrap();
    assert_eq!(bytes("a.tsv", text, &options()).listens(), listens.iter().collect::<Vec<_>>());
}

#[test]
fn feedback() {
    let mut listens = listens();
    for (listen, kind) in listens.iter_mut().zip(Interaction::KNOWN) {
        listen.event = Event::new(kind, listen.event.at);
    }
    let mut text = Vec::new();
    listens::write_feedback(&listens, &mut text).unwrap();
    assert_eq!(bytes("f.jsonl", text, &options()).listens(), listens.iter().collect::<Vec<_>>());
}

#[test]
fn a_catalogue() {
    let full = CatalogueEntry {
        credit: Credit {
            title: "Spoon".into(),
            artist: "Can".into(),
            release: Some("Ege Bamyasi".into()),
            mbid: Some("c0ffee00-0000-4000-8000-000000000001".into()),
            artist_mbids: vec!["c0ffee00-0000-4000-8000-000000000002".into()],
            release_mbid: Some("c0ffee00-0000-4000-8000-000000000003".into()),
            isrc: Some("DEF300000010".into()),
            spotify: Some("spotify:track:a1".into()),
            item: Some("17".into()),
        },
        length: Some(Duration::from_millis(183_123)),
        released: Some("1972-11-29".parse().unwrap()),
        tags: vec![Tag { name: "krautrock".into(), weight: 2.5 }],
        tempo: Some(117.5),
        key: Some("Am".into()),
        labels: vec!["remaster".into(), "explicit".into()],
        groups: vec!["local".into()],
        location: Some("https://example.org/a.mp3".into()),
        is_available: Some(false),
    };
    let bare = Credit { title: "Soup".into(), artist: "Can".into(), ..Credit::default() };
    let entries = [full, CatalogueEntry { credit: bare, ..CatalogueEntry::default() }];
    let mut text = Vec::new();
    listens::write_catalogue(&entries, &mut text).unwrap();
    assert_eq!(bytes("c.jsonl", text, &options()).catalogue(), entries.iter().collect::<Vec<_>>());
}
