//! Are these two spellings of one recording?
//!
//! A recording is told by its main artist and its title; both are folded until what typists, taggers and shops disagree about is gone: case, accents, punctuation, "&" for "and", featured artists, and suffixes such as "Remastered 2011" or "(Deluxe Edition)".
//! What tells two recordings of one work apart stays, as a version class behind a bar: "song|live", "song|remix kygo".
//! A remaster counts as the recording it was made from, as in `MusicBrainz`; a new mix does not.
//!
//! The fold leans to keeping words: a suffix nobody listed stays part of the title, because two recordings merged by mistake are harder to part than one kept twice.

mod credit;
mod fold;
mod title;
mod version;

#[cfg(test)]
mod tests;

/// A recording's names, folded.
///
/// Nothing here is empty unless what was folded was blank: a name made of symbols alone, such as "!!!", is kept as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelling {
    /// Folded main artist.
    pub artist: String,
    /// Folded featured artists, from the credit and from the title, each once, without the main artist.
    pub featured: Vec<String>,
    /// Folded title with its version class, equal for spellings of one recording.
    pub title: String,
    /// Folded title without any version, equal for all versions of one work.
    pub base: String,
}

/// Folds an artist credit and a title.
///
/// Version words count only in brackets or behind a dash, so that "Live and Let Die" keeps its first word.
/// Where an artist stands as an item, title and artist are one name and fold alike.
#[must_use]
pub fn spell(artist: &str, title: &str) -> Spelling {
    let credited = fold::normal(artist);
    let folded = title::fold(title);
    let artist = fold_artist(artist, &credited);
    let is_artists_name = folded.base.strip_prefix("the ") == Some(artist.as_str());
    let base = if is_artists_name { artist.clone() } else { folded.base };
    let title =
        if folded.version.is_empty() { base.clone() } else { format!("{base}|{}", folded.version) };
    let mut featured = Vec::new();
    for name in credit::featured(&credited).into_iter().chain(folded.featured) {
        if name != artist && !featured.contains(&name) {
            featured.push(name);
        }
    }
    Spelling { artist, featured, title, base }
}

/// The folded name of one artist, or of the main artist of a credit.
#[must_use]
pub fn artist_key(name: &str) -> String {
    fold_artist(name, &fold::normal(name))
}

/// Equal for spellings of one tag: "Hip-Hop" and "hip hop".
#[must_use]
pub fn tag_key(tag: &str) -> String {
    let key = fold::words(&fold::normal(tag));
    if key.is_empty() { tag.trim().to_lowercase() } else { key }
}

/// The main artist of a credit, as written: what stands before "feat." or "(with".
///
/// "Simon & Garfunkel" and "Sleeping with Sirens" are one artist each.
#[must_use]
pub fn main_artist(credit: &str) -> &str {
    credit::main_artist(credit)
}

/// Equal for spellings of one recording.
#[must_use]
pub fn recording_key(artist: &str, title: &str) -> String {
    let spelling = spell(artist, title);
    format!("{}\u{1f}{}", spelling.artist, spelling.title)
}

/// Equal for all versions of one work by one main artist.
#[must_use]
pub fn work_key(artist: &str, title: &str) -> String {
    let spelling = spell(artist, title);
    format!("{}\u{1f}{}", spelling.artist, spelling.base)
}

/// Folds a credit of which the normal form is at hand.
fn fold_artist(written: &str, normal: &str) -> String {
    let main = credit::main_artist(normal);
    let mut key = fold::words(main);
    if main.ends_with(", the")
        && let Some(rest) = key.strip_suffix(" the")
    {
        key = rest.to_owned();
    }
    credit::cut(&mut key);
    while let Some(rest) = key.strip_prefix("the ") {
        key = rest.to_owned();
    }
    if key.is_empty() { fold::symbols(main, written) } else { key }
}
