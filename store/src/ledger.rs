//! What was shown to whom, when, in which place, by which policy?
//!
//! Lines are never changed or removed, except with their listener.

use std::collections::BTreeMap;

use jiff::Timestamp;
use music::{ListId, ListKind, ListenerId, RecordingId, Shown, Slot, Week};
use rusqlite::{Connection, Params, TransactionBehavior, params};

use crate::{Error, Result, Store, identity, listeners, row, slots};

/// A list as it was shown.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// To whom.
    pub listener: ListenerId,
    /// What for.
    pub kind: ListKind,
    /// For which week.
    pub week: Week,
    /// How many lines were asked for.
    pub size: u32,
    /// When.
    pub made_at: Timestamp,
    /// By which snapshot.
    pub snapshot: String,
    /// With which seed.
    pub seed: u64,
    /// What there was to say about it.
    pub note: Option<String>,
    /// In order.
    pub lines: Vec<Line>,
}

/// A line as it was shown; its position is its place in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What was shown; never an alias.
    pub recording: RecordingId,
    /// Its score.
    pub score: f32,
    /// The line in full, as the caller writes and reads it.
    pub told: String,
    /// The policy that put it there.
    pub policy: String,
    /// The probability with which the policy puts it there, where it knows.
    pub propensity: Option<f32>,
    /// Whether it claims to be new to the listener; then it is never claimed again.
    pub is_new: bool,
}

/// What a list showed, without what was said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownList {
    /// For which week.
    pub week: Week,
    /// When.
    pub made_at: Timestamp,
    /// In order; never an alias.
    pub recordings: Vec<RecordingId>,
}

impl Store {
    /// Writes a list into the ledger, with what its exploration slots were drawn from.
    ///
    /// # Errors
    /// [`Error::UnknownListener`].
    pub fn record_list(&mut self, list: &List, slots: &[Slot]) -> Result<ListId> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let id = write(&tx, list, slots)?;
        tx.commit()?;
        Ok(id)
    }

    /// What was shown to everybody who was shown something, or to one listener alone, ascending by moment, then recording.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn all_shown(
        &self,
        listener: Option<ListenerId>,
    ) -> Result<BTreeMap<ListenerId, Vec<Shown>>> {
        // Of one listener, the index must find the lists.
        let which = if listener.is_some() { "lists.listener = ?1" } else { "?1 IS NULL" };
        let mut query = self.db.prepare_cached(&format!(
            "SELECT DISTINCT lists.listener, lists.made_at, coalesce(a.recording, l.recording) AS shown FROM lists
                JOIN ledger l ON l.list = lists.id LEFT JOIN aliases a ON a.alias = l.recording
                WHERE {which} ORDER BY lists.listener, lists.made_at, shown"
        ))?;
        let mut rows = query.query([listener.map(|listener| listener.0.cast_signed())])?;
        let mut all: BTreeMap<ListenerId, Vec<Shown>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let (listener, at, recording): (i64, i64, i64) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            let recording = RecordingId(recording.cast_unsigned());
            let of_listener = all.entry(ListenerId(listener.cast_unsigned())).or_default();
            of_listener.push(Shown { recording, at: row::moment(at)? });
        }
        Ok(all)
    }

    /// The list of this size, as asked for, that was made last for this week.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn latest_list(
        &self,
        listener: ListenerId,
        kind: ListKind,
        week: Week,
        size: u32,
    ) -> Result<Option<(ListId, List)>> {
        let last = "WHERE listener = ?1 AND kind = ?2 AND week = ?3 AND size = ?4 ORDER BY id DESC LIMIT 1";
        let params = (listener.0.cast_signed(), kind.name(), week.to_string(), size);
        Ok(self.select_lists(last, params)?.pop())
    }

    /// Every list ever shown to a listener, ascending by id.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn lists(&self, listener: ListenerId) -> Result<Vec<(ListId, List)>> {
        self.select_lists("WHERE listener = ?1 ORDER BY id", [listener.0.cast_signed()])
    }

    /// What every list showed to a listener, ascending by id.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn shown_lists(&self, listener: ListenerId) -> Result<Vec<ShownList>> {
        let mut query = self.db.prepare_cached(
            "SELECT lists.id, lists.week, lists.made_at, coalesce(a.recording, l.recording) FROM lists
                JOIN ledger l ON l.list = lists.id LEFT JOIN aliases a ON a.alias = l.recording
                WHERE lists.listener = ?1 ORDER BY lists.id, l.position",
        )?;
        let mut rows = query.query([listener.0.cast_signed()])?;
        let (mut lists, mut last): (Vec<ShownList>, Option<i64>) = (Vec::new(), None);
        while let Some(row) = rows.next()? {
            let (id, of_week, made_at): (i64, String, i64) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            if last.replace(id) != Some(id) {
                let (week, made_at) = (week(&of_week)?, row::moment(made_at)?);
                lists.push(ShownList { week, made_at, recordings: Vec::new() });
            }
            let recording = RecordingId(row.get::<_, i64>(3)?.cast_unsigned());
            lists.last_mut().expect("one was pushed").recordings.push(recording);
        }
        Ok(lists)
    }

    fn select_lists(&self, which: &str, params: impl Params) -> Result<Vec<(ListId, List)>> {
        let sql = format!(
            "SELECT id, listener, kind, week, size, made_at, snapshot, seed, note FROM lists {which}"
        );
        let mut query = self.db.prepare_cached(&sql)?;
        let mut rows = query.query(params)?;
        let mut lists = Vec::new();
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            let list = List {
                listener: ListenerId(row.get::<_, i64>(1)?.cast_unsigned()),
                kind: list_kind(&row.get::<_, String>(2)?)?,
                week: week(&row.get::<_, String>(3)?)?,
                size: row.get(4)?,
                made_at: row::moment(row.get(5)?)?,
                snapshot: row.get(6)?,
                seed: row.get::<_, i64>(7)?.cast_unsigned(),
                note: row.get(8)?,
                lines: self.lines(id)?,
            };
            lists.push((ListId(id.cast_unsigned()), list));
        }
        Ok(lists)
    }

    fn lines(&self, list: i64) -> Result<Vec<Line>> {
        let mut query = self.db.prepare_cached(
            "SELECT recording, score, line, policy, propensity, is_new FROM ledger JOIN told USING (list, position)
                WHERE list = ?1 ORDER BY position",
        )?;
        let mut rows = query.query([list])?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next()? {
            lines.push(Line {
                recording: RecordingId(identity::resolve(&self.db, row.get(0)?)?.cast_unsigned()),
                score: row.get(1)?,
                told: row.get(2)?,
                policy: row.get(3)?,
                propensity: row.get(4)?,
                is_new: row.get(5)?,
            });
        }
        Ok(lines)
    }
}

