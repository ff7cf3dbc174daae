//! What was imported, what came of it, and can it be taken back?
//!
//! An import may be cut off at any point and begun again: what it already told is recognized.

mod open;
mod tally;

use std::collections::BTreeMap;

use jiff::Timestamp;
use music::{Entry, ImportId, ItemKind};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::{Error, Result, Store, imputed, listeners, row, schema};
pub(crate) use open::Open;

/// Whether the people of a source get lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// They do, and have names.
    Foreground,
    /// They only teach, and their names are not kept.
    Background,
}

/// What is about to be imported.
///
/// Content, format, listener and audience together tell whether it was imported before.
#[derive(Clone, Copy, Debug)]
pub struct NewImport<'a> {
    /// Where it comes from, for people.
    pub source: &'a str,
    /// A hash of the content and of every option that changes what is read from it.
    pub content_hash: &'a str,
    /// Name of the format.
    pub format: &'a str,
    /// The account that lines without one belong to; one of the audience.
    pub listener: &'a str,
    /// Whether its people get lists.
    pub audience: Audience,
    /// What stands as an item.
    pub items: ItemKind,
    /// Now.
    pub started_at: Timestamp,
}

/// How an import begins.
#[derive(Clone, Debug, PartialEq)]
pub enum Begun {
    /// For the first time.
    New(ImportId),
    /// Once more after it was cut off: tell everything from the start.
    Resumed(ImportId),
    /// Not at all: this was imported already.
    Done(Box<ImportSummary>),
}

/// What one call of [`Store::append`] took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// Listens and acts, repeated ones too: these are recognized in the end.
    pub listens: u64,
    /// Counts of plays.
    pub counts: u64,
    /// Catalogue entries.
    pub catalogued: u64,
    /// Lines without names whose keys nobody knows; they were left out.
    pub unmatched: u64,
}

/// What the reader of the source knows in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Lines read.
    pub read: u64,
    /// Podcasts, audiobooks, videos.
    pub not_music: u64,
    /// Plays in a private session, never stored.
    pub private: u64,
    /// Lines nobody could believe, by reason.
    pub rejected: BTreeMap<String, u64>,
    /// The earliest moment.
    pub first: Option<Timestamp>,
    /// The latest moment.
    pub last: Option<Timestamp>,
    /// Now.
    pub finished_at: Timestamp,
}

/// What an import came to.
///
/// `read` is the sum of `accepted`, `duplicates`, `not_music`, `private`, `unmatched` and `rejected`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSummary {
    /// Given once, never reused.
    pub id: ImportId,
    /// Where it came from.
    pub source: String,
    /// Name of the format.
    pub format: String,
    /// Whether its people get lists.
    pub audience: Audience,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was complete; `None` when it was cut off, and then the numbers below are not known.
    pub finished_at: Option<Timestamp>,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
    /// Lines read.
    pub read: u64,
    /// Lines that say something new: listens, acts, counts, catalogue entries.
    pub accepted: u64,
    /// Listens that the log already had: the same moment, or a row of another import within the longer of the two
    /// lengths, at least 60 seconds.
    /// They are kept, as they may be the richer record; which row stands for the listen is decided when reading, so
    /// this number is an estimate.
    pub duplicates: u64,
    /// Podcasts, audiobooks, videos.
    pub not_music: u64,
    /// Plays in a private session.
    pub private: u64,
    /// Lines without names whose keys nobody knows.
    pub unmatched: u64,
    /// Lines nobody could believe, by reason.
    pub rejected: BTreeMap<String, u64>,
    /// The earliest moment.
    pub first: Option<Timestamp>,
    /// The latest moment.
    pub last: Option<Timestamp>,
    /// Recordings that were listened to or counted.
    pub recordings: u64,
    /// Their main artists.
    pub artists: u64,
}

/// What an undone import takes with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// Rows of the log.
    pub listens: u64,
    /// Counts.
    pub counts: u64,
    /// Tags of recordings.
    pub tags: u64,
}

