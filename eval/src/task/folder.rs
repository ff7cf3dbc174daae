//! A task from everything a data folder holds: what will be heard for the first time, and liked?
//!
//! Models learn from what was known before the gap; its lengths of recordings, its evidence and its catalogue are of
//! that time too. What a listener knew when the window began, in any version, is never ranked: a list would not show it.

use std::collections::{BTreeMap, BTreeSet};

use engine::{Folder, Observer, Pairs, Reading, Undated};
use jiff::Timestamp;
use listens::{Evidence, Lengths, Past, Weighed, confidences, weigh};
use models::Spec;
use music::{History, ListenerId, Logged, RecordingId, Shown, UserIx};

use super::{Asked, Counts, Genres, Moments, Objective, Relevance, Split, Task};
use crate::Error;

/// Which part of a log to ask for, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// When it begins; otherwise it is the last one.
    pub from: Option<i64>,
    /// How long it is.
    pub length: i64,
    /// What lies before it and is not learned from.
    pub gap: i64,
    /// Whether what a user knows is ranked, and asked for too; a table says so in its [`super::Source`].
    pub replays: bool,
}

impl Task {
    /// What a folder holds, cut at one moment for all; `objective` first, the others beside it.
    ///
    /// Counts without times are in neither part.
    /// It holds what `specs`, the models that will be fitted to it, learn from beside pairs; facts of recordings are those
    /// of today's catalogue, moments end where the training does.
    /// What was liked in the window is told by `judge`, so that several ways to learn from a log can be asked the same.
    ///
    /// # Errors
    /// When the folder holds no listen with a time, when nothing lies before the window or nothing new in it, and when
    /// the observer wants to stop.
    pub fn from_folder(
        folder: &Folder,
        window: Window,
        objective: Objective,
        judge: &Evidence,
        specs: &[Spec],
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        let (oldest, newest) =
            folder.store.span().map_err(engine::Error::from)?.ok_or(Error::NoTimes)?;
        let moments = Moments::new(window.from, window.length, window.gap, newest.as_second());
        let train_until = moment(moments.train_until)?;
        observer.begin("lengths", None);
        let survey = engine::survey(folder, Some(train_until), observer)?;
        observer.begin("evidence", None);
        let reading = Reading {
            lengths: &survey.lengths,
            trust: &survey.trust,
            evidence: &folder.config.evidence,
            until: Some(train_until),
            undated: Undated::LeaveOut,
            detail: engine::detail(specs),
        };
        let pairs = engine::pairs(folder, &reading, &mut |_, _| {}, observer);
        let pairs = pairs.map_err(|error| match error {
            engine::Error::Empty => Error::NothingBefore { from: train_until, oldest, newest },
            other => other.into(),
        })?;
        let until = moment(moments.until)?;
        observer.begin("questions", None);
        let later = engine::lengths(folder, Some(until), observer)?;
        let examiner = Examiner {
            folder,
            pairs: &pairs,
            lengths: later,
            from: moment(moments.from)?,
            objectives: objectives(objective),
            judge,
            works: Works::of(folder)?,
            ranks_known: window.replays,
        };
        let (asked, counts) = examiner.ask_all(until, observer)?;
        observer.end();
        if !asked.iter().any(Asked::is_asked) {
            return Err(Error::NothingNew { from: moment(moments.from)?, until, oldest, newest });
        }
        let Examiner { objectives, .. } = examiner;
        let genres = genres(folder, &pairs)?;
        let wants_features = specs.iter().any(Spec::wants_features);
        let known = || engine::features(folder, &pairs.rows, &survey.lengths, pairs.newest);
        let features = wants_features.then(known).transpose()?;
        Ok(Self {
            split: Split::Time(moments),
            objectives,
            heard: pairs.heard,
            rows: pairs.rows,
            features,
            moments: pairs.moments,
            asked,
            groupings: Vec::new(),
            genres,
            ranks_known: window.replays,
            counts,
            files: Vec::new(),
        })
    }
}

fn moment(seconds: i64) -> Result<Timestamp, Error> {
    Timestamp::from_second(seconds).map_err(|_out_of_range| Error::NoMoment { seconds })
}

