//! Which of these letters belong to a name, and which of these texts is a key?
//!
//! A key of the wrong shape is left out, not rejected: the names beside it still stand.

use std::time::Duration;

use super::intake::LONGEST_PLAY;

/// A name without blanks around it and without control characters.
pub(super) fn clean(text: &str) -> String {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        let kept: String = text.chars().filter(|c| !c.is_control()).collect();
        return kept.trim().to_owned();
    }
    text.to_owned()
}

/// The same; `None` where nothing is left.
pub(super) fn known(text: &str) -> Option<String> {
    Some(clean(text)).filter(|text| !text.is_empty())
}

/// A `MusicBrainz` id in lower case, alone or at the end of an address.
pub(super) fn mbid(text: &str) -> Option<String> {
    let id = text.trim().rsplit('/').next()?;
    let fits = id.len() == 36
        && id.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    fits.then(|| id.to_ascii_lowercase())
}

/// An ISRC in upper case without dashes.
pub(super) fn isrc(text: &str) -> Option<String> {
    let code: String = text.trim().chars().filter(|c| *c != '-').collect();
    let fits = code.len() == 12 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| code.to_ascii_uppercase())
}

/// `spotify:track:…`, from that or from an address of `open.spotify.com`, which may name a language (`/intl-de/`).
pub(super) fn spotify(text: &str) -> Option<String> {
    const SITES: [&str; 2] = ["https://open.spotify.com/", "http://open.spotify.com/"];
    let text = text.trim();
    let of_address = || {
        let path = SITES.iter().find_map(|site| text.strip_prefix(site))?;
        let path = match path.strip_prefix("intl-") {
            Some(language) => language.split_once('/')?.1,
            None => path,
        };
        path.strip_prefix("track/")
    };
    let id = text.strip_prefix("spotify:track:").or_else(of_address)?;
    let id = id.split('?').next()?;
    let fits = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| format!("spotify:track:{id}"))
}

/// The length of a recording; zero and more than a day stand for "unknown" in logs.
pub(super) fn length(length: Duration) -> Option<Duration> {
    (!length.is_zero() && length <= LONGEST_PLAY).then_some(length)
}

/// Seconds with a fraction.
pub(super) fn secs(secs: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(secs).ok()
}

#[cfg(test)]
mod tests {
    use super::spotify;

    #[test]
    fn a_link_to_a_track_is_its_key_in_every_language() {
        for (link, expected) in [
            ("https://open.spotify.com/track/a1?si=x", Some("spotify:track:a1")),
            ("https://open.spotify.com/intl-de/track/a1?si=x", Some("spotify:track:a1")),
            ("http://open.spotify.com/intl-pt-br/track/a1", Some("spotify:track:a1")),
            ("https://open.spotify.com/intl-de/album/a1", None),
            ("https://open.spotify.com/intl-de", None),
        ] {
            assert_eq!(spotify(link).as_deref(), expected, "{link}");
        }
    }
}
