//! What did an evaluation find, for machines and for people?

use eval::{Counts, Judgement, Standing, Task, metric_names, standings};
use measure::Bootstrap;
use models::Spec;
use serde_json::{Map, Value, json};

use super::super::import::grouped;

/// Draws of the users.
const RESAMPLES: usize = 1000;

/// Columns of the table for each k: a metric and its title.
const COLUMNS: [(&str, &str); 4] = [
    ("ndcg", "NDCG"),
    ("recall", "recall"),
    ("hit_rate", "hit rate"),
    ("popularity_lift", "pop. lift"),
];

/// What every model was asked.
pub(super) struct Account {
    split: (&'static str, &'static str),
    n_users: usize,
    n_items: usize,
    n_pairs: usize,
    n_asked: usize,
    counts: Counts,
    ks: Vec<usize>,
    seed: u64,
}

/// What one model came to.
pub(super) struct Row {
    pub(super) spec: Spec,
    pub(super) fit_seconds: f64,
    pub(super) evaluate_seconds: f64,
    pub(super) judgement: Judgement,
}

impl Account {
    pub(super) fn of(task: &Task, ks: &[usize], seed: u64) -> Self {
        Self {
            split: (task.split.name(), task.split.leak()),
            n_users: task.heard.n_rows(),
            n_items: task.heard.n_cols(),
            n_pairs: task.heard.nnz(),
            n_asked: task.asked.len(),
            counts: task.counts,
            ks: ks.to_vec(),
            seed,
        }
    }

    /// What is asked, for people.
    pub(super) fn text(&self) -> String {
        let n = |n: usize| grouped(n as u64);
        let counts = self.counts;
        let mut lines = vec![
            format!(
                "{} users × {} items, {} pairs to learn from; {} users asked for {} items",
                n(self.n_users),
                n(self.n_items),
                n(self.n_pairs),
                n(self.n_asked),
                n(counts.wanted)
            ),
            format!("  split: {}; {}", self.split.0, self.split.1),
        ];
        for (count, what) in [
            (counts.unseen, "of these items nobody can recommend: the training lacks them"),
            (counts.strangers, "users asked have no history"),
            (counts.replays, "pairs of the test are in the user's training and not asked for"),
            (counts.disliked, "pairs of the test say no"),
        ] {
            if count > 0 {
                lines.push(format!("  {} {what}", n(count)));
            }
        }
        lines.join("\n")
    }

    /// Draws users and compares every model with the best.
    pub(super) fn compare(self, rows: Vec<Row>) -> Told {
        let names: Vec<String> =
            metric_names(&self.ks).into_iter().map(|metric| metric.name).collect();
        let draw = |row: &Row| Bootstrap::new(&row.judgement.per_user, RESAMPLES, self.seed);
        let bootstraps: Vec<Bootstrap> = rows.iter().map(draw).collect();
        let means: Vec<_> = rows.iter().map(|row| row.judgement.per_user.means()).collect();
        let standings = (0..names.len()).map(|metric| {
            let means: Vec<_> = means.iter().map(|means| means[metric]).collect();
            standings(&means, &bootstraps, metric)
        });
        let standings = standings.collect();
        Told { account: self, rows, names, bootstraps, means, standings }
    }
}

/// An evaluation, ready to be told.
pub(super) struct Told {
    account: Account,
    rows: Vec<Row>,
    names: Vec<String>,
    bootstraps: Vec<Bootstrap>,
    /// Of each model, by metric.
    means: Vec<Vec<Option<f64>>>,
    /// Of each metric, by model.
    standings: Vec<Vec<Option<Standing>>>,
}

impl Told {
    /// For machines.
    pub(super) fn json(&self) -> Value {
        let account = &self.account;
        let counts = account.counts;
        json!({
            "split": { "kind": account.split.0, "leak": account.split.1 },
            "n_users": account.n_users,
            "n_items": account.n_items,
            "n_pairs": account.n_pairs,
            "n_asked": account.n_asked,
            "test": {
                "pairs": counts.test_pairs,
                "wanted": counts.wanted,
                "unseen": counts.unseen,
                "strangers": counts.strangers,
                "replays": counts.replays,
                "disliked": counts.disliked,
            },
            "seed": account.seed,
            "resamples": RESAMPLES,
            "models": (0..self.rows.len()).map(|model| self.model_json(model)).collect::<Vec<_>>(),
        })
    }

