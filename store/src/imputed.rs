//! What stands in for the facts that nobody said?
//!
//! Imputed values lie in a table of their own: nothing that a source said is changed, and all of them can be dropped.
//! A fact that is known hides whatever is imputed for it, also when it became known later.

use std::time::Duration;

use jiff::civil::Date;
use music::{ArtistId, Basis, Fact, Facts, Guess, Imputed, RecordingId, Tag, Tagged};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::{Error, Recording, Result, Store, identity, row};

/// What is imputed of one recording; nothing where the fact is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stands {
    /// Length.
    pub length: Option<Duration>,
    /// Title of the release, and the number that is equal for recordings on editions of it.
    pub release: Option<(String, Option<u64>)>,
    /// Year of the first release.
    pub year: Option<i16>,
    /// Tags by falling weight.
    pub tags: Vec<Tag>,
}

/// Of how many recordings a fact is imputed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImputedTotals {
    /// From other versions of the work.
    pub other_versions: u64,
    /// From recordings of the main artist.
    pub same_artist: u64,
}

impl Recording {
    /// The tags that are known, else those imputed.
    #[must_use]
    pub fn tags(&self) -> &[Tag] {
        if self.entry.tags.is_empty() { &self.imputed.tags } else { &self.entry.tags }
    }

    /// A number equal for recordings on editions of one release: of the one that is known, else of the one imputed.
    #[must_use]
    pub fn likely_release(&self) -> Option<u64> {
        self.release.or_else(|| self.imputed.release.as_ref()?.1)
    }
}

impl Store {
    /// What is known of every recording, as far as imputation goes by it; ascending.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn facts(&self) -> Result<Vec<Facts>> {
        let mut query = self.db.prepare_cached(
            "SELECT r.id, r.work, a.id, a.key, r.title, r.length, r.release_group, r.released FROM recordings r
                LEFT JOIN recording_artists ra ON ra.recording = r.id AND ra.position = 0
                LEFT JOIN artists a ON a.id = ra.artist ORDER BY r.id",
        )?;
        let facts = query.query_map([], |row| {
            let key: Option<String> = row.get(3)?;
            // Two recordings of nobody in particular have nothing in common, whatever they are called.
            let is_somebody = key.is_some_and(|key| !identity::ANYBODY.contains(&key.as_str()));
            let number = |column| row.get::<_, Option<i64>>(column);
            let length = row.get::<_, Option<u32>>(5)?;
            let released = row.get_ref(7)?.as_str_or_null()?;
            Ok(Facts {
                recording: RecordingId(row.get::<_, i64>(0)?.cast_unsigned()),
                work: number(1)?.map(i64::cast_unsigned).filter(|_| is_somebody),
                artist: number(2)?.map(|id| ArtistId(id.cast_unsigned())).filter(|_| is_somebody),
                title: row.get(4)?,
                length: length.map(|millis| Duration::from_millis(millis.into())),
                release: number(6)?.map(i64::cast_unsigned),
                year: released.and_then(|date| date.parse::<Date>().ok()).map(Date::year),
            })
        })?;
        Ok(facts.collect::<rusqlite::Result<_>>()?)
    }

    /// Every tag that a source gave a recording.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn tags(&self) -> Result<Tagged> {
        let _snapshot = self.snapshot()?;
        let mut query = self.db.prepare_cached("SELECT DISTINCT tag FROM recording_tags")?;
        let names = query.query_map([], |row| row.get(0))?;
        let mut names = names.collect::<rusqlite::Result<Vec<String>>>()?;
        names.sort_unstable();
        let mut query = self.db.prepare_cached(
            "SELECT coalesce(a.recording, t.recording) AS tagged, tag, max(weight) FROM recording_tags t
                LEFT JOIN aliases a ON a.alias = t.recording GROUP BY tagged, tag ORDER BY tagged, tag",
        )?;
        let rows = query.query_map([], |row| {
            let tag = row.get_ref(1)?.as_str()?;
            let place = names.binary_search_by(|name| name.as_str().cmp(tag));
            let place = place.ok().and_then(|place| u32::try_from(place).ok());
            Ok((
                RecordingId(row.get::<_, i64>(0)?.cast_unsigned()),
                place.expect(
                    "one moment of the table has each of its tags, no more than u32 counts",
                ),
                row.get(2)?,
            ))
        })?;
        let rows = rows.collect::<rusqlite::Result<_>>()?;
        Ok(Tagged { names, rows })
    }

    /// Drops all imputed values and keeps these instead; `names` are those of the tags.
    ///
    /// # Errors
    /// [`Error::Full`], [`Error::Busy`]; then the former values stay.
    pub fn replace_imputed(&self, imputed: &[Imputed], names: &[String]) -> Result<()> {
        let tx = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        tx.execute("DELETE FROM imputed", [])?;
        let mut insert = tx.prepare_cached(
            "INSERT INTO imputed (recording, fact, value, weight, basis, n) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for Imputed { recording, guess, basis } in imputed {
            let (basis, n) = match basis {
                Basis::OtherVersions { n } => (0, n),
                Basis::SameArtist { n } => (1, n),
            };
            let (id, fact) = (recording.0.cast_signed(), code(guess.fact()));
            match guess {
                Guess::Length(length) => {
                    insert.execute((id, fact, row::millis(*length), None::<f32>, basis, n))?
                }
                Guess::ReleaseOf(of) => {
                    insert.execute((id, fact, of.0.cast_signed(), None::<f32>, basis, n))?
                }
                Guess::Year(year) => insert.execute((id, fact, year, None::<f32>, basis, n))?,
                Guess::Tag(tag, weight) => {
                    insert.execute((id, fact, &names[*tag as usize], weight, basis, n))?
                }
            };
        }
        drop(insert);
        Ok(tx.commit()?)
    }

    /// Of how many recordings each fact is imputed, in the order of [`Fact::ALL`].
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn imputed_totals(&self) -> Result<[ImputedTotals; 4]> {
        let mut query = self.db.prepare_cached(
            "SELECT fact, basis, count(DISTINCT i.recording) FROM imputed i JOIN recordings r ON r.id = i.recording
                WHERE CASE fact WHEN 0 THEN r.length IS NULL WHEN 1 THEN r.release IS NULL
                    WHEN 2 THEN r.released IS NULL
                    ELSE NOT EXISTS (SELECT 1 FROM recording_tags t WHERE t.recording = r.id) END
                GROUP BY fact, basis",
        )?;
        let mut totals = [ImputedTotals::default(); 4];
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let of_fact = &mut totals[place(row.get(0)?)?];
            let n = row.get::<_, i64>(2)?.cast_unsigned();
            match row.get::<_, i64>(1)? {
                0 => of_fact.other_versions = n,
                _ => of_fact.same_artist = n,
            }
        }
        Ok(totals)
    }
}

