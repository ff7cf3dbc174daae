//! A log from elsewhere: how does it get into the store, whole and once?
//!
//! One thread reads, one writes; between them at most a few batches, so memory does not grow with the file.
//! Every batch is one transaction: a killed import is finished by running it again.
//! A folder or zip of several formats makes an import for each, as two sources may report one and the same listen.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use jiff::Timestamp;
use listens::{Format, Options, Reject, Survey, Tally};
use music::{Entry, ImportId};
use store::{Audience, Begun, Finished, ImportSummary, NewImport};

use crate::rejects::{LogNames, RejectFile, Whose};
use crate::{Error, Folder, Observer};

/// Entries and rejects that are written in one transaction.
const BATCH: usize = 50_000;

/// What to import, and for whom.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// A file, folder or zip.
    pub path: PathBuf,
    /// How to read it.
    pub options: Options,
    /// Whose history it is; overrides account names in the log.
    pub listener: Option<String>,
    /// Whether its listeners get lists, or only teach.
    pub audience: Audience,
    /// The present.
    pub now: Timestamp,
}

/// What became of an import.
#[derive(Clone, Debug)]
pub enum Imported {
    /// It is in the store now.
    Done {
        /// What was read, kept and left out.
        summary: ImportSummary,
        /// Files of a folder or zip that are no log.
        skipped_files: Vec<String>,
    },
    /// The same content was imported before; nothing changed.
    Before(ImportSummary),
}

/// Who listened, in a log that does not say.
pub const ME: &str = "me";

/// Imports one source, format by format.
///
/// # Errors
/// When the source cannot be read at all, holds the other kind of item, or the store cannot be written; what was
/// written before the error stays and the import can be run again.
pub fn import(
    folder: &mut Folder,
    request: &ImportRequest,
    observer: &mut dyn Observer,
) -> Result<Vec<Imported>, Error> {
    let _lock = folder.lock()?;
    let survey = listens::survey(&request.path, &request.options)?;
    refuse_one_name_for_many(request, &survey)?;
    observer.begin("checksum", Some(survey.bytes));
    let content_hash = content_hash(request, observer)?;
    observer.end();
    let whose = whose(request, &content_hash);
    let mut imported = Vec::new();
    for &format in &survey.formats {
        let mut done =
            import_format(folder, request, &survey, format, &content_hash, &whose, observer)?;
        if let (Imported::Done { skipped_files, .. }, false) = (&mut done, imported.is_empty()) {
            skipped_files.clear(); // Every reading meets them; they are told once.
        }
        imported.push(done);
    }
    Ok(imported)
}

fn import_format(
    folder: &mut Folder,
    request: &ImportRequest,
    survey: &Survey,
    format: Format,
    content_hash: &str,
    whose: &Whose,
    observer: &mut dyn Observer,
) -> Result<Imported, Error> {
    let begun = folder.store.begin_import(&NewImport {
        source: &source(request),
        listener: &whose.account,
        content_hash,
        format: format.name(),
        audience: request.audience,
        items: survey.items,
        started_at: request.now,
    })?;
    let id = match begun {
        Begun::New(id) | Begun::Resumed(id) => id,
        Begun::Done(summary) => return Ok(Imported::Before(*summary)),
    };
    let mut rejects = RejectFile::create(&folder.rejects(), id, whose.clone())?;
    let reading = Reading {
        path: &request.path,
        options: Options { only: Some(format), ..request.options.clone() },
        names: whose.names,
    };
    observer.begin("import", Some(survey.bytes));
    let tally = copy(folder, &reading, id, &mut rejects, observer)?;
    observer.end();
    rejects.finish()?;
    let summary = folder.store.finish_import(id, &finished(&tally, request.now))?;
    Ok(Imported::Done { summary, skipped_files: tally.skipped_files })
}

/// What the reading thread needs.
struct Reading<'a> {
    path: &'a Path,
    options: Options,
    names: LogNames,
}

/// What the reading thread sends to the writing one.
struct Parcel {
    entries: Vec<Entry>,
    rejects: Vec<Reject>,
    bytes: u64,
}

fn copy(
    folder: &mut Folder,
    reading: &Reading<'_>,
    id: ImportId,
    rejects: &mut RejectFile,
    observer: &mut dyn Observer,
) -> Result<Tally, Error> {
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel(2);
        let reader = scope.spawn(move || read(reading, send));
        let written = write(folder, id, receive, rejects, observer);
        let tally = reader.join().expect("a panic of the reader is a bug, and goes on here");
        written?;
        Ok(tally?)
    })
}

/// Reads until the end, or until nobody receives any more.
fn read(reading: &Reading<'_>, send: SyncSender<Parcel>) -> Result<Tally, listens::Error> {
    let outbox = RefCell::new(Outbox { entries: Vec::new(), rejects: Vec::new(), bytes: 0, send });
    let mut push = |entry| {
        let entry =
            if reading.names == LogNames::AreOverridden { without_name(entry) } else { entry };
        outbox.borrow_mut().push(entry)
    };
    let tally = listens::read(
        reading.path,
        &reading.options,
        &mut push,
        &mut |bytes| outbox.borrow_mut().bytes = bytes,
        &mut |reject| outbox.borrow_mut().reject(reject),
    );
    // Whoever does not receive any more has an error of its own to tell.
    let _ = outbox.borrow_mut().flush();
    tally
}

