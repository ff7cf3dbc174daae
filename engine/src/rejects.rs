//! What could not be believed, line by line?
//!
//! One file an import, `rejects/<import>.jsonl`: file, place, reason, and an excerpt with nothing personal in it.
//! Account names are replaced by pseudonyms.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use fs_err::File;
use listens::Reject;
use music::ImportId;
use serde::{Deserialize, Serialize};
use store::{Audience, Store};

use crate::Error;

/// One line of a reject file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectLine {
    /// The file inside the source.
    pub file: String,
    /// Where in it.
    pub place: String,
    /// A short name of the reason, to count by.
    pub reason: String,
    /// The reason as a sentence.
    pub sentence: String,
    /// Pseudonym of the listener.
    pub listener: String,
    /// Artist, title and time as far as they could be read.
    pub excerpt: String,
}

/// The rejects of a running import.
#[derive(Debug)]
pub(crate) struct RejectFile {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    whose: Whose,
}

/// To whom the lines of an import belong.
#[derive(Clone, Debug)]
pub(crate) struct Whose {
    /// Whoever was named at the import, in place of all names of the log; else whoever lines without a name belong to.
    pub(crate) account: String,
    /// Whether names of the log count.
    pub(crate) names: LogNames,
    pub(crate) audience: Audience,
}

/// Whether account names of a log count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogNames {
    Count,
    AreOverridden,
}

impl Whose {
    fn pseudonym(&self, store: &Store, reject: &Reject) -> String {
        let in_log = reject.listener.as_deref().filter(|_| self.names == LogNames::Count);
        store.pseudonym(in_log.unwrap_or(&self.account), self.audience)
    }
}

impl RejectFile {
    /// Begins it anew; an import that is run again rejects the same lines again.
    pub(crate) fn create(folder: &Path, import: ImportId, whose: Whose) -> Result<Self, Error> {
        fs_err::create_dir_all(folder)?;
        let path = folder.join(format!("{import}.jsonl"));
        remove(&path)?;
        Ok(Self { path, file: None, whose })
    }

    /// Adds lines; the file appears with the first.
    pub(crate) fn write(&mut self, store: &Store, rejects: &[Reject]) -> Result<(), Error> {
        for reject in rejects {
            let line = RejectLine {
                file: without_folder(&reject.file).to_owned(),
                place: reject.place.clone(),
                reason: reject.reason.name().to_owned(),
                sentence: reject.reason.to_string(),
                listener: self.whose.pseudonym(store, reject),
                excerpt: reject.excerpt.clone(),
            };
            let text = serde_json::to_string(&line).expect("a reject holds only strings");
            writeln!(self.open()?, "{text}")?;
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<(), Error> {
        if let Some(mut file) = self.file {
            file.flush()?;
            file.get_ref().sync_all()?;
        }
        Ok(())
    }

    fn open(&mut self) -> Result<&mut BufWriter<File>, Error> {
        if self.file.is_none() {
            self.file = Some(BufWriter::new(File::create(&self.path)?));
        }
        Ok(self.file.as_mut().expect("it was opened in the line above"))
    }
}

/// A file's place inside its source without the outermost folder, which exports like to name after the account.
fn without_folder(file: &str) -> &str {
    file.split_once('/').map_or(file, |(_, inside)| inside)
}

/// Forgets the rejects of an import that was taken back.
pub(crate) fn remove_of_import(folder: &Path, import: ImportId) -> Result<(), Error> {
    remove(&folder.join(format!("{import}.jsonl")))
}

/// Forgets every rejected line of a listener.
pub(crate) fn remove_of_listener(folder: &Path, pseudonyms: &[String]) -> Result<(), Error> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        // Whatever else somebody put there is not ours to read.
        let is_ours = path.extension().is_some_and(|extension| extension == "jsonl");
        if !is_ours || !fs_err::symlink_metadata(&path)?.is_file() {
            continue;
        }
        let bytes = fs_err::read(&path)?;
        let text = String::from_utf8_lossy(&bytes);
        let is_theirs = |line: &&str| {
            let parsed: Result<RejectLine, _> = serde_json::from_str(line);
            parsed.is_ok_and(|line| pseudonyms.contains(&line.listener))
        };
        let kept: String =
            text.lines().filter(|line| !is_theirs(line)).map(|line| format!("{line}\n")).collect();
        if kept.is_empty() {
            remove(&path)?;
        } else if kept.len() < text.len() {
            let beside = path.with_extension("jsonl.unfinished");
            fs_err::write(&beside, kept)?;
            fs_err::rename(beside, &path)?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