/// All, the main one first.
fn objectives(first: Objective) -> Vec<Objective> {
    let others = Objective::ALL.into_iter().filter(|other| *other != first);
    std::iter::once(first).chain(others).collect()
}

/// Asks listeners for what they heard first in the window.
struct Examiner<'a> {
    folder: &'a Folder,
    pairs: &'a Pairs,
    /// Of recordings, as known when the window ends: only to tell what was liked.
    lengths: Lengths,
    from: Timestamp,
    objectives: Vec<Objective>,
    /// What the listens of the window are worth.
    judge: &'a Evidence,
    works: Works,
    /// Whether what a listener knows is asked for too.
    ranks_known: bool,
}

/// Which recordings are versions of one work.
struct Works {
    /// Of recordings that share theirs.
    of: BTreeMap<RecordingId, i64>,
    recordings: BTreeMap<i64, Vec<RecordingId>>,
}

impl Works {
    fn of(folder: &Folder) -> Result<Self, Error> {
        let shared = folder.store.shared_works().map_err(engine::Error::from)?;
        let mut recordings: BTreeMap<i64, Vec<RecordingId>> = BTreeMap::new();
        for (recording, work) in &shared {
            recordings.entry(*work).or_default().push(*recording);
        }
        Ok(Self { of: shared.into_iter().collect(), recordings })
    }

    /// All versions of a recording, itself included.
    fn versions(&self, recording: &RecordingId) -> impl Iterator<Item = RecordingId> {
        let work = self.of.get(recording).and_then(|work| self.recordings.get(work));
        std::iter::once(*recording).chain(work.into_iter().flatten().copied())
    }
}

impl Examiner<'_> {
    fn ask_all(
        &self,
        until: Timestamp,
        observer: &mut dyn Observer,
    ) -> Result<(Vec<Asked>, Counts), Error> {
        let mut counts = Counts::default();
        let mut asked = Vec::new();
        let mut n = 0;
        let shown = self.folder.store.all_shown(None).map_err(engine::Error::from)?;
        self.folder
            .store
            .for_each_history(Some(until), &mut |listener, history| {
                counts.undated += history.counts.len();
                let shown = shown.get(&listener).map_or(&[][..], Vec::as_slice);
                asked.extend(self.ask(listener, history, shown, until, &mut counts));
                n += 1;
                observer.advance(n);
            })
            .map_err(engine::Error::from)?;
        if observer.is_interrupted() { Err(Error::Interrupted) } else { Ok((asked, counts)) }
    }

    /// `None` where nothing was heard for the first time.
    fn ask(
        &self,
        listener: ListenerId,
        history: &History,
        shown: &[Shown],
        until: Timestamp,
        counts: &mut Counts,
    ) -> Option<Asked> {
        let (before, within): (Vec<Logged>, Vec<Logged>) =
            history.listens.iter().cloned().partition(|logged| logged.event.at < self.from);
        let known = self.known(&before, history, shown);
        let within = History { listens: within, counts: Vec::new() };
        let new: Vec<New> = self.new_to(&known, &within, until, counts);
        if new.is_empty() {
            return None;
        }
        let user = self.pairs.listeners.binary_search(&listener).ok();
        let rows = |recording: &RecordingId| self.pairs.rows.ix(*recording).map(|item| item.0);
        let mut asked = Asked {
            who: listener.0,
            user: user.map(|user| UserIx(u32::try_from(user).expect("user rows are u32"))),
            also_known: known.iter().filter_map(rows).filter(|_| !self.ranks_known).collect(),
            activity: user.map_or(0.0, |user| self.pairs.plays[user]),
            others: vec![Relevance::default(); self.objectives.len() - 1],
            ..Asked::default()
        };
        for new in new {
            self.put(&mut asked, &new, rows(&new.recording));
        }
        counts.wanted += asked.n_wanted();
        counts.unseen += asked.unseen.len();
        counts.strangers += usize::from(asked.is_asked() && asked.user.is_none());
        Some(asked)
    }

    /// What the listener had met when the window began, in the log or in a list, all versions of it.
    fn known(
        &self,
        before: &[Logged],
        history: &History,
        shown: &[Shown],
    ) -> BTreeSet<RecordingId> {
        let counted = history.counts.iter().map(|(recording, _)| recording);
        let shown = shown.iter().filter(|shown| shown.at < self.from).map(|shown| &shown.recording);
        let met = before.iter().map(|logged| &logged.recording).chain(counted).chain(shown);
        met.flat_map(|recording| self.works.versions(recording)).collect()
    }

    fn new_to(
        &self,
        known: &BTreeSet<RecordingId>,
        within: &History,
        until: Timestamp,
        counts: &mut Counts,
    ) -> Vec<New> {
        let past = Past { until: Some(until), ..Past::of(within) };
        let weighed = weigh(&past, &self.lengths, self.judge);
        let pairs: Vec<_> = weighed.iter().map(|one| (one.recording, one.evidence)).collect();
        let confidences = confidences(&pairs, self.judge, None);
        let mut new = Vec::new();
        let heard = weighed.iter().zip(confidences).filter(|(weighed, _)| weighed.plays > 0.0);
        for (weighed, confidence) in heard {
            counts.test_pairs += 1;
            if known.contains(&weighed.recording) {
                counts.replays += 1;
                if !self.ranks_known {
                    continue;
                }
            }
            let of_one = of_recording(&within.listens, weighed.recording);
            let length = self.lengths.get(&weighed.recording).copied();
            let found = New::of(weighed, confidence, of_one, length);
            let is_hit = found.gain(self.objectives[0]) > 0.0;
            counts.disliked += usize::from(!is_hit);
            new.push(found);
        }
        new
    }

    /// Writes down by which objectives a recording is relevant; those come ascending.
    fn put(&self, asked: &mut Asked, new: &New, row: Option<u32>) {
        let (first, others) = self.objectives.split_first().expect("an objective expected");
        let gain = new.gain(*first);
        match row {
            Some(row) => {
                asked.wanted.push(row);
                asked.gains.push(gain);
            }
            None => asked.unseen.extend((gain > 0.0).then_some(gain)),
        }
        for (relevance, objective) in asked.others.iter_mut().zip(others) {
            let gain = new.gain(*objective);
            match row {
                Some(_) => relevance.gains.push(gain),
                None => relevance.unseen.extend((gain > 0.0).then_some(gain)),
            }
        }
    }
}

