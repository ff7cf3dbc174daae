//! What can go wrong in an evaluation?

use std::path::PathBuf;

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read.
    #[error(transparent)]
    Listens(#[from] listens::Error),
    /// The training could not be laid out.
    #[error(transparent)]
    Engine(#[from] engine::Error),
    /// Every pair was cut off.
    #[error(
        "{path}: a smaller share to ask for expected, got one that leaves nothing to learn from"
    )]
    NothingLearned {
        /// The table.
        path: PathBuf,
    },
    /// A model could not be fitted.
    #[error(transparent)]
    Model(#[from] models::Error),
    /// Nobody can be asked for anything.
    #[error(
        "{path}: nothing is left to ask for: a user with an item that is not in the training expected, got {n_pairs} \
         pairs, {n_replays} of them in the training and {n_disliked} of value 0 or below"
    )]
    NothingAsked {
        /// The test.
        path: PathBuf,
        /// Its pairs.
        n_pairs: usize,
        /// Those that the user's training has.
        n_replays: usize,
        /// Those that say no.
        n_disliked: usize,
    },
    /// The caller wanted to stop.
    #[error("stopped")]
    Interrupted,
}
