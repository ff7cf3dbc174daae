//! Which lines of a bare table are believed?

use std::borrow::Cow;
use std::cell::Cell;
use std::path::Path;

use super::columns::{Columns, Kind};
use super::{TripleOptions, TripleTally};
use crate::read::{Lines, seconds};
use crate::reject::Place;
use crate::source::{self, Input, Member, Stop};
use crate::{Error, RejectReason};

/// Progress is told once in so many lines.
const LINES_PER_REPORT: u64 = 1 << 16;

/// A line that is believed; of a table of labels, `user` is the item and `item` the label.
pub(super) struct Line<'l> {
    pub(super) user: &'l str,
    pub(super) item: &'l str,
    /// Not 0, and finite.
    pub(super) value: f32,
    /// Seconds since 1970, where somebody asks.
    pub(super) at: Option<i64>,
}

/// Calls `on_line` with every line that is believed, in the order of the file.
pub(super) fn each_line(
    source: &Path,
    kind: Kind,
    options: &TripleOptions<'_>,
    progress: &mut dyn FnMut(u64),
    on_line: impl FnMut(&Line<'_>),
) -> Result<TripleTally, Error> {
    let (file, tally) = (String::new(), TripleTally::default());
    let mut reading = Reading { kind, options, file, tally, on_line };
    only_file(source, progress, &mut |member, progress| reading.read(member, progress))?;
    Ok(reading.tally)
}

/// What is done with a file, and whom to tell of its progress.
type Visit<'v> = dyn FnMut(Member<'_>, &mut dyn FnMut()) -> Result<(), Stop> + 'v;

/// Visits the one file of a source.
pub(super) fn only_file(
    source: &Path,
    progress: &mut dyn FnMut(u64),
    visit: &mut Visit<'_>,
) -> Result<(), Error> {
    let bytes = Cell::new(0);
    let mut read: Option<String> = None;
    let ended = source::each(source, &bytes, &mut |member| {
        if let Some(first) = read.take() {
            let (path, second) = (source.to_owned(), member.name);
            return Err(Error::ManyTables { path, first, second }.into());
        }
        read = Some(member.name.clone());
        visit(member, &mut || progress(bytes.get()))
    });
    ended.or_else(|stop| stop.told(source))
}

/// A file of text that can be read.
pub(super) fn text_of(input: Result<Input<'_>, RejectReason>) -> Result<Input<'_>, RejectReason> {
    input.and_then(
        |input| {
            if input.is_utf16() { Err(RejectReason::WrongEncoding) } else { Ok(input) }
        },
    )
}

/// Takes lines apart.
struct Reading<'o, F> {
    kind: Kind,
    options: &'o TripleOptions<'o>,
    file: String,
    tally: TripleTally,
    on_line: F,
}

impl<F: FnMut(&Line<'_>)> Reading<'_, F> {
    fn read(&mut self, member: Member<'_>, progress: &mut dyn FnMut()) -> Result<(), Stop> {
        self.file = member.name;
        match text_of(member.input) {
            Err(reason) => self.reject(Place::File, reason),
            Ok(input) => self.read_lines(input, progress)?,
        }
        Ok(())
    }

    fn read_lines(&mut self, input: Input<'_>, progress: &mut dyn FnMut()) -> Result<(), Stop> {
        let options = self.options;
        let mut lines = Lines::new(input);
        let columns = match lines.next()? {
            None => return Ok(()),
            // Without its first line nobody knows what the others hold.
            Some((place, Err(reason))) => {
                self.reject(place, reason);
                return Ok(());
            }
            Some((place, Ok(first_line)))
                if options.layout.is_lists(first_line, options.columns) =>
            {
                if options.needs_times() {
                    return Err(Error::NoTimes { file: self.file.clone() }.into());
                }
                self.take_list(place, Ok(first_line));
                while let Some((place, line)) = lines.next()? {
                    self.take_list(place, line);
                    progress();
                }
                return Ok(());
            }
            Some((place, Ok(first_line))) => {
                let columns = Columns::of(first_line, &self.file, self.kind, options)?;
                if !columns.is_header {
                    self.take(place, columns.pick(first_line));
                }
                columns
            }
        };
        while let Some((place, line)) = lines.next()? {
            self.take(place, line.and_then(|line| columns.pick(line)));
            if self.tally.read.is_multiple_of(LINES_PER_REPORT) {
                progress();
            }
        }
        Ok(())
    }

    /// A user's items; a user without any is no pair.
    fn take_list(&mut self, place: Place, line: Result<&str, RejectReason>) {
        let mut ids = match line {
            Ok(line) => line.split_whitespace(),
            Err(reason) => return self.reject(place, reason),
        };
        let user = ids.next().unwrap_or_default();
        for item in ids {
            self.take(place, Ok([user, item, "1", ""].map(Cow::Borrowed)));
        }
    }

    fn take(&mut self, place: Place, cells: Result<[Cow<'_, str>; 4], RejectReason>) {
        if let Err(reason) = cells.and_then(|cells| self.believe(&cells)) {
            return self.reject(place, reason);
        }
        self.tally.read += 1;
    }

    fn believe(&mut self, [user, item, value, at]: &[Cow<'_, str>; 4]) -> Result<(), RejectReason> {
        let (user, item) = (user.trim_ascii(), item.trim_ascii());
        let value = self.kind.value(value.trim_ascii())?;
        for (cell, role) in [user, item].into_iter().zip(self.kind.needed()) {
            if cell.is_empty() {
                return Err(RejectReason::MissingField(role));
            }
        }
        let at = if self.options.needs_times() { Some(seconds(at)?) } else { None };
        let window = self.options.window.as_ref();
        if at.zip(window).is_some_and(|(at, window)| !window.contains(&at)) {
            self.tally.outside += 1;
        } else if value == 0.0 {
            self.tally.zeros += 1;
        } else {
            (self.on_line)(&Line { user, item, value, at });
        }
        Ok(())
    }

    fn reject(&mut self, place: Place, reason: RejectReason) {
        self.tally.reject(&self.file, place, reason);
    }
}
