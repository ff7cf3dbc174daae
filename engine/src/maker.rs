//! What do all lists of a week share?

use crate::facts::Facts;
use crate::places::Places;
use crate::space::Space;
use crate::{Config, Error, Folder, Snapshot};

/// A snapshot, ready to make lists from: with today's catalogue beside it.
///
/// Making one reads the catalogue once; lists for many are made from one.
#[derive(Debug)]
pub struct Maker<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) config: Config,
    pub(crate) places: Places<'a>,
    pub(crate) facts: Facts,
    /// Where recordings lie; the serving model may have no vectors.
    pub(crate) space: Option<Space>,
    /// Rows that nobody gets, ascending.
    pub(crate) barred: Vec<u32>,
    /// Rows that few listeners like, ascending.
    pub(crate) little_known: Vec<u32>,
}

/// The part of recordings that count as little known.
const LITTLE_KNOWN: f32 = 0.5;

impl<'a> Maker<'a> {
    /// Reads the catalogue beside a snapshot.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn of(folder: &Folder, snapshot: &'a Snapshot) -> Result<Self, Error> {
        let places = Places::of(&snapshot.rows, &folder.store)?;
        let facts = Facts::of(&folder.store, snapshot, &places)?;
        let vectors = snapshot.models[0].recommender.item_vectors();
        let space = vectors.map(|vectors| Space::of(vectors, &facts));
        let mut barred: Vec<u32> = places.redundant().chain(facts.unavailable()).map(|item| item.0).collect();
        barred.sort_unstable();
        barred.dedup();
        let n_rows = u32::try_from(snapshot.rows.len()).expect("rows are u32");
        let is_little_known = |row: &u32| facts.popularity(music::ItemIx(*row)) < LITTLE_KNOWN;
        let little_known = (0..n_rows).filter(is_little_known).collect();
        Ok(Self { snapshot, config: folder.config.clone(), places, facts, space, barred, little_known })
    }
}
