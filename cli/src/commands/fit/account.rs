//! What did a fit take, and what did it reach?

use std::time::Instant;

use engine::Bare;
use listens::TripleTally;
use models::{Loss, Progress, Spec, Step};
use serde_json::{Value, json};

use super::super::import::grouped;
use super::super::tally;
use crate::{clock, memory};

/// The matrix that every model learns from.
pub(super) struct Matrix {
    n_users: usize,
    n_items: usize,
    n_pairs: usize,
    tally: TripleTally,
    read_seconds: f64,
    /// Most bytes held while it was read.
    pub(super) peak: Option<u64>,
}

impl Matrix {
    pub(super) fn of(bare: &Bare, read_seconds: f64) -> Self {
        Self {
            n_users: bare.n_users(),
            n_items: bare.n_items(),
            n_pairs: bare.n_pairs(),
            tally: bare.tally.clone(),
            read_seconds,
            peak: memory::peak_bytes(),
        }
    }

    /// What was read, for people.
    pub(super) fn text(&self) -> String {
        let [users, items, pairs] =
            [self.n_users, self.n_items, self.n_pairs].map(|n| grouped(n as u64));
        let mut lines = vec![format!(
            "{users} users × {items} items, {pairs} pairs, read in {:.1} s",
            self.read_seconds
        )];
        lines.extend(tally::lines(&self.tally));
        lines.join("\n")
    }
}

/// One iteration as it went.
struct Iteration {
    seconds: f64,
    loss_seconds: f64,
    loss: Loss,
    ndcg: Option<f64>,
}

/// One fit as it goes.
pub(super) struct Account {
    model: String,
    /// Iterations done before a resumed training began.
    before: usize,
    iterations: Vec<Iteration>,
    /// The end of the step before.
    since: Instant,
    /// What the iteration took whose loss is not known yet.
    seconds: f64,
    pub(super) fit_seconds: f64,
    pub(super) peak: Option<u64>,
    pub(super) peak_after_reading: Option<u64>,
}

impl Account {
    pub(super) fn new(spec: &Spec, before: usize) -> Self {
        Self {
            model: spec.to_string(),
            before,
            iterations: Vec::new(),
            since: clock::stopwatch(),
            seconds: 0.0,
            fit_seconds: 0.0,
            peak: None,
            peak_after_reading: None,
        }
    }

    /// The model, for people.
    pub(super) fn title(&self) -> String {
        match self.before {
            0 => self.model.clone(),
            before => format!("{}, from iteration {before} on", self.model),
        }
    }

    /// Iterations done in all.
    pub(super) fn iteration(&self) -> usize {
        self.before + self.iterations.len()
    }

    /// Notes a step of the training; a line for people when an iteration is complete.
    pub(super) fn take(&mut self, progress: Progress) -> Option<String> {
        let seconds = self.since.elapsed().as_secs_f64();
        self.since = clock::stopwatch();
        match progress.step {
            Step::Ready => None,
            Step::Iterated => {
                self.seconds = seconds;
                None
            }
            Step::Measured { loss, ndcg } => {
                let iteration =
                    Iteration { seconds: self.seconds, loss_seconds: seconds, loss, ndcg };
                let line = iteration.text(progress.iteration, progress.n_iterations);
                let is_first = self.iterations.is_empty();
                let titles = if is_first { iteration.titles() + "\n" } else { String::new() };
                self.iterations.push(iteration);
                Some(titles + &line)
            }
        }
    }

    /// The whole fit, for machines.
    pub(super) fn json(&self, matrix: &Matrix) -> Value {
        let iterations = self.iterations.iter().map(Iteration::json).collect::<Vec<_>>();
        let mut told = tally::json(&matrix.tally);
        let more = json!({
            "model": self.model,
            "n_users": matrix.n_users, "n_items": matrix.n_items, "n_pairs": matrix.n_pairs,
            "read_seconds": matrix.read_seconds,
            "resumed_from": self.before,
            "iterations": iterations,
            "fit_seconds": self.fit_seconds,
            "peak_memory_bytes": self.peak,
            "peak_memory_after_reading_bytes": self.peak_after_reading,
        });
        if let Value::Object(more) = more {
            told.extend(more);
        }
        Value::Object(told)
    }

