//! What does an operator's or listener's own file name, line by line?
//!
//! A delimited table whose header has `value`, JSON lines with the same names, or, where the caller allows it, an identifier
//! a line and nothing else.
//! A value names an artist or a recording in any way in which a person may; who that is, others find out.

use std::io::BufReader;
use std::path::Path;

use fs_err::File;
use serde_json::{Map, Value};

use crate::read::{Fields, Lines, Table};
use crate::reject::Place;
use crate::source::Input;
use crate::{Error, Reject, RejectReason};

const KIND: &[&str] = &["kind"];
const VALUE: &[&str] = &["value"];
const REASON: &[&str] = &["reason"];
const LABEL: &[&str] = &["label"];

/// Letters of a first line that stand in a sentence.
const LONGEST_SHOWN: usize = 200;

/// One line that names something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// The line of the file, from 1.
    pub line: u64,
    /// What is named, as written; not empty.
    pub value: String,
    /// `artist` or `recording`, as written.
    pub kind: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What it is to be called.
    pub label: Option<String>,
}

/// Whether a file may do without a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// It must have one with `value`.
    Needed,
    /// Without one, each line is a value.
    Optional,
}

/// Hands over every line of a file, or why it cannot be read, by line.
///
/// # Errors
/// [`Error::Read`], and [`Error::NoValues`] where a header is needed and is not there.
pub fn read_named(
    path: &Path,
    header: Header,
    each: &mut dyn FnMut(Result<Named, Reject>),
) -> Result<(), Error> {
    let unreadable = |source| Error::Read { path: path.to_owned(), source };
    let input = Input::new(BufReader::new(File::open(path).map_err(unreadable)?));
    let file = path.to_string_lossy().into_owned();
    let form = Form::of(&input, &file, header)?;
    let mut hand_over = |place: Place, named: Result<Named, RejectReason>| {
        let (file, place) = (file.clone(), place.to_string());
        let reject =
            |reason| Reject { file, place, reason, listener: None, excerpt: String::new() };
        each(named.map_err(reject));
    };
    if input.is_utf16() {
        hand_over(Place::File, Err(RejectReason::WrongEncoding));
        return Ok(());
    }
    let mut lines = Lines::new(input);
    let mut is_header = matches!(form, Form::Table(_));
    while let Some((place, line)) = lines.next().map_err(unreadable)? {
        if !std::mem::take(&mut is_header) {
            hand_over(place, line.and_then(|line| form.read(line, place)));
        }
    }
    Ok(())
}

/// How the lines are to be read.
enum Form {
    Json,
    Table(Table),
    Plain,
}

impl Form {
    fn of(input: &Input<'_>, file: &str, header: Header) -> Result<Self, Error> {
        if input.is_json() {
            return Ok(Self::Json);
        }
        let first = input.first_line();
        let table = Table::new(file, &first, true, &[])?;
        match header {
            _ if table.column(VALUE).is_some() => Ok(Self::Table(table)),
            Header::Optional => Ok(Self::Plain),
            Header::Needed => {
                let header = first.trim().chars().take(LONGEST_SHOWN).collect();
                Err(Error::NoValues { file: file.to_owned(), header })
            }
        }
    }

    fn read(&self, line: &str, place: Place) -> Result<Named, RejectReason> {
        match self {
            Self::Plain => {
                Ok(Named { line: number(place), value: line.trim().to_owned(), ..Named::default() })
            }
            Self::Table(table) => {
                let cells = table.split(line, false)?;
                named(&Fields::Row { table, cells: &cells }, place)
            }
            Self::Json => {
                let object: Result<Map<String, Value>, _> = serde_json::from_str(line);
                let object = object.map_err(|_not_an_object| RejectReason::BrokenJson)?;
                named(&Fields::of_object(&object), place)
            }
        }
    }
}

fn named(fields: &Fields<'_>, place: Place) -> Result<Named, RejectReason> {
    Ok(Named {
        line: number(place),
        value: fields.text(VALUE).ok_or(RejectReason::MissingField("value"))?,
        kind: fields.text(KIND),
        reason: fields.text(REASON),
        label: fields.text(LABEL),
    })
}

/// Of a place that is a line, as those of such files are.
fn number(place: Place) -> u64 {
    let Place::Line(number) = place else { return 0 };
    number
}

#[cfg(test)]
mod tests {
    use super::{Header, Named, read_named};

    fn read(text: &str, header: Header) -> Result<Vec<String>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("named");
        fs_err::write(&path, text).unwrap();
        let mut told = Vec::new();
        let mut each = |line: Result<Named, crate::Reject>| {
            told.push(match line {
                Ok(Named { line, value, kind, reason, label }) => {
                    let rest = [kind, reason, label].map(Option::unwrap_or_default);
                    format!("{line}: {value} ({})", rest.join(","))
                }
                Err(reject) => format!("{}: {}", reject.place, reject.reason),
            });
        };
        let ended = read_named(&path, header, &mut each);
        ended.map(|()| told).map_err(|error| error.to_string())
    }

    #[test]
    fn tables_and_json_lines_say_the_same() {
        let table = "kind,value,reason,label\nartist,\"Low, the band\",takedown,\n\nrecording,Low - One,,local\n";
        let json = "{\"kind\":\"artist\",\"value\":\"Low, the band\",\"reason\":\"takedown\"}\n\n\n{\"kind\":\"recording\",\"value\":\"Low - One\",\"label\":\"local\"}";
        let expected = ["2: Low, the band (artist,takedown,)", "4: Low - One (recording,,local)"];
        assert_eq!(read(table, Header::Needed).unwrap(), expected);
        assert_eq!(
            read(json, Header::Needed).unwrap(),
            ["1: Low, the band (artist,takedown,)", "4: Low - One (recording,,local)"]
        );
    }

    #[test]
    fn a_bare_list_is_one_identifier_a_line_where_that_is_allowed() {
        let list = "Low, the band - One\r\nspotify:track:7\n";
        let expected = ["1: Low, the band - One (,,)", "2: spotify:track:7 (,,)"];
        assert_eq!(read(list, Header::Optional).unwrap(), expected);
        let refused = read(list, Header::Needed).unwrap_err();
        assert!(refused.contains("`value`") && refused.contains("Low, the band"), "{refused}");
        assert_eq!(read("", Header::Optional).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_bad_line_is_told_and_the_rest_is_kept() {
        let table = "value,kind\nLow,artist\nLow\n,artist\n\"Low,artist\n7,recording\n";
        let told = read(table, Header::Needed).unwrap();
        let expected = [
            "2: Low (artist,,)",
            "line 3: 2 cells expected, got 1",
            "line 4: value is missing",
            "line 5: a quoted cell does not end on its line",
            "6: 7 (recording,,)",
        ];
        assert_eq!(told, expected);
        let told = read("{\"value\": 7}\n{\"value\": [1]}\n[]\n{\n", Header::Needed).unwrap();
        let expected = [
            "1: 7 (,,)",
            "line 2: value is missing",
            "line 3: it is not the JSON that was expected",
            "line 4: it is not the JSON that was expected",
        ];
        assert_eq!(told, expected);
    }
}
