//! Who else has two recordings in the log?

use music::{ListenerId, RecordingId};

use crate::{Result, Store, identity};

/// Whether a listener has a recording, under whatever id it was written, in the log.
/// A listener's rows lie together and by recording, so that each is one look.
const HAS: &str = "EXISTS (SELECT 1 FROM listens WHERE listener = ?listener AND recording IN
        (SELECT ?1 UNION ALL SELECT alias FROM aliases WHERE recording = ?1))
    OR EXISTS (SELECT 1 FROM counts WHERE listener = ?listener AND recording IN
        (SELECT ?1 UNION ALL SELECT alias FROM aliases WHERE recording = ?1))";

impl Store {
    /// How many listeners have both a recording and another in the log, for each of some others; background people count,
    /// `without` does not.
    ///
    /// One look into the log for each listener, and one more for each of those who have the recording and each other.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn listeners_in_common(
        &self,
        recording: RecordingId,
        others: &[RecordingId],
        without: ListenerId,
    ) -> Result<Vec<u32>> {
        let _snapshot = self.snapshot()?;
        let resolve = |id: RecordingId| identity::resolve(&self.db, id.0.cast_signed());
        let all = HAS.replace("?listener", "listeners.id");
        let sql = format!("SELECT id FROM listeners WHERE id <> ?2 AND ({all})");
        let mut having = self.db.prepare_cached(&sql)?;
        let having =
            having.query_map((resolve(recording)?, without.0.cast_signed()), |row| row.get(0))?;
        let having: Vec<i64> = having.collect::<rusqlite::Result<_>>()?;
        let sql = format!("SELECT {}", HAS.replace("?listener", "?2"));
        let mut has = self.db.prepare_cached(&sql)?;
        let mut in_common = Vec::with_capacity(others.len());
        for other in others {
            let (other, mut n) = (resolve(*other)?, 0_u32);
            for listener in &having {
                n += u32::from(has.query_one((other, listener), |row| row.get::<_, bool>(0))?);
            }
            in_common.push(n);
        }
        Ok(in_common)
    }
}

#[cfg(test)]
mod tests {
    use super::HAS;
    use crate::Store;

    #[test]
    fn each_listener_is_one_look_into_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("undersong.db")).unwrap();
        let sql = format!("EXPLAIN QUERY PLAN SELECT {}", HAS.replace("?listener", "?2"));
        let mut query = store.db.prepare(&sql).unwrap();
        let steps = query.query_map((1, 2), |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<String> = steps.collect::<rusqlite::Result<_>>().unwrap();
        for table in ["listens", "counts"] {
            let of_table: Vec<_> = steps.iter().filter(|step| step.contains(table)).collect();
            let expected = format!("SEARCH {table} USING PRIMARY KEY (listener=? AND recording=?)");
            assert_eq!(of_table, [&expected], "{steps:?}");
        }
    }
}
