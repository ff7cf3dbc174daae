//! What is known of these recordings, and which belong together?

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use music::{ArtistId, CatalogueEntry, Credit, ListenerId, RecordingId, Tag};
use rusqlite::{Connection, OptionalExtension, Params};

use crate::identity::{self, KeyKind};
use crate::{Error, Result, Stands, Store, imputed, policies, row};

/// Everything the catalogue knows of one recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// The id it lives on under.
    pub id: RecordingId,
    /// Names, keys and facts; of several keys of one kind the lowest, tags by falling weight.
    pub entry: CatalogueEntry,
    /// Main artist first, then the featured ones.
    pub artists: Vec<(ArtistId, String)>,
    /// Equal for recordings on editions of one release.
    pub release: Option<u64>,
    /// Equal for versions of one work by one main artist.
    pub work: u64,
    /// What stands in for what is not known.
    pub imputed: Stands,
}

impl Store {
    /// The recording of an id or alias.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn recording(&self, id: RecordingId) -> Result<Option<Recording>> {
        read(&self.db, identity::resolve(&self.db, id.0.cast_signed())?)
    }

    /// The recordings of these ids or aliases, in their order.
    ///
    /// # Errors
    /// [`Error::UnknownRecording`] names the first that is not there.
    pub fn recordings(&self, ids: &[RecordingId]) -> Result<Vec<Recording>> {
        let _snapshot = self.snapshot()?;
        ids.iter().map(|&id| self.recording(id)?.ok_or(Error::UnknownRecording { id })).collect()
    }

    /// The id that a recording lives on under; the same where it is no alias.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn resolve(&self, id: RecordingId) -> Result<RecordingId> {
        Ok(RecordingId(identity::resolve(&self.db, id.0.cast_signed())?.cast_unsigned()))
    }

    /// Every id that was found to be another recording, ascending, with the id that this one lives on under.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn aliases(&self) -> Result<Vec<(RecordingId, RecordingId)>> {
        let mut query =
            self.db.prepare_cached("SELECT alias, recording FROM aliases ORDER BY alias")?;
        let id = |row: &rusqlite::Row<'_>, column| {
            Ok::<_, rusqlite::Error>(RecordingId(row.get::<_, i64>(column)?.cast_unsigned()))
        };
        let aliases = query.query_map([], |row| Ok((id(row, 0)?, id(row, 1)?)))?;
        Ok(aliases.collect::<rusqlite::Result<_>>()?)
    }

    /// All recordings of the works of these, themselves included, ascending.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn same_works(&self, ids: &[RecordingId]) -> Result<Vec<RecordingId>> {
        let _snapshot = self.snapshot()?;
        let mut works = Vec::new();
        let mut query = self.db.prepare_cached("SELECT work FROM recordings WHERE id = ?1")?;
        for id in ids {
            let id = identity::resolve(&self.db, id.0.cast_signed())?;
            works.extend(query.query_one([id], |row| row.get::<_, i64>(0)).optional()?);
        }
        works.sort_unstable();
        works.dedup();
        let mut recordings = Vec::new();
        for work in works {
            recordings
                .extend(self.recording_ids("SELECT id FROM recordings WHERE work = ?1", [work])?);
        }
        recordings.sort_unstable();
        Ok(recordings)
    }

    /// The work of a recording or alias.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn work(&self, id: RecordingId) -> Result<Option<u64>> {
        let id = identity::resolve(&self.db, id.0.cast_signed())?;
        let mut query = self.db.prepare_cached("SELECT work FROM recordings WHERE id = ?1")?;
        let work = query.query_one([id], |row| row.get::<_, i64>(0)).optional()?;
        Ok(work.map(i64::cast_unsigned))
    }

    /// All recordings with this artist in any position, ascending.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn by_artist(&self, artist: ArtistId) -> Result<Vec<RecordingId>> {
        let query =
            "SELECT DISTINCT recording FROM recording_artists WHERE artist = ?1 ORDER BY recording";
        self.recording_ids(query, [artist.0.cast_signed()])
    }

    /// All recordings that somebody gave this tag, ascending.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn by_tag(&self, tag: &str) -> Result<Vec<RecordingId>> {
        self.recording_ids(
            "SELECT DISTINCT recording FROM recording_tags WHERE tag = ?1 ORDER BY recording",
            [tag],
        )
    }

    /// Everything ever shown to a listener as new, ascending; with `before`, in lists made before that moment.
    ///
    /// What was known and said so may be shown again.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn shown(
        &self,
        listener: ListenerId,
        before: Option<Timestamp>,
    ) -> Result<Vec<RecordingId>> {
        let query = "SELECT DISTINCT coalesce(a.recording, l.recording) AS shown FROM lists
            JOIN ledger l ON l.list = lists.id LEFT JOIN aliases a ON a.alias = l.recording
            WHERE lists.listener = ?1 AND lists.made_at < ?2 AND l.is_new ORDER BY shown";
        self.recording_ids(query, [listener.0.cast_signed(), row::before(before)])
    }

    /// Every length that the catalogue knows.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn lengths(&self) -> Result<BTreeMap<RecordingId, Duration>> {
        let mut query =
            self.db.prepare_cached("SELECT id, length FROM recordings WHERE length IS NOT NULL")?;
        let lengths = query.query_map([], |row| {
            let (id, length): (i64, i64) = (row.get(0)?, row.get(1)?);
            Ok((RecordingId(id.cast_unsigned()), Duration::from_millis(length.cast_unsigned())))
        })?;
        Ok(lengths.collect::<rusqlite::Result<_>>()?)
    }

    /// Every recording that shares its work with another one, and a number that stands for the work; ascending.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn shared_works(&self) -> Result<Vec<(RecordingId, i64)>> {
        let mut query = self.db.prepare_cached(
            "SELECT id, work FROM recordings WHERE work IN
                (SELECT work FROM recordings GROUP BY work HAVING count(*) > 1) ORDER BY id",
        )?;
        let works = query.query_map([], |row| {
            Ok((RecordingId(row.get::<_, i64>(0)?.cast_unsigned()), row.get(1)?))
        })?;
        Ok(works.collect::<rusqlite::Result<_>>()?)
    }

    pub(crate) fn recording_ids(&self, sql: &str, params: impl Params) -> Result<Vec<RecordingId>> {
        let mut query = self.db.prepare_cached(sql)?;
        let ids = query
            .query_map(params, |row| Ok(RecordingId(row.get::<_, i64>(0)?.cast_unsigned())))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }
}

