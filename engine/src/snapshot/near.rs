//! How does a snapshot find the nearest of many rows without looking at each?
//!
//! Beside the arrays lies an index of the serving model's vectors ([`ann::Index`]), in lists of rows that lie together.
//! Where there are fewer rows than looking at each is fast for, a search of it looks at all and the lists only tell it
//! where to begin; beyond that it looks where a sample of the training's own listeners had to look.
//! It is mapped, so that all processes of a machine share its memory.

#![expect(unsafe_code, reason = "what a mapped file holds could be changed by another process")]

use std::path::Path;
use std::sync::Arc;

use ann::{Bytes, Index, Layout, Precision, Similarity};
use fs_err::File;
use linalg::{Isa, Matrix};
use memmap2::Mmap;
use models::Recommender;

use super::refused;
use crate::Error;
use crate::config::IndexRules;

/// Its name in the folder.
pub(super) const FILE: &str = "vectors.near";

/// Listeners of the training on which it is found out how far to look.
const SAMPLED: usize = 400;
/// Rows of which a search must find enough; about as many as a list's sources ask for.
const WANTED: usize = 500;

/// An index of the model's vectors, where it has some and they are enough.
pub(super) fn of(recommender: &dyn Recommender, rules: &IndexRules) -> Option<Index> {
    let vectors = recommender.item_vectors()?;
    if vectors.n_rows() < rules.from as usize {
        return None;
    }
    let layout = Layout::for_rows(vectors.n_rows(), Similarity::Dot, Precision::Single);
    let index = Index::new(vectors, layout, Isa::best());
    match recommender.user_vectors() {
        Some(users) if vectors.n_rows() >= rules.approximate_from as usize => {
            let k = WANTED.min(vectors.n_rows());
            Some(index.tuned(&sample(users), k, rules.recall, Isa::best()))
        }
        _ => Some(index),
    }
}

/// Some rows, at even distances.
fn sample(users: &Matrix) -> Matrix {
    let n = SAMPLED.min(users.n_rows());
    let rows = (0..n).flat_map(|at| users.row(at * users.n_rows() / n));
    Matrix::from_vec(n, users.dim(), rows.copied().collect())
}

/// Writes it into a folder and waits until the disk has it; what tells it from any other.
pub(super) fn write(index: &Index, folder: &Path) -> Result<String, Error> {
    let mut file = File::create(folder.join(FILE))?;
    index.write(&mut file)?;
    file.sync_all()?;
    Ok(digest(index))
}

/// Opens the one in a folder, whose every byte is what was written.
pub(super) fn open(folder: &Path, expected: &str) -> Result<Index, Error> {
    let path = folder.join(FILE);
    let index = Index::open(&map(&path)?).map_err(|problem| refused(&path, problem.to_string()))?;
    if digest(&index) != expected {
        return Err(refused(&path, "its checksum is not the one in the manifest"));
    }
    Ok(index)
}

fn digest(index: &Index) -> String {
    blake3::Hash::from_bytes(index.checksum()).to_hex().to_string()
}

fn map(path: &Path) -> Result<Bytes, Error> {
    let file = File::open(path).map_err(|source| refused(path, source.to_string()))?;
    // SAFETY: a snapshot is written beside and renamed into place, and nobody writes into one that is there; pruning
    // removes its name, and the mapped bytes stay.
    let mapped = unsafe { Mmap::map(file.file()) };
    Ok(Arc::new(mapped.map_err(|source| refused(path, source.to_string()))?))
}
