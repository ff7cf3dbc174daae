//! Which rows report a listen that another row reports better?

use music::{Event, ImportId};

use super::{Doubts, Rule};
use crate::timeline::{MINUTE, Timeline, millis};

/// The shortest time within which two sources may report one and the same listen, in milliseconds as all below.
const SAME_LISTEN: i64 = MINUTE;
/// Within which one source reports a recording twice that cannot have been heard twice: nothing counts as played sooner.
const SAME_SOURCE: i64 = MINUTE / 2;
/// By how much moments are rounded.
const ROUNDING: i64 = 2_000;

/// A listen, the imports that reported it and the moment the first of them gave it.
struct Kept {
    /// Which row says most of it.
    richest: usize,
    since: i64,
    imports: Vec<ImportId>,
}

/// Doubts all rows of a listen but the richest.
///
/// A listen takes in one row of each import; a second row of an import only where the first play was not over yet.
pub(super) fn doubt(timeline: &Timeline<'_>, doubts: &mut Doubts) {
    let rows = &timeline.rows;
    let mut start = 0;
    for of_one in rows.chunk_by(|a, b| a.recording == b.recording) {
        let listens = (start..start + of_one.len()).filter(|row| rows[*row].event.kind.is_listen());
        start += of_one.len();
        doubt_in(timeline, listens, doubts);
    }
}

fn doubt_in(timeline: &Timeline<'_>, listens: impl Iterator<Item = usize>, doubts: &mut Doubts) {
    let mut kept: Vec<Kept> = Vec::new();
    for row in listens {
        let logged = timeline.rows[row];
        let is_close = |other: &&mut Kept| {
            let known = timeline.rows[other.richest].event.length.or(timeline.lengths[row]);
            let window = known.map_or(0, millis).max(SAME_LISTEN);
            (timeline.at(row) - other.since).abs() <= window
        };
        let mut close = kept.iter_mut().rev().take_while(is_close);
        let is_same = |other: &&mut Kept| {
            !other.imports.contains(&logged.import) || is_too_soon(timeline, other.richest, row)
        };
        let Some(other) = close.find(is_same) else {
            let imports = vec![logged.import];
            kept.push(Kept { richest: row, since: timeline.at(row), imports });
            continue;
        };
        other.imports.push(logged.import);
        let mut poorer = row;
        if is_richer(&logged.event, &timeline.rows[other.richest].event) {
            std::mem::swap(&mut poorer, &mut other.richest);
        }
        doubts.doubt(poorer, Rule::Double);
    }
}

/// Whether a listen began before one player could have been done with another of the same recording.
fn is_too_soon(timeline: &Timeline<'_>, before: usize, row: usize) -> bool {
    let passed = timeline.at(row) - timeline.at(before);
    let played = timeline.rows[before].event.played.map_or(SAME_SOURCE, millis);
    let took = timeline.lengths[before].map_or(played, |length| played.min(millis(length)));
    passed + ROUNDING < took
}

fn is_richer(a: &Event, b: &Event) -> bool {
    (a.richness(), a.played) > (b.richness(), b.played)
}
