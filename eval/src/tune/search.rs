//! How is a study filled?
//!
//! What comes next follows from the trials alone, so that a search that was stopped goes on as if it had not been.
//! Two clocks end it: a number of trials, and seconds, both of the study and not of one sitting.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use models::{Checkpoint, Recommender, Spec, Step, Training};

use super::confirm::confirm;
use super::goal::Score;
use super::halving::Plan;
use super::population::{self, Next, SIZE, Turn};
use super::slice::Rung;
use super::space::Subject;
use super::stages::{self, Standing};
use super::study::{Kind, Study, Trial, parameters};
use super::{Request, Slice, Strategy};
use crate::{Error, Task};

/// Who watches a search, owns the clock and may stop it.
pub trait Watch {
    /// Seconds on a clock that only goes forward.
    fn seconds(&self) -> f64;

    /// Whether to stop as soon as it can be done.
    fn is_interrupted(&self) -> bool;

    /// A trial begins: a model, for that share of the users.
    fn begin(&mut self, trial: usize, model: &str, share: f64);

    /// Its last trial is over.
    fn end(&mut self, study: &Study);
}

/// Runs trials until the budget is used up, every setting was tried, or the watcher wants to stop.
///
/// Gives back whether it was stopped.
///
/// # Errors
/// What [`Request::check`] says, and when the study cannot be written. That a model cannot be fitted is the result of a
/// trial.
pub fn search(
    slice: &Slice,
    request: &Request,
    study: &mut Study,
    watch: &mut dyn Watch,
) -> Result<bool, Error> {
    request.check()?;
    for of in 0..request.subjects.len() {
        let mut search = Search { slice, request, of, checkpoints: BTreeMap::new() };
        match search.run(study, watch) {
            Ok(()) => {}
            Err(Error::Interrupted) => return Ok(true),
            Err(error) => return Err(error),
        }
    }
    match confirm(slice, request, study, watch) {
        Ok(()) => Ok(false),
        Err(Error::Interrupted) => Ok(true),
        Err(error) => Err(error),
    }
}

/// The part of the time that is searched in; the rest is for judging the best again.
const SEARCHED: f64 = 0.85;

/// The search of one model.
struct Search<'a> {
    slice: &'a Slice,
    request: &'a Request,
    of: usize,
    /// Where the members of a population stand, by trial.
    checkpoints: BTreeMap<usize, Checkpoint>,
}

/// What came of a fit.
pub(super) type Fitted = Result<Score, String>;

