//! How sure are we that this listener likes this recording?
//!
//! The log keeps everything; belief is computed here, from one listener's history, each time it is wanted.
//! Each row amounts to something ([`crate::Kind`]), of which time leaves a part, and doubts another:
//! evidence `e = Σ value·confidence·says·decay·belief`. Where `e > 0` the recording is liked, and how sure that is
//! follows from `|e|` by [`crate::Form`].

mod decay;
mod discovery;
mod form;
mod meaning;
mod words;

use jiff::Timestamp;
use music::{History, Logged, RecordingId, Shown};

use crate::doubt::Doubts;
use crate::timeline::Timeline;
use crate::{Evidence, Lengths, Rule};
use decay::Decay;
pub use discovery::First;
pub use form::{Crowd, confidences};
use meaning::Meanings;

#[cfg(test)]
mod tests;

/// What is known of one listener.
#[derive(Clone, Debug)]
pub struct Past<'a> {
    /// The log.
    pub history: &'a History,
    /// What was ever shown, ascending by moment.
    pub shown: Vec<Shown>,
    /// The moment from which on nothing counts.
    pub until: Option<Timestamp>,
}

impl<'a> Past<'a> {
    /// A whole log of somebody to whom nothing was shown.
    #[must_use]
    pub fn of(history: &'a History) -> Self {
        Self { history, shown: Vec::new(), until: None }
    }
}

/// What one listener's log says of one recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighed {
    /// The recording.
    pub recording: RecordingId,
    /// For and against; liked when above 0.
    pub evidence: f64,
    /// Plays as far as they are believed; a count without times counts as its number.
    pub plays: f64,
    /// What became of it after the first listen.
    pub first: First,
    /// The last interaction; none where only a count is known.
    pub last: Option<Timestamp>,
}

impl Weighed {
    /// Whether the evidence is positive.
    #[must_use]
    pub fn is_liked(&self) -> bool {
        self.evidence > 0.0
    }
}

/// What is believed of one listener, and how much of the log is not.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighing<'a> {
    /// What each row adds, ascending by recording, then moment.
    pub contributions: Vec<Contribution<'a>>,
    /// Ascending by recording.
    pub weighed: Vec<Weighed>,
}

/// What one row of the log adds to the evidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution<'a> {
    /// Of which recording.
    pub recording: RecordingId,
    /// When.
    pub at: Timestamp,
    /// The row; none for what was shown and ignored.
    pub logged: Option<&'a Logged>,
    /// What it amounts to, as the registry calls it.
    pub kind: &'a str,
    /// What that is worth: value times confidence.
    pub worth: f64,
    /// How much of a skip is left, which says the less the more usual it is.
    pub says: f64,
    /// How much time has left.
    pub decay: f64,
    /// What a doubted row still counts.
    pub belief: f64,
    /// Why it does not count in full.
    pub standing: Standing,
}

/// Whether a row counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In full.
    Believed,
    /// Not: it was said again or taken back later.
    SaidAgain,
    /// As much as the rule leaves.
    Doubted(Rule),
}

impl Contribution<'_> {
    /// What it adds to the evidence.
    #[must_use]
    pub fn amount(&self) -> f64 {
        self.worth * self.says * self.decay * self.belief
    }

    /// The rule that doubts the row.
    #[must_use]
    pub fn doubt(&self) -> Option<Rule> {
        match self.standing {
            Standing::Doubted(rule) => Some(rule),
            Standing::Believed | Standing::SaidAgain => None,
        }
    }

    fn is_listen(&self) -> bool {
        self.logged.is_some_and(|logged| logged.event.kind.is_listen())
    }
}

/// Weighs one listener's history; ascending by recording.
///
/// O(n log n) in the length of the history, for its order in time.
#[must_use]
pub fn weigh(past: &Past<'_>, lengths: &Lengths, evidence: &Evidence) -> Vec<Weighed> {
    weigh_rows(past, lengths, evidence).weighed
}

