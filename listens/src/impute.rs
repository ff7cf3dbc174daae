//! What is a fact about a recording likely to be that no source says?
//!
//! What its other versions say, else what is usual for its main artist; a fact that is known is never overruled.
//! It follows from what is known now and from nothing else, so it can be dropped and computed anew at any time.

use std::collections::{BTreeMap, BTreeSet};

use music::{Basis, Facts, Guess, Imputed, RecordingId, Tagged, spell};
use serde::{Deserialize, Serialize};

/// Recordings of an artist from which on their median is taken for the others.
const ENOUGH: usize = 5;

/// Recordings of an artist that must carry a tag, beside half of those tagged.
const CARRIERS: usize = 3;

/// What a weight of an imputed tag is worth beside one that was given.
const REDUCED: f64 = 0.5;

/// Which facts are imputed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Impute {
    /// Lengths.
    pub length: bool,
    /// Releases.
    pub release: bool,
    /// Years of the first release.
    pub year: bool,
    /// Tags.
    pub tags: bool,
}

impl Impute {
    /// Nothing is.
    pub const NOTHING: Self = Self { length: false, release: false, year: false, tags: false };
}

impl Default for Impute {
    fn default() -> Self {
        Self { length: true, release: true, year: true, tags: true }
    }
}

/// Imputes what is wanted and not known; ascending by recording, fact and tag.
///
/// - Length: the median of the other versions, else of the artist's recordings where at least 5 have one.
/// - Release: the one that most versions with the same folded title are on; never one of the artist's others.
/// - Year: the earliest of the other versions, else the median of the artist's, where at least 5 recordings have one.
/// - Tags: all of the other versions, else those that at least half, and at least 3, of the artist's tagged recordings
///   carry; each at half the mean weight it has there, 0 where it is not.
///
/// A median is the lower of two middles. `facts` and `tags` ascend by recording. O(n log n).
#[must_use]
pub fn impute(facts: &[Facts], tags: &Tagged, wanted: Impute) -> Vec<Imputed> {
    let kin = Kin {
        works: groups(facts, |recording| recording.work),
        artists: groups(facts, |recording| recording.artist),
    };
    let mut imputed = Vec::new();
    if wanted.length {
        let lengths = numbers(facts, &kin, |recording| recording.length, median);
        imputed.extend(lengths.map(|(at, length, basis)| (at, Guess::Length(length), basis)));
    }
    if wanted.release {
        imputed.extend(releases(facts, &kin));
    }
    if wanted.year {
        let years = numbers(facts, &kin, |recording| recording.year, |years| years[0]);
        imputed.extend(years.map(|(at, year, basis)| (at, Guess::Year(year), basis)));
    }
    if wanted.tags {
        imputed.extend(of_tags(facts, tags, &kin));
    }
    // Stable: tags come ascending.
    imputed.sort_by_key(|(at, guess, _)| (*at, guess.fact()));
    let row = |(at, guess, basis): (usize, Guess, Basis)| {
        let recording = facts[at].recording;
        Imputed { recording, guess, basis }
    };
    imputed.into_iter().map(row).collect()
}

/// Places of recordings that belong together, ascending, two or more a group.
struct Kin {
    works: Vec<Vec<usize>>,
    artists: Vec<Vec<usize>>,
}

fn groups<K: Ord>(facts: &[Facts], key: impl Fn(&Facts) -> Option<K>) -> Vec<Vec<usize>> {
    let key = |at: usize| key(&facts[at]);
    let mut places: Vec<usize> = (0..facts.len()).filter(|&at| key(at).is_some()).collect();
    places.sort_by_key(|&at| key(at));
    let of_one = places.chunk_by(|&a, &b| key(a) == key(b));
    of_one.filter(|group| group.len() > 1).map(<[usize]>::to_vec).collect()
}

fn other_versions(n: usize) -> Basis {
    Basis::OtherVersions { n: u32::try_from(n).expect("recordings are u32") }
}

fn same_artist(n: usize) -> Basis {
    Basis::SameArtist { n: u32::try_from(n).expect("recordings are u32") }
}

/// How those that know a number tell it to those of their group that do not.
struct Rule<'a, V> {
    groups: &'a [Vec<usize>],
    /// How many must know it.
    enough: usize,
    /// Of their values in order.
    sum_up: fn(&[V]) -> V,
    basis: fn(usize) -> Basis,
}

/// What is one number: of the versions what `of_versions` makes of them in order, of the artist's the median.
fn numbers<V: Ord + Copy>(
    facts: &[Facts],
    kin: &Kin,
    known: impl Fn(&Facts) -> Option<V>,
    of_versions: fn(&[V]) -> V,
) -> impl Iterator<Item = (usize, V, Basis)> {
    let rules: [Rule<'_, V>; 2] = [
        Rule { groups: &kin.works, enough: 1, sum_up: of_versions, basis: other_versions },
        Rule { groups: &kin.artists, enough: ENOUGH, sum_up: median, basis: same_artist },
    ];
    let mut found = BTreeMap::new();
    for rule in rules {
        for group in rule.groups {
            let mut values: Vec<V> = group.iter().filter_map(|&at| known(&facts[at])).collect();
            if values.len() < rule.enough {
                continue;
            }
            values.sort_unstable();
            let guess = ((rule.sum_up)(&values), (rule.basis)(values.len()));
            for &at in group.iter().filter(|&&at| known(&facts[at]).is_none()) {
                found.entry(at).or_insert(guess);
            }
        }
    }
    found.into_iter().map(|(at, (value, basis))| (at, value, basis))
}

