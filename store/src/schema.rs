//! How is a store opened, and which versions of it are understood?

use std::path::Path;
use std::time::Duration;

use music::{Interaction, ItemKind};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior};

use crate::{Error, Result};

/// What makes each schema of the one before it; none is ever changed, as stores made by it are about.
const STEPS: [&str; 4] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
];
/// The schema this program writes.
const VERSION: i64 = STEPS.len() as i64;
/// "UNDS": tells our file from any other database.
const APPLICATION: i64 = 0x554e_4453;
/// How long to wait for another process that is writing.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens the file, creating it and its schema where there is none.
pub(crate) fn open(path: &Path) -> Result<Connection> {
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder)?;
    }
    let shown = path.display().to_string();
    let mut db =
        Connection::open(path).map_err(|source| Error::Open { path: shown.clone(), source })?;
    prepare(&mut db, &shown).map_err(|error| match error {
        Error::Damaged { source } if is(&source, &[ErrorCode::NotADatabase]) => {
            Error::NotAStore { path: shown.clone() }
        }
        Error::Sql { source } if is(&source, &CLOSED) => {
            Error::Open { path: shown.clone(), source }
        }
        other => other,
    })?;
    Ok(db)
}

/// The key of the pseudonyms.
pub(crate) fn secret(db: &Connection) -> Result<[u8; 32]> {
    Ok(db.query_one("SELECT value FROM meta WHERE key = 'secret'", [], |row| row.get(0))?)
}

/// What stands as an item in this folder, once something was imported.
pub(crate) fn item_kind(db: &Connection) -> Result<Option<ItemKind>> {
    let query = "SELECT value FROM meta WHERE key = 'items'";
    let name: Option<String> = db.query_one(query, [], |row| row.get(0)).optional()?;
    let Some(name) = name else { return Ok(None) };
    let known =
        [ItemKind::Recordings, ItemKind::Artists].into_iter().find(|kind| kind.name() == name);
    known.map(Some).ok_or(Error::Strange { what: format!("items called `{name}`") })
}

/// Refuses the other kind of item than the folder holds.
pub(crate) fn check(db: &Connection, items: ItemKind) -> Result<()> {
    match item_kind(db)? {
        Some(folder) if folder != items => Err(Error::ItemKinds { folder, import: items }),
        _ => Ok(()),
    }
}

/// Makes the folder one of this kind of item, or refuses.
pub(crate) fn claim(db: &Connection, items: ItemKind) -> Result<()> {
    check(db, items)?;
    db.prepare_cached("INSERT OR IGNORE INTO meta (key, value) VALUES ('items', ?1)")?
        .execute([items.name()])?;
    Ok(())
}

/// What `SQLite` says of a file or folder that nobody may read or write.
const CLOSED: [ErrorCode; 3] =
    [ErrorCode::CannotOpen, ErrorCode::PermissionDenied, ErrorCode::ReadOnly];

fn is(error: &rusqlite::Error, codes: &[ErrorCode]) -> bool {
    error.sqlite_error_code().is_some_and(|code| codes.contains(&code))
}

fn prepare(db: &mut Connection, path: &str) -> Result<()> {
    db.busy_timeout(PATIENCE)?;
    db.set_prepared_statement_cache_capacity(128);
    // A prepared statement keeps its plan, whatever is bound to it.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    if version(db, path)? < VERSION {
        renew(db, path)?;
    }
    // 64 MiB of pages; the log of a transaction beyond 64 MiB is given back to the disk afterwards.
    db.execute_batch(
        "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA cache_size = -65536;
         PRAGMA journal_size_limit = 67108864;",
    )?;
    Ok(())
}

/// The version of the schema, 0 in an empty file.
fn version(db: &Connection, path: &str) -> Result<i64> {
    let number = |pragma| db.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let tables: i64 = db.query_one("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (number("application_id")?, number("user_version")?) {
        (APPLICATION, found) if found > VERSION => {
            Err(Error::Newer { path: path.to_owned(), found, known: VERSION })
        }
        (APPLICATION, found) if found > 0 => Ok(found),
        (0, 0) if tables == 0 => Ok(0),
        _ => Err(Error::NotAStore { path: path.to_owned() }),
    }
}

/// Makes the schema, or what an older one lacks, all or nothing.
fn renew(db: &mut Connection, path: &str) -> Result<()> {
    db.pragma_update(None, "journal_mode", "wal")?;
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    let found = version(&tx, path)?;
    for (version, step) in (1..).zip(STEPS).filter(|(version, _)| *version > found) {
        tx.execute_batch(step)?;
        tx.pragma_update(None, "user_version", version)?;
    }
    if found == 0 {
        name_interactions(&tx)?;
        tx.pragma_update(None, "application_id", APPLICATION)?;
    }
    Ok(tx.commit()?)
}

fn name_interactions(tx: &Transaction<'_>) -> Result<()> {
    for (code, kind) in (0_i64..).zip(Interaction::KNOWN) {
        tx.execute("INSERT INTO interactions (code, name) VALUES (?1, ?2)", (code, kind.name()))?;
    }
    Ok(())
}
