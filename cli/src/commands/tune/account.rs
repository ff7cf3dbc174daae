//! What did a search find, for machines and for people?

use std::path::{Path, PathBuf};

use eval::Split;
use eval::tune::{Gain, Request, Score, Slice, Study, Trial};
use serde_json::{Value, json};

use super::super::import::grouped;

/// What came of a search, beside its study.
pub(super) struct Account {
    study: PathBuf,
    share: f64,
    n_items: usize,
    n_asked: usize,
    n_wanted: usize,
    /// Slices that judge the best settings again.
    n_others: usize,
    /// Users and share of the users, of each rung.
    rungs: Vec<(usize, f64)>,
    pub(super) is_interrupted: bool,
    pub(super) gain: Option<Gain>,
    pub(super) split: Option<Split>,
    pub(super) configuration: Option<PathBuf>,
    pub(super) plots: Vec<PathBuf>,
}

impl Account {
    pub(super) fn of(slice: &Slice, study: &Path) -> Self {
        let all = &slice.rungs[slice.top()].task;
        Self {
            study: study.to_owned(),
            share: slice.share,
            n_items: all.heard.n_cols(),
            n_asked: all.asked.len(),
            n_wanted: all.counts.wanted,
            n_others: slice.others.len(),
            rungs: slice.rungs.iter().map(|rung| (rung.task.heard.n_rows(), rung.share)).collect(),
            is_interrupted: false,
            gain: None,
            split: None,
            configuration: None,
            plots: Vec::new(),
        }
    }

    /// What is searched and where, for people.
    pub(super) fn opening(&self, request: &Request, study: &Study) -> String {
        let n = |n: usize| grouped(n as u64);
        let rungs: Vec<String> = self.rungs.iter().map(|&(users, _)| n(users)).collect();
        let mut lines = vec![
            format!(
                "Validation: {} of each listener's liked pairs, cut from the training: {} listeners asked for {} items.",
                percent(self.share),
                n(self.n_asked),
                n(self.n_wanted)
            ),
            format!(
                "  {} strategy, objective {}; judged by {} listeners, items {}",
                request.strategy.name(),
                request.goal.name,
                rungs.join(", then "),
                n(self.n_items)
            ),
        ];
        for subject in &request.subjects {
            let names: Vec<&str> =
                subject.space.iter().map(|tunable| tunable.name.as_str()).collect();
            let names =
                if names.is_empty() { "nothing to search".to_owned() } else { names.join(", ") };
            lines.push(format!("  {}: {names}", subject.text));
        }
        if !study.trials.is_empty() {
            let path = self.study.display();
            lines.push(format!("  {path} goes on after {} trials", n(study.trials.len())));
        }
        lines.join("\n")
    }

    /// For machines.
    pub(super) fn json(&self, request: &Request, study: &Study, best: &Trial) -> Value {
        let rungs =
            self.rungs.iter().map(|(users, share)| json!({ "listeners": users, "share": share }));
        let models = request.subjects.iter().enumerate().map(|(of, subject)| {
            json!({
                "model": subject.text,
                "space": study.header.models[of].space,
                "trials": study.searched().filter(|trial| trial.of == of).count(),
                "defaults": study.defaults(of),
                "best": study.best_of(of),
            })
        });
        let test = self.split.map(|split| {
            json!({
                "split": { "kind": split.name(), "leak": split.leak() },
                "gain": self.gain.map(gain_json),
            })
        });
        json!({
            "study": self.study,
            "objective": request.goal.name,
            "strategy": request.strategy.name(),
            "seed": request.seed,
            "validation": {
                "share": self.share,
                "n_asked": self.n_asked,
                "wanted": self.n_wanted,
                "rungs": rungs.collect::<Vec<_>>(),
            },
            "trials": study.searched().count(),
            "failed": n_failed(study),
            "seconds": seconds(study),
            "is_interrupted": self.is_interrupted,
            "models": models.collect::<Vec<_>>(),
            "winner": best,
            "confirmed": self.confirmed(study, best).map(|(defaults, winner)| {
                json!({ "slices": self.n_others, "defaults": defaults, "winner": winner })
            }),
            "test": test,
            "configuration": self.configuration,
            "plots": self.plots,
        })
    }

