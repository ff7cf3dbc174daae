//! What is known of recordings beyond who heard them, as models take it?
//!
//! One function for the rows of a training and for those of recordings that came after it: a word has the same key in
//! both, so that a model knows the words of a recording that it never saw.
//! These are facts of the catalogue, known or imputed from it; how popular a recording is, is none of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use linalg::Csr;
use listens::{Impute, Lengths, impute};
use models::{ItemFeatures, Numbers, WordIx, Words};
use music::{Facts, Guess, ItemIx, RecordingId, Rows, Tagged, tag_key};

use crate::places::Places;
use crate::{Error, Folder, impute as imputation};

/// What a featured artist says of a recording beside the main one.
const FEATURED: f32 = 0.5;

/// Everything known of the recordings of some rows.
///
/// `lengths` are those that finished plays told, beside those of the catalogue; `newest` is the newest listen that a
/// model knows of, from which ages count.
/// Kinds of words: `artist` by its id, `release` by that of its group, `tag` by [`tag_word`].
/// Numbers: `year`, `length` in seconds, `tempo` in beats per minute.
/// A kind of which nothing is known of any row is left out.
///
/// # Errors
/// When the store cannot be read.
pub fn features(
    folder: &Folder,
    rows: &Rows,
    lengths: &Lengths,
    newest: Option<Timestamp>,
) -> Result<ItemFeatures, Error> {
    let places = Places::of(rows, &folder.store)?;
    let gathered = Gathered::of(folder, &places, rows.len(), lengths)?;
    Ok(gathered.features(newest))
}

/// The key of a tag among the words of a model: equal for spellings of one tag, in every installation.
#[must_use]
pub fn tag_word(tag: &str) -> u64 {
    let hash = blake3::hash(tag_key(tag).as_bytes());
    let (first, _) = hash.as_bytes().split_first_chunk().expect("a BLAKE3 has 32 bytes");
    u64::from_le_bytes(*first)
}

/// Row, key and weight of each word of one kind.
type Said = Vec<(u32, u64, f32)>;

/// What the catalogue says of each row.
struct Gathered {
    n: usize,
    artists: Said,
    releases: Said,
    tags: Said,
    years: Vec<Option<f32>>,
    lengths: Vec<Option<f32>>,
    tempos: Vec<Option<f32>>,
    released: Vec<Option<Date>>,
}

impl Gathered {
    fn of(
        folder: &Folder,
        places: &Places<'_>,
        n: usize,
        lengths: &Lengths,
    ) -> Result<Self, Error> {
        let mut gathered = Self {
            n,
            artists: Vec::new(),
            releases: Vec::new(),
            tags: Vec::new(),
            years: vec![None; n],
            lengths: vec![None; n],
            tempos: vec![None; n],
            released: vec![None; n],
        };
        gathered.credits(folder, places)?;
        gathered.basics(folder, places)?;
        let facts = imputation::facts(folder, lengths)?;
        let tagged = folder.store.tags()?;
        gathered.known(places, &facts, &tagged);
        gathered.guessed(places, &facts, &tagged, folder.config.impute);
        Ok(gathered)
    }

    fn credits(&mut self, folder: &Folder, places: &Places<'_>) -> Result<(), Error> {
        let mut main = None;
        folder.store.for_each_credit(&mut |recording, artist| {
            let weight = if main == Some(recording) { FEATURED } else { 1.0 };
            main = Some(recording);
            self.artists.extend(places.all(recording).map(|item| (item.0, artist.0, weight)));
        })?;
        Ok(())
    }

    fn basics(&mut self, folder: &Folder, places: &Places<'_>) -> Result<(), Error> {
        folder.store.for_each_basics(&mut |basics| {
            let tempo = basics.tempo.filter(|tempo| tempo.is_finite() && *tempo > 0.0);
            for item in places.all(basics.id) {
                self.tempos[item.0 as usize] = tempo;
                self.released[item.0 as usize] = basics.released;
            }
        })?;
        Ok(())
    }

    /// What somebody said.
    fn known(&mut self, places: &Places<'_>, facts: &[Facts], tagged: &Tagged) {
        for fact in facts {
            for item in places.all(fact.recording) {
                let row = item.0 as usize;
                self.releases.extend(fact.release.map(|release| (item.0, release, 1.0)));
                self.years[row] = fact.year.map(f32::from);
                self.lengths[row] = fact.length.map(|length| length.as_secs_f32());
            }
        }
        let words: Vec<u64> = tagged.names.iter().map(|name| tag_word(name)).collect();
        for (recording, tag, weight) in &tagged.rows {
            let word = words[*tag as usize];
            self.tags.extend(places.all(*recording).map(|item| (item.0, word, *weight)));
        }
    }

    /// What stands in for what nobody said.
    fn guessed(&mut self, places: &Places<'_>, facts: &[Facts], tagged: &Tagged, wanted: Impute) {
        let of_release = |recording: RecordingId| {
            let place = facts.binary_search_by_key(&recording, |fact| fact.recording).ok()?;
            facts[place].release
        };
        for imputed in impute(facts, tagged, wanted) {
            for item in places.all(imputed.recording) {
                let row = item.0 as usize;
                match imputed.guess {
                    Guess::Length(length) => {
                        self.lengths[row] = Some(length.as_secs_f32());
                    }
                    Guess::ReleaseOf(other) => {
                        let release = of_release(other);
                        self.releases.extend(release.map(|release| (item.0, release, 1.0)));
                    }
                    Guess::Year(year) => self.years[row] = Some(f32::from(year)),
                    Guess::Tag(tag, weight) => {
                        let word = tag_word(&tagged.names[tag as usize]);
                        self.tags.push((item.0, word, weight));
                    }
                }
            }
        }
    }

