//! How sure are we that this listener likes this recording?
//!
//! The log keeps everything; belief is computed here, from one listener's history, each time it is wanted.
//! Evidence `e = Σ value·2^(−age/half_life)` becomes a preference (liked when `e > 0`) and a confidence
//! `alpha·ln(1 + |e|/eps)`, the logarithmic form of Hu, Koren & Volinsky (2008), section 6.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use music::{End, Event, History, ImportId, Interaction, Logged, RecordingId};

use crate::{Evidence, Lengths};

#[cfg(test)]
mod tests;

/// The shortest time within which two sources may report one and the same listen.
const SAME_LISTEN: Duration = Duration::from_secs(60);

/// What one listener's log says of one recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighed {
    /// The recording.
    pub recording: RecordingId,
    /// Whether the evidence is positive.
    pub is_liked: bool,
    /// Positive; 0 only where evidence for and against cancel out.
    pub confidence: f32,
    /// Plays, repeated submissions left out; a count without times counts as its number.
    pub plays: f64,
    /// The last interaction; none where only a count is known.
    pub last: Option<Timestamp>,
}

/// What a play amounted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Heard out, or as good as.
    Completed,
    /// Heard in part.
    Partial,
    /// Broken off at once, or called skipped by the source.
    Skipped,
}

/// Weighs one listener's history, as far as it lies before `until`; ascending by recording.
///
/// O(n) in the length of the history.
#[must_use]
pub fn weigh(
    history: &History,
    lengths: &Lengths,
    evidence: &Evidence,
    until: Option<Timestamp>,
) -> Vec<Weighed> {
    let in_time = |logged: &&Logged| until.is_none_or(|until| logged.event.at < until);
    let listens: Vec<&Logged> = history.listens.iter().filter(in_time).collect();
    let now = last_listen(&listens);
    let mut sums: BTreeMap<RecordingId, Sum> = listens
        .chunk_by(|a, b| a.recording == b.recording)
        .map(|of_one| {
            (
                of_one[0].recording,
                sum(of_one, lengths.get(&of_one[0].recording).copied(), evidence, now),
            )
        })
        .collect();
    // A count has no times, so it does not decay.
    for &(recording, plays) in &history.counts {
        let sum = sums.entry(recording).or_default();
        sum.e += evidence.value("completed") * plays;
        sum.plays += plays;
    }
    sums.into_iter().map(|(recording, sum)| believed(recording, sum, evidence)).collect()
}

/// What one recording's rows add up to.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    e: f64,
    plays: f64,
    last: Option<Timestamp>,
}

/// What a play amounted to, given the recording's length where the event does not carry it.
fn outcome(event: &Event, length: Option<Duration>, evidence: &Evidence) -> Outcome {
    if event.kind == Interaction::Skip {
        return Outcome::Skipped;
    }
    let Some(played) = event.played.map(|played| played.as_secs_f64()) else {
        return if event.end == Some(End::Skipped) { Outcome::Skipped } else { Outcome::Completed };
    };
    let is_most = event
        .length
        .or(length)
        .is_some_and(|length| played >= evidence.completed_share * length.as_secs_f64());
    if event.end == Some(End::Finished) || is_most || played >= evidence.completed_secs {
        return Outcome::Completed;
    }
    match event.end {
        Some(End::Skipped) => Outcome::Skipped,
        Some(End::MovedOn) if played < evidence.skip_secs => Outcome::Skipped,
        _ => Outcome::Partial,
    }
}

/// A listen, the imports that reported it and the moment the first of them gave it.
struct Kept<'a> {
    richest: &'a Logged,
    since: Timestamp,
    imports: Vec<ImportId>,
}

