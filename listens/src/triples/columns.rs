//! Which column of a bare table is what?

use std::borrow::Cow;

use super::TripleOptions;
use crate::read::{Delimiter, Table, check_roles, seconds};
use crate::{Column, Error, Format, RejectReason};

/// What a column is called, the role first.
type Names = &'static [&'static str];

/// What a column of users is called.
pub(super) const USER: Names = &[
    "user",
    "userid",
    "user_id",
    "username",
    "user_name",
    "uid",
    "listener",
    "listenerid",
    "listener_id",
];

/// What a column of items is called.
const ITEM: Names = &[
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
];

/// What a column of values is called.
const VALUE: Names = &[
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
];

/// What a column of times is called.
const TIME: Names = &[
    "time",
    "timestamp",
    "ts",
    "unixtime",
    "unix_time",
    "unixtimestamp",
    "unix_timestamp",
    "epoch",
    "uts",
    "datetime",
    "date_time",
    "date",
    "listened_at",
    "played_at",
    "created_at",
    "event_time",
    "utc_time",
    "utc",
    "at",
];

/// What a column of labels is called.
const LABEL: Names = &[
    "label",
    "labelid",
    "label_id",
    "label_name",
    "tag",
    "tagid",
    "tag_id",
    "tag_name",
    "genre",
    "genreid",
    "genre_id",
    "genre_name",
    "category",
    "categoryid",
    "category_id",
];

/// What a column of weights is called.
const WEIGHT: Names = &["weight", "count", "value", "score", "votes"];

/// Where the value stands, unless its column has a name or number.
const VALUE_PLACE: usize = 2;

/// What the lines of a table are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// User, item, value and time.
    Pairs,
    /// Item, label and weight.
    Labels,
}

impl Kind {
    /// What such a table is called in sentences.
    fn label(self) -> &'static str {
        match self {
            Self::Pairs => Format::Triples.name(),
            Self::Labels => "a table of labels",
        }
    }

    /// The usual names of each role: who, what, how much, and when.
    fn names(self) -> &'static [Names] {
        match self {
            Self::Pairs => &[USER, ITEM, VALUE, TIME],
            Self::Labels => &[ITEM, LABEL, WEIGHT],
        }
    }

    /// The roles without which a line says nothing.
    pub(super) fn needed(self) -> [&'static str; 2] {
        match self {
            Self::Pairs => [USER[0], ITEM[0]],
            Self::Labels => [ITEM[0], LABEL[0]],
        }
    }

    /// What a cell of the column of values says.
    pub(super) fn value(self, cell: &str) -> Result<f32, RejectReason> {
        let value: Option<f32> = cell.parse().ok();
        let value = value.filter(|value| value.is_finite());
        match self {
            Self::Pairs => value.ok_or(RejectReason::BadValue),
            Self::Labels => value.filter(|value| *value >= 0.0).ok_or(RejectReason::BadWeight),
        }
    }

    /// Whether cells of a first line are names of columns rather than ids.
    ///
    /// A label may be a word such as "song" or "score", so that of a table of labels few cells tell.
    fn has_usual_name(self, cells: &[String]) -> bool {
        let is_one = |names: Names, cell: &String| names.contains(&cell.as_str());
        match self {
            Self::Pairs => {
                cells.iter().any(|cell| [USER, ITEM, VALUE].iter().any(|names| is_one(names, cell)))
            }
            Self::Labels => {
                cells.iter().any(|cell| is_one(LABEL, cell))
                    || cells.first().is_some_and(|cell| is_one(ITEM, cell))
            }
        }
    }

    /// Whether a first line may be a line like any other, though it has no place for a value.
    fn may_lack_value(self, cells: &[String]) -> bool {
        match self {
            Self::Pairs => cells.iter().any(|cell| is_number(cell)),
            Self::Labels => true,
        }
    }
}

/// Where the roles stand in every line.
pub(super) struct Columns {
    table: Table,
    /// Whether the first line names columns and holds no pair.
    pub(super) is_header: bool,
    /// Who, what, how much and when; without a column of values each line is worth 1.
    places: [Option<usize>; 4],
}

impl Columns {
    /// The columns of a file by its first line.
    ///
    /// A role whose column has no usual name takes its own place, the first, second or third, where that is free;
    /// times have no place of their own, and none at all where nobody asks for them.
    pub(super) fn of(
        first_line: &str,
        file: &str,
        kind: Kind,
        options: &TripleOptions<'_>,
    ) -> Result<Self, Error> {
        let named = options.columns;
        check_roles(kind.label(), kind.names(), named)?;
        let cells = Delimiter::guess(first_line).split(first_line).unwrap_or_default();
        let cells: Vec<String> = cells.iter().map(|cell| cell.trim().to_lowercase()).collect();
        let is_header = is_header(&cells, kind, named);
        let table = Table::new(file, first_line, is_header, named)?;
        let mut by_name = [None; 4];
        for (place, names) in by_name.iter_mut().zip(kind.names()) {
            *place = table.column(names);
        }
        let own_place = |place: usize| {
            let is_moment = is_header && place == VALUE_PLACE && is_moment(&cells[place]);
            (!by_name.contains(&Some(place)) && !is_moment).then_some(place)
        };
        let mut places = by_name;
        for (place, found) in places.iter_mut().enumerate().take(table.width.min(VALUE_PLACE + 1)) {
            *found = found.or_else(|| own_place(place));
        }
        let is_needed = [true, true, false, options.needs_times()];
        for ((names, place), is_needed) in kind.names().iter().zip(places).zip(is_needed) {
            if is_needed && place.is_none() {
                table.need(names[0], &[])?;
            }
        }
        if !options.needs_times() {
            places[3] = None;
        }
        Ok(Self { table, is_header, places })
    }

    /// The cells of who, what, how much and when of a line.
    pub(super) fn pick<'l>(&self, line: &'l str) -> Result<[Cow<'l, str>; 4], RejectReason> {
        let mut picked = ["", "", "1", ""].map(Cow::Borrowed);
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

/// Whether the first line names columns: the caller or a usual name says so, or neither a number stands where the value
/// would nor a moment where the caller says that times are.
fn is_header(cells: &[String], kind: Kind, named: &[(String, Column)]) -> bool {
    let is_named = named.iter().any(|(_, column)| matches!(column, Column::Name(_)));
    let place_of = |role: usize| {
        let names = kind.names().get(role)?;
        named.iter().find_map(|(role, column)| match column {
            Column::Number(number) if names.contains(&role.as_str()) => {
                Some(number.saturating_sub(1))
            }
            Column::Number(_) | Column::Name(_) => None,
        })
    };
    let has_value = match cells.get(place_of(2).unwrap_or(VALUE_PLACE)) {
        Some(cell) => is_number(cell),
        None => kind.may_lack_value(cells),
    };
    let time = place_of(3).and_then(|place| cells.get(place));
    let has_time = time.is_some_and(|cell| seconds(cell).is_ok());
    is_named || kind.has_usual_name(cells) || !(has_value || has_time)
}

fn is_number(cell: &str) -> bool {
    cell.parse::<f64>().is_ok()
}

/// Whether a column holds times, which are numbers too and no values.
fn is_moment(name: &str) -> bool {
    TIME.contains(&name) || name.contains("time") || name.contains("date")
}
