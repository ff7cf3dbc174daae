//! A bare matrix: which model comes of it?
//!
//! No store, no histories, no times: users, items and values from one table, as other libraries take them.
//! A value is a confidence; a negative one says that the item is known and not liked, as in implicit.
//! Item rows ascend by a hash of the item's own text, so that neither the order of the lines nor new rows change what chance gives an item.

mod saved;

use std::path::Path;

use linalg::Csr;
use listens::{Ids, TripleOptions, TripleTally, Triples};
use models::{Checkpoint, Heard, Recommender, Spec, Training};
use music::{ItemIx, RecordingId, Rows, UserIx};

pub use saved::check_vacant;

use crate::{Error, Observer};

/// A matrix `[n_users × n_items]` that is ready to be learned from.
#[derive(Debug)]
pub struct Bare {
    /// What came of reading it.
    pub tally: TripleTally,
    heard: Csr<UserIx, ItemIx, Heard>,
    rows: Rows,
    users: Ids,
    items: Ids,
    /// For each item row, where its text stands in `items`.
    item_texts: Vec<usize>,
}

impl Bare {
    /// Reads a table or lists of user, item and value, of the lines in a window of time where there is one; see
    /// [`listens::read_triples`] for its columns.
    ///
    /// # Errors
    /// When the table cannot be read or holds no pair, and when the observer wants to stop.
    pub fn read(
        source: &Path,
        options: &TripleOptions<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        let file = fs_err::metadata(source).ok().filter(std::fs::Metadata::is_file);
        observer.begin("read", file.map(|file| file.len()));
        let advance = &mut |bytes| observer.advance(bytes);
        let triples = listens::read_triples(source, options, advance)?;
        let bare = Self::of(triples)?;
        observer.end();
        if observer.is_interrupted() { Err(Error::Interrupted) } else { Ok(bare) }
    }

    /// Lays out a table that was read.
    ///
    /// # Errors
    /// [`Error::AlikeItems`], once in a blue moon.
    pub fn of(triples: Triples) -> Result<Self, Error> {
        let (rows, item_texts) = item_rows(&triples.items)?;
        let mut row_of = vec![0; item_texts.len()];
        for (&text, row) in item_texts.iter().zip(0..) {
            row_of[text] = row;
        }
        let newest = newest(&triples);
        let mut pairs = Vec::with_capacity(triples.n_pairs());
        for (u, user) in (0..triples.users.len()).zip(0..) {
            let times = triples.times_of_user(u);
            for (place, &(item, value)) in triples.of_user(u).iter().enumerate() {
                let age_days = times.map_or(0.0, |times| days(newest.saturating_sub(times[place])));
                pairs.push((user, row_of[item as usize], Heard { age_days, ..believe(value) }));
            }
        }
        let Triples { users, items, tally, .. } = triples;
        let heard = Csr::from_triplets(users.len(), items.len(), pairs);
        Ok(Self { tally, heard, rows, users, items, item_texts })
    }

    /// Number of users.
    #[must_use]
    pub fn n_users(&self) -> usize {
        self.heard.n_rows()
    }

    /// Number of items.
    #[must_use]
    pub fn n_items(&self) -> usize {
        self.heard.n_cols()
    }

    /// Number of pairs.
    #[must_use]
    pub fn n_pairs(&self) -> usize {
        self.heard.nnz()
    }

    /// Learns a model, from the start or from where a training was stopped.
    ///
    /// # Errors
    /// What [`models::fit`] says.
    pub fn fit(
        &self,
        spec: &Spec,
        seed: u64,
        resume: Option<&Checkpoint>,
        observer: &mut models::Observer<'_>,
    ) -> Result<Box<dyn Recommender>, models::Error> {
        let training = Training { resume, ..Training::new(&self.heard, &self.rows, seed) };
        models::fit(spec, &training, observer)
    }

    /// The row of a user.
    #[must_use]
    pub fn user(&self, id: &str) -> Option<UserIx> {
        let row = u32::try_from(self.users.find(id)?);
        Some(UserIx(row.expect("user rows are u32")))
    }

    /// The row of an item.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<ItemIx> {
        self.items.find(id).and_then(|_| self.rows.ix(item_id(id)))
    }

    /// The item rows of a user, ascending.
    ///
    /// # Panics
    /// When there is no such user.
    #[must_use]
    pub fn heard_by(&self, user: UserIx) -> &[u32] {
        self.heard.row(user.0 as usize).0
    }

    /// What is believed of each of a user's items.
    ///
    /// # Panics
    /// When there is no such user.
    #[must_use]
    pub fn believed_of(&self, user: UserIx) -> &[Heard] {
        self.heard.row(user.0 as usize).1
    }

    /// The matrix alone, and the names of its item rows.
    #[must_use]
    pub fn into_matrix(self) -> (Csr<UserIx, ItemIx, Heard>, Rows) {
        (self.heard, self.rows)
    }

    /// The texts of the items, by row.
    fn item_ids(&self) -> impl Iterator<Item = &str> {
        self.item_texts.iter().map(|&text| self.items.id(text))
    }
}

/// When the table ends; 0 without times.
fn newest(triples: &Triples) -> i64 {
    let times = (0..triples.users.len()).filter_map(|u| triples.times_of_user(u));
    times.flatten().copied().max().unwrap_or_default()
}

#[expect(clippy::cast_possible_truncation, reason = "days need no more than seven digits")]
fn days(seconds: i64) -> f32 {
    (seconds as f64 / 86_400.0) as f32
}

/// Rows for the items, and where in `items` the text of each row stands.
fn item_rows(items: &Ids) -> Result<(Rows, Vec<usize>), Error> {
    let mut ids: Vec<(RecordingId, usize)> = items.iter().map(item_id).zip(0..).collect();
    ids.sort_unstable();
    if let Some(pair) = ids.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        let [first, second] = [pair[0], pair[1]].map(|(_, text)| items.id(text).to_owned());
        return Err(Error::AlikeItems { first, second });
    }
    let rows = Rows::new(ids.iter().map(|(id, _)| *id).collect());
    Ok((rows, ids.into_iter().map(|(_, text)| text).collect()))
}

/// The id of an item that is a text: the first eight bytes of its BLAKE3.
#[must_use]
pub fn item_id(text: &str) -> RecordingId {
    let hash = blake3::hash(text.as_bytes());
    let (first, _) = hash.as_bytes().split_first_chunk().expect("a BLAKE3 has 32 bytes");
    RecordingId(u64::from_le_bytes(*first))
}

/// What a value says: how sure, and whether the item is liked.
#[must_use]
pub fn believe(value: f32) -> Heard {
    Heard { confidence: value.abs(), age_days: 0.0, is_liked: value > 0.0 }
}