    /// For people.
    pub(super) fn text(&self, request: &Request, study: &Study, best: &Trial) -> String {
        let objective = &request.goal.name;
        let mut lines = vec![format!(
            "\n{} trials in {:.0} s{}",
            grouped(study.searched().count() as u64),
            seconds(study),
            match n_failed(study) {
                0 => String::new(),
                n => format!(", {n} of which could not be judged"),
            }
        )];
        lines.push(format!("{:<16}  {:<18}  model", format!("{objective}, slice"), ""));
        for of in 0..request.subjects.len() {
            for (trial, what) in [(study.defaults(of), "defaults"), (study.best_of(of), "best")] {
                let Some(trial) = trial.filter(|trial| trial.score.is_some()) else { continue };
                lines.push(format!("{:<16}  {what:<18}  {}", plus_minus(trial), trial.model));
            }
        }
        if study.best().is_some_and(|first| first.trial != best.trial) {
            lines.push(format!("{:<16}  {:<18}  {}", plus_minus(best), "chosen", best.model));
        }
        if let Some((defaults, winner)) = self.confirmed(study, best) {
            lines.push(format!(
                "Judged again by {} other slices: defaults {defaults:.4}, chosen {winner:.4}",
                self.n_others
            ));
        }
        lines.push(self.verdict(study, best, objective));
        lines.push(format!("\nBest: {}", best.model));
        for name in request.subjects[best.of].at_ends(best) {
            lines.push(format!(
                "  {name} is at an end of where it was searched; --space {name}=LOW..HIGH looks beyond"
            ));
        }
        if let Some(path) = &self.configuration {
            lines.push(format!("  written to {}", path.display()));
        }
        for path in &self.plots {
            lines.push(format!("  drawn in {}", path.display()));
        }
        lines.push(format!("  every trial is in {}", self.study.display()));
        lines.join("\n")
    }

    /// The means of the winner's defaults and of the winner over the other slices.
    fn confirmed(&self, study: &Study, best: &Trial) -> Option<(f64, f64)> {
        Some((study.confirmed(study.defaults(best.of)?)?, study.confirmed(best)?))
    }

    /// What the test says.
    fn verdict(&self, study: &Study, best: &Trial, objective: &str) -> String {
        if self.is_interrupted {
            return "\nStopped; the same command goes on. The test was not looked at, and no configuration written."
                .to_owned();
        }
        let is_default = study.defaults(best.of).is_some_and(|trial| trial.model == best.model);
        let Some(split) = self.split else {
            return "\nThere is no test: the best of many is partly luck, so its score above is too high.".to_owned();
        };
        if is_default {
            return "\nNothing better than the defaults was found; the test was not looked at."
                .to_owned();
        }
        let Some(gain) = &self.gain else {
            return format!("\nTest: nobody asked has a {objective}.");
        };
        let (low, high) = gain.interval;
        let told = |score: Score| {
            format!("{:.4} ±{:.4}", score.value, (score.interval.1 - score.interval.0) / 2.0)
        };
        let verdict = match (low > 0.0, high < 0.0) {
            (true, _) => "better than the defaults",
            (_, true) => "worse than the defaults",
            _ => "not told from the defaults by chance at 5 %",
        };
        format!(
            "\nTest ({}), {} listeners, looked at once:\n  defaults {}, chosen {}\n  \
             {objective} {:+.4}, 95 % interval {low:+.4} to {high:+.4} (paired): {verdict}",
            split.name(),
            grouped(gain.n_asked as u64),
            told(gain.defaults),
            told(gain.found),
            gain.difference,
        )
    }
}

/// A setting that is better than all before.
pub(super) fn line(trial: &Trial) -> String {
    format!("  trial {:<5} {:<16}  {}", trial.trial, plus_minus(trial), trial.model)
}

/// A score with its interval, in words.
pub(super) fn scored(trial: &Trial) -> String {
    match (trial.score, trial.low, trial.high) {
        (Some(score), Some(low), Some(high)) => {
            format!("{score:.4} (95 % interval {low:.4} to {high:.4})")
        }
        _ => "no score".to_owned(),
    }
}

fn plus_minus(trial: &Trial) -> String {
    match (trial.score, trial.low, trial.high) {
        (Some(score), Some(low), Some(high)) => format!("{score:.4} ±{:.4}", (high - low) / 2.0),
        _ => "-".to_owned(),
    }
}

fn gain_json(gain: Gain) -> Value {
    let score = |score: Score| json!({ "value": score.value, "low": score.interval.0, "high": score.interval.1 });
    json!({
        "n_asked": gain.n_asked,
        "defaults": score(gain.defaults),
        "winner": score(gain.found),
        "difference": {
            "value": gain.difference,
            "low": gain.interval.0,
            "high": gain.interval.1,
            "p": gain.p,
        },
    })
}

fn n_failed(study: &Study) -> usize {
    study.trials.iter().filter(|trial| trial.score.is_none()).count()
}

fn seconds(study: &Study) -> f64 {
    study.trials.iter().map(|trial| trial.seconds).sum()
}

fn percent(share: f64) -> String {
    format!("{} %", (1000.0 * share).round() / 10.0)
}
