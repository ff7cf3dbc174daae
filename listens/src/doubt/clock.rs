//! Which rows were dated by a clock that was wrong?
//!
//! A player whose battery ran out dates its listens to years ago, a wrong year to years ahead.
//! One row ahead would make everything else old, so such rows do not say when somebody listened last.

use super::{Doubts, Rule};
use crate::timeline::{DAY, Timeline};

/// Milliseconds that lie at least between rows of a wrong clock and all others.
const FAR: i64 = 365 * DAY;
/// What rows of a wrong clock span at most, in milliseconds.
const SPAN: i64 = DAY;
/// A wrong clock dates less than one row in this many.
const FEW: usize = 100;

pub(super) fn doubt(timeline: &Timeline<'_>, doubts: &mut Doubts) {
    let listens = &timeline.listens;
    if listens.len() < FEW {
        return;
    }
    let is_apart = |a: &usize, b: &usize| timeline.at(*b) - timeline.at(*a) <= FAR;
    for group in listens.chunk_by(is_apart) {
        let span = timeline.at(group[group.len() - 1]) - timeline.at(group[0]);
        if group.len() * FEW < listens.len() && span <= SPAN {
            for &row in group {
                doubts.doubt(row, Rule::Clock);
            }
        }
    }
}
