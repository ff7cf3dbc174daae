//! What must survive a crash?
//!
//! One `SQLite` file: the log of every import as it came, the catalogue, the listeners and what they ask for, the operator's
//! policy, and the ledger of what was shown.
//! The log keeps everything, so that an import can be taken back and belief can change its mind:
//! which rows are one listen is decided when reading, never when importing.
//! Taking an import back takes its listens, counts and tags, and whoever is left with nothing; names and keys of
//! recordings, and which of them are one, stay.
//! Each public function that changes something is one transaction, or a few that can be told again.

mod blocks;
mod catalogue;
mod columns;
mod company;
mod error;
mod exposure;
mod find;
mod history;
mod identity;
mod imports;
mod imputed;
mod leanings;
mod ledger;
mod left_out;
mod libraries;
mod listeners;
mod made;
mod packed;
mod picks;
mod policies;
mod recordings;
mod row;
mod schema;
mod settings;
mod slots;
mod target;
mod taste;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::Duration;

use music::ItemKind;
use rusqlite::{Connection, Transaction};

pub use columns::{Basics, Words};
pub use error::{Error, Result};
pub use exposure::ShownLine;
pub use imports::{Appended, Audience, Begun, Finished, ImportSummary, NewImport, Undone};
pub use imputed::{ImputedTotals, Stands};
pub use leanings::{Lean, Leaning};
pub use ledger::{Line, List, ShownList};
pub use left_out::LeftOutRule;
pub use listeners::Listener;
pub use made::Made;
pub use picks::Pick;
pub use policies::{Effect, Policy};
pub use recordings::Recording;
pub use target::BlockTarget;

use imports::Open;

/// An open store; one process may have several, and one writes at a time.
#[derive(Debug)]
pub struct Store {
    db: Connection,
    /// The key of the pseudonyms.
    secret: [u8; 32],
    /// The import that is being taken in.
    open: Option<Open>,
}

/// What a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Rows of the log; several may be records of one listen.
    pub listens: u64,
    /// Plays without times: pairs of listener and recording, by import.
    pub counts: u64,
    /// Everybody who may get a list.
    pub listeners: u64,
    /// Everybody who only teaches.
    pub background_listeners: u64,
    /// Recordings, aliases not counted.
    pub recordings: u64,
    /// Artists.
    pub artists: u64,
    /// Lists ever shown.
    pub lists: u64,
}

impl Store {
    /// Opens a store; makes the file, and the folder it is in, where there is none.
    ///
    /// # Errors
    /// [`Error::NotAStore`], [`Error::Newer`], [`Error::Open`], [`Error::Busy`].
    pub fn open(path: &Path) -> Result<Self> {
        let db = schema::open(path)?;
        let secret = schema::secret(&db)?;
        Ok(Self { db, secret, open: None })
    }

    /// How long to wait for another process that is writing, before [`Error::Busy`]; 10 seconds unless set.
    ///
    /// # Errors
    /// None that is known.
    pub fn set_patience(&self, patience: Duration) -> Result<()> {
        Ok(self.db.busy_timeout(patience)?)
    }

    /// What stands as an item in this folder; `None` until something was imported.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn item_kind(&self) -> Result<Option<ItemKind>> {
        schema::item_kind(&self.db)
    }

    /// Counts what there is, by looking at all of it.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn totals(&self) -> Result<Totals> {
        let count = |of: &str| -> Result<u64> {
            let sql = format!("SELECT count(*) FROM {of}");
            Ok(self.db.query_one(&sql, [], |row| row.get::<_, i64>(0))?.cast_unsigned())
        };
        Ok(Totals {
            listens: count("listens")?,
            counts: count("counts")?,
            listeners: count("names")?,
            background_listeners: count("listeners WHERE id NOT IN (SELECT listener FROM names)")?,
            recordings: count("recordings")?,
            artists: count("artists")?,
            lists: count("lists")?,
        })
    }

    /// All that is read while it lives is of one moment; `None` where somebody up the stack has one already.
    fn snapshot(&self) -> Result<Option<Transaction<'_>>> {
        if self.db.is_autocommit() { Ok(Some(self.db.unchecked_transaction()?)) } else { Ok(None) }
    }
}
