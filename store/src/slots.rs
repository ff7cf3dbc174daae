//! What were the exploration slots of a list drawn from?

use music::{ListId, Slot, SlotCandidate};
use rusqlite::Connection;

use crate::packed::{pack, unpack};
use crate::{Result, Store};

impl Store {
    /// The exploration slots of a list, ascending by position; none for a list that is not there.
    ///
    /// Recordings are never aliases; two candidates that became one recording stay two.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn slots(&self, list: ListId) -> Result<Vec<Slot>> {
        let _snapshot = self.snapshot()?;
        let mut query = self.db.prepare_cached(
            "SELECT position, policy, candidates FROM slots WHERE list = ?1 ORDER BY position",
        )?;
        let mut rows = query.query([list.0.cast_signed()])?;
        let mut slots = Vec::new();
        while let Some(row) = rows.next()? {
            let candidates = unpack(&self.db, &row.get::<_, Vec<u8>>(2)?)?.into_iter().map(
                |(recording, [probability, error])| SlotCandidate { recording, probability, error },
            );
            slots.push(Slot {
                position: row.get(0)?,
                policy: row.get(1)?,
                candidates: candidates.collect(),
            });
        }
        Ok(slots)
    }
}

/// Writes the slots of a list.
pub(crate) fn write(db: &Connection, list: i64, slots: &[Slot]) -> Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO slots (list, position, policy, candidates) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for Slot { position, policy, candidates } in slots {
        let rows = candidates.iter().map(|it| (it.recording, [it.probability, it.error]));
        insert.execute((list, position, policy, pack(rows)))?;
    }
    Ok(())
}
