//! `undersong fit`: how fast and how well does a model learn a bare matrix?

mod account;

use std::ops::ControlFlow;
use std::path::PathBuf;

use engine::Bare;
use listens::{Layout, TripleOptions};
use models::{Checkpoint, Spec};

use crate::args::FitArguments;
use crate::progress::Progress;
use crate::say::Say;
use crate::{Answer, clock, interrupt, memory};
use account::{Account, Matrix};

/// Reads the table, fits each model and says what it took.
pub(crate) fn run(arguments: &FitArguments, say: &Say) -> anyhow::Result<Answer> {
    let columns = super::import::columns(&arguments.columns)?;
    check_folders(arguments)?;
    let since = clock::stopwatch();
    let options = TripleOptions::plain(Layout::Table, &columns);
    let bare = Bare::read(&arguments.triples, &options, &mut Progress::new())?;
    let matrix = Matrix::of(&bare, since.elapsed().as_secs_f64());
    say.line(&matrix.text())?;
    let mut accounts = Vec::new();
    let ended = fit_each(arguments, &bare, &matrix, &mut accounts, say);
    // What was fitted before a model that failed is told all the same.
    let answers: Vec<_> = accounts.iter().map(|account| account.json(&matrix)).collect();
    match answers.as_slice() {
        [] => {}
        [answer] if arguments.models.len() == 1 => say.machine(answer)?,
        answers => say.machine(&answers)?,
    }
    if !accounts.is_empty() {
        say.line(&account::table(&accounts))?;
    }
    ended
}

fn fit_each(
    arguments: &FitArguments,
    bare: &Bare,
    matrix: &Matrix,
    accounts: &mut Vec<Account>,
    say: &Say,
) -> anyhow::Result<Answer> {
    for (spec, folder) in arguments.models.iter().zip(folders(arguments)) {
        let job = Job { bare, spec, seed: arguments.seed, folder };
        let resume = if arguments.resume { job.checkpoint()? } else { None };
        if arguments.resume && resume.is_none() {
            say.remark("It was finished; leave out --resume to begin anew.");
            return Ok(Answer::No);
        }
        accounts.push(job.run(matrix, resume.as_ref(), say)?);
    }
    Ok(Answer::Done)
}

/// Refuses what could not be saved, before anything is read.
fn check_folders(arguments: &FitArguments) -> anyhow::Result<()> {
    let is_one = arguments.models.len() == 1;
    anyhow::ensure!(is_one || !arguments.resume, "--resume goes on with one --model");
    for folder in folders(arguments).iter().flatten() {
        engine::check_vacant(folder)?;
    }
    Ok(())
}

/// Where each model is saved, if at all.
fn folders(arguments: &FitArguments) -> Vec<Option<PathBuf>> {
    let is_one = arguments.models.len() == 1;
    let folder = |(place, spec): (usize, &Spec)| {
        let folder = arguments.save.as_ref()?;
        Some(if is_one { folder.clone() } else { folder.join(format!("{place}-{}", spec.name())) })
    };
    (1..).zip(&arguments.models).map(folder).collect()
}

/// One model to fit.
struct Job<'a> {
    bare: &'a Bare,
    spec: &'a Spec,
    seed: u64,
    folder: Option<PathBuf>,
}

impl Job<'_> {
    fn checkpoint(&self) -> anyhow::Result<Option<Checkpoint>> {
        let folder = self.folder.as_deref().expect("--resume requires --save");
        Ok(self.bare.saved_checkpoint(folder, self.spec, self.seed)?)
    }

    fn run(
        &self,
        matrix: &Matrix,
        resume: Option<&Checkpoint>,
        say: &Say,
    ) -> anyhow::Result<Account> {
        let mut account = Account::new(self.spec, resume.map_or(0, |resume| resume.iteration));
        say.line(&account.title())?;
        let peak_is_known = memory::forget_peak();
        let since = clock::stopwatch();
        let mut told = Ok(());
        let fitted = self.bare.fit(self.spec, self.seed, resume, &mut |progress| {
            if let Some(line) = account.take(progress) {
                told = say.line(&line);
            }
            if told.is_err() { ControlFlow::Break(()) } else { interrupt::flow() }
        });
        account.fit_seconds = since.elapsed().as_secs_f64();
        account.peak_after_reading = memory::peak_bytes().filter(|_| peak_is_known);
        account.peak = memory::peak_bytes().max(matrix.peak);
        told?;
        match fitted {
            Ok(recommender) => {
                let Some(folder) = &self.folder else { return Ok(account) };
                let iteration = account.iteration();
                self.bare.save(folder, self.spec, self.seed, iteration, recommender.as_ref())?;
                say.line(&format!("  saved in {}", folder.display()))?;
                Ok(account)
            }
            Err(models::Error::Stopped(checkpoint)) => self.stop(&checkpoint),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps what a stopped training had reached.
    fn stop(&self, checkpoint: &Checkpoint) -> anyhow::Result<Account> {
        let iteration = checkpoint.iteration;
        let Some(folder) = &self.folder else {
            anyhow::bail!(
                "stopped after iteration {iteration}; with --save DIR it could go on later"
            );
        };
        self.bare.save_checkpoint(folder, self.spec, self.seed, checkpoint)?;
        anyhow::bail!(
            "stopped after iteration {iteration}, saved in {}; the same command with --resume goes on",
            folder.display()
        )
    }
}
