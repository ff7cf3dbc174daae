//! What does a source hold, before it is read?
//!
//! JSON is known by the names of its fields, tables by their first line; file names do not count.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;

use music::ItemKind;

use crate::read::{Delimiter, TRIPLE_NAMES, is_lastfm_1k, items_of};
use crate::source::{self, Input};
use crate::{Error, Format, Options};

/// What is known of a source after a look at how each of its files begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// Every format in it once, in the order to import them: listens before catalogue, tags and feedback, which speak of what was heard.
    pub formats: Vec<Format>,
    /// What stands as an item in it.
    pub items: ItemKind,
    /// Bytes that [`crate::read`] will read from disk, for a progress bar; a zip counts as it lies there, compressed.
    pub bytes: u64,
}

/// Looks at a file, a folder or a zip; costs the first 64 KiB of each file.
///
/// # Errors
/// [`Error::UnknownFormat`] when nothing is recognized, [`Error::Read`] when the source cannot be read, and what [`crate::read`] says about columns and items.
pub fn survey(source: &Path, options: &Options) -> Result<Survey, Error> {
    let mut formats = BTreeSet::new();
    let mut items = None;
    let ended = source::each(source, &Cell::new(0), &mut |member| {
        let Ok(input) = member.input else { return Ok(()) };
        let Some(format) = format_of(&input, options, member.is_alone) else { return Ok(()) };
        if options.only.is_some_and(|only| only != format) {
            return Ok(());
        }
        formats.insert(format);
        if input.is_utf16() {
            return Ok(());
        }
        let got = items_of(format, &input, &member.name, options)?;
        match *items.get_or_insert(got) {
            expected if expected == got => Ok(()),
            expected => Err(Error::MixedItems { file: member.name, expected, got }.into()),
        }
    });
    ended.or_else(|stop| stop.told(source))?;
    if formats.is_empty() {
        return Err(Error::UnknownFormat { path: source.to_owned() });
    }
    let bytes = source::size(source)
        .map_err(|error| Error::Read { path: source.to_owned(), source: error })?;
    // The order of the formats themselves, in which listens stand first.
    let formats = formats.into_iter().collect();
    Ok(Survey { formats, items: items.unwrap_or(ItemKind::Recordings), bytes })
}

/// The format of one file: the one asked for, else by its first bytes.
///
/// A folder or zip holds other things too: there, a format that was asked for is not tried on a picture, nor one of JSON on a table.
pub(crate) fn format_of(input: &Input<'_>, options: &Options, is_alone: bool) -> Option<Format> {
    let (is_json, is_text) = (input.is_json(), !input.head().contains(&0) || input.is_utf16());
    let head = input.head_text();
    match options.format {
        Some(format) if is_alone => Some(format),
        Some(format) => (is_text && format.may_be(is_json)).then_some(format),
        None if is_json => format_of_json(&head),
        None => format_of_lines(&head),
    }
}

fn format_of_json(head: &str) -> Option<Format> {
    let has = |name: &str| {
        let quoted = format!("\"{name}\"");
        head.match_indices(&quoted)
            .any(|(at, _)| head[at + quoted.len()..].trim_start().starts_with(':'))
    };
    let rules = [
        (Format::Spotify, has("ms_played") && has("ts")),
        (Format::SpotifyAccount, has("msPlayed") && has("endTime")),
        (Format::ListenBrainz, has("listened_at") && has("track_metadata")),
        (Format::Mpd, has("playlists") && has("pid")),
        (Format::SpotifyAccount, has("playlists") && has("lastModifiedDate")),
        (Format::SpotifyAccount, has("tracks") && has("track") && has("uri")),
        (Format::Feedback, has("score") || has("kind")),
        (Format::Tags, has("tag") && !has("tags")),
        (Format::Catalogue, has("title") && has("artist")),
    ];
    rules.into_iter().find(|(_, fits)| *fits).map(|(format, _)| format)
}

fn format_of_lines(head: &str) -> Option<Format> {
    let first = head.lines().find(|line| !line.trim().is_empty())?;
    if first.starts_with("#AUDIOSCROBBLER/") {
        return Some(Format::ScrobblerLog);
    }
    if is_lastfm_1k(first) {
        return Some(Format::Lastfm1k);
    }
    let cells = Delimiter::guess(first).split(first).ok()?;
    let names: Vec<String> = cells.iter().map(|cell| cell.trim().to_lowercase()).collect();
    let has = |name: &str| names.iter().any(|found| found == name);
    let has_one_of = |known: &[&str]| known.iter().any(|name| has(name));
    let is_triple = TRIPLE_NAMES.iter().all(|names| has_one_of(names));
    // Without a header, three cells of which the last is a number are a triple.
    let is_bare_triple = cells.len() == 3 && cells[2].trim().parse::<f64>().is_ok();
    let rules = [
        (Format::LastfmCsv, has("uts") && has("artist") && has("track")),
        (Format::Feedback, has("score") || has("kind")),
        (Format::Tags, has("tag")),
        (Format::Catalogue, has("title") && has("artist")),
        (Format::Triples, is_triple || is_bare_triple),
    ];
    rules.into_iter().find(|(_, fits)| *fits).map(|(format, _)| format)
}
