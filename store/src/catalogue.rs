//! What is written down about a recording?

use std::time::Duration;

use music::{
    CatalogueEntry, Credit, ImportId, ItemKind, RecordingId, artist_key, main_artist, spell,
    work_key,
};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::row::millis;
use crate::{Result, Store, identity, schema};

/// What happens to a fact that is known already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stance {
    /// It stays.
    Fill,
    /// It is replaced.
    Overwrite,
}

impl Store {
    /// Finds or makes the recording of each entry, filling in what is not yet known of it.
    ///
    /// `None` stands for an entry without names whose keys nobody knows; tags are left out.
    ///
    /// # Errors
    /// [`crate::Error::ItemKinds`] when the folder holds the other kind of item, and what the database may refuse.
    pub fn identify_all(
        &mut self,
        items: ItemKind,
        entries: &[CatalogueEntry],
    ) -> Result<Vec<Option<RecordingId>>> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        schema::claim(&tx, items)?;
        let mut recordings = Vec::with_capacity(entries.len());
        for entry in entries {
            let recording = identity::identify(&tx, items, &entry.credit, entry.length)?;
            if let Some(recording) = recording {
                describe_entry(&tx, recording, entry, Stance::Fill)?;
            }
            recordings.push(recording.map(|id| RecordingId(id.cast_unsigned())));
        }
        tx.commit()?;
        Ok(recordings)
    }
}

/// Takes an entry of a catalogue: what it says replaces what was known, the rest stays.
///
/// Returns whether the entry belongs to any recording.
pub(crate) fn take(
    db: &Connection,
    items: ItemKind,
    import: ImportId,
    entry: &CatalogueEntry,
) -> Result<bool> {
    let Some(recording) = identity::identify(db, items, &entry.credit, entry.length)? else {
        return Ok(false);
    };
    if identity::name_key(items, &entry.credit).is_some() {
        rename(db, items, recording, &entry.credit)?;
    }
    describe(db, recording, &entry.credit, entry.length, Stance::Overwrite)?;
    describe_entry(db, recording, entry, Stance::Overwrite)?;
    let tag = "INSERT INTO recording_tags (recording, tag, import, weight) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO UPDATE SET weight = weight + excluded.weight";
    for it in &entry.tags {
        db.prepare_cached(tag)?.execute((
            recording,
            &it.name,
            import.0.cast_signed(),
            it.weight,
        ))?;
    }
    Ok(true)
}

/// Makes a recording of a credit that has names.
pub(crate) fn create(
    db: &Connection,
    items: ItemKind,
    credit: &Credit,
    length: Option<Duration>,
) -> Result<i64> {
    let insert = "INSERT INTO recordings (title, artist, work) VALUES (?1, ?2, ?3)";
    db.prepare_cached(insert)?.execute((
        title(items, credit),
        &credit.artist,
        work(db, items, credit)?,
    ))?;
    let recording = db.last_insert_rowid();
    credit_artists(db, items, recording, credit)?;
    describe(db, recording, credit, length, Stance::Fill)?;
    Ok(recording)
}

/// Writes what a credit says beside names and keys.
pub(crate) fn describe(
    db: &Connection,
    recording: i64,
    credit: &Credit,
    length: Option<Duration>,
    stance: Stance,
) -> Result<()> {
    let mbids = (!credit.artist_mbids.is_empty()).then(|| credit.artist_mbids.join(" "));
    if credit.release.is_none()
        && credit.release_mbid.is_none()
        && mbids.is_none()
        && length.is_none()
    {
        return Ok(());
    }
    let group =
        credit.release.as_ref().map(|title| release_group(db, recording, title)).transpose()?;
    let sql = set(&["release", "release_group", "release_mbid", "artist_mbids", "length"], stance);
    let length = length.map(millis);
    db.prepare_cached(&sql)?.execute(params![
        recording,
        credit.release,
        group,
        credit.release_mbid,
        mbids,
        length
    ])?;
    Ok(())
}

