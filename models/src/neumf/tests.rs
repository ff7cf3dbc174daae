//! Does the network learn what it should?

use std::ops::ControlFlow;

use linalg::{Csr, Matrix};
use music::{ItemIx, RecordingId, UserIx};

use super::batch::Batch;
use super::course::Course;
use super::net::Net;
use super::pass::Pass;
use super::{NeuMf, Params, fit};
use crate::network::testing::{check_gradient, numbers};
use crate::network::{Linear, Part};
use crate::testing::{World, two_tribes, unobserved};
use crate::{Error, Heard, History, Query, Recommender, Step, Training};

const SMALL: Params = Params {
    dim: 3,
    layers: 2,
    hidden: 4,
    negatives: 2,
    popularity_exponent: 0.0,
    dislike_weight: 0.5,
    epochs: 3,
    batch: 64,
    learning_rate: 0.01,
    reg: 0.0,
    validation: 0.0,
    patience: 3,
    aging: crate::Aging { half_life_days: 0.0, decay_floor: 0.1 },
};

/// Six items; numbers large enough for every part to matter.
fn net() -> Net {
    let ids: Vec<RecordingId> = (0..6).map(RecordingId).collect();
    let mut net = Net::new(SMALL, &ids, 7);
    net.liked.values = numbers(1, net.liked.values.len());
    net.items.values = numbers(2, net.items.values.len());
    net.bias.values = vec![0.3];
    net
}

/// One user with three liked items, one with a single one, and one with none.
fn liked() -> Csr<UserIx, ItemIx> {
    Csr::from_triplets(3, 6, vec![(0, 0, 1.0), (0, 2, 0.5), (0, 5, 1.0), (1, 3, 1.0)])
}

fn batch() -> Batch {
    let mut batch = Batch::default();
    batch.begin_turn(0);
    batch.begin_group(2.5, Some((2, 0.5)));
    batch.push(2, 1.0, 0.5);
    batch.push(1, 0.0, 0.5);
    batch.begin_group(2.5, Some((5, 1.0)));
    batch.push(5, 1.0, 1.0);
    batch.push(4, 0.0, 1.0);
    batch.push(1, 0.0, 1.0);
    batch.begin_group(2.5, None);
    batch.push(3, 0.0, 0.7);
    batch.begin_turn(1);
    batch.begin_group(1.0, Some((3, 1.0)));
    batch.push(3, 1.0, 1.0);
    batch.push(0, 0.0, 1.0);
    batch
}

/// The score of an item for the mean of some, in `f64`.
fn slow_score(net: &Net, liked: &[(u32, f32)], item: u32) -> f64 {
    let dim = net.dim();
    let total: f64 = liked.iter().map(|&(_, weight)| f64::from(weight)).sum();
    let p = |k: usize| {
        let parts = liked.iter();
        let sum: f64 = parts.map(|&(i, w)| f64::from(w) * f64::from(net.liked.row(i)[k])).sum();
        if total > 0.0 { sum / total } else { 0.0 }
    };
    let q = |k: usize| f64::from(net.items.row(item)[k]);
    let mut x: Vec<f64> = (dim..2 * dim).map(p).chain((dim..2 * dim).map(q)).collect();
    for layer in &net.layers {
        let Linear { n_in, n_out, weights, bias } = layer;
        let y = |o: usize| {
            let products = (0..*n_in).map(|k| x[k] * f64::from(weights.values[k * n_out + o]));
            (products.sum::<f64>() + f64::from(bias.values[o])).max(0.0)
        };
        x = (0..*n_out).map(y).collect();
    }
    let joined = (0..dim).map(|k| p(k) * q(k)).chain(x);
    let products = joined.zip(&net.output.values).map(|(x, &w)| x * f64::from(w));
    products.sum::<f64>() + f64::from(net.bias.values[0])
}

