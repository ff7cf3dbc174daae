//! What must be undone, and how far does that reach?

use jiff::Timestamp;
use music::ImportId;
use store::{Listener, Undone};

use crate::{Error, Folder, rejects};

/// Takes one import back: its listens, counts, tags and rejects.
///
/// Names, lengths and keys that it brought stay in the catalogue; imputed lengths and tags, which may rest on it, go.
/// The snapshot still carries what was learned with it until the next train.
///
/// # Errors
/// When there is no such import, or it was taken back already.
pub fn undo(folder: &mut Folder, import: ImportId, now: Timestamp) -> Result<Undone, Error> {
    let _lock = folder.lock()?;
    let undone = folder.store.undo_import(import, now)?;
    rejects::remove_of_import(&folder.rejects(), import)?;
    Ok(undone)
}

/// Deletes a listener with everything the folder holds of them.
///
/// A snapshot holds no listener; what its vectors learned from this one goes with the next train.
///
/// # Errors
/// When the store or a reject file cannot be written.
pub fn forget(folder: &mut Folder, listener: &Listener) -> Result<(), Error> {
    let _lock = folder.lock()?;
    let pseudonyms = folder.store.pseudonyms(listener.id)?;
    // The store last: as long as it knows the name, an interrupted deletion can be repeated.
    rejects::remove_of_listener(&folder.rejects(), &pseudonyms)?;
    Ok(folder.store.delete(listener.id)?)
}
