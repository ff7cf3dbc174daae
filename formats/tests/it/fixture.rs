//! Which lists are hard to write down?

use std::time::Duration;

use music::{
    Contribution, ItemKind, Link, ListKind, Playlist, Reason, RecordingId, Source, Tier, Track,
};

/// Everything that can go wrong in a title, and lines of which nothing is known.
pub(crate) fn nasty() -> Playlist {
    let tracks = vec![
        full(),
        Track {
            title: "丸ノ内サディスティック (百色眼鏡) と、とてもとても長いタイトルの曲".to_owned(),
            artist: "椎名林檎".to_owned(),
            length: Some(Duration::from_millis(235_600)),
            location: Some("/music/椎名林檎/#1 100%.flac".to_owned()),
            ..bare(2)
        },
        Track {
            title: "Line\nbreak \"quoted\" <b>bold</b> & \u{1b}[31mred\u{0}]]>".to_owned(),
            artist: "👩‍👩‍👧 Family, The".to_owned(),
            release: Some("A Very Long Release Title That No Terminal Has Room For, Volume Two (Deluxe Edition)".to_owned()),
            length: Some(Duration::from_secs(3_723)),
            location: Some("#1 hits\\a.mp3".to_owned()),
            is_blocked: true,
            ..bare(3)
        },
        Track {
            title: "The Quick Brown Fox Jumps over the Lazy Dog and Then Over the Next One and the One After That".to_owned(),
            artist: "An Orchestra with a Name That Goes On and On and On until the Curtain Falls".to_owned(),
            release: Some("Fox".to_owned()),
            links: vec![Link { site: "search".to_owned(), url: "https://example.org/search?q=a b".to_owned() }],
            is_blocked: true,
            ..bare(4)
        },
        Track {
            tier: Tier::Expand,
            sources: vec![Source::Exploration],
            region: Some("art rock: Radiohead".to_owned()),
            propensity: Some(0.125),
            ..bare(5)
        },
    ];
    Playlist {
        tracks,
        note: Some(
            "Three of five lines are of artists you never heard.\nThe rules left no more."
                .to_owned(),
        ),
        ..empty()
    }
}

/// A list without lines.
pub(crate) fn empty() -> Playlist {
    Playlist {
        listener: "ada & <bob>".to_owned(),
        week: "2026-W47".parse().expect("a week"),
        kind: ListKind::WeeklyExploration,
        items: ItemKind::Recordings,
        snapshot: "2026-11-15T040000Z-1f3a".to_owned(),
        seed: 7,
        made_at: "2026-11-16T06:00:00Z".parse().expect("a moment"),
        note: None,
        tracks: Vec::new(),
    }
}

/// Artists as items.
pub(crate) fn artists() -> Playlist {
    let mbid = "69ee3720-a7cb-4402-b48d-a02c366f2bcf".to_owned();
    let name = "The Cure".to_owned();
    let text =
        "Because you listen to Siouxsie and the Banshees, Bauhaus and Joy Division.".to_owned();
    let cure = Track {
        title: name.clone(),
        artist: name,
        artist_mbids: vec![mbid],
        reason: Reason { text, contributions: Vec::new() },
        ..bare(1)
    };
    Playlist { items: ItemKind::Artists, listener: "3".to_owned(), tracks: vec![cure], ..empty() }
}

/// A line of which everything is known.
fn full() -> Track {
    let part = |recording: Option<u64>, title: &str, artist: &str, share| Contribution {
        recording: recording.map(RecordingId),
        title: title.to_owned(),
        artist: artist.to_owned(),
        share,
    };
    Track {
        title: "Paranoid Android".to_owned(),
        artist: "Radiohead".to_owned(),
        release: Some("OK Computer".to_owned()),
        year: Some(1997),
        length: Some(Duration::from_millis(383_500)),
        score: 0.75,
        recording_mbid: Some("9f9cf187-d6f9-437f-9d98-d59cdbd52757".to_owned()),
        artist_mbids: vec!["a74b1b7f-71a5-4011-9441-d0b5e4122711".to_owned()],
        release_mbid: Some("b1392450-e666-3926-a536-22c65f834433".to_owned()),
        isrc: Some("GBAYE9700110".to_owned()),
        location: Some("https://music.example/stream/42?id=a&b=c".to_owned()),
        links: vec![
            Link {
                site: "musicbrainz".to_owned(),
                url: "https://musicbrainz.org/recording/9f9cf187-d6f9-437f-9d98-d59cdbd52757".to_owned(),
            },
            Link { site: "spotify".to_owned(), url: "https://open.spotify.com/track/6LgJvl0Xdtc73RJ1mmpotq".to_owned() },
        ],
        reason: Reason {
            text: "Because you played “Karma Police” by Radiohead, “Teardrop” by Massive Attack and “Hyperballad” by Björk."
                .to_owned(),
            contributions: vec![
                part(Some(17), "Karma Police", "Radiohead", 0.5),
                part(Some(4), "Teardrop", "Massive Attack", 0.125),
                part(Some(9), "Hyperballad", "Björk", 0.0625),
                part(None, "the rest of your history", "", 0.0625),
            ],
        },
        ..bare(1)
    }
}

/// A line of which nothing is known.
fn bare(position: u32) -> Track {
    Track {
        position,
        recording: RecordingId(u64::from(position) + 100),
        title: String::new(),
        artist: String::new(),
        release: None,
        year: None,
        length: None,
        imputed: Vec::new(),
        score: 0.5,
        recording_mbid: None,
        artist_mbids: Vec::new(),
        release_mbid: None,
        isrc: None,
        location: None,
        links: Vec::new(),
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
