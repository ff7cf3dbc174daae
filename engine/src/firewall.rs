//! Which part of a log is the listener's own taste?
//!
//! What a listener leaves out, for children, parties and sleep, stays in the log and counts as heard, but says nothing of
//! the taste: not in a list, and not in a training.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use music::{History, LeftOut, ListenerId, Logged, RecordingId};

use crate::weekly::timezone_of;
use crate::{Error, Folder};

/// What one listener leaves out.
#[derive(Clone, Debug)]
pub(crate) struct Firewall {
    /// Each rule, with the recordings that carry its label where it has one.
    rules: Vec<(LeftOut, BTreeSet<RecordingId>)>,
    tz: TimeZone,
}

impl Firewall {
    /// The rules of a listener.
    pub(crate) fn of(folder: &Folder, listener: ListenerId) -> Result<Self, Error> {
        let mut rules = Vec::new();
        for (_, of_listener) in folder.store.left_out(listener)? {
            let labelled = match &of_listener.rule.label {
                Some(label) => folder.store.by_label(label)?.into_iter().collect(),
                None => BTreeSet::new(),
            };
            rules.push((of_listener.rule, labelled));
        }
        let tz = match rules.is_empty() {
            true => TimeZone::UTC,
            false => timezone_of(folder, listener)?,
        };
        Ok(Self { rules, tz })
    }

    /// Whether nothing is left out.
    pub(crate) fn is_open(&self) -> bool {
        self.rules.is_empty()
    }

    /// The part of a history that is not left out; counts, of which nobody knows when they were, stay.
    pub(crate) fn own(&self, history: &History) -> History {
        let listens = history.listens.iter().filter(|logged| !self.covers(logged)).cloned();
        History { listens: listens.collect(), counts: history.counts.clone() }
    }

    fn covers(&self, logged: &Logged) -> bool {
        self.rules.iter().any(|(rule, labelled)| {
            let carries = rule.label.iter().filter(|_| labelled.contains(&logged.recording));
            let labels: Vec<String> = carries.cloned().collect();
            rule.covers(&logged.event, &labels, &self.tz)
        })
    }
}
