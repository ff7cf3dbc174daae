//! What did a listener name as loved before any listen told?

use jiff::Timestamp;
use music::{ArtistId, ListenerId};
use rusqlite::TransactionBehavior;

use crate::target::{BlockTarget, read, resolved, stored};
use crate::{Result, Store, listeners, row};

/// What a listener named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// What; a recording is never an alias.
    pub target: BlockTarget,
    /// When the listener first named it.
    pub at: Timestamp,
}

impl Store {
    /// Keeps what a listener names as loved, beside what was named before.
    ///
    /// Returns how many of them are news.
    ///
    /// # Errors
    /// [`crate::Error::UnknownListener`].
    pub fn pick(
        &mut self,
        listener: ListenerId,
        targets: &[BlockTarget],
        at: Timestamp,
    ) -> Result<usize> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        listeners::must_exist(&tx, listener)?;
        let mut n_news = 0;
        for target in targets {
            let (kind, value) = stored(&resolved(&tx, target)?);
            n_news += tx.execute(
                "INSERT OR IGNORE INTO picks (listener, kind, value, at) VALUES (?1, ?2, ?3, ?4)",
                (listener.0.cast_signed(), kind, value, at.as_millisecond()),
            )?;
        }
        tx.commit()?;
        Ok(n_news)
    }

    /// Takes back all that a listener named, and where the listener said to live; returns how many picks that were.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn clear_picks(&mut self, listener: ListenerId) -> Result<usize> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let id = listener.0.cast_signed();
        let n = tx.execute("DELETE FROM picks WHERE listener = ?1", [id])?;
        tx.execute("UPDATE listeners SET country = NULL WHERE id = ?1", [id])?;
        tx.commit()?;
        Ok(n)
    }

    /// What a listener named, in the order of [`BlockTarget`]; with `before`, only what was named before that moment.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn picks(&self, listener: ListenerId, before: Option<Timestamp>) -> Result<Vec<Pick>> {
        let mut query = self
            .db
            .prepare_cached("SELECT kind, value, at FROM picks WHERE listener = ?1 AND at < ?2")?;
        let mut rows = query.query((listener.0.cast_signed(), row::before(before)))?;
        let mut picks = Vec::new();
        while let Some(row) = rows.next()? {
            let target = read(&row.get::<_, String>(0)?, row.get(1)?)?;
            let target = resolved(&self.db, &target)?;
            picks.push(Pick { target, at: row::moment(row.get(2)?)? });
        }
        picks.sort_by(|a, b| a.target.cmp(&b.target).then(a.at.cmp(&b.at)));
        picks.dedup_by(|later, kept| later.target == kept.target);
        Ok(picks)
    }

    /// Sets where a listener lives, by two letters.
    ///
    /// # Errors
    /// [`crate::Error::UnknownListener`].
    pub fn set_country(&mut self, listener: ListenerId, country: &str) -> Result<()> {
        listeners::must_exist(&self.db, listener)?;
        self.db.execute(
            "UPDATE listeners SET country = ?2 WHERE id = ?1",
            (listener.0.cast_signed(), country),
        )?;
        Ok(())
    }

    /// Every artist, ascending by id.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn artists(&self) -> Result<Vec<(ArtistId, String)>> {
        let mut query = self.db.prepare_cached("SELECT id, name FROM artists ORDER BY id")?;
        let artists = query.query_map([], |row| {
            Ok((ArtistId(row.get::<_, i64>(0)?.cast_unsigned()), row.get(1)?))
        })?;
        Ok(artists.collect::<rusqlite::Result<_>>()?)
    }

    /// Every tag that a source gave a recording, ascending.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn tag_names(&self) -> Result<Vec<String>> {
        let sql = "SELECT DISTINCT tag FROM recording_tags ORDER BY tag";
        let mut query = self.db.prepare_cached(sql)?;
        Ok(query.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }
}
