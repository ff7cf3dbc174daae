//! What was said aloud, what of it still stands, and what was answered with silence?

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use music::{Interaction, Logged, RecordingId, Shown};

use super::Past;
use crate::timeline::Timeline;

/// How long what was shown may wait for a second listen.
const PATIENCE: SignedDuration = SignedDuration::from_hours(28 * 24);
/// How soon something of a list is played by who opens it.
const OPENED_WITHIN: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The last word of each kind: only the newest of like, dislike and unlike stands, and a repeated save says no more than one.
pub(super) fn last(rows: &[&Logged]) -> Vec<bool> {
    let mut is_last = vec![false; rows.len()];
    let mut start = 0;
    for of_one in rows.chunk_by(|a, b| a.recording == b.recording) {
        let mut opinion = None;
        let mut others: BTreeMap<&str, usize> = BTreeMap::new();
        for (row, logged) in (start..).zip(of_one) {
            match &logged.event.kind {
                kind if kind.is_listen() => {}
                Interaction::Like | Interaction::Dislike => opinion = Some(row),
                Interaction::Unlike => opinion = None,
                kind => {
                    others.insert(kind.name(), row);
                }
            }
        }
        for row in others.into_values().chain(opinion) {
            is_last[row] = true;
        }
        start += of_one.len();
    }
    is_last
}

/// What a dislike that still stands takes back: all that came before it.
pub(super) fn taken_back(rows: &[&Logged], is_last: &[bool]) -> Vec<bool> {
    let mut is_taken_back = vec![false; rows.len()];
    let mut start = 0;
    for of_one in rows.chunk_by(|a, b| a.recording == b.recording) {
        let is_standing_dislike =
            |row: &usize| is_last[start + row] && of_one[*row].event.kind == Interaction::Dislike;
        if let Some(dislike) = (0..of_one.len()).find(is_standing_dislike) {
            is_taken_back[start..start + dislike].fill(true);
        }
        start += of_one.len();
    }
    is_taken_back
}

/// What was shown in a list that was opened, and not played a second time in the weeks after, though its listener was there.
///
/// Who was absent, or never opened the list, said nothing.
pub(super) fn ignored(past: &Past<'_>, timeline: &Timeline<'_>) -> Vec<Shown> {
    let last = timeline.listens.last().map(|row| timeline.rows[*row].event.at);
    let mut found = Vec::new();
    for list in past.shown.chunk_by(|a, b| a.at == b.at) {
        let at = list[0].at;
        let was_there = last.is_some_and(|last| last.duration_since(at) >= PATIENCE);
        let plays = |recording, within: SignedDuration| plays(timeline, recording, at, within);
        if was_there && list.iter().any(|shown| plays(shown.recording, OPENED_WITHIN) > 0) {
            let dropped =
                list.iter().filter(|shown| plays(shown.recording, SignedDuration::MAX) < 2);
            found.extend(dropped.copied());
        }
    }
    found
}

/// How often a recording was played from a moment on.
fn plays(
    timeline: &Timeline<'_>,
    recording: RecordingId,
    from: Timestamp,
    within: SignedDuration,
) -> usize {
    let start = timeline.rows.partition_point(|logged| logged.recording < recording);
    let of_one = timeline.rows[start..].iter().take_while(|logged| logged.recording == recording);
    let is_in = |logged: &&&Logged| {
        let passed = logged.event.at.duration_since(from);
        logged.event.kind.is_listen() && !passed.is_negative() && passed <= within
    };
    of_one.filter(is_in).count()
}
