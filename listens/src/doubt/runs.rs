//! Which listens went on by themselves: a recording on repeat, a player nobody turned off?

use music::End;

use super::{Doubts, Rule};
use crate::timeline::{HOUR, MINUTE, Timeline};

/// Milliseconds that may lie between two listens that follow by themselves.
const BREAK: i64 = 10 * MINUTE;

pub(super) fn doubt(timeline: &Timeline<'_>, listens: &[usize], doubts: &mut Doubts) {
    let follows = |a: &usize, b: &usize| timeline.at(*b) - timeline.end(*a) <= BREAK;
    for run in listens.chunk_by(follows) {
        doubt_loops(timeline, run, doubts);
        doubt_overnight(timeline, run, doubts);
    }
}

fn doubt_loops(timeline: &Timeline<'_>, run: &[usize], doubts: &mut Doubts) {
    let recording = |row: &usize| timeline.rows[*row].recording;
    let believed = doubts.cleaning.loop_listens as usize;
    for of_one in run.chunk_by(|a, b| recording(a) == recording(b)) {
        for &row in of_one.iter().skip(believed) {
            doubts.doubt(row, Rule::Loop);
        }
    }
}

/// A skip, a click or a stop is a sign of somebody; the first listen of a run is one too.
fn doubt_overnight(timeline: &Timeline<'_>, run: &[usize], doubts: &mut Doubts) {
    let says_ends = run.iter().any(|row| timeline.rows[*row].event.end.is_some());
    let hours = doubts.cleaning.overnight_hours * if says_ends { 1.0 } else { 2.0 };
    let mut sign = timeline.at(run[0]);
    for &row in run {
        if (timeline.at(row) - sign) as f64 > hours * HOUR as f64 {
            doubts.doubt(row, Rule::Overnight);
        }
        if matches!(timeline.rows[row].event.end, Some(End::Skipped | End::MovedOn | End::Stopped))
        {
            sign = timeline.end(row);
        }
    }
}
