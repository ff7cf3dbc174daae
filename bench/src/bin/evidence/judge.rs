//! What do listeners love of a variant's lists, and what of the last weeks does it foresee?

use std::ops::ControlFlow;
use std::path::PathBuf;

use bench::clock::timed;
use engine::{Mode, Snapshot, Unobserved};
use eval::{Judgement, Objective, Task, Window};
use listens::Evidence;
use models::{Heard, Spec};
use serde_json::json;
use world::AccountKind;

use crate::town::{Size, Town};
use crate::variants::{Variant, read};

/// Lines that are judged.
pub(crate) const K: usize = 30;
/// Weeks after which what was shown and not played again is taken for ignored, and training can learn from it.
const PATIENCE_WEEKS: usize = 4;
const WEEK_SECS: i64 = 7 * 24 * 3600;

/// A world and what to measure in it.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    size: Size,
    /// Honest listeners whose lists are judged, at most
    #[arg(long, default_value_t = 60)]
    judged: usize,
    /// Weeks in which everybody was handed a list, four weeks before those that are foreseen
    #[arg(long, default_value_t = 2)]
    listed: usize,
    /// Weeks at the end that are foreseen
    #[arg(long, default_value_t = 4)]
    foreseen: usize,
    /// A JSON array of variants
    #[arg(long)]
    variants: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let params = arguments.size.params()?;
    let foreseen_from = params.weeks.saturating_sub(arguments.foreseen);
    let listed_until = foreseen_from.saturating_sub(PATIENCE_WEEKS);
    let listed_from = listed_until.saturating_sub(arguments.listed);
    let mut town = Town::new(&params, listed_from..listed_until)?;
    let judged = judged(&town, arguments.judged);
    for variant in read(&arguments.variants)? {
        variant.configure(&mut town.folder)?;
        let spec = variant.spec(&town.folder)?;
        let now = town.start(params.weeks)?;
        let (snapshot, train) = timed(|| town.train(&spec, now));
        let snapshot = snapshot?;
        let (loved, lists) = timed(|| loved_share(&mut town, &snapshot, &judged));
        let from = town.start(foreseen_from)?.as_second();
        let length = WEEK_SECS * i64::try_from(arguments.foreseen)?;
        let window = Window { from: Some(from), length, gap: 0, replays: false };
        let judge = Evidence::default();
        let (task, ask) = timed(|| {
            let (hit, specs) = (Objective::Liked, std::slice::from_ref(&spec));
            Task::from_folder(&town.folder, window, hit, &judge, specs, &mut Unobserved)
        });
        let task = task?;
        let (ndcg, judge) = timed(|| ndcg(&task, &spec, town.folder.config.seed));
        let (loved, ndcg) = (loved?, ndcg?);
        let Variant { group, name, .. } = variant;
        let answer = json!({
            "world": arguments.size.told(),
            "group": group,
            "name": name,
            "loved": loved,
            "ndcg": ndcg,
            "pairs": task.heard.nnz(),
            "confidence": mean_confidence(&task),
            "asked": task.asked.len(),
            "seconds": {"train": train, "lists": lists, "ask": ask, "judge": judge},
        });
        println!("{answer}");
    }
    Ok(())
}

/// People whose account is theirs alone, evenly from all.
pub(crate) fn judged(town: &Town, at_most: usize) -> Vec<usize> {
    let mut honest = town.accounts(&[AccountKind::Honest]);
    honest.retain(|listener| town.world.heard(*listener).next().is_some());
    let step = honest.len().div_ceil(at_most.max(1)).max(1);
    honest.into_iter().step_by(step).collect()
}

/// The mean share of lists that their listeners love; a list that cannot be made is loved by nobody.
fn loved_share(town: &mut Town, snapshot: &Snapshot, judged: &[usize]) -> anyhow::Result<f64> {
    let (week, maker) = (town.week()?, town.maker(snapshot)?);
    let mut sum = 0.0;
    for &listener in judged {
        let list = town.list(&maker, listener, week, Mode::DryRun)?;
        let loved = list.iter().filter(|recording| town.world.loves(listener, **recording));
        sum += loved.count() as f64 / list.len().max(1) as f64;
    }
    Ok(sum / judged.len() as f64)
}

/// How sure the training is of a pair: two forms of confidence are alike only where this is.
pub(crate) fn mean_confidence(task: &Task) -> f64 {
    let of_user = |(_, _, heard): (_, _, &[Heard])| -> f64 {
        heard.iter().map(|heard| f64::from(heard.confidence)).sum()
    };
    task.heard.rows().map(of_user).sum::<f64>() / task.heard.nnz().max(1) as f64
}

/// NDCG@30 of a model that learns from the task.
pub(crate) fn ndcg(task: &Task, spec: &Spec, seed: u64) -> anyhow::Result<f64> {
    let fitted = task.fit(spec, seed, &mut |_| ControlFlow::Continue(()))?;
    let judgement = eval::judge(task, fitted.as_ref(), &[K]);
    mean(&judgement, &format!("ndcg@{K}"))
}

fn mean(judgement: &Judgement, name: &str) -> anyhow::Result<f64> {
    let reading = judgement.readings.iter().position(|reading| reading.name == name);
    let reading = reading.ok_or_else(|| anyhow::anyhow!("the judge has no {name}"))?;
    let users = 0..judgement.per_user.n_users();
    let values: Vec<f64> =
        users.filter_map(|user| judgement.per_user.value(user, reading)).collect();
    Ok(values.iter().sum::<f64>() / values.len() as f64)
}
