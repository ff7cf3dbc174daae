//! How does a player that knows XML read it?
//!
//! XSPF version 1, <https://www.xspf.org/spec>: a place and an identifier are URIs, a duration is in milliseconds, and the annotation of a track says why it is there.

use std::io;

use music::{Playlist, Track};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::place;
use crate::text::one_line;

type Xml = Writer<Vec<u8>>;

/// One document.
pub(crate) fn xspf(playlist: &Playlist) -> String {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    write(&mut xml, playlist).expect("a vector takes all that is written");
    let mut text = String::from_utf8(xml.into_inner()).expect("what was written is text");
    text.push('\n');
    text
}

fn write(xml: &mut Xml, playlist: &Playlist) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let root = xml
        .create_element("playlist")
        .with_attributes([("version", "1"), ("xmlns", "http://xspf.org/ns/0/")]);
    root.write_inner_content(|xml| {
        leaf(xml, "title", &playlist.title())?;
        leaf(xml, "creator", "undersong")?;
        if let Some(note) = &playlist.note {
            leaf(xml, "annotation", note)?;
        }
        leaf(xml, "date", &playlist.made_at.to_string())?;
        let list = xml.create_element("trackList");
        list.write_inner_content(|xml| {
            playlist.tracks.iter().try_for_each(|track| line(xml, playlist, track))
        })?;
        Ok(())
    })?;
    Ok(())
}

fn line(xml: &mut Xml, playlist: &Playlist, track: &Track) -> io::Result<()> {
    let blocked = if track.is_blocked { " (blocked since)" } else { "" };
    let annotation = format!("{}{blocked}", track.reason.text);
    let duration = track.known_length().map(|length| length.as_millis().to_string());
    let fields = [
        ("location", place::uri(track)),
        ("identifier", place::identifier(playlist.items, track)),
        ("title", Some(track.title.clone())),
        ("creator", Some(track.artist.clone())),
        ("album", track.known_release().map(str::to_owned)),
        ("duration", duration),
        ("annotation", Some(annotation)),
    ];
    xml.create_element("track").write_inner_content(|xml| {
        for (name, text) in fields {
            leaf(xml, name, &text.unwrap_or_default())?;
        }
        Ok(())
    })?;
    Ok(())
}

/// An element with text; none where there is no text to hold.
fn leaf(xml: &mut Xml, name: &str, text: &str) -> io::Result<()> {
    let text = one_line(text);
    if !text.is_empty() {
        xml.create_element(name).write_text_content(BytesText::new(&text))?;
    }
    Ok(())
}