/// The lower middle of values in order.
fn median<V: Copy>(values: &[V]) -> V {
    values[(values.len() - 1) / 2]
}

/// A live version is on another release than the song, and so is a remix: only a title that folds alike tells.
fn releases(facts: &[Facts], kin: &Kin) -> Vec<(usize, Guess, Basis)> {
    let mut found = Vec::new();
    for work in &kin.works {
        let lacks = |at: &&usize| facts[**at].release.is_none();
        if !work.iter().any(|at| lacks(&at)) || work.iter().all(|at| lacks(&at)) {
            continue;
        }
        // By folded title, then by release: who is on it.
        let mut told: BTreeMap<String, BTreeMap<u64, Vec<RecordingId>>> = BTreeMap::new();
        for &at in work {
            if let Some(release) = facts[at].release {
                let of_title = told.entry(folded(&facts[at])).or_default();
                of_title.entry(release).or_default().push(facts[at].recording);
            }
        }
        for &at in work.iter().filter(lacks) {
            let Some(of_title) = told.get(&folded(&facts[at])) else { continue };
            let n_told = of_title.values().map(Vec::len).sum();
            // Of as many, the one that the smaller id is on.
            let most = of_title.values().min_by_key(|on_it| (usize::MAX - on_it.len(), on_it[0]));
            let most = most.expect("a title is told by somebody");
            found.push((at, Guess::ReleaseOf(most[0]), other_versions(n_told)));
        }
    }
    found
}

fn folded(recording: &Facts) -> String {
    spell("", &recording.title).title
}

/// Tags of those that have none.
fn of_tags(facts: &[Facts], tags: &Tagged, kin: &Kin) -> Vec<(usize, Guess, Basis)> {
    let rows = rows(facts, tags);
    let mut found = Vec::new();
    let mut has_versions = BTreeSet::new();
    for group in &kin.works {
        let told = Told::by(group, &rows);
        if told.n_tagged > 0 {
            told.give(group, &rows, &other_versions, &mut |at, guess, basis| {
                has_versions.insert(at);
                found.push((at, guess, basis));
            });
        }
    }
    for group in &kin.artists {
        let mut told = Told::by(group, &rows);
        let n_tagged = told.n_tagged;
        told.tags.retain(|_, (n, _)| 2 * *n >= n_tagged && *n >= CARRIERS);
        told.give(group, &rows, &same_artist, &mut |at, guess, basis| {
            if !has_versions.contains(&at) {
                found.push((at, guess, basis));
            }
        });
    }
    found
}

/// The tags of each recording, none where it has none.
fn rows<'a>(facts: &[Facts], tags: &'a Tagged) -> Vec<&'a [(RecordingId, u32, f32)]> {
    let mut left = tags.rows.as_slice();
    let of_one = |recording: &Facts| {
        let before = left.partition_point(|(of, ..)| *of < recording.recording);
        let (own, rest) = left[before..]
            .split_at(left[before..].partition_point(|(of, ..)| *of == recording.recording));
        left = rest;
        own
    };
    facts.iter().map(of_one).collect()
}

/// What the tagged recordings of a group are called.
struct Told {
    n_tagged: usize,
    /// By tag: how many carry it, and the sum of its weights.
    tags: BTreeMap<u32, (usize, f64)>,
}

impl Told {
    fn by(group: &[usize], rows: &[&[(RecordingId, u32, f32)]]) -> Self {
        let mut told = Self { n_tagged: 0, tags: BTreeMap::new() };
        for own in group.iter().map(|&at| rows[at]).filter(|own| !own.is_empty()) {
            told.n_tagged += 1;
            for (_, tag, weight) in own {
                let (n, sum) = told.tags.entry(*tag).or_default();
                *n += 1;
                *sum += f64::from(*weight);
            }
        }
        told
    }

    fn give(
        &self,
        group: &[usize],
        rows: &[&[(RecordingId, u32, f32)]],
        basis: &dyn Fn(usize) -> Basis,
        each: &mut dyn FnMut(usize, Guess, Basis),
    ) {
        for &at in group.iter().filter(|&&at| rows[at].is_empty()) {
            for (tag, (_, sum)) in &self.tags {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "the weights it sums are no finer"
                )]
                let weight = (REDUCED * sum / self.n_tagged as f64) as f32;
                each(at, Guess::Tag(*tag, weight), basis(self.n_tagged));
            }
        }
    }
}

#[cfg(test)]
mod tests;
