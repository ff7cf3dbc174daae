//! Which rows say what cannot be?

use std::time::Duration;

use music::End;

use super::{Doubts, Rule};
use crate::timeline::Timeline;

/// A play may take this much longer than one and a half times its recording: a pause that a source counts.
const PAUSE: Duration = Duration::from_secs(60);
/// Below this share of its recording a play did not come to its end.
const QUARTER: f64 = 0.25;

pub(super) fn doubt(timeline: &Timeline<'_>, doubts: &mut Doubts) {
    for &row in &timeline.listens {
        let event = &timeline.rows[row].event;
        let (Some(played), Some(length)) = (event.played, timeline.lengths[row]) else { continue };
        if played > length.mul_f64(1.5) + PAUSE {
            doubts.doubt(row, Rule::Impossible);
        } else if event.end == Some(End::Finished) && played < length.mul_f64(QUARTER) {
            doubts.doubt(row, Rule::Contradiction);
        }
    }
}
