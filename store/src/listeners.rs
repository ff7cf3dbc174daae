//! Who listens, and what is left of somebody who goes?

use music::ListenerId;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use crate::imports::Audience;
use crate::{Error, Result, Store, imputed};

/// Somebody whose listens are in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Given once, never reused.
    pub id: ListenerId,
    /// The name; background people have none.
    pub name: Option<String>,
    /// Stands for the account name outside of the table of listeners.
    pub pseudonym: String,
    /// Whether this listener only teaches and never gets a list.
    pub is_background: bool,
    /// IANA name of the time zone, where somebody said.
    pub timezone: Option<String>,
    /// Where the listener said to live, two letters of ISO 3166-1.
    pub country: Option<String>,
}

/// What a deleted listener was in may be imported anew, for somebody else or after all; the listener's own files, which
/// may be named after the account, lose their names.
const FREE_IMPORTS: [&str; 2] = [
    "UPDATE imports SET source = 'of a listener who was deleted', listener = NULL
        WHERE listener IN (SELECT pseudonym FROM accounts WHERE listener = ?1)",
    "UPDATE imports SET listener = NULL WHERE id IN (SELECT import FROM listens WHERE listener = ?1
        UNION SELECT import FROM counts WHERE listener = ?1)",
];

impl Store {
    /// Everybody who may get a list, ascending by id; background people are left out.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn listeners(&self) -> Result<Vec<Listener>> {
        let sql = format!("{LISTENER} WHERE name IS NOT NULL ORDER BY id");
        let mut query = self.db.prepare_cached(&sql)?;
        Ok(query.query_map([], listener)?.collect::<rusqlite::Result<_>>()?)
    }

    /// The listener of a name, of a former name, or of an account that was merged into another; never somebody in the
    /// background.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn listener(&self, name: &str) -> Result<Option<Listener>> {
        self.listener_of(&self.pseudonym(name, Audience::Foreground))
    }

    /// The listener of a pseudonym, in the background or not.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn listener_of(&self, pseudonym: &str) -> Result<Option<Listener>> {
        let sql =
            format!("{LISTENER} WHERE id = (SELECT listener FROM accounts WHERE pseudonym = ?1)");
        let mut query = self.db.prepare_cached(&sql)?;
        Ok(query.query_one([pseudonym], listener).optional()?)
    }

    /// The listener with an id.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn listener_with(&self, id: ListenerId) -> Result<Option<Listener>> {
        let mut query = self.db.prepare_cached(&format!("{LISTENER} WHERE id = ?1"))?;
        Ok(query.query_one([id.0.cast_signed()], listener).optional()?)
    }

    /// The listener of a name, made where there is none.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn ensure_listener(&mut self, name: &str) -> Result<ListenerId> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let id = of_account(&tx, &self.secret, name, Audience::Foreground)?;
        tx.commit()?;
        Ok(ListenerId(id.cast_unsigned()))
    }

    /// The pseudonyms of every account that is this listener's.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn pseudonyms(&self, id: ListenerId) -> Result<Vec<String>> {
        let mut query = self.db.prepare_cached(
            "SELECT pseudonym FROM accounts WHERE listener = ?1 ORDER BY pseudonym",
        )?;
        let pseudonyms = query.query_map([id.0.cast_signed()], |row| row.get(0))?;
        Ok(pseudonyms.collect::<rusqlite::Result<_>>()?)
    }

    /// Gives a listener another name; the former one still finds the listener, as exports go on using it.
    ///
    /// # Errors
    /// [`Error::NameTaken`], [`Error::UnknownListener`].
    pub fn rename(&mut self, id: ListenerId, name: &str) -> Result<()> {
        let pseudonym = self.pseudonym(name, Audience::Foreground);
        self.forgetting(|db| {
            must_exist(db, id)?;
            let listener = id.0.cast_signed();
            if owner(db, &pseudonym)?.is_some_and(|owner| owner != listener) {
                return Err(Error::NameTaken { name: name.to_owned() });
            }
            give_name(db, listener, name)?;
            let account = "INSERT OR IGNORE INTO accounts (pseudonym, listener) VALUES (?1, ?2)";
            db.execute(account, (pseudonym, listener))?;
            Ok(())
        })
    }

    /// Makes two listeners one: all that `from` heard, was shown, blocked, asked for and is called goes to `into`.
    ///
    /// Counts of one import add up; of two equal rows of the log one stays.
    /// What `into` set and leans to holds against what `from` did; the taste is `into`'s until it is computed anew.
    ///
    /// # Errors
    /// [`Error::UnknownListener`].
    pub fn merge(&mut self, from: ListenerId, into: ListenerId) -> Result<()> {
        self.forgetting(|db| {
            must_exist(db, from)?;
            must_exist(db, into)?;
            let (from, into) = (from.0.cast_signed(), into.0.cast_signed());
            if from == into {
                return Ok(());
            }
            for sql in MERGE {
                db.execute(sql, (from, into))?;
            }
            inherit_name(db, from, into)?;
            remove(db, from)
        })
    }

    /// Removes a listener with everything that was heard, shown, blocked and asked for.
    ///
    /// What is removed is overwritten in the file; of the name nothing is left there.
    ///
    /// # Errors
    /// [`Error::UnknownListener`].
    pub fn delete(&mut self, id: ListenerId) -> Result<()> {
        self.forgetting(|db| {
            must_exist(db, id)?;
            for sql in FREE_IMPORTS {
                db.execute(sql, [id.0.cast_signed()])?;
            }
            imputed::drop_of_listens(db)?;
            remove(db, id.0.cast_signed())
        })
    }

    /// Sets the time zone, by its IANA name; `None` is UTC.
    ///
    /// # Errors
    /// [`Error::UnknownListener`].
    pub fn set_timezone(&mut self, id: ListenerId, timezone: Option<&str>) -> Result<()> {
        must_exist(&self.db, id)?;
        self.db.execute(
            "UPDATE listeners SET timezone = ?2 WHERE id = ?1",
            (id.0.cast_signed(), timezone),
        )?;
        Ok(())
    }

    /// What stands for an account name everywhere but in the table of listeners: 16 hexadecimal digits of BLAKE3,
    /// keyed by a secret of this store.
    ///
    /// Accounts in the background are a world of their own: the `7` of a public data set is nobody who has a name here.
    #[must_use]
    pub fn pseudonym(&self, account: &str, audience: Audience) -> String {
        pseudonym(&self.secret, account, audience)
    }

    /// A change after which the names that it took away can no longer be read in the files.
    pub(crate) fn forgetting<T>(
        &mut self,
        change: impl FnOnce(&Connection) -> Result<T>,
    ) -> Result<T> {
        self.write_pending()?;
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let changed = change(&tx)?;
        rewrite_names(&tx)?;
        tx.commit()?;
        // The write-ahead log still has the pages as they were; it is emptied unless somebody is reading.
        self.db.query_one("PRAGMA wal_checkpoint(TRUNCATE)", [], |_row| Ok(()))?;
        Ok(changed)
    }
}