/// Writes a list with what its exploration slots were drawn from.
pub(crate) fn write(db: &Connection, list: &List, slots: &[Slot]) -> Result<ListId> {
    listeners::must_exist(db, list.listener)?;
    let mut insert = db.prepare_cached(
        "INSERT INTO lists (listener, kind, week, size, made_at, snapshot, seed, note)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let id = insert.insert(params![
        list.listener.0.cast_signed(),
        list.kind.name(),
        list.week.to_string(),
        list.size,
        list.made_at.as_millisecond(),
        list.snapshot,
        list.seed.cast_signed(),
        list.note,
    ])?;
    write_lines(db, id, &list.lines)?;
    slots::write(db, id, slots)?;
    Ok(ListId(id.cast_unsigned()))
}

fn write_lines(db: &Connection, list: i64, lines: &[Line]) -> Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO ledger (list, position, recording, score, policy, propensity, is_new)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let mut tell =
        db.prepare_cached("INSERT INTO told (list, position, line) VALUES (?1, ?2, ?3)")?;
    for (position, line) in (1_i64..).zip(lines) {
        insert.execute(params![
            list,
            position,
            line.recording.0.cast_signed(),
            line.score,
            line.policy,
            line.propensity,
            line.is_new,
        ])?;
        tell.execute((list, position, &line.told))?;
    }
    Ok(())
}

/// A stored kind of list.
pub(crate) fn list_kind(name: &str) -> Result<ListKind> {
    name.parse().map_err(|_parse: music::ParseListKindError| Error::Strange {
        what: format!("a list of kind `{name}`"),
    })
}

/// A stored week; as text, weeks have the order of time.
pub(crate) fn week(text: &str) -> Result<Week> {
    text.parse().map_err(|_parse: music::ParseWeekError| Error::Strange {
        what: format!("the week `{text}`"),
    })
}
