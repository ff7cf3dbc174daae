//! Do the formats keep the promises of their specifications?

use formats::{Format, publish, publish_all};
use music::Playlist;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::fixture::{artists, empty, nasty};

#[test]
fn names_read_back_and_others_are_refused() {
    for format in Format::ALL {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    let error = "xml".parse::<Format>().unwrap_err();
    assert_eq!(error.to_string(), "table, json, jspf, xspf or m3u8 expected, got `xml`");
}

#[test]
fn every_output_ends_with_one_line_end() {
    for playlist in [nasty(), empty(), artists()] {
        for format in Format::ALL {
            for text in
                [publish(&playlist, format), publish_all(std::slice::from_ref(&playlist), format)]
            {
                assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{format}: {text:?}");
            }
        }
    }
}

#[test]
fn json_reads_back_as_the_list_it_was() {
    let lists = [nasty(), empty(), artists()];
    for list in &lists {
        assert_eq!(&serde_json::from_str::<Playlist>(&publish(list, Format::Json)).unwrap(), list);
    }
    assert_eq!(
        serde_json::from_str::<Vec<Playlist>>(&publish_all(&lists, Format::Json)).unwrap(),
        lists
    );
}

#[test]
fn jspf_identifiers_are_lists_and_never_empty() {
    let document: Value = serde_json::from_str(&publish(&nasty(), Format::Jspf)).unwrap();
    let tracks = document["playlist"]["track"].as_array().unwrap();
    assert_eq!(tracks.len(), 5);
    assert!(
        tracks[0]["identifier"][0]
            .as_str()
            .unwrap()
            .starts_with("https://musicbrainz.org/recording/")
    );
    assert!(tracks[1..].iter().all(|track| track.get("identifier").is_none()));
}

#[test]
fn xspf_is_well_formed_and_says_what_was_meant() {
    let text = publish(&nasty(), Format::Xspf);
    let mut reader = Reader::from_str(&text);
    let (mut depth, mut n_tracks) = (0, 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                depth += 1;
                n_tracks += usize::from(start.name().as_ref() == "track");
            }
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!((depth, n_tracks), (0, 5));
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
}

#[test]
fn m3u8_alternates_between_a_name_and_a_place() {
    let text = publish(&nasty(), Format::M3u8);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "#EXTM3U");
    for (at, line) in lines.iter().enumerate() {
        let is_named = at > 0 && lines[at - 1].starts_with("#EXTINF:");
        assert_eq!(!line.starts_with('#'), is_named, "line {at}: {line}");
    }
}

#[test]
fn no_line_of_a_table_is_wider_than_80_columns() {
    for line in publish(&nasty(), Format::Table).lines() {
        assert!(line.width() <= 80, "{} columns: {line}", line.width());
        assert!(!line.contains(char::is_control) && line.trim_end() == line, "{line:?}");
    }
}
