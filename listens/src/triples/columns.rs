//! Which column of a bare matrix is the user, the item, the value?

use std::borrow::Cow;

use crate::read::{Delimiter, Table, check_roles};
use crate::{Column, Error, Format, RejectReason};

/// What the columns are called, the role first.
const NAMES: [&[&str]; 3] = [
    &[
        "user",
        "userid",
        "user_id",
        "username",
        "user_name",
        "uid",
        "listener",
        "listenerid",
        "listener_id",
    ],
    &[
        "item",
        "itemid",
        "item_id",
        "iid",
        "recording",
        "recordingid",
        "recording_id",
        "recording_mbid",
        "track",
        "trackid",
        "track_id",
        "song",
        "songid",
        "song_id",
        "sid",
        "artist",
        "artistid",
        "artist_id",
        "artist_mbid",
        "movie",
        "movieid",
        "movie_id",
    ],
    &[
        "value",
        "count",
        "plays",
        "playcount",
        "play_count",
        "listens",
        "rating",
        "weight",
        "confidence",
        "score",
    ],
];

/// Where the roles stand in every line.
pub(super) struct Columns {
    table: Table,
    /// Whether the first line names columns and holds no pair.
    pub(super) is_header: bool,
    /// User, item and value; without a column of values each line is worth 1.
    places: [Option<usize>; 3],
}

impl Columns {
    /// The columns of a file by its first line.
    ///
    /// A role whose column has no usual name takes its own place, the first, second or third, where that is free.
    pub(super) fn of(
        first_line: &str,
        file: &str,
        named: &[(String, Column)],
    ) -> Result<Self, Error> {
        check_roles(Format::Triples, &NAMES, named)?;
        let cells = Delimiter::guess(first_line).split(first_line).unwrap_or_default();
        let cells: Vec<String> = cells.iter().map(|cell| cell.trim().to_lowercase()).collect();
        let is_header = is_header(&cells, named);
        let table = Table::new(file, first_line, is_header, named)?;
        let by_name = NAMES.map(|names| table.column(names));
        let own_place = |place: usize| {
            let is_moment = is_header && place == 2 && is_moment(&cells[place]);
            (!by_name.contains(&Some(place)) && !is_moment).then_some(place)
        };
        let mut places = by_name;
        for (place, found) in places.iter_mut().enumerate().take(table.width) {
            *found = found.or_else(|| own_place(place));
        }
        for (role, place) in ["user", "item"].into_iter().zip(places) {
            if place.is_none() {
                table.need(role, &[])?;
            }
        }
        Ok(Self { table, is_header, places })
    }

    /// The cells of user, item and value of a line.
    pub(super) fn pick<'l>(&self, line: &'l str) -> Result<[Cow<'l, str>; 3], RejectReason> {
        let mut picked = ["", "", "1"].map(Cow::Borrowed);
        let got = self.table.delimiter.each(line, |at, cell| {
            for (place, picked) in self.places.iter().zip(&mut picked) {
                if *place == Some(at) {
                    picked.clone_from(&cell);
                }
            }
        })?;
        if got == self.table.width {
            return Ok(picked);
        }
        Err(RejectReason::WrongColumns { expected: self.table.width, got })
    }
}

/// Whether the first line names columns: the caller or a usual name says so, or no number stands where the value would.
fn is_header(cells: &[String], named: &[(String, Column)]) -> bool {
    let is_named = named.iter().any(|(_, column)| matches!(column, Column::Name(_)));
    let is_usual = |cell: &String| NAMES.iter().any(|names| names.contains(&cell.as_str()));
    let value = named.iter().find_map(|(role, column)| match column {
        Column::Number(number) if NAMES[2].contains(&role.as_str()) => {
            Some(number.saturating_sub(1))
        }
        Column::Number(_) | Column::Name(_) => None,
    });
    let is_number = |cell: &String| cell.parse::<f64>().is_ok();
    let has_value = match cells.get(value.unwrap_or(2)) {
        Some(cell) => is_number(cell),
        None => cells.iter().any(is_number),
    };
    is_named || cells.iter().any(is_usual) || !has_value
}

/// Whether a column holds times, which are numbers too and no values.
fn is_moment(name: &str) -> bool {
    name.contains("time") || name.contains("date") || name == "ts"
}