/// The listens of a recording, from those of a listener ascending by recording.
fn of_recording(listens: &[Logged], recording: RecordingId) -> &[Logged] {
    let start = listens.partition_point(|logged| logged.recording < recording);
    let n = listens[start..].partition_point(|logged| logged.recording == recording);
    &listens[start..start + n]
}

/// A recording that a listener heard for the first time.
struct New {
    recording: RecordingId,
    /// 0 where it is not liked.
    confidence: f32,
    seconds: f32,
}

impl New {
    fn of(
        weighed: &Weighed,
        confidence: f32,
        of_one: &[Logged],
        length: Option<std::time::Duration>,
    ) -> Self {
        let listened = of_one.iter().filter(|logged| logged.event.kind.is_listen());
        let seconds =
            listened.filter_map(|logged| logged.event.played.or(logged.event.length).or(length));
        Self {
            recording: weighed.recording,
            confidence: if weighed.is_liked() { confidence } else { 0.0 },
            seconds: seconds.map(|played| played.as_secs_f32()).sum(),
        }
    }

    fn gain(&self, objective: Objective) -> f32 {
        match objective {
            Objective::Liked => self.confidence,
            Objective::Clicked => 1.0,
            Objective::Time => self.seconds,
        }
    }
}

/// What people call the recordings, or would; `None` where nobody called any anything.
fn genres(folder: &Folder, pairs: &Pairs) -> Result<Option<Genres>, Error> {
    let tags = engine::tags(folder)?;
    let labels =
        tags.iter().map(|(recording, tag, weight)| (pairs.rows.ix(recording), tag, weight));
    let genres = Genres::new(&pairs.rows, labels);
    Ok(Some(genres).filter(|genres| !genres.names.is_empty()))
}

#[cfg(test)]
mod tests;
