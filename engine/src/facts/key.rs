//! Where does a musical key stand on the circle of fifths?

/// Fifths up from C of the seven natural notes.
const FIFTHS: [(char, i8); 7] =
    [('c', 0), ('d', 2), ('e', 4), ('f', -1), ('g', 1), ('a', 3), ('b', 5)];

/// Place of a key as written, 0 to 11 from C; a minor key stands at its relative major.
///
/// Understands `C`, `F#m`, `Bb minor`, `A-flat major` and Camelot's `8A`; anything else has no place.
pub(super) fn place(key: &str) -> Option<u8> {
    let key = key.trim().to_lowercase();
    camelot(&key).or_else(|| named(&key))
}

/// `8B` is C major, `8A` its relative minor; one hour on is a fifth up.
fn camelot(key: &str) -> Option<u8> {
    let hour: i8 = key.strip_suffix(['a', 'b'])?.parse().ok()?;
    (1..=12).contains(&hour).then(|| wrapped(hour - 8))
}

fn named(key: &str) -> Option<u8> {
    let mut letters = key.chars();
    let note = letters.next()?;
    let (_, natural) = FIFTHS.iter().find(|(name, _)| *name == note)?;
    let rest = letters.as_str().trim_start_matches(['-', ' ']);
    let (accidental, rest) = match rest {
        _ if rest.starts_with("sharp") => (7, &rest["sharp".len()..]),
        _ if rest.starts_with("flat") => (-7, &rest["flat".len()..]),
        _ => match rest.chars().next() {
            Some(sign @ ('#' | '♯')) => (7, &rest[sign.len_utf8()..]),
            Some(sign @ ('b' | '♭')) => (-7, &rest[sign.len_utf8()..]),
            _ => (0, rest),
        },
    };
    let mode = match rest.trim_matches(['-', ' ', '_']) {
        "" | "maj" | "major" => 0,
        "m" | "min" | "minor" => -3,
        _ => return None,
    };
    Some(wrapped(natural + accidental + mode))
}

fn wrapped(fifths: i8) -> u8 {
    fifths.rem_euclid(12).unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn keys_stand_on_the_circle_of_fifths() {
        for (key, expected) in [
            ("C", 0),
            ("G major", 1),
            ("Am", 0),
            ("A minor", 0),
            ("F#m", 3),
            ("Bb", 10),
            ("B-flat minor", 7),
            ("Ebmaj", 9),
            ("8B", 0),
            ("8A", 0),
            ("9a", 1),
        ] {
            assert_eq!(place(key), Some(expected), "{key}");
        }
        for strange in ["", "H", "13A", "C lydian", "0b"] {
            assert_eq!(place(strange), None, "{strange}");
        }
    }
}
