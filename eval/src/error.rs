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
    /// A validation slice would be empty.
    #[error(
        "a larger share to validate with expected, or longer histories: {share} of each user's liked pairs is no pair"
    )]
    NothingValidated {
        /// The share.
        share: f64,
    },
    /// What is to be high is no metric.
    #[error("unknown metric `{got}`; the nearest known is `{nearest}`")]
    UnknownGoal {
        /// What came.
        got: String,
        /// The known one with the fewest letters different.
        nearest: String,
    },
    /// A range that cannot be understood.
    #[error(
        "NAME=LOW..HIGH expected, with :log or :linear after it if need be, or NAME=VALUE|VALUE, got `{got}`"
    )]
    BadSpace {
        /// What came.
        got: String,
    },
    /// A range of what no model has.
    #[error("no model to tune has a parameter `{got}`; the nearest searched is `{nearest}`")]
    UnknownDimension {
        /// What came.
        got: String,
        /// The searched one with the fewest letters different.
        nearest: String,
    },
    /// A range of what the model string holds.
    #[error("a parameter that {model} leaves open expected, got `{wish}`")]
    HeldDimension {
        /// The model string.
        model: String,
        /// The range.
        wish: String,
    },
    /// A budget that does not reach every model.
    #[error("at least {expected} trials expected, one for each model, got {got}")]
    TooFewTrials {
        /// The models.
        expected: usize,
        /// The trials.
        got: usize,
    },
    /// A population of a model that cannot go on with other settings.
    #[error("bpr, hinge, warp or explicit:solver=sgd expected for a population, got {model}")]
    NoPopulation {
        /// The model string.
        model: String,
    },
    /// A file could not be read or written.
    #[error(transparent)]
    Io {
        /// Names the file.
        #[from]
        source: std::io::Error,
    },
    /// A folder to work in that holds something.
    #[error("{path}: an empty folder expected")]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A line that no recording of the simulated world has.
    #[error("`{title}` is no recording of the simulated world, or came without a link to it")]
    NotOfThisWorld {
        /// Title of the line.
        title: String,
    },
    /// A study that cannot be read.
    #[error("{path}, line {line}: {source}; a study of `undersong tune` expected")]
    BadStudy {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// A study of something else.
    #[error(
        "{path} is another study: {what} {expected} expected, got {got}; name another file with --study"
    )]
    OtherStudy {
        /// The file.
        path: PathBuf,
        /// What is not the same.
        what: &'static str,
        /// Of the search.
        expected: String,
        /// Of the file.
        got: String,
    },
    /// The caller wanted to stop.
    #[error("stopped")]
    Interrupted,
}
