//! What did a listener hear?

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use music::{Event, History, ImportId, Interaction, ListenerId, Logged, RecordingId};
use rusqlite::{Connection, Rows, TransactionBehavior};

use crate::row::{self, EVENT, Kinds, Row};
use crate::{Error, Result, Store, identity, listeners};

/// The import that stands for the terminal.
const TERMINAL: i64 = 0;

impl Store {
    /// Writes one event into the log, as told at the terminal.
    ///
    /// # Errors
    /// [`Error::UnknownListener`], [`Error::UnknownRecording`].
    pub fn record(
        &mut self,
        listener: ListenerId,
        recording: RecordingId,
        event: &Event,
    ) -> Result<()> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        listeners::must_exist(&tx, listener)?;
        let id = identity::resolve(&tx, recording.0.cast_signed())?;
        if !tx.prepare_cached("SELECT 1 FROM recordings WHERE id = ?1")?.exists([id])? {
            return Err(Error::UnknownRecording { id: recording });
        }
        let kind = Kinds::load(&tx)?.code(&tx, &event.kind)?;
        let row = Row::new(listener.0.cast_signed(), id, kind, event);
        let mut insert = tx.prepare_cached(Row::INSERT)?;
        row.insert(&mut insert, TERMINAL)?;
        drop(insert);
        Ok(tx.commit()?)
    }

    /// Everything one listener heard and did; empty for somebody unknown.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn history(&self, listener: ListenerId) -> Result<History> {
        let id = listener.0.cast_signed();
        let mut found = History::default();
        self.scan(id..=id, None, &mut |_, history| found = std::mem::take(history))?;
        Ok(found)
    }

    /// Hands over the history of each listener who has one, background people too, ascending by id.
    ///
    /// Listens and acts at `before` or later are left out.
    /// One history is in memory at a time; all are of one moment, whatever others write meanwhile.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn for_each_history(
        &self,
        before: Option<Timestamp>,
        each: &mut dyn FnMut(ListenerId, &History),
    ) -> Result<()> {
        self.scan(0..=i64::MAX, before, &mut |listener, history| each(listener, history))
    }

    /// The first and the last moment of the log; `None` without a listen.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn span(&self) -> Result<Option<(Timestamp, Timestamp)>> {
        let query = "SELECT min(listened_at), max(listened_at) FROM listens";
        let ends = self.db.query_one(query, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (Some(first), Some(last)) = ends else { return Ok(None) };
        Ok(Some((row::moment(first)?, row::moment(last)?)))
    }

    fn scan(
        &self,
        listeners: RangeInclusive<i64>,
        before: Option<Timestamp>,
        each: &mut dyn FnMut(ListenerId, &mut History),
    ) -> Result<()> {
        let _snapshot = self.snapshot()?;
        let (first, last) = listeners.into_inner();
        let before = row::before(before);
        let kinds = Kinds::load(&self.db)?;
        let mut aliases = Aliases::new(&self.db);
        let mut listens = self.db.prepare_cached(&format!(
            "SELECT listener, recording, import, {EVENT} FROM listens
                WHERE listener BETWEEN ?1 AND ?2 AND listened_at < ?3
                ORDER BY listener, recording, listened_at, kind, import"
        ))?;
        let mut counts = self.db.prepare_cached(
            "SELECT listener, recording, import, plays FROM counts WHERE listener BETWEEN ?1 AND ?2
                ORDER BY listener, recording, import",
        )?;
        let mut listens =
            Peeked::new(listens.query((first, last, before))?, |row| row::event(row, 3, &kinds))?;
        let mut counts =
            Peeked::new(counts.query((first, last))?, |row| Ok(row.get::<_, f64>(3)?))?;
        let mut history = History::default();
        while let Some(listener) =
            [listens.listener(), counts.listener()].into_iter().flatten().min()
        {
            history.listens.clear();
            while let Some((recording, import, event)) = listens.next_of(listener)? {
                let (recording, import) =
                    (aliases.resolve(recording)?, ImportId(import.cast_unsigned()));
                history.listens.push(Logged { recording, import, event });
            }
            // Aliases come out of place; without any this costs two looks at each row.
            history.listens.sort_by(|a, b| order(a).cmp(&order(b)));
            // An import that was cut off after two recordings turned out to be one told some rows under either id.
            history.listens.dedup_by(|a, b| told(a) == told(b));
            let mut counted = Vec::new();
            while let Some((recording, import, plays)) = counts.next_of(listener)? {
                counted.push((aliases.resolve(recording)?, import, plays));
            }
            history.counts = newest(counted);
            each(ListenerId(listener.cast_unsigned()), &mut history);
        }
        Ok(())
    }
}

