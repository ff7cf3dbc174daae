//! What did a listen amount to, for this listener, in this session?
//!
//! A skip says the less the more usual it is: who clicks through an album, or away from a mood, skips nearly
//! everything, and who never skips means it. A play that was broken off is held against what its listener mostly hears
//! of a recording.

use std::time::Duration;

use music::{End, Event, Interaction};

use crate::doubt::Doubts;
use crate::timeline::{MINUTE, Timeline};
use crate::{Evidence, Rule, Skips};

/// A pause after which a session is over, where the source does not tell sessions; milliseconds.
const SESSION_BREAK: i64 = 30 * MINUTE;
/// Played again within this many milliseconds is played again at once.
const AT_ONCE: i64 = 10 * MINUTE;
/// The share of listens that people skip, and how many listens that belief is worth.
const USUAL_SKIPS: f64 = 0.2;
const USUAL_WEIGHT: f64 = 10.0;
/// How many listens the listener's own share of skips is worth beside those of a session.
const HABIT_WEIGHT: f64 = 4.0;

/// What a listen amounted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Heard out, or as good as.
    Completed,
    /// Heard out, and again at once.
    Repeat,
    /// Heard in part.
    Partial,
    /// Heard in part, much less than this listener hears of others.
    Short,
    /// Broken off again, and never heard out.
    ShortAgain,
    /// Broken off, or called skipped by the source.
    Skip,
    /// In its first seconds.
    EarlySkip,
}

impl Meaning {
    /// What the registry calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Repeat => "repeat",
            Self::Partial => "partial",
            Self::Short => "short",
            Self::ShortAgain => "short-again",
            Self::Skip => "skip",
            Self::EarlySkip => "early-skip",
        }
    }

    fn is_negative(self) -> bool {
        matches!(self, Self::Short | Self::ShortAgain | Self::Skip | Self::EarlySkip)
    }

    fn is_skip(self) -> bool {
        matches!(self, Self::ShortAgain | Self::Skip | Self::EarlySkip)
    }
}

/// What each listen of a history amounted to.
#[derive(Clone, Debug)]
pub(super) struct Meanings {
    /// `[n_rows]`; anything for what is no listen.
    meanings: Vec<Meaning>,
    /// `[n_rows]` how much of a skip is left.
    says: Vec<f64>,
}

impl Meanings {
    pub(super) fn of(timeline: &Timeline<'_>, doubts: &Doubts, evidence: &Evidence) -> Self {
        let n_rows = timeline.rows.len();
        let mut meanings = vec![Meaning::Completed; n_rows];
        for &row in &timeline.listens {
            let (event, length) = (&timeline.rows[row].event, timeline.lengths[row]);
            meanings[row] = outcome(event, length, doubts.rule(row), evidence);
        }
        let single = timeline.without(|row| doubts.rule(row) == Some(Rule::Double));
        by_habit(timeline, &single, evidence, &mut meanings);
        by_order(timeline, &single, &mut meanings);
        let says = match evidence.skips {
            Skips::Plain => vec![1.0; n_rows],
            Skips::Habits => surprise(timeline, &single, &meanings),
        };
        Self { meanings, says }
    }

    /// What it is called, and how much of it is left.
    pub(super) fn of_listen(&self, row: usize) -> (&'static str, f64) {
        let meaning = self.meanings[row];
        (meaning.name(), if meaning.is_negative() { self.says[row] } else { 1.0 })
    }
}

