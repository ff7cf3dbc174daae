//! `undersong evaluate`: how good is it?

mod account;
mod matter;

use engine::Observer;
use eval::{About, Entry, Judgement, Report, Task};
use models::{Spec, Step};

use crate::args::{EvaluateArguments, Global};
use crate::progress::Progress;
use crate::say::Say;
use crate::{Answer, clock, interrupt, place};

pub(crate) use matter::tasks;

/// What a model has to beat; the last where it fits.
const BASELINES: [&str; 4] = ["random", "popularity", "item-knn", "ease"];

/// Popularity of late, where there are times.
const RECENT: &str = "popularity:half_life_days=30";

/// Fits each model to the one part and judges it by the other.
pub(crate) fn run(
    global: &Global,
    arguments: &EvaluateArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let mut progress = Progress::new();
    let named = named(global, arguments)?;
    let tasks = tasks(&arguments.matter, &named, global, &mut progress)?;
    let ks = in_order(&arguments.k);
    let seed = arguments.matter.seed;
    let about = About::of(&tasks);
    let question = account::question(&about);
    say.line(&question)?;
    let judged = judged_ks(arguments, &ks, about.n_items);
    let mut entries = Vec::new();
    for (spec, is_named) in specs(arguments, named, &tasks)? {
        match entry(&spec, &tasks, &judged, seed, &mut progress) {
            Ok(entry) => entries.push(entry),
            Err(eval::Error::Model(error)) if !is_named => {
                say.remark(&format!("{} is left out: {error}", spec.name()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let report = Report::new(about, &ks, seed, entries);
    say.machine(&account::json(&report))?;
    say.line(&account::table(&report))?;
    if let Some(path) = &arguments.report {
        fs_err::write(path, eval::page(&report, &question))?;
    }
    Ok(Answer::Done)
}

/// Each once, in the order of first mention.
fn in_order(ks: &[usize]) -> Vec<usize> {
    let mut once = Vec::new();
    for &k in ks {
        if !once.contains(&k) {
            once.push(k);
        }
    }
    once
}

/// Lengths of lists for the curves of a report.
const CURVE: [usize; 6] = [1, 5, 10, 20, 50, 100];

/// The lengths asked for, and where a report is wanted those of its curves.
fn judged_ks(arguments: &EvaluateArguments, ks: &[usize], n_items: usize) -> Vec<usize> {
    let curve = CURVE.iter().filter(|k| arguments.report.is_some() && **k <= n_items);
    let mut judged: Vec<usize> = ks.iter().chain(curve).copied().collect();
    judged.sort_unstable();
    judged.dedup();
    judged
}

/// The models that the caller named or, of a data folder, what it is configured to train.
fn named(global: &Global, arguments: &EvaluateArguments) -> anyhow::Result<Vec<Spec>> {
    let mut named = arguments.models.clone();
    let matter = &arguments.matter;
    if named.is_empty() && matter.train.is_none() && matter.triples.is_none() {
        for model in &place::open(global)?.config.train.models {
            named.push(model.parse()?);
        }
    }
    Ok(named)
}

/// The models in order, and whether the caller named them: baselines come first.
fn specs(
    arguments: &EvaluateArguments,
    named: Vec<Spec>,
    tasks: &[Task],
) -> anyhow::Result<Vec<(Spec, bool)>> {
    let mut specs: Vec<(Spec, bool)> = Vec::new();
    if arguments.models.is_empty() || arguments.baselines {
        for name in BASELINES {
            specs.push((name.parse()?, false));
            if name == "popularity" && tasks.iter().any(Task::has_times) {
                specs.push((RECENT.parse()?, false));
            }
        }
    }
    specs.extend(named.into_iter().map(|spec| (spec, true)));
    Ok(specs)
}

/// One model at every fold, which take turns.
fn entry(
    spec: &Spec,
    tasks: &[Task],
    ks: &[usize],
    seed: u64,
    progress: &mut Progress,
) -> Result<Entry, eval::Error> {
    let (mut fit_seconds, mut evaluate_seconds) = (0.0, 0.0);
    let (mut judgements, mut losses) = (Vec::new(), Vec::new());
    for task in tasks {
        let is_first = judgements.is_empty();
        progress.begin(&format!("fit {}", spec.name()), None);
        let since = clock::stopwatch();
        let recommender = task.fit(spec, seed, &mut |progress| {
            if let Step::Measured { loss, .. } = progress.step
                && is_first
            {
                losses.push((progress.iteration, loss.total()));
            }
            interrupt::flow()
        })?;
        fit_seconds += since.elapsed().as_secs_f64();
        progress.begin(&format!("judge {}", spec.name()), None);
        let since = clock::stopwatch();
        judgements.push(eval::judge(task, recommender.as_ref(), ks));
        evaluate_seconds += since.elapsed().as_secs_f64();
        progress.end();
        if interrupt::is_interrupted() {
            return Err(eval::Error::Interrupted);
        }
    }
    let judgement = Judgement::average(judgements);
    Ok(Entry { spec: spec.clone(), fit_seconds, evaluate_seconds, losses, judgement })
}
