//! Which import is being taken in, and what of it is not yet written?

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use music::{Count, Credit, Entry, ImportId, ItemKind, Listen};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::{Appended, Audience, NewImport};
use crate::row::{Kinds, Row};
use crate::{Result, catalogue, identity, listeners, schema};

/// Listens held back until they are written in the order of the log.
///
/// The table is clustered by listener: a batch of a log that is ordered by time touches a page for almost every row, so
/// the more rows a batch has, the fewer pages are written per row. A million take 72 MB.
const MAX_PENDING: usize = 1 << 20;

/// Entries of a cache, after which it starts anew.
const MAX_KNOWN: usize = 1 << 18;

/// The import that is being taken in.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) id: ImportId,
    items: ItemKind,
    audience: Audience,
    /// The account that lines without one belong to.
    listener: String,
    /// Listens that are not yet written.
    pending: Vec<Row>,
    /// Recordings by a hash of all that a credit says.
    credits: HashMap<u128, i64>,
    /// Listeners by account name.
    accounts: HashMap<String, i64>,
    /// Changes when another connection writes: then nothing remembered is sure.
    version: i64,
    /// What was taken in all, since the import was begun in this process.
    pub(super) told: Appended,
    /// Whose listens were written.
    pub(super) listeners: BTreeSet<i64>,
    /// What was listened to or counted; may be aliases.
    pub(super) recordings: BTreeSet<i64>,
}

impl Open {
    pub(super) fn new(id: ImportId, new: &NewImport<'_>) -> Self {
        Self {
            id,
            items: new.items,
            audience: new.audience,
            listener: new.listener.to_owned(),
            pending: Vec::new(),
            credits: HashMap::new(),
            accounts: HashMap::new(),
            version: 0,
            told: Appended::default(),
            listeners: BTreeSet::new(),
            recordings: BTreeSet::new(),
        }
    }

    /// Whether it is time to write.
    pub(super) fn is_full(&self) -> bool {
        self.pending.len() >= MAX_PENDING
    }

    /// Takes lines in, all or none.
    pub(super) fn append(
        &mut self,
        db: &mut Connection,
        secret: &[u8; 32],
        entries: &[Entry],
    ) -> Result<Appended> {
        let n_pending = self.pending.len();
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let outcome = self.take_all(&tx, secret, entries).and_then(|taken| {
            tx.commit()?;
            Ok(taken)
        });
        match outcome {
            Ok(taken) => {
                self.told.listens += taken.listens;
                self.told.counts += taken.counts;
                self.told.catalogued += taken.catalogued;
                self.told.unmatched += taken.unmatched;
            }
            Err(_) => {
                self.pending.truncate(n_pending);
                self.forget();
            }
        }
        outcome
    }

    /// Writes what is held back, in the order of the log.
    pub(super) fn write_pending(&mut self, db: &mut Connection) -> Result<()> {
        // Whoever asks for this may be about to merge or delete listeners.
        self.forget();
        if self.pending.is_empty() {
            return Ok(());
        }
        self.pending.sort_unstable_by_key(Row::order);
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut insert = tx.prepare_cached(Row::INSERT)?;
        for of_one in self.pending.chunk_by(|a, b| a.listener == b.listener) {
            // Another process may have deleted the listener since.
            if listeners::exists(&tx, of_one[0].listener)? {
                for row in of_one {
                    row.insert(&mut insert, self.id.0.cast_signed())?;
                }
            }
        }
        drop(insert);
        tx.commit()?;
        self.listeners.extend(
            self.pending.chunk_by(|a, b| a.listener == b.listener).map(|rows| rows[0].listener),
        );
        self.recordings.extend(
            self.pending.chunk_by(|a, b| a.recording == b.recording).map(|rows| rows[0].recording),
        );
        self.pending.clear();
        Ok(())
    }

    fn take_all(
        &mut self,
        tx: &Transaction<'_>,
        secret: &[u8; 32],
        entries: &[Entry],
    ) -> Result<Appended> {
        schema::claim(tx, self.items)?;
        let version = tx.pragma_query_value(None, "data_version", |row| row.get(0))?;
        if self.version != version {
            self.forget();
            self.version = version;
        }
        let mut kinds = Kinds::load(tx)?;
        let mut taken = Appended::default();
        for entry in entries {
            let (is_taken, counter) = match entry {
                Entry::Listen(listen) => {
                    (self.take_listen(tx, secret, &mut kinds, listen)?, &mut taken.listens)
                }
                Entry::Count(count) => (self.take_count(tx, secret, count)?, &mut taken.counts),
                Entry::Catalogue(entry) => {
                    (catalogue::take(tx, self.items, self.id, entry)?, &mut taken.catalogued)
                }
            };
            *if is_taken { counter } else { &mut taken.unmatched } += 1;
        }
        Ok(taken)
    }

    fn take_listen(
        &mut self,
        tx: &Transaction<'_>,
        secret: &[u8; 32],
        kinds: &mut Kinds,
        listen: &Listen,
    ) -> Result<bool> {
        let event = &listen.event;
        let Some(recording) = self.recording(tx, &listen.recording, event.length)? else {
            return Ok(false);
        };
        let listener = self.listener(tx, secret, listen.listener.as_deref())?;
        self.pending.push(Row::new(listener, recording, kinds.code(tx, &event.kind)?, event));
        Ok(true)
    }

    fn take_count(
        &mut self,
        tx: &Transaction<'_>,
        secret: &[u8; 32],
        count: &Count,
    ) -> Result<bool> {
        let Some(recording) = self.recording(tx, &count.item, None)? else { return Ok(false) };
        let listener = self.listener(tx, secret, count.listener.as_deref())?;
        let insert =
            "INSERT INTO counts (listener, recording, import, plays) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET plays = plays + excluded.plays";
        tx.prepare_cached(insert)?.execute((
            listener,
            recording,
            self.id.0.cast_signed(),
            count.plays,
        ))?;
        self.recordings.insert(recording);
        Ok(true)
    }

    fn recording(
        &mut self,
        tx: &Transaction<'_>,
        credit: &Credit,
        length: Option<Duration>,
    ) -> Result<Option<i64>> {
        let hash = hash(credit);
        if let Some(recording) = self.credits.get(&hash) {
            return Ok(Some(*recording));
        }
        let Some(recording) = identity::identify(tx, self.items, credit, length)? else {
            return Ok(None);
        };
        if self.credits.len() >= MAX_KNOWN {
            self.credits.clear();
        }
        self.credits.insert(hash, recording);
        Ok(Some(recording))
    }

    fn listener(
        &mut self,
        tx: &Transaction<'_>,
        secret: &[u8; 32],
        name: Option<&str>,
    ) -> Result<i64> {
        let name = name.unwrap_or(&self.listener);
        if let Some(listener) = self.accounts.get(name) {
            return Ok(*listener);
        }
        let listener = listeners::of_account(tx, secret, name, self.audience)?;
        if self.accounts.len() >= MAX_KNOWN {
            self.accounts.clear();
        }
        self.accounts.insert(name.to_owned(), listener);
        Ok(listener)
    }

    fn forget(&mut self) {
        self.credits.clear();
        self.accounts.clear();
    }
}

/// Two hashes of all that a credit says: one of 64 bits would confuse two credits in a million imports.
fn hash(credit: &Credit) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, credit).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}