struct Outbox {
    entries: Vec<Entry>,
    rejects: Vec<Reject>,
    bytes: u64,
    send: SyncSender<Parcel>,
}

impl Outbox {
    fn push(&mut self, entry: Entry) -> ControlFlow<()> {
        self.entries.push(entry);
        if self.entries.len() + self.rejects.len() < BATCH {
            ControlFlow::Continue(())
        } else {
            self.flush()
        }
    }

    fn reject(&mut self, reject: Reject) {
        self.rejects.push(reject);
        if self.rejects.len() >= BATCH {
            // The next entry, or the end of the file, finds out that nobody receives any more.
            let _ = self.flush();
        }
    }

    fn flush(&mut self) -> ControlFlow<()> {
        let entries = std::mem::replace(&mut self.entries, Vec::with_capacity(BATCH));
        let parcel =
            Parcel { entries, rejects: std::mem::take(&mut self.rejects), bytes: self.bytes };
        if self.send.send(parcel).is_ok() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }
}

/// Writes what comes, batch by batch; returning drops the receiver, which stops the reader.
#[expect(clippy::needless_pass_by_value, reason = "dropping the receiver is what stops the reader")]
fn write(
    folder: &mut Folder,
    id: ImportId,
    receive: Receiver<Parcel>,
    rejects: &mut RejectFile,
    observer: &mut dyn Observer,
) -> Result<(), Error> {
    for parcel in &receive {
        rejects.write(&folder.store, &parcel.rejects)?;
        folder.store.append(id, &parcel.entries)?;
        observer.advance(parcel.bytes);
        if observer.is_interrupted() {
            folder.store.pause_import()?;
            return Err(Error::Interrupted);
        }
    }
    Ok(())
}

fn without_name(mut entry: Entry) -> Entry {
    match &mut entry {
        Entry::Listen(listen) => listen.listener = None,
        Entry::Count(count) => count.listener = None,
        Entry::Catalogue(_) => {}
    }
    entry
}

/// To whom the lines belong: to whoever was named; else lines without a name to "me", or to a person of the file's own.
fn whose(request: &ImportRequest, content_hash: &str) -> Whose {
    let account = match (&request.listener, request.audience) {
        (Some(name), _) => name.clone(),
        (None, Audience::Foreground) => ME.to_owned(),
        (None, Audience::Background) => format!("file {content_hash}"),
    };
    let names = if request.listener.is_some() { LogNames::AreOverridden } else { LogNames::Count };
    Whose { account, names, audience: request.audience }
}

fn refuse_one_name_for_many(request: &ImportRequest, survey: &Survey) -> Result<(), Error> {
    let of_many = survey.formats.iter().find(|format| format.is_of_many_listeners());
    match of_many.filter(|_| request.listener.is_some()) {
        Some(format) => Err(Error::ManyListeners { format: format.to_string() }),
        None => Ok(()),
    }
}

fn finished(tally: &Tally, now: Timestamp) -> Finished {
    let rejected = tally.rejected.iter().map(|(reason, n)| ((*reason).to_owned(), *n));
    Finished {
        read: tally.read,
        not_music: tally.not_music,
        private: tally.private,
        rejected: rejected.collect(),
        first: tally.first,
        last: tally.last,
        finished_at: now,
    }
}

/// A hash of what is read and of how it is read; the same twice means the same import.
fn content_hash(request: &ImportRequest, observer: &mut dyn Observer) -> Result<String, Error> {
    let mut hasher = blake3::Hasher::new();
    let Options {
        format,
        columns,
        item_names,
        tag_names,
        keep_context,
        timezone,
        known_kinds,
        items,
        ..
    } = &request.options;
    let zone = timezone.iana_name();
    let overriding = &request.listener;
    let how = format!(
        "{format:?} {columns:?} {keep_context:?} {zone:?} {known_kinds:?} {items:?} {overriding:?}"
    );
    hasher.update(how.as_bytes());
    for source in
        [Some(&request.path), item_names.as_ref(), tag_names.as_ref()].into_iter().flatten()
    {
        for file in listens::files(source)? {
            // A single file may be renamed; a file of a folder is told by its place in it.
            hasher
                .update(file.strip_prefix(source).unwrap_or(&file).as_os_str().as_encoded_bytes());
            hasher.update_reader(fs_err::File::open(file)?)?;
            observer.advance(hasher.count());
            if observer.is_interrupted() {
                return Err(Error::Interrupted);
            }
        }
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// Where it comes from, for people; of people in the background nothing that may be a name.
fn source(request: &ImportRequest) -> String {
    let path = &request.path;
    match (request.audience, path.extension()) {
        (Audience::Foreground, _) => {
            path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
        }
        (Audience::Background, Some(extension)) => {
            format!("a shared .{}", extension.to_string_lossy())
        }
        (Audience::Background, None) => "a shared log".to_owned(),
    }
}
