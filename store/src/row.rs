//! How does an event lie in the table of listens?

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use music::{Context, Device, End, Event, Interaction};
use rusqlite::{Connection, Statement, params};

use crate::{Error, Result};

/// The first code of a kind that an operator names.
const FIRST_NAMED: i64 = 64;

/// A listen or act on its way into the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) listener: i64,
    pub(crate) recording: i64,
    at: i64,
    kind: i64,
    session: Option<i64>,
    played: Option<u32>,
    length: Option<u32>,
    country: Option<[u8; 2]>,
    how_ended: Option<u8>,
    device: Option<u8>,
}

impl Row {
    pub(crate) const INSERT: &'static str =
        "INSERT OR IGNORE INTO listens (listener, recording, listened_at, kind,
        import, played, length, how_ended, session, country, device)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

    pub(crate) fn new(listener: i64, recording: i64, kind: i64, event: &Event) -> Self {
        Self {
            listener,
            recording,
            at: event.at.as_millisecond(),
            kind,
            session: event.session.map(u64::cast_signed),
            played: event.played.map(millis),
            length: event.length.map(millis),
            country: event.context.country.as_deref().and_then(letters),
            how_ended: event.end.map(end_code),
            device: event.context.device.map(device_code),
        }
    }

    /// The order of the table, so that neighbors are written together; of two rows of one moment, the one that says
    /// more comes first and stays.
    pub(crate) fn order(&self) -> impl Ord + use<> {
        let facts = (self.played, self.length, self.how_ended, self.session);
        (self.listener, self.recording, self.at, self.kind, Reverse(facts))
    }

    /// Writes the row with [`Self::INSERT`], unless this import already said the same.
    pub(crate) fn insert(
        &self,
        statement: &mut Statement<'_>,
        import: i64,
    ) -> rusqlite::Result<()> {
        let country = self.country.as_ref().and_then(|letters| str::from_utf8(letters).ok());
        statement.execute(params![
            self.listener,
            self.recording,
            self.at,
            self.kind,
            import,
            self.played,
            self.length,
            self.how_ended,
            self.session,
            country,
            self.device,
        ])?;
        Ok(())
    }
}

/// The columns of an event, in the order in which [`event`] reads them.
pub(crate) const EVENT: &str =
    "listened_at, kind, played, length, how_ended, session, country, device";

/// The event in the columns [`EVENT`], which start at `first`.
pub(crate) fn event(row: &rusqlite::Row<'_>, first: usize, kinds: &Kinds) -> Result<Event> {
    let millis = |column| {
        Ok::<_, Error>(
            row.get::<_, Option<u32>>(column)?.map(|it| Duration::from_millis(it.into())),
        )
    };
    let code = |column| Ok::<_, Error>(row.get::<_, Option<u8>>(column)?);
    Ok(Event {
        at: moment(row.get(first)?)?,
        kind: kinds.interaction(row.get(first + 1)?)?,
        played: millis(first + 2)?,
        length: millis(first + 3)?,
        end: code(first + 4)?.and_then(end),
        session: row.get::<_, Option<i64>>(first + 5)?.map(i64::cast_unsigned),
        context: Context {
            country: row.get(first + 6)?,
            device: code(first + 7)?.and_then(device),
        },
    })
}

/// A stored moment.
pub(crate) fn moment(millis: i64) -> Result<Timestamp> {
    Timestamp::from_millisecond(millis)
        .map_err(|_out_of_range| Error::Strange { what: format!("the moment {millis}") })
}

/// A length in whole milliseconds, at most 49 days.
pub(crate) fn millis(length: Duration) -> u32 {
    u32::try_from(length.as_millis()).unwrap_or(u32::MAX)
}

/// The kinds of interaction and their codes.
#[derive(Debug)]
pub(crate) struct Kinds {
    by_code: BTreeMap<i64, Interaction>,
}

impl Kinds {
    pub(crate) fn load(db: &Connection) -> Result<Self> {
        let mut query = db.prepare_cached("SELECT code, name FROM interactions")?;
        let rows = query.query_map([], |row| {
            let name: String = row.get(1)?;
            Ok((row.get(0)?, Interaction::from_name(&name)))
        })?;
        Ok(Self { by_code: rows.collect::<rusqlite::Result<_>>()? })
    }

    /// The code of a kind; a kind that an operator names gets one when it first occurs.
    pub(crate) fn code(&mut self, db: &Connection, kind: &Interaction) -> Result<i64> {
        if let Some((code, _)) = self.by_code.iter().find(|(_, known)| *known == kind) {
            return Ok(*code);
        }
        let last = self.by_code.keys().next_back().copied().unwrap_or_default();
        let code = FIRST_NAMED.max(last + 1);
        db.execute("INSERT INTO interactions (code, name) VALUES (?1, ?2)", (code, kind.name()))?;
        self.by_code.insert(code, kind.clone());
        Ok(code)
    }

    /// Whether the code is that of a play or a skip.
    pub(crate) fn is_listen(&self, code: i64) -> bool {
        self.by_code.get(&code).is_some_and(Interaction::is_listen)
    }

    fn interaction(&self, code: i64) -> Result<Interaction> {
        self.by_code
            .get(&code)
            .cloned()
            .ok_or_else(|| Error::Strange { what: format!("the interaction {code}") })
    }
}

/// An end without a code does not compile; codes are never given anew.
fn end_code(end: End) -> u8 {
    match end {
        End::Finished => 0,
        End::Skipped => 1,
        End::Stopped => 2,
        End::MovedOn => 3,
    }
}

fn end(code: u8) -> Option<End> {
    let ends = [End::Finished, End::Skipped, End::Stopped, End::MovedOn];
    ends.into_iter().find(|end| end_code(*end) == code)
}

/// A class without a code does not compile; codes are never given anew.
pub(crate) fn device_code(device: Device) -> u8 {
    match device {
        Device::Mobile => 0,
        Device::Desktop => 1,
        Device::Home => 2,
    }
}

/// The class of device with a code.
pub(crate) fn device(code: u8) -> Option<Device> {
    Device::ALL.into_iter().find(|device| device_code(*device) == code)
}

/// The two letters of a country, if it is two letters.
fn letters(country: &str) -> Option<[u8; 2]> {
    let letters: [u8; 2] = country.as_bytes().try_into().ok()?;
    letters.iter().all(u8::is_ascii_alphabetic).then_some(letters)
}

/// The bound of a query that sees only what came before a moment, or everything.
pub(crate) fn before(moment: Option<Timestamp>) -> i64 {
    moment.map_or(i64::MAX, Timestamp::as_millisecond)
}
