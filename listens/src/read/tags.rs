//! Which words do people use for these items?
//!
//! One tag of one item a row: JSON lines, a JSON array, or a delimited table with a header.
//! Each row is an entry of its own with one tag; weights of one source add up, so that a tag given by ten people weighs ten.
//! The item may be known by its id alone; a column of tag ids needs [`crate::Options::tag_names`].

use music::{CatalogueEntry, Credit, Entry, ItemKind};
use serde_json::{Map, Value};

use super::catalogue::tag;
use super::fields::{CREDIT, Fields, Names};
use super::intake::Intake;
use super::json::{each_value, parse};
use super::names::Names as TagNames;
use super::table::{Table, each_row};
use super::{Outcome, Row};
use crate::RejectReason;
use crate::reject::{Problem, excerpt};
use crate::source::{Input, Stop};

const TAG: Names = &["tag", "tag_name"];
const WEIGHT: Names = &["weight", "count"];

/// What its columns may be for.
pub(super) fn roles() -> Vec<Names> {
    [&CREDIT[..], &[TAG, WEIGHT]].concat()
}

/// Reads the file.
pub(super) fn read(input: &mut Input<'_>, intake: &mut Intake<'_>) -> Result<(), Stop> {
    let items = intake.items();
    if input.is_json() {
        return each_value(input, intake, &mut |intake, place, row| {
            let object: Result<Map<String, Value>, RejectReason> = parse(row);
            let outcome = object
                .map_err(Problem::from)
                .and_then(|object| row_of(&Fields::of_object(&object), items, &intake.names));
            intake.take(place, outcome)
        });
    }
    let on_table = |table: &Table| table.need("tag", TAG).map(|_| false);
    each_row(input, intake, &on_table, &mut |intake, place, fields| {
        let outcome = row_of(fields, items, &intake.names);
        intake.take(place, outcome)
    })
}

fn row_of(fields: &Fields<'_>, items: ItemKind, names: &TagNames) -> Outcome {
    let mut credit = fields.credit();
    if items == ItemKind::Artists {
        credit = artist_credit(credit, names);
    }
    let (artist, title) = (credit.artist.clone(), credit.title.clone());
    let tag = || {
        let text = fields.text(TAG).ok_or(RejectReason::MissingField("tag"))?;
        let name = match &names.tags {
            None => text,
            Some(names) => names.get(&text).ok_or(RejectReason::UnknownTag)?.name.clone(),
        };
        tag(&name, fields.number(WEIGHT)?).ok_or(RejectReason::WrongType("weight"))
    };
    let tag = tag().map_err(|reason| Problem::new(reason, None, excerpt(&artist, &title, "")))?;
    let entry = CatalogueEntry { credit, tags: vec![tag], ..CatalogueEntry::default() };
    Ok(Row::Keyed(Entry::Catalogue(entry)))
}

/// An artist that stands as an item has its name as title and as artist.
fn artist_credit(credit: Credit, names: &TagNames) -> Credit {
    let named = credit
        .item
        .as_ref()
        .and_then(|id| names.items.as_ref()?.get(id))
        .map(|named| named.name.clone());
    let written =
        [credit.artist.as_str(), credit.title.as_str()].into_iter().find(|name| !name.is_empty());
    let name = written.map(str::to_owned).or(named).unwrap_or_default();
    Credit { title: name.clone(), artist: name, ..credit }
}
