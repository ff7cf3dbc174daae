//! A listener and a recording: why is so much believed?

use jiff::Timestamp;
use listens::{Contribution, Evidence, Past, Weighed, by_month, counted, weigh_rows};
use music::{History, RecordingId};

use crate::belief::{believed, shown};
use crate::pairs::lengths_of;
use crate::snapshot::Snapshot;
use crate::{Error, Folder, current_id};

/// How the belief about one recording came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained<'a> {
    /// What each row adds, ascending by moment; plays without times are not among them.
    pub rows: Vec<Contribution<'a>>,
    /// Plays without times, each worth a completed one that does not grow old.
    pub counted: f64,
    /// What they come to.
    pub weighed: Weighed,
    /// How sure that is.
    pub confidence: f32,
    /// Believed listens in each month of the year, January first.
    pub by_month: [usize; 12],
}

/// How the belief about one recording comes about that a list would use now; `None` where the history has nothing of it.
///
/// Lengths are the serving snapshot's, or the catalogue's where nothing was trained yet, and what this history tells.
///
/// # Errors
/// When the store or the snapshot cannot be read.
pub fn evidence<'a>(
    folder: &'a Folder,
    history: &'a History,
    listener: music::ListenerId,
    recording: RecordingId,
    now: Timestamp,
) -> Result<Option<Explained<'a>>, Error> {
    let snapshot = match current_id(&folder.snapshots())? {
        Some(_) => Some(Snapshot::current(&folder.snapshots())?),
        None => None,
    };
    let lengths = match &snapshot {
        Some(snapshot) => lengths_of(history, &snapshot.lengths),
        None => lengths_of(history, &folder.store.lengths()?.into_iter().collect()),
    };
    let rules: &Evidence = &folder.config.evidence;
    let past = Past { history, shown: shown(folder, listener)?, until: Some(now) };
    let weighing = weigh_rows(&past, &lengths, rules);
    let all = believed(&weighing.weighed, snapshot.as_ref(), rules);
    let Some(weighed) = weighing.weighed.into_iter().find(|one| one.recording == recording) else {
        return Ok(None);
    };
    let found = all.iter().find(|believed| believed.recording == recording);
    let confidence = found.map_or(0.0, |believed| believed.confidence);
    let mut rows = weighing.contributions;
    rows.retain(|row| row.recording == recording);
    let (by_month, counted) = (by_month(&rows), counted(history, recording));
    Ok(Some(Explained { rows, counted, weighed, confidence, by_month }))
}
