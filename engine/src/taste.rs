//! What does this listener like, in rows of this snapshot?

use std::collections::BTreeMap;

use listens::{Past, weigh};
use models::{Heard, History as Weights};
use music::ItemIx;

use crate::belief::believed;
use crate::pairs::{age_days, lengths_of};
use crate::places::Places;
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
    /// Weighs a past; recordings that the snapshot does not know are left out.
    ///
    /// Lengths that the snapshot does not know are estimated from this history.
    pub(crate) fn of(
        past: &Past<'_>,
        snapshot: &Snapshot,
        places: &Places<'_>,
        config: &Config,
    ) -> Self {
        let lengths = lengths_of(past.history, &snapshot.lengths);
        let newest = snapshot.manifest.knows_until;
        // By row, ascending, as models take it: a recording may stand in the row of a former id.
        let mut by_row = BTreeMap::new();
        let weighed = weigh(past, &lengths, &config.evidence);
        for believed in believed(&weighed, Some(snapshot), &config.evidence) {
            if let Some(item) = places.ix(believed.recording) {
                let age_days = age_days(believed.last, newest);
                let (confidence, is_liked) = (believed.confidence, believed.is_liked);
                by_row.insert(item, Heard { confidence, age_days, is_liked });
            }
        }
        let n_liked = by_row.values().filter(|heard| heard.is_liked).count();
        let (items, heard) = by_row.into_iter().unzip();
        Self { items, heard, n_liked }
    }

    /// The rows, ascending.
    pub(crate) fn items(&self) -> &[ItemIx] {
        &self.items
    }

    /// Whether each of them is liked.
    pub(crate) fn likes(&self) -> impl Iterator<Item = bool> {
        self.heard.iter().map(|heard| heard.is_liked)
    }

    /// As a model takes it.
    pub(crate) fn weights(&self) -> Weights<'_> {
        Weights { items: &self.items, heard: &self.heard }
    }
}