    fn model_json(&self, model: usize) -> Value {
        let row = &self.rows[model];
        let mut metrics: Map<String, Value> =
            (0..self.names.len()).filter_map(|metric| self.metric_json(model, metric)).collect();
        for (k, coverage, gini) in &row.judgement.exposure {
            metrics.insert(format!("coverage@{k}"), json!({ "value": coverage }));
            metrics.insert(format!("gini@{k}"), json!({ "value": gini }));
        }
        json!({
            "name": row.spec.name(),
            "parameters": parameters(&row.spec),
            "fit_seconds": row.fit_seconds,
            "evaluate_seconds": row.evaluate_seconds,
            "ties": row.judgement.ties,
            "metrics": metrics,
        })
    }

    fn metric_json(&self, model: usize, metric: usize) -> Option<(String, Value)> {
        let value = self.means[model][metric]?;
        let mut told = json!({
            "value": value,
            "n_users": self.rows[model].judgement.per_user.n_with(metric),
        });
        if let Some((low, high)) = self.bootstraps[model].interval(metric) {
            told["low"] = low.into();
            told["high"] = high.into();
        }
        if let Some(standing) = self.standings[metric][model].filter(|_| self.rows.len() > 1) {
            told["behind_best"] = json!({
                "value": standing.behind,
                "low": standing.interval.0,
                "high": standing.interval.1,
                "p": standing.p,
            });
        }
        Some((self.names[metric].clone(), told))
    }

    /// For people: a table for each k.
    pub(super) fn table(&self) -> String {
        let tables: Vec<String> = self.account.ks.iter().map(|&k| self.table_of(k)).collect();
        let mut text = format!("\n{}", tables.join("\n\n"));
        text.push_str("\n\n± half of the 95 % interval over users.");
        if self.rows.len() > 1 {
            text.push_str("  ≈ not told from the best of its column by chance at 5 %.");
        }
        text.push_str("\nAll metrics, with formulas, are in --json and docs/metrics.md.");
        text
    }

    fn table_of(&self, k: usize) -> String {
        let width = self.rows.iter().map(|row| row.spec.brief().chars().count()).max().unwrap_or(0);
        let width = width.clamp(5, 44);
        let mut lines = vec![format!("{:width$}", format!("k = {k}"))];
        for (_, title) in COLUMNS {
            lines[0].push_str(&format!("  {title:>16}"));
        }
        lines[0].push_str(&format!("  {:>8}  {:>7}  {:>7}", "coverage", "fit s", "eval s"));
        for (model, row) in self.rows.iter().enumerate() {
            let name: String = row.spec.brief().chars().take(width).collect();
            let mut line = format!("{name:width$}");
            for (metric, _) in COLUMNS {
                line.push_str(&format!("  {:>16}", self.cell(model, &format!("{metric}@{k}"))));
            }
            let exposure = row.judgement.exposure.iter().find(|(of, ..)| *of == k);
            let coverage = exposure.map_or(0.0, |(_, coverage, _)| *coverage);
            line.push_str(&format!(
                "  {:>7.1}%  {:>7.2}  {:>7.2}",
                100.0 * coverage,
                row.fit_seconds,
                row.evaluate_seconds
            ));
            lines.push(line);
        }
        lines.join("\n")
    }

    fn cell(&self, model: usize, name: &str) -> String {
        let metric =
            self.names.iter().position(|other| other == name).expect("a metric of the table");
        let Some(value) = self.means[model][metric] else { return "-".to_owned() };
        let is_good = !name.starts_with("popularity");
        let standing = self.standings[metric][model];
        let is_like_best = is_good
            && standing.is_some_and(|standing| standing.behind > 0.0 && !standing.is_behind());
        let mark = if is_like_best { "≈" } else { " " };
        match self.bootstraps[model].interval(metric) {
            Some((low, high)) => format!("{value:.4} ±{:.4}{mark}", (high - low) / 2.0),
            None => format!("{value:.4}{mark}"),
        }
    }
}

/// Every parameter of a model; numbers where they are numbers.
fn parameters(spec: &Spec) -> Map<String, Value> {
    let text = spec.to_string();
    let pairs = text.split_once(':').map_or("", |(_, pairs)| pairs);
    let pairs = pairs.split(',').filter_map(|pair| pair.split_once('='));
    let value = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| text.into());
    pairs.map(|(key, text)| (key.to_owned(), value(text))).collect()
}
