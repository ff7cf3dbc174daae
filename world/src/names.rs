//! What is it called?
//!
//! Invented throughout; a likeness to the name of anybody real is chance.
//! No name holds a word that a normalizer of titles or credits takes for a version or for a second artist ("live", "remix", "feat.", "&").

use std::collections::HashSet;

use crate::dice::Dice;

const FIRST: [&str; 60] = [
    "ada", "bela", "cleo", "dina", "emil", "fatou", "goran", "hana", "ines", "jonas", "kaito",
    "lena", "milo", "nadia", "otto", "petra", "quim", "rosa", "sami", "tove", "uri", "vera",
    "wanda", "xenia", "yusuf", "zora", "amara", "bruno", "carla", "dario", "elif", "felix",
    "greta", "hugo", "ida", "jasna", "karim", "luca", "mona", "nils", "oona", "pablo", "ruth",
    "selma", "tariq", "ulla", "viggo", "wim", "yara", "zeno", "anouk", "boris", "celia", "dmitri",
    "esme", "fynn", "gilda", "henri", "isla", "jari",
];

const ADJECTIVES: [&str; 48] = [
    "Amber", "Silent", "Crooked", "Velvet", "Hollow", "Golden", "Paper", "Electric", "Distant",
    "Broken", "Winter", "Crimson", "Gentle", "Wild", "Midnight", "Northern", "Plastic", "Silver",
    "Lonely", "Burning", "Faded", "Secret", "Restless", "Blue", "Iron", "Little", "Endless",
    "Morning", "Pale", "Quiet", "Salt", "Second", "Slow", "Sudden", "Tender", "Black", "Upper",
    "Violet", "Wooden", "Yellow", "Concrete", "Glass", "Hidden", "Late", "Open", "Scarlet", "Thin",
    "Western",
];

const NOUNS: [&str; 64] = [
    "River",
    "Harbor",
    "Lantern",
    "Machine",
    "Garden",
    "Mirror",
    "Signal",
    "Orchard",
    "Engine",
    "Shadow",
    "Ocean",
    "Letter",
    "Bridge",
    "Static",
    "Window",
    "Canyon",
    "Ember",
    "Forest",
    "Horizon",
    "Island",
    "Kingdom",
    "Ladder",
    "Meadow",
    "Needle",
    "Pilot",
    "Queen",
    "Radio",
    "Satellite",
    "Thunder",
    "Valley",
    "Whisper",
    "Antenna",
    "Balcony",
    "Candle",
    "Desert",
    "Elevator",
    "Feather",
    "Ghost",
    "Highway",
    "Ivy",
    "Jungle",
    "Kite",
    "Labyrinth",
    "Moth",
    "Nightingale",
    "Oracle",
    "Parade",
    "Quarry",
    "Rooftop",
    "Sparrow",
    "Tunnel",
    "Umbrella",
    "Vessel",
    "Wagon",
    "Willow",
    "Zephyr",
    "Anchor",
    "Boulevard",
    "Comet",
    "Dune",
    "Echo",
    "Fountain",
    "Glacier",
    "Hourglass",
];

const VERBS: [&str; 20] = [
    "Waiting",
    "Running",
    "Falling",
    "Dancing",
    "Dreaming",
    "Burning",
    "Leaving",
    "Calling",
    "Breathing",
    "Wandering",
    "Singing",
    "Drifting",
    "Counting",
    "Holding",
    "Learning",
    "Driving",
    "Fading",
    "Rising",
    "Turning",
    "Looking",
];

const JOINTS: [&str; 6] =
    ["for the", "under the", "beyond the", "in the", "past the", "without the"];

const ONSETS: [&str; 18] =
    ["b", "br", "d", "dr", "f", "g", "h", "k", "kr", "l", "m", "n", "p", "r", "s", "t", "v", "z"];
const VOWELS: [&str; 8] = ["a", "e", "i", "o", "u", "ai", "ei", "ou"];
const CODAS: [&str; 8] = ["", "l", "n", "r", "s", "t", "nd", "rk"];

