//! What does a source say, one entry at a time?
//!
//! Each format has a file that turns one row into one outcome; the intake judges the outcome, counts it and hands it over.
//! Memory holds one row at a time, and the names of items and tags where files of them are given.

mod account;
mod catalogue;
mod cleaning;
mod delimited;
mod elements;
mod feedback;
mod fields;
mod intake;
mod json;
mod lastfm_1k;
mod lastfm_csv;
mod lines;
mod listenbrainz;
mod moment;
mod mpd;
mod names;
mod scrobbler_log;
mod spotify;
mod spotify_account;
mod table;
mod tags;
mod triples;

use std::cell::Cell;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use music::{Entry, ItemKind};

pub(crate) use delimited::Delimiter;
pub(crate) use fields::Fields;
pub(crate) use lastfm_1k::is_lastfm_1k;
pub(crate) use lines::Lines;
pub(crate) use moment::seconds;
pub(crate) use table::{Table, check_roles};
pub(crate) use triples::NAMES as TRIPLE_NAMES;

use crate::reject::{Place, Problem};
use crate::source::{self, Input, Member, Stop};
use crate::survey::format_of;
use crate::{Error, Format, Options, Reject, RejectReason, Tally};
use intake::{Doors, Intake};

/// Reads a file, a folder or a zip, and hands over every entry until `sink` breaks off.
///
/// Files are read by path, `feedback*` last; those of no known format are left out and named in the tally.
/// `progress` is told now and then how many bytes were read from disk, of [`crate::Survey::bytes`] in all; `rejects` is told of every row that could not be believed.
/// Feedback of a folder or zip that names nobody belongs to the one `ListenBrainz` account whose listens lie beside it, if it is one.
/// A like without a moment (Spotify's library has none) is dated at the newest moment read before it, else at [`Options::now`].
///
/// # Errors
/// When the source cannot be read, holds nothing of a known format, lacks a column that was asked for, or mixes recordings and artists as items.
pub fn read(
    source: &Path,
    options: &Options,
    sink: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    progress: &mut dyn FnMut(u64),
    rejects: &mut dyn FnMut(Reject),
) -> Result<Tally, Error> {
    let bytes = Cell::new(0);
    let mut intake = Intake::new(options, &bytes, Doors { sink, progress, rejects });
    let ended = intake.load_names().and_then(|()| {
        source::each(source, &bytes, &mut |member| read_member(source, member, &mut intake))
    });
    ended.or_else(|stop| stop.told(source))?;
    let tally = intake.finish();
    if tally.formats.is_empty() && tally.rejected.is_empty() && options.only.is_none() {
        return Err(Error::UnknownFormat { path: source.to_owned() });
    }
    Ok(tally)
}

fn read_member(source: &Path, member: Member<'_>, intake: &mut Intake<'_>) -> Result<(), Stop> {
    intake.begin(&member.name);
    let mut input = match member.input {
        Ok(input) => input,
        Err(reason) => return intake.reject(Place::File, reason),
    };
    let Some(format) = format_of(&input, intake.options, member.is_alone) else {
        if input.is_damaged() {
            return intake.reject(Place::File, RejectReason::Damaged);
        }
        intake.tally.skipped_files.push(member.name);
        return Ok(());
    };
    if intake.options.only.is_some_and(|only| only != format) {
        return Ok(());
    }
    intake.tally.formats.insert(format);
    if input.is_utf16() {
        return intake.reject(Place::File, RejectReason::WrongEncoding);
    }
    intake.hold(items_of(format, &input, &member.name, intake.options)?)?;
    if format == Format::Feedback && !member.is_alone && intake.account.is_none() {
        intake.account = Some(account::of(source, intake.options)?);
    }
    match read_format(format, &mut input, intake) {
        Err(Stop::Io(error)) => match error.kind() {
            io::ErrorKind::UnexpectedEof => intake.reject(Place::End, RejectReason::CutOff),
            // What an inflater says of bytes it cannot make sense of.
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                intake.reject(Place::End, RejectReason::RestMissing)
            }
            _ => Err(Stop::Io(error)),
        },
        ended => ended,
    }
}

fn read_format(format: Format, input: &mut Input<'_>, intake: &mut Intake<'_>) -> Result<(), Stop> {
    match format {
        Format::Spotify => spotify::read(input, intake),
        Format::SpotifyAccount => spotify_account::read(input, intake),
        Format::ListenBrainz => listenbrainz::read(input, intake),
        Format::LastfmCsv => lastfm_csv::read(input, intake),
        Format::Lastfm1k => lastfm_1k::read(input, intake),
        Format::ScrobblerLog => scrobbler_log::read(input, intake),
        Format::Mpd => mpd::read(input, intake),
        Format::Triples => triples::read(input, intake),
        Format::Catalogue => catalogue::read(input, intake),
        Format::Tags => tags::read(input, intake),
        Format::Feedback => feedback::read(input, intake),
    }
}

/// What stands as an item in a file, by its first line.
///
/// # Errors
/// When a table lacks a column that was asked for, or a role is none of the format's.
pub(crate) fn items_of(
    format: Format,
    input: &Input<'_>,
    file: &str,
    options: &Options,
) -> Result<ItemKind, Error> {
    let roles = match format {
        Format::Triples => triples::roles(),
        Format::Catalogue => catalogue::roles(),
        Format::Tags => tags::roles(),
        Format::Feedback => feedback::roles(),
        // These have their columns by nature, and no other items.
        _ => return Ok(ItemKind::Recordings),
    };
    if input.is_json() {
        return Ok(options.items.unwrap_or(ItemKind::Recordings));
    }
    check_roles(format.name(), &roles, &options.columns)?;
    let line = input.first_line();
    if format == Format::Triples {
        return triples::items_of(&line, file, options);
    }
    let table = Table::new(file, &line, true, &options.columns)?;
    let by_column = table.column(fields::ITEM).map(|column| table.items_of(column));
    Ok(options.items.or(by_column).unwrap_or(ItemKind::Recordings))
}

/// What a row comes to, when nothing is wrong with its form.
#[derive(Debug)]
enum Row {
    /// An entry, which must name its recording in words.
    Entry(Entry),
    /// An entry about a recording that may be known by a key alone.
    Keyed(Entry),
    /// A podcast, an audiobook or a video.
    NotMusic,
    /// A play of a private session.
    Private,
}

/// The next row of a file or why it cannot be read, with its place; `None` at the end.
type NextRow<T> = io::Result<Option<(Place, Result<T, RejectReason>)>>;

/// What a row comes to.
type Outcome = Result<Row, Problem>;
