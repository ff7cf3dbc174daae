//! What does attention cost in one week, and who got it before?

use jiff::Timestamp;
use music::{
    ArtistId, ExposurePrice, ExposureSubject, ListId, ListKind, ListenerId, RecordingId, Week,
};
use rusqlite::types::Value;
use rusqlite::{Connection, TransactionBehavior};

use crate::history::Aliases;
use crate::{Error, Result, Store, ledger, row};

/// One line of one list, for whoever adds up attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownLine {
    /// In which list.
    pub list: ListId,
    /// To whom.
    pub listener: ListenerId,
    /// The week of the list.
    pub week: Week,
    /// The kind of the list.
    pub kind: ListKind,
    /// When the list was made.
    pub made_at: Timestamp,
    /// From 1.
    pub position: u32,
    /// What was shown; never an alias.
    pub recording: RecordingId,
    /// Whether it claimed to be new to the listener.
    pub is_new: bool,
}

impl Store {
    /// Keeps the prices of a week and snapshot, for ever.
    ///
    /// # Errors
    /// [`Error::AlreadyPriced`]; then the first ones stay.
    pub fn set_exposure_prices(
        &mut self,
        week: Week,
        snapshot: &str,
        prices: &[ExposurePrice],
    ) -> Result<()> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let of_week = week.to_string();
        let insert = "INSERT OR IGNORE INTO exposure_sets (week, snapshot) VALUES (?1, ?2)";
        if tx.execute(insert, (&of_week, snapshot))? == 0 {
            return Err(Error::AlreadyPriced { week, snapshot: snapshot.to_owned() });
        }
        let mut insert = tx.prepare_cached(
            "INSERT INTO exposure_prices (week, snapshot, kind, value, relevance, attention_before, price)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for ExposurePrice { subject, relevance, attention_before, price } in prices {
            let (kind, value) = stored(subject);
            insert.execute((
                &of_week,
                snapshot,
                kind,
                value,
                relevance,
                attention_before,
                price,
            ))?;
        }
        drop(insert);
        Ok(tx.commit()?)
    }

    /// The prices of a week and snapshot, in the order of [`ExposureSubject`]; `None` before they were computed.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn exposure_prices(
        &self,
        week: Week,
        snapshot: &str,
    ) -> Result<Option<Vec<ExposurePrice>>> {
        let _snapshot = self.snapshot()?;
        let of_week = week.to_string();
        let known = "SELECT 1 FROM exposure_sets WHERE week = ?1 AND snapshot = ?2";
        if !self.db.prepare_cached(known)?.exists((&of_week, snapshot))? {
            return Ok(None);
        }
        let mut query = self.db.prepare_cached(
            "SELECT kind, value, relevance, attention_before, price FROM exposure_prices
                WHERE week = ?1 AND snapshot = ?2 ORDER BY kind, value",
        )?;
        let mut rows = query.query((&of_week, snapshot))?;
        let mut prices = Vec::new();
        while let Some(row) = rows.next()? {
            prices.push(ExposurePrice {
                subject: subject(&row.get::<_, String>(0)?, row.get(1)?)?,
                relevance: row.get(2)?,
                attention_before: row.get(3)?,
                price: row.get(4)?,
            });
        }
        Ok(Some(prices))
    }

    /// Adds what subjects would have deserved of the attention of lists of a week.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn add_deserved(&mut self, week: Week, deserved: &[(ExposureSubject, f64)]) -> Result<()> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        write_deserved(&tx, week, deserved)?;
        Ok(tx.commit()?)
    }

    /// What subjects would have deserved of the attention of all lists for weeks before one, in the order of
    /// [`ExposureSubject`].
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn deserved(&self, before: Week) -> Result<Vec<(ExposureSubject, f64)>> {
        let mut query = self.db.prepare_cached(
            "SELECT kind, value, sum(attention) FROM deserved WHERE week < ?1 GROUP BY kind, value ORDER BY kind, value",
        )?;
        let mut rows = query.query([before.to_string()])?;
        let mut deserved = Vec::new();
        while let Some(row) = rows.next()? {
            deserved.push((subject(&row.get::<_, String>(0)?, row.get(1)?)?, row.get(2)?));
        }
        Ok(deserved)
    }

    /// The newest week, or that one, of which there is a list for one listener alone with a line that claims to be new,
    /// and the snapshot that made the last of these lists.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn newest_exploration(&self, week: Option<Week>) -> Result<Option<(Week, String)>> {
        let mut query = self.db.prepare_cached(
            "SELECT week, snapshot FROM lists WHERE (?1 IS NULL OR week = ?1) AND kind <> ?2
                AND EXISTS (SELECT 1 FROM ledger WHERE list = lists.id AND is_new)
                ORDER BY week DESC, id DESC LIMIT 1",
        )?;
        let mut rows = query.query((week.map(|week| week.to_string()), ListKind::Blend.name()))?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some((ledger::week(&row.get::<_, String>(0)?)?, row.get(1)?)))
    }

    /// Hands over every line of the ledger, or of lists for weeks before one, ascending by list, then position.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn for_each_shown_line(
        &self,
        before: Option<Week>,
        each: &mut dyn FnMut(ShownLine),
    ) -> Result<()> {
        let _snapshot = self.snapshot()?;
        let mut lists = self.db.prepare_cached(
            "SELECT id, listener, week, kind, made_at FROM lists WHERE ?1 IS NULL OR week < ?1 ORDER BY id",
        )?;
        let mut lines = self.db.prepare_cached(
            "SELECT position, recording, is_new FROM ledger WHERE list = ?1 ORDER BY position",
        )?;
        let mut aliases = Aliases::new(&self.db);
        let mut lists = lists.query([before.map(|week| week.to_string())])?;
        while let Some(list) = lists.next()? {
            let id: i64 = list.get(0)?;
            let listener = ListenerId(list.get::<_, i64>(1)?.cast_unsigned());
            let week = ledger::week(&list.get::<_, String>(2)?)?;
            let kind = ledger::list_kind(&list.get::<_, String>(3)?)?;
            let made_at = row::moment(list.get(4)?)?;
            let mut lines = lines.query([id])?;
            while let Some(line) = lines.next()? {
                each(ShownLine {
                    list: ListId(id.cast_unsigned()),
                    listener,
                    week,
                    kind,
                    made_at,
                    position: line.get(0)?,
                    recording: aliases.resolve(line.get(1)?)?,
                    is_new: line.get(2)?,
                });
            }
        }
        Ok(())
    }
}

