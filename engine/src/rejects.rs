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
use store::Store;

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
    /// Pseudonym of the listener, where the line has one.
    pub listener: Option<String>,
    /// Artist, title and time as far as they could be read.
    pub excerpt: String,
}

/// The rejects of a running import.
#[derive(Debug)]
pub(crate) struct RejectFile {
    path: PathBuf,
    file: Option<BufWriter<File>>,
}

impl RejectFile {
    /// Begins it anew; an import that is run again rejects the same lines again.
    pub(crate) fn create(folder: &Path, import: ImportId) -> Result<Self, Error> {
        fs_err::create_dir_all(folder)?;
        let path = folder.join(format!("{import}.jsonl"));
        remove(&path)?;
        Ok(Self { path, file: None })
    }

    /// Adds lines; the file appears with the first.
    pub(crate) fn write(&mut self, store: &Store, rejects: &[Reject]) -> Result<(), Error> {
        for reject in rejects {
            let line = RejectLine {
                file: reject.file.clone(),
                place: reject.place.clone(),
                reason: reject.reason.name().to_owned(),
                sentence: reject.reason.to_string(),
                listener: reject.listener.as_deref().map(|name| store.pseudonym(name)),
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
        let text = fs_err::read_to_string(&path)?;
        let is_theirs = |line: &&str| {
            let parsed: Result<RejectLine, _> = serde_json::from_str(line);
            parsed.is_ok_and(|line| {
                line.listener.is_some_and(|listener| pseudonyms.contains(&listener))
            })
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
