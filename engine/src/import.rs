//! A log from elsewhere: how does it get into the store, whole and once?
//!
//! One thread reads, one writes; between them at most a few batches, so memory does not grow with the file.
//! Every batch is one transaction: a killed import is finished by running it again.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use jiff::Timestamp;
use listens::{Options, Reject, Tally};
use music::{Entry, ImportId};
use store::{Audience, Begun, Finished, ImportSummary, NewImport};

use crate::rejects::RejectFile;
use crate::{Error, Folder, Observer};

/// Entries that are written in one transaction.
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

/// Imports one source.
///
/// # Errors
/// When the source cannot be read at all, holds the other kind of item, or the store cannot be written; what was
/// written before the error stays and the import can be run again.
pub fn import(
    folder: &mut Folder,
    request: &ImportRequest,
    observer: &mut dyn Observer,
) -> Result<Imported, Error> {
    let _lock = folder.lock()?;
    let survey = listens::survey(&request.path, &request.options)?;
    refuse_one_name_for_many(request, &survey)?;
    observer.begin("checksum", Some(survey.bytes));
    let content_hash = content_hash(request)?;
    observer.end();
    let begun = folder.store.begin_import(&NewImport {
        source: &file_name(&request.path),
        listener: &default_listener(request),
        content_hash: &content_hash,
        format: &survey.format.to_string(),
        audience: request.audience,
        items: survey.items,
        started_at: request.now,
    })?;
    let id = match begun {
        Begun::New(id) | Begun::Resumed(id) => id,
        Begun::Done(summary) => return Ok(Imported::Before(*summary)),
    };
    observer.begin("import", Some(survey.bytes));
    let tally = copy(folder, request, id, observer)?;
    observer.end();
    let summary = folder.store.finish_import(id, &finished(&tally, request.now))?;
    Ok(Imported::Done { summary, skipped_files: tally.skipped_files })
}

/// What the reading thread sends to the writing one.
enum Parcel {
    Entries { entries: Vec<Entry>, bytes: u64 },
    Rejects(Vec<Reject>),
}

fn copy(
    folder: &mut Folder,
    request: &ImportRequest,
    id: ImportId,
    observer: &mut dyn Observer,
) -> Result<Tally, Error> {
    let mut rejects = RejectFile::create(&folder.rejects(), id)?;
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel(2);
        let reader = scope.spawn(move || read(request, send));
        let written = write(folder, id, receive, &mut rejects, observer);
        let tally = reader.join().expect("a panic of the reader is a bug, and goes on here");
        written?;
        rejects.finish()?;
        Ok(tally?)
    })
}

/// Reads until the end, or until nobody receives any more.
fn read(request: &ImportRequest, send: SyncSender<Parcel>) -> Result<Tally, listens::Error> {
    let mut outbox =
        Outbox { entries: Vec::with_capacity(BATCH), rejects: Vec::new(), bytes: 0, send };
    let outbox = std::cell::RefCell::new(&mut outbox);
    let overrides_names = request.listener.is_some();
    let tally = listens::read(
        &request.path,
        &request.options,
        &mut |entry| {
            outbox.borrow_mut().push(if overrides_names { without_name(entry) } else { entry })
        },
        &mut |bytes| outbox.borrow_mut().bytes = bytes,
        &mut |reject| outbox.borrow_mut().rejects.push(reject),
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
        if self.entries.len() < BATCH { ControlFlow::Continue(()) } else { self.flush() }
    }

    fn flush(&mut self) -> ControlFlow<()> {
        let rejects = std::mem::take(&mut self.rejects);
        let entries = std::mem::replace(&mut self.entries, Vec::with_capacity(BATCH));
        let sent = self
            .send
            .send(Parcel::Rejects(rejects))
            .and_then(|()| self.send.send(Parcel::Entries { entries, bytes: self.bytes }));
        if sent.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
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
        match parcel {
            Parcel::Rejects(lines) => rejects.write(&folder.store, &lines)?,
            Parcel::Entries { entries, bytes } => {
                folder.store.append(id, &entries)?;
                observer.advance(bytes);
            }
        }
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

/// Whose listens are those without a name: of whoever was named; of the file, for people in the background.
fn default_listener(request: &ImportRequest) -> String {
    match (&request.listener, request.audience) {
        (Some(name), _) => name.clone(),
        (None, Audience::Foreground) => ME.to_owned(),
        (None, Audience::Background) => file_name(&request.path),
    }
}

fn refuse_one_name_for_many(
    request: &ImportRequest,
    survey: &listens::Survey,
) -> Result<(), Error> {
    if request.listener.is_some() && survey.format.is_of_many_listeners() {
        return Err(Error::ManyListeners { format: survey.format.to_string() });
    }
    Ok(())
}

fn finished(tally: &Tally, now: Timestamp) -> Finished {
    Finished {
        read: tally.read,
        not_music: tally.not_music,
        private: tally.private,
        rejected: tally.rejected.iter().map(|(reason, n)| ((*reason).to_owned(), *n)).collect(),
        first: tally.first,
        last: tally.last,
        finished_at: now,
    }
}

/// A hash of what is read and of how it is read; the same twice means the same import.
fn content_hash(request: &ImportRequest) -> Result<String, Error> {
    let mut hasher = blake3::Hasher::new();
    let Options { format, columns, items, keep_context, timezone, item_names, tag_names, .. } =
        &request.options;
    let zone = timezone.iana_name();
    let overriding = &request.listener;
    hasher.update(
        format!("{format:?} {columns:?} {items:?} {keep_context:?} {zone:?} {overriding:?}")
            .as_bytes(),
    );
    for source in
        [Some(&request.path), item_names.as_ref(), tag_names.as_ref()].into_iter().flatten()
    {
        for (name, file) in files(source)? {
            hasher.update(name.as_bytes());
            hasher.update_reader(fs_err::File::open(file)?)?;
        }
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// The files of a source with their names inside it, in order of name; a single file has none, so that it may be renamed.
fn files(path: &Path) -> Result<BTreeMap<String, PathBuf>, Error> {
    let mut files = BTreeMap::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            let name = folder.strip_prefix(path).unwrap_or(&folder).to_string_lossy().into_owned();
            files.insert(name, folder);
            continue;
        }
        for entry in fs_err::read_dir(folder)? {
            folders.push(entry?.path());
        }
    }
    Ok(files)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
