//! What did an evaluation find?
//!
//! Judgements of several models at the same task, with how sure each number is and which differ by more than chance.

mod page;
mod pictures;

use std::path::PathBuf;

use listens::TripleTally;
use measure::{Bootstrap, gap};
use models::Spec;

use crate::{Counts, Judgement, Objective, Reading, Split, Standing, Task, standings};

pub use page::page;

/// Draws of the users.
pub const RESAMPLES: usize = 1000;

/// What every model was asked.
#[derive(Clone, Debug)]
pub struct About {
    /// How training and test were told apart.
    pub split: Split,
    /// Folds that took turns; 1 where there are none.
    pub n_folds: usize,
    /// Users to learn from.
    pub n_users: usize,
    /// Items of the catalogue.
    pub n_items: usize,
    /// Pairs to learn from.
    pub n_pairs: usize,
    /// Users asked, each fold's counted.
    pub n_asked: usize,
    /// What a hit is.
    pub objective: Objective,
    /// Whether what a user knows was ranked and asked for too.
    pub ranks_known: bool,
    /// Whether only given items were ranked.
    pub is_sampled: bool,
    /// What came of making it; of folds, taken together.
    pub counts: Counts,
    /// What became of the lines of each file.
    pub files: Vec<(PathBuf, TripleTally)>,
}

impl About {
    /// Of a task, or of folds; sizes are the first one's.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn of(tasks: &[Task]) -> Self {
        let first = tasks.first().expect("a task expected");
        let sum = |of: fn(&Task) -> usize| tasks.iter().map(of).sum();
        let counts = Counts {
            test_pairs: sum(|task| task.counts.test_pairs),
            replays: sum(|task| task.counts.replays),
            disliked: sum(|task| task.counts.disliked),
            wanted: sum(|task| task.counts.wanted),
            unseen: sum(|task| task.counts.unseen),
            strangers: sum(|task| task.counts.strangers),
            undated: sum(|task| task.counts.undated),
        };
        Self {
            split: first.split,
            n_folds: tasks.len(),
            n_users: first.heard.n_rows(),
            n_items: first.heard.n_cols(),
            n_pairs: first.heard.nnz(),
            n_asked: sum(|task| task.asked.iter().filter(|asked| asked.is_asked()).count()),
            objective: first.objectives[0],
            ranks_known: first.ranks_known,
            is_sampled: first.asked.iter().any(|asked| asked.negatives.is_some()),
            counts,
            files: first.files.clone(),
        }
    }
}

/// What one model came to.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The model.
    pub spec: Spec,
    /// Of all folds.
    pub fit_seconds: f64,
    /// Of all folds.
    pub evaluate_seconds: f64,
    /// The loss after each iteration of the first fold, as far as the model told it.
    pub losses: Vec<(usize, f64)>,
    /// Its numbers.
    pub judgement: Judgement,
}

/// A number of a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// The mean over the users who have it.
    pub value: f64,
    /// How many have.
    pub n_users: usize,
    /// The middle 95 % of the means over draws of users.
    pub interval: Option<(f64, f64)>,
    /// How it stands beside the best model's, where there are several.
    pub standing: Option<Standing>,
}

/// Models at the same task.
#[derive(Clone, Debug)]
pub struct Report {
    /// What they were asked.
    pub about: About,
    /// Lengths of the lists that are told.
    pub ks: Vec<usize>,
    /// Where chance came from.
    pub seed: u64,
    /// The models, in the order given.
    pub entries: Vec<Entry>,
    /// Of each model.
    bootstraps: Vec<Bootstrap>,
    /// Of each model, by metric.
    means: Vec<Vec<Option<f64>>>,
    /// Of each metric, by model.
    standings: Vec<Vec<Option<Standing>>>,
}

impl Report {
    /// Draws users and compares every model with the best, in each metric.
    #[must_use]
    pub fn new(about: About, ks: &[usize], seed: u64, entries: Vec<Entry>) -> Self {
        let draw = |entry: &Entry| Bootstrap::new(&entry.judgement.per_user, RESAMPLES, seed);
        let bootstraps: Vec<Bootstrap> = entries.iter().map(draw).collect();
        let means: Vec<_> = entries.iter().map(|entry| entry.judgement.per_user.means()).collect();
        let n_metrics = means.first().map_or(0, Vec::len);
        let standings = (0..n_metrics).map(|metric| {
            let means: Vec<_> = means.iter().map(|means| means[metric]).collect();
            standings(&means, &bootstraps, metric)
        });
        let standings = standings.collect();
        Self { about, ks: ks.to_vec(), seed, entries, bootstraps, means, standings }
    }

    /// What the numbers of every model are.
    #[must_use]
    pub fn readings(&self) -> &[Reading] {
        self.entries.first().map_or(&[], |entry| &entry.judgement.readings)
    }

    /// A number of a model by the name of the metric; `None` where nobody has it.
    #[must_use]
    pub fn figure(&self, model: usize, name: &str) -> Option<Figure> {
        let metric = self.readings().iter().position(|reading| reading.name == name)?;
        Some(Figure {
            value: self.means[model][metric]?,
            n_users: self.entries[model].judgement.per_user.n_with(metric),
            interval: self.bootstraps[model].interval(metric),
            standing: self.standings[metric][model].filter(|_| self.entries.len() > 1),
        })
    }

    /// How far apart groups of users are for a model: each gap by its name.
    #[must_use]
    pub fn gaps(&self, model: usize) -> Vec<(String, Figure)> {
        let judgement = &self.entries[model].judgement;
        let told = |(name, metrics): &(String, Vec<usize>)| {
            let figure = Figure {
                value: gap(&self.means[model], metrics)?,
                n_users: metrics.iter().map(|&metric| judgement.per_user.n_with(metric)).sum(),
                interval: self.bootstraps[model].gap(metrics),
                standing: None,
            };
            Some((name.clone(), figure))
        };
        judgement.gaps.iter().filter_map(told).collect()
    }

    /// What the gaps are called.
    pub fn gap_names(&self) -> impl Iterator<Item = &str> {
        let gaps = self.entries.first().into_iter().flat_map(|entry| &entry.judgement.gaps);
        gaps.map(|(name, _)| name.as_str())
    }

    /// The model with the highest mean of a metric, the first of several.
    #[must_use]
    pub fn best(&self, name: &str) -> Option<usize> {
        let values = (0..self.entries.len())
            .filter_map(|model| Some((model, self.figure(model, name)?.value)));
        values.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(model, _)| model)
    }
}
