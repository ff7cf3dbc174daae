//! What does the operator deny, and what is labelled how?

use music::RecordingId;
use rusqlite::{Connection, TransactionBehavior};

use crate::target::{BlockTarget, read, resolved, stored};
use crate::{Error, Result, Store};

/// A line of the operator's policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// An artist or a recording, never an alias and never a tag.
    pub target: BlockTarget,
    /// What follows.
    pub effect: Effect,
    /// Why, in the operator's words.
    pub reason: String,
    /// The file it was read from.
    pub source: String,
    /// The line of that file, from 1.
    pub line: u64,
}

/// What follows from a line of the operator's policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It is never shown to anybody.
    Denied,
    /// It carries a label, beside those of the catalogue.
    Labelled(String),
}

impl Store {
    /// Adds lines to the policy; of two about one effect on one target the later holds.
    ///
    /// # Errors
    /// [`Error::TagPolicy`], and what the database may refuse; then nothing is added.
    pub fn add_policies(&mut self, policies: &[Policy]) -> Result<()> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut insert = tx.prepare_cached(
            "INSERT OR REPLACE INTO policies (kind, value, label, reason, source, line)
                VALUES (?1, CAST(?2 AS INTEGER), ?3, ?4, ?5, ?6)",
        )?;
        for Policy { target, effect, reason, source, line } in policies {
            if let BlockTarget::Tag(tag) = target {
                return Err(Error::TagPolicy { tag: tag.clone() });
            }
            let (kind, value) = stored(&resolved(&tx, target)?);
            let label = match effect {
                Effect::Denied => None,
                Effect::Labelled(label) => Some(label),
            };
            insert.execute((kind, value, label, reason, source, line.cast_signed()))?;
        }
        drop(insert);
        Ok(tx.commit()?)
    }

    /// The whole policy: artists before recordings, ascending by id, what is denied before what is labelled.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn policies(&self) -> Result<Vec<Policy>> {
        let mut query = self.db.prepare_cached(
            "SELECT kind, CAST(value AS TEXT), label, reason, source, line FROM policies ORDER BY kind, value, label",
        )?;
        let mut rows = query.query([])?;
        let mut policies = Vec::new();
        while let Some(row) = rows.next()? {
            let label: Option<String> = row.get(2)?;
            policies.push(Policy {
                target: resolved(&self.db, &read(&row.get::<_, String>(0)?, row.get(1)?)?)?,
                effect: label.map_or(Effect::Denied, Effect::Labelled),
                reason: row.get(3)?,
                source: row.get(4)?,
                line: row.get::<_, i64>(5)?.cast_unsigned(),
            });
        }
        Ok(policies)
    }

    /// Takes the whole policy back; returns how many lines it had.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn clear_policies(&mut self) -> Result<usize> {
        Ok(self.db.execute("DELETE FROM policies", [])?)
    }

    /// Every recording that is denied, itself or by any of its artists, ascending, with one reason: its own before its
    /// artists'.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn denied(&self) -> Result<Vec<(RecordingId, String)>> {
        let mut query = self.db.prepare_cached(
            "SELECT coalesce(a.recording, p.value) AS denied, p.reason, 0 AS rank, p.value AS told FROM policies p
                LEFT JOIN aliases a ON a.alias = p.value WHERE p.kind = 'recording' AND p.label IS NULL
            UNION ALL
            SELECT ra.recording, p.reason, 1, p.value FROM policies p
                JOIN recording_artists ra ON ra.artist = p.value WHERE p.kind = 'artist' AND p.label IS NULL
            ORDER BY denied, rank, told",
        )?;
        let denied = query.query_map([], |row| {
            Ok((RecordingId(row.get::<_, i64>(0)?.cast_unsigned()), row.get(1)?))
        })?;
        let mut denied = denied.collect::<rusqlite::Result<Vec<(RecordingId, String)>>>()?;
        denied.dedup_by_key(|(recording, _)| *recording);
        Ok(denied)
    }

    /// All recordings with a label, from the catalogue or the operator, ascending; case is of no account.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn by_label(&self, label: &str) -> Result<Vec<RecordingId>> {
        let query = "SELECT recording AS labelled FROM recording_labels WHERE label = ?1 COLLATE NOCASE
            UNION SELECT coalesce(a.recording, p.value) FROM policies p LEFT JOIN aliases a ON a.alias = p.value
                WHERE p.kind = 'recording' AND p.label = ?1 COLLATE NOCASE
            UNION SELECT ra.recording FROM policies p JOIN recording_artists ra ON ra.artist = p.value
                WHERE p.kind = 'artist' AND p.label = ?1 COLLATE NOCASE
            ORDER BY labelled";
        self.recording_ids(query, [label])
    }

    /// The labels of a recording or alias, from the catalogue, from the operator and from what the operator says of its
    /// artists; ascending.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn labels(&self, recording: RecordingId) -> Result<Vec<String>> {
        labels(&self.db, self.resolve(recording)?.0.cast_signed())
    }
}

/// See [`Store::labels`]; of an id that is no alias.
pub(crate) fn labels(db: &Connection, recording: i64) -> Result<Vec<String>> {
    let mut query = db.prepare_cached(
        "SELECT label FROM recording_labels WHERE recording = ?1
        UNION SELECT label FROM policies WHERE kind = 'recording' AND label IS NOT NULL
            AND (value = ?1 OR value IN (SELECT alias FROM aliases WHERE recording = ?1))
        UNION SELECT p.label FROM recording_artists ra
            JOIN policies p ON p.kind = 'artist' AND p.value = ra.artist AND p.label IS NOT NULL
            WHERE ra.recording = ?1
        ORDER BY label",
    )?;
    let labels = query.query_map([recording], |row| row.get(0))?;
    Ok(labels.collect::<rusqlite::Result<_>>()?)
}
