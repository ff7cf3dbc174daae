//! Which listens went on while something else was played on the account, and which came all in one second?
//!
//! Nobody hears two recordings at a time: another person or device shares the account, or the moments are wrong.

use super::{Doubts, Rule};
use crate::timeline::{MINUTE, Timeline};

/// Milliseconds; moments are rounded and recordings faded into each other, so that less together is no overlap.
const SLACK: i64 = MINUTE / 2;

pub(super) fn doubt(timeline: &Timeline<'_>, listens: &[usize], doubts: &mut Doubts) {
    doubt_bursts(timeline, listens, doubts);
    let timed: Vec<usize> = listens
        .iter()
        .copied()
        .filter(|row| timeline.rows[*row].event.played.is_some())
        .filter(|row| !matches!(doubts.rule(*row), Some(Rule::Burst | Rule::Impossible)))
        .collect();
    let Some((&first, others)) = timed.split_first() else { return };
    // The listen that lasts longest of those before.
    let mut longest = first;
    for &row in others {
        if do_overlap(timeline, longest, row) {
            doubts.doubt(longest, Rule::Overlap);
            doubts.doubt(row, Rule::Overlap);
        }
        if timeline.end(row) > timeline.end(longest) {
            longest = row;
        }
    }
}

/// Whether two listens share half of the shorter one, of which the second began later.
fn do_overlap(timeline: &Timeline<'_>, a: usize, b: usize) -> bool {
    let together = timeline.end(a).min(timeline.end(b)) - timeline.at(b);
    let took = |row| timeline.end(row) - timeline.at(row);
    together > SLACK && together >= took(a).min(took(b)) / 2
}

fn doubt_bursts(timeline: &Timeline<'_>, listens: &[usize], doubts: &mut Doubts) {
    let enough = doubts.cleaning.burst_listens as usize;
    let begin = |row: &usize| timeline.at(*row).div_euclid(1000);
    let end = |row: &usize| timeline.end(*row).div_euclid(1000);
    let mut by_end = listens.to_vec();
    by_end.sort_by_key(end);
    let by_begin = listens.chunk_by(|a, b| begin(a) == begin(b));
    let bursts = by_begin.chain(by_end.chunk_by(|a, b| end(a) == end(b)));
    for &row in bursts.filter(|burst| burst.len() >= enough).flatten() {
        doubts.doubt(row, Rule::Burst);
    }
}