/// Hands over to `into` what is known of `from`, which then is no recording any more.
pub(crate) fn inherit(db: &Connection, from: i64, into: i64) -> Result<()> {
    let facts = FACTS
        .map(|column| format!("{column} = coalesce(recordings.{column}, other.{column})"))
        .join(", ");
    let fill = format!(
        "UPDATE recordings SET {facts} FROM recordings AS other WHERE recordings.id = ?2 AND other.id = ?1"
    );
    let moves = [
        fill.as_str(),
        "INSERT INTO recording_tags (recording, tag, import, weight)
            SELECT ?2, tag, import, weight FROM recording_tags WHERE recording = ?1
            ON CONFLICT DO UPDATE SET weight = weight + excluded.weight",
        "UPDATE OR IGNORE recording_labels SET recording = ?2 WHERE recording = ?1",
        "UPDATE OR IGNORE recording_groups SET recording = ?2 WHERE recording = ?1",
        // Two spellings of one recording have versions under either: they are one work.
        "UPDATE works SET work = (SELECT work FROM recordings WHERE id = ?2)
            WHERE work = (SELECT work FROM recordings WHERE id = ?1)",
        "UPDATE recordings SET work = (SELECT work FROM recordings WHERE id = ?2)
            WHERE work = (SELECT work FROM recordings WHERE id = ?1)",
    ];
    for sql in moves {
        db.prepare_cached(sql)?.execute((from, into))?;
    }
    db.prepare_cached("DELETE FROM recordings WHERE id = ?1")?.execute([from])?;
    Ok(())
}

/// Every column that may be unknown.
const FACTS: [&str; 10] = [
    "artist_mbids",
    "release",
    "release_mbid",
    "release_group",
    "length",
    "released",
    "tempo",
    "key",
    "location",
    "is_available",
];

/// Writes what only a catalogue says, except for tags.
fn describe_entry(
    db: &Connection,
    recording: i64,
    entry: &CatalogueEntry,
    stance: Stance,
) -> Result<()> {
    let sql = set(&["released", "tempo", "key", "location", "is_available"], stance);
    let released = entry.released.map(|date| date.to_string());
    let facts =
        params![recording, released, entry.tempo, entry.key, entry.location, entry.is_available];
    db.prepare_cached(&sql)?.execute(facts)?;
    let sets =
        [("recording_labels", "label", &entry.labels), ("recording_groups", "name", &entry.groups)];
    for (table, column, values) in sets {
        if stance == Stance::Overwrite && !values.is_empty() {
            db.prepare_cached(&format!("DELETE FROM {table} WHERE recording = ?1"))?
                .execute([recording])?;
        }
        let insert = format!("INSERT OR IGNORE INTO {table} (recording, {column}) VALUES (?1, ?2)");
        for value in values {
            db.prepare_cached(&insert)?.execute((recording, value))?;
        }
    }
    Ok(())
}

/// Parameter 1 is the recording, parameters from 2 on are the columns.
///
/// Filling touches a row only where it has something to fill.
fn set(columns: &[&str], stance: Stance) -> String {
    let numbered = || (2..).zip(columns);
    let assign = |(n, column): (i32, &&str)| match stance {
        Stance::Fill => format!("{column} = coalesce({column}, ?{n})"),
        Stance::Overwrite => format!("{column} = coalesce(?{n}, {column})"),
    };
    let lacks = |(n, column): (i32, &&str)| format!("{column} IS NULL AND ?{n} IS NOT NULL");
    let sets = numbered().map(assign).collect::<Vec<_>>().join(", ");
    let sql = format!("UPDATE recordings SET {sets} WHERE id = ?1");
    match stance {
        Stance::Fill => {
            format!("{sql} AND ({})", numbered().map(lacks).collect::<Vec<_>>().join(" OR "))
        }
        Stance::Overwrite => sql,
    }
}