impl Search<'_> {
    fn subject(&self) -> &Subject {
        &self.request.subjects[self.of]
    }

    fn run(&mut self, study: &mut Study, watch: &mut dyn Watch) -> Result<(), Error> {
        while let Some(trial) = self.trial(study, watch)? {
            if self.request.strategy == Strategy::Population {
                let oldest = trial.trial.saturating_sub(3 * SIZE);
                self.checkpoints.retain(|&trial, _| trial >= oldest);
            }
            study.push(trial)?;
            watch.end(study);
        }
        Ok(())
    }

    /// The next trial, run; nothing when the search is over.
    fn trial(&mut self, study: &Study, watch: &mut dyn Watch) -> Result<Option<Trial>, Error> {
        if watch.is_interrupted() {
            return Err(Error::Interrupted);
        }
        let tried = study.of_model(self.of);
        let standing = self.standing(&tried);
        if standing.left == 0 {
            return Ok(None);
        }
        let number = study.trials.len() + 1;
        if tried.is_empty() {
            return self.plan(&self.defaults(), number, watch).map(Some);
        }
        let plan = match self.request.strategy {
            Strategy::Joint => stages::joint(self.subject(), &tried, standing),
            Strategy::Stages => stages::by_stages(self.subject(), &tried, standing),
            Strategy::Population => {
                match population::next(self.subject(), &tried, self.n_rounds(), standing) {
                    Some(Next::Turn(turn)) => {
                        return self.turn(&turn, number, &tried, watch).map(Some);
                    }
                    Some(Next::Settle(plan)) => Some(plan),
                    None => None,
                }
            }
        };
        plan.map(|plan| self.plan(&plan, number, watch)).transpose()
    }

    /// How much of its share of the budget the model has used.
    fn standing(&self, tried: &[&Trial]) -> Standing {
        let (of, n_models) = (self.of, self.request.subjects.len());
        let until = |of: usize| self.request.trials.map(|trials| trials * of / n_models);
        let quota = until(of + 1).zip(until(of)).map(|(end, start)| end - start);
        let seconds = tried.iter().map(|trial| trial.seconds).sum::<f64>();
        let time = self.request.seconds.map(|all| seconds * n_models as f64 / (SEARCHED * all));
        let trials = quota.map(|quota| tried.len() as f64 / quota.max(1) as f64);
        Standing {
            spent: time.unwrap_or(0.0).max(trials.unwrap_or(0.0)),
            left: quota.map_or(usize::MAX, |quota| quota.saturating_sub(tried.len())),
            is_over: time.is_some_and(|time| time >= 1.0),
            seed: self.request.seed,
            top: self.slice.top(),
            of,
        }
    }

    fn defaults(&self) -> Plan {
        Plan {
            setting: self.subject().default_setting(),
            kind: Kind::Defaults,
            from: None,
            stage: None,
            rung: self.slice.top(),
        }
    }

    /// Fits a setting for a rung and judges it.
    fn plan(&self, plan: &Plan, number: usize, watch: &mut dyn Watch) -> Result<Trial, Error> {
        let rung = &self.slice.rungs[plan.rung];
        let spec = self.subject().spec(&plan.setting)?;
        watch.begin(number, &spec.brief(), rung.share);
        let since = watch.seconds();
        let (cut, iterations) = self.cut(&spec, rung)?;
        let fitted = match fit(&rung.task, &cut, self.request.seed, None, watch)? {
            Ok(model) => self.score(&rung.task, model.as_ref()),
            Err(failure) => Err(failure),
        };
        let trial = Trial {
            trial: number,
            model: spec.brief(),
            parameters: parameters(self.subject(), &plan.setting),
            of: self.of,
            kind: plan.kind,
            from: plan.from,
            stage: plan.stage,
            member: None,
            cut: None,
            rung: plan.rung,
            listeners: rung.task.heard.n_rows(),
            iterations,
            score: None,
            low: None,
            high: None,
            failure: None,
            seconds: milliseconds(watch.seconds() - since),
        };
        Ok(with(trial, fitted))
    }

    fn score(&self, task: &Task, model: &dyn Recommender) -> Fitted {
        let score = self.request.goal.score(task, model, self.request.seed);
        score.ok_or_else(|| format!("nobody has a {}", self.request.goal.name))
    }

    /// The model with as many iterations as a rung is worth.
    ///
    /// A training takes users × iterations: a ninth of the users get a third of the iterations, which puts settings in
    /// nearly the same order; fewer would judge how settings begin.
    fn cut(&self, spec: &Spec, rung: &Rung) -> Result<(Spec, Option<usize>), Error> {
        let Some(name) = self.subject().rounds() else { return Ok((spec.clone(), None)) };
        let whole = number(spec, &name);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a number of iterations"
        )]
        let cut = (whole as f64 * rung.share.sqrt()).ceil() as usize;
        Ok((spec.with(&name, &cut.to_string())?, Some(cut)))
    }

    /// Rounds of a whole training.
    fn n_rounds(&self) -> usize {
        let name = self.subject().rounds().expect("a model that learns in steps has rounds");
        number(&self.subject().defaults, &name)
    }

    /// Trains a member of a population further and judges it.
    fn turn(
        &mut self,
        turn: &Turn,
        trial: usize,
        tried: &[&Trial],
        watch: &mut dyn Watch,
    ) -> Result<Trial, Error> {
        let slice = self.slice;
        let rung = &slice.rungs[slice.top()];
        let spec = self.subject().spec(&turn.setting)?;
        watch.begin(trial, &spec.brief(), rung.share);
        let since = watch.seconds();
        let fitted = match self.learn(trial, &spec, turn.from, turn.until, tried, watch)? {
            Ok(model) => self.score(&rung.task, model.as_ref()),
            Err(failure) => Err(failure),
        };
        let told = Trial {
            trial,
            model: spec.brief(),
            parameters: parameters(self.subject(), &turn.setting),
            of: self.of,
            kind: Kind::Member,
            from: turn.from,
            stage: None,
            member: Some(turn.member),
            cut: None,
            rung: slice.top(),
            listeners: rung.task.heard.n_rows(),
            iterations: Some(turn.until),
            score: None,
            low: None,
            high: None,
            failure: None,
            seconds: milliseconds(watch.seconds() - since),
        };
        Ok(with(told, fitted))
    }

    /// Trains from where a trial ended until so many rounds, keeps the checkpoint, and gives back the model.
    fn learn(
        &mut self,
        trial: usize,
        spec: &Spec,
        from: Option<usize>,
        until: usize,
        tried: &[&Trial],
        watch: &dyn Watch,
    ) -> Result<Result<Box<dyn Recommender>, String>, Error> {
        if let Some(from) = from
            && let Err(failure) = self.recall(from, tried, watch)?
        {
            return Ok(Err(failure));
        }
        let (task, seed) = (&self.slice.rungs[self.slice.top()].task, self.request.seed);
        let start = from.and_then(|from| self.checkpoints.get(&from));
        let checkpoint = match stop_at(task, spec, seed, start, until, watch)? {
            Ok(checkpoint) => checkpoint,
            Err(failure) => return Ok(Err(failure)),
        };
        // With no rounds left to do, a training hands over what it was given.
        let name = self.subject().rounds().expect("a model that learns in steps has rounds");
        let done = spec.with(&name, &checkpoint.iteration.to_string())?;
        let fitted = fit(task, &done, seed, Some(&checkpoint), watch)?;
        self.checkpoints.insert(trial, checkpoint);
        Ok(fitted)
    }

    /// Makes sure that the checkpoint of a trial is there: after a stop its trainings are run again.
    fn recall(
        &mut self,
        trial: usize,
        tried: &[&Trial],
        watch: &dyn Watch,
    ) -> Result<Result<(), String>, Error> {
        if self.checkpoints.contains_key(&trial) {
            return Ok(Ok(()));
        }
        let told = tried.iter().find(|told| told.trial == trial);
        let Some(told) = told.copied() else {
            return Ok(Err(format!("the study has no trial {trial}")));
        };
        let spec = self.subject().spec(&told.setting(self.subject()))?;
        let until = told.iterations.unwrap_or(0);
        let learned = self.learn(trial, &spec, told.from, until, tried, watch)?;
        Ok(learned.map(|_model| ()))
    }
}

