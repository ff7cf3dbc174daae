//! What is known of all recordings, column by column?
//!
//! For whoever needs the whole catalogue at once; one recording is read by [`Store::recording`].

use jiff::civil::Date;
use music::{ArtistId, RecordingId};

use crate::{Result, Store};

/// What a list has to know of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Basics {
    /// The id it lives on under.
    pub id: RecordingId,
    /// Equal for versions of one work by one main artist.
    pub work: u64,
    /// Equal for recordings on editions of one release; imputed where nobody said.
    pub release: Option<u64>,
    /// First release date.
    pub released: Option<Date>,
    /// Beats per minute.
    pub tempo: Option<f32>,
    /// Musical key as written.
    pub key: Option<String>,
    /// Whether it can be played at all.
    pub is_available: Option<bool>,
}

/// Words that a catalogue has for recordings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// Tags, imputed ones where a recording has none of its own.
    Tags,
    /// Labels such as `explicit`.
    Labels,
    /// Groups for fair exposure.
    Groups,
}

impl Store {
    /// Hands over every recording, ascending.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn for_each_basics(&self, each: &mut dyn FnMut(Basics)) -> Result<()> {
        let mut query = self.db.prepare_cached(
            "SELECT r.id, r.work, coalesce(r.release_group, other.release_group), r.released, r.tempo, r.key,
                r.is_available FROM recordings r
                LEFT JOIN imputed i ON i.recording = r.id AND i.fact = 1
                LEFT JOIN recordings other ON other.id = i.value ORDER BY r.id",
        )?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            each(Basics {
                id: RecordingId(row.get::<_, i64>(0)?.cast_unsigned()),
                work: row.get::<_, i64>(1)?.cast_unsigned(),
                release: row.get::<_, Option<i64>>(2)?.map(i64::cast_unsigned),
                released: text(row, 3)?.and_then(|date| date.parse().ok()),
                tempo: row.get(4)?,
                key: row.get(5)?,
                is_available: row.get(6)?,
            });
        }
        Ok(())
    }

    /// Hands over every credited artist of every recording, ascending by recording, main artist first.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn for_each_credit(&self, each: &mut dyn FnMut(RecordingId, ArtistId)) -> Result<()> {
        let mut query = self.db.prepare_cached(
            "SELECT recording, artist FROM recording_artists ORDER BY recording, position",
        )?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let id =
                |column| Ok::<u64, rusqlite::Error>(row.get::<_, i64>(column)?.cast_unsigned());
            each(RecordingId(id(0)?), ArtistId(id(1)?));
        }
        Ok(())
    }

    /// Hands over every word of every recording with its weight, 1 where words have none; ascending by recording, then word.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn for_each_word(
        &self,
        words: Words,
        each: &mut dyn FnMut(RecordingId, &str, f32),
    ) -> Result<()> {
        let mut query = self.db.prepare_cached(match words {
            // A table of tags imported again with a few more lines must not weigh twice: the largest import holds.
            Words::Tags => {
                "SELECT recording, tag AS word, max(weight) FROM recording_tags GROUP BY recording, word
                    UNION ALL SELECT recording, value, weight FROM imputed i WHERE fact = 3
                        AND NOT EXISTS (SELECT 1 FROM recording_tags t WHERE t.recording = i.recording)
                    ORDER BY recording, word"
            }
            Words::Labels => "SELECT recording, label, 1.0 FROM recording_labels ORDER BY recording, label",
            Words::Groups => "SELECT recording, name, 1.0 FROM recording_groups ORDER BY recording, name",
        })?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let id = RecordingId(row.get::<_, i64>(0)?.cast_unsigned());
            let weight: Option<f32> = row.get(2)?;
            each(id, text(row, 1)?.unwrap_or_default(), weight.unwrap_or(1.0));
        }
        Ok(())
    }

    /// The name of an artist, if there is such a one.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn artist_name(&self, artist: ArtistId) -> Result<Option<String>> {
        let mut query = self.db.prepare_cached("SELECT name FROM artists WHERE id = ?1")?;
        let mut names = query.query([artist.0.cast_signed()])?;
        Ok(names.next()?.map(|row| row.get(0)).transpose()?)
    }
}

fn text<'r>(row: &'r rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Option<&'r str>> {
    Ok(row.get_ref(column)?.as_str_or_null()?)
}