fn stored(subject: &ExposureSubject) -> (&'static str, Value) {
    match subject {
        ExposureSubject::Artist(id) => ("artist", Value::Integer(id.0.cast_signed())),
        ExposureSubject::Group(name) => ("group", Value::Text(name.clone())),
    }
}

fn subject(kind: &str, value: Value) -> Result<ExposureSubject> {
    match (kind, value) {
        ("artist", Value::Integer(id)) => Ok(ExposureSubject::Artist(ArtistId(id.cast_unsigned()))),
        ("group", Value::Text(name)) => Ok(ExposureSubject::Group(name)),
        (_, value) => {
            Err(Error::Strange { what: format!("an exposure price of {kind} `{value:?}`") })
        }
    }
}

/// Adds what subjects would have deserved of the attention of lists of a week.
pub(crate) fn write_deserved(
    db: &Connection,
    week: Week,
    deserved: &[(ExposureSubject, f64)],
) -> Result<()> {
    let mut add = db.prepare_cached(
        "INSERT INTO deserved (week, kind, value, attention) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (week, kind, value) DO UPDATE SET attention = attention + excluded.attention",
    )?;
    let of_week = week.to_string();
    for (subject, attention) in deserved {
        let (kind, value) = stored(subject);
        add.execute((&of_week, kind, value, attention))?;
    }
    Ok(())
}
