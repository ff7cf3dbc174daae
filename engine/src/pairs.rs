//! A log: what is believed of every listener and recording?
//!
//! Two passes with one listener in memory at a time: first how long recordings are, then what each history says.

use jiff::Timestamp;
use linalg::Csr;
use listens::{LengthEstimates, Lengths, Weighed, weigh};
use models::Heard;
use music::{History, ItemIx, ListenerId, RecordingId, Rows, UserIx};

use crate::{Error, Folder, Observer};

/// What becomes of counts, which say how often and not when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undated {
    /// They count, whatever the moment up to which the log is read.
    Count,
    /// They are left out: nobody knows whether they were before it.
    LeaveOut,
}

/// Everything that the log says up to a moment.
#[derive(Debug)]
pub struct Pairs {
    /// What is believed `[n_users × n_items]`.
    pub heard: Csr<UserIx, ItemIx, Heard>,
    /// Which recording each item row is.
    pub rows: Rows,
    /// Which listener each user row is, ascending.
    pub listeners: Vec<ListenerId>,
    /// `[n_users]` plays of each, repeated submissions left out.
    pub plays: Vec<f64>,
    /// `[n_items]` listeners who like each.
    pub liked_by: Vec<u32>,
    /// The newest interaction.
    pub newest: Option<Timestamp>,
}

/// Length of each recording: what a log or the catalogue says, else the median of its finished plays.
///
/// Lengths in a catalogue have no date, so `until` cuts only what histories tell.
///
/// # Errors
/// When the store cannot be read, and when the observer wants to stop.
pub fn lengths(
    folder: &Folder,
    until: Option<Timestamp>,
    observer: &mut dyn Observer,
) -> Result<Lengths, Error> {
    let mut estimates = LengthEstimates::new(folder.store.lengths()?);
    let mut n = 0;
    folder.store.for_each_history(until, &mut |_, history| {
        estimates.learn(history);
        n += 1;
        observer.advance(n);
    })?;
    if observer.is_interrupted() { Err(Error::Interrupted) } else { Ok(estimates.lengths()) }
}

/// Lengths of what one history holds: as they are known, else as this history tells.
///
/// Only those that it asks for, as a snapshot knows the lengths of a whole catalogue.
pub(crate) fn lengths_of(history: &History, known: &Lengths) -> Lengths {
    let of_history = history.listens.iter().map(|logged| logged.recording);
    let said = of_history.filter_map(|id| Some((id, *known.get(&id)?))).collect();
    let mut estimates = LengthEstimates::new(said);
    estimates.learn(history);
    estimates.lengths()
}

/// Weighs every history as far as it lies before `until`; listeners of whom nothing is believed have no row.
///
/// # Errors
/// [`Error::Empty`] when nothing is believed of anybody; when the store cannot be read, and when the observer wants to
/// stop.
pub fn pairs(
    folder: &Folder,
    lengths: &Lengths,
    until: Option<Timestamp>,
    undated: Undated,
    observer: &mut dyn Observer,
) -> Result<Pairs, Error> {
    let mut weighed = Gathered::default();
    folder.store.for_each_history(until, &mut |listener, history| {
        let dated;
        let history = match undated {
            Undated::Count => history,
            Undated::LeaveOut => {
                dated = history.dated();
                &dated
            }
        };
        weighed.add(listener, &weigh(history, lengths, &folder.config.evidence, until));
        observer.advance(weighed.listeners.len() as u64);
    })?;
    if observer.is_interrupted() {
        return Err(Error::Interrupted);
    }
    if weighed.pairs.is_empty() {
        return Err(Error::Empty);
    }
    Ok(weighed.matrix())
}

/// One listener and one recording, weighed.
#[derive(Debug)]
struct Pair {
    user: u32,
    recording: RecordingId,
    confidence: f32,
    is_liked: bool,
    last: Option<Timestamp>,
}

/// The pairs of the listeners so far.
#[derive(Debug, Default)]
struct Gathered {
    pairs: Vec<Pair>,
    listeners: Vec<ListenerId>,
    plays: Vec<f64>,
}

impl Gathered {
    fn add(&mut self, listener: ListenerId, weighed: &[Weighed]) {
        let user = u32::try_from(self.listeners.len()).expect("user rows are u32");
        let before = self.pairs.len();
        let believed = weighed.iter().filter(|weighed| weighed.confidence > 0.0);
        self.pairs.extend(believed.map(|weighed| Pair {
            user,
            recording: weighed.recording,
            confidence: weighed.confidence,
            is_liked: weighed.is_liked,
            last: weighed.last,
        }));
        if self.pairs.len() > before {
            self.listeners.push(listener);
            self.plays.push(weighed.iter().map(|weighed| weighed.plays).sum());
        }
    }

    fn matrix(self) -> Pairs {
        let newest = self.pairs.iter().filter_map(|pair| pair.last).max();
        let rows = Rows::new(self.pairs.iter().map(|pair| pair.recording).collect());
        let mut liked_by = vec![0; rows.len()];
        let mut triplets = Vec::with_capacity(self.pairs.len());
        for pair in &self.pairs {
            let item = rows.ix(pair.recording).expect("rows were made of these very recordings");
            liked_by[item.0 as usize] += u32::from(pair.is_liked);
            let heard = Heard {
                confidence: pair.confidence,
                age_days: age_days(pair.last, newest),
                is_liked: pair.is_liked,
            };
            triplets.push((pair.user, item.0, heard));
        }
        let Self { listeners, plays, .. } = self;
        let heard = Csr::from_triplets(listeners.len(), rows.len(), triplets);
        Pairs { heard, rows, listeners, plays, liked_by, newest }
    }
}

/// Days from a pair's last interaction to the log's newest; 0 where there are no times, or it came later.
#[expect(clippy::cast_possible_truncation, reason = "days need no more than seven digits")]
pub(crate) fn age_days(last: Option<Timestamp>, newest: Option<Timestamp>) -> f32 {
    last.zip(newest).map_or(0.0, |(last, newest)| {
        (newest.duration_since(last).as_secs_f64() / 86_400.0).max(0.0) as f32
    })
}