/// Weighs as [`weigh`] does, and shows its work.
#[must_use]
pub fn weigh_rows<'a>(past: &Past<'a>, lengths: &Lengths, evidence: &'a Evidence) -> Weighing<'a> {
    let timeline = Timeline::of(past.history, lengths, past.until);
    let contributions = contributions(past, &timeline, evidence);
    let heard_until = timeline.listens.last().map(|row| timeline.rows[*row].event.at);
    let mut counts = past.history.counts.iter().copied().peekable();
    let mut weighed = Vec::new();
    let of_count = |(recording, plays): (RecordingId, f64)| Weighed {
        recording,
        evidence: evidence.worth("completed") * plays,
        plays,
        first: First::Untold,
        last: None,
    };
    for rows in contributions.chunk_by(|a, b| a.recording == b.recording) {
        let mut of_one = sum(rows, heard_until);
        while let Some(count) = counts.next_if(|(recording, _)| *recording < of_one.recording) {
            weighed.push(of_count(count));
        }
        // A count has no times, so it does not decay.
        if let Some(count) = counts.next_if(|(recording, _)| *recording == of_one.recording) {
            let counted = of_count(count);
            of_one.evidence += counted.evidence;
            of_one.plays += counted.plays;
            of_one.first = First::Untold;
        }
        weighed.push(of_one);
    }
    weighed.extend(counts.map(of_count));
    Weighing { contributions, weighed }
}

/// What the rows of one recording come to.
fn sum(rows: &[Contribution<'_>], heard_until: Option<Timestamp>) -> Weighed {
    let listens = || rows.iter().filter(|row| row.is_listen());
    let is_dated = |row: &&Contribution<'_>| row.standing != Standing::Doubted(Rule::Clock);
    let logged = || rows.iter().filter(|row| row.logged.is_some());
    let last = |rows: &mut dyn Iterator<Item = &Contribution<'_>>| rows.map(|row| row.at).max();
    Weighed {
        recording: rows[0].recording,
        evidence: rows.iter().map(Contribution::amount).sum(),
        plays: listens().map(|row| row.belief).sum(),
        first: discovery::first(rows, heard_until),
        last: last(&mut logged().filter(is_dated)).or_else(|| last(&mut logged())),
    }
}

/// What each row, and whatever was ignored, adds to the evidence; ascending by recording, then moment.
fn contributions<'a>(
    past: &Past<'a>,
    timeline: &Timeline<'a>,
    evidence: &'a Evidence,
) -> Vec<Contribution<'a>> {
    let doubts = Doubts::of(timeline, &evidence.cleaning);
    let meanings = Meanings::of(timeline, &doubts, evidence);
    let last_words = words::last(&timeline.rows);
    let taken_back = words::taken_back(&timeline.rows, &last_words);
    let decay = Decay::of(timeline, &doubts, evidence);
    let contribution = |(row, &logged): (usize, &&'a Logged)| {
        let event = &logged.event;
        let is_listen = event.kind.is_listen();
        let (kind, says) =
            if is_listen { meanings.of_listen(row) } else { (event.kind.name(), 1.0) };
        let registered = evidence.kind(kind);
        let is_taken_back = taken_back[row] && registered.worth() > 0.0;
        let (belief, standing) = match doubts.rule(row) {
            _ if is_taken_back || !is_listen && !last_words[row] => (0.0, Standing::SaidAgain),
            Some(rule) => (doubts.belief(row), Standing::Doubted(rule)),
            None => (1.0, Standing::Believed),
        };
        Contribution {
            recording: logged.recording,
            at: event.at,
            logged: Some(logged),
            kind,
            worth: registered.worth(),
            says,
            decay: decay.left(timeline.at(row), registered),
            belief,
            standing,
        }
    };
    let mut all: Vec<_> = timeline.rows.iter().enumerate().map(contribution).collect();
    let ignored = evidence.kind("ignored");
    let shown = words::ignored(past, timeline).into_iter().map(|shown| Contribution {
        recording: shown.recording,
        at: shown.at,
        logged: None,
        kind: "ignored",
        worth: ignored.worth(),
        says: 1.0,
        decay: decay.left(shown.at.as_millisecond(), ignored),
        belief: 1.0,
        standing: Standing::Believed,
    });
    let n_logged = all.len();
    all.extend(shown);
    if all.len() > n_logged {
        all.sort_by_key(|each| (each.recording, each.at));
    }
    all
}

/// What was played without times: the evidence of counts alone, for who explains a belief.
#[must_use]
pub fn counted(history: &History, recording: RecordingId) -> f64 {
    let place = history.counts.binary_search_by_key(&recording, |(of, _)| *of);
    place.map_or(0.0, |place| history.counts[place].1)
}

/// Seasons of a listener's plays of one recording: how many in each month, January first.
#[must_use]
pub fn by_month(rows: &[Contribution<'_>]) -> [usize; 12] {
    let mut months = [0; 12];
    for row in rows.iter().filter(|row| row.is_listen() && row.belief > 0.0) {
        let month = row.at.to_zoned(jiff::tz::TimeZone::UTC).month();
        months[usize::try_from(month - 1).expect("months are 1 to 12")] += 1;
    }
    months
}
