//! Which of the best settings are good, and which were lucky?
//!
//! The best of many scores is partly luck with the pairs that happened to be asked for: the more settings were judged by
//! one slice, the more.
//! And what is best for the part of the training that a slice leaves need not be for the whole of it.
//! So the last choice is made by other slices, smaller ones: the few best settings and the defaults learn from other cuts of
//! the same training and are judged by what those ask for, and the highest mean over these wins, be it the defaults'.

use super::search::{Watch, fit, milliseconds, with};
use super::study::{Kind, Study, Trial};
use super::{Request, Slice};
use crate::Error;

/// Settings that are judged again, beside the defaults.
const FINALISTS: usize = 5;

/// Judges the finalists by the other slices, the best first, as long as there is time for the next.
pub(super) fn confirm(
    slice: &Slice,
    request: &Request,
    study: &mut Study,
    watch: &mut dyn Watch,
) -> Result<(), Error> {
    for (place, finalist) in finalists(study).into_iter().enumerate() {
        let spent: f64 = study.trials.iter().map(|trial| trial.seconds).sum();
        // The best and its defaults are always judged again.
        if place > 1 && request.seconds.is_some_and(|seconds| spent >= seconds) {
            break;
        }
        for cut in 0..slice.others.len() {
            if study.confirmation(&finalist, cut).is_none() {
                let trial = judge_again(slice, request, &finalist, cut, study, watch)?;
                study.push(trial)?;
            }
        }
    }
    Ok(())
}

/// The best setting, the defaults of its model, the next best; defaults only where a setting differs from them.
fn finalists(study: &Study) -> Vec<Trial> {
    let mut best: Vec<&Trial> = study.whole().collect();
    let score = |trial: &Trial| trial.score.unwrap_or(f64::NEG_INFINITY);
    best.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.trial.cmp(&b.trial)));
    let mut finalists: Vec<Trial> = Vec::new();
    for trial in best.into_iter().filter(|trial| trial.kind != Kind::Defaults).take(FINALISTS) {
        let defaults = study.defaults(trial.of).filter(|defaults| defaults.score.is_some());
        for one in [Some(trial), defaults].into_iter().flatten() {
            if finalists.iter().all(|other| other.model != one.model) {
                finalists.push(one.clone());
            }
        }
    }
    finalists
}

fn judge_again(
    slice: &Slice,
    request: &Request,
    finalist: &Trial,
    cut: usize,
    study: &Study,
    watch: &mut dyn Watch,
) -> Result<Trial, Error> {
    if watch.is_interrupted() {
        return Err(Error::Interrupted);
    }
    let task = &slice.others[cut];
    let number = study.trials.len() + 1;
    watch.begin(number, &finalist.model, 1.0);
    let since = watch.seconds();
    let fitted = match fit(task, &finalist.model.parse()?, request.seed, None, watch)? {
        Ok(model) => {
            let score = request.goal.score(task, model.as_ref(), request.seed);
            score.ok_or_else(|| format!("nobody has a {}", request.goal.name))
        }
        Err(failure) => Err(failure),
    };
    let trial = Trial {
        trial: number,
        kind: Kind::Confirmed,
        from: Some(finalist.trial),
        stage: None,
        cut: Some(cut),
        score: None,
        low: None,
        high: None,
        seconds: milliseconds(watch.seconds() - since),
        ..finalist.clone()
    };
    Ok(with(trial, fitted))
}
