//! `undersong evaluate`: how good is it?

mod account;

use std::ops::ControlFlow;

use engine::Observer;
use eval::{Source, Task};
use models::Spec;

use crate::args::EvaluateArguments;
use crate::progress::Progress;
use crate::say::Say;
use crate::{Answer, clock, interrupt};
use account::{Account, Row};

/// What a model has to beat; the last where it fits.
const BASELINES: [&str; 4] = ["random", "popularity", "item-knn", "ease"];

/// Fits each model to the one file and judges it by the other.
pub(crate) fn run(arguments: &EvaluateArguments, say: &Say) -> anyhow::Result<Answer> {
    let mut progress = Progress::new();
    let task = task(arguments, &mut progress)?;
    let mut ks = arguments.k.clone();
    ks.dedup();
    let account = Account::of(&task, &ks, arguments.seed);
    say.line(&account.text())?;
    let mut rows = Vec::new();
    for (spec, is_named) in specs(arguments) {
        let row = row(&spec, &task, &ks, arguments.seed, &mut progress);
        match row {
            Ok(row) => rows.push(row),
            Err(eval::Error::Model(error)) if !is_named => {
                say.remark(&format!("{} is left out: {error}", spec.name()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let told = account.compare(rows);
    say.machine(&told.json())?;
    say.line(&told.table())?;
    Ok(Answer::Done)
}

fn task(arguments: &EvaluateArguments, progress: &mut Progress) -> anyhow::Result<Task> {
    let columns = super::import::columns(&arguments.columns)?;
    let (layout, values) = (arguments.format, arguments.values);
    let source = |path| Source { path, layout, columns: &columns, values };
    let task = match (&arguments.train, &arguments.test, &arguments.triples) {
        (Some(train), Some(test), _) => Task::from_files(source(train), test, progress)?,
        (_, _, Some(path)) => {
            Task::from_table(source(path), arguments.split, arguments.seed, progress)?
        }
        _ => anyhow::bail!("--train and --test, or --triples, expected"),
    };
    Ok(task)
}

/// The models in order, and whether the caller named them: baselines come first.
fn specs(arguments: &EvaluateArguments) -> Vec<(Spec, bool)> {
    let named = arguments.models.iter().map(|spec| (*spec, true));
    let mut specs = Vec::new();
    if arguments.models.is_empty() || arguments.baselines {
        let baselines = BASELINES.map(|name| name.parse().expect("a baseline is a model"));
        specs.extend(baselines.map(|spec: Spec| (spec, false)));
    }
    specs.extend(named);
    specs
}

fn row(
    spec: &Spec,
    task: &Task,
    ks: &[usize],
    seed: u64,
    progress: &mut Progress,
) -> Result<Row, eval::Error> {
    progress.begin(&format!("fit {}", spec.name()), None);
    let since = clock::stopwatch();
    let recommender = task.fit(spec, seed, &mut |_| {
        if interrupt::is_interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    let fit_seconds = since.elapsed().as_secs_f64();
    progress.begin(&format!("judge {}", spec.name()), None);
    let since = clock::stopwatch();
    let judgement = eval::judge(task, recommender.as_ref(), ks);
    let evaluate_seconds = since.elapsed().as_secs_f64();
    progress.end();
    if interrupt::is_interrupted() {
        return Err(eval::Error::Interrupted);
    }
    Ok(Row { spec: *spec, fit_seconds, evaluate_seconds, judgement })
}
