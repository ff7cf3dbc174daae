//! Is the gradient of the whole network what central differences say, and does a stopped training go on as if it was not?

use linalg::{Csr, Matrix};
use music::{ItemIx, RecordingId, Rows};

use super::{Parts, Scratch};
use crate::features::{ItemFeatures, Numbers, Vectors, WordIx, Words};
use crate::network::Part;
use crate::network::testing::{check_gradient, numbers};
use crate::two_tower::net::Net;
use crate::two_tower::sequence::Sequence;
use crate::two_tower::{Encoder, Params, prepare};
use crate::{Beside, Country, Heard, Moment, Moments, Outcome, Training};

const N_USERS: u32 = 6;
const N_ITEMS: u32 = 9;

/// A little of everything: words that are missing, numbers that are not known, skips, hours and countries.
fn features() -> ItemFeatures {
    let words: Vec<(u32, u32, f32)> =
        (0..N_ITEMS).filter(|i| i % 4 != 3).flat_map(|i| [(i, i % 3, 1.0), (i, 3, 0.5)]).collect();
    ItemFeatures {
        n_items: N_ITEMS as usize,
        words: vec![Words {
            name: "tag",
            keys: vec![50, 10, 30, 20],
            of: Csr::<ItemIx, WordIx>::from_triplets(N_ITEMS as usize, 4, words),
        }],
        numbers: vec![Numbers {
            name: "year",
            of: (0..N_ITEMS).map(|i| (i != 2).then_some(1990.0 + i as f32)).collect(),
        }],
        vectors: vec![Vectors {
            name: "sound",
            of: Matrix::from_vec(N_ITEMS as usize, 2, numbers(3, 2 * N_ITEMS as usize)),
            is_known: (0..N_ITEMS).map(|i| i != 5).collect(),
        }],
        born_days: (0..N_ITEMS).map(|i| (i % 2 == 0).then_some(100.0 + i as f32)).collect(),
    }
}

fn moments() -> Moments {
    let mut moments = Moments::new();
    for u in 0..N_USERS {
        let of_user = (0..7).map(|k| Moment {
            item: ItemIx((u * 2 + k * (1 + u % 2)) % N_ITEMS),
            age_days: 40.0 - 5.0 * k as f32 - u as f32 / 10.0,
            outcome: Outcome::ALL[((u + k) % 3) as usize],
            hour: (u != 1).then_some(u8::try_from((k * 31 + u) % 168).unwrap()),
            device: Some(1),
            weight: 1.0 + k as f32 / 7.0,
        });
        let country = (u % 2 == 0).then_some(Country(*b"AT"));
        moments.push(country, of_user.collect::<Vec<_>>());
    }
    moments
}

fn pairs(moments: &Moments) -> Csr<music::UserIx, ItemIx, Heard> {
    let mut triplets = Vec::new();
    for u in 0..N_USERS {
        let mut items: Vec<u32> = moments.of(u as usize).iter().map(|one| one.item.0).collect();
        items.sort_unstable();
        items.dedup();
        let heard = Heard { confidence: 2.0, age_days: 1.0, is_liked: true };
        triplets.extend(items.into_iter().map(|i| (u, i, heard)));
    }
    Csr::from_triplets(N_USERS as usize, N_ITEMS as usize, triplets)
}

/// The gradient of each table from its parts.
fn dense(parts: &[Part], arena: &[f32], n: usize, dim: usize) -> Vec<f32> {
    crate::network::gradient_of(parts, arena, n, dim)
}

#[test]
fn the_gradients_of_the_whole_network_are_central_differences() {
    check_net(Encoder::Means);
    check_net(Encoder::Sequence);
}

fn params(encoder: Encoder) -> Params {
    Params {
        dim: 3,
        hidden: 5,
        history: 4,
        encoder,
        length: 5,
        contrast: 0.5,
        uniform_negatives: 5,
        id_dropout: 0.3,
        temperature: 0.5,
        validation: 0.0,
        ..Params::default()
    }
}

