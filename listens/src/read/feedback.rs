//! What did listeners say about recordings?
//!
//! One like, dislike, save or other interaction a row: JSON lines, a JSON array, or a delimited table with a header.
//! `kind` is the name of an interaction; `score`, as `ListenBrainz` has it, is 1 for a like, -1 for a dislike, 0 for one taken back.
//! The recording may be known by a key alone.

use music::{Entry, Event, Interaction, Listen};
use serde_json::{Map, Value};

use super::fields::{ARTIST, CREDIT, Fields, Names, TITLE};
use super::intake::Intake;
use super::json::{each_value, parse};
use super::table::{Table, each_row};
use super::{Outcome, Row, moment};
use crate::reject::{Problem, excerpt};
use crate::source::{Input, Stop};
use crate::{Options, RejectReason};

const LISTENER: Names = &["listener", "user_name", "user_id", "user"];
const KIND: Names = &["kind"];
const SCORE: Names = &["score"];
const AT: Names = &["at", "created", "timestamp"];

/// What its columns may be for.
pub(super) fn roles() -> Vec<Names> {
    [&CREDIT[..], &[LISTENER, KIND, SCORE, AT]].concat()
}

/// Reads the file.
pub(super) fn read(input: &mut Input<'_>, intake: &mut Intake<'_>) -> Result<(), Stop> {
    if input.is_json() {
        return each_value(input, intake, &mut |intake, place, row| {
            let outcome = row_of_json(row, intake);
            intake.take(place, outcome)
        });
    }
    let on_table = |table: &Table| {
        table.column(SCORE).map_or_else(|| table.need("kind", KIND), Ok)?;
        table.need("at", AT)?;
        Ok(false)
    };
    each_row(input, intake, &on_table, &mut |intake, place, fields| {
        let outcome = row_of(fields, intake);
        intake.take(place, outcome)
    })
}

/// One JSON object, also of a `ListenBrainz` export.
pub(super) fn row_of_json(row: &[u8], intake: &Intake<'_>) -> Outcome {
    let object: Map<String, Value> = parse(row)?;
    row_of(&Fields::of_object(&object), intake)
}

fn row_of(fields: &Fields<'_>, intake: &Intake<'_>) -> Outcome {
    let options = intake.options;
    let listener = fields.text(LISTENER).or_else(|| intake.account.clone().flatten());
    let event = || -> Result<Event, RejectReason> {
        let kind = kind_of(fields, options)?;
        let at = fields.text(AT).ok_or(RejectReason::MissingField("at"))?;
        Ok(Event::new(kind, moment::parse(&at, &options.timezone)?))
    };
    let event = event().map_err(|reason| {
        let named = |names| fields.text(names).unwrap_or_default();
        Problem::new(
            reason,
            listener.as_deref(),
            excerpt(&named(ARTIST), &named(TITLE), &named(AT)),
        )
    })?;
    Ok(Row::Keyed(Entry::Listen(Listen { listener, recording: fields.credit(), event })))
}

fn kind_of(fields: &Fields<'_>, options: &Options) -> Result<Interaction, RejectReason> {
    let Some(name) = fields.text(KIND) else {
        let score = fields.number(SCORE)?.ok_or(RejectReason::MissingField("kind"))?;
        let scores =
            [(1.0, Interaction::Like), (-1.0, Interaction::Dislike), (0.0, Interaction::Unlike)];
        // Whole numbers this small are exact.
        let kind = scores.into_iter().find(|(known, _)| score.total_cmp(known).is_eq());
        return kind.map(|(_, kind)| kind).ok_or(RejectReason::UnknownKind);
    };
    let name = name.to_lowercase().replace('_', "-");
    match Interaction::from_name(&name) {
        Interaction::Named(name) if !options.known_kinds.iter().any(|known| **known == *name) => {
            Err(RejectReason::UnknownKind)
        }
        kind => Ok(kind),
    }
}
