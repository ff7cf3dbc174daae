//! What does this listener want of a list?

use music::{ListKind, ListenerId, Ownership, RecordingId};
use store::{Lean, Leaning, Listener};

use crate::{Config, Error, Folder};

/// The label of what is not for every ear.
const EXPLICIT: &str = "explicit";

/// The listener's own settings, the configuration where there is none.
#[derive(Clone, Debug)]
pub(crate) struct Wishes {
    /// Lines of a list.
    pub(crate) size: usize,
    /// Whether the listener said so.
    pub(crate) is_size_own: bool,
    /// From 0, close to home, to 1, far.
    pub(crate) adventure: f32,
    /// Which lists are made.
    pub(crate) kinds: Vec<ListKind>,
    /// Labels whose recordings are not wanted.
    pub(crate) without_labels: Vec<String>,
    /// Which recordings are wanted by whether they are owned.
    pub(crate) library: Ownership,
    /// What the listener owns, beside what the installation does; ascending.
    pub(crate) owned: Vec<RecordingId>,
    /// Whether an unopened favorite may come back once.
    pub(crate) second_chance: bool,
    /// Of what the listener wants more or less.
    pub(crate) leanings: Vec<(store::BlockTarget, Lean)>,
}

/// Which lists a listener gets each week, at least one.
///
/// # Errors
/// When the store cannot be read.
pub fn kinds(folder: &Folder, listener: &Listener) -> Result<Vec<ListKind>, Error> {
    Ok(wanted(folder.store.settings(listener.id)?.kinds))
}

fn wanted(kinds: Option<Vec<ListKind>>) -> Vec<ListKind> {
    let kinds = kinds.filter(|kinds| !kinds.is_empty());
    kinds.unwrap_or_else(|| vec![ListKind::WeeklyExploration])
}

impl Wishes {
    pub(crate) fn of(folder: &Folder, listener: ListenerId) -> Result<Self, Error> {
        let settings = folder.store.settings(listener)?;
        let leanings: Vec<Leaning> = folder.store.leanings(listener, None)?;
        let Config { weekly, .. } = &folder.config;
        let library = settings.library.unwrap_or(Ownership::Any);
        let mut without_labels = settings.without_labels.unwrap_or_default();
        if settings.explicit == Some(false) {
            without_labels.push(EXPLICIT.to_owned());
        }
        let mut owned = Vec::new();
        if library != Ownership::Any {
            owned.extend(folder.store.library(None)?);
            owned.extend(folder.store.library(Some(listener))?);
            owned.sort_unstable();
            owned.dedup();
        }
        Ok(Self {
            size: settings.size.unwrap_or(weekly.size) as usize,
            is_size_own: settings.size.is_some(),
            adventure: settings.adventure.unwrap_or(weekly.adventure),
            kinds: wanted(settings.kinds),
            without_labels,
            library,
            owned,
            second_chance: settings.second_chance.unwrap_or(false),
            leanings: leanings.into_iter().map(|leaning| (leaning.target, leaning.lean)).collect(),
        })
    }
}
