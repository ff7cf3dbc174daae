//! How does a fit leave the program, and how does a stopped one come back?
//!
//! ```text
//! DIR/model.json            model string, seed, shapes, iterations, checksums
//!     users.txt items.txt   the id of each row, one a line
//!     *.npy                 the arrays of the model; of a model with vectors, user_factors and item_factors
//! ```
//!
//! A fit that was stopped has its checkpoint there instead of the model's arrays, and `is_finished` is false.
//! The folder is written beside its place and renamed into it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fs_err::File;
use linalg::Matrix;
use models::{Array, Checkpoint, Recommender, Spec};
use serde::{Deserialize, Serialize};

use super::Bare;
use crate::Error;
use crate::snapshot::{files, npy};

/// The only form this program writes and reads.
const VERSION: u32 = 1;

const MANIFEST: &str = "model.json";
const USERS: &str = "users.txt";
const ITEMS: &str = "items.txt";

/// What stands in `model.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Manifest {
    /// Form of the folder.
    version: u32,
    /// The model string, with every parameter.
    model: String,
    /// Where all chance came from.
    seed: u64,
    /// Rows of `users.txt`.
    n_users: usize,
    /// Rows of `items.txt`.
    n_items: usize,
    /// Pairs it was taught with.
    n_pairs: usize,
    /// BLAKE3 of ids, pairs and values.
    pairs: String,
    /// Iterations done; 0 for a model that does not iterate.
    iteration: usize,
    /// Whether no more will come; otherwise the arrays are a checkpoint.
    is_finished: bool,
    /// Length of each axis of every array.
    shapes: BTreeMap<String, Vec<usize>>,
    /// BLAKE3 of every other file.
    checksums: BTreeMap<String, String>,
}

