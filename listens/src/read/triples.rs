//! Who played what how often?
//!
//! A delimited table of listener, item and count, with or without a header.
//! Names come from columns `title` and `artist` or from a file of item names; an item without a name is called by its id,
//! and a recording without an artist gets one of its own ("artist of 4711"), so that unknown artists are not taken for one.

use std::borrow::Cow;

use music::{Count, Credit, Entry, ItemKind};

use super::cleaning::known;
use super::delimited::Delimiter;
use super::fields::Names;
use super::intake::Intake;
use super::lines::Lines;
use super::names::Names as ItemNames;
use super::table::Table;
use super::{Outcome, Row};
use crate::reject::{Problem, excerpt};
use crate::source::{Input, Stop};
use crate::{Column, Error, Options, RejectReason};

/// What the columns of listener, item and count are called, in that order.
pub(crate) const NAMES: [Names; 3] = [
    &["listener", "user", "userid", "user_id", "listenerid", "listener_id"],
    &[
        "item",
        "itemid",
        "item_id",
        "artistid",
        "artist_id",
        "trackid",
        "track_id",
        "songid",
        "song_id",
        "recording_id",
    ],
    &["count", "plays", "playcount", "play_count", "weight", "listens"],
];

const TITLE: Names = &["title"];
const ARTIST: Names = &["artist"];

/// What its columns may be for.
pub(super) fn roles() -> Vec<Names> {
    [&NAMES[..], &[TITLE, ARTIST]].concat()
}

/// Reads the file.
pub(super) fn read(input: &mut Input<'_>, intake: &mut Intake<'_>) -> Result<(), Stop> {
    let mut lines = Lines::new(input);
    let columns = match lines.next()? {
        None => return Ok(()),
        Some((place, Err(reason))) => return intake.reject(place, reason),
        Some((place, Ok(first_line))) => {
            let columns = Columns::of(first_line, intake.file(), intake.options)?;
            if !columns.is_header {
                let outcome = row_of(first_line, &columns, &intake.names);
                intake.take(place, outcome)?;
            }
            columns
        }
    };
    while let Some((place, line)) = lines.next()? {
        let outcome =
            line.map_err(Problem::from).and_then(|line| row_of(line, &columns, &intake.names));
        intake.take(place, outcome)?;
    }
    Ok(())
}

/// What stands as an item, by the name of its column.
pub(super) fn items_of(first_line: &str, file: &str, options: &Options) -> Result<ItemKind, Error> {
    Ok(Columns::of(first_line, file, options)?.items)
}

struct Columns {
    table: Table,
    is_header: bool,
    items: ItemKind,
    listener: usize,
    item: usize,
    count: usize,
    title: Option<usize>,
    artist: Option<usize>,
}

impl Columns {
    fn of(first_line: &str, file: &str, options: &Options) -> Result<Self, Error> {
        let is_header = is_header(first_line, options);
        let table = Table::new(file, first_line, is_header, &options.columns)?;
        let named = NAMES.map(|names| table.column(names));
        // Where no column has a name, they are known by their places.
        let [listener, item, count] = if named == [None; 3] && table.width >= 3 {
            [0, 1, 2]
        } else {
            [
                table.need("listener", NAMES[0])?,
                table.need("item", NAMES[1])?,
                table.need("count", NAMES[2])?,
            ]
        };
        let items = options.items.unwrap_or_else(|| table.items_of(item));
        let (title, artist) = (table.column(TITLE), table.column(ARTIST));
        Ok(Self { is_header, items, listener, item, count, title, artist, table })
    }
}

/// Whether the first line names columns: the caller says so, or its count is no number.
fn is_header(first_line: &str, options: &Options) -> bool {
    let is_named = options.columns.iter().any(|(_, column)| matches!(column, Column::Name(_)));
    let count = options.columns.iter().find(|(role, _)| NAMES[2].contains(&role.as_str()));
    let at = match count {
        Some((_, Column::Number(number))) => number.saturating_sub(1),
        Some((_, Column::Name(_))) | None => 2,
    };
    let cells = Delimiter::guess(first_line).split(first_line).unwrap_or_default();
    is_named || cells.get(at).is_none_or(|cell| cell.trim().parse::<f64>().is_err())
}

fn row_of(line: &str, columns: &Columns, names: &ItemNames) -> Outcome {
    let cells = columns.table.split(line, false)?;
    let listener = known(&cells[columns.listener]).ok_or(RejectReason::MissingField("listener"))?;
    let credit = credit_of(&cells, columns, names).ok_or_else(|| {
        Problem::new(RejectReason::MissingField("item"), Some(&listener), String::new())
    })?;
    let plays = cells[columns.count]
        .trim()
        .parse()
        .ok()
        .filter(|plays: &f64| plays.is_finite() && *plays > 0.0);
    match plays {
        Some(plays) => {
            Ok(Row::Entry(Entry::Count(Count { listener: Some(listener), item: credit, plays })))
        }
        None => {
            let told = excerpt(&credit.artist, &credit.title, "");
            Err(Problem::new(RejectReason::BadCount, Some(&listener), told))
        }
    }
}

fn credit_of(cells: &[Cow<'_, str>], columns: &Columns, names: &ItemNames) -> Option<Credit> {
    let id = known(&cells[columns.item])?;
    let named = names.items.as_ref().and_then(|names| names.get(&id));
    let cell = |column: Option<usize>| column.and_then(|column| known(&cells[column]));
    let artist = cell(columns.artist);
    let name = named.map(|named| named.name.clone());
    let (title, artist) = match columns.items {
        ItemKind::Artists => {
            let name =
                artist.or_else(|| cell(columns.title)).or(name).unwrap_or_else(|| id.clone());
            (name.clone(), name)
        }
        ItemKind::Recordings => (
            cell(columns.title).or(name).unwrap_or_else(|| id.clone()),
            artist.or_else(|| named?.artist.clone()).unwrap_or_else(|| format!("artist of {id}")),
        ),
    };
    Some(Credit { title, artist, item: Some(id), ..Credit::default() })
}