/// A number of iterations.
fn number(spec: &Spec, name: &str) -> usize {
    let value = spec.value(name).and_then(|value| value.parse().ok());
    value.expect("rounds are a whole number")
}

pub(super) fn with(trial: Trial, fitted: Fitted) -> Trial {
    match fitted {
        Ok(Score { value, interval: (low, high) }) => {
            Trial { score: Some(value), low: Some(low), high: Some(high), ..trial }
        }
        Err(failure) => Trial { failure: Some(failure), ..trial },
    }
}

pub(super) fn milliseconds(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// Fits a model; what it cannot do is a sentence, and only who wants to stop is an error.
pub(super) fn fit(
    task: &Task,
    spec: &Spec,
    seed: u64,
    resume: Option<&Checkpoint>,
    watch: &dyn Watch,
) -> Result<Result<Box<dyn Recommender>, String>, Error> {
    let training = Training { resume, ..task.training(seed) };
    let fitted = models::fit(spec, &training, &mut |_| {
        if watch.is_interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    match fitted {
        // Not every model looks up while it is fitted, and judging takes its time too.
        Ok(_) if watch.is_interrupted() => Err(Error::Interrupted),
        Ok(model) => Ok(Ok(model)),
        Err(models::Error::Stopped(_)) => Err(Error::Interrupted),
        Err(error) => Ok(Err(error.to_string())),
    }
}

/// Trains until so many rounds are done.
fn stop_at(
    task: &Task,
    spec: &Spec,
    seed: u64,
    resume: Option<&Checkpoint>,
    until: usize,
    watch: &dyn Watch,
) -> Result<Result<Checkpoint, String>, Error> {
    let training = Training { resume, ..task.training(seed) };
    let fitted = models::fit(spec, &training, &mut |progress| {
        // Only an iteration that was measured is known to have stayed within the finite numbers.
        let is_measured = matches!(progress.step, Step::Measured { .. });
        if is_measured && progress.iteration >= until || watch.is_interrupted() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    match fitted {
        Err(models::Error::Stopped(checkpoint)) if checkpoint.iteration >= until => {
            Ok(Ok(*checkpoint))
        }
        Err(models::Error::Stopped(_)) => Err(Error::Interrupted),
        Err(error) => Ok(Err(error.to_string())),
        Ok(_) => Ok(Err(format!("the training ended by itself before iteration {until}"))),
    }
}
