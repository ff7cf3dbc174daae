//! Which recording or artist does a person mean?

use music::{ArtistId, RecordingId};

use crate::{Error, Folder};

/// How many of several matches are named.
const EXAMPLES: usize = 4;

/// The one recording that a text names: by id, MBID, ISRC, Spotify link, or artist and title, or a title alone.
///
/// # Errors
/// [`Error::NotFound`] and [`Error::Ambiguous`].
pub fn recording(folder: &Folder, text: &str) -> Result<RecordingId, Error> {
    let expected = "an id, MBID, ISRC, Spotify link, \"Artist - Title\" or a title";
    only(folder, text, &folder.store.find(text)?, expected)
}

/// The same for a line of a file, of which a title alone is not enough.
pub(crate) fn recording_surely(folder: &Folder, text: &str) -> Result<RecordingId, Error> {
    let expected = "an id, MBID, ISRC, Spotify link or \"Artist - Title\"";
    only(folder, text, &folder.store.find_surely(text)?, expected)
}

fn only(
    folder: &Folder,
    text: &str,
    found: &[RecordingId],
    expected: &'static str,
) -> Result<RecordingId, Error> {
    match found {
        [] => Err(Error::NotFound { what: "recording", expected, text: text.to_owned() }),
        [only] => Ok(*only),
        several => {
            let named = folder.store.recordings(&several[..several.len().min(EXAMPLES)])?;
            let examples = named.into_iter().map(|recording| {
                let credit = recording.entry.credit;
                format!("{} ({} - {})", recording.id, credit.artist, credit.title)
            });
            Err(Error::Ambiguous {
                what: "recording",
                text: text.to_owned(),
                count: several.len(),
                examples: examples.collect::<Vec<_>>().join(", "),
            })
        }
    }
}

/// The one artist that a text names: by id, MBID or name; with the name as the catalogue writes it.
///
/// # Errors
/// [`Error::NotFound`] and [`Error::Ambiguous`].
pub fn artist(folder: &Folder, text: &str) -> Result<(ArtistId, String), Error> {
    let mut found = folder.store.find_artist(text)?;
    match found.len() {
        0 => {
            let expected = "an id, MBID or the name as the catalogue has it";
            Err(Error::NotFound { what: "artist", expected, text: text.to_owned() })
        }
        1 => Ok(found.remove(0)),
        count => {
            let examples = found.iter().take(EXAMPLES).map(|(id, name)| format!("{id} ({name})"));
            let examples = examples.collect::<Vec<_>>().join(", ");
            Err(Error::Ambiguous { what: "artist", text: text.to_owned(), count, examples })
        }
    }
}
