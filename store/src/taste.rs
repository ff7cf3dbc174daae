//! Which regions did a listener's taste have, week by week?

use music::{ListenerId, RecordingId, RegionKind, TasteRegion, Week};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::packed::{pack, unpack};
use crate::{Error, Result, Store, identity, ledger, listeners};

/// Weeks of which the regions are kept, counted from the newest.
const KEPT_WEEKS: i64 = 60;

impl Store {
    /// Keeps these as all the regions of a listener for a week, instead of any that were kept for it.
    ///
    /// Sets of 60 or more weeks before the newest are dropped.
    ///
    /// # Errors
    /// [`Error::UnknownListener`].
    pub fn set_taste(
        &mut self,
        listener: ListenerId,
        week: Week,
        regions: &[TasteRegion],
    ) -> Result<()> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        write(&tx, listener, week, regions)?;
        Ok(tx.commit()?)
    }

    /// The regions of a listener as of a week: the newest set of that week or one before, and its week.
    ///
    /// Tastes come before distastes, each ascending by number; recordings are never aliases, and the weights of members
    /// that became one recording are summed.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn taste(
        &self,
        listener: ListenerId,
        as_of: Week,
    ) -> Result<Option<(Week, Vec<TasteRegion>)>> {
        let _snapshot = self.snapshot()?;
        let id = listener.0.cast_signed();
        let newest = "SELECT max(week) FROM taste_sets WHERE listener = ?1 AND week <= ?2";
        let mut query = self.db.prepare_cached(newest)?;
        let found: Option<String> = query.query_one((id, as_of.to_string()), |row| row.get(0))?;
        let Some(of_week) = found else { return Ok(None) };
        let mut query = self.db.prepare_cached(
            "SELECT kind, number, name, medoid, share, tightness, members FROM taste_regions
                WHERE listener = ?1 AND week = ?2 ORDER BY kind, number",
        )?;
        let mut rows = query.query((id, &of_week))?;
        let mut regions = Vec::new();
        while let Some(row) = rows.next()? {
            regions.push(region(&self.db, row)?);
        }
        Ok(Some((ledger::week(&of_week)?, regions)))
    }
}

fn region(db: &Connection, row: &rusqlite::Row<'_>) -> Result<TasteRegion> {
    let found: u8 = row.get(0)?;
    let kind = RegionKind::ALL.into_iter().find(|kind| code(*kind) == found);
    let kind = kind.ok_or_else(|| Error::Strange { what: format!("a region of kind {found}") })?;
    let mut members = unpack::<1>(db, &row.get::<_, Vec<u8>>(6)?)?;
    members.sort_by_key(|(recording, _)| *recording);
    let mut summed: Vec<(RecordingId, f32)> = Vec::with_capacity(members.len());
    for (recording, [weight]) in members {
        match summed.last_mut().filter(|(last, _)| *last == recording) {
            Some((_, sum)) => *sum += weight,
            None => summed.push((recording, weight)),
        }
    }
    Ok(TasteRegion {
        kind,
        number: row.get(1)?,
        name: row.get(2)?,
        medoid: RecordingId(identity::resolve(db, row.get(3)?)?.cast_unsigned()),
        share: row.get(4)?,
        tightness: row.get(5)?,
        members: summed,
    })
}

/// Writes the regions of a listener as of a week, instead of those that were there.
pub(crate) fn write(
    db: &Connection,
    listener: ListenerId,
    week: Week,
    regions: &[TasteRegion],
) -> Result<()> {
    listeners::must_exist(db, listener)?;
    let (id, of_week) = (listener.0.cast_signed(), week.to_string());
    let delete = "DELETE FROM taste_sets WHERE listener = ?1 AND week = ?2";
    db.prepare_cached(delete)?.execute((id, &of_week))?;
    let insert = "INSERT INTO taste_sets (listener, week) VALUES (?1, ?2)";
    db.prepare_cached(insert)?.execute((id, &of_week))?;
    let mut insert = db.prepare_cached(
        "INSERT INTO taste_regions (listener, week, kind, number, name, medoid, share, tightness, members)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for region in regions {
        insert.execute(params![
            id,
            of_week,
            code(region.kind),
            region.number,
            region.name,
            region.medoid.0.cast_signed(),
            region.share,
            region.tightness,
            pack(region.members.iter().map(|&(recording, weight)| (recording, [weight]))),
        ])?;
    }
    drop_old(db, id)
}

fn drop_old(db: &Connection, listener: i64) -> Result<()> {
    let newest = "SELECT max(week) FROM taste_sets WHERE listener = ?1";
    let mut query = db.prepare_cached(newest)?;
    let newest: Option<String> =
        query.query_one([listener], |row| row.get(0)).optional()?.flatten();
    let Some(newest) = newest else { return Ok(()) };
    let last_dropped = ledger::week(&newest)?.plus(-KEPT_WEEKS).to_string();
    let delete = "DELETE FROM taste_sets WHERE listener = ?1 AND week <= ?2";
    db.prepare_cached(delete)?.execute((listener, last_dropped))?;
    Ok(())
}

/// A kind without a code does not compile; codes are never given anew.
fn code(kind: RegionKind) -> u8 {
    match kind {
        RegionKind::Taste => 0,
        RegionKind::Distaste => 1,
    }
}
