//! How does a simple player read it?
//!
//! `#EXTINF:<seconds>,<artist> - <title>`, then the place; -1 stands for a length nobody knows.

use music::{ItemKind, Playlist, Track};

use crate::place;
use crate::text::one_line;

/// Extended M3U; a line that is nowhere to be found is left as a comment.
pub(crate) fn m3u8(playlist: &Playlist) -> String {
    let mut text = format!("#EXTM3U\n#PLAYLIST:{}\n", one_line(&playlist.title()));
    for track in &playlist.tracks {
        let name = name(playlist.items, track);
        match place::written(track).map(place_line) {
            Some(place) => text.push_str(&format!("#EXTINF:{},{name}\n{place}\n", seconds(track))),
            None => text.push_str(&format!("# nowhere to be found: {name}\n")),
        }
    }
    text
}

fn name(items: ItemKind, track: &Track) -> String {
    let names = [&track.artist, &track.title].map(|name| one_line(name));
    let mut known: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
    if known.is_empty() {
        known.push(place::nameless(items, track));
    }
    let blocked = if track.is_blocked { " (blocked since)" } else { "" };
    format!("{}{blocked}", known.join(" - "))
}

/// A path keeps its blanks, loses its line ends, and is never taken for a comment.
fn place_line(place: &str) -> String {
    let line: String = place.trim().chars().filter(|c| !c.is_control()).collect();
    if line.starts_with('#') { format!("./{line}") } else { line }
}

fn seconds(track: &Track) -> String {
    track
        .known_length()
        .map_or_else(|| "-1".to_owned(), |length| ((length.as_millis() + 500) / 1000).to_string())
}
