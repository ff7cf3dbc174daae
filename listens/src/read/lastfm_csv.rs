//! What does a Last.fm CSV say?
//!
//! `uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid`, as lastfm.ghan.nl writes it; `uts` is the start, in seconds since 1970.

use std::borrow::Cow;

use music::{Credit, Entry, Event, Interaction, Listen};

use super::cleaning::{clean, known, mbid};
use super::intake::Intake;
use super::lines::Lines;
use super::table::Table;
use super::{Outcome, Row, moment};
use crate::RejectReason;
use crate::reject::{Problem, excerpt};
use crate::source::{Input, Stop};

/// Reads the file.
pub(super) fn read(input: &mut Input<'_>, intake: &mut Intake<'_>) -> Result<(), Stop> {
    let mut lines = Lines::new(input);
    let (table, columns) = match lines.next()? {
        None => return Ok(()),
        Some((place, Err(reason))) => return intake.reject(place, reason),
        Some((_, Ok(header))) => {
            let table = Table::new(intake.file(), header, true, &intake.options.columns)?;
            let columns = Columns::of(&table)?;
            (table, columns)
        }
    };
    while let Some((place, line)) = lines.next()? {
        let cells = line.and_then(|line| table.split(line, false));
        let outcome = cells.map_err(Problem::from).and_then(|cells| row_of(&cells, &columns));
        intake.take(place, outcome)?;
    }
    Ok(())
}

struct Columns {
    uts: usize,
    artist: usize,
    track: usize,
    album: Option<usize>,
    artist_mbid: Option<usize>,
    album_mbid: Option<usize>,
    track_mbid: Option<usize>,
}

impl Columns {
    fn of(table: &Table) -> Result<Self, Stop> {
        Ok(Self {
            uts: table.need("uts", &["uts"])?,
            artist: table.need("artist", &["artist"])?,
            track: table.need("track", &["track"])?,
            album: table.column(&["album"]),
            artist_mbid: table.column(&["artist_mbid"]),
            album_mbid: table.column(&["album_mbid"]),
            track_mbid: table.column(&["track_mbid"]),
        })
    }
}

fn row_of(cells: &[Cow<'_, str>], columns: &Columns) -> Outcome {
    let cell = |column: Option<usize>| column.map_or("", |column| &*cells[column]);
    let (artist, title, uts) =
        (&cells[columns.artist], &cells[columns.track], cells[columns.uts].trim());
    let at =
        uts.parse().map_err(|_no_number: std::num::ParseIntError| RejectReason::UnreadableTime);
    let at = at
        .and_then(moment::of_number)
        .map_err(|reason| Problem::new(reason, None, excerpt(artist, title, uts)))?;
    let recording = Credit {
        title: clean(title),
        artist: clean(artist),
        release: known(cell(columns.album)),
        mbid: mbid(cell(columns.track_mbid)),
        artist_mbids: mbid(cell(columns.artist_mbid)).into_iter().collect(),
        release_mbid: mbid(cell(columns.album_mbid)),
        ..Credit::default()
    };
    Ok(Row::Entry(Entry::Listen(Listen {
        listener: None,
        recording,
        event: Event::new(Interaction::Play, at),
    })))
}
