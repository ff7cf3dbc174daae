//! Does what a hybrid says of its lists hold?
//!
//! Of the best recordings that each asked listener does not know: how likely a like was said to be, and whether one came.
//! Only a hybrid whose second stage is a network says such a thing.

use eval::Task;
use linalg::{Matrix, top_k};
use models::hybrid::Second;
use models::ranker::Reliability;
use models::{Recommender, Spec};
use serde_json::{Value, json};

use crate::answer::{LIST, with_history};

/// Bins of equal width.
const BINS: usize = 20;

/// What was promised of all lists and what came, bin by bin; `None` of a model that promises nothing.
pub(crate) fn reliability(task: &Task, spec: &Spec, model: &dyn Recommender) -> Option<Value> {
    if !matches!(spec, Spec::Hybrid(params) if params.second == Second::Network) {
        return None;
    }
    let (mut promised, mut came) = (Vec::new(), Vec::new());
    let mut scores = Matrix::zeros(1, model.n_items());
    for asked in &task.asked {
        let Some(user) = asked.user else { continue };
        let user = user.0 as usize;
        let query = with_history(task, user, |history| model.represent(history));
        model.score_batch(&[query], &mut scores);
        let mut known = [task.heard.row(user).0, &asked.also_known].concat();
        known.sort_unstable();
        known.dedup();
        for (item, score) in top_k(scores.row(0), LIST, &known) {
            // Behind the candidates of the first stage nothing is promised.
            if (0.0..=1.0).contains(&score) {
                promised.push(f64::from(score));
                came.push(asked.wanted.contains(&item));
            }
        }
    }
    let found = Reliability::of(&promised, &came, BINS);
    let bins = found.bins.iter();
    let bins =
        bins.map(|bin| json!({"n": bin.n, "promised": bin.predicted, "liked": bin.observed}));
    Some(json!({
        "expected_calibration_error": found.expected_calibration_error,
        "bins": bins.collect::<Vec<_>>(),
    }))
}
