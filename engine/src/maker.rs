//! What do all lists of a week share?

use std::collections::BTreeMap;

use music::ItemIx;

use crate::catalogue::Catalogue;
use crate::facts::Facts;
use crate::off_limits::HardRule;
use crate::places::Places;
use crate::retrieve::Layouts;
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
    /// Rows that nobody gets, with the reason.
    pub(crate) barred: BTreeMap<u32, HardRule>,
    /// All other rows, ascending.
    pub(crate) open: Vec<u32>,
    /// Those of them that few listeners like, ascending.
    pub(crate) little_known: Vec<u32>,
    /// What the catalogue says in full, of the rows that somebody asked for.
    pub(crate) catalogue: Catalogue,
    /// The rows, laid out for a search by many.
    pub(crate) layouts: Layouts,
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
        let barred = barred(folder, snapshot, &places, &facts)?;
        let n_rows = u32::try_from(snapshot.rows.len()).expect("rows are u32");
        let is_little_known = |row: &u32| facts.popularity(ItemIx(*row)) < LITTLE_KNOWN;
        let mut closed = barred.keys().copied().peekable();
        let open: Vec<u32> = (0..n_rows).filter(|row| closed.next_if_eq(row).is_none()).collect();
        let little_known = open.iter().copied().filter(is_little_known).collect();
        Ok(Self {
            snapshot,
            config: folder.config.clone(),
            places,
            facts,
            space,
            barred,
            open,
            little_known,
            catalogue: Catalogue::new(snapshot.rows.len()),
            layouts: Layouts::default(),
        })
    }
}

/// Rows that nobody gets: of two reasons the operator's goes first.
fn barred(
    folder: &Folder,
    snapshot: &Snapshot,
    places: &Places<'_>,
    facts: &Facts,
) -> Result<BTreeMap<u32, HardRule>, Error> {
    let mut barred = BTreeMap::new();
    for (recording, reason) in folder.store.denied()? {
        for item in places.all(recording) {
            barred.insert(item.0, HardRule::Denied(reason.clone()));
        }
    }
    for item in facts.unavailable() {
        barred.entry(item.0).or_insert(HardRule::Unavailable);
    }
    for item in places.redundant() {
        barred.entry(item.0).or_insert(HardRule::Duplicate);
    }
    let least = folder.config.weekly.privacy_threshold;
    for (_, rows) in facts.all_artists() {
        let listeners = rows.iter().map(|row| snapshot.liked_by(ItemIx(*row))).max().unwrap_or(0);
        if (1..least).contains(&listeners) {
            for row in rows {
                barred.entry(*row).or_insert(HardRule::FewListeners);
            }
        }
    }
    Ok(barred)
}
