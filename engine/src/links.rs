//! Where can this recording be found?

use std::fmt::Write;

use music::{ItemKind, Link};
use store::Recording;

/// Links to a recording, the surest first; a search where no key is known.
pub(crate) fn of(recording: &Recording, items: ItemKind) -> Vec<Link> {
    let credit = &recording.entry.credit;
    let mut links = Vec::new();
    let mut add = |site: &str, url: String| links.push(Link { site: site.to_owned(), url });
    if let Some(location) = &recording.entry.location {
        add("location", location.clone());
    }
    match items {
        ItemKind::Recordings => {
            if let Some(mbid) = &credit.mbid {
                add("musicbrainz", format!("https://musicbrainz.org/recording/{mbid}"));
            }
            if let Some(isrc) = &credit.isrc {
                add("isrc", format!("https://musicbrainz.org/isrc/{isrc}"));
            }
            if let Some(id) =
                credit.spotify.as_deref().and_then(|uri| uri.strip_prefix("spotify:track:"))
            {
                add("spotify", format!("https://open.spotify.com/track/{id}"));
            }
        }
        ItemKind::Artists => {
            if let Some(mbid) = credit.artist_mbids.first() {
                add("musicbrainz", format!("https://musicbrainz.org/artist/{mbid}"));
            }
        }
    }
    if links.is_empty() {
        links.push(search(recording, items));
    }
    links
}

fn search(recording: &Recording, items: ItemKind) -> Link {
    let credit = &recording.entry.credit;
    let (query, kind) = match items {
        ItemKind::Recordings => (format!("{} {}", credit.artist, credit.title), "recording"),
        ItemKind::Artists => (credit.artist.clone(), "artist"),
    };
    let url =
        format!("https://musicbrainz.org/search?query={}&type={kind}", percent_encoded(&query));
    Link { site: "search".to_owned(), url }
}

/// RFC 3986, section 2.1: everything but unreserved characters as `%XX`.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("writing into a string cannot fail");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::percent_encoded;

    #[test]
    fn a_search_survives_any_name() {
        assert_eq!(percent_encoded("AC/DC & Björk"), "AC%2FDC%20%26%20Bj%C3%B6rk");
    }
}
