//! What does the Last.fm-1K table say?
//!
//! User, moment (RFC 3339, the start), artist id, artist, track id, track, between tabs and without a header (Celma 2010).

use jiff::Timestamp;
use music::{Credit, Entry, Event, Interaction, Listen};

use super::cleaning::{clean, known, mbid};
use super::intake::Intake;
use super::lines::Lines;
use super::{Outcome, Row};
use crate::RejectReason;
use crate::reject::{Problem, excerpt};
use crate::source::{Input, Stop};

/// Reads the file.
pub(super) fn read(input: &mut Input<'_>, intake: &mut Intake<'_>) -> Result<(), Stop> {
    let mut lines = Lines::new(input);
    while let Some((place, line)) = lines.next()? {
        let outcome = line.map_err(Problem::from).and_then(row_of);
        intake.take(place, outcome)?;
    }
    Ok(())
}

/// Whether a first line is of this table: six cells, of which the second is a moment.
pub(crate) fn is_lastfm_1k(line: &str) -> bool {
    cells_of(line).is_ok_and(|[_, moment, ..]| moment.parse::<Timestamp>().is_ok())
}

fn row_of(line: &str) -> Outcome {
    let [user, moment, artist_id, artist, track_id, track] = cells_of(line)?;
    let at = moment.trim().parse().map_err(|_unreadable: jiff::Error| {
        Problem::new(RejectReason::UnreadableTime, Some(user), excerpt(artist, track, moment))
    })?;
    let recording = Credit {
        title: clean(track),
        artist: clean(artist),
        mbid: mbid(track_id),
        artist_mbids: mbid(artist_id).into_iter().collect(),
        ..Credit::default()
    };
    let event = Event::new(Interaction::Play, at);
    Ok(Row::Entry(Entry::Listen(Listen { listener: known(user), recording, event })))
}

fn cells_of(line: &str) -> Result<[&str; 6], RejectReason> {
    let mut cells = [""; 6];
    let mut got = 0;
    for cell in line.split('\t') {
        if let Some(place) = cells.get_mut(got) {
            *place = cell;
        }
        got += 1;
    }
    if got == cells.len() {
        Ok(cells)
    } else {
        Err(RejectReason::WrongColumns { expected: cells.len(), got })
    }
}