fn read(db: &Connection, id: i64) -> Result<Option<Recording>> {
    let mut query = db.prepare_cached(
        "SELECT title, artist, release, release_mbid, artist_mbids, length, released, tempo, key, location,
            is_available, release_group, work FROM recordings WHERE id = ?1",
    )?;
    let basics = query.query_one([id], |row| {
        let credit = Credit {
            title: row.get(0)?,
            artist: row.get(1)?,
            release: row.get(2)?,
            release_mbid: row.get(3)?,
            artist_mbids: words(row.get_ref(4)?.as_str_or_null()?),
            ..Credit::default()
        };
        let entry = CatalogueEntry {
            credit,
            length: row
                .get::<_, Option<u32>>(5)?
                .map(|millis| Duration::from_millis(millis.into())),
            released: row.get::<_, Option<String>>(6)?.and_then(|date| date.parse().ok()),
            tempo: row.get(7)?,
            key: row.get(8)?,
            location: row.get(9)?,
            is_available: row.get(10)?,
            ..CatalogueEntry::default()
        };
        let release = row.get::<_, Option<i64>>(11)?.map(i64::cast_unsigned);
        Ok((entry, release, row.get::<_, i64>(12)?.cast_unsigned()))
    });
    let Some((mut entry, release, work)) = basics.optional()? else { return Ok(None) };
    read_keys(db, id, &mut entry.credit)?;
    read_sets(db, id, &mut entry)?;
    let artists = read_artists(db, id)?;
    let id = RecordingId(id.cast_unsigned());
    let imputed = Stands::default();
    let mut recording = Recording { id, entry, artists, release, work, imputed };
    recording.imputed = imputed::read(db, &recording)?;
    Ok(Some(recording))
}

fn read_keys(db: &Connection, id: i64, credit: &mut Credit) -> Result<()> {
    let mut query = db.prepare_cached(
        "SELECT kind, min(value) FROM recording_keys WHERE recording = ?1 GROUP BY kind ORDER BY kind",
    )?;
    let mut keys = query.query([id])?;
    while let Some(key) = keys.next()? {
        let value = Some(key.get(1)?);
        match key.get::<_, i64>(0)? {
            kind if kind == KeyKind::Mbid as i64 => credit.mbid = value,
            kind if kind == KeyKind::Isrc as i64 => credit.isrc = value,
            kind if kind == KeyKind::Spotify as i64 => credit.spotify = value,
            kind if kind == KeyKind::Item as i64 => credit.item = value,
            _ => {}
        }
    }
    Ok(())
}

fn read_sets(db: &Connection, id: i64, entry: &mut CatalogueEntry) -> Result<()> {
    // A table of tags imported again with a few more lines must not weigh twice: the largest import holds.
    let tags = "SELECT tag, max(weight) AS weight FROM recording_tags WHERE recording = ?1
        GROUP BY tag ORDER BY weight DESC, tag";
    let mut query = db.prepare_cached(tags)?;
    let tags = query.query_map([id], |row| Ok(Tag { name: row.get(0)?, weight: row.get(1)? }))?;
    entry.tags = tags.collect::<rusqlite::Result<_>>()?;
    entry.labels = policies::labels(db, id)?;
    let groups = "SELECT name FROM recording_groups WHERE recording = ?1 ORDER BY name";
    entry.groups = db
        .prepare_cached(groups)?
        .query_map([id], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(())
}

fn read_artists(db: &Connection, id: i64) -> Result<Vec<(ArtistId, String)>> {
    let mut query = db.prepare_cached(
        "SELECT artists.id, name FROM recording_artists JOIN artists ON artists.id = artist
            WHERE recording = ?1 ORDER BY position",
    )?;
    let artists = query.query_map([id], |row| {
        Ok((ArtistId(row.get::<_, i64>(0)?.cast_unsigned()), row.get(1)?))
    })?;
    Ok(artists.collect::<rusqlite::Result<_>>()?)
}

fn words(text: Option<&str>) -> Vec<String> {
    text.into_iter().flat_map(|text| text.split(' ')).map(str::to_owned).collect()
}