/// Refuses a folder in which there is anything but an earlier fit; to be asked before a long one.
///
/// # Errors
/// [`Error::Occupied`] names what is in the way.
pub fn check_vacant(folder: &Path) -> Result<(), Error> {
    let found = match fs_err::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    let mut names = Vec::new();
    for entry in found {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let saved = read_manifest(folder).ok();
    let is_ours = |name: &String| {
        saved.as_ref().is_some_and(|saved| name == MANIFEST || saved.checksums.contains_key(name))
    };
    match names.into_iter().find(|name| !is_ours(name)) {
        None => Ok(()),
        Some(found) => Err(Error::Occupied { path: folder.to_owned(), found }),
    }
}

impl Bare {
    /// Writes a fitted model; an earlier fit in the folder is replaced.
    ///
    /// # Errors
    /// [`Error::Occupied`], or when a file cannot be written; what was there before then still is.
    pub fn save(
        &self,
        folder: &Path,
        spec: &Spec,
        seed: u64,
        iteration: usize,
        recommender: &dyn Recommender,
    ) -> Result<(), Error> {
        let mut arrays: BTreeMap<String, Array> = BTreeMap::new();
        let vectors = [
            ("user_factors", recommender.user_vectors()),
            ("item_factors", recommender.item_vectors()),
        ];
        for (name, matrix) in vectors {
            arrays.extend(matrix.map(|matrix| (name.to_owned(), array(matrix))));
        }
        arrays.extend(recommender.arrays());
        self.write(folder, self.about(spec, seed, iteration, true), &arrays)
    }

    /// Writes where a training was stopped; [`Bare::saved_checkpoint`] reads it again.
    ///
    /// # Errors
    /// As [`Bare::save`].
    pub fn save_checkpoint(
        &self,
        folder: &Path,
        spec: &Spec,
        seed: u64,
        checkpoint: &Checkpoint,
    ) -> Result<(), Error> {
        let about = self.about(spec, seed, checkpoint.iteration, false);
        self.write(folder, about, &checkpoint.arrays)
    }

    /// Where a training of the same model, with the same seed and on these pairs, was stopped; `None` where it came to its end.
    ///
    /// # Errors
    /// [`Error::CannotResume`] says what is different, missing or damaged.
    pub fn saved_checkpoint(
        &self,
        folder: &Path,
        spec: &Spec,
        seed: u64,
    ) -> Result<Option<Checkpoint>, Error> {
        let refused = |problem| Error::CannotResume { path: folder.to_owned(), problem };
        let saved = read_manifest(folder).map_err(refused)?;
        let same = |what: &str, expected: &str, got: &str| {
            if expected == got {
                return Ok(());
            }
            Err(refused(format!("{what} {expected} expected, got {got}")))
        };
        same("model", &saved.model, &spec.to_string())?;
        same("seed", &saved.seed.to_string(), &seed.to_string())?;
        if saved.pairs != self.checksum() {
            return Err(refused("it learned from other pairs".to_owned()));
        }
        if saved.is_finished {
            return Ok(None);
        }
        let arrays = read_arrays(folder, &saved).map_err(refused)?;
        Ok(Some(Checkpoint { iteration: saved.iteration, arrays }))
    }

    fn about(&self, spec: &Spec, seed: u64, iteration: usize, is_finished: bool) -> Manifest {
        Manifest {
            version: VERSION,
            model: spec.to_string(),
            seed,
            n_users: self.n_users(),
            n_items: self.n_items(),
            n_pairs: self.n_pairs(),
            pairs: self.checksum(),
            iteration,
            is_finished,
            shapes: BTreeMap::new(),
            checksums: BTreeMap::new(),
        }
    }

    /// BLAKE3 of everything a model learns from.
    fn checksum(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for id in self.users.iter().chain(self.item_ids()) {
            hasher.update(&(id.len() as u64).to_le_bytes()).update(id.as_bytes());
        }
        for (_, items, heard) in self.heard.rows() {
            let mut bytes = (items.len() as u64).to_le_bytes().to_vec();
            for (item, heard) in items.iter().zip(heard) {
                bytes.extend(item.to_le_bytes());
                bytes.extend(heard.confidence.to_le_bytes());
                bytes.push(heard.is_liked.into());
            }
            hasher.update(&bytes);
        }
        hasher.finalize().to_hex().to_string()
    }

    fn write(
        &self,
        folder: &Path,
        about: Manifest,
        arrays: &BTreeMap<String, Array>,
    ) -> Result<(), Error> {
        check_vacant(folder)?;
        let (unfinished, replaced) = (beside(folder, "unfinished"), beside(folder, "replaced"));
        files::remove(&unfinished)?;
        files::remove(&replaced)?;
        fs_err::create_dir_all(&unfinished)?;
        let written = self.write_all(&unfinished, about, arrays);
        if written.is_err() {
            files::remove(&unfinished)?;
        }
        written?;
        if folder.exists() {
            fs_err::rename(folder, &replaced)?;
        }
        fs_err::rename(&unfinished, folder)?;
        files::remove(&replaced)
    }

    fn write_all(
        &self,
        folder: &Path,
        mut about: Manifest,
        arrays: &BTreeMap<String, Array>,
    ) -> Result<(), Error> {
        for (name, array) in arrays {
            let file = format!("{name}.npy");
            let checksum = files::write_array(&folder.join(&file), array)?;
            about.shapes.insert(file.clone(), array.shape().to_vec());
            about.checksums.insert(file, checksum);
        }
        let users = self.users.iter().flat_map(|id| [id, "\n"]).collect::<String>();
        let items = self.item_ids().flat_map(|id| [id, "\n"]).collect::<String>();
        for (file, text) in [(USERS, users), (ITEMS, items)] {
            files::write_file(&folder.join(file), text.as_bytes())?;
            about.checksums.insert(file.to_owned(), checksum(text.as_bytes()));
        }
        let mut text = serde_json::to_vec_pretty(&about)
            .expect("a saved fit holds only strings and whole numbers");
        text.push(b'\n');
        files::write_file(&folder.join(MANIFEST), &text)?;
        File::open(folder)?.sync_all()?;
        Ok(())
    }
}

fn array(matrix: &Matrix) -> Array {
    let shape = vec![matrix.n_rows(), matrix.dim()];
    Array::F32 { shape, values: matrix.as_slice().to_vec() }
}

fn checksum(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// A place for the same folder under another name; a leftover of a killed process is overwritten.
fn beside(folder: &Path, state: &str) -> PathBuf {
    // Without a slash at its end, behind which the name would be that of a file in the folder.
    let mut name = folder.components().as_path().as_os_str().to_owned();
    name.push(format!(".undersong-{state}"));
    name.into()
}

/// What a saved fit says of itself, or why it cannot be known.
fn read_manifest(folder: &Path) -> Result<Manifest, String> {
    let bytes = fs_err::read(folder.join(MANIFEST)).map_err(|error| error.to_string())?;
    let saved: Manifest =
        serde_json::from_slice(&bytes).map_err(|error| format!("{MANIFEST}: {error}"))?;
    if saved.version == VERSION {
        return Ok(saved);
    }
    Err(format!("{MANIFEST} is of form {}, this undersong reads form {VERSION}", saved.version))
}

/// Every array by its name, or which one is not as it was written.
fn read_arrays(folder: &Path, saved: &Manifest) -> Result<BTreeMap<String, Array>, String> {
    let mut arrays = BTreeMap::new();
    for (file, expected) in &saved.checksums {
        let Some(name) = file.strip_suffix(".npy") else { continue };
        let bytes = fs_err::read(folder.join(file)).map_err(|error| error.to_string())?;
        if checksum(&bytes) != *expected {
            return Err(format!("the checksum of {file} is not the one in {MANIFEST}"));
        }
        let array = npy::from_bytes(&bytes).map_err(|problem| format!("{file}: {problem}"))?;
        arrays.insert(name.to_owned(), array);
    }
    Ok(arrays)
}
