//! Which rows of the log did the last training doubt?
//!
//! `rejects/doubted.jsonl`, in the form of the rejects of an import: who by pseudonym, when, the rule, the recording.
//! Nothing is taken from the log; another rule, and the next training, believe otherwise.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use fs_err::File;
use listens::{Contribution, Weighing};
use music::ListenerId;

use crate::rejects::RejectLine;
use crate::{Error, Folder};

/// Lines that are written at most; the manifest counts all.
const MOST: usize = 100_000;

/// The lines of a training.
pub(crate) struct DoubtedFile<'a> {
    folder: &'a Folder,
    path: PathBuf,
    /// Written beside the old one, which stands until this is whole.
    file: BufWriter<File>,
    n_lines: usize,
    failed: Option<Error>,
}

impl<'a> DoubtedFile<'a> {
    pub(crate) fn create(folder: &'a Folder) -> Result<Self, Error> {
        fs_err::create_dir_all(folder.rejects())?;
        let path = folder.rejects().join("doubted.jsonl");
        let file = BufWriter::new(File::create(path.with_extension("jsonl.unfinished"))?);
        Ok(Self { folder, path, file, n_lines: 0, failed: None })
    }

    /// Adds the rows of a listener that are doubted.
    pub(crate) fn add(&mut self, listener: ListenerId, weighing: &Weighing<'_>) {
        if self.failed.is_none() && self.n_lines < MOST {
            self.failed = self.write(listener, weighing).err();
        }
    }

    /// Puts it in the place of the former one, which goes where nothing is doubted.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        if let Some(failed) = self.failed {
            return Err(failed);
        }
        self.file.flush()?;
        let beside = self.path.with_extension("jsonl.unfinished");
        if self.n_lines > 0 {
            return Ok(fs_err::rename(beside, &self.path)?);
        }
        fs_err::remove_file(beside)?;
        match fs_err::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn write(&mut self, listener: ListenerId, weighing: &Weighing<'_>) -> Result<(), Error> {
        let store = &self.folder.store;
        let rows = weighing.contributions.iter().filter(|row| row.doubt().is_some());
        let rows: Vec<&Contribution<'_>> = rows.take(MOST - self.n_lines).collect();
        let mut ids: Vec<_> = rows.iter().map(|row| row.recording).collect();
        ids.dedup();
        let listener = store.pseudonyms(listener)?.into_iter().next().unwrap_or_default();
        let recordings = ids.iter().zip(store.recordings(&ids)?);
        let names: BTreeMap<_, _> = recordings
            .map(|(id, recording)| (*id, recording.entry.credit))
            .map(|(id, credit)| (id, format!("{} - {}", credit.artist, credit.title)))
            .collect();
        for row in rows {
            let Some(rule) = row.doubt() else { continue };
            let line = RejectLine {
                file: "log".to_owned(),
                place: row.at.to_string(),
                reason: rule.name().to_owned(),
                sentence: format!("{rule}: counts {} of a {}", row.belief, row.kind),
                listener: listener.clone(),
                excerpt: names[&row.recording].clone(),
            };
            let text = serde_json::to_string(&line).expect("a line holds only strings");
            writeln!(self.file, "{text}")?;
            self.n_lines += 1;
        }
        Ok(())
    }
}
