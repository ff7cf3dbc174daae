//! How much of an import is new?
//!
//! An estimate of what `listens` decides when it weighs, where the two can differ: there a listen takes in one row of
//! each import at most, and a row without a length has that of the catalogue.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension};

use super::Open;
use crate::Result;
use crate::history::Aliases;
use crate::row::Kinds;

/// At least that far apart are two listens of one listener to one recording.
const MIN_LENGTH_MILLIS: i64 = 60_000;

/// What an import came to.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) accepted: u64,
    pub(super) duplicates: u64,
    pub(super) recordings: u64,
    pub(super) artists: u64,
}

/// Counts what the import told, all of which is written; one look at every row of its listeners.
pub(super) fn count(db: &Connection, open: &Open) -> Result<Tally> {
    let mut aliases = Aliases::new(db);
    let (mut n_written, mut n_near) = (0, 0);
    let kinds = Kinds::load(db)?;
    for &listener in &open.listeners {
        let heard = heard(db, &kinds, &mut aliases, listener)?;
        let import = open.id.0.cast_signed();
        n_written += heard.iter().filter(|row| row.import == import).count() as u64;
        n_near += heard.chunk_by(Heard::is_alike).map(|alike| near(alike, import)).sum::<u64>();
    }
    let mut recordings = BTreeSet::new();
    for &recording in &open.recordings {
        recordings.insert(aliases.resolve(recording)?);
    }
    let mut artists = BTreeSet::new();
    let mut main_artist = db.prepare_cached(
        "SELECT artist FROM recording_artists WHERE recording = ?1 AND position = 0",
    )?;
    for recording in &recordings {
        artists.extend(
            main_artist
                .query_one([recording.0.cast_signed()], |row| row.get::<_, i64>(0))
                .optional()?,
        );
    }
    // What was told and is not there was there already: the same moment, told twice by this import.
    let n_repeated = open.told.listens.saturating_sub(n_written);
    Ok(Tally {
        accepted: n_written - n_near + open.told.counts + open.told.catalogued,
        duplicates: n_repeated + n_near,
        recordings: recordings.len() as u64,
        artists: artists.len() as u64,
    })
}

/// A row of the log, as far as it tells whether two are one listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Heard {
    recording: u64,
    /// `None` for plays and skips, which may be two words for one listen.
    act: Option<i64>,
    at: i64,
    import: i64,
    kind: i64,
    /// The longer first: that is the one that stays of two rows that are one.
    length: Reverse<i64>,
}

impl Heard {
    /// Whether two rows differ in moment and import alone.
    fn is_alike(&self, other: &Self) -> bool {
        (self.recording, self.act) == (other.recording, other.act)
    }

    /// Whether two rows are one, told under two ids before these were known to mean one recording.
    fn is_same(&self, other: &Self) -> bool {
        (self.recording, self.at, self.kind, self.import)
            == (other.recording, other.at, other.kind, other.import)
    }

    /// Whether two rows of different imports may be one listen: within the longer of their lengths, at least a minute.
    fn is_near(&self, other: &Self) -> bool {
        let length = self.length.0.max(other.length.0).max(MIN_LENGTH_MILLIS);
        self.import != other.import && self.at.abs_diff(other.at) <= length.unsigned_abs()
    }
}

fn heard(
    db: &Connection,
    kinds: &Kinds,
    aliases: &mut Aliases<'_>,
    listener: i64,
) -> Result<Vec<Heard>> {
    let mut query = db.prepare_cached(
        "SELECT recording, kind, listened_at, import, coalesce(length, 0) FROM listens WHERE listener = ?1",
    )?;
    let mut rows = query.query([listener])?;
    let mut heard = Vec::new();
    while let Some(row) = rows.next()? {
        let kind = row.get(1)?;
        heard.push(Heard {
            recording: aliases.resolve(row.get(0)?)?.0,
            act: Some(kind).filter(|code| !kinds.is_listen(*code)),
            at: row.get(2)?,
            import: row.get(3)?,
            kind,
            length: Reverse(row.get(4)?),
        });
    }
    heard.sort_unstable();
    heard.dedup_by(|a, b| a.is_same(b));
    Ok(heard)
}

/// How many rows of the import tell what another import tells too; `alike` ascends by moment.
///
/// Two rows of one import are two listens, however close: a source knows what it played.
fn near(alike: &[Heard], import: i64) -> u64 {
    // Nothing beyond the longest of all lengths can be near.
    let longest = alike.iter().map(|row| row.length.0).fold(MIN_LENGTH_MILLIS, i64::max);
    let is_near = |i: usize| {
        let is_close = |row: &&Heard| row.at.abs_diff(alike[i].at) <= longest.unsigned_abs();
        let before = alike[..i].iter().rev().take_while(is_close);
        let after = alike[i + 1..].iter().take_while(is_close);
        before.chain(after).any(|row| row.is_near(&alike[i]))
    };
    (0..alike.len()).filter(|&i| alike[i].import == import && is_near(i)).count() as u64
}