/// Away from corners and sharp bends, of which differences would see half.
fn keep_from_corners(net: &mut Net) {
    for tower in [&mut net.items, &mut net.listeners] {
        tower.norm.bias.values.iter_mut().for_each(|bias| *bias = 4.0);
    }
    let mut layers: Vec<_> = net.sequence.iter_mut().flat_map(Sequence::weights).collect();
    for (name, weights) in &mut layers {
        match name.as_str() {
            // Three numbers that are nearly alike have a norm that bends sharply.
            "sequence_first" => weights.values.iter_mut().for_each(|x| *x *= 5.0),
            name if name.ends_with("inner_shift") => weights.values.fill(4.0),
            _ => {}
        }
    }
    net.attention.values = numbers(5, net.attention.values.len());
    net.ids.values.iter_mut().for_each(|x| *x *= 5.0);
}

fn check_sequence(learned: &mut Net, loss: impl Fn(&dyn Fn(&mut Net)) -> f64) {
    for (part, (name, weights)) in
        learned.sequence.iter_mut().flat_map(Sequence::weights).enumerate()
    {
        check_gradient(&weights.values.clone(), &weights.gradient, |x| {
            loss(&|net| {
                let mut weights = net.sequence.iter_mut().flat_map(Sequence::weights);
                weights.nth(part).unwrap().1.values = x.to_vec();
            })
        });
        assert!(weights.gradient.iter().any(|slope| *slope != 0.0), "{name}");
    }
}

fn check_net(encoder: Encoder) {
    let (features, moments) = (features(), moments());
    let heard = pairs(&moments);
    let rows = Rows::new((0..u64::from(N_ITEMS)).map(|i| RecordingId(7 * i + 1)).collect());
    let training = Training {
        beside: Beside { features: Some(&features), moments: Some(&moments) },
        ..Training::new(&heard, &rows, 3)
    };
    let (course, mut net, _) = prepare(params(encoder), &training).unwrap();
    keep_from_corners(&mut net);
    let mut scratch = Scratch::default();
    let order = course.order(1);
    assert!(order.len() > 10, "{} examples", order.len());
    course.lay([1, 0], &order, &mut scratch.batch);
    assert!(scratch.batch.columns.hard.iter().any(Option::is_some));
    let mut learned = net.clone();
    learned.differentiate(&course, &mut scratch);
    let Parts { ids, words, levels } = scratch.parts.clone();
    let arena = scratch.arena.clone();
    let loss = |change: &dyn Fn(&mut Net)| {
        let mut moved = net.clone();
        change(&mut moved);
        let mut scratch = Scratch::default();
        course.lay([1, 0], &order, &mut scratch.batch);
        moved.differentiate(&course, &mut scratch)
    };
    let gradient = dense(&ids, &arena, net.ids.n_rows(), 3);
    check_gradient(&net.ids.values, &gradient, |x| loss(&|net| net.ids.values = x.to_vec()));
    let gradient = dense(&words[0], &arena, net.words[0].n_rows(), 3);
    check_gradient(&net.words[0].values, &gradient, |x| {
        loss(&|net| net.words[0].values = x.to_vec())
    });
    let gradient = dense(&levels, &arena, net.levels.n_rows(), net.levels.dim);
    check_gradient(&net.levels.values, &gradient, |x| loss(&|net| net.levels.values = x.to_vec()));
    let gradient = &learned.attention.gradient;
    check_gradient(&net.attention.values, gradient, |x| {
        loss(&|net| net.attention.values = x.to_vec())
    });
    check_sequence(&mut learned, loss);
    let gradient = &learned.listeners.first.weights.gradient;
    check_gradient(&net.listeners.first.weights.values, gradient, |x| {
        loss(&|net| net.listeners.first.weights.values = x.to_vec())
    });
    let gradient = &learned.items.second.weights.gradient;
    check_gradient(&net.items.second.weights.values, gradient, |x| {
        loss(&|net| net.items.second.weights.values = x.to_vec())
    });
}
