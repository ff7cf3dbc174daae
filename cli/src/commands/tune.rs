//! `undersong tune`: with which settings does a model do best?

mod account;
mod configuration;
mod watching;

use std::path::{Path, PathBuf};

use eval::tune::{Gain, Header, Request, Slice, Study, Subject};
use eval::{Task, plot, tune};
use models::Spec;

use crate::args::{Global, TuneArguments};
use crate::progress::Progress;
use crate::say::Say;
use crate::{Answer, interrupt};
use account::Account;
use watching::Watching;

/// Searches on a slice of the training, and asks the test once in the end.
pub(crate) fn run(global: &Global, arguments: &TuneArguments, say: &Say) -> anyhow::Result<Answer> {
    let request = request(arguments)?;
    request.check()?;
    let (task, slice) = read(global, arguments, &request.subjects)?;
    let header = Header::of(&request, &slice);
    let mut study = Study::open(&arguments.study, header)?;
    let mut account = Account::of(&slice, &arguments.study);
    say.line(&account.opening(&request, &study))?;
    let mut watching = Watching::new(*say, &request, &study);
    account.is_interrupted = tune::search(&slice, &request, &mut study, &mut watching)?;
    watching.end_of_search()?;
    let Some(best) = study.winner() else {
        let failure = study.trials.iter().find_map(|trial| trial.failure.as_deref());
        anyhow::ensure!(!account.is_interrupted, "stopped before any setting was judged");
        anyhow::bail!("no setting could be judged: {}", failure.unwrap_or("no reason was given"));
    };
    let pair = [request.subjects[best.of].defaults.clone(), best.model.parse()?];
    if let Some(task) = task.filter(|_| !account.is_interrupted) {
        account.gain = gain(&task, &pair, &request)?;
        account.split = Some(task.split);
    }
    // A search that was stopped goes on, and its end must find the place free.
    if let Some(path) = arguments.out.as_ref().filter(|_| !account.is_interrupted) {
        let text = configuration::text(&study, best);
        account.configuration = configuration::write(path, &text, say)?;
    }
    account.plots = draw(arguments.plot.as_deref(), &study, &request.subjects)?;
    say.machine(&account.json(&request, &study, best))?;
    say.line(&account.text(&request, &study, best))?;
    Ok(Answer::Done)
}

fn request(arguments: &TuneArguments) -> anyhow::Result<Request> {
    Ok(Request {
        subjects: Subject::all(&arguments.models, &arguments.space)?,
        goal: arguments.objective.clone(),
        strategy: arguments.strategy,
        seed: arguments.matter.seed,
        trials: arguments.trials,
        seconds: arguments.minutes.map(|minutes| 60.0 * minutes),
    })
}

/// The task where there is a test, and the slice of its training.
fn read(
    global: &Global,
    arguments: &TuneArguments,
    subjects: &[Subject],
) -> anyhow::Result<(Option<Task>, Slice)> {
    let matter = &arguments.matter;
    let (share, seed) = (arguments.validation, matter.seed);
    let progress = &mut Progress::new();
    if let (Some(train), None) = (&matter.train, &matter.test) {
        let columns = super::import::columns(&matter.columns)?;
        let (heard, rows) = tune::read_training(matter.source(train, &columns), progress)?;
        return Ok((None, Slice::cut(&heard, &rows, share, seed)?));
    }
    let specs: Vec<Spec> = subjects.iter().map(|subject| subject.defaults.clone()).collect();
    let mut tasks = super::evaluate::tasks(matter, &specs, global, progress)?;
    anyhow::ensure!(
        tasks.len() == 1,
        "another --split than folds expected: one test is asked, once"
    );
    let task = tasks.swap_remove(0);
    // The search is given what models may learn from, and nothing else of the task.
    let slice = Slice::cut_beside(&task.heard, &task.rows, task.beside(), share, seed)?;
    Ok((Some(task), slice))
}

/// Asks the test, unless nothing better than the defaults was found.
fn gain(task: &Task, pair: &[Spec; 2], request: &Request) -> anyhow::Result<Option<Gain>> {
    if pair[0] == pair[1] {
        return Ok(None);
    }
    let [defaults, found] = pair;
    let observer = &mut |_| interrupt::flow();
    let gain = tune::gain(task, [defaults, found], &request.goal, request.seed, observer);
    match gain {
        Err(eval::Error::Model(models::Error::Stopped(_))) => {
            anyhow::bail!("stopped before the test was asked; the same command asks it")
        }
        gain => Ok(gain?),
    }
}

/// A picture for each model; of several, numbered files.
fn draw(path: Option<&Path>, study: &Study, subjects: &[Subject]) -> anyhow::Result<Vec<PathBuf>> {
    let Some(path) = path else { return Ok(Vec::new()) };
    let mut paths = Vec::new();
    for (of, subject) in subjects.iter().enumerate() {
        let path = if subjects.len() == 1 { path.to_owned() } else { numbered(path, of + 1) };
        fs_err::write(&path, plot::svg(&tune::picture(study, of, subject)))?;
        paths.push(path);
    }
    Ok(paths)
}

/// `search.svg` as `search-2.svg`.
fn numbered(path: &Path, n: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().map(|end| format!(".{}", end.to_string_lossy()));
    path.with_file_name(format!("{stem}-{n}{}", extension.unwrap_or_default()))
}