/// What a play amounted to by itself, given the recording's length where the event does not carry it.
///
/// Of an impossible length only how it ended is believed, of a record that contradicts itself only how long it played.
pub(super) fn outcome(
    event: &Event,
    length: Option<Duration>,
    doubt: Option<Rule>,
    evidence: &Evidence,
) -> Meaning {
    if event.kind == Interaction::Skip {
        return Meaning::Skip;
    }
    let end = event.end.filter(|_| doubt != Some(Rule::Contradiction));
    let Some(played) = event.played.filter(|_| doubt != Some(Rule::Impossible)) else {
        return match end {
            Some(End::Skipped) => Meaning::Skip,
            Some(End::MovedOn) => Meaning::Partial,
            Some(End::Finished | End::Stopped) | None => Meaning::Completed,
        };
    };
    let played = played.as_secs_f64();
    let is_most =
        length.is_some_and(|length| played >= evidence.completed_share * length.as_secs_f64());
    if end == Some(End::Finished) || is_most || played >= evidence.completed_secs {
        return Meaning::Completed;
    }
    let skip = if played < evidence.early_secs { Meaning::EarlySkip } else { Meaning::Skip };
    match end {
        Some(End::Skipped) => skip,
        Some(End::MovedOn) if played < evidence.skip_secs => skip,
        _ => Meaning::Partial,
    }
}

/// Partial plays that are short for this listener.
fn by_habit(
    timeline: &Timeline<'_>,
    listens: &[usize],
    evidence: &Evidence,
    meanings: &mut [Meaning],
) {
    let shares: Vec<f64> = listens.iter().filter_map(|row| timeline.share(*row)).collect();
    let usual = shares.iter().sum::<f64>() / shares.len().max(1) as f64;
    let is_short =
        |row| timeline.share(row).is_some_and(|share| share < evidence.short_play * usual);
    for &row in listens {
        if meanings[row] == Meaning::Partial && is_short(row) {
            meanings[row] = Meaning::Short;
        }
    }
}

/// What was played again at once, and what was broken off again.
fn by_order(timeline: &Timeline<'_>, listens: &[usize], meanings: &mut [Meaning]) {
    for pair in listens.windows(2) {
        let &[before, row] = pair else { continue };
        let is_same = timeline.rows[before].recording == timeline.rows[row].recording;
        let is_at_once = timeline.at(row) - timeline.end(before) <= AT_ONCE;
        if is_same && is_at_once && meanings[row] == Meaning::Completed {
            meanings[row] = Meaning::Repeat;
        }
    }
    let mut by_recording = listens.to_vec();
    by_recording.sort_unstable();
    let recording = |row: &usize| timeline.rows[*row].recording;
    for of_one in by_recording.chunk_by(|a, b| recording(a) == recording(b)) {
        if of_one.iter().all(|row| meanings[*row].is_negative()) {
            for &row in &of_one[1..] {
                meanings[row] = Meaning::ShortAgain;
            }
        }
    }
}

/// How much of each skip is left: 1 for one as unusual as most people's, less the more of its session is skipped.
///
/// `min(1, (1 − q)/(1 − 0.2))`, q the share of skips among the others of the session, drawn towards the listener's own,
/// which is drawn towards 0.2.
fn surprise(timeline: &Timeline<'_>, listens: &[usize], meanings: &[Meaning]) -> Vec<f64> {
    let mut says = vec![1.0; timeline.rows.len()];
    let skips = |rows: &[usize]| rows.iter().filter(|row| meanings[**row].is_skip()).count() as f64;
    let habit =
        (skips(listens) + USUAL_SKIPS * USUAL_WEIGHT) / (listens.len() as f64 + USUAL_WEIGHT);
    for session in listens.chunk_by(|a, b| is_one_session(timeline, *a, *b)) {
        let (n, n_skips) = (session.len() as f64, skips(session));
        for &row in session.iter().filter(|row| meanings[**row].is_negative()) {
            let own = if meanings[row].is_skip() { 1.0 } else { 0.0 };
            let q = (n_skips - own + HABIT_WEIGHT * habit) / (n - 1.0 + HABIT_WEIGHT);
            says[row] = ((1.0 - q) / (1.0 - USUAL_SKIPS)).min(1.0);
        }
    }
    says
}

fn is_one_session(timeline: &Timeline<'_>, a: usize, b: usize) -> bool {
    let session = |row: usize| timeline.rows[row].event.session;
    match (session(a), session(b)) {
        (Some(a), Some(b)) => a == b,
        _ => timeline.at(b) - timeline.end(a) <= SESSION_BREAK,
    }
}
