//! What is known of the recordings of a snapshot, by row?
//!
//! Read from the store as a whole, so that a thousand candidates cost no thousand questions; today's catalogue, not that
//! of the training.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use music::{ArtistId, ItemIx, RecordingId};
use rank::Sound;
use store::{Basics, Store, Words};

use crate::places::Places;
use crate::{Error, Snapshot};

mod key;

/// The most tags that say what a recording is.
const TAGS: usize = 5;

/// What is known of each row.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    rows: Vec<Row>,
    artists: Ragged<ArtistId>,
    genres: Shares,
    /// Every tag that some row has, ascending.
    tags: Vec<String>,
    /// Rows of an artist, ascending, whatever the place in the credit.
    by_artist: BTreeMap<ArtistId, Vec<u32>>,
    /// Rows of a work, ascending by work, then row.
    by_work: Vec<(u64, u32)>,
    /// Rows with a date of release, ascending by date, then row.
    by_date: Vec<(Date, u32)>,
    groups: BTreeMap<u32, Vec<String>>,
    /// Share of rows that fewer listeners like.
    popularity: Vec<f32>,
}

/// Facts of which each row has one or none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Equal for versions of one work.
    pub(crate) work: u64,
    /// Equal for recordings on editions of one release.
    pub(crate) release: Option<u64>,
    /// First release date.
    pub(crate) released: Option<Date>,
    /// How it sounds.
    pub(crate) sound: Sound,
    /// Whether it can be played at all.
    pub(crate) is_available: Option<bool>,
}

impl Facts {
    /// Reads the catalogue.
    pub(crate) fn of(
        store: &Store,
        snapshot: &Snapshot,
        places: &Places<'_>,
    ) -> Result<Self, Error> {
        let n = snapshot.rows.len();
        // A row of which the catalogue knows nothing is a work of its own.
        let unknown = |row: usize| Row {
            work: u64::MAX - row as u64,
            release: None,
            released: None,
            sound: Sound::default(),
            is_available: None,
        };
        let mut rows: Vec<Row> = (0..n).map(unknown).collect();
        store.for_each_basics(&mut |basics| {
            for item in places.all(basics.id) {
                rows[item.0 as usize] = row(&basics);
            }
        })?;
        let mut artists = Vec::new();
        store.for_each_credit(&mut |recording, artist| {
            artists.extend(places.all(recording).map(|item| (item.0, artist)));
        })?;
        let artists = Ragged::new(n, artists);
        let (genres, tags) = genres(store, places, n)?;
        let mut by_work: Vec<_> = rows.iter().zip(0..).map(|(row, at)| (row.work, at)).collect();
        by_work.sort_unstable();
        let dated = |(row, at): (&Row, u32)| Some((row.released?, at));
        let mut by_date: Vec<_> = rows.iter().zip(0..).filter_map(dated).collect();
        by_date.sort_unstable();
        Ok(Self {
            by_artist: by_artist(&artists),
            by_work,
            by_date,
            rows,
            artists,
            genres,
            tags,
            groups: words(store, places, Words::Groups)?,
            popularity: popularity(&snapshot.liked_by, snapshot.rows.n_more()),
        })
    }

    pub(crate) fn row(&self, item: ItemIx) -> &Row {
        &self.rows[item.0 as usize]
    }

    /// Every credited artist, main artist first.
    pub(crate) fn artists(&self, item: ItemIx) -> &[ArtistId] {
        self.artists.of(item)
    }

    /// The heaviest tags with their shares, ascending by number.
    pub(crate) fn genres(&self, item: ItemIx) -> &[(u32, f32)] {
        self.genres.of(item)
    }

    /// The name of a tag.
    pub(crate) fn tag(&self, number: u32) -> &str {
        &self.tags[number as usize]
    }

    /// The number of a tag.
    pub(crate) fn tag_number(&self, name: &str) -> Option<u32> {
        let place = self.tags.binary_search_by(|tag| tag.as_str().cmp(name)).ok()?;
        Some(u32::try_from(place).expect("tags are numbered in u32"))
    }

    /// The rows that credit an artist, ascending.
    pub(crate) fn by_artist(&self, artist: ArtistId) -> &[u32] {
        self.by_artist.get(&artist).map_or(&[], Vec::as_slice)
    }

    /// Every artist with a row, ascending, with the rows.
    pub(crate) fn all_artists(&self) -> impl Iterator<Item = (ArtistId, &[u32])> {
        self.by_artist.iter().map(|(artist, rows)| (*artist, rows.as_slice()))
    }

    /// Groups whose exposure is kept fair, ascending.
    pub(crate) fn groups(&self, item: ItemIx) -> &[String] {
        self.groups.get(&item.0).map_or(&[], Vec::as_slice)
    }

    /// Every group that some row is in, ascending.
    pub(crate) fn all_groups(&self) -> BTreeSet<&String> {
        self.groups.values().flatten().collect()
    }

    /// The rows of a work, ascending.
    pub(crate) fn by_work(&self, work: u64) -> impl Iterator<Item = &u32> {
        let first = self.by_work.partition_point(|(other, _)| *other < work);
        let rest = self.by_work[first..].iter();
        rest.take_while(move |(other, _)| *other == work).map(|(_, row)| row)
    }

    /// Share of rows that fewer listeners like, 0 to 1.
    pub(crate) fn popularity(&self, item: ItemIx) -> f32 {
        self.popularity[item.0 as usize]
    }

