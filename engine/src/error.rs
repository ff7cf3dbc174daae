//! What can go wrong between a log and a playlist, and what to do about it.

use std::path::PathBuf;

use music::ItemKind;

/// Everything that keeps a command from its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A log or catalogue that cannot be read at all.
    #[error(transparent)]
    Listens(#[from] listens::Error),
    /// A model string, a fit or saved parameters.
    #[error(transparent)]
    Models(#[from] models::Error),
    /// A file; the message names it.
    #[error(transparent)]
    Io {
        /// What the system said.
        source: std::io::Error,
    },
    /// The disk.
    #[error("{source}; free some space and run the same command again, nothing stored is lost")]
    DiskFull {
        /// What the system said.
        source: std::io::Error,
    },
    /// The configuration is not TOML, or has a key nobody knows.
    #[error("{} cannot be used: {source}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A value of the configuration.
    #[error("{}: {key} = {got}, {expected} expected", path.display())]
    ConfigValue {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
        /// What would do.
        expected: &'static str,
        /// What came.
        got: String,
    },
    /// Another process imports, trains or changes listeners in the same folder.
    #[error("another undersong{pid} is at work in {}: wait for it to end, then try again", path.display())]
    Busy {
        /// The data folder.
        path: PathBuf,
        /// `" (process 123)"` where it is known.
        pid: String,
    },
    /// The caller asked to stop.
    #[error("interrupted; nothing stored is lost, run the same command again to finish")]
    Interrupted,
    /// One name was given for a log of many.
    #[error(
        "--listener names one person, but {format} holds many listeners with names of their own: leave it out"
    )]
    ManyListeners {
        /// The format.
        format: String,
    },
    /// No listener of that name.
    #[error("no listener is called `{name}`; {}", known_names(known))]
    UnknownListener {
        /// What was asked for.
        name: String,
        /// Who is there.
        known: Vec<String>,
    },
    /// No name was given and it is not plain who is meant.
    #[error("whose? say --listener NAME; {}", known_names(known))]
    WhichListener {
        /// Who is there.
        known: Vec<String>,
    },
    /// Nothing here matches what was typed.
    #[error("no {what} matches `{text}`; {expected} expected")]
    NotFound {
        /// `recording` or `artist`.
        what: &'static str,
        /// How one is named.
        expected: &'static str,
        /// What was typed.
        text: String,
    },
    /// Nobody or nothing has that name here.
    #[error("no {what} is called `{text}` here; {}", nearest_name(nearest.as_deref()))]
    NoSuchName {
        /// `artist` or `tag`.
        what: &'static str,
        /// What was typed.
        text: String,
        /// The name most like it.
        nearest: Option<String>,
    },
    /// Not a country.
    #[error("two letters such as AT expected for a country, got `{got}`")]
    NoCountry {
        /// What was typed.
        got: String,
    },
    /// More than one thing matches.
    #[error("`{text}` is the name of {count} {what}s here; give an id: {examples}")]
    Ambiguous {
        /// `recording` or `artist`.
        what: &'static str,
        /// What was typed.
        text: String,
        /// How many.
        count: usize,
        /// A few of them with their ids.
        examples: String,
    },
    /// Nobody listened at all.
    #[error("no listens yet: import a history first, as in `undersong import my_spotify_data.zip`")]
    Empty,
    /// One listener alone teaches nothing about recordings that listener never heard.
    #[error(
        "only one listener has ever listened here, and nobody can be recommended what nobody else heard: \
         import what others shared with `undersong import --background LOG`, \
         or vectors learned elsewhere with `undersong factors import FILE`"
    )]
    Alone,
    /// The list would be empty.
    #[error("nothing to recommend to {listener} for {week}: {why}")]
    NothingToRecommend {
        /// The listener.
        listener: String,
        /// The week.
        week: music::Week,
        /// One clause.
        why: String,
    },
    /// There are no lists to report on.
    #[error(
        "no list with new recordings was made{} yet: `undersong weekly --all` makes one for everybody",
        of_week(*week)
    )]
    NoLists {
        /// The week that was asked for.
        week: Option<music::Week>,
    },
    /// There is no snapshot to serve from.
    #[error("nothing is trained yet: run `undersong train`")]
    NoSnapshot,
    /// A snapshot, or part of one, is not what was written.
    #[error("snapshot {}: {problem}; train again, or delete that folder", path.display())]
    Snapshot {
        /// Its folder or file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A line of the ledger is not what was written.
    #[error(
        "a line of the ledger cannot be read: {source}; the store was changed by another program"
    )]
    LedgerLine {
        /// Where and why.
        source: serde_json::Error,
    },
    /// A snapshot of another kind of item.
    #[error(
        "this data folder holds {expected}, and the {what} are of {got}: \
         keep them in a data folder of their own (--data)"
    )]
    ItemKinds {
        /// What came.
        what: &'static str,
        /// What this folder holds.
        expected: &'static str,
        /// What it is of.
        got: &'static str,
    },
    /// A file of factors is not one.
    #[error("{}: {problem}; a file made by `undersong factors export` expected", path.display())]
    FactorFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The serving model has no vectors.
    #[error("model {model} has no recording vectors: train one that has, such as `--model ials`")]
    NoFactors {
        /// The model string.
        model: String,
    },
    /// Something that the serving model has no vector of.
    #[error(
        "the serving model has no vector of {what} {name}: nobody it learned from likes it yet, or it came after \
         the training; run `undersong train`"
    )]
    NoVector {
        /// A recording, an artist or a listener.
        what: &'static str,
        /// Which one.
        name: String,
    },
    /// Two items whose rows could not be told apart.
    #[error("items `{first}` and `{second}` have the same hash of 64 bits: rename one of them")]
    AlikeItems {
        /// One.
        first: String,
        /// The other.
        second: String,
    },
    /// A fit is to be saved where something else is.
    #[error(
        "{} holds `{found}`, which is of no saved fit: name a folder that is empty or not there yet",
        path.display()
    )]
    Occupied {
        /// The folder.
        path: PathBuf,
        /// The first file that is in the way.
        found: String,
    },
    /// What is saved is not where this training would go on.
    #[error("cannot go on from {}: {problem}; leave out --resume to begin anew", path.display())]
    CannotResume {
        /// The folder.
        path: PathBuf,
        /// What is different, missing or damaged.
        problem: String,
    },
}

