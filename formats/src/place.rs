//! Where is it, and what is its name in the world?

use music::{ItemKind, Track};

/// The page of a recording, or of an artist where artists stand as items; none without an id.
pub(crate) fn identifier(items: ItemKind, track: &Track) -> Option<String> {
    match items {
        ItemKind::Recordings => {
            track.recording_mbid.as_deref().map(|mbid| musicbrainz("recording", mbid))
        }
        ItemKind::Artists => track.artist_mbids.first().map(|mbid| musicbrainz("artist", mbid)),
    }
}

/// What stands for a line without title and artist, such as "recording 17".
pub(crate) fn nameless(items: ItemKind, track: &Track) -> String {
    format!("{} {}", items.name().trim_end_matches('s'), track.recording)
}

/// A page of `MusicBrainz`.
pub(crate) fn musicbrainz(kind: &str, mbid: &str) -> String {
    format!("https://musicbrainz.org/{kind}/{}", escaped(mbid, ""))
}

/// The file or address that plays a line, or else the surest link, as written.
pub(crate) fn written(track: &Track) -> Option<&str> {
    let link = track.links.first().map(|link| link.url.as_str());
    track.location.as_deref().filter(|location| !location.trim().is_empty()).or(link)
}

/// The same as a URI (RFC 3986): a path becomes a `file:` address, and what no URI may hold is escaped.
pub(crate) fn uri(track: &Track) -> Option<String> {
    const IN_URIS: &str = ":/?#[]@!$&'()*+,;=%";
    const IN_PATHS: &str = "/@!$&'()*+,;=";
    let place = written(track)?;
    let slashed = || place.replace('\\', "/");
    Some(if has_scheme(place) {
        escaped(place, IN_URIS)
    } else if let Some((drive, path)) = drive(place) {
        format!("file:///{drive}:{}", escaped(&path.replace('\\', "/"), IN_PATHS))
    } else if place.starts_with(r"\\") {
        format!("file:{}", escaped(&slashed(), IN_PATHS))
    } else if place.starts_with('/') {
        format!("file://{}", escaped(place, IN_PATHS))
    } else {
        escaped(place, IN_PATHS)
    })
}

/// Whether a place starts as an address does; one letter is a drive.
fn has_scheme(place: &str) -> bool {
    let Some((scheme, _)) = place.split_once(':') else { return false };
    scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// The letter and the path of `C:\Music`.
fn drive(place: &str) -> Option<(char, &str)> {
    let (drive, path) = place.split_once(':')?;
    let mut letters = drive.chars();
    let letter = letters.next().filter(char::is_ascii_alphabetic)?;
    (letters.next().is_none() && path.starts_with(['/', '\\'])).then_some((letter, path))
}

/// Escapes every byte but letters, digits, `-._~` and those of `kept`.
fn escaped(text: &str, kept: &str) -> String {
    let mut uri = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || "-._~".contains(c) || (c.is_ascii() && kept.contains(c)) {
            uri.push(c);
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests;
