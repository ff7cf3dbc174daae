//! How does each JSON row reach its format?

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::error::Category;

use super::elements::Elements;
use super::intake::Intake;
use super::lines::Lines;
use crate::RejectReason;
use crate::reject::Place;
use crate::source::{Input, Stop};

/// A string of a JSON row, borrowed where it has no escapes.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// The letters of a string that may be missing.
pub(super) fn text<'t>(text: &'t Option<Text<'_>>) -> &'t str {
    text.as_ref().map_or("", |text| &text.0)
}

/// What is done with each row.
pub(super) type OnRow<'f> = dyn FnMut(&mut Intake<'_>, Place, &[u8]) -> Result<(), Stop> + 'f;

/// Calls `on_row` with each element of an array, or with each line of a file of JSON lines.
pub(super) fn each_value(
    input: &mut Input<'_>,
    intake: &mut Intake<'_>,
    on_row: &mut OnRow<'_>,
) -> Result<(), Stop> {
    if input.first_byte() == Some(b'[') {
        return each_element(input, None, intake, on_row);
    }
    let mut lines = Lines::new(input);
    while let Some((place, line)) = lines.next()? {
        match line {
            Ok(line) => on_row(intake, place, line.as_bytes())?,
            Err(reason) => intake.reject(place, reason)?,
        }
    }
    Ok(())
}

/// Calls `on_row` with each element of the array that is the file, or that stands under a name in it.
pub(super) fn each_element(
    input: &mut Input<'_>,
    name: Option<&'static str>,
    intake: &mut Intake<'_>,
    on_row: &mut OnRow<'_>,
) -> Result<(), Stop> {
    let elements = match name {
        None => Elements::of_array(input)?,
        Some(name) => Elements::under(input, name)?,
    };
    let Some(mut elements) = elements else {
        return intake.reject(
            Place::File,
            name.map_or(RejectReason::BrokenJson, RejectReason::MissingField),
        );
    };
    while let Some((place, element)) = elements.next()? {
        match element {
            Ok(element) => on_row(intake, place, element)?,
            Err(reason) => intake.reject(place, reason)?,
        }
    }
    Ok(())
}

/// Reads one row, or says why not, without repeating any of it.
pub(super) fn parse<'r, T: Deserialize<'r>>(row: &'r [u8]) -> Result<T, RejectReason> {
    serde_json::from_slice(row).map_err(|error| match error.classify() {
        _ if str::from_utf8(row).is_err() => RejectReason::WrongEncoding,
        Category::Data => RejectReason::WrongType("a field"),
        Category::Io | Category::Syntax | Category::Eof => RejectReason::BrokenJson,
    })
}
