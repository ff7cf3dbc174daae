//! What can go wrong in an evaluation?

use std::path::PathBuf;

use jiff::Timestamp;

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
    /// A folder without a moment to cut at.
    #[error(
        "the data folder holds no listen with a time: import a history that says when, or evaluate files"
    )]
    NoTimes,
    /// A moment that no calendar has.
    #[error("a moment between the years 0 and 9999 expected, got {seconds} seconds from 1970 on")]
    NoMoment {
        /// What was asked for.
        seconds: i64,
    },
    /// Nothing lies before the window.
    #[error(
        "there is nothing to learn from before {from}: the log goes from {oldest} to {newest}; a later --from or a shorter \
         --window expected"
    )]
    NothingBefore {
        /// Where the training ends.
        from: Timestamp,
        /// Where the log begins.
        oldest: Timestamp,
        /// Where it ends.
        newest: Timestamp,
    },
    /// Nobody heard anything new in the window.
    #[error(
        "there is nothing to ask for from {from} to {until}: the log goes from {oldest} to {newest}, and nobody heard \
         anything new in the window and liked it; a longer --window expected"
    )]
    NothingNew {
        /// Where the window begins.
        from: Timestamp,
        /// Where it ends.
        until: Timestamp,
        /// Where the log begins.
        oldest: Timestamp,
        /// Where it ends.
        newest: Timestamp,
    },
    /// A side table speaks of other items.
    #[error(
        "{path}: items of the training expected, got none of them; the first one here is `{example}`"
    )]
    NoItemOf {
        /// The table.
        path: PathBuf,
        /// Its first item.
        example: String,
    },
    /// A side table speaks of other users.
    #[error(
        "{path}: users of the test expected, got none of them; the first one here is `{example}`"
    )]
    NoUserOf {
        /// The table.
        path: PathBuf,
        /// Its first user.
        example: String,
    },
    /// Somebody cannot be asked in the sampled form.
    #[error(
        "{path}: negatives for every user of the test expected, got none for {n_without} of them"
    )]
    NoNegatives {
        /// The file.
        path: PathBuf,
        /// Users without any.
        n_without: usize,
    },
    /// The caller wanted to stop.
    #[error("stopped")]
    Interrupted,
}