/// The mean loss of a batch, one example after the other.
fn slow_loss(net: &Net, liked: &Csr<UserIx, ItemIx>, batch: &Batch) -> f64 {
    let (mut sum, mut total) = (0.0, 0.0);
    for example in &batch.examples {
        let group = &batch.groups[example.group as usize];
        let (items, weights) = liked.row(batch.turns[group.turn as usize].user);
        let pairs = items.iter().copied().zip(weights.iter().copied());
        let left_out = group.left_out.map(|(item, _)| item);
        let others: Vec<(u32, f32)> = pairs.filter(|&(i, _)| Some(i) != left_out).collect();
        let score = slow_score(net, &others, example.item);
        let signed = if example.label > 0.0 { score } else { -score };
        sum += f64::from(example.weight) * (-signed).exp().ln_1p();
        total += f64::from(example.weight);
    }
    sum / total
}

#[test]
fn a_batch_costs_what_its_examples_cost_one_after_the_other() {
    let losses = Pass::default().forward(&net(), &liked(), &batch());
    let got = (losses.liked + losses.others) / losses.weight;
    let expected = slow_loss(&net(), &liked(), &batch());
    assert!((got - expected).abs() < 1e-5, "{got}, {expected}");
}

fn dense(parts: &[Part], arena: &[f32], net: &Net) -> Vec<f32> {
    let length = 2 * net.dim();
    let mut gradient = vec![0.0; net.items.values.len()];
    for part in parts {
        for k in 0..length {
            gradient[part.row as usize * length + k] += part.weight * arena[part.from as usize + k];
        }
    }
    gradient
}

#[test]
fn the_gradient_through_the_whole_network_is_what_central_differences_say() {
    let (before, liked, batch) = (net(), liked(), batch());
    let (mut learned, mut pass) = (before.clone(), Pass::default());
    // What an earlier batch left in the buffers does not matter.
    for _ in 0..2 {
        learned = before.clone();
        pass.forward(&learned, &liked, &batch);
        pass.backward(&mut learned, &liked, &batch);
    }
    let check = |gradient: &[f32], part: &dyn Fn(&mut Net) -> &mut Vec<f32>| {
        let at = part(&mut before.clone()).clone();
        check_gradient(&at, gradient, |values| {
            let mut moved = before.clone();
            *part(&mut moved) = values.to_vec();
            slow_loss(&moved, &liked, &batch)
        });
    };
    let items = dense(&pass.item_parts, &pass.d_items, &before);
    check(&items, &|net| &mut net.items.values);
    let of_liked = dense(&pass.liked_parts, &pass.d_users, &before);
    check(&of_liked, &|net| &mut net.liked.values);
    check(&learned.output.gradient, &|net| &mut net.output.values);
    check(&learned.bias.gradient, &|net| &mut net.bias.values);
    for k in 0..before.layers.len() {
        check(&learned.layers[k].weights.gradient, &|net| &mut net.layers[k].weights.values);
        check(&learned.layers[k].bias.gradient, &|net| &mut net.layers[k].bias.values);
    }
}

fn fitted(params: Params, world: &World) -> NeuMf {
    fit(params, &world.training(), &mut unobserved).unwrap()
}

#[test]
fn all_items_are_scored_as_each_alone() {
    let world = two_tribes(3);
    let model = fitted(SMALL, &world);
    let mut arrays = model.arrays();
    let net = Net::load("", SMALL, world.rows.len(), &mut arrays).unwrap();
    let listener = world.listener(UserIx(0));
    let liked: Vec<(u32, f32)> = listener.known().into_iter().map(|i| (i, 1.0)).collect();
    let mut scores = Matrix::zeros(1, model.n_items());
    model.score_batch(&[model.represent(&listener.history())], &mut scores);
    for (item, &score) in (0..).zip(scores.row(0)) {
        let expected = slow_score(&net, &liked, item);
        assert!((f64::from(score) - expected).abs() < 1e-5, "{item}: {score}, {expected}");
    }
}

