//! What did an evaluation find, for machines and for people?

use std::path::PathBuf;

use eval::{About, Figure, Objective, RESAMPLES, Report, Split};
use listens::TripleTally;
use models::Spec;
use serde_json::{Map, Value, json};

use super::super::import::grouped;
use super::super::tally;

/// Columns of the table for each k: a metric and its title.
const COLUMNS: [(&str, &str); 4] = [
    ("ndcg", "NDCG"),
    ("recall", "recall"),
    ("hit_rate", "hit rate"),
    ("popularity_lift", "pop. lift"),
];

/// What is asked, for people.
pub(super) fn question(about: &About) -> String {
    let n = |n: usize| grouped(n as u64);
    let counts = about.counts;
    let mut lines = vec![
        format!(
            "{} users × {} items, {} pairs to learn from; {} users asked for {} items",
            n(about.n_users),
            n(about.n_items),
            n(about.n_pairs),
            n(about.n_asked),
            n(counts.wanted)
        ),
        format!("  split: {}; {}", about.split.name(), about.split.leak()),
    ];
    if let Split::Time(moments) = about.split {
        lines.push(format!(
            "  learned from before {}, asked for from {} to {}",
            moment(moments.train_until),
            moment(moments.from),
            moment(moments.until)
        ));
        lines.push(format!("  a hit: {}", hit(about)));
    }
    if about.is_sampled {
        lines.push(
            "  ranked among the given negatives alone: comparable with the paper that gave them, and with nothing else"
                .to_owned(),
        );
    }
    let replays = if about.ranks_known {
        "pairs of the test are in the user's training, and asked for like the others"
    } else {
        "pairs of the test are replays of what the user knew, and not asked for"
    };
    for (count, what) in [
        (counts.unseen, "of these items nobody can recommend: the training lacks them"),
        (counts.strangers, "users asked have no history"),
        (counts.replays, replays),
        (counts.disliked, "pairs of the test are no hits: the user did not like it"),
        (counts.undated, "counts without a time are in neither part"),
    ] {
        if count > 0 {
            lines.push(format!("  {} {what}", n(count)));
        }
    }
    for (path, tally) in &about.files {
        let told = tally::lines(tally);
        if !told.is_empty() {
            lines.push(format!("  {}:", path.display()));
            lines.extend(told.iter().map(|line| format!("  {line}")));
        }
    }
    lines.join("\n")
}

fn hit(about: &About) -> &'static str {
    match about.objective {
        Objective::Liked => "first heard in the window, and liked",
        Objective::Clicked => "first heard in the window, however briefly",
        Objective::Time => "first heard in the window, weighed by the time it was heard",
    }
}

/// A moment of the log's own clock; a number where no calendar has it.
fn moment(seconds: i64) -> String {
    // What is so near to 1970 counts from a beginning of its own.
    let is_date = seconds > 365 * 86_400;
    let date = jiff::Timestamp::from_second(seconds).ok().filter(|_| is_date);
    date.map_or_else(|| format!("{seconds} s"), |date| date.to_string())
}

/// For machines.
pub(super) fn json(report: &Report) -> Value {
    let about = &report.about;
    let counts = about.counts;
    let mut told = json!({
        "split": { "kind": about.split.name(), "leak": about.split.leak() },
        "n_users": about.n_users,
        "n_items": about.n_items,
        "n_pairs": about.n_pairs,
        "n_asked": about.n_asked,
        "objective": about.objective.name(),
        "sampled": about.is_sampled,
        "test": {
            "pairs": counts.test_pairs,
            "wanted": counts.wanted,
            "unseen": counts.unseen,
            "strangers": counts.strangers,
            "replays": counts.replays,
            "disliked": counts.disliked,
            "undated": counts.undated,
        },
        "files": about.files.iter().map(file_json).collect::<Vec<_>>(),
        "seed": report.seed,
        "resamples": RESAMPLES,
        "models": (0..report.entries.len()).map(|model| model_json(report, model)).collect::<Vec<_>>(),
    });
    if let Split::Time(moments) = about.split {
        told["split"]["train_until"] = moments.train_until.into();
        told["split"]["from"] = moments.from.into();
        told["split"]["until"] = moments.until.into();
    }
    if about.n_folds > 1 {
        told["split"]["folds"] = about.n_folds.into();
    }
    told
}

fn file_json((path, tally): &(PathBuf, TripleTally)) -> Value {
    let mut told = tally::json(tally);
    told.insert("file".to_owned(), path.to_string_lossy().into());
    Value::Object(told)
}

