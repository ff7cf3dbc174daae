//! What can go wrong with the store, and what can be done about it?

use music::{ImportId, ItemKind, ListenerId, RecordingId, SettingError, Week};
use rusqlite::ErrorCode;
use rusqlite::ffi::{
    SQLITE_IOERR_FSYNC, SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_WRITE,
};

/// What this room returns.
pub type Result<T> = std::result::Result<T, Error>;

/// A sentence and a remedy for everything that can go wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another process holds the write lock, longer than anybody waits.
    #[error(
        "another undersong is writing to this data folder: wait for it to finish or end it, then try again"
    )]
    Busy {
        /// What `SQLite` said.
        source: rusqlite::Error,
    },
    /// The disk is full; the transaction was taken back.
    #[error(
        "no space is left for the database: free some and run the same command again; nothing stored was lost"
    )]
    Full {
        /// What `SQLite` said.
        source: rusqlite::Error,
    },
    /// A file that is no database, or somebody else's.
    #[error("{path} is not an undersong database: move it away or choose another data folder")]
    NotAStore {
        /// The file.
        path: String,
    },
    /// The schema is of a version that this program does not know.
    #[error(
        "{path} was written by a newer undersong (schema {found}; this one knows {known}): update undersong"
    )]
    Newer {
        /// The file.
        path: String,
        /// Its schema.
        found: i64,
        /// The newest schema this program knows.
        known: i64,
    },
    /// The file is damaged.
    #[error(
        "the database is damaged: restore it from a copy, or save what can be saved with `sqlite3 undersong.db .recover`"
    )]
    Damaged {
        /// What `SQLite` said.
        source: rusqlite::Error,
    },
    /// A stored value that no version of this program writes.
    #[error("the database holds {what}, which no undersong writes: restore it from a copy")]
    Strange {
        /// The value and where it stands.
        what: String,
    },
    /// The file cannot be opened or created.
    #[error("{path} cannot be opened: check that the folder exists and that you may write to it")]
    Open {
        /// The file.
        path: String,
        /// What `SQLite` said.
        source: rusqlite::Error,
    },
    /// Anything else `SQLite` may say.
    #[error("the database refused")]
    Sql {
        /// What `SQLite` said.
        source: rusqlite::Error,
    },
    /// The folder of a new store cannot be made.
    #[error("the data folder cannot be made")]
    Folder {
        /// Names the folder.
        #[from]
        source: std::io::Error,
    },
    /// A data folder holds one kind of item.
    #[error("this data folder holds {}, the import brings {}: choose another folder with --data", folder.name(), import.name())]
    ItemKinds {
        /// What the folder holds.
        folder: ItemKind,
        /// What the import brings.
        import: ItemKind,
    },
    /// Nobody has this id.
    #[error("listener {id} is not known")]
    UnknownListener {
        /// The id asked for.
        id: ListenerId,
    },
    /// No recording has this id.
    #[error("recording {id} is not known")]
    UnknownRecording {
        /// The id asked for.
        id: RecordingId,
    },
    /// No import has this id.
    #[error("import {id} is not known: `undersong status` names the imports")]
    UnknownImport {
        /// The id asked for.
        id: ImportId,
    },
    /// An import is taken back once.
    #[error("import {id} was undone already")]
    AlreadyUndone {
        /// The import.
        id: ImportId,
    },
    /// Lines are appended to the import that was begun last, until it is finished.
    #[error("import {id} is not open: begin it first")]
    NotOpen {
        /// The import.
        id: ImportId,
    },
    /// Two listeners cannot have one name.
    #[error("the name `{name}` is taken by another listener: choose another, or merge the two")]
    NameTaken {
        /// The name asked for.
        name: String,
    },
    /// A setting cannot have this value.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// A rule without any part would leave out the whole log.
    #[error(
        "this would leave out everything that was ever heard: say when, on which device, in which session or country, or which label"
    )]
    LeavesOutAll,
    /// Prices are written once, so that nobody's list depends on who was served before.
    #[error("the exposure prices of {week} by snapshot {snapshot} were written already")]
    AlreadyPriced {
        /// The week.
        week: Week,
        /// The snapshot.
        snapshot: String,
    },
    /// A policy speaks of recordings and artists.
    #[error("a policy about an artist or a recording expected, got one about the tag `{tag}`")]
    TagPolicy {
        /// The tag.
        tag: String,
    },
}

impl From<rusqlite::Error> for Error {
    fn from(source: rusqlite::Error) -> Self {
        let Some(failure) = source.sqlite_error() else { return Self::Sql { source } };
        match (failure.code, failure.extended_code) {
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Self::Busy { source },
            (ErrorCode::DiskFull, _)
            | (
                _,
                SQLITE_IOERR_WRITE
                | SQLITE_IOERR_FSYNC
                | SQLITE_IOERR_TRUNCATE
                | SQLITE_IOERR_SHMSIZE,
            ) => Self::Full { source },
            (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => Self::Damaged { source },
            _ => Self::Sql { source },
        }
    }
}
