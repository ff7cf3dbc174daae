//! What is owned, by the installation or by one listener?

use music::{ListenerId, RecordingId};
use rusqlite::TransactionBehavior;

use crate::{Result, Store, identity, listeners};

impl Store {
    /// Adds recordings to the library of a listener, or with `None` of the installation.
    ///
    /// Returns how many were not in it.
    ///
    /// # Errors
    /// [`crate::Error::UnknownListener`].
    pub fn add_to_library(
        &mut self,
        listener: Option<ListenerId>,
        recordings: &[RecordingId],
    ) -> Result<usize> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Some(listener) = listener {
            listeners::must_exist(&tx, listener)?;
        }
        let insert = "INSERT OR IGNORE INTO libraries (listener, recording) VALUES (?1, ?2)";
        let mut insert = tx.prepare_cached(insert)?;
        let owner = listener.map(|listener| listener.0.cast_signed());
        let mut n_new = 0;
        for recording in recordings {
            let recording = identity::resolve(&tx, recording.0.cast_signed())?;
            n_new += insert.execute((owner, recording))?;
        }
        drop(insert);
        tx.commit()?;
        Ok(n_new)
    }

    /// Empties the library of a listener, or with `None` of the installation; returns how many recordings it had.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn clear_library(&mut self, listener: Option<ListenerId>) -> Result<usize> {
        let owner = listener.map(|listener| listener.0.cast_signed());
        Ok(self.db.execute("DELETE FROM libraries WHERE listener IS ?1", [owner])?)
    }

    /// What is in the library of a listener alone, or with `None` of the installation; ascending, never an alias.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn library(&self, listener: Option<ListenerId>) -> Result<Vec<RecordingId>> {
        let query = "SELECT DISTINCT coalesce(a.recording, l.recording) AS owned FROM libraries l
            LEFT JOIN aliases a ON a.alias = l.recording WHERE l.listener IS ?1 ORDER BY owned";
        self.recording_ids(query, [listener.map(|listener| listener.0.cast_signed())])
    }
}
