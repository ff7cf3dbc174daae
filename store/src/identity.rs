//! Which recording is meant?
//!
//! A recording owns a set of keys.
//! Whoever brings one of them means it, and whoever brings keys of two has found out that they are one:
//! the lower id survives, the other becomes an alias for ever.

use std::time::Duration;

use music::{Credit, ItemKind, artist_key, recording_key};
use rusqlite::{Connection, OptionalExtension};

use crate::Result;
use crate::catalogue::{self, Stance};

/// The kinds of keys, by their codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum KeyKind {
    Mbid = 0,
    Isrc = 1,
    Spotify = 2,
    Item = 3,
    /// Folded names.
    Name = 4,
}

/// Finds the recording of a credit, or makes it; `None` where no key is known and names are lacking.
///
/// What the credit says and the recording lacks is filled in.
pub(crate) fn identify(
    db: &Connection,
    items: ItemKind,
    credit: &Credit,
    length: Option<Duration>,
) -> Result<Option<i64>> {
    let keys = keys(items, credit);
    let mut missing = Vec::new();
    let mut found = Vec::new();
    for key in &keys {
        match owner(db, key.0, &key.1)? {
            Some(recording) => found.push(recording),
            None => missing.push(key),
        }
    }
    found.sort_unstable();
    found.dedup();
    let recording = match found.split_first() {
        Some((survivor, others)) => {
            for other in others {
                merge(db, *other, *survivor)?;
            }
            catalogue::describe(db, *survivor, credit, length, Stance::Fill)?;
            *survivor
        }
        None if name_key(items, credit).is_some() => catalogue::create(db, items, credit, length)?,
        None => return Ok(None),
    };
    for (kind, value) in missing {
        let insert = "INSERT INTO recording_keys (kind, value, recording) VALUES (?1, ?2, ?3)";
        db.prepare_cached(insert)?.execute((*kind as i64, value, recording))?;
    }
    Ok(Some(recording))
}

/// The recording that owns a key.
pub(crate) fn owner(db: &Connection, kind: KeyKind, value: &str) -> Result<Option<i64>> {
    let mut query =
        db.prepare_cached("SELECT recording FROM recording_keys WHERE kind = ?1 AND value = ?2")?;
    Ok(query.query_one((kind as i64, value), |row| row.get(0)).optional()?)
}

/// The id that a recording lives on under; the same where it is no alias.
pub(crate) fn resolve(db: &Connection, recording: i64) -> Result<i64> {
    let mut query = db.prepare_cached("SELECT recording FROM aliases WHERE alias = ?1")?;
    Ok(query.query_one([recording], |row| row.get(0)).optional()?.unwrap_or(recording))
}

/// The folded names, where the credit has them.
pub(crate) fn name_key(items: ItemKind, credit: &Credit) -> Option<String> {
    match items {
        ItemKind::Artists if credit.artist.is_empty() => None,
        ItemKind::Artists => Some(artist_key(&credit.artist)),
        ItemKind::Recordings if credit.artist.is_empty() || credit.title.is_empty() => None,
        ItemKind::Recordings => Some(recording_key(&credit.artist, &credit.title)),
    }
}

fn keys(items: ItemKind, credit: &Credit) -> Vec<(KeyKind, String)> {
    let mbid = match items {
        ItemKind::Artists => credit.mbid.as_ref().or_else(|| credit.artist_mbids.first()),
        ItemKind::Recordings => credit.mbid.as_ref(),
    };
    let own = [
        (KeyKind::Mbid, mbid),
        (KeyKind::Isrc, credit.isrc.as_ref()),
        (KeyKind::Spotify, credit.spotify.as_ref()),
        (KeyKind::Item, credit.item.as_ref()),
    ];
    let mut keys: Vec<_> =
        own.into_iter().filter_map(|(kind, value)| Some((kind, value?.clone()))).collect();
    // The title track of every sampler is not one recording: such names identify nothing where a real key does.
    let is_named = keys.is_empty() || !ANYBODY.contains(&artist_key(&credit.artist).as_str());
    keys.extend(name_key(items, credit).filter(|_| is_named).map(|name| (KeyKind::Name, name)));
    keys
}

/// Folded credits that stand for nobody in particular.
pub(crate) const ANYBODY: [&str; 4] = ["various artists", "various", "unknown artist", "unknown"];

/// Makes `from` an alias of `into`.
fn merge(db: &Connection, from: i64, into: i64) -> Result<()> {
    let moves = [
        "UPDATE recording_keys SET recording = ?2 WHERE recording = ?1",
        "UPDATE aliases SET recording = ?2 WHERE recording = ?1",
        "INSERT INTO aliases (alias, recording) VALUES (?1, ?2)",
    ];
    for sql in moves {
        db.prepare_cached(sql)?.execute((from, into))?;
    }
    catalogue::inherit(db, from, into)
}
