//! Who watches a search at a terminal?

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use eval::tune::{Request, Study, Watch};
use indicatif::{ProgressBar, ProgressStyle};

use super::account::line;
use crate::say::Say;
use crate::{clock, interrupt};

/// A line for each setting that is better than all before, and below it what is being tried.
pub(super) struct Watching {
    say: Say,
    since: Instant,
    bar: ProgressBar,
    /// Trials wanted, where that is how the search ends.
    n_trials: Option<usize>,
    objective: String,
    /// The best trial that was told, and its score.
    best: Option<(usize, f64)>,
    told: anyhow::Result<()>,
}

impl Watching {
    pub(super) fn new(say: Say, request: &Request, study: &Study) -> Self {
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::new_spinner()
        } else {
            ProgressBar::hidden()
        };
        let style = ProgressStyle::with_template("{spinner} {wide_msg} {elapsed}")
            .expect("the template above is well-formed");
        bar.set_style(style);
        bar.enable_steady_tick(Duration::from_millis(200));
        let best = study.best().and_then(|best| Some((best.trial, best.score?)));
        let (n_trials, objective) = (request.trials, request.goal.name.clone());
        Self { say, since: clock::stopwatch(), bar, n_trials, objective, best, told: Ok(()) }
    }

    /// Whether everything could be told.
    pub(super) fn end_of_search(self) -> anyhow::Result<()> {
        self.bar.finish_and_clear();
        self.told
    }
}

impl Watch for Watching {
    fn seconds(&self) -> f64 {
        self.since.elapsed().as_secs_f64()
    }

    fn is_interrupted(&self) -> bool {
        interrupt::is_interrupted() || self.told.is_err()
    }

    fn begin(&mut self, trial: usize, model: &str, share: f64) {
        let of = self.n_trials.map_or(String::new(), |n| format!(" of {n}"));
        let best = self.best.map_or(String::new(), |(trial, score)| {
            format!(" · best {} {score:.4} (trial {trial})", self.objective)
        });
        let percent = (100.0 * share).round();
        self.bar
            .set_message(format!("trial {trial}{of}{best} · {percent} % of listeners: {model}"));
    }

    fn end(&mut self, study: &Study) {
        let best = study.best().and_then(|best| Some((best, best.score?)));
        let Some((trial, score)) =
            best.filter(|(_, score)| self.best.is_none_or(|(_, before)| *score > before))
        else {
            return;
        };
        self.best = Some((trial.trial, score));
        let said = self.bar.suspend(|| self.say.line(&line(trial)));
        if self.told.is_ok() {
            self.told = said;
        }
    }
}