    /// Rows that came out from `since` on and not after `until`, by date.
    pub(crate) fn released(&self, since: Date, until: Date) -> impl Iterator<Item = ItemIx> {
        let first = self.by_date.partition_point(|(date, _)| *date < since);
        let later = self.by_date[first..].iter();
        later.take_while(move |(date, _)| *date <= until).map(|(_, row)| ItemIx(*row))
    }

    /// Rows that cannot be played, ascending.
    pub(crate) fn unavailable(&self) -> impl Iterator<Item = ItemIx> {
        let rows = (0_u32..).zip(&self.rows);
        rows.filter(|(_, row)| row.is_available == Some(false)).map(|(row, _)| ItemIx(row))
    }
}

fn row(basics: &Basics) -> Row {
    let tempo = basics.tempo.filter(|tempo| tempo.is_finite() && *tempo > 0.0);
    Row {
        work: basics.work,
        release: basics.release,
        released: basics.released,
        sound: Sound { tempo, key: basics.key.as_deref().and_then(key::place), energy: None },
        is_available: basics.is_available,
    }
}

fn by_artist(artists: &Ragged<ArtistId>) -> BTreeMap<ArtistId, Vec<u32>> {
    let mut by_artist: BTreeMap<ArtistId, Vec<u32>> = BTreeMap::new();
    for (row, artists) in (0_u32..).zip(artists.all()) {
        for artist in artists {
            let rows = by_artist.entry(*artist).or_default();
            if rows.last() != Some(&row) {
                rows.push(row);
            }
        }
    }
    by_artist
}

/// Numbers of tags with their shares, for each row.
type Shares = Ragged<(u32, f32)>;

/// The heaviest tags of each row, with shares that sum to 1, and the names of all tags by number.
fn genres(store: &Store, places: &Places<'_>, n: usize) -> Result<(Shares, Vec<String>), Error> {
    let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
    let mut told: Vec<(u32, (u32, f32))> = Vec::new();
    store.for_each_word(Words::Tags, &mut |recording, tag, weight| {
        let next = u32::try_from(numbers.len()).expect("tags are numbered in u32");
        let number = match numbers.get(tag) {
            Some(number) => *number,
            None => *numbers.entry(tag.to_owned()).or_insert(next),
        };
        told.extend(places.all(recording).map(|item| (item.0, (number, weight))));
    })?;
    // By name, not by when a tag was first met.
    let mut ranks = vec![0; numbers.len()];
    for (rank, number) in (0_u32..).zip(numbers.values()) {
        ranks[*number as usize] = rank;
    }
    told.iter_mut().for_each(|(_, (number, _))| *number = ranks[*number as usize]);
    let heaviest = Ragged::new(n, told);
    let kept = (0_u32..)
        .zip(heaviest.all())
        .flat_map(|(row, tags)| shares(tags).into_iter().map(move |share| (row, share)));
    Ok((Ragged::new(n, kept.collect()), numbers.into_keys().collect()))
}

/// The heaviest few, ascending, with shares that sum to 1.
fn shares(tags: &[(u32, f32)]) -> Vec<(u32, f32)> {
    let mut tags: Vec<_> = tags.iter().copied().filter(|(_, weight)| *weight > 0.0).collect();
    tags.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
    tags.truncate(TAGS);
    tags.sort_by_key(|(tag, _)| *tag);
    tags.dedup_by_key(|(tag, _)| *tag);
    let sum: f32 = tags.iter().map(|(_, weight)| weight).sum();
    tags.iter().map(|(tag, weight)| (*tag, weight / sum)).collect()
}

fn words(
    store: &Store,
    places: &Places<'_>,
    words: Words,
) -> Result<BTreeMap<u32, Vec<String>>, Error> {
    let mut by_row: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    store.for_each_word(words, &mut |recording: RecordingId, word, _| {
        for item in places.all(recording) {
            by_row.entry(item.0).or_default().push(word.to_owned());
        }
    })?;
    Ok(by_row)
}

/// Share of rows that fewer listeners like, of each; 0 for those at the end that came after the training.
fn popularity(liked_by: &[u32], n_more: usize) -> Vec<f32> {
    let (own, more) = liked_by.split_at(liked_by.len() - n_more);
    let mut sorted = own.to_vec();
    sorted.sort_unstable();
    let fewer = |likes: &u32| sorted.partition_point(|other| other < likes) as f32;
    let of_own = own.iter().map(|likes| fewer(likes) / own.len() as f32);
    of_own.chain(more.iter().map(|_| 0.0)).collect()
}

/// Lists of different lengths, one a row.
#[derive(Clone, Debug)]
struct Ragged<T> {
    /// `[n + 1]`
    starts: Vec<u32>,
    values: Vec<T>,
}

impl<T: Copy> Ragged<T> {
    /// From pairs of row and value; values of a row stay in their order.
    fn new(n: usize, mut pairs: Vec<(u32, T)>) -> Self {
        pairs.sort_by_key(|(row, _)| *row);
        let mut starts = vec![0_u32; n + 1];
        for (row, _) in &pairs {
            starts[*row as usize + 1] += 1;
        }
        for row in 0..n {
            starts[row + 1] += starts[row];
        }
        Self { starts, values: pairs.into_iter().map(|(_, value)| value).collect() }
    }

    fn of(&self, item: ItemIx) -> &[T] {
        let row = item.0 as usize;
        &self.values[self.starts[row] as usize..self.starts[row + 1] as usize]
    }

    fn all(&self) -> impl Iterator<Item = &[T]> {
        self.starts.windows(2).map(|ends| &self.values[ends[0] as usize..ends[1] as usize])
    }
}