    /// The cells of this fit in [`table`].
    fn cells(&self) -> [String; 5] {
        let unknown = || "–".to_owned();
        let seconds: f64 = self.iterations.iter().map(|iteration| iteration.seconds).sum();
        let (each, loss) = match self.iterations.last() {
            None => (unknown(), unknown()),
            Some(last) => (
                format!("{:.3} s", seconds / self.iterations.len() as f64),
                significant(last.loss.total()),
            ),
        };
        let memory =
            self.peak.map_or_else(unknown, |bytes| format!("{} MiB", grouped(bytes >> 20)));
        [self.iteration().to_string(), each, format!("{:.2} s", self.fit_seconds), loss, memory]
    }
}

impl Iteration {
    /// A line under [`Iteration::titles`].
    fn text(&self, iteration: usize, n_iterations: usize) -> String {
        let Loss { observed, unobserved, regularizer } = self.loss;
        let numbers = [self.loss.total(), observed, unobserved, regularizer].map(significant);
        let ndcg = self.ndcg.map(|ndcg| format!("{ndcg:.5}"));
        let place = format!("{iteration} of {n_iterations}");
        let cells = [place, format!("{:.3}", self.seconds)].into_iter().chain(numbers).chain(ndcg);
        aligned(cells)
    }

    fn titles(&self) -> String {
        let titles = ["iteration", "seconds", "loss", "observed", "unobserved", "regularizer"];
        aligned(titles.into_iter().chain(self.ndcg.map(|_| "ndcg@20")).map(str::to_owned))
    }

    fn json(&self) -> Value {
        json!({
            "seconds": self.seconds, "loss_seconds": self.loss_seconds, "loss": self.loss.total(),
            "observed": self.loss.observed, "unobserved": self.loss.unobserved,
            "regularizer": self.loss.regularizer, "ndcg": self.ndcg,
        })
    }
}

fn aligned(cells: impl Iterator<Item = String>) -> String {
    cells.map(|cell| format!("  {cell:>11}")).collect()
}

/// A line for each fit in their order, under titles.
pub(super) fn table(accounts: &[Account]) -> String {
    let titles = ["iterations", "each", "in all", "loss", "memory"].map(str::to_owned);
    let name = |model: &str| model.split(':').next().unwrap_or_default().to_owned();
    let rows = accounts.iter().map(|account| (account.cells(), name(&account.model)));
    let rows: Vec<_> = std::iter::once((titles, "model".to_owned())).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|(cells, _)| cells[column].chars().count()).max();
    let line = |(cells, model): &([String; 5], String)| {
        let cells = cells.iter().enumerate().map(|(column, cell)| {
            let width = width(column).unwrap_or_default();
            format!("  {cell:>width$}")
        });
        format!("{}  {model}", cells.collect::<String>())
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Six digits that count.
fn significant(x: f64) -> String {
    if x == 0.0 {
        return "0".to_owned();
    }
    let magnitude = x.abs();
    let decimals = [1e5, 1e4, 1e3, 1e2, 1e1, 1e0, 1e-1, 1e-2].iter().position(|n| magnitude >= *n);
    decimals.map_or_else(|| format!("{x:.5e}"), |decimals| format!("{x:.decimals$}"))
}

#[cfg(test)]
mod tests {
    use super::significant;

    #[test]
    fn six_digits_count() {
        for (x, expected) in [
            (1_234_567.8, "1234568"),
            (123.456_789, "123.457"),
            (0.012_345_678, "0.0123457"),
            (0.000_123_456_789, "1.23457e-4"),
            (0.0, "0"),
        ] {
            assert_eq!(significant(x), expected);
        }
    }
}
