//! What can be seen of an evaluation?

use measure::Bucket;

use super::Report;
use crate::plot::{self, Axis, COLORS, Mark, Panel, Scale, Series};

/// Quality by the length of lists, by popularity and by bucket, and what was minimized; of as many models as there are
/// colors, the best ones.
pub(super) fn pictures(report: &Report) -> Vec<plot::Figure> {
    let Some(&k) = report.ks.first() else { return Vec::new() };
    let models = shown(report, k);
    let curves = [by_length(report, &models), by_popularity(report, &models, k)];
    let more = [by_bucket(report, &models, k), losses(report, &models)];
    curves.into_iter().chain(more).flatten().collect()
}

/// An axis from 0 that leaves some air above the highest value.
fn from_zero(highest: f64) -> Scale {
    Scale::linear(0.0, 1.1 * highest)
}

/// The models with a color, in the order of the report.
fn shown(report: &Report, k: usize) -> Vec<usize> {
    let value = |model: &usize| {
        report.figure(*model, &format!("ndcg@{k}")).map_or(0.0, |figure| figure.value)
    };
    let mut models: Vec<usize> = (0..report.entries.len()).collect();
    models.sort_by(|a, b| value(b).total_cmp(&value(a)).then(a.cmp(b)));
    models.truncate(COLORS.len());
    models.sort_unstable();
    models
}

fn legend(report: &Report, models: &[usize], mark: Mark) -> Vec<(Mark, usize, String)> {
    let named = models.iter().enumerate();
    named.map(|(color, &model)| (mark, color, report.entries[model].spec.brief())).collect()
}

fn by_length(report: &Report, models: &[usize]) -> Option<plot::Figure> {
    let mut ks: Vec<usize> =
        report.entries.first()?.judgement.exposure.iter().map(|(k, ..)| *k).collect();
    ks.sort_unstable();
    if ks.len() < 2 {
        return None;
    }
    let (mut bands, mut lines, mut highest) = (Vec::new(), Vec::new(), 0.0_f64);
    for (color, &model) in models.iter().enumerate() {
        let figures = ks
            .iter()
            .filter_map(|&k| Some((k as f64, report.figure(model, &format!("ndcg@{k}"))?)));
        let figures: Vec<_> = figures.collect();
        let ends = figures.iter().filter_map(|(k, figure)| Some((*k, figure.interval?)));
        let ends: Vec<(f64, (f64, f64))> = ends.collect();
        highest = ends.iter().map(|(_, (_, high))| *high).fold(highest, f64::max);
        let there = ends.iter().map(|&(k, (low, _))| (k, low));
        let back = ends.iter().rev().map(|&(k, (_, high))| (k, high));
        bands.push(Series { mark: Mark::Band, color, points: there.chain(back).collect() });
        let points = figures.iter().map(|(k, figure)| (*k, figure.value)).collect();
        lines.push(Series { mark: Mark::Line, color, points });
    }
    bands.extend(lines);
    let (first, last) = (*ks.first()? as f64, *ks.last()? as f64);
    Some(plot::Figure {
        title: "How good are lists of each length?".to_owned(),
        description: "NDCG by the number of places looked at, with 95 % intervals.".to_owned(),
        legend: legend(report, models, Mark::Line),
        panels: vec![Panel {
            x: Axis::numbers("places looked at, k", Scale::log(first, last)),
            y: Axis::numbers("NDCG@k", from_zero(highest)),
            series: bands,
        }],
        small_panels: Vec::new(),
    })
}