fn rename(db: &Connection, items: ItemKind, recording: i64, credit: &Credit) -> Result<()> {
    let update = "UPDATE recordings SET title = ?2, artist = ?3, work = ?4 WHERE id = ?1";
    let work = work(db, items, credit)?;
    db.prepare_cached(update)?.execute((recording, title(items, credit), &credit.artist, work))?;
    db.prepare_cached("DELETE FROM recording_artists WHERE recording = ?1")?
        .execute([recording])?;
    credit_artists(db, items, recording, credit)
}

fn title(items: ItemKind, credit: &Credit) -> &str {
    match items {
        ItemKind::Recordings => &credit.title,
        ItemKind::Artists => &credit.artist,
    }
}

/// The number of the work; an artist that stands as an item is a work.
fn work(db: &Connection, items: ItemKind, credit: &Credit) -> Result<i64> {
    let key = match items {
        ItemKind::Recordings => work_key(&credit.artist, &credit.title),
        ItemKind::Artists => artist_key(&credit.artist),
    };
    let mut query = db.prepare_cached("SELECT work FROM works WHERE key = ?1")?;
    if let Some(work) = query.query_one([&key], |row| row.get(0)).optional()? {
        return Ok(work);
    }
    let insert = "INSERT INTO works (key, work)
        SELECT ?1, coalesce(max(work), 0) + 1 FROM works WHERE true RETURNING work";
    Ok(db.prepare_cached(insert)?.query_one([&key], |row| row.get(0))?)
}

/// Editions of a release by one main artist fold to one group, as versions of a recording do.
fn release_group(db: &Connection, recording: i64, title: &str) -> Result<i64> {
    let mut query = db.prepare_cached("SELECT artist FROM recordings WHERE id = ?1")?;
    let artist: String = query.query_one([recording], |row| row.get(0))?;
    let key = work_key(&artist, title);
    let mut query = db.prepare_cached("SELECT id FROM releases WHERE key = ?1")?;
    if let Some(id) = query.query_one([&key], |row| row.get(0)).optional()? {
        return Ok(id);
    }
    db.prepare_cached("INSERT INTO releases (key) VALUES (?1)")?.execute([&key])?;
    Ok(db.last_insert_rowid())
}

/// Main artist first, then the featured ones.
fn credit_artists(db: &Connection, items: ItemKind, recording: i64, credit: &Credit) -> Result<()> {
    let artists = artists(items, credit);
    // As many ids as artists: then it is clear whose they are.
    let mbids = if credit.artist_mbids.len() == artists.len() {
        credit.artist_mbids.as_slice()
    } else {
        &[]
    };
    let mut insert = db.prepare_cached(
        "INSERT INTO recording_artists (recording, position, artist) VALUES (?1, ?2, ?3)",
    )?;
    for (position, (key, name)) in artists.iter().enumerate() {
        let artist = artist(db, key, name, mbids.get(position).map(String::as_str))?;
        insert.execute((recording, i64::try_from(position).unwrap_or(i64::MAX), artist))?;
    }
    Ok(())
}

/// Key and name of each artist of a credit, once; of featured artists only the key is known.
fn artists(items: ItemKind, credit: &Credit) -> Vec<(String, String)> {
    let (main, featured) = match items {
        ItemKind::Recordings => {
            (main_artist(&credit.artist), spell(&credit.artist, &credit.title).featured)
        }
        ItemKind::Artists => (credit.artist.as_str(), Vec::new()),
    };
    let mut artists = vec![(artist_key(main), main.to_owned())];
    for key in featured {
        if artists.iter().all(|(known, _)| *known != key) {
            artists.push((key.clone(), key));
        }
    }
    artists
}

/// Finds or makes an artist; a name that was only known folded gives way to one as written.
fn artist(db: &Connection, key: &str, name: &str, mbid: Option<&str>) -> Result<i64> {
    let insert = "INSERT INTO artists (key, name, mbid) VALUES (?1, ?2, ?3) ON CONFLICT (key) DO UPDATE
        SET name = iif(name = key, excluded.name, name), mbid = coalesce(mbid, excluded.mbid) RETURNING id";
    Ok(db.prepare_cached(insert)?.query_one((key, name, mbid), |row| row.get(0))?)
}