impl Error {
    /// Whether this is an honest "no" rather than a failure: nothing is wrong, there is nothing to hand over.
    #[must_use]
    pub fn is_honest_no(&self) -> bool {
        matches!(
            self,
            Self::Alone
                | Self::Empty
                | Self::NoLists { .. }
                | Self::NothingToRecommend { .. }
                | Self::NoVector { .. }
        )
    }

    /// A snapshot made for another kind of item than this folder holds.
    pub(crate) fn kinds(what: &'static str, expected: ItemKind, got: ItemKind) -> Self {
        Self::ItemKinds { what, expected: expected.name(), got: got.name() }
    }
}

impl From<std::io::Error> for Error {
    fn from(source: std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::StorageFull {
            return Self::DiskFull { source };
        }
        Self::Io { source }
    }
}

fn of_week(week: Option<music::Week>) -> String {
    week.map_or(String::new(), |week| format!(" for {week}"))
}

fn nearest_name(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || "import a catalogue that has some first".to_owned(),
        |nearest| format!("the nearest name is `{nearest}`"),
    )
}

fn known_names(known: &[String]) -> String {
    match known {
        [] => "nobody has imported a history yet".to_owned(),
        [.., _] if known.len() <= 12 => format!("here are: {}", known.join(", ")),
        _ => format!("here are {} listeners, see `undersong listeners`", known.len()),
    }
}