impl Store {
    /// Begins an import, or takes one up again; an import that was open before is set aside.
    ///
    /// # Errors
    /// [`Error::ItemKinds`] when the folder holds the other kind of item.
    pub fn begin_import(&mut self, new: &NewImport<'_>) -> Result<Begun> {
        self.pause_import()?;
        schema::check(&self.db, new.items)?;
        let listener = self.pseudonym(new.listener, new.audience);
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let is_background = new.audience == Audience::Background;
        let query = "SELECT id, finished_at IS NOT NULL FROM imports WHERE content_hash = ?1 AND format = ?2
            AND listener = ?3 AND is_background = ?4 AND undone_at IS NULL ORDER BY id DESC LIMIT 1";
        let same = (new.content_hash, new.format, &listener, is_background);
        let known =
            tx.query_one(query, same, |row| Ok((row.get::<_, i64>(0)?, row.get(1)?))).optional()?;
        if let Some((id, true)) = known {
            let done = summary(&tx, ImportId(id.cast_unsigned()))?;
            return Ok(Begun::Done(Box::new(done)));
        }
        let id = if let Some((id, _)) = known {
            // Listens told again are recognized; what adds up within an import starts anew.
            tx.execute("DELETE FROM counts WHERE import = ?1", [id])?;
            tx.execute("DELETE FROM recording_tags WHERE import = ?1", [id])?;
            id
        } else {
            let insert = "INSERT INTO imports (source, content_hash, format, listener, is_background, started_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let started_at = new.started_at.as_millisecond();
            tx.execute(
                insert,
                (new.source, new.content_hash, new.format, &listener, is_background, started_at),
            )?;
            tx.last_insert_rowid()
        };
        tx.commit()?;
        let import = ImportId(id.cast_unsigned());
        self.open = Some(Open::new(import, new));
        Ok(if known.is_some() { Begun::Resumed(import) } else { Begun::New(import) })
    }

    /// Takes the next lines of the import that was begun last, all or none.
    ///
    /// New recordings, listeners and counts are written at once.
    /// Listens are written in the order of the log, a million at a time, so that a log ordered by time goes in as fast
    /// as one ordered by listener; they are readable when the import is paused or finished.
    /// An import that dies before is taken up again from the start of its source, so nothing is lost.
    ///
    /// # Errors
    /// [`Error::NotOpen`] for any other import; [`Error::Full`], after which the same lines may be told again.
    pub fn append(&mut self, import: ImportId, entries: &[Entry]) -> Result<Appended> {
        self.in_progress(import)?;
        if self.in_progress(import)?.is_full() {
            self.write_pending()?;
        }
        let Self { db, secret, open: Some(open) } = self else {
            return Err(Error::NotOpen { id: import });
        };
        open.append(db, secret, entries)
    }

