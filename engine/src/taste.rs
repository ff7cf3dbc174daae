//! What does this listener like, in rows of this snapshot?

use jiff::Timestamp;
use listens::weigh;
use models::{Heard, History as Weights};
use music::{History, ItemIx};

use crate::train::age_days;
use crate::{Config, Snapshot};

/// A listener's weighed history; owns what [`models::History`] borrows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Taste {
    items: Vec<ItemIx>,
    heard: Vec<Heard>,
    /// How many of them are liked.
    pub(crate) n_liked: usize,
}

impl Taste {
    /// Weighs what lies before `until`; recordings that the snapshot does not know are left out.
    pub(crate) fn of(
        history: &History,
        snapshot: &Snapshot,
        config: &Config,
        until: Timestamp,
    ) -> Self {
        let mut taste = Self::default();
        for weighed in weigh(history, &snapshot.lengths, &config.evidence, Some(until)) {
            let Some(item) =
                snapshot.rows.ix(weighed.recording).filter(|_| weighed.confidence > 0.0)
            else {
                continue;
            };
            taste.items.push(item);
            taste.heard.push(Heard {
                confidence: weighed.confidence,
                age_days: age_days(weighed.last, snapshot.manifest.knows_until),
                is_liked: weighed.is_liked,
            });
            taste.n_liked += usize::from(weighed.is_liked);
        }
        taste
    }

    /// The rows, ascending.
    pub(crate) fn items(&self) -> &[ItemIx] {
        &self.items
    }

    /// As a model takes it.
    pub(crate) fn weights(&self) -> Weights<'_> {
        Weights { items: &self.items, heard: &self.heard }
    }
}
