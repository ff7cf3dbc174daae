//! Was that luck? The demo over many seeds, in both worlds.

use models::Spec;
use serde_json::json;
use world::{Params, Tastes};

use super::Shares;
use super::simulation::Simulation;
use crate::Answer;
use crate::progress::Progress;
use crate::say::Say;

/// Listeners judged in each world.
const JUDGED: usize = 50;

/// Prints a row for each world and kind of tastes, then the means with the interval of the difference.
pub(super) fn run(
    params: &Params,
    model: Option<&Spec>,
    seeds: u64,
    say: &Say,
) -> anyhow::Result<Answer> {
    // Each world keeps its steps to itself; only its row is told.
    let quiet = Say::new(true);
    let mut answers = Vec::new();
    say.line("share of the list that its listener would love, by the hidden truth")?;
    say.line(&format!(
        "{:<8} {:>5} {:>8} {:>11} {:>8} {:>7}",
        "tastes", "seed", "ours", "popularity", "random", "ratio"
    ))?;
    for tastes in [Tastes::Vectors, Tastes::Rules] {
        let mut all = Vec::new();
        for seed in params.seed..params.seed + seeds {
            let params = Params { tastes, seed, ..params.clone() };
            let mut simulation = Simulation::run(&params, model, &mut Progress::new(), &quiet)?;
            let judged = simulation.judged(JUDGED);
            let shares = Shares::of(&mut simulation, &judged)?;
            say.line(&row(tastes, &seed.to_string(), &shares))?;
            all.push(shares);
        }
        let mean = mean(&all);
        let (low, high) = interval(&all);
        say.line(&row(tastes, "mean", &mean))?;
        say.line(&format!(
            "{tastes:<8} ours − popularity, 95 % interval over seeds: {low:.3} to {high:.3}"
        ))?;
        answers.push(json!({
            "tastes": tastes.to_string(), "seeds": seeds,
            "ours": mean.ours, "popularity": mean.popularity, "random": mean.random,
            "difference": { "low": low, "high": high },
        }));
    }
    say.machine(&answers)?;
    Ok(Answer::Done)
}

fn row(tastes: Tastes, seed: &str, shares: &Shares) -> String {
    let Shares { ours, popularity, random } = shares;
    format!(
        "{tastes:<8} {seed:>5} {ours:>8.3} {popularity:>11.3} {random:>8.3} {:>7.2}",
        ours / popularity
    )
}

fn mean(all: &[Shares]) -> Shares {
    let mean = |part: fn(&Shares) -> f64| all.iter().map(part).sum::<f64>() / all.len() as f64;
    Shares {
        ours: mean(|s| s.ours),
        popularity: mean(|s| s.popularity),
        random: mean(|s| s.random),
    }
}

/// `mean ± 1.96·s/√n` of the paired differences between ours and popularity; a seed is one draw of a world.
fn interval(all: &[Shares]) -> (f64, f64) {
    let n = all.len() as f64;
    let differences: Vec<f64> = all.iter().map(|shares| shares.ours - shares.popularity).collect();
    let mean = differences.iter().sum::<f64>() / n;
    let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    let half = 1.96 * (variance / n).sqrt();
    (mean - half, mean + half)
}
