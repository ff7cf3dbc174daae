//! How much of an interaction has time left?
//!
//! Age counts back from the listener's own last listen, so that who was away for a year comes back to the taste that
//! was left.

use crate::doubt::Doubts;
use crate::timeline::{DAY, Timeline};
use crate::{Evidence, Kind};

/// A long and a short memory, and what is never forgotten.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decay {
    now: Option<i64>,
    long_days: f64,
    short_days: f64,
    short_share: f64,
    floor: f64,
}

impl Decay {
    pub(super) fn of(timeline: &Timeline<'_>, doubts: &Doubts, evidence: &Evidence) -> Self {
        Self {
            now: last_listen(timeline, doubts),
            long_days: evidence.half_life_days,
            short_days: evidence.short_half_life_days,
            short_share: evidence.short_share,
            floor: evidence.decay_floor,
        }
    }

    /// `max(floor, (1 − s)·2^(−age/long) + s·2^(−age/short))`; 1 for what came after the last listen.
    ///
    /// `at` in milliseconds since 1970.
    pub(super) fn left(&self, at: i64, kind: Kind) -> f64 {
        let age_days = self.now.map_or(0.0, |now| (now - at).max(0) as f64 / DAY as f64);
        let long = halved(age_days, kind.half_life_days.unwrap_or(self.long_days));
        if self.short_share == 0.0 {
            return long.max(self.floor);
        }
        let short = halved(age_days, self.short_days);
        let mixed = (1.0 - self.short_share) * long + self.short_share * short;
        mixed.max(self.floor)
    }
}

/// `2^(−age/half_life)`; a half-life of 0 stands for never.
fn halved(age_days: f64, half_life_days: f64) -> f64 {
    if half_life_days > 0.0 { (-age_days / half_life_days).exp2() } else { 1.0 }
}

/// The moment from which age counts, in milliseconds since 1970: the last listen that nobody doubts, else the last, else the last anything.
fn last_listen(timeline: &Timeline<'_>, doubts: &Doubts) -> Option<i64> {
    let sound = timeline.listens.iter().rev().find(|row| doubts.rule(**row).is_none());
    let listen = sound.or_else(|| timeline.listens.last());
    let moment = listen.map(|row| timeline.at(*row));
    moment.or_else(|| (0..timeline.rows.len()).map(|row| timeline.at(row)).max())
}