#[test]
fn who_likes_nothing_is_given_what_most_like() {
    let world = two_tribes(1);
    let model = fitted(Params { epochs: 40, ..Params::default() }, &world);
    assert_eq!(model.represent(&History::new(&[], &[])), Query::Dense(vec![0.0; 128]));
    let mut scores = Matrix::zeros(1, model.n_items());
    model.score_batch(&[Query::Dense(vec![0.0; 128])], &mut scores);
    // The last two nobody has heard.
    let (heard, unheard) = scores.row(0).split_at(model.n_items() - 2);
    let worst = heard.iter().copied().fold(f32::INFINITY, f32::min);
    assert!(unheard.iter().all(|&score| score < worst), "{scores:?}: {heard:?}, {unheard:?}");
}

#[test]
fn every_liked_pair_comes_once_an_epoch_and_no_negative_is_known() {
    let world = two_tribes(2);
    let course = Course::new(SMALL, &world.training());
    let mut seen = Vec::new();
    course.epoch(1, |batch| {
        assert!(!batch.examples.is_empty());
        for example in &batch.examples {
            let turn = batch.groups[example.group as usize].turn;
            let user = batch.turns[turn as usize].user;
            let is_known = world.heard.row(user).0.contains(&example.item);
            assert_eq!(is_known, example.label > 0.0);
            if is_known {
                seen.push((user, example.item));
            }
        }
    });
    seen.sort_unstable();
    let all = world.heard.rows();
    let all: Vec<(usize, u32)> =
        all.flat_map(|(u, items, _)| items.iter().map(move |&i| (u, i))).collect();
    assert_eq!(seen, all);
}

#[test]
fn what_is_disliked_comes_once_an_epoch_as_a_negative() {
    let world = two_tribes(2);
    let heard = world.heard.map(|u, i, &heard| Heard { is_liked: (u + i) % 3 > 0, ..heard });
    let training = Training { heard: &heard, ..world.training() };
    let mut n = 0;
    Course::new(SMALL, &training).epoch(1, |batch| {
        for group in batch.groups.iter().filter(|group| group.left_out.is_none()) {
            for example in &batch.examples[group.examples.clone()] {
                let (items, heard) = heard.row(batch.turns[group.turn as usize].user);
                let place = items.binary_search(&example.item).unwrap();
                assert!(!heard[place].is_liked && example.label == 0.0 && example.weight == 0.5);
                n += 1;
            }
        }
    });
    let disliked = heard.rows().flat_map(|(_, _, heard)| heard).filter(|heard| !heard.is_liked);
    assert_eq!(n, disliked.count());
}

#[test]
fn the_loss_falls_and_a_stopped_training_goes_on_to_the_same_bytes() {
    let world = two_tribes(5);
    let params = Params { epochs: 6, validation: 0.2, ..SMALL };
    let mut losses = Vec::new();
    let whole = fit(params, &world.training(), &mut |progress| {
        if let Step::Measured { loss, ndcg } = progress.step {
            assert!(ndcg.is_some());
            losses.push(loss.total());
        }
        ControlFlow::Continue(())
    });
    assert!(losses.last() < losses.first(), "{losses:?}");
    let stopped = fit(params, &world.training(), &mut |progress| {
        if progress.iteration == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let Err(Error::Stopped(checkpoint)) = stopped else { panic!("a stop expected") };
    assert_eq!(checkpoint.iteration, 2);
    let resumed = Training { resume: Some(&checkpoint), ..world.training() };
    let resumed = fit(params, &resumed, &mut unobserved).unwrap();
    assert_eq!(resumed.arrays(), whole.unwrap().arrays());
}

#[test]
fn a_checkpoint_of_another_training_is_refused_and_steps_too_long_diverge() {
    let world = two_tribes(5);
    let stop = fit(SMALL, &world.training(), &mut |_| ControlFlow::Break(()));
    let Err(Error::Stopped(checkpoint)) = stop else { panic!("a stop expected") };
    let other = Training { resume: Some(&checkpoint), ..world.training() };
    let error = fit(Params { dim: 4, ..SMALL }, &other, &mut unobserved).unwrap_err();
    assert!(matches!(&error, Error::BadArray { name, .. } if name == "liked"), "{error}");
    let wild = Params { learning_rate: 1e30, ..SMALL };
    let error = fit(wild, &world.training(), &mut unobserved).unwrap_err();
    assert!(matches!(error, Error::Diverged { .. }), "{error}");
}
