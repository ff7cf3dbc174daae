//! What does the catalogue say of a row, in full?
//!
//! Read when somebody asks, once for all lists that a maker makes: what one list names, others name too.

use std::sync::OnceLock;

use music::ItemIx;
use store::Recording;

use crate::maker::Maker;
use crate::{Error, Folder};

/// The recordings of the rows that somebody asked for.
#[derive(Debug)]
pub(crate) struct Catalogue {
    rows: Vec<OnceLock<Recording>>,
}

impl Catalogue {
    /// Of so many rows, none of them read yet.
    pub(crate) fn new(n_rows: usize) -> Self {
        Self { rows: vec![OnceLock::new(); n_rows] }
    }
}

impl Maker<'_> {
    /// The recording of a row.
    pub(crate) fn recording(&self, folder: &Folder, item: ItemIx) -> Result<&Recording, Error> {
        let known = &self.catalogue.rows[item.0 as usize];
        if let Some(recording) = known.get() {
            return Ok(recording);
        }
        let id = self.snapshot.rows.id(item);
        let recording = folder.store.recordings(&[id])?.remove(0);
        Ok(known.get_or_init(|| recording))
    }
}
