//! What does a listener want more or less of?

use jiff::Timestamp;
use music::ListenerId;
use rusqlite::TransactionBehavior;

use crate::target::{BlockTarget, read, resolved, stored};
use crate::{Result, Store, listeners, row};

/// More or less of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lean {
    /// More like this.
    More,
    /// Less like this.
    Less,
}

/// What a listener wants more or less of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaning {
    /// Of what; a recording is never an alias.
    pub target: BlockTarget,
    /// More or less.
    pub lean: Lean,
    /// When the listener said so.
    pub at: Timestamp,
}

impl Store {
    /// Notes that a listener wants more or less of something, whatever was said of it before.
    ///
    /// Returns whether that is news.
    ///
    /// # Errors
    /// [`crate::Error::UnknownListener`].
    pub fn lean(
        &mut self,
        listener: ListenerId,
        target: &BlockTarget,
        lean: Lean,
        at: Timestamp,
    ) -> Result<bool> {
        listeners::must_exist(&self.db, listener)?;
        let meant = resolved(&self.db, target)?;
        let before = self.leanings(listener, None)?;
        let is_news = !before.iter().any(|it| it.target == meant && it.lean == lean);
        if is_news {
            self.drop_leanings(listener, &meant, Some((lean, at)))?;
        }
        Ok(is_news)
    }

    /// Takes back what [`Self::lean`] noted; returns whether there was such a leaning.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn unlean(
        &mut self,
        listener: ListenerId,
        target: &BlockTarget,
        lean: Lean,
    ) -> Result<bool> {
        let meant = resolved(&self.db, target)?;
        let before = self.leanings(listener, None)?;
        let was_noted = before.iter().any(|it| it.target == meant && it.lean == lean);
        if was_noted {
            self.drop_leanings(listener, &meant, None)?;
        }
        Ok(was_noted)
    }

    /// What a listener wants more or less of, in the order of [`BlockTarget`].
    ///
    /// With `before`, only what was said before that moment.
    /// Of two recordings that became one, what was said last holds.
    ///
    /// # Errors
    /// What the database may refuse.
    pub fn leanings(
        &self,
        listener: ListenerId,
        before: Option<Timestamp>,
    ) -> Result<Vec<Leaning>> {
        let mut leanings = self.written_leanings(listener, before)?;
        for leaning in &mut leanings {
            leaning.target = resolved(&self.db, &leaning.target)?;
        }
        // What was said last comes first and stays; a sort keeps the order of equals, so the lower id of two at once.
        leanings.sort_by(|a, b| a.target.cmp(&b.target).then(b.at.cmp(&a.at)));
        leanings.dedup_by(|later, kept| later.target == kept.target);
        Ok(leanings)
    }

    /// Drops whatever was said of something, and says this instead.
    fn drop_leanings(
        &mut self,
        listener: ListenerId,
        meant: &BlockTarget,
        instead: Option<(Lean, Timestamp)>,
    ) -> Result<()> {
        let id = listener.0.cast_signed();
        let written = self.written_leanings(listener, None)?;
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for leaning in written {
            if resolved(&tx, &leaning.target)? == *meant {
                let (kind, value) = stored(&leaning.target);
                tx.execute(
                    "DELETE FROM leanings WHERE listener = ?1 AND kind = ?2 AND value = ?3",
                    (id, kind, value),
                )?;
            }
        }
        if let Some((lean, at)) = instead {
            let (kind, value) = stored(meant);
            tx.execute(
                "INSERT OR REPLACE INTO leanings (listener, kind, value, is_more, at)
                    VALUES (?1, ?2, ?3, ?4, ?5)",
                (id, kind, value, lean == Lean::More, at.as_millisecond()),
            )?;
        }
        Ok(tx.commit()?)
    }

    /// With the ids that recordings had when it was said, ascending by kind and value.
    fn written_leanings(
        &self,
        listener: ListenerId,
        before: Option<Timestamp>,
    ) -> Result<Vec<Leaning>> {
        let mut query = self.db.prepare_cached(
            "SELECT kind, value, is_more, at FROM leanings WHERE listener = ?1 AND at < ?2
                ORDER BY kind, value",
        )?;
        let mut rows = query.query([listener.0.cast_signed(), row::before(before)])?;
        let mut leanings = Vec::new();
        while let Some(row) = rows.next()? {
            let lean = if row.get(2)? { Lean::More } else { Lean::Less };
            leanings.push(Leaning {
                target: read(&row.get::<_, String>(0)?, row.get(1)?)?,
                lean,
                at: row::moment(row.get(3)?)?,
            });
        }
        Ok(leanings)
    }
}