    /// Writes what was told of the import so far and sets it aside: to be called when a person interrupts it.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn pause_import(&mut self) -> Result<()> {
        self.write_pending()?;
        self.open = None;
        Ok(())
    }

    /// Writes the rest of the import and what came of it.
    ///
    /// # Errors
    /// [`Error::NotOpen`]; [`Error::Full`], after which the same may be tried again.
    pub fn finish_import(
        &mut self,
        import: ImportId,
        finished: &Finished,
    ) -> Result<ImportSummary> {
        self.write_pending()?;
        let open = self.in_progress(import)?;
        let tally = tally::count(&self.db, open)?;
        let unmatched = open.told.unmatched;
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let sql = "UPDATE imports SET finished_at = ?2, read = ?3, accepted = ?4, duplicates = ?5, not_music = ?6,
            private = ?7, unmatched = ?8, first = ?9, last = ?10, recordings = ?11, artists = ?12 WHERE id = ?1";
        let values = params![
            import.0.cast_signed(),
            finished.finished_at.as_millisecond(),
            finished.read.cast_signed(),
            tally.accepted.cast_signed(),
            tally.duplicates.cast_signed(),
            finished.not_music.cast_signed(),
            finished.private.cast_signed(),
            unmatched.cast_signed(),
            finished.first.map(Timestamp::as_millisecond),
            finished.last.map(Timestamp::as_millisecond),
            tally.recordings.cast_signed(),
            tally.artists.cast_signed(),
        ];
        tx.execute(sql, values)?;
        for (reason, lines) in &finished.rejected {
            let insert = "INSERT INTO import_rejects (import, reason, lines) VALUES (?1, ?2, ?3)";
            tx.execute(insert, (import.0.cast_signed(), reason, lines.cast_signed()))?;
        }
        tx.commit()?;
        self.open = None;
        summary(&self.db, import)
    }

    /// Every import, undone ones too, ascending by id.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn imports(&self) -> Result<Vec<ImportSummary>> {
        let mut query = self.db.prepare_cached("SELECT id FROM imports ORDER BY id")?;
        let ids = query
            .query_map([], |row| row.get::<_, i64>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        ids.into_iter().map(|id| summary(&self.db, ImportId(id.cast_unsigned()))).collect()
    }

    /// Takes the listens, counts and tags of an import back: the log holds what it would hold without it.
    ///
    /// Whoever then has no listens, counts or lists and asked for nothing goes too, and the name can no longer be read in the files.
    /// What was learned about recordings stays, tags excepted: names, keys, and which of them are one.
    /// Imputed lengths and tags go until the next training, as they may rest on what is taken back.
    ///
    /// # Errors
    /// [`Error::UnknownImport`], [`Error::AlreadyUndone`].
    pub fn undo_import(&mut self, id: ImportId, at: Timestamp) -> Result<Undone> {
        self.pause_import()?;
        self.forgetting(|db| {
            let import = id.0.cast_signed();
            if summary(db, id)?.undone_at.is_some() {
                return Err(Error::AlreadyUndone { id });
            }
            let delete = |from: &str| -> Result<u64> {
                let rows =
                    db.execute(&format!("DELETE FROM {from} WHERE import = ?1"), [import])?;
                Ok(rows as u64)
            };
            let undone = Undone {
                listens: delete("listens")?,
                counts: delete("counts")?,
                tags: delete("recording_tags")?,
            };
            listeners::remove_empty(db)?;
            imputed::drop_of_listens(db)?;
            imputed::drop_of_tags(db)?;
            let update = "UPDATE imports SET undone_at = ?2 WHERE id = ?1";
            db.execute(update, (import, at.as_millisecond()))?;
            Ok(undone)
        })
    }

    /// Writes the listens that were told but not yet written.
    pub(crate) fn write_pending(&mut self) -> Result<()> {
        self.open.as_mut().map_or(Ok(()), |open| open.write_pending(&mut self.db))
    }

    fn in_progress(&self, import: ImportId) -> Result<&Open> {
        self.open.as_ref().filter(|open| open.id == import).ok_or(Error::NotOpen { id: import })
    }
}

fn summary(db: &Connection, id: ImportId) -> Result<ImportSummary> {
    let mut query = db.prepare_cached(
        "SELECT source, format, is_background, started_at, finished_at, undone_at, first, last, read, accepted,
            duplicates, not_music, private, unmatched, recordings, artists FROM imports WHERE id = ?1",
    )?;
    let mut rows = query.query([id.0.cast_signed()])?;
    let row = rows.next()?.ok_or(Error::UnknownImport { id })?;
    let maybe =
        |column| -> Result<_> { row.get::<_, Option<i64>>(column)?.map(row::moment).transpose() };
    let number = |column| -> Result<_> { Ok(row.get::<_, i64>(column)?.cast_unsigned()) };
    Ok(ImportSummary {
        id,
        source: row.get(0)?,
        format: row.get(1)?,
        audience: if row.get(2)? { Audience::Background } else { Audience::Foreground },
        started_at: row::moment(row.get(3)?)?,
        finished_at: maybe(4)?,
        undone_at: maybe(5)?,
        first: maybe(6)?,
        last: maybe(7)?,
        read: number(8)?,
        accepted: number(9)?,
        duplicates: number(10)?,
        not_music: number(11)?,
        private: number(12)?,
        unmatched: number(13)?,
        recordings: number(14)?,
        artists: number(15)?,
        rejected: rejects(db, id)?,
    })
}

fn rejects(db: &Connection, import: ImportId) -> Result<BTreeMap<String, u64>> {
    let mut query =
        db.prepare_cached("SELECT reason, lines FROM import_rejects WHERE import = ?1")?;
    let rejects = query.query_map([import.0.cast_signed()], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()))
    })?;
    Ok(rejects.collect::<rusqlite::Result<_>>()?)
}
