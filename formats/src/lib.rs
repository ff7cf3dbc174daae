//! A playlist: how do others read it?
//!
//! People read a table, programs JSON, `ListenBrainz` JSPF, and players XSPF or M3U8; every output is UTF-8 and ends with a line end.

mod error;
mod jspf;
mod m3u8;
mod place;
mod table;
mod text;
mod xspf;

use std::fmt;
use std::str::FromStr;

use music::Playlist;
use serde::Serialize;

pub use error::ParseFormatError;
pub use text::{fit, one_line, width};

/// A way to write a playlist down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Aligned text for people, 80 columns wide.
    Table,
    /// The schema of `docs/playlist-json.md`.
    Json,
    /// JSON Shareable Playlist Format, with the extension fields of `ListenBrainz`.
    Jspf,
    /// XML Shareable Playlist Format, version 1.
    Xspf,
    /// Extended M3U in UTF-8.
    M3u8,
}

impl Format {
    /// All formats, in the order of a help text.
    pub const ALL: [Self; 5] = [Self::Table, Self::Json, Self::Jspf, Self::Xspf, Self::M3u8];

    /// The usual end of a file's name, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Table => "txt",
            Self::Json => "json",
            Self::Jspf => "jspf",
            Self::Xspf => "xspf",
            Self::M3u8 => "m3u8",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Jspf => "jspf",
            Self::Xspf => "xspf",
            Self::M3u8 => "m3u8",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = ParseFormatError;

    fn from_str(text: &str) -> Result<Self, ParseFormatError> {
        let known = Self::ALL.into_iter().find(|format| format.name() == text);
        known.ok_or_else(|| ParseFormatError { got: text.to_owned() })
    }
}

/// Writes one list.
#[must_use]
pub fn publish(playlist: &Playlist, format: Format) -> String {
    match format {
        Format::Table => table::table(playlist),
        Format::Json => json(playlist),
        Format::Jspf => json(&jspf::document(playlist)),
        Format::Xspf => xspf::xspf(playlist),
        Format::M3u8 => m3u8::m3u8(playlist),
    }
}

/// Writes several lists into one text: JSON and JSPF as an array, even of one, and tables one below the other.
///
/// # Panics
/// When XSPF or M3U8 is asked for more than one list: they hold one a file.
#[must_use]
pub fn publish_all(playlists: &[Playlist], format: Format) -> String {
    let mut several = Several::new(format);
    let lists: String = playlists.iter().map(|playlist| several.next(playlist)).collect();
    lists + several.end()
}

/// Several lists in one text, written one after the other as they come.
#[derive(Debug)]
pub struct Several {
    format: Format,
    n: usize,
}

impl Several {
    /// No list yet.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self { format, n: 0 }
    }

    /// The text of the next list.
    ///
    /// # Panics
    /// When it is the second list of XSPF or M3U8, which hold one a file.
    pub fn next(&mut self, playlist: &Playlist) -> String {
        let text = publish(playlist, self.format);
        let is_first = self.n == 0;
        self.n += 1;
        match self.format {
            Format::Table if is_first => text,
            Format::Table => format!("\n{text}"),
            Format::Json | Format::Jspf => {
                let lines: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
                format!("{}{}", if is_first { "[\n" } else { ",\n" }, lines.join("\n"))
            }
            Format::Xspf | Format::M3u8 => {
                assert!(is_first, "{} holds 1 list a file, got a second", self.format);
                text
            }
        }
    }

    /// What stands after the last list.
    #[must_use]
    pub fn end(self) -> &'static str {
        match self.format {
            Format::Json | Format::Jspf if self.n == 0 => "[]\n",
            Format::Json | Format::Jspf => "\n]\n",
            Format::Table | Format::Xspf | Format::M3u8 => "",
        }
    }
}

fn json(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("playlists have no keys but text");
    text.push('\n');
    text
}
