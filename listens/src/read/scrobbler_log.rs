//! What does the log of a portable player say?
//!
//! `.scrobbler.log` 1.0 and 1.1: artist, album, title, number, length in seconds, rating, start, `MusicBrainz` id, between tabs.
//! Rating L is a play, S a skip; `#TZ/UNKNOWN` says that the player's clock shows local time, which [`crate::Options::timezone`] then explains.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use music::{Credit, End, Entry, Event, Interaction, Listen};

use super::cleaning::{clean, known, length, mbid};
use super::intake::Intake;
use super::lines::Lines;
use super::{Outcome, Row, moment};
use crate::RejectReason;
use crate::reject::{Problem, excerpt};
use crate::source::{Input, Stop};

/// Cells of a row, without the id that version 1.0 lacks.
const CELLS: usize = 7;

/// Reads the file.
pub(super) fn read(input: &mut Input<'_>, intake: &mut Intake<'_>) -> Result<(), Stop> {
    let mut lines = Lines::new(input);
    let mut timezone = intake.options.timezone.clone();
    while let Some((place, line)) = lines.next()? {
        if let Ok(remark) = line
            && remark.starts_with('#')
            // "#1 Dads" is an artist.
            && !remark.contains('\t')
        {
            if remark.trim_end() == "#TZ/UTC" {
                timezone = TimeZone::UTC;
            }
            continue;
        }
        let outcome = line.map_err(Problem::from).and_then(|line| row_of(line, &timezone));
        intake.take(place, outcome)?;
    }
    Ok(())
}

fn row_of(line: &str, timezone: &TimeZone) -> Outcome {
    let cells: Vec<&str> = line.split('\t').collect();
    let (&[artist, album, title, _number, secs, rating, at], more) = cells
        .split_first_chunk()
        .ok_or(RejectReason::WrongColumns { expected: CELLS, got: cells.len() })?;
    let event = || -> Result<Event, RejectReason> {
        let (kind, end) = match rating.trim() {
            "L" => (Interaction::Play, None),
            "S" => (Interaction::Skip, Some(End::Skipped)),
            _ => return Err(RejectReason::WrongType("rating")),
        };
        let secs = secs.trim().parse().ok().map(Duration::from_secs);
        Ok(Event { length: secs.and_then(length), end, ..Event::new(kind, start(at, timezone)?) })
    };
    let event = event().map_err(|reason| Problem::new(reason, None, excerpt(artist, title, at)))?;
    let recording = Credit {
        title: clean(title),
        artist: clean(artist),
        release: known(album),
        mbid: more.first().and_then(|id| mbid(id)),
        ..Credit::default()
    };
    Ok(Row::Entry(Entry::Listen(Listen { listener: None, recording, event })))
}

/// The player counts seconds since 1970 on its own clock.
fn start(at: &str, timezone: &TimeZone) -> Result<Timestamp, RejectReason> {
    let on_clock = at
        .trim()
        .parse()
        .map_err(|_no_number: std::num::ParseIntError| RejectReason::UnreadableTime)?;
    let on_clock = TimeZone::UTC.to_datetime(moment::of_number(on_clock)?);
    moment::of_local(on_clock, timezone).ok_or(RejectReason::UnreadableTime)
}