/// One listener's listens of one recording, with what several sources reported kept once, the richest record of it.
///
/// Takes one recording's rows ascending by moment.
/// A listen takes in at most one row of each import: what one source reports twice was heard twice, however close.
fn distinct<'a>(of_one: &[&'a Logged], length: Option<Duration>) -> Vec<&'a Logged> {
    let mut kept: Vec<Kept<'a>> = Vec::with_capacity(of_one.len());
    for &logged in of_one.iter().filter(|logged| logged.event.kind.is_listen()) {
        let is_close = |other: &&mut Kept<'_>| {
            let known = other.richest.event.length.or(logged.event.length).or(length);
            let window = known.unwrap_or_default().max(SAME_LISTEN);
            logged.event.at.duration_since(other.since).unsigned_abs() <= window
        };
        let mut close = kept.iter_mut().rev().take_while(is_close);
        match close.find(|other| !other.imports.contains(&logged.import)) {
            Some(other) => {
                other.imports.push(logged.import);
                if is_richer(&logged.event, &other.richest.event) {
                    other.richest = logged;
                }
            }
            None => kept.push(Kept {
                richest: logged,
                since: logged.event.at,
                imports: vec![logged.import],
            }),
        }
    }
    kept.into_iter().map(|listen| listen.richest).collect()
}

fn is_richer(a: &Event, b: &Event) -> bool {
    (a.richness(), a.played) > (b.richness(), b.played)
}

/// The moment from which age counts: the last listen, or the last anything where nothing was heard.
fn last_listen(listens: &[&Logged]) -> Option<Timestamp> {
    let heard = listens
        .iter()
        .filter(|logged| logged.event.kind.is_listen())
        .map(|logged| logged.event.at)
        .max();
    heard.or_else(|| listens.iter().map(|logged| logged.event.at).max())
}

fn sum(
    of_one: &[&Logged],
    length: Option<Duration>,
    evidence: &Evidence,
    now: Option<Timestamp>,
) -> Sum {
    let plays = distinct(of_one, length);
    let of_plays: f64 = plays
        .iter()
        .map(|play| {
            let kind = match outcome(&play.event, length, evidence) {
                Outcome::Completed => "completed",
                Outcome::Partial => "partial",
                Outcome::Skipped => "skip",
            };
            evidence.value(kind) * decay(play.event.at, now, evidence)
        })
        .sum();
    let of_words: f64 = said(of_one)
        .into_iter()
        .map(|(kind, at)| evidence.value(kind) * decay(at, now, evidence))
        .sum();
    let last = of_one.iter().map(|logged| logged.event.at).max();
    Sum { e: of_plays + of_words, plays: plays.len() as f64, last }
}

/// The last word of each kind: only the newest of like, dislike and unlike stands, and a repeated save says no more than one.
fn said<'a>(of_one: &[&'a Logged]) -> BTreeMap<&'a str, Timestamp> {
    let mut opinion = None;
    let mut others = BTreeMap::new();
    for event in of_one.iter().map(|logged| &logged.event).filter(|event| !event.kind.is_listen()) {
        match event.kind {
            Interaction::Like | Interaction::Dislike => {
                opinion = Some((event.kind.name(), event.at))
            }
            Interaction::Unlike => opinion = None,
            _ => {
                others.insert(event.kind.name(), event.at);
            }
        }
    }
    others.extend(opinion);
    others
}

/// `2^(−age/half_life)`, 1 for what came after the last listen.
fn decay(at: Timestamp, now: Option<Timestamp>, evidence: &Evidence) -> f64 {
    let age_days = now.map_or(0.0, |now| now.duration_since(at).as_secs_f64().max(0.0) / 86_400.0);
    (-age_days / evidence.half_life_days).exp2()
}

fn believed(recording: RecordingId, sum: Sum, evidence: &Evidence) -> Weighed {
    let confidence = evidence.alpha * (sum.e.abs() / evidence.eps).ln_1p();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a confidence needs no more than seven digits"
    )]
    let confidence = confidence as f32;
    Weighed { recording, is_liked: sum.e > 0.0, confidence, plays: sum.plays, last: sum.last }
}
