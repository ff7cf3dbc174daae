//! Which files does a source hold, and what do they say first?
//!
//! A source is a file, a folder or a zip; a folder may hold zips.
//! Files are visited one at a time in the order of their paths, `feedback*` last, and nothing is unpacked to disk.

mod input;
mod salvage;
mod zipped;

use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use fs_err::File;

pub(crate) use input::Input;

use crate::{Error, RejectReason};

/// How many bytes are asked of the disk at once.
const CHUNK: usize = 64 * 1024;

/// The files that [`crate::read`] reads, in its order: by path, `feedback*` last.
///
/// A source that is a file is itself; of a folder, links are not followed, and pipes, sockets and devices are left out.
///
/// # Errors
/// [`Error::Read`] when the source is not there, cannot be listed, or is neither file nor folder.
pub fn files(source: &Path) -> Result<Vec<PathBuf>, Error> {
    walk(source).map_err(|error| Error::Read { path: source.to_owned(), source: error })
}

/// Bytes of all files of a source; a zip counts as it lies there, compressed.
pub(crate) fn size(source: &Path) -> io::Result<u64> {
    walk(source)?.into_iter().map(|file| Ok(fs_err::metadata(file)?.len())).sum()
}

/// Why a visit ends before its source does.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The caller has enough.
    Asked,
    /// The disk, or a damaged zip.
    Io(io::Error),
    /// The caller asked for what cannot be done.
    Error(Error),
}

impl Stop {
    /// What the caller is told, if anything went wrong.
    pub(crate) fn told(self, source: &Path) -> Result<(), Error> {
        match self {
            Self::Asked => Ok(()),
            Self::Io(error) => Err(Error::Read { path: source.to_owned(), source: error }),
            Self::Error(error) => Err(error),
        }
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// One file of a source.
pub(crate) struct Member<'a> {
    /// Its path inside the source, with forward slashes.
    pub(crate) name: String,
    /// Whether the caller named this very file, or it was found in a folder or zip.
    pub(crate) is_alone: bool,
    /// Its bytes, or why there are none.
    pub(crate) input: Result<Input<'a>, RejectReason>,
}

impl<'a> Member<'a> {
    /// A file; its name may be shown at a terminal, so control characters in it are replaced.
    fn new(name: &str, is_alone: bool, input: Result<Input<'a>, RejectReason>) -> Self {
        let name = name.replace('\\', "/").replace(char::is_control, "\u{fffd}");
        Self { name, is_alone, input }
    }
}

/// What is called with every file.
pub(crate) type Visit<'v> = dyn FnMut(Member<'_>) -> Result<(), Stop> + 'v;

/// Visits every file of a source; `bytes` rises with what was read from disk.
pub(crate) fn each(source: &Path, bytes: &Cell<u64>, visit: &mut Visit<'_>) -> Result<(), Stop> {
    let is_alone = !fs_err::metadata(source)?.is_dir();
    for path in walk(source)? {
        let name =
            if is_alone { path.file_name().map(Path::new) } else { path.strip_prefix(source).ok() };
        let name = name.unwrap_or(&path).to_string_lossy();
        each_in_file(&path, &name, is_alone, bytes, visit)?;
    }
    Ok(())
}

fn each_in_file(
    path: &Path,
    name: &str,
    is_alone: bool,
    bytes: &Cell<u64>,
    visit: &mut Visit<'_>,
) -> Result<(), Stop> {
    let before = bytes.get();
    let file = Counted { file: File::open(path)?, bytes };
    let input = Input::new(BufReader::with_capacity(CHUNK, file));
    if !input.head().starts_with(b"PK\x03\x04") && !input.head().starts_with(b"PK\x05\x06") {
        return visit(Member::new(name, is_alone, Ok(input)));
    }
    // A zip is read from its end, so it is opened anew.
    drop(input);
    bytes.set(before);
    let prefix = if is_alone { String::new() } else { format!("{name}/") };
    zipped::each(Counted { file: File::open(path)?, bytes }, name, &prefix, visit)
}

fn walk(source: &Path) -> io::Result<Vec<PathBuf>> {
    let there = fs_err::metadata(source)?;
    if there.is_file() {
        return Ok(vec![source.to_owned()]);
    }
    if !there.is_dir() {
        let expected = "a file, a folder or a zip expected, got a pipe or device";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, expected));
    }
    let mut found = Vec::new();
    let mut folders = vec![source.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder)? {
            let entry = entry?;
            // The type is that of a link itself: a circle of links ends, and nothing outside the folder is read.
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort_by_cached_key(|path| order(&path.to_string_lossy()));
    Ok(found)
}

/// By path, but what listeners said after what they heard: it may name a recording by a key that only their listens explain.
fn order(path: &str) -> (bool, String) {
    let is_feedback =
        path.rsplit(['/', '\\']).next().is_some_and(|name| name.starts_with("feedback"));
    (is_feedback, path.to_owned())
}

/// A file that counts what is read of it.
struct Counted<'a> {
    file: File,
    bytes: &'a Cell<u64>,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.bytes.set(self.bytes.get() + read as u64);
        Ok(read)
    }
}

impl Seek for Counted<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
