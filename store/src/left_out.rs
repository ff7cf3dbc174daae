//! Which part of the log does a listener not want to be judged by?

use jiff::Timestamp;
use music::{Hours, LeftOut, LeftOutId, ListenerId, Weekdays};
use rusqlite::params;

use crate::{Error, Result, Store, listeners, row};

/// A rule as a listener gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOutRule {
    /// What it leaves out.
    pub rule: LeftOut,
    /// Why, in the listener's words.
    pub note: Option<String>,
    /// Since when it holds.
    pub at: Timestamp,
}

impl Store {
    /// Leaves out part of a listener's log from now on, until [`Self::undo_leave_out`].
    ///
    /// # Errors
    /// [`Error::UnknownListener`], [`Error::LeavesOutAll`].
    pub fn leave_out(&mut self, listener: ListenerId, new: &LeftOutRule) -> Result<LeftOutId> {
        listeners::must_exist(&self.db, listener)?;
        let LeftOutRule { rule, note, at } = new;
        if rule.is_everything() {
            return Err(Error::LeavesOutAll);
        }
        let moment = |at: Option<Timestamp>| at.map(Timestamp::as_millisecond);
        let (from, until) = rule.hours.map(Hours::minutes).unzip();
        self.db.execute(
            "INSERT INTO left_out (listener, since, until, hours_from, hours_until, weekdays, device, session,
                label, country, note, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            params![
                listener.0.cast_signed(),
                moment(rule.from),
                moment(rule.until),
                from,
                until,
                rule.weekdays.map(Weekdays::bits),
                rule.device.map(row::device_code),
                rule.session.map(u64::cast_signed),
                rule.label,
                rule.country,
                note,
                at.as_millisecond(),
            ],
        )?;
        Ok(LeftOutId(self.db.last_insert_rowid().cast_unsigned()))
    }

    /// Takes a rule of a listener back; returns whether there was one of that number.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn undo_leave_out(&mut self, listener: ListenerId, id: LeftOutId) -> Result<bool> {
        let delete = "DELETE FROM left_out WHERE listener = ?1 AND id = ?2";
        Ok(self.db.execute(delete, (listener.0.cast_signed(), id.0.cast_signed()))? > 0)
    }

    /// What a listener leaves out, ascending by id.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn left_out(&self, listener: ListenerId) -> Result<Vec<(LeftOutId, LeftOutRule)>> {
        let mut query = self.db.prepare_cached(
            "SELECT id, since, until, hours_from, hours_until, weekdays, device, session, label, country, note, at
                FROM left_out WHERE listener = ?1 ORDER BY id",
        )?;
        let mut rows = query.query([listener.0.cast_signed()])?;
        let mut rules = Vec::new();
        while let Some(row) = rows.next()? {
            let id = LeftOutId(row.get::<_, i64>(0)?.cast_unsigned());
            rules.push((id, read(row)?));
        }
        Ok(rules)
    }
}

fn read(row: &rusqlite::Row<'_>) -> Result<LeftOutRule> {
    let moment = |column| row.get::<_, Option<i64>>(column)?.map(row::moment).transpose();
    let hours = match (row.get(3)?, row.get(4)?) {
        (Some(from), Some(until)) => Some(known(Hours::of_minutes(from, until), "hours")?),
        _ => None,
    };
    let weekdays = row.get::<_, Option<u8>>(5)?;
    let device = row.get::<_, Option<u8>>(6)?;
    let rule = LeftOut {
        from: moment(1)?,
        until: moment(2)?,
        hours,
        weekdays: weekdays.map(|bits| known(Weekdays::of_bits(bits), "weekdays")).transpose()?,
        device: device.map(|code| known(row::device(code), "device")).transpose()?,
        session: row.get::<_, Option<i64>>(7)?.map(i64::cast_unsigned),
        label: row.get(8)?,
        country: row.get(9)?,
    };
    Ok(LeftOutRule { rule, note: row.get(10)?, at: row::moment(row.get(11)?)? })
}

/// A part that cannot be read must not widen the rule.
fn known<T>(part: Option<T>, name: &str) -> Result<T> {
    part.ok_or_else(|| Error::Strange { what: format!("the {name} of a rule that leaves out") })
}