    fn features(self, newest: Option<Timestamp>) -> ItemFeatures {
        let n = self.n;
        let words = [
            words("artist", n, self.artists),
            words("release", n, self.releases),
            words("tag", n, to_largest(self.tags)),
        ];
        let numbers =
            [("year", self.years), ("length", self.lengths), ("tempo", self.tempos)].into_iter();
        let numbers = numbers.map(|(name, of)| Numbers { name, of });
        let born_days = match newest {
            Some(newest) => {
                let born = |released: &Option<Date>| age_days((*released)?, newest);
                self.released.iter().map(born).collect()
            }
            None => vec![None; n],
        };
        let is_any = |days: &Vec<Option<f32>>| days.iter().any(Option::is_some);
        ItemFeatures {
            n_items: n,
            words: words.into_iter().flatten().collect(),
            numbers: numbers.filter(|numbers| is_any(&numbers.of)).collect(),
            vectors: Vec::new(),
            born_days: Some(born_days).filter(is_any).unwrap_or_default(),
        }
    }
}

/// Days from when a recording came out to a moment; below 0 for what came out later.
///
/// The first of January stands for a year of which nobody said the day: then it is the middle of it, as far as it has
/// passed.
#[expect(clippy::cast_possible_truncation, reason = "days need no more than seven digits")]
fn age_days(released: Date, newest: Timestamp) -> Option<f32> {
    let days_since = |date: Date| -> Option<f64> {
        let start = date.to_zoned(TimeZone::UTC).ok()?.timestamp();
        Some(newest.duration_since(start).as_secs_f64() / 86_400.0)
    };
    let age = days_since(released)?;
    let age = match (released.month(), released.day()) {
        (1, 1) if age > 0.0 => {
            (age + days_since(released.last_of_year()).map_or(0.0, |age| age.max(0.0))) / 2.0
        }
        _ => age,
    };
    Some(age as f32)
}

/// Tags with the weights of each row scaled to its own largest, which is 1; of two spellings of one the heavier counts.
fn to_largest(mut tags: Said) -> Said {
    tags.retain(|(_, _, weight)| weight.is_finite() && *weight > 0.0);
    let mut largest: BTreeMap<u32, f32> = BTreeMap::new();
    for (row, _, weight) in &tags {
        let of_row = largest.entry(*row).or_default();
        *of_row = of_row.max(*weight);
    }
    for (row, _, weight) in &mut tags {
        *weight /= largest[row];
    }
    // What is left of a tag that is next to nothing beside the others may be no number at all.
    tags.retain(|(_, _, weight)| *weight > 0.0);
    tags
}

/// A matrix of the words of one kind, columns ascending by key; of a word said twice of a row the heavier counts.
fn words(name: &'static str, n: usize, mut said: Said) -> Option<Words> {
    said.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(b.2.total_cmp(&a.2)));
    said.dedup_by_key(|(row, key, _)| (*row, *key));
    let mut keys: Vec<u64> = said.iter().map(|(_, key, _)| *key).collect();
    keys.sort_unstable();
    keys.dedup();
    let column = |key: &u64| {
        let place = keys.binary_search(key).expect("keys were made of these very words");
        u32::try_from(place).expect("words are numbered in u32")
    };
    let triplets = said.iter().map(|(row, key, weight)| (*row, column(key), *weight)).collect();
    let of: Csr<ItemIx, WordIx> = Csr::from_triplets(n, keys.len(), triplets);
    (!keys.is_empty()).then_some(Words { name, keys, of })
}

#[cfg(test)]
mod tests {
    use super::{age_days, tag_word, to_largest, words};

    #[test]
    fn spellings_of_a_tag_are_one_word() {
        assert_eq!(tag_word("Hip-Hop"), tag_word(" hip hop"));
        assert_ne!(tag_word("hip hop"), tag_word("trip hop"));
        assert_ne!(tag_word("!!!"), tag_word("???"));
    }

    #[test]
    fn a_rows_heaviest_tag_weighs_1_and_a_word_said_twice_counts_once() {
        // Row 0: 4, 2 and 1 of key 9 said again; row 2: 5 alone.
        let said = vec![(0, 7, 4.0), (0, 9, 2.0), (0, 9, 1.0), (2, 9, 5.0), (2, 3, 0.0)];
        let words = words("tag", 3, to_largest(said)).unwrap();
        assert_eq!(words.keys, [7, 9]);
        assert_eq!(words.of.row(0), (&[0, 1][..], &[1.0, 0.5][..]));
        assert_eq!(words.of.row(1), (&[][..], &[][..]));
        assert_eq!(words.of.row(2), (&[1][..], &[1.0][..]));
    }

    #[test]
    fn what_came_out_after_the_newest_listen_is_younger_than_nothing() {
        let newest = "2025-01-03T12:00:00Z".parse().unwrap();
        let age = |date: &str| age_days(date.parse().unwrap(), newest);
        assert_eq!((age("2025-01-02"), age("2025-01-04")), (Some(1.5), Some(-0.5)));
    }

    #[test]
    fn a_year_alone_is_its_middle_as_far_as_it_has_passed() {
        let age = |newest: &str| age_days("2023-01-01".parse().unwrap(), newest.parse().unwrap());
        // From its first day to its last, which is 364 days later, and to the third day that has passed.
        assert_eq!(age("2024-01-01T00:00:00Z"), Some((365.0 + 1.0) / 2.0));
        assert_eq!(age("2023-01-04T00:00:00Z"), Some(1.5));
        assert_eq!(age("2022-12-31T00:00:00Z"), Some(-1.0));
    }
}
