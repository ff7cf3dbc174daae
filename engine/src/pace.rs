//! How often does this listener want a new list?
//!
//! The eager get one each week. Whoever opened none of the last [`UNOPENED`] lists gets one every second week, of twice as
//! many every fourth; one line played is enough to be eager again. A listener's own setting goes first, and whoever asks for
//! a list gets one: the pace is for lists that come by themselves.

use jiff::Timestamp;
use music::{History, RecordingId, Refresh, Week};
use store::{Listener, ShownList};

use crate::{Error, Folder};

/// Unopened lists in a row that say something.
const UNOPENED: usize = 2;
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

/// Weeks between lists after so many unopened ones.
fn interval(unopened: usize) -> u32 {
    let doublings =
        u32::try_from(unopened / UNOPENED).unwrap_or(u32::MAX).min(LONGEST_WEEKS.ilog2());
    1 << doublings
}

/// How many of the last lists in a row were not opened: none of their lines was played after they were made.
fn unopened(lists: &[ShownList], history: &History) -> usize {
    let mut newest_first: Vec<&ShownList> = lists.iter().collect();
    newest_first.sort_by_key(|list| std::cmp::Reverse((list.week, list.made_at)));
    let is_unopened = |list: &&ShownList| !is_opened(&list.recordings, list.made_at, history);
    newest_first.into_iter().take_while(is_unopened).count()
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
