//! Which recording or artist does a person mean by this text?

use music::{ArtistId, ItemKind, RecordingId, artist_key, recording_key, spell};

use crate::identity::{self, KeyKind};
use crate::{Result, Store, schema};

impl Store {
    /// The recordings that a text means, ascending: several where a title is shared, or where a number means several
    /// things.
    ///
    /// An MBID, ISRC, Spotify URI or the id of a source, all but the last also inside an address; else
    /// "Artist - Title"; else a title alone.
    /// Where artists stand as items, the name of the artist.
    /// A number may be an id of this store, the id of a source or a title: nobody knows which, so all are found.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn find(&self, text: &str) -> Result<Vec<RecordingId>> {
        let text = text.trim();
        let looks = [Self::by_id, Self::by_key, Self::by_names, Self::by_title];
        found(text, looks.into_iter().map(|look| look(self, text)))
    }

    /// As [`Self::find`], but a title alone means nothing: for files, whose lines nobody looks at one by one.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn find_surely(&self, text: &str) -> Result<Vec<RecordingId>> {
        let text = text.trim();
        let looks = [Self::by_id, Self::by_key, Self::by_names];
        found(text, looks.into_iter().map(|look| look(self, text)))
    }

    /// The artists that a text means, ascending: by id, MBID or name; a number may be the id of one and the name of
    /// another.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn find_artist(&self, text: &str) -> Result<Vec<(ArtistId, String)>> {
        let text = text.trim();
        let looks = [
            ("SELECT id, name FROM artists WHERE id = ?1", text.to_owned()),
            (
                "SELECT id, name FROM artists WHERE mbid = ?1 ORDER BY id",
                last_segment(text).to_lowercase(),
            ),
            ("SELECT id, name FROM artists WHERE key = ?1", artist_key(text)),
        ];
        let look = |(sql, value): (&str, String)| -> Result<Vec<_>> {
            let mut query = self.db.prepare_cached(sql)?;
            let artists = query.query_map([value], |row| {
                Ok((ArtistId(row.get::<_, i64>(0)?.cast_unsigned()), row.get(1)?))
            })?;
            Ok(artists.collect::<rusqlite::Result<_>>()?)
        };
        found(text, looks.into_iter().map(look))
    }

    fn by_id(&self, text: &str) -> Result<Vec<RecordingId>> {
        let Ok(id) = text.parse::<RecordingId>() else { return Ok(Vec::new()) };
        let id = self.resolve(id)?;
        self.recording_ids("SELECT id FROM recordings WHERE id = ?1", [id.0.cast_signed()])
    }

    fn by_key(&self, text: &str) -> Result<Vec<RecordingId>> {
        let segment = last_segment(text);
        let keys = [
            (KeyKind::Mbid, segment.to_lowercase()),
            (KeyKind::Isrc, segment.to_uppercase().replace('-', "")),
            (
                KeyKind::Spotify,
                format!("spotify:track:{}", segment.trim_start_matches("spotify:track:")),
            ),
            (KeyKind::Item, text.to_owned()),
        ];
        self.owners(keys)
    }

    fn by_names(&self, text: &str) -> Result<Vec<RecordingId>> {
        if schema::item_kind(&self.db)? == Some(ItemKind::Artists) {
            return self.owners([(KeyKind::Name, artist_key(text))]);
        }
        // "A-ha - Take On Me" and "Sigur Rós - ( ) - 1" both have a place where the title starts: try each.
        let splits =
            text.match_indices(" - ").map(|(at, dash)| (&text[..at], &text[at + dash.len()..]));
        self.owners(splits.map(|(artist, title)| (KeyKind::Name, recording_key(artist, title))))
    }

    fn by_title(&self, text: &str) -> Result<Vec<RecordingId>> {
        let query = "SELECT DISTINCT recording FROM recording_keys
            WHERE kind = ?1 AND substr(value, -length(?2)) = ?2 ORDER BY recording";
        let title = spell("", text).title;
        if title.is_empty() {
            return Ok(Vec::new());
        }
        self.recording_ids(query, (KeyKind::Name as i64, format!("\u{1f}{title}")))
    }

    /// The owner of the first key that has one.
    fn owners(
        &self,
        keys: impl IntoIterator<Item = (KeyKind, String)>,
    ) -> Result<Vec<RecordingId>> {
        for (kind, value) in keys {
            if let Some(owner) = identity::owner(&self.db, kind, &value)? {
                return Ok(vec![RecordingId(owner.cast_unsigned())]);
            }
        }
        Ok(Vec::new())
    }
}

/// What the first look that finds anything finds; of a number what all of them find, ascending.
fn found<T: Ord>(text: &str, looks: impl Iterator<Item = Result<Vec<T>>>) -> Result<Vec<T>> {
    let is_number = text.parse::<u64>().is_ok();
    let mut all = Vec::new();
    for look in looks {
        all.extend(look?);
        if !is_number && !all.is_empty() {
            break;
        }
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// What an address ends with: `https://open.spotify.com/track/<id>?si=…`, `https://musicbrainz.org/recording/<mbid>`.
fn last_segment(text: &str) -> &str {
    let path = text.split(['?', '#']).next().unwrap_or(text).trim_end_matches('/');
    path.rsplit('/').next().unwrap_or(path)
}
