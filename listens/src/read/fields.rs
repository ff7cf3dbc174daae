//! What does a row say under this name, be it JSON or cells?

use std::borrow::Cow;

use jiff::civil::Date;
use music::Credit;
use serde_json::{Map, Value};

use super::cleaning::{clean, isrc, known, mbid, spotify};
use super::table::Table;
use crate::RejectReason;

/// Names of a field, the first of which stands in sentences.
pub(super) type Names = &'static [&'static str];

pub(super) const TITLE: Names = &["title", "track_name", "track"];
pub(super) const ARTIST: Names = &["artist", "artist_name"];
pub(super) const RELEASE: Names = &["release", "release_name", "album"];
pub(super) const RECORDING_MBID: Names = &["recording_mbid", "mbid", "track_mbid"];
pub(super) const ISRC: Names = &["isrc"];
pub(super) const SPOTIFY: Names = &["spotify", "spotify_uri", "spotify_id", "uri"];
pub(super) const ARTIST_MBIDS: Names = &["artist_mbids", "artist_mbid"];
pub(super) const RELEASE_MBID: Names = &["release_mbid", "album_mbid"];
pub(super) const ITEM: Names = &["item", "id"];

/// The fields that name a recording.
pub(super) const CREDIT: [Names; 9] =
    [TITLE, ARTIST, RELEASE, RECORDING_MBID, ISRC, SPOTIFY, ARTIST_MBIDS, RELEASE_MBID, ITEM];

/// One row.
pub(crate) enum Fields<'a> {
    /// JSON objects, the outer before those inside of it.
    Objects(Vec<&'a Map<String, Value>>),
    /// Cells; those beyond the last column belong to it.
    Row { table: &'a Table, cells: &'a [Cow<'a, str>] },
}

/// A word of a list, with its weight where it has one.
pub(super) struct Word {
    pub(super) text: String,
    pub(super) weight: Option<f64>,
}

impl<'a> Fields<'a> {
    /// The row of a JSON object; `track_metadata` and `mbid_mapping` are read as if their fields were its own.
    pub(crate) fn of_object(object: &'a Map<String, Value>) -> Self {
        let inner = |of: Option<&'a Map<String, Value>>, name: &str| of?.get(name)?.as_object();
        let metadata = inner(Some(object), "track_metadata");
        let mapping =
            inner(metadata, "mbid_mapping").or_else(|| inner(Some(object), "mbid_mapping"));
        let additional = inner(metadata, "additional_info");
        Self::Objects([Some(object), metadata, additional, mapping].into_iter().flatten().collect())
    }

    /// A cleaned text that is not empty; numbers are texts too.
    pub(crate) fn text(&self, names: &[&str]) -> Option<String> {
        match self.find(names)? {
            Found::Cell(cell) => known(cell),
            Found::Value(Value::String(text)) => known(text),
            Found::Value(Value::Number(number)) => Some(number.to_string()),
            Found::Value(_) => None,
        }
    }

    /// A finite number.
    pub(super) fn number(&self, names: Names) -> Result<Option<f64>, RejectReason> {
        let number = match self.find(names) {
            None => return Ok(None),
            Some(Found::Value(Value::Number(number))) => number.as_f64(),
            Some(Found::Value(Value::String(text))) => text.trim().parse().ok(),
            Some(Found::Cell(cell)) => cell.trim().parse().ok(),
            Some(Found::Value(_)) => None,
        };
        number
            .filter(|number: &f64| number.is_finite())
            .map(Some)
            .ok_or(RejectReason::WrongType(names[0]))
    }

    /// Yes or no.
    pub(super) fn flag(&self, names: Names) -> Result<Option<bool>, RejectReason> {
        if let Some(Found::Value(Value::Bool(flag))) = self.find(names) {
            return Ok(Some(*flag));
        }
        match self.text(names).map(|text| text.to_lowercase()).as_deref() {
            None => Ok(None),
            Some("true" | "yes" | "1") => Ok(Some(true)),
            Some("false" | "no" | "0") => Ok(Some(false)),
            Some(_) => Err(RejectReason::WrongType(names[0])),
        }
    }

    /// A day; the first of a month or year where no more is said.
    pub(super) fn date(&self, names: Names) -> Result<Option<Date>, RejectReason> {
        let Some(text) = self.text(names) else { return Ok(None) };
        let missing = match text.len() {
            4 => "-01-01",
            7 => "-01",
            _ => "",
        };
        format!("{text}{missing}")
            .parse()
            .map(Some)
            .map_err(|_no_date| RejectReason::WrongType(names[0]))
    }

    /// Words: an array of texts or of `{name, weight}`, or one text delimited by `;` or `|`, or cells to the end of the line.
    pub(super) fn words(&self, names: &[&str]) -> Vec<Word> {
        let mut words = Vec::new();
        match self.find(names) {
            Some(Found::Value(Value::Array(values))) => {
                words.extend(values.iter().filter_map(word))
            }
            Some(Found::Value(Value::String(text))) => words.extend(split_words(text)),
            Some(Found::Cell(cell)) => words.extend(split_words(cell)),
            Some(Found::Value(_)) | None => {}
        }
        if let Self::Row { table, cells } = self
            && table.column(names).is_some_and(|column| column + 1 == table.width)
        {
            words.extend(cells[table.width..].iter().flat_map(|cell| split_words(cell)));
        }
        words
    }

    /// How the row names its recording.
    pub(super) fn credit(&self) -> Credit {
        Credit {
            title: self.text(TITLE).unwrap_or_default(),
            artist: self.text(ARTIST).unwrap_or_default(),
            release: self.text(RELEASE),
            mbid: self.text(RECORDING_MBID).and_then(|text| mbid(&text)),
            artist_mbids: self
                .words(ARTIST_MBIDS)
                .iter()
                .filter_map(|word| mbid(&word.text))
                .collect(),
            release_mbid: self.text(RELEASE_MBID).and_then(|text| mbid(&text)),
            isrc: self.text(ISRC).and_then(|text| isrc(&text)),
            spotify: self.text(SPOTIFY).and_then(|text| spotify(&text)),
            item: self.text(ITEM),
        }
    }

    /// What stands under the first of these names that says anything.
    fn find(&self, names: &[&str]) -> Option<Found<'_>> {
        match self {
            Self::Objects(objects) => {
                let all = objects
                    .iter()
                    .flat_map(|object| names.iter().filter_map(|name| object.get(*name)));
                all.filter(|value| !is_blank(value)).map(Found::Value).next()
            }
            Self::Row { table, cells } => {
                let cell = cells.get(table.column(names)?)?;
                (!cell.trim().is_empty()).then_some(Found::Cell(cell))
            }
        }
    }
}

enum Found<'a> {
    Value(&'a Value),
    Cell(&'a str),
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn split_words(text: &str) -> impl Iterator<Item = Word> {
    let words = text.split([';', '|']).map(clean).filter(|word| !word.is_empty());
    words.map(|text| Word { text, weight: None })
}

/// One word of an array.
fn word(value: &Value) -> Option<Word> {
    let Some(object) = value.as_object() else {
        return Some(Word { text: known(value.as_str()?)?, weight: None });
    };
    let named = ["name", "tag"].iter().find_map(|name| object.get(*name)?.as_str());
    let weight = ["weight", "count"].iter().find_map(|name| object.get(*name)?.as_f64());
    Some(Word { text: known(named?)?, weight })
}
