//! How often does this listener want a new list, and how long?
//!
//! The eager get one each week. Whoever opened none of the last [`UNOPENED`] lists gets one every second week, of twice as
//! many every fourth; one line played is enough to be eager again. A listener's own setting goes first, and whoever asks for
//! a list gets one: the pace is for lists that come by themselves.
//! Whoever opens lists and plays little of them gets shorter ones, until more than that is played again.

use std::collections::BTreeSet;

use jiff::Timestamp;
use music::{History, RecordingId, Refresh, Week};
use store::{Listener, ShownList};

use crate::{Error, Folder};

/// Unopened lists in a row that say something.
const UNOPENED: usize = 2;
/// Opened lists in a row of which little was played that say something.
const OPENED: usize = 2;
/// One line of so many played is little.
const LITTLE: usize = 5;

/// The longest pause that is made without being asked for.
const LONGEST_WEEKS: u32 = 4;

/// How often a list is made, and whether its time has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Weeks from one list to the next.
    pub weeks: u32,
    /// Lists in a row that were not opened, the last one first.
    pub unopened: usize,
    /// Whether a list is due in the week that was asked about.
    pub is_due: bool,
}

/// The pace of a listener, as of a week.
///
/// # Errors
/// When the store cannot be read.
pub fn pace(folder: &Folder, listener: &Listener, week: Week) -> Result<Pace, Error> {
    let mut before = folder.store.shown_lists(listener.id)?;
    before.retain(|list| list.week < week);
    let unopened =
        if before.is_empty() { 0 } else { unopened(&before, &folder.store.history(listener.id)?) };
    let refresh = folder.store.settings(listener.id)?.refresh.unwrap_or(Refresh::Adaptive);
    let weeks = match refresh {
        Refresh::Weeks(weeks) => weeks,
        Refresh::Adaptive => interval(unopened),
    };
    let last = before.iter().map(|list| list.week).max();
    let is_due = last.is_none_or(|last| last.plus(i64::from(weeks)) <= week);
    Ok(Pace { weeks, unopened, is_due })
}

/// Lines of a list for a listener whose lists usually have so many: two thirds of them where of each of the last opened lists
/// little was played before the week.
pub(crate) fn length(
    folder: &Folder,
    listener: &Listener,
    (week, start): (Week, Timestamp),
    usual: usize,
) -> Result<usize, Error> {
    let mut before = folder.store.shown_lists(listener.id)?;
    before.retain(|list| list.week < week);
    let is_adaptive = matches!(
        folder.store.settings(listener.id)?.refresh.unwrap_or(Refresh::Adaptive),
        Refresh::Adaptive
    );
    if before.len() < OPENED || !is_adaptive {
        return Ok(usual);
    }
    let history = folder.store.history(listener.id)?;
    let newest_first = newest_first(&before).into_iter();
    let played = newest_first.map(|list| (n_played(list, start, &history), list.recordings.len()));
    let opened: Vec<_> = played.filter(|(played, _)| *played > 0).take(OPENED).collect();
    let is_little = opened.len() == OPENED && opened.iter().all(|(n, of)| n * LITTLE < *of);
    Ok(if is_little { (usual * 2).div_ceil(3) } else { usual })
}

/// Lines of a list that were played after it was made and before a moment.
fn n_played(list: &ShownList, before: Timestamp, history: &History) -> usize {
    let played: BTreeSet<RecordingId> = history
        .listens
        .iter()
        .filter(|logged| logged.event.kind.is_listen())
        .filter(|logged| (list.made_at..before).contains(&logged.event.at))
        .map(|logged| logged.recording)
        .collect();
    list.recordings.iter().filter(|recording| played.contains(recording)).count()
}

/// Weeks between lists after so many unopened ones.
fn interval(unopened: usize) -> u32 {
    let doublings =
        u32::try_from(unopened / UNOPENED).unwrap_or(u32::MAX).min(LONGEST_WEEKS.ilog2());
    1 << doublings
}

/// How many of the last lists in a row were not opened: none of their lines was played after they were made.
fn unopened(lists: &[ShownList], history: &History) -> usize {
    let is_unopened = |list: &&ShownList| !is_opened(&list.recordings, list.made_at, history);
    newest_first(lists).into_iter().take_while(is_unopened).count()
}

fn newest_first(lists: &[ShownList]) -> Vec<&ShownList> {
    let mut newest_first: Vec<&ShownList> = lists.iter().collect();
    newest_first.sort_by_key(|list| std::cmp::Reverse((list.week, list.made_at)));
    newest_first
}

/// Whether any line of a list was played after it was made.
pub(crate) fn is_opened(recordings: &[RecordingId], made_at: Timestamp, history: &History) -> bool {
    let listens = history.listens.iter().filter(|logged| logged.event.kind.is_listen());
    let mut after = listens.filter(|logged| logged.event.at >= made_at);
    after.any(|logged| recordings.contains(&logged.recording))
}

#[cfg(test)]
mod tests {
    use super::interval;

    #[test]
    fn the_absent_get_fewer_lists_but_never_none() {
        assert_eq!([0, 1, 2, 3, 4, 5, 100].map(interval), [1, 1, 2, 2, 4, 4, 4]);
    }
}
