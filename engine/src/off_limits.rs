//! What must not be in this listener's list?
//!
//! What was heard in any version, whatever was ever shown, what is blocked, and what is not wanted or not allowed.
//! These rules are never bent.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use music::{History, ItemIx, ListenerId, Ownership, RecordingId};

use crate::blocks::Blocks;
use crate::maker::Maker;
use crate::wishes::Wishes;
use crate::{Error, Folder};

/// Why a recording must not be in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HardRule {
    /// The listener heard it, or a version of it.
    Heard,
    /// It, or a version of it, was in a list before.
    Shown,
    /// It is under one of the listener's blocks.
    Blocked,
    /// It carries a label that the listener does not want.
    Labelled(String),
    /// The listener wants only what is owned.
    NotOwned,
    /// The listener wants only what is not owned.
    Owned,
    /// It cannot be played.
    Unavailable,
    /// The operator denies it, for a reason.
    Denied(String),
    /// So few listen to its artist that the line would tell who.
    FewListeners,
    /// Another row stands for it since two recordings were found to be one.
    Duplicate,
}

impl fmt::Display for HardRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Heard => write!(f, "heard before, or a version of it"),
            Self::Shown => write!(f, "shown before, or a version of it"),
            Self::Blocked => write!(f, "blocked by the listener"),
            Self::Labelled(label) => {
                write!(f, "labelled {label}, which the listener does not want")
            }
            Self::NotOwned => write!(f, "not owned, and the listener wants only what is"),
            Self::Owned => write!(f, "owned, and the listener wants only what is not"),
            Self::Unavailable => write!(f, "it cannot be played"),
            Self::Denied(reason) => write!(f, "denied by the operator: {reason}"),
            Self::FewListeners => {
                write!(f, "so few listen to its artist that the line would tell who")
            }
            Self::Duplicate => write!(f, "another row stands for the same recording"),
        }
    }
}

/// What is off limits for one listener, by rows of a snapshot.
#[derive(Clone, Debug, Default)]
pub(crate) struct OffLimits {
    /// Works, as a version is as good as the recording.
    heard: BTreeSet<u64>,
    shown: BTreeSet<u64>,
    blocked: BTreeSet<u32>,
    labelled: BTreeMap<u32, String>,
    /// What is wanted by whether it is owned, and the rows that are.
    library: Option<(Ownership, BTreeSet<u32>)>,
    /// Recordings with any interaction in the log.
    pub(crate) n_heard: usize,
    /// Recordings ever shown.
    pub(crate) n_shown: usize,
    /// Recordings under any block.
    pub(crate) n_blocked: usize,
}

impl OffLimits {
    /// Gathers them; with `as_of`, only what was known before that moment.
    pub(crate) fn of(
        folder: &Folder,
        maker: &Maker<'_>,
        listener: ListenerId,
        history: &History,
        as_of: Option<Timestamp>,
        wishes: &Wishes,
    ) -> Result<Self, Error> {
        let store = &folder.store;
        let heard = heard(history, as_of);
        let shown = store.shown(listener, as_of)?;
        let blocked = Blocks::of(store, listener, as_of)?.recordings(store)?;
        let mut labelled = BTreeMap::new();
        for label in &wishes.without_labels {
            for row in rows(maker, store.by_label(label)?) {
                labelled.entry(row).or_insert_with(|| label.clone());
            }
        }
        let library = (wishes.library != Ownership::Any)
            .then(|| (wishes.library, rows(maker, wishes.owned.iter().copied()).collect()));
        Ok(Self {
            n_heard: heard.len(),
            n_shown: shown.len(),
            n_blocked: blocked.len(),
            heard: works(folder, maker, heard)?,
            shown: works(folder, maker, shown)?,
            blocked: rows(maker, blocked).collect(),
            labelled,
            library,
        })
    }

    /// The rows to leave out of a snapshot for this listener, beside those that nobody gets, ascending.
    pub(crate) fn own_rows(&self, maker: &Maker<'_>) -> Vec<u32> {
        let works = self.heard.union(&self.shown).flat_map(|work| maker.facts.by_work(*work));
        each_once(works.copied().chain(self.own_unwanted(maker)).collect())
    }

    /// The rows to leave out of a list that allows what is known, ascending.
    pub(crate) fn rows_unwanted(&self, maker: &Maker<'_>) -> Vec<u32> {
        with_barred(self.own_unwanted(maker), maker)
    }

    /// What of them is this listener's own.
    fn own_unwanted(&self, maker: &Maker<'_>) -> Vec<u32> {
        let mut rows: Vec<u32> =
            self.blocked.iter().copied().chain(self.labelled.keys().copied()).collect();
        if let Some((wish, owned)) = &self.library {
            let n = u32::try_from(maker.snapshot.rows.len()).expect("rows are u32");
            let is_unwanted = |row: &u32| owned.contains(row) == (*wish == Ownership::NotOwned);
            rows.extend((0..n).filter(is_unwanted));
        }
        rows
    }

    /// The rule that keeps a row out, if one does.
    pub(crate) fn rule(&self, maker: &Maker<'_>, item: ItemIx) -> Option<HardRule> {
        let work = maker.facts.row(item).work;
        if self.heard.contains(&work) {
            return Some(HardRule::Heard);
        }
        if self.shown.contains(&work) {
            return Some(HardRule::Shown);
        }
        if self.blocked.contains(&item.0) {
            return Some(HardRule::Blocked);
        }
        if let Some(label) = self.labelled.get(&item.0) {
            return Some(HardRule::Labelled(label.clone()));
        }
        if let Some((wish, owned)) = &self.library {
            match (wish, owned.contains(&item.0)) {
                (Ownership::Owned, false) => return Some(HardRule::NotOwned),
                (Ownership::NotOwned, true) => return Some(HardRule::Owned),
                _ => {}
            }
        }
        maker.barred.get(&item.0).cloned()
    }
}

/// Rows with those that nobody gets, ascending.
pub(crate) fn with_barred(rows: Vec<u32>, maker: &Maker<'_>) -> Vec<u32> {
    each_once(rows.into_iter().chain(maker.barred.keys().copied()).collect())
}

/// Ascending, each once. A stable sort takes runs that ascend already as they are.
fn each_once(mut rows: Vec<u32>) -> Vec<u32> {
    rows.sort();
    rows.dedup();
    rows
}

/// Every recording with any interaction in the log.
fn heard(history: &History, as_of: Option<Timestamp>) -> BTreeSet<RecordingId> {
    let in_time = |at: Timestamp| as_of.is_none_or(|as_of| at < as_of);
    let listened = history.listens.iter().filter(|logged| in_time(logged.event.at));
    let counted = history.counts.iter().map(|(recording, _)| *recording);
    listened.map(|logged| logged.recording).chain(counted).collect()
}

/// The works of recordings, of those too that the snapshot does not have.
fn works(
    folder: &Folder,
    maker: &Maker<'_>,
    recordings: impl IntoIterator<Item = RecordingId>,
) -> Result<BTreeSet<u64>, Error> {
    let mut works = BTreeSet::new();
    for recording in recordings {
        match maker.places.ix(recording) {
            Some(item) => works.extend([maker.facts.row(item).work]),
            None => works.extend(folder.store.work(recording)?),
        }
    }
    Ok(works)
}

fn rows(
    maker: &Maker<'_>,
    recordings: impl IntoIterator<Item = RecordingId>,
) -> impl Iterator<Item = u32> {
    recordings
        .into_iter()
        .flat_map(|recording| maker.places.all(recording).map(|item| item.0).collect::<Vec<_>>())
}
