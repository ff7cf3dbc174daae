//! A log: what is the snapshot?

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use jiff::Timestamp;
use linalg::Csr;
use listens::{LengthEstimates, Lengths, weigh};
use models::{Heard, Spec, Step, Training};
use music::{ItemIx, RecordingId, Rows, UserIx};

use crate::snapshot::{About, Fitted};
use crate::{Error, Folder, Manifest, Observer, Snapshot};

/// The origin of a snapshot that was trained here; any other is the name of a factor file.
pub const TRAINED: &str = "train";

/// What to train.
#[derive(Clone, Debug)]
pub struct TrainRequest {
    /// Model strings, the serving one first; those of the configuration when empty.
    pub models: Vec<Spec>,
    /// Only what was known before this moment.
    pub as_of: Option<Timestamp>,
    /// The present, for the manifest.
    pub now: Timestamp,
}

/// Learns from everything the folder holds and makes the result serve.
///
/// Two passes over the log with one listener in memory at a time, then the fits.
///
/// # Errors
/// [`Error::Empty`] and [`Error::Alone`] when there is nothing to learn from; a model's refusal or divergence;
/// what served before then still serves.
pub fn train(
    folder: &Folder,
    request: &TrainRequest,
    observer: &mut dyn Observer,
) -> Result<Snapshot, Error> {
    let _lock = folder.lock()?;
    let items = folder.store.item_kind()?.ok_or(Error::Empty)?;
    let mut seconds = BTreeMap::new();

    observer.begin("lengths", None);
    let lengths = lengths(folder, request.as_of, observer)?;
    seconds.insert("lengths".to_owned(), observer.end());

    observer.begin("evidence", Some(n_listeners(folder)?));
    let pairs = pairs(folder, &lengths, request.as_of, observer)?;
    seconds.insert("evidence".to_owned(), observer.end());
    refuse_solitude(&pairs)?;

    let Matrix { heard, rows, liked_by } = matrix(&pairs);
    let mut models = Vec::new();
    for spec in specs(folder, request)? {
        let training =
            Training { heard: &heard, rows: &rows, seed: folder.config.seed, resume: None };
        let recommender = fit(&spec, &training, observer)?;
        seconds.insert(spec.to_string(), observer.end());
        models.push(Fitted { spec, recommender });
    }

    let about = About {
        items,
        origin: TRAINED.to_owned(),
        seed: folder.config.seed,
        n_listeners: heard.n_rows(),
        n_pairs: heard.nnz(),
        knows_until: pairs.iter().filter_map(|pair| pair.last).max(),
        last_import: last_import(folder)?,
        made_at: request.now,
        seconds,
    };
    let mut snapshot = Snapshot::new(about, rows, liked_by, lengths, models);
    snapshot.write(&folder.snapshots())?;
    Ok(snapshot)
}

/// Whether imports came or were taken back since a snapshot was trained.
///
/// # Errors
/// When the store cannot be read.
pub fn is_behind(folder: &Folder, manifest: &Manifest) -> Result<bool, Error> {
    Ok(folder.store.imports()?.iter().any(|import| {
        match (import.id.0 <= manifest.last_import, import.undone_at) {
            (true, Some(undone_at)) => undone_at > manifest.made_at,
            (true, None) => false,
            (false, undone_at) => undone_at.is_none(),
        }
    }))
}

/// The number of the newest import.
pub(crate) fn last_import(folder: &Folder) -> Result<u64, Error> {
    Ok(folder.store.imports()?.iter().map(|import| import.id.0).max().unwrap_or(0))
}

fn n_listeners(folder: &Folder) -> Result<u64, Error> {
    let totals = folder.store.totals()?;
    Ok(totals.listeners + totals.background_listeners)
}

/// One listener and one recording, weighed.
struct Pair {
    user: u32,
    recording: RecordingId,
    confidence: f32,
    is_liked: bool,
    last: Option<Timestamp>,
}

struct Matrix {
    heard: Csr<UserIx, ItemIx, Heard>,
    rows: Rows,
    liked_by: Vec<u32>,
}

/// Length of each recording: what a log or the catalogue says, else the median of its finished plays.
///
/// Lengths in a catalogue have no date, so `until` cuts only what histories tell.
pub(crate) fn lengths(
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

fn pairs(
    folder: &Folder,
    lengths: &Lengths,
    until: Option<Timestamp>,
    observer: &mut dyn Observer,
) -> Result<Vec<Pair>, Error> {
    let mut pairs = Vec::new();
    let mut user = 0;
    folder.store.for_each_history(until, &mut |_, history| {
        let weighed = weigh(history, lengths, &folder.config.evidence, until);
        let before = pairs.len();
        let heard = weighed.into_iter().filter(|w| w.confidence > 0.0);
        pairs.extend(heard.map(|w| Pair {
            user,
            recording: w.recording,
            confidence: w.confidence,
            is_liked: w.is_liked,
            last: w.last,
        }));
        if pairs.len() > before {
            user += 1;
        }
        observer.advance(u64::from(user));
    })?;
    if observer.is_interrupted() { Err(Error::Interrupted) } else { Ok(pairs) }
}

fn refuse_solitude(pairs: &[Pair]) -> Result<(), Error> {
    let first = pairs.first().ok_or(Error::Empty)?;
    if pairs.iter().all(|pair| pair.user == first.user) { Err(Error::Alone) } else { Ok(()) }
}

fn matrix(pairs: &[Pair]) -> Matrix {
    let newest = pairs.iter().filter_map(|pair| pair.last).max();
    let rows = Rows::new(pairs.iter().map(|pair| pair.recording).collect());
    let mut liked_by = vec![0; rows.len()];
    let mut triplets = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let item = rows.ix(pair.recording).expect("rows were made of these very recordings");
        liked_by[item.0 as usize] += u32::from(pair.is_liked);
        let heard = Heard {
            confidence: pair.confidence,
            age_days: age_days(pair.last, newest),
            is_liked: pair.is_liked,
        };
        triplets.push((pair.user, item.0, heard));
    }
    let n_users = pairs.last().map_or(0, |pair| pair.user as usize + 1);
    Matrix { heard: Csr::from_triplets(n_users, rows.len(), triplets), rows, liked_by }
}

/// Days from a pair's last interaction to the log's newest; 0 where there are no times, or it came later.
#[expect(clippy::cast_possible_truncation, reason = "days need no more than seven digits")]
pub(crate) fn age_days(last: Option<Timestamp>, newest: Option<Timestamp>) -> f32 {
    last.zip(newest).map_or(0.0, |(last, newest)| {
        (newest.duration_since(last).as_secs_f64() / 86_400.0).max(0.0) as f32
    })
}

/// What was asked for, else what is configured; popularity always joins, for listeners with too little history.
fn specs(folder: &Folder, request: &TrainRequest) -> Result<Vec<Spec>, Error> {
    let mut specs = request.models.clone();
    if specs.is_empty() {
        for model in &folder.config.train.models {
            specs.push(model.parse()?);
        }
    }
    specs.push("popularity".parse()?);
    Ok(specs)
}

fn fit(
    spec: &Spec,
    training: &Training<'_>,
    observer: &mut dyn Observer,
) -> Result<Box<dyn models::Recommender>, Error> {
    observer.begin(&format!("fit {}", spec.brief()), None);
    let fitted = models::fit(spec, training, &mut |progress| {
        if matches!(progress.step, Step::Measured { .. }) {
            observer.advance(progress.iteration as u64);
        }
        if observer.is_interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    match fitted {
        Err(models::Error::Stopped(_)) => Err(Error::Interrupted),
        fitted => Ok(fitted?),
    }
}
