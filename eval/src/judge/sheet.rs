//! Which numbers does each user get?

use measure::{ACCURACY, AUC, Bucket};

use crate::{Grouping, Task};

/// How a metric is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// `name@k`, or the name alone where there is no k.
    pub name: String,
    /// How it is computed for a user.
    pub formula: String,
}

/// The numbers of each user whatever the task, in order.
#[must_use]
pub fn metric_names(ks: &[usize]) -> Vec<Reading> {
    let mut names = Vec::new();
    let mut add =
        |name: String, formula: &str| names.push(Reading { name, formula: formula.to_owned() });
    for k in ks {
        for metric in ACCURACY {
            add(format!("{}@{k}", metric.name), metric.formula);
        }
        add(format!("serendipity@{k}"), "relevant items that the most popular k have not / k");
        add(
            format!("popularity@{k}"),
            "mean share of the training's users who have the listed items",
        );
        add(
            format!("popularity_lift@{k}"),
            "popularity of the list / popularity of the history − 1",
        );
        add(format!("novelty@{k}"), "mean −log₂ popularity of the listed items, in bits");
        add(
            format!("diversity@{k}"),
            "1 − mean cosine between the users of two listed items; of every nth user, some 2,000 in all",
        );
        for bucket in Bucket::ALL {
            let name = bucket.name();
            add(
                format!("recall_{name}@{k}"),
                &format!(
                    "recall of the relevant items in the {name} third of the training's pairs by popularity"
                ),
            );
        }
    }
    add(AUC.name.to_owned(), AUC.formula);
    names
}

/// The numbers that a task adds: by its other objectives, of its groups, of its genres.
pub(super) fn more_names(task: &Task, groupings: &[Grouping], ks: &[usize]) -> Vec<Reading> {
    let mut names = Vec::new();
    let mut add = |name: String, formula: String| names.push(Reading { name, formula });
    for k in ks {
        for objective in task.objectives.iter().skip(1) {
            for metric in ACCURACY.iter().filter(|metric| by_objective(metric.name)) {
                let formula =
                    format!("{}, where R is what was {}", metric.formula, objective.name());
                add(format!("{}_{}@{k}", metric.name, objective.name()), formula);
            }
        }
        for grouping in groupings {
            for group in &grouping.groups {
                for metric in ACCURACY.iter().filter(|metric| by_group(metric.name)) {
                    let name = format!("{}_{}_{group}@{k}", metric.name, grouping.name);
                    add(name, format!("{}; users of the group alone", metric.formula));
                }
            }
        }
        if task.genres.is_some() {
            add(
                format!("miscalibration@{k}"),
                "Σ_g p·ln(p / (0.99·q + 0.01·p)), p the history's share of genre g and q the list's".to_owned(),
            );
        }
    }
    names
}

/// Whether a metric is told for each objective.
pub(super) fn by_objective(name: &str) -> bool {
    ["recall", "ndcg", "graded_ndcg"].contains(&name)
}

/// Whether a metric is told for each group of users.
pub(super) fn by_group(name: &str) -> bool {
    ["recall", "ndcg"].contains(&name)
}

/// Of each grouping, k and metric told by group: what the gap between groups is called, and where their numbers stand.
pub(super) fn gaps(
    readings: &[Reading],
    groupings: &[Grouping],
    ks: &[usize],
) -> Vec<(String, Vec<usize>)> {
    let place = |name: String| readings.iter().position(|reading| reading.name == name);
    let mut gaps = Vec::new();
    for k in ks {
        for grouping in groupings.iter().filter(|grouping| grouping.groups.len() > 1) {
            for metric in ACCURACY.iter().map(|metric| metric.name).filter(|name| by_group(name)) {
                let groups = grouping.groups.iter();
                let places = groups
                    .filter_map(|group| place(format!("{metric}_{}_{group}@{k}", grouping.name)));
                gaps.push((format!("{metric}_{}_gap@{k}", grouping.name), places.collect()));
            }
        }
    }
    gaps
}