/// What stands in for what is not known of a recording.
pub(crate) fn read(db: &Connection, recording: &Recording) -> Result<Stands> {
    let mut query = db.prepare_cached(
        "SELECT fact, value, weight, r.release, r.release_group FROM imputed
            LEFT JOIN aliases ON fact = 1 AND alias = value
            LEFT JOIN recordings r ON fact = 1 AND r.id = coalesce(aliases.recording, value)
            WHERE imputed.recording = ?1 ORDER BY fact, weight DESC, value",
    )?;
    let mut rows = query.query([recording.id.0.cast_signed()])?;
    let mut stands = Stands::default();
    let entry = &recording.entry;
    while let Some(row) = rows.next()? {
        match Fact::ALL[place(row.get(0)?)?] {
            Fact::Length if entry.length.is_none() => {
                stands.length = Some(Duration::from_millis(row.get::<_, u32>(1)?.into()));
            }
            Fact::Release if entry.credit.release.is_none() => {
                let group = row.get::<_, Option<i64>>(4)?.map(i64::cast_unsigned);
                stands.release = row.get::<_, Option<String>>(3)?.map(|title| (title, group));
            }
            Fact::Year if entry.released.is_none() => stands.year = Some(row.get(1)?),
            Fact::Tags if entry.tags.is_empty() => {
                stands.tags.push(Tag { name: row.get(1)?, weight: row.get(2)? });
            }
            Fact::Length | Fact::Release | Fact::Year | Fact::Tags => {}
        }
    }
    Ok(stands)
}

/// Drops what may rest on listens that are taken back: lengths that finished plays told.
pub(crate) fn drop_of_listens(db: &Connection) -> Result<()> {
    db.execute("DELETE FROM imputed WHERE fact = ?1", [code(Fact::Length)])?;
    Ok(())
}

/// Drops what may rest on tags that are taken back.
pub(crate) fn drop_of_tags(db: &Connection) -> Result<()> {
    db.execute("DELETE FROM imputed WHERE fact = ?1", [code(Fact::Tags)])?;
    Ok(())
}

/// A fact without a code does not compile; codes are never given anew.
fn code(fact: Fact) -> u8 {
    match fact {
        Fact::Length => 0,
        Fact::Release => 1,
        Fact::Year => 2,
        Fact::Tags => 3,
    }
}

/// The place in [`Fact::ALL`] of the fact with a code.
fn place(found: u8) -> Result<usize> {
    let place = Fact::ALL.iter().position(|fact| code(*fact) == found);
    place.ok_or_else(|| Error::Strange { what: format!("the imputed fact {found}") })
}
