//! How does a test read a few bytes?

use std::ops::ControlFlow;
use std::path::Path;

use listens::{Column, Error, Format, Options, Reject, Tally};
use music::{CatalogueEntry, Count, Entry, Listen};

/// Everything that came of reading a source.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) entries: Vec<Entry>,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) tally: Tally,
}

impl Reading {
    pub(crate) fn listens(&self) -> Vec<&Listen> {
        let listens = self.entries.iter().map(|entry| match entry {
            Entry::Listen(listen) => Some(listen),
            Entry::Count(_) | Entry::Catalogue(_) => None,
        });
        listens.collect::<Option<_>>().expect("only listens")
    }

    pub(crate) fn counts(&self) -> Vec<&Count> {
        let counts = self.entries.iter().map(|entry| match entry {
            Entry::Count(count) => Some(count),
            Entry::Listen(_) | Entry::Catalogue(_) => None,
        });
        counts.collect::<Option<_>>().expect("only counts")
    }

    pub(crate) fn catalogue(&self) -> Vec<&CatalogueEntry> {
        let known = self.entries.iter().map(|entry| match entry {
            Entry::Catalogue(known) => Some(known),
            Entry::Listen(_) | Entry::Count(_) => None,
        });
        known.collect::<Option<_>>().expect("only catalogue entries")
    }

    /// Titles of all listens, in order.
    pub(crate) fn titles(&self) -> Vec<&str> {
        self.listens().iter().map(|listen| listen.recording.title.as_str()).collect()
    }

    /// Place and short reason of each reject.
    pub(crate) fn reasons(&self) -> Vec<(&str, &str)> {
        self.rejects.iter().map(|reject| (reject.place.as_str(), reject.reason.name())).collect()
    }
}

/// Options that leave everything to the content, in the year 2026.
pub(crate) fn options() -> Options {
    Options::plain("2026-11-20T12:00:00Z".parse().unwrap())
}

/// The same with a format and columns such as `item=artistID,count=3`.
pub(crate) fn with_columns(format: Format, columns: &str) -> Options {
    let columns = columns.split(',').filter(|column| !column.is_empty()).map(|column| {
        let (role, column) = column.split_once('=').unwrap();
        (role.to_owned(), column.parse::<Column>().unwrap())
    });
    Options { format: Some(format), columns: columns.collect(), ..options() }
}

/// Reads a path, and holds the tally against what came.
pub(crate) fn try_path(path: &Path, options: &Options) -> Result<Reading, Error> {
    let (mut entries, mut rejects) = (Vec::new(), Vec::new());
    let mut keep = |entry| {
        entries.push(entry);
        ControlFlow::Continue(())
    };
    let tally =
        listens::read(path, options, &mut keep, &mut |_| {}, &mut |reject| rejects.push(reject))?;
    assert_eq!(tally.entries, entries.len() as u64);
    assert_eq!(tally.rejected.values().sum::<u64>(), rejects.len() as u64);
    assert_eq!(tally.read, tally.entries + tally.not_music + tally.private + rejects.len() as u64);
    Ok(Reading { entries, rejects, tally })
}

/// Reads bytes that stand in a file of that name.
pub(crate) fn try_bytes(
    name: &str,
    bytes: impl AsRef<[u8]>,
    options: &Options,
) -> Result<Reading, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs_err::write(&path, bytes).unwrap();
    try_path(&path, options)
}

/// The same, where it must succeed.
pub(crate) fn bytes(name: &str, bytes: impl AsRef<[u8]>, options: &Options) -> Reading {
    try_bytes(name, bytes, options).unwrap()
}

/// A zip of these files.
pub(crate) fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
