//! What did a listener set?

use music::{ListenerId, Setting, Settings};
use rusqlite::TransactionBehavior;

use crate::{Error, Result, Store, listeners};

impl Store {
    /// What a listener set; nothing for somebody unknown.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn settings(&self, listener: ListenerId) -> Result<Settings> {
        let mut query =
            self.db.prepare_cached("SELECT key, value FROM settings WHERE listener = ?1")?;
        let mut rows = query.query([listener.0.cast_signed()])?;
        let mut settings = Settings::default();
        while let Some(row) = rows.next()? {
            let (key, value): (String, String) = (row.get(0)?, row.get(1)?);
            let read = key.parse().and_then(|setting| settings.set(setting, &value));
            let what = || format!("the setting {key} = `{value}`");
            read.map_err(|_setting| Error::Strange { what: what() })?;
        }
        Ok(settings)
    }

    /// Changes settings in this order, all or none; `None` makes one as configured again.
    ///
    /// Returns all settings as they are then.
    ///
    /// # Errors
    /// [`Error::UnknownListener`], and [`Error::Setting`] for a value that a setting cannot have.
    pub fn set(
        &mut self,
        listener: ListenerId,
        changes: &[(Setting, Option<&str>)],
    ) -> Result<Settings> {
        listeners::must_exist(&self.db, listener)?;
        let mut settings = self.settings(listener)?;
        for (setting, value) in changes {
            match value {
                Some(value) => settings.set(*setting, value)?,
                None => settings.unset(*setting),
            }
        }
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let id = listener.0.cast_signed();
        for (setting, _) in changes {
            match settings.text(*setting) {
                Some(text) => tx.execute(
                    "INSERT OR REPLACE INTO settings (listener, key, value) VALUES (?1, ?2, ?3)",
                    (id, setting.name(), text),
                )?,
                None => tx.execute(
                    "DELETE FROM settings WHERE listener = ?1 AND key = ?2",
                    (id, setting.name()),
                )?,
            };
        }
        tx.commit()?;
        Ok(settings)
    }
}