/// The listener of an account, made where there is none: with its name in the foreground, without in the background.
pub(crate) fn of_account(
    db: &Connection,
    secret: &[u8; 32],
    name: &str,
    audience: Audience,
) -> Result<i64> {
    let pseudonym = pseudonym(secret, name, audience);
    if let Some(id) = owner(db, &pseudonym)? {
        return Ok(id);
    }
    db.prepare_cached("INSERT INTO listeners (pseudonym) VALUES (?1)")?.execute([&pseudonym])?;
    let id = db.last_insert_rowid();
    db.prepare_cached("INSERT INTO accounts (pseudonym, listener) VALUES (?1, ?2)")?
        .execute((&pseudonym, id))?;
    if audience == Audience::Foreground {
        give_name(db, id, name)?;
    }
    Ok(id)
}

/// See [`Store::pseudonym`].
fn pseudonym(secret: &[u8; 32], account: &str, audience: Audience) -> String {
    let key = match audience {
        Audience::Foreground => *secret,
        Audience::Background => blake3::derive_key("undersong: accounts in the background", secret),
    };
    let mut hex = blake3::keyed_hash(&key, account.as_bytes()).to_hex().to_string();
    hex.truncate(16);
    hex
}

/// Whether there is such a listener.
pub(crate) fn exists(db: &Connection, listener: i64) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM listeners WHERE id = ?1")?.exists([listener])?)
}

/// Refuses an id that nobody has.
pub(crate) fn must_exist(db: &Connection, id: ListenerId) -> Result<()> {
    if exists(db, id.0.cast_signed())? { Ok(()) } else { Err(Error::UnknownListener { id }) }
}

