//! How does a snapshot get onto the disk whole, or not at all?

use std::io::{self, Write};
use std::path::Path;

use ann::Index;
use fs_err::File;
use models::Array;

use super::{Manifest, near, npy};
use crate::Error;

/// The folder in which a snapshot is written before it is renamed; a leftover of a killed process is overwritten.
const UNFINISHED: &str = ".unfinished";

/// A number after all others, and eight digits that follow from the contents.
fn next_id(snapshots: &Path, manifest: &Manifest) -> Result<String, Error> {
    let last = ids(snapshots)?.last().map_or(0, |id| number(id));
    let contents: String =
        manifest.checksums.iter().map(|(file, sum)| format!("{file} {sum}\n")).collect();
    let digest = blake3::hash(contents.as_bytes()).to_hex();
    Ok(format!("{:04}-{}", last + 1, &digest[..8]))
}

/// Writes all arrays, each made when it is its turn, and the index, then renames the folder, then the name of the one that serves.
///
/// The manifest comes to know its checksums and its id.
pub(super) fn write(
    snapshots: &Path,
    manifest: &mut Manifest,
    arrays: impl Iterator<Item = (String, Array)>,
    index: Option<&Index>,
) -> Result<(), Error> {
    let unfinished = snapshots.join(UNFINISHED);
    remove(&unfinished)?;
    fs_err::create_dir(&unfinished)?;
    let written = write_all(snapshots, &unfinished, manifest, arrays, index);
    if written.is_err() {
        remove(&unfinished)?;
    }
    written?;
    fs_err::rename(&unfinished, snapshots.join(&manifest.id))?;
    File::open(snapshots)?.sync_all()?;
    let current = snapshots.join("current.unfinished");
    write_file(&current, manifest.id.as_bytes())?;
    fs_err::rename(current, snapshots.join("current"))?;
    File::open(snapshots)?.sync_all()?;
    Ok(())
}

/// Lets go of all but the last ones; the one that serves always stays.
pub(super) fn prune(snapshots: &Path, kept: usize) -> Result<(), Error> {
    let current = super::current_id(snapshots)?;
    let ids = ids(snapshots)?;
    for id in
        ids.iter().take(ids.len().saturating_sub(kept)).filter(|id| Some(*id) != current.as_ref())
    {
        fs_err::remove_dir_all(snapshots.join(id))?;
    }
    Ok(())
}

fn write_all(
    snapshots: &Path,
    folder: &Path,
    manifest: &mut Manifest,
    arrays: impl Iterator<Item = (String, Array)>,
    index: Option<&Index>,
) -> Result<(), Error> {
    manifest.checksums.clear();
    for (name, array) in arrays {
        let file = format!("{name}.npy");
        let checksum = write_array(&folder.join(&file), &array)?;
        manifest.checksums.insert(file, checksum);
    }
    manifest.index = index.map(|index| near::write(index, folder)).transpose()?;
    manifest.id = next_id(snapshots, manifest)?;
    let mut text = serde_json::to_vec_pretty(manifest)
        .expect("a manifest holds only strings and finite numbers");
    text.push(b'\n');
    write_file(&folder.join("manifest.json"), &text)?;
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// Writes an array as `.npy`, waits until the disk has it and returns its BLAKE3.
pub(crate) fn write_array(path: &Path, array: &Array) -> Result<String, Error> {
    let mut file = Hashed { file: File::create(path)?, hasher: blake3::Hasher::new() };
    npy::write(array, &mut file)?;
    file.file.sync_all()?;
    Ok(file.hasher.finalize().to_hex().to_string())
}

/// A file that knows the checksum of what was written into it.
struct Hashed {
    file: File,
    hasher: blake3::Hasher,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.hasher.update(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a file and waits until the disk has it.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}

/// Removes a folder, if it is there.
pub(crate) fn remove(folder: &Path) -> Result<(), Error> {
    match fs_err::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// The snapshots that are there, oldest first.
fn ids(snapshots: &Path) -> Result<Vec<String>, Error> {
    let mut ids = Vec::new();
    for entry in fs_err::read_dir(snapshots)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if number(&name) > 0 {
            ids.push(name);
        }
    }
    ids.sort_by_key(|id| number(id));
    Ok(ids)
}

/// The number before the dash; 0 for what is no snapshot, such as a folder that somebody else put there.
fn number(id: &str) -> u64 {
    let is_snapshot =
        |digest: &str| digest.len() == 8 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts = id.split_once('-').filter(|(_, digest)| is_snapshot(digest));
    parts.and_then(|(number, _)| number.parse().ok()).unwrap_or(0)
}
