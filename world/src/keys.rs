//! Under which Spotify key does a recording go, and back?

use crate::dice::{Dice, Purpose, row};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What stands before the key in a Spotify URI.
pub(crate) const PREFIX: &str = "spotify:track:";

/// Makes keys of 22 base-62 digits: sixteen that the seed decides, then six that say the row, added to one another.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    /// Each in 0..62.
    salt: [u32; 16],
}

impl Keys {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed, Purpose::Climate, 1, 0);
        Self { salt: std::array::from_fn(|_| dice.below(62)) }
    }

    /// `spotify:track:` and the key.
    pub(crate) fn uri(&self, recording: usize) -> String {
        let digits = base62(row(recording));
        let mut uri = String::with_capacity(PREFIX.len() + 22);
        uri.push_str(PREFIX);
        for (i, salt) in self.salt.iter().enumerate() {
            // An odd multiple of each digit, so that neighboring rows do not look alike.
            let mixed = salt + digits[i % 6] * (2 * row(i) + 5) + digits[(i + 5) % 6];
            uri.push(char::from(DIGITS[(mixed % 62) as usize]));
        }
        uri.extend(digits.iter().map(|digit| char::from(DIGITS[*digit as usize])));
        uri
    }

    /// The row of a URI, or of an address that ends in the key; `None` when this world did not make it.
    pub(crate) fn recording(&self, uri: &str) -> Option<usize> {
        let key = uri.rsplit([':', '/']).next()?;
        let last = key.get(16..)?;
        let digit = |letter: u8| DIGITS.iter().position(|digit| *digit == letter);
        let number = last
            .bytes()
            .try_fold(0_usize, |sum, letter| sum.checked_mul(62)?.checked_add(digit(letter)?))?;
        u32::try_from(number).ok()?;
        (self.uri(number)[PREFIX.len()..] == *key).then_some(number)
    }
}

/// Six digits, the highest first; 62⁶ is more than a u32 can say.
fn base62(mut number: u32) -> [u32; 6] {
    let mut digits = [0; 6];
    for digit in digits.iter_mut().rev() {
        *digit = number % 62;
        number /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::{Keys, PREFIX};

    #[test]
    fn every_row_has_a_key_that_leads_back() {
        let keys = Keys::new(3);
        for recording in [0, 1, 61, 62, 4_000_000_000] {
            let uri = keys.uri(recording);
            assert_eq!(uri.len(), PREFIX.len() + 22, "{uri}");
            assert_eq!(keys.recording(&uri), Some(recording));
            let address = uri.replace(PREFIX, "https://open.spotify.com/track/");
            assert_eq!(keys.recording(&address), Some(recording));
        }
    }

    #[test]
    fn what_this_world_did_not_make_leads_nowhere() {
        let keys = Keys::new(3);
        let foreign = Keys::new(4).uri(5);
        for uri in [
            "",
            "spotify:track:",
            "ü",
            foreign.as_str(),
            "spotify:track:zzzzzzzzzzzzzzzzzzzzzz",
            "6rqhFgbbKwnb9MLmUQDhG6",
        ] {
            assert_eq!(keys.recording(uri), None, "{uri}");
        }
    }
}
