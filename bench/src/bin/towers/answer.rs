//! What is a model worth in each question, and which models differ by more than chance?

use std::ops::ControlFlow;

use bench::clock::timed;
use eval::{Judgement, RESAMPLES, Task, judge};
use linalg::Matrix;
use measure::{Bootstrap, PerUser, compare};
use models::{History, Recommender, Spec, Step};
use music::ItemIx;
use serde_json::{Map, Value, json};

use crate::part::Parts;
use crate::reliability::reliability;

/// Length of the lists that are judged.
pub(crate) const LIST: usize = 20;
/// What is told of them.
const METRICS: [&str; 4] = ["ndcg", "recall", "ndcg_taste_niche", "recall_taste_niche"];
/// Listeners whose lists are timed.
const TIMED: usize = 200;
/// Candidates that a second stage orders.
const CANDIDATES: u32 = 1000;

/// The models so far.
pub(crate) struct Answers<'a> {
    parts: &'a Parts,
    seed: u64,
    judged: Vec<Judged>,
}

struct Judged {
    model: String,
    /// By question and metric.
    numbers: Vec<(&'static str, &'static str, Number)>,
}

struct Number {
    mean: Option<f64>,
    n: usize,
    bootstrap: Bootstrap,
}

impl<'a> Answers<'a> {
    pub(crate) fn new(parts: &'a Parts, seed: u64) -> Self {
        Self { parts, seed, judged: Vec::new() }
    }

    /// Fits a model and asks it everything.
    pub(crate) fn ask(&mut self, text: &str, spec: &Spec) -> anyhow::Result<Value> {
        let parts = self.parts;
        let mut curve = Vec::new();
        let mut watch = |progress: models::Progress| {
            if let Step::Measured { loss, ndcg } = progress.step {
                curve.push(json!([progress.iteration, loss.total(), ndcg]));
            }
            ControlFlow::Continue(())
        };
        let (model, fit_seconds) = timed(|| parts.known.fit(spec, self.seed, &mut watch));
        let model = model?;
        let mut numbers = Vec::new();
        let mut tell = |question, task: &Task, model: &dyn Recommender| {
            self.read(question, &judge(task, model, &[LIST]), &mut numbers);
        };
        tell("known", &parts.known, model.as_ref());
        tell("listeners", &parts.listeners, model.as_ref());
        let serving = serving_seconds(&parts.known, model.as_ref());
        let ranking = ranking_seconds(&parts.known, model.as_ref());
        let reliability = reliability(&parts.known, spec, model.as_ref());
        let model = model.extended(&parts.features);
        tell("recordings", &parts.recordings, model.as_ref());
        let mut questions = Map::new();
        for (question, metric, number) in &numbers {
            let interval = number.bootstrap.interval(0);
            let told = json!({"value": number.mean, "interval": interval, "n": number.n});
            let of_question = questions.entry(*question).or_insert_with(|| json!({}));
            of_question[*metric] = told;
        }
        self.judged.push(Judged { model: text.to_owned(), numbers });
        Ok(json!({
            "model": text,
            "fit_seconds": fit_seconds,
            "serving_microseconds": 1e6 * serving,
            "ranking_microseconds": ranking.map(|seconds| 1e6 * seconds),
            "curve": curve,
            "questions": questions,
            "reliability": reliability,
        }))
    }

    fn read(
        &self,
        question: &'static str,
        judgement: &Judgement,
        numbers: &mut Vec<(&'static str, &'static str, Number)>,
    ) {
        for metric in METRICS {
            let name = format!("{metric}@{LIST}");
            let Some(place) = judgement.readings.iter().position(|one| one.name == name) else {
                continue;
            };
            let of_users: PerUser = judgement.per_user.only(place);
            let (mean, n) = (of_users.means()[0], of_users.n_with(0));
            let bootstrap = Bootstrap::new(&of_users, RESAMPLES, self.seed);
            numbers.push((question, metric, Number { mean, n, bootstrap }));
        }
    }

    /// Every two models in every question and metric: the first less the second, with the interval of the difference.
    pub(crate) fn differences(&self) -> Vec<Value> {
        let mut told = Vec::new();
        for (place, first) in self.judged.iter().enumerate() {
            for second in &self.judged[place + 1..] {
                for ((question, metric, a), (_, _, b)) in first.numbers.iter().zip(&second.numbers)
                {
                    let (Some(mean_a), Some(mean_b)) = (a.mean, b.mean) else { continue };
                    let found = compare(&a.bootstrap, &b.bootstrap, 0);
                    told.push(json!({
                        "question": question,
                        "metric": metric,
                        "first": first.model,
                        "second": second.model,
                        "value": mean_a - mean_b,
                        "interval": found.map(|found| found.interval),
                    }));
                }
            }
        }
        told
    }
}

/// Seconds until everything is scored for a listener, from a history in memory, one after the other.
fn serving_seconds(task: &Task, model: &dyn Recommender) -> f64 {
    let mut scores = Matrix::zeros(1, task.heard.n_cols());
    mean_seconds(task, |history| model.score_batch(&[model.represent(history)], &mut scores))
}

/// Seconds until a second stage has ordered a thousand candidates, on one thread; `None` where there is none.
fn ranking_seconds(task: &Task, model: &dyn Recommender) -> Option<f64> {
    let n_items = u32::try_from(task.heard.n_cols()).expect("items are u32");
    let candidates: Vec<ItemIx> = (0..n_items.min(CANDIDATES)).map(ItemIx).collect();
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let one_thread = one_thread.expect("a thread to work on");
    model.is_staged().then(|| {
        one_thread.install(|| {
            mean_seconds(task, |history| {
                model.rerank(history, &candidates);
            })
        })
    })
}

/// Seconds of one answer, by listeners of the training one after the other.
fn mean_seconds(task: &Task, mut answer: impl FnMut(&History<'_>) + Send) -> f64 {
    let users = task.asked.iter().filter_map(|asked| asked.user).take(TIMED);
    let users: Vec<usize> = users.map(|user| user.0 as usize).collect();
    let mut serve = |user: usize| with_history(task, user, |history| timed(|| answer(history)).1);
    // The first one warms up.
    users.first().map(|user| serve(*user));
    users.iter().map(|user| serve(*user)).sum::<f64>() / users.len().max(1) as f64
}

/// Asks something of what a listener of the training heard.
pub(crate) fn with_history<T>(task: &Task, user: usize, ask: impl FnOnce(&History<'_>) -> T) -> T {
    let (items, heard) = task.heard.row(user);
    let items: Vec<ItemIx> = items.iter().map(|item| ItemIx(*item)).collect();
    let moments = task.moments.as_ref();
    ask(&History {
        moments: moments.map_or(&[], |moments| moments.of(user)),
        country: moments.and_then(|moments| moments.country(user)),
        ..History::new(&items, heard)
    })
}
