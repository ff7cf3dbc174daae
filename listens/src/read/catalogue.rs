//! What is known of these recordings?
//!
//! JSON lines, a JSON array, or a delimited table with a header; the fields of both have the same names.
//! A delimited table may go on after its last column where that column holds tags.

use std::time::Duration;

use music::{CatalogueEntry, Entry, Tag};
use serde_json::{Map, Value};

use super::cleaning::{length, secs};
use super::fields::{CREDIT, Fields, Names, Word};
use super::intake::Intake;
use super::json::{each_value, parse};
use super::table::{Table, each_row};
use super::{Outcome, Row};
use crate::RejectReason;
use crate::reject::{Problem, excerpt};
use crate::source::{Input, Stop};

const RELEASED: Names = &["released", "date", "release_date"];
const LENGTH_MS: Names = &["length_ms", "duration_ms"];
const LENGTH_SECS: Names = &["length_secs", "duration_secs", "duration", "length"];
const TAGS: Names = &["tags"];
const TEMPO: Names = &["tempo", "bpm"];
const KEY: Names = &["key"];
const LABELS: Names = &["labels"];
const GROUPS: Names = &["groups"];
const LOCATION: Names = &["location", "file", "url", "path"];
const AVAILABLE: Names = &["available", "is_available"];

/// What its columns may be for.
pub(super) fn roles() -> Vec<Names> {
    let facts =
        [RELEASED, LENGTH_MS, LENGTH_SECS, TAGS, TEMPO, KEY, LABELS, GROUPS, LOCATION, AVAILABLE];
    [&CREDIT[..], &facts].concat()
}

/// Reads the file.
pub(super) fn read(input: &mut Input<'_>, intake: &mut Intake<'_>) -> Result<(), Stop> {
    if input.is_json() {
        return each_value(input, intake, &mut |intake, place, row| {
            let object: Result<Map<String, Value>, RejectReason> = parse(row);
            let outcome = object
                .map_err(Problem::from)
                .and_then(|object| row_of(&Fields::of_object(&object)));
            intake.take(place, outcome)
        });
    }
    let tags_are_last =
        |table: &Table| Ok(table.column(TAGS).is_some_and(|column| column + 1 == table.width));
    each_row(input, intake, &tags_are_last, &mut |intake, place, fields| {
        intake.take(place, row_of(fields))
    })
}

/// A tag as a source writes it, without its group (`genre---rock`), in lower case.
pub(super) fn tag(text: &str, weight: Option<f64>) -> Option<Tag> {
    let name = text.rsplit("---").next().unwrap_or(text).trim().to_lowercase();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a weight needs no more digits than f32 has"
    )]
    let weight = weight.map_or(1.0, |weight| weight as f32);
    (!name.is_empty() && weight.is_finite() && weight > 0.0).then_some(Tag { name, weight })
}

fn row_of(fields: &Fields<'_>) -> Outcome {
    let credit = fields.credit();
    let (artist, title) = (credit.artist.clone(), credit.title.clone());
    let entry = || -> Result<CatalogueEntry, RejectReason> {
        let texts = |names| fields.words(names).into_iter().map(|word| word.text).collect();
        let tags =
            fields.words(TAGS).into_iter().filter_map(|Word { text, weight }| tag(&text, weight));
        Ok(CatalogueEntry {
            credit,
            length: length_of(fields)?,
            released: fields.date(RELEASED)?,
            tags: tags.collect(),
            tempo: tempo_of(fields)?,
            key: fields.text(KEY),
            labels: texts(LABELS),
            groups: texts(GROUPS),
            location: fields.text(LOCATION),
            is_available: fields.flag(AVAILABLE)?,
        })
    };
    let entry =
        entry().map_err(|reason| Problem::new(reason, None, excerpt(&artist, &title, "")))?;
    Ok(Row::Entry(Entry::Catalogue(entry)))
}

fn length_of(fields: &Fields<'_>) -> Result<Option<Duration>, RejectReason> {
    let millis = fields.number(LENGTH_MS)?.map(|millis| millis / 1000.0);
    let in_secs = if millis.is_some() { millis } else { fields.number(LENGTH_SECS)? };
    Ok(in_secs.and_then(secs).and_then(length))
}

/// Beats per minute; zero and less stand for "unknown".
fn tempo_of(fields: &Fields<'_>) -> Result<Option<f32>, RejectReason> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a tempo needs no more digits than f32 has"
    )]
    let tempo = fields.number(TEMPO)?.map(|tempo| tempo as f32);
    Ok(tempo.filter(|tempo| tempo.is_finite() && *tempo > 0.0))
}
