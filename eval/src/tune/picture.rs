//! What does a search look like?

use models::{Range, Tunable};

use super::space::{Subject, coordinate_of};
use super::study::{Kind, Study, Trial};
use crate::plot::{Axis, Figure, Mark, Panel, Scale, Series};

/// The color of the best so far, and that of rounds inside a population.
const BEST: usize = 1;
const MEMBER: usize = 4;
/// Colors of the rungs, from all users to the fewest.
const RUNGS: [usize; 3] = [0, 2, 3];

/// The search of a model: a panel of score by trial, and a small one of score by value for each parameter that had several.
#[must_use]
pub fn picture(study: &Study, of: usize, subject: &Subject) -> Figure {
    let trials = study.of_model(of);
    let (top, objective) = (study.header.listeners.len() - 1, &study.header.objective);
    let floor = floor(trials.iter().filter_map(|trial| trial.score).collect());
    let shown = |trial: &Trial| trial.score.map(|score| score.max(floor));
    let score =
        Axis::numbers(objective, Scale::around(trials.iter().filter_map(|trial| shown(trial))));
    let n_last = trials.last().map_or(1, |trial| trial.trial);
    let n_first = trials.first().map_or(1, |trial| trial.trial);
    let by_trial = |trial: &Trial| trial.trial as f64;
    let mut series = points(&trials, top, |trial| Some((by_trial(trial), shown(trial)?)));
    let steps = best_so_far(&trials, top, n_last);
    let best_points: Vec<(f64, f64)> = steps
        .last()
        .map(|&(_, y)| y)
        .into_iter()
        .filter_map(|y| {
            let winner =
                trials.iter().find(|trial| trial.score == Some(y) && is_whole(trial, top))?;
            Some((winner.trial as f64, y))
        })
        .collect();
    series.push(Series { mark: Mark::Steps, color: BEST, points: steps });
    series.push(Series { mark: Mark::Points, color: BEST, points: best_points });
    let room = 0.02 * (n_last - n_first) as f64;
    let across = Scale::linear(n_first as f64 - room, n_last as f64 + room);
    let whole = Panel { x: Axis::numbers("trial", across), y: score.clone(), series };
    let has_moved = |d: usize| {
        let mut values = trials.iter().map(|trial| trial.setting(subject).swap_remove(d));
        values.next().is_some_and(|first| values.any(|value| value != first))
    };
    let moved = subject.space.iter().enumerate().filter(|&(d, _)| has_moved(d));
    let small = moved.map(|(d, tunable)| {
        let mut series = points(&trials, top, |trial| {
            Some((coordinate(tunable, &trial.setting(subject)[d])?, shown(trial)?))
        });
        let best = study
            .best_of(of)
            .and_then(|best| Some((coordinate(tunable, &best.setting(subject)[d])?, best.score?)));
        series.push(Series { mark: Mark::Points, color: BEST, points: best.into_iter().collect() });
        Panel { x: axis(tunable), y: score.clone(), series }
    });
    Figure {
        title: format!("{}: {objective} on the validation slice", subject.text),
        description: format!(
            "{} trials, each a point: above its number, and in the smaller panels above the value of a parameter. \
             Orange is the best judged by all users so far. What is worse than the panels reach lies on their floor.",
            trials.len()
        ),
        legend: legend(study, &trials, top),
        panels: vec![whole],
        small_panels: small.collect(),
    }
}

/// As far below the middle score as the best is above it: what is worse need not be told apart.
fn floor(mut scores: Vec<f64>) -> f64 {
    scores.sort_by(f64::total_cmp);
    let middle = scores.get(scores.len() / 2).copied().unwrap_or(0.0);
    let best = scores.last().copied().unwrap_or(0.0);
    2.0 * middle - best
}

/// The points of each rung, those of few users below those of many.
fn points(
    trials: &[&Trial],
    top: usize,
    place: impl Fn(&Trial) -> Option<(f64, f64)>,
) -> Vec<Series> {
    let of = |is_one: &dyn Fn(&Trial) -> bool, color: usize| {
        let trials = trials.iter().filter(|trial| is_one(trial));
        let points = trials.filter_map(|trial| place(trial)).collect();
        Series { mark: Mark::Points, color, points }
    };
    let mut series: Vec<Series> = (0..=top)
        .map(|rung| of(&|trial| trial.rung == rung && trial.kind != Kind::Member, color(top, rung)))
        .collect();
    series.insert(0, of(&|trial| trial.kind == Kind::Member, MEMBER));
    series
}

fn color(top: usize, rung: usize) -> usize {
    RUNGS[(top - rung).min(RUNGS.len() - 1)]
}

fn is_whole(trial: &Trial, top: usize) -> bool {
    trial.rung == top && trial.kind != Kind::Member
}

/// The highest score of all users up to each trial, to the end.
fn best_so_far(trials: &[&Trial], top: usize, n_last: usize) -> Vec<(f64, f64)> {
    let mut steps: Vec<(f64, f64)> = Vec::new();
    for trial in trials.iter().filter(|trial| is_whole(trial, top)) {
        let Some(score) = trial.score else { continue };
        if steps.last().is_none_or(|&(_, best)| score > best) {
            steps.push((trial.trial as f64, score));
        }
    }
    if let Some(&(_, best)) = steps.last() {
        steps.push((n_last as f64, best));
    }
    steps
}

fn legend(study: &Study, trials: &[&Trial], top: usize) -> Vec<(Mark, usize, String)> {
    let mut legend = Vec::new();
    for rung in (0..=top).rev() {
        if trials.iter().any(|trial| trial.rung == rung && trial.kind != Kind::Member) {
            let users = study.header.listeners[rung];
            legend.push((Mark::Points, color(top, rung), format!("{users} listeners")));
        }
    }
    if trials.iter().any(|trial| trial.kind == Kind::Member) {
        legend.push((Mark::Points, MEMBER, "a member".to_owned()));
    }
    legend.push((Mark::Steps, BEST, "best so far".to_owned()));
    legend
}

/// A number as it is; of a name its place.
fn coordinate(tunable: &Tunable, value: &str) -> Option<f64> {
    match &tunable.range {
        Range::Numbers { .. } => value.parse().ok(),
        Range::Values(_) => Some(coordinate_of(&tunable.range, value)),
    }
}

fn axis(tunable: &Tunable) -> Axis {
    match &tunable.range {
        &Range::Numbers { low, high, scale: models::Scale::Linear, .. } => {
            Axis::numbers(&tunable.name, Scale::linear(low, high))
        }
        &Range::Numbers { low, high, scale: models::Scale::Log, .. } => {
            Axis::numbers(&tunable.name, Scale::log(low, high))
        }
        Range::Values(values) => {
            let names =
                values.iter().map(|value| (coordinate_of(&tunable.range, value), value.clone()));
            let names = names.collect();
            Axis { name: tunable.name.clone(), scale: Scale::linear(0.0, 1.0), names }
        }
    }
}
