//! Which listens and words are more than one person has to say in a day?

use std::collections::BTreeMap;

use music::RecordingId;

use super::{Doubts, Rule};
use crate::timeline::{DAY, Timeline};

pub(super) fn doubt(timeline: &Timeline<'_>, listens: &[usize], doubts: &mut Doubts) {
    doubt_plays(timeline, listens, doubts);
    doubt_words(timeline, doubts);
}

fn doubt_plays(timeline: &Timeline<'_>, listens: &[usize], doubts: &mut Doubts) {
    let cap = doubts.cleaning.plays_per_day;
    if cap == 0 {
        return;
    }
    for of_day in listens.chunk_by(|a, b| day(timeline, *a) == day(timeline, *b)) {
        // Who plays no more than the cap cannot exceed it with one recording.
        if of_day.len() <= cap as usize {
            continue;
        }
        let mut plays: BTreeMap<RecordingId, u32> = BTreeMap::new();
        for &row in of_day {
            let n = plays.entry(timeline.rows[row].recording).or_default();
            *n += 1;
            if *n > cap {
                doubts.doubt(row, Rule::Cap);
            }
        }
    }
}

fn doubt_words(timeline: &Timeline<'_>, doubts: &mut Doubts) {
    let cap = doubts.cleaning.words_per_day as usize;
    let is_word = |row: &usize| !timeline.rows[*row].event.kind.is_listen();
    let mut words: Vec<usize> = (0..timeline.rows.len()).filter(is_word).collect();
    if cap == 0 || words.len() <= cap {
        return;
    }
    words.sort_by_key(|row| timeline.at(*row));
    for of_day in words.chunk_by(|a, b| day(timeline, *a) == day(timeline, *b)) {
        for &row in of_day.iter().skip(cap) {
            doubts.doubt(row, Rule::Cap);
        }
    }
}

fn day(timeline: &Timeline<'_>, row: usize) -> i64 {
    timeline.at(row).div_euclid(DAY)
}