/// The listener of an account.
fn owner(db: &Connection, pseudonym: &str) -> Result<Option<i64>> {
    let mut query = db.prepare_cached("SELECT listener FROM accounts WHERE pseudonym = ?1")?;
    Ok(query.query_one([pseudonym], |row| row.get(0)).optional()?)
}

const LISTENER: &str = "SELECT id, name, pseudonym, timezone, country FROM listeners
    LEFT JOIN names ON names.listener = listeners.id";

fn listener(row: &rusqlite::Row<'_>) -> rusqlite::Result<Listener> {
    let name: Option<String> = row.get(1)?;
    Ok(Listener {
        id: ListenerId(row.get::<_, i64>(0)?.cast_unsigned()),
        is_background: name.is_none(),
        name,
        pseudonym: row.get(2)?,
        timezone: row.get(3)?,
        country: row.get(4)?,
    })
}

fn give_name(db: &Connection, listener: i64, name: &str) -> Result<()> {
    let insert = "INSERT OR REPLACE INTO names (listener, name) VALUES (?1, ?2)";
    db.prepare_cached(insert)?.execute((listener, name))?;
    Ok(())
}

/// Writes the table of names anew.
///
/// Deleted rows are overwritten, but a copy may be left where a page was split once; pages given back are overwritten
/// as a whole.
fn rewrite_names(db: &Connection) -> Result<()> {
    let mut query = db.prepare("SELECT listener, name FROM names ORDER BY listener")?;
    let names = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let names = names.collect::<rusqlite::Result<Vec<(i64, String)>>>()?;
    db.execute("DELETE FROM names", [])?;
    names.iter().try_for_each(|(listener, name)| give_name(db, *listener, name))
}

/// Moves what is of listener 1 to listener 2.
const MERGE: [&str; 10] = [
    "INSERT OR IGNORE INTO listens SELECT ?2, recording, listened_at, kind, import, played, length, how_ended,
        session, country, device FROM listens WHERE listener = ?1",
    "INSERT INTO counts (listener, recording, import, plays)
        SELECT ?2, recording, import, plays FROM counts WHERE listener = ?1
        ON CONFLICT DO UPDATE SET plays = plays + excluded.plays",
    "UPDATE lists SET listener = ?2 WHERE listener = ?1",
    "UPDATE OR IGNORE blocks SET listener = ?2 WHERE listener = ?1",
    "UPDATE OR IGNORE settings SET listener = ?2 WHERE listener = ?1",
    "UPDATE OR IGNORE leanings SET listener = ?2 WHERE listener = ?1",
    "UPDATE OR IGNORE picks SET listener = ?2 WHERE listener = ?1",
    "UPDATE left_out SET listener = ?2 WHERE listener = ?1",
    "UPDATE OR IGNORE libraries SET listener = ?2 WHERE listener = ?1",
    "UPDATE accounts SET listener = ?2 WHERE listener = ?1",
];

/// Whoever of the two has a name lends it, `into` first; the same for the time zone and the country.
fn inherit_name(db: &Connection, from: i64, into: i64) -> Result<()> {
    db.execute("UPDATE OR IGNORE names SET listener = ?2 WHERE listener = ?1", (from, into))?;
    let update = "UPDATE listeners SET timezone = coalesce(timezone, (SELECT timezone FROM listeners WHERE id = ?1)),
        country = coalesce(country, (SELECT country FROM listeners WHERE id = ?1)) WHERE id = ?2";
    db.execute(update, (from, into))?;
    Ok(())
}

/// Removes whoever heard nothing, was shown nothing and asked for nothing, with names and accounts.
pub(crate) fn remove_empty(db: &Connection) -> Result<()> {
    let tables = [
        "listens",
        "counts",
        "blocks",
        "lists",
        "settings",
        "leanings",
        "left_out",
        "libraries",
        "picks",
    ];
    let nothing = tables
        .map(|table| format!("NOT EXISTS (SELECT 1 FROM {table} WHERE listener = listeners.id)"))
        .join(" AND ");
    db.execute(&format!("DELETE FROM listeners WHERE country IS NULL AND {nothing}"), [])?;
    Ok(())
}

/// Accounts, lists and all that was asked for go with the listener.
fn remove(db: &Connection, listener: i64) -> Result<()> {
    db.execute("DELETE FROM listens WHERE listener = ?1", [listener])?;
    db.execute("DELETE FROM counts WHERE listener = ?1", [listener])?;
    db.execute("DELETE FROM listeners WHERE id = ?1", [listener])?;
    Ok(())
}