fn model_json(report: &Report, model: usize) -> Value {
    let entry = &report.entries[model];
    let mut metrics = Map::new();
    for reading in report.readings().iter().filter(|reading| is_told(report, &reading.name)) {
        if let Some(figure) = report.figure(model, &reading.name) {
            metrics.insert(reading.name.clone(), figure_json(&figure));
        }
    }
    for (name, figure) in report.gaps(model).iter().filter(|(name, _)| is_told(report, name)) {
        metrics.insert(name.clone(), figure_json(figure));
    }
    for (k, coverage, gini) in &entry.judgement.exposure {
        if report.ks.contains(k) {
            metrics.insert(format!("coverage@{k}"), json!({ "value": coverage }));
            metrics.insert(format!("gini@{k}"), json!({ "value": gini }));
        }
    }
    json!({
        "name": entry.spec.name(),
        "parameters": parameters(&entry.spec),
        "fit_seconds": entry.fit_seconds,
        "evaluate_seconds": entry.evaluate_seconds,
        "ties": entry.judgement.ties,
        "metrics": metrics,
    })
}

/// Whether a metric is of a length that was asked for.
fn is_told(report: &Report, name: &str) -> bool {
    let k = name.rsplit_once('@').and_then(|(_, k)| k.parse().ok());
    k.is_none_or(|k| report.ks.contains(&k))
}

fn figure_json(figure: &Figure) -> Value {
    let mut told = json!({ "value": figure.value, "n_users": figure.n_users });
    put_interval(&mut told, figure.interval);
    if let Some(standing) = figure.standing {
        told["behind_best"] = json!({
            "value": standing.behind,
            "low": standing.interval.0,
            "high": standing.interval.1,
            "p": standing.p,
        });
    }
    told
}

fn put_interval(told: &mut Value, interval: Option<(f64, f64)>) {
    if let Some((low, high)) = interval {
        told["low"] = low.into();
        told["high"] = high.into();
    }
}

/// For people: a table for each k.
pub(super) fn table(report: &Report) -> String {
    let tables: Vec<String> = report.ks.iter().map(|&k| table_of(report, k)).collect();
    let mut text = format!("\n{}", tables.join("\n\n"));
    text.push_str("\n\n± half of the 95 % interval over users.");
    if report.entries.len() > 1 {
        text.push_str("  ≈ not told from the best of its column by chance at 5 %.");
        text.push_str(&choices(report));
    }
    text.push_str("\nAll metrics, with formulas, are in --json and docs/metrics.md.");
    text
}

/// What each objective would choose.
fn choices(report: &Report) -> String {
    let Some(k) = report.ks.first() else { return String::new() };
    let main = report.about.objective;
    let metric = |objective: Objective| match objective {
        _ if objective == main => format!("ndcg@{k}"),
        Objective::Time => format!("graded_ndcg_time@{k}"),
        other => format!("ndcg_{}@{k}", other.name()),
    };
    let chosen = Objective::ALL.into_iter().filter_map(|objective| {
        let best = report.best(&metric(objective))?;
        Some(format!("{} {}", objective.name(), report.entries[best].spec.brief()))
    });
    let chosen: Vec<String> = chosen.collect();
    if chosen.len() < 2 {
        return String::new();
    }
    format!("\nBest at k = {k}, by what a hit is: {}.", chosen.join("; "))
}

fn table_of(report: &Report, k: usize) -> String {
    let entries = &report.entries;
    let width = entries.iter().map(|entry| entry.spec.brief().chars().count()).max().unwrap_or(0);
    let width = width.clamp(5, 44);
    let mut lines = vec![format!("{:width$}", format!("k = {k}"))];
    for (_, title) in COLUMNS {
        lines[0].push_str(&format!("  {title:>16}"));
    }
    lines[0].push_str(&format!("  {:>8}  {:>7}  {:>7}", "coverage", "fit s", "eval s"));
    for (model, entry) in entries.iter().enumerate() {
        let name: String = entry.spec.brief().chars().take(width).collect();
        let mut line = format!("{name:width$}");
        for (metric, _) in COLUMNS {
            line.push_str(&format!("  {:>16}", cell(report, model, &format!("{metric}@{k}"))));
        }
        let exposure = entry.judgement.exposure.iter().find(|(of, ..)| *of == k);
        let coverage = exposure.map_or(0.0, |(_, coverage, _)| *coverage);
        line.push_str(&format!(
            "  {:>7.1}%  {:>7.2}  {:>7.2}",
            100.0 * coverage,
            entry.fit_seconds,
            entry.evaluate_seconds
        ));
        lines.push(line);
    }
    lines.join("\n")
}

fn cell(report: &Report, model: usize, name: &str) -> String {
    let Some(figure) = report.figure(model, name) else { return "-".to_owned() };
    let is_good = !name.starts_with("popularity");
    let is_like_best = is_good
        && figure.standing.is_some_and(|standing| standing.behind > 0.0 && !standing.is_behind());
    let mark = if is_like_best { "≈" } else { " " };
    let value = figure.value;
    match figure.interval {
        Some((low, high)) => format!("{value:.4} ±{:.4}{mark}", (high - low) / 2.0),
        None => format!("{value:.4}{mark}"),
    }
}

/// Every parameter of a model; numbers where they are numbers.
fn parameters(spec: &Spec) -> Map<String, Value> {
    let value = |text: String| serde_json::from_str(&text).unwrap_or_else(|_| text.into());
    spec.parameters().into_iter().map(|(key, text)| (key, value(text))).collect()
}
