//! What does a listener never want to be shown?

use jiff::Timestamp;
use music::ListenerId;

use crate::target::{BlockTarget, read, resolved, stored};
use crate::{Result, Store, listeners, row};

impl Store {
    /// Blocks something; returns whether it was not blocked before.
    ///
    /// # Errors
    /// [`crate::Error::UnknownListener`].
    pub fn block(
        &mut self,
        listener: ListenerId,
        target: &BlockTarget,
        at: Timestamp,
    ) -> Result<bool> {
        if self.blocks(listener, None)?.contains(&resolved(&self.db, target)?) {
            return Ok(false);
        }
        listeners::must_exist(&self.db, listener)?;
        let (kind, value) = stored(target);
        let insert =
            "INSERT OR REPLACE INTO blocks (listener, kind, value, at) VALUES (?1, ?2, ?3, ?4)";
        self.db.execute(insert, (listener.0.cast_signed(), kind, value, at.as_millisecond()))?;
        Ok(true)
    }

    /// Takes a block back; returns whether there was one.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn unblock(&mut self, listener: ListenerId, target: &BlockTarget) -> Result<bool> {
        let meant = resolved(&self.db, target)?;
        let mut was_blocked = false;
        for written in self.written_blocks(listener, None)? {
            if resolved(&self.db, &written)? == meant {
                let (kind, value) = stored(&written);
                let delete = "DELETE FROM blocks WHERE listener = ?1 AND kind = ?2 AND value = ?3";
                self.db.execute(delete, (listener.0.cast_signed(), kind, value))?;
                was_blocked = true;
            }
        }
        Ok(was_blocked)
    }

    /// Everything a listener blocked, in the order of [`BlockTarget`]; recordings are never aliases.
    ///
    /// With `before`, only what was blocked before that moment.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn blocks(
        &self,
        listener: ListenerId,
        before: Option<Timestamp>,
    ) -> Result<Vec<BlockTarget>> {
        let written = self.written_blocks(listener, before)?;
        let mut blocks =
            written.iter().map(|block| resolved(&self.db, block)).collect::<Result<Vec<_>>>()?;
        blocks.sort_unstable();
        blocks.dedup();
        Ok(blocks)
    }

    /// With the ids that recordings had when they were blocked.
    fn written_blocks(
        &self,
        listener: ListenerId,
        before: Option<Timestamp>,
    ) -> Result<Vec<BlockTarget>> {
        let mut query = self
            .db
            .prepare_cached("SELECT kind, value FROM blocks WHERE listener = ?1 AND at < ?2")?;
        let mut rows = query.query([listener.0.cast_signed(), row::before(before)])?;
        let mut blocks = Vec::new();
        while let Some(row) = rows.next()? {
            let (kind, value): (String, String) = (row.get(0)?, row.get(1)?);
            blocks.push(read(&kind, value)?);
        }
        Ok(blocks)
    }
}