/// What a title is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    Any,
    December,
    Bedtime,
}

/// Lower case, unique by row, and silent about who holds the account.
pub(crate) fn account_name(row: usize) -> String {
    match row / FIRST.len() {
        0 => FIRST[row].to_owned(),
        round => format!("{}{}", FIRST[row % FIRST.len()], round + 1),
    }
}

/// A name that nobody took so far, "The" apart.
pub(crate) fn artist_name(dice: &mut Dice, taken: &mut HashSet<String>) -> String {
    loop {
        let name = match dice.below(6) {
            0 | 1 => format!("{} {}", capitalized(dice.pick(&FIRST)), surname(dice)),
            2 => format!("{} {}", dice.pick(&ADJECTIVES), dice.pick(&NOUNS)),
            3 => format!("The {} {}s", dice.pick(&ADJECTIVES), surname(dice)),
            4 => format!("{} {}", surname(dice), dice.pick(&NOUNS)),
            _ => surname(dice),
        };
        if taken.insert(name.trim_start_matches("The ").to_lowercase()) {
            return name;
        }
    }
}

/// A title that is not among those the artist used before.
pub(crate) fn title(dice: &mut Dice, occasion: Occasion, used: &[String]) -> String {
    loop {
        let noun = dice.pick(&NOUNS);
        let title = match (occasion, dice.below(6)) {
            (Occasion::Bedtime, 0..3) => format!("{} {noun} Lullaby", dice.pick(&ADJECTIVES)),
            (Occasion::Bedtime, _) => format!("Sleep Little {} {noun}", dice.pick(&ADJECTIVES)),
            (Occasion::December, 0..3) => {
                format!("Christmas {} the {noun}", dice.pick(&["by", "at", "on", "in"]))
            }
            (Occasion::December, _) => format!("Snow on the {} {noun}", dice.pick(&ADJECTIVES)),
            (Occasion::Any, 0 | 1) => format!("{} {noun}", dice.pick(&ADJECTIVES)),
            (Occasion::Any, 2 | 3) => {
                format!("{} {} {noun}", dice.pick(&VERBS), dice.pick(&JOINTS))
            }
            (Occasion::Any, 4) => format!("{noun} of {}", surname(dice)),
            (Occasion::Any, _) => format!("{} {}", dice.pick(&NOUNS), noun.to_lowercase()),
        };
        if !used.contains(&title) {
            return title;
        }
    }
}

fn surname(dice: &mut Dice) -> String {
    capitalized(&invented(dice))
}

/// Two syllables: 18 · 8 · 8 of each.
fn invented(dice: &mut Dice) -> String {
    let mut word = String::new();
    for _ in 0..2 {
        word.push_str(dice.pick(&ONSETS));
        word.push_str(dice.pick(&VOWELS));
        word.push_str(dice.pick(&CODAS));
    }
    word
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Occasion, account_name, artist_name, title};
    use crate::dice::{Dice, Purpose};

    #[test]
    fn no_two_artists_and_no_two_accounts_share_a_name() {
        let mut dice = Dice::new(1, Purpose::Climate, 0, 0);
        let mut taken = HashSet::new();
        let names: HashSet<String> =
            (0..5000).map(|_| artist_name(&mut dice, &mut taken).to_lowercase()).collect();
        assert_eq!(names.len(), 5000);
        let accounts: HashSet<String> = (0..500).map(account_name).collect();
        assert_eq!(accounts.len(), 500);
    }

    #[test]
    fn an_artist_uses_no_title_twice() {
        let mut dice = Dice::new(1, Purpose::Climate, 0, 0);
        let mut used: Vec<String> = Vec::new();
        for _ in 0..200 {
            let title = title(&mut dice, Occasion::Any, &used);
            assert!(!used.contains(&title), "{title}");
            used.push(title);
        }
    }
}
