//! How is a recording retrieved that came after the training?
//!
//! By a row of its own after those of the training, with the vector that the model makes of what is known of it.
//! Nothing of it is written: the next time a snapshot is opened to serve, today's catalogue is read again.

use std::mem;

use music::{RecordingId, Rows};

use super::{Fitted, Snapshot};
use crate::features::features;
use crate::places::Places;
use crate::{Error, Folder};

/// See [`Snapshot::with_new`].
pub(super) fn with_new(mut snapshot: Snapshot, folder: &Folder) -> Result<Snapshot, Error> {
    if snapshot.rows.n_more() > 0 || !snapshot.models[0].recommender.looks_at_features() {
        return Ok(snapshot);
    }
    let new = Rows::new(without_row(&snapshot, folder)?);
    if new.is_empty() {
        return Ok(snapshot);
    }
    let features = features(folder, &new, &snapshot.lengths, snapshot.manifest.knows_until)?;
    for fitted in mem::take(&mut snapshot.models) {
        let recommender = fitted.recommender.extended(&features);
        snapshot.models.push(Fitted { recommender, ..fitted });
    }
    let n_trained = snapshot.rows.len();
    let vectors = snapshot.models[0].recommender.item_vectors();
    if let Some((index, vectors)) = snapshot.index.as_mut().zip(vectors) {
        for row in n_trained..vectors.n_rows() {
            index.add(u32::try_from(row).expect("rows are u32"), vectors.row(row));
        }
    }
    snapshot.rows = snapshot.rows.extended(new.ids().iter().copied());
    snapshot.liked_by.resize(snapshot.rows.len(), 0);
    Ok(snapshot)
}

/// Recordings of the catalogue for which no row stands.
fn without_row(snapshot: &Snapshot, folder: &Folder) -> Result<Vec<RecordingId>, Error> {
    let places = Places::of(&snapshot.rows, &folder.store)?;
    let mut without = Vec::new();
    folder.store.for_each_basics(&mut |basics| {
        without.extend(Some(basics.id).filter(|id| places.ix(*id).is_none()));
    })?;
    Ok(without)
}
