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

impl Outcome {
    /// What the configuration calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Partial => "partial",
            Self::Skipped => "skip",
        }
    }
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
            let length = lengths.get(&of_one[0].recording).copied();
            (of_one[0].recording, sum(&contributions(of_one, length, evidence, now)))
        })
        .collect();
    // A count has no times, so it does not decay.
    for &(recording, plays) in &history.counts {
        sums.entry(recording).or_default().add_counted(plays, evidence);
    }
    sums.into_iter().map(|(recording, sum)| believed(recording, sum, evidence)).collect()
}

/// What one row of the log adds to the evidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution<'a> {
    /// The row.
    pub logged: &'a Logged,
    /// What it amounts to: `completed`, `partial` or `skip` of a play, else the interaction.
    pub kind: &'a str,
    /// What that is worth.
    pub value: f64,
    /// How much of it time has left, `2^(−age/half_life)`.
    pub decay: f64,
    /// Whether it counts; a listen that another source reported as well, or a word that was said again, does not.
    pub counts: bool,
}

impl Contribution<'_> {
    /// What it adds where it counts.
    #[must_use]
    pub fn amount(&self) -> f64 {
        self.value * self.decay
    }
}

/// How the belief about one recording came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighing<'a> {
    /// What each row adds, ascending by moment.
    pub contributions: Vec<Contribution<'a>>,
    /// Plays without times, each worth a completed one that does not grow old.
    pub counted: f64,
    /// The sum of all that counts.
    pub evidence: f64,
    /// What is believed.
    pub weighed: Weighed,
}

/// Weighs one recording of a history as [`weigh`] does, and shows its work; `None` where the history has nothing of it.
#[must_use]
pub fn weigh_one<'a>(
    history: &'a History,
    recording: RecordingId,
    lengths: &Lengths,
    evidence: &Evidence,
    until: Option<Timestamp>,
) -> Option<Weighing<'a>> {
    let in_time = |logged: &&Logged| until.is_none_or(|until| logged.event.at < until);
    let listens: Vec<&Logged> = history.listens.iter().filter(in_time).collect();
    let of_one: Vec<&Logged> =
        listens.iter().filter(|logged| logged.recording == recording).copied().collect();
    let counted = history.counts.iter().find(|(of, _)| *of == recording).map(|(_, plays)| *plays);
    if of_one.is_empty() && counted.is_none() {
        return None;
    }
    let length = lengths.get(&recording).copied();
    let contributions = contributions(&of_one, length, evidence, last_listen(&listens));
    let mut sum = sum(&contributions);
    let counted = counted.unwrap_or(0.0);
    sum.add_counted(counted, evidence);
    let weighed = believed(recording, sum, evidence);
    Some(Weighing { contributions, counted, evidence: sum.e, weighed })
}

/// What one recording's rows add up to.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    e: f64,
    plays: f64,
    last: Option<Timestamp>,
}

impl Sum {
    fn add_counted(&mut self, plays: f64, evidence: &Evidence) {
        self.e += evidence.value("completed") * plays;
        self.plays += plays;
    }
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
struct Kept {
    /// Which row says most of it.
    richest: usize,
    since: Timestamp,
    imports: Vec<ImportId>,
}

/// Of one recording's rows ascending by moment, those that are a listen of their own: what several sources reported is
/// one, in the richest record of it.
///
/// A listen takes in at most one row of each import: what one source reports twice was heard twice, however close.
fn distinct(of_one: &[&Logged], length: Option<Duration>) -> Vec<bool> {
    let mut kept: Vec<Kept> = Vec::with_capacity(of_one.len());
    for (row, logged) in
        of_one.iter().enumerate().filter(|(_, logged)| logged.event.kind.is_listen())
    {
        let is_close = |other: &&mut Kept| {
            let known = of_one[other.richest].event.length.or(logged.event.length).or(length);
            let window = known.unwrap_or_default().max(SAME_LISTEN);
            logged.event.at.duration_since(other.since).unsigned_abs() <= window
        };
        let mut close = kept.iter_mut().rev().take_while(is_close);
        match close.find(|other| !other.imports.contains(&logged.import)) {
            Some(other) => {
                other.imports.push(logged.import);
                if is_richer(&logged.event, &of_one[other.richest].event) {
                    other.richest = row;
                }
            }
            None => {
                kept.push(Kept {
                    richest: row,
                    since: logged.event.at,
                    imports: vec![logged.import],
                });
            }
        }
    }
    let mut is_kept = vec![false; of_one.len()];
    for listen in kept {
        is_kept[listen.richest] = true;
    }
    is_kept
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

fn sum(contributions: &[Contribution<'_>]) -> Sum {
    let counted = || contributions.iter().filter(|contribution| contribution.counts);
    let is_listen = |contribution: &&Contribution<'_>| contribution.logged.event.kind.is_listen();
    Sum {
        e: counted().map(Contribution::amount).sum(),
        plays: counted().filter(is_listen).count() as f64,
        last: contributions.iter().map(|contribution| contribution.logged.event.at).max(),
    }
}

/// What each row of one recording, ascending by moment, adds to the evidence.
fn contributions<'a>(
    of_one: &[&'a Logged],
    length: Option<Duration>,
    evidence: &Evidence,
    now: Option<Timestamp>,
) -> Vec<Contribution<'a>> {
    let (listens, words) = (distinct(of_one, length), last_words(of_one));
    let contribution = |(row, &logged): (usize, &&'a Logged)| {
        let event = &logged.event;
        let (kind, counts) = if event.kind.is_listen() {
            (outcome(event, length, evidence).name(), listens[row])
        } else {
            (event.kind.name(), words[row])
        };
        let (value, decay) = (evidence.value(kind), decay(event.at, now, evidence));
        Contribution { logged, kind, value, decay, counts }
    };
    of_one.iter().enumerate().map(contribution).collect()
}

/// The last word of each kind: only the newest of like, dislike and unlike stands, and a repeated save says no more than one.
fn last_words(of_one: &[&Logged]) -> Vec<bool> {
    let mut opinion = None;
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    for (row, logged) in of_one.iter().enumerate() {
        match &logged.event.kind {
            kind if kind.is_listen() => {}
            Interaction::Like | Interaction::Dislike => opinion = Some(row),
            Interaction::Unlike => opinion = None,
            kind => {
                others.insert(kind.name(), row);
            }
        }
    }
    let mut is_last = vec![false; of_one.len()];
    for row in others.into_values().chain(opinion) {
        is_last[row] = true;
    }
    is_last
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
