//! Is this entry believable, and where does it go?

use std::cell::Cell;
use std::ops::ControlFlow;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use music::{Credit, Entry, Event, ItemKind};

use super::names::Names;
use super::{Outcome, Row};
use crate::reject::{Place, Problem, excerpt};
use crate::source::Stop;
use crate::{Error, Options, Reject, RejectReason, Tally};

/// Nobody listens longer without a break.
pub(super) const LONGEST_PLAY: Duration = Duration::from_hours(24);

/// 1980-01-01, before which no log was written: a moment before it comes from a clock that was never set.
const EARLIEST: Timestamp = Timestamp::constant(315_532_800, 0);

/// Progress is told once in so many rows.
const ROWS_PER_REPORT: u64 = 4096;

/// Where things go.
pub(super) struct Doors<'a> {
    pub(super) sink: &'a mut dyn FnMut(Entry) -> ControlFlow<()>,
    pub(super) progress: &'a mut dyn FnMut(u64),
    pub(super) rejects: &'a mut dyn FnMut(Reject),
}

/// Judges, counts and hands over.
pub(super) struct Intake<'a> {
    pub(super) options: &'a Options,
    pub(super) names: Names,
    pub(super) tally: Tally,
    /// Whose feedback it is that names nobody, once it was looked up.
    pub(super) account: Option<Option<String>>,
    file: String,
    items: Option<ItemKind>,
    latest: Timestamp,
    bytes: &'a Cell<u64>,
    doors: Doors<'a>,
}

impl<'a> Intake<'a> {
    /// An intake that has seen nothing yet.
    pub(super) fn new(options: &'a Options, bytes: &'a Cell<u64>, doors: Doors<'a>) -> Self {
        let tally = Tally {
            read: 0,
            entries: 0,
            not_music: 0,
            private: 0,
            rejected: std::collections::BTreeMap::new(),
            first: None,
            last: None,
            items: ItemKind::Recordings,
            formats: std::collections::BTreeSet::new(),
            skipped_files: Vec::new(),
        };
        let latest =
            options.now.checked_add(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MAX);
        let (file, names) = (String::new(), Names::default());
        Self { options, names, tally, account: None, file, items: None, latest, bytes, doors }
    }

    /// Reads the files of item and tag names, if there are any.
    pub(super) fn load_names(&mut self) -> Result<(), Stop> {
        let options = self.options;
        self.names = Names::load(options, self)?;
        Ok(())
    }

    /// What follows is of this file.
    pub(super) fn begin(&mut self, file: &str) {
        file.clone_into(&mut self.file);
        (self.doors.progress)(self.bytes.get());
    }

    /// The file being read, with its path.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// Whether the file's own name, without its path, contains a word.
    pub(super) fn is_file_of(&self, word: &str) -> bool {
        self.file.rsplit('/').next().is_some_and(|name| name.contains(word))
    }

    /// What stands as an item in the file being read.
    pub(super) fn items(&self) -> ItemKind {
        self.items.unwrap_or(ItemKind::Recordings)
    }

    /// Says what stands as an item in the file being read; all files of a source must agree.
    pub(super) fn hold(&mut self, got: ItemKind) -> Result<(), Stop> {
        match *self.items.get_or_insert(got) {
            expected if expected == got => Ok(()),
            expected => Err(Error::MixedItems { file: self.file.clone(), expected, got }.into()),
        }
    }

    /// Takes what a row came to.
    pub(super) fn take(&mut self, place: Place, outcome: Outcome) -> Result<(), Stop> {
        self.tally.read += 1;
        if self.tally.read.is_multiple_of(ROWS_PER_REPORT) {
            (self.doors.progress)(self.bytes.get());
        }
        let entry = match outcome {
            Ok(Row::NotMusic) => {
                self.tally.not_music += 1;
                return Ok(());
            }
            Ok(Row::Private) => {
                self.tally.private += 1;
                return Ok(());
            }
            Ok(Row::Entry(entry)) => judge(&entry, self.latest, false).map(|()| entry),
            Ok(Row::Keyed(entry)) => judge(&entry, self.latest, true).map(|()| entry),
            Err(problem) => Err(problem),
        };
        match entry {
            Ok(entry) => self.hand_over(entry),
            Err(problem) => {
                self.tell(place, problem);
                Ok(())
            }
        }
    }

    /// Takes what cannot even be read.
    pub(super) fn reject(&mut self, place: Place, reason: RejectReason) -> Result<(), Stop> {
        self.take(place, Err(reason.into()))
    }

    /// The counts, when all is read.
    pub(super) fn finish(mut self) -> Tally {
        (self.doors.progress)(self.bytes.get());
        self.tally.items = self.items();
        self.tally
    }

    fn hand_over(&mut self, entry: Entry) -> Result<(), Stop> {
        self.tally.entries += 1;
        if let Entry::Listen(listen) = &entry {
            let at = listen.event.at;
            self.tally.first = Some(self.tally.first.map_or(at, |first| first.min(at)));
            self.tally.last = Some(self.tally.last.map_or(at, |last| last.max(at)));
        }
        match (self.doors.sink)(entry) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stop::Asked),
        }
    }

    fn tell(&mut self, place: Place, problem: Problem) {
        let Problem { reason, listener, excerpt } = problem;
        *self.tally.rejected.entry(reason.name()).or_default() += 1;
        let (file, place) = (self.file.clone(), place.to_string());
        (self.doors.rejects)(Reject { file, place, reason, listener, excerpt });
    }
}

/// Whether an entry of sound form can be true.
fn judge(entry: &Entry, latest: Timestamp, may_be_keyed: bool) -> Result<(), Problem> {
    let (credit, listener, event) = match entry {
        Entry::Listen(listen) => {
            (&listen.recording, listen.listener.as_deref(), Some(&listen.event))
        }
        Entry::Count(count) => (&count.item, count.listener.as_deref(), None),
        Entry::Catalogue(known) => (&known.credit, None, None),
    };
    let verdict = judge_credit(credit, may_be_keyed)
        .and_then(|()| event.map_or(Ok(()), |event| judge_event(event, latest)));
    verdict.map_err(|reason| {
        let moment = event.map_or_else(String::new, |event| event.at.to_string());
        Problem::new(reason, listener, excerpt(&credit.artist, &credit.title, &moment))
    })
}

fn judge_credit(credit: &Credit, may_be_keyed: bool) -> Result<(), RejectReason> {
    if !credit.title.is_empty() && !credit.artist.is_empty() {
        return Ok(());
    }
    if may_be_keyed {
        let keys = [&credit.mbid, &credit.isrc, &credit.spotify, &credit.item];
        return if keys.iter().any(|key| key.is_some()) {
            Ok(())
        } else {
            Err(RejectReason::NoNames)
        };
    }
    Err(if credit.title.is_empty() { RejectReason::NoTitle } else { RejectReason::NoArtist })
}

fn judge_event(event: &Event, latest: Timestamp) -> Result<(), RejectReason> {
    if event.played.is_some_and(|played| played > LONGEST_PLAY) {
        Err(RejectReason::TooLong)
    } else if event.at < EARLIEST {
        Err(RejectReason::Before1980)
    } else if event.at > latest {
        Err(RejectReason::Future)
    } else {
        Ok(())
    }
}