fn by_popularity(report: &Report, models: &[usize], k: usize) -> Option<plot::Figure> {
    let place = |model: usize| {
        let lift = report.figure(model, &format!("popularity_lift@{k}"))?.value;
        Some((lift, report.figure(model, &format!("ndcg@{k}"))?.value))
    };
    let places: Vec<(usize, (f64, f64))> = models
        .iter()
        .enumerate()
        .filter_map(|(color, &model)| Some((color, place(model)?)))
        .collect();
    let ends = |of: fn(&(f64, f64)) -> f64| {
        let values = || places.iter().map(|(_, place)| of(place));
        Some((values().reduce(f64::min)?, values().reduce(f64::max)?))
    };
    let (lowest, highest) = ends(|(lift, _)| *lift)?;
    let (_, best) = ends(|(_, ndcg)| *ndcg)?;
    let air = (0.06 * (highest - lowest)).max(0.05);
    Some(plot::Figure {
        title: "Good, or merely popular?".to_owned(),
        description: "NDCG against the lift of popularity: to the right of 0 lists are more popular than what their users hear."
            .to_owned(),
        legend: legend(report, models, Mark::Points),
        panels: vec![Panel {
            x: Axis::numbers(&format!("popularity lift@{k}"), Scale::linear(lowest.min(0.0) - air, highest.max(0.0) + air)),
            y: Axis::numbers(&format!("NDCG@{k}"), from_zero(best)),
            series: places
                .into_iter()
                .map(|(color, place)| Series { mark: Mark::Points, color, points: vec![place] })
                .collect(),
        }],
        small_panels: Vec::new(),
    })
}

fn by_bucket(report: &Report, models: &[usize], k: usize) -> Option<plot::Figure> {
    let recall = |model: usize, bucket: Bucket| {
        report.figure(model, &format!("recall_{}@{k}", bucket.name()))
    };
    let of_model = |(color, &model): (usize, &usize)| {
        let points = Bucket::ALL.iter().zip([0.0, 1.0, 2.0]);
        let points =
            points.filter_map(|(&bucket, x)| Some((x, recall(model, bucket)?.value))).collect();
        [Mark::Line, Mark::Points].map(|mark| Series { mark, color, points: Vec::clone(&points) })
    };
    let series: Vec<Series> = models.iter().enumerate().flat_map(of_model).collect();
    let highest =
        series.iter().flat_map(|series| &series.points).map(|(_, y)| *y).reduce(f64::max)?;
    let names = Bucket::ALL.iter().zip([0.0, 1.0, 2.0]);
    Some(plot::Figure {
        title: "Who finds the little known?".to_owned(),
        description: "Recall of the relevant items in each third of the training's pairs, the most popular items first.".to_owned(),
        legend: legend(report, models, Mark::Points),
        panels: vec![Panel {
            x: Axis {
                names: names.map(|(bucket, x)| (x, bucket.name().to_owned())).collect(),
                ..Axis::numbers("third of the pairs, by popularity of the item", Scale::linear(-0.25, 2.25))
            },
            y: Axis::numbers(&format!("recall@{k}"), from_zero(highest)),
            series,
        }],
        small_panels: Vec::new(),
    })
}

/// Each model's loss beside its first one, as losses of different models have nothing to do with each other.
fn losses(report: &Report, models: &[usize]) -> Option<plot::Figure> {
    let of_model = |(color, &model): (usize, &usize)| {
        let losses = &report.entries[model].losses;
        let (_, first) = *losses.first().filter(|_| losses.len() > 1)?;
        let points =
            losses.iter().map(|&(iteration, loss)| (iteration as f64, loss / first)).collect();
        Some(Series { mark: Mark::Line, color, points })
    };
    let series: Vec<Series> = models.iter().enumerate().filter_map(of_model).collect();
    let points = || series.iter().flat_map(|series| &series.points);
    let last = points().map(|(x, _)| *x).reduce(f64::max)?;
    let (low, high) = points()
        .map(|(_, y)| *y)
        .fold((1.0_f64, 1.0_f64), |(low, high), y| (low.min(y), high.max(y)));
    let legend = legend(report, models, Mark::Line);
    let legend = legend
        .into_iter()
        .filter(|(_, color, _)| series.iter().any(|series| series.color == *color));
    Some(plot::Figure {
        title: "Had the training come to its end?".to_owned(),
        description: "Training loss after each iteration, as a share of that after the first."
            .to_owned(),
        legend: legend.collect(),
        panels: vec![Panel {
            x: Axis::numbers("iteration", Scale::linear(1.0, last)),
            y: Axis::numbers("loss / first loss", Scale::linear(low, high + 0.1 * (high - low))),
            series,
        }],
        small_panels: Vec::new(),
    })
}
