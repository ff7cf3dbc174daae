//! A log: what is the snapshot?

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use jiff::Timestamp;
use linalg::Csr;
use listens::Lengths;
use models::{Beside, Heard, Recommender, Spec, Step, Training};
use music::{ItemIx, UserIx};

use crate::crowd::{Circles, Crowd};
use crate::doubted::DoubtedFile;
use crate::features::features;
use crate::moments::Detail;
use crate::pairs::{Pairs, Reading, Undated, pairs};
use crate::snapshot::{About, Fitted};
use crate::survey::{Survey, look};
use crate::{Error, Folder, Manifest, Observer, Snapshot, impute};

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
    train_into(folder, request, &folder.snapshots(), observer)
}

/// The snapshot of what was known before a moment: the one trained for that before, else one trained now.
///
/// One that was trained of other imports, for other models or by other settings is trained anew; what listeners said of
/// themselves since is not looked for.
/// It lies in a folder of its own, which may be deleted at any time, and never serves.
///
/// # Errors
/// As [`train`].
pub fn snapshot_as_of(
    folder: &Folder,
    as_of: Timestamp,
    now: Timestamp,
    observer: &mut dyn Observer,
) -> Result<Snapshot, Error> {
    let place = folder.path().join("as-of").join(as_of.strftime("%Y-%m-%dT%H%M%SZ").to_string());
    let specs: Vec<String> = specs(folder, &[])?.iter().map(ToString::to_string).collect();
    let kept = match Snapshot::current(&place) {
        Ok(kept) => Some(kept),
        Err(Error::NoSnapshot) => None,
        Err(error) => return Err(error),
    };
    if let Some(kept) = kept
        && kept.manifest.models == specs
        && kept.manifest.settings == Some(folder.config.of_training())
        && !is_behind(folder, &kept.manifest)?
    {
        return Ok(kept);
    }
    let request = TrainRequest { models: Vec::new(), as_of: Some(as_of), now };
    train_into(folder, &request, &place, observer)
}

fn train_into(
    folder: &Folder,
    request: &TrainRequest,
    place: &Path,
    observer: &mut dyn Observer,
) -> Result<Snapshot, Error> {
    let _lock = folder.lock()?;
    let items = folder.store.item_kind()?.ok_or(Error::Empty)?;
    let mut seconds = BTreeMap::new();

    observer.begin("survey", None);
    let Survey { lengths, trust } = look(folder, request.as_of, observer)?;
    seconds.insert("survey".to_owned(), observer.end());

    observer.begin("imputation", None);
    let lengths = impute::renew(folder, lengths)?;
    seconds.insert("imputation".to_owned(), observer.end());

    observer.begin("evidence", Some(n_listeners(folder)?));
    let specs = specs(folder, &request.models)?;
    let reading = Reading {
        lengths: &lengths,
        trust: &trust,
        evidence: &folder.config.evidence,
        until: request.as_of,
        undated: Undated::Count,
        detail: detail(&specs),
    };
    let mut doubted_rows = DoubtedFile::create(folder)?;
    let pairs =
        pairs(folder, &reading, &mut |who, weighing| doubted_rows.add(who, weighing), observer)?;
    doubted_rows.finish()?;
    seconds.insert("evidence".to_owned(), observer.end());
    if pairs.heard.n_rows() < 2 {
        return Err(Error::Alone);
    }

    let models = learn(folder, &specs, &pairs, &lengths, &mut seconds, observer)?;
    let Pairs { heard, rows, liked_by, newest, mean_evidence, doubted, trending, popular, .. } =
        pairs;
    let circles = circles(models[0].recommender.as_ref(), &heard);
    let about = About {
        items,
        origin: TRAINED.to_owned(),
        seed: folder.config.seed,
        n_listeners: heard.n_rows(),
        n_pairs: heard.nnz(),
        knows_until: newest,
        mean_evidence: Some(mean_evidence),
        doubted,
        distrusted: trust.suspicious().len(),
        last_import: last_import(folder)?,
        settings: Some(folder.config.of_training()),
        made_at: request.now,
        seconds,
    };
    let crowd = Crowd { trending, popular, circles };
    let snapshot = Snapshot::new(about, rows, liked_by, lengths, crowd, models);
    observer.begin("index", None);
    let mut snapshot = snapshot.with_index(&folder.config.index);
    snapshot.manifest.seconds.insert("index".to_owned(), observer.end());
    snapshot.write(place)?;
    Ok(snapshot)
}

/// Fits each model in turn.
fn learn(
    folder: &Folder,
    specs: &[Spec],
    pairs: &Pairs,
    lengths: &Lengths,
    seconds: &mut BTreeMap<String, f64>,
    observer: &mut dyn Observer,
) -> Result<Vec<Fitted>, Error> {
    let wants_features = specs.iter().any(Spec::wants_features);
    let known = || features(folder, &pairs.rows, lengths, pairs.newest);
    let features = wants_features.then(known).transpose()?;
    let beside = Beside { features: features.as_ref(), moments: pairs.moments.as_ref() };
    let mut models = Vec::new();
    for spec in specs {
        let training = Training::new(&pairs.heard, &pairs.rows, folder.config.seed);
        let recommender = fit(spec, &Training { beside, ..training }, observer)?;
        seconds.insert(spec.to_string(), observer.end());
        models.push(Fitted { spec: spec.clone(), recommender });
    }
    Ok(models)
}

/// Circles of listeners who are alike, where the serving model has vectors.
fn circles(recommender: &dyn Recommender, heard: &Csr<UserIx, ItemIx, Heard>) -> Circles {
    let Some(vectors) = recommender.user_vectors() else { return Circles::default() };
    let mut units = vectors.clone();
    for user in 0..units.n_rows() {
        let unit = units.row_mut(user);
        let length = linalg::dot(unit, unit).sqrt();
        let scale = if length > 0.0 && length.is_finite() { 1.0 / length } else { 0.0 };
        unit.iter_mut().for_each(|x| *x *= scale);
    }
    Circles::of(&units, heard)
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

/// What was asked for, else what is configured; popularity always joins, for listeners with too little history.
fn specs(folder: &Folder, asked: &[Spec]) -> Result<Vec<Spec>, Error> {
    let mut specs = asked.to_vec();
    if specs.is_empty() {
        for model in &folder.config.train.models {
            specs.push(model.parse()?);
        }
    }
    specs.push("popularity".parse()?);
    Ok(specs)
}

/// What a log has to be read for, to fit these models.
#[must_use]
pub fn detail<'a>(specs: impl IntoIterator<Item = &'a Spec>) -> Detail {
    if specs.into_iter().any(Spec::wants_moments) { Detail::Moments } else { Detail::Pairs }
}

fn fit(
    spec: &Spec,
    training: &Training<'_>,
    observer: &mut dyn Observer,
) -> Result<Box<dyn Recommender>, Error> {
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