/// What one import can say but once of one listener.
fn told(logged: &Logged) -> (RecordingId, Timestamp, ImportId, &Interaction) {
    (logged.recording, logged.event.at, logged.import, &logged.event.kind)
}

/// Of rows that are one, the one that says more comes first and stays.
fn order(logged: &Logged) -> impl Ord + use<'_> {
    let Event { played, length, end, session, .. } = &logged.event;
    (told(logged), Reverse((played, length, end, session)))
}

/// Of several imports the newest, of several recordings that are one the sum.
fn newest(mut told: Vec<(RecordingId, i64, f64)>) -> Vec<(RecordingId, f64)> {
    told.sort_by_key(|(recording, import, _)| (*recording, *import));
    let mut counts = Vec::new();
    for of_one in told.chunk_by(|a, b| a.0 == b.0) {
        if let Some((recording, newest, _)) = of_one.last() {
            let plays = of_one
                .iter()
                .filter(|(_, import, _)| import == newest)
                .map(|(_, _, plays)| plays)
                .sum();
            counts.push((*recording, plays));
        }
    }
    counts
}

/// Rows that start with listener, recording and import, the next of which is known.
struct Peeked<'s, T, D> {
    rows: Rows<'s>,
    decode: D,
    next: Option<(i64, (i64, i64, T))>,
}

impl<'s, T, D: Fn(&rusqlite::Row<'_>) -> Result<T>> Peeked<'s, T, D> {
    fn new(rows: Rows<'s>, decode: D) -> Result<Self> {
        let mut peeked = Self { rows, decode, next: None };
        peeked.advance()?;
        Ok(peeked)
    }

    /// Whose the next row is.
    fn listener(&self) -> Option<i64> {
        self.next.as_ref().map(|(listener, _)| *listener)
    }

    /// The next row, if it is of this listener.
    fn next_of(&mut self, listener: i64) -> Result<Option<(i64, i64, T)>> {
        let Some((_, row)) = self.next.take_if(|(whose, _)| *whose == listener) else {
            return Ok(None);
        };
        self.advance()?;
        Ok(Some(row))
    }

    fn advance(&mut self) -> Result<()> {
        self.next = match self.rows.next()? {
            Some(row) => Some((row.get(0)?, (row.get(1)?, row.get(2)?, (self.decode)(row)?))),
            None => None,
        };
        Ok(())
    }
}

/// Aliases, each looked up once.
pub(crate) struct Aliases<'s> {
    db: &'s Connection,
    known: HashMap<i64, i64>,
    /// Rows of one recording come together.
    last: Option<(i64, RecordingId)>,
}

impl<'s> Aliases<'s> {
    pub(crate) fn new(db: &'s Connection) -> Self {
        Self { db, known: HashMap::new(), last: None }
    }

    pub(crate) fn resolve(&mut self, recording: i64) -> Result<RecordingId> {
        if let Some((_, resolved)) = self.last.filter(|(last, _)| *last == recording) {
            return Ok(resolved);
        }
        let resolved = match self.known.get(&recording) {
            Some(resolved) => *resolved,
            None => *self
                .known
                .entry(recording)
                .insert_entry(identity::resolve(self.db, recording)?)
                .get(),
        };
        let resolved = RecordingId(resolved.cast_unsigned());
        self.last = Some((recording, resolved));
        Ok(resolved)
    }
}
