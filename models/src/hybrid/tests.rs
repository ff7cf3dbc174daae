//! Does a second stage put first what the first cannot tell apart?

use linalg::{Csr, Matrix, top_k};
use music::{ItemIx, RecordingId, Rows};

use super::content::{Content, popularity};
use super::held_out::HeldOut;
use super::inputs::{Items, Width};
use super::net::Net;
use super::train::{Course, lists};
use super::{Loss, Params};
use crate::network::testing::check_gradient;
use crate::testing::{two_tribes, unobserved};
use crate::{
    Beside, Error, Heard, History, ItemFeatures, Moment, Moments, Numbers, Outcome, Recommender,
    Spec, Training, Vectors, WordIx, Words, fit, load,
};

fn spec(text: &str) -> Spec {
    text.parse().unwrap()
}

fn scores(model: &dyn Recommender, history: &History<'_>) -> Vec<f32> {
    let mut scores = Matrix::zeros(1, model.n_items());
    model.score_batch(&[model.represent(history)], &mut scores);
    scores.into_vec()
}

const LIKED: Heard = Heard { confidence: 1.0, age_days: 0.0, is_liked: true };
const N_USERS: u32 = 60;
const N_ITEMS: u32 = 120;
/// Listeners like so many items, all by one artist.
const N_LIKED: u32 = 10;
const N_ARTISTS: u32 = 6;

/// Items by artists in turn; each listener likes, by chance, half of what one artist made.
fn by_artist() -> (Csr<music::UserIx, ItemIx, Heard>, Rows, ItemFeatures) {
    let of_user = |u: u32| {
        let mut own: Vec<u32> = (0..N_ITEMS).filter(|i| i % N_ARTISTS == u % N_ARTISTS).collect();
        crate::draw::Draws::new([u64::from(u)]).shuffle(&mut own);
        own.truncate(N_LIKED as usize);
        own.into_iter().map(move |i| (u, i, LIKED))
    };
    let heard = Csr::from_triplets(60, 120, (0..N_USERS).flat_map(of_user).collect());
    let rows = Rows::new((0..u64::from(N_ITEMS)).map(RecordingId).collect());
    let artists = (0..N_ITEMS).map(|i| (i, i % N_ARTISTS, 1.0)).collect();
    let words = Words {
        name: "artist",
        keys: (0..u64::from(N_ARTISTS)).collect(),
        of: Csr::<ItemIx, WordIx>::from_triplets(120, 6, artists),
    };
    let features = ItemFeatures { n_items: 120, words: vec![words], ..ItemFeatures::default() };
    (heard, rows, features)
}

/// How many of the best ten that somebody does not know are by the artist that this listener likes, on average.
fn hits(text: &str) -> f64 {
    let (heard, rows, features) = by_artist();
    let beside = Beside { features: Some(&features), moments: None };
    let training = Training { beside, ..Training::new(&heard, &rows, 3) };
    let model = fit(&spec(text), &training, &mut unobserved).unwrap();
    let of_user = |(u, items, heard): (usize, &[u32], &[Heard])| {
        let known: Vec<ItemIx> = items.iter().map(|i| ItemIx(*i)).collect();
        let best = top_k(&scores(&*model, &History::new(&known, heard)), 10, items);
        let own = u32::try_from(u).unwrap() % N_ARTISTS;
        best.iter().filter(|(i, _)| i % N_ARTISTS == own).count() as f64
    };
    heard.rows().map(of_user).sum::<f64>() / f64::from(N_USERS)
}

#[test]
fn what_the_first_stage_cannot_tell_apart_a_feature_decides() {
    // Of what most like, one in six is by the listener's artist; all ten are there to be found.
    let first = hits("popularity");
    assert!(first < 4.0, "{first}");
    for loss in ["logistic", "pairwise", "lambdarank"] {
        let both = hits(&format!(
            "hybrid:first=popularity,hidden=16,epochs=20,learning_rate=0.002,reg=0.01,negatives=50,loss={loss}"
        ));
        assert!(both > 9.0, "{loss}: {both}");
    }
}

#[test]
fn the_best_of_the_first_stage_stand_above_all_others_in_the_order_of_the_second() {
    let world = two_tribes(3);
    let fitted = |text: &str| fit(&spec(text), &world.training(), &mut unobserved).unwrap();
    let [first, second] = ["item-knn", "popularity"].map(fitted);
    let both = fitted("hybrid:first=item-knn,second=popularity,keep=5");
    for u in world.users() {
        let listener = world.listener(u);
        let of = |model: &dyn Recommender| scores(model, &listener.history());
        let (of_first, of_second, of_both) = (of(&*first), of(&*second), of(&*both));
        let order = |scores: &[f32]| -> Vec<u32> {
            top_k(scores, 20, &[]).into_iter().map(|(row, _)| row).collect()
        };
        let mut expected = order(&of_first);
        expected[..5].sort_by(|a, b| {
            of_second[*b as usize].total_cmp(&of_second[*a as usize]).then(a.cmp(b))
        });
        // Of equal ones beyond the fifth the first row goes first in both.
        assert_eq!(order(&of_both), expected);
        let items: Vec<ItemIx> = expected.iter().map(|row| ItemIx(*row)).collect();
        let anew = both.rerank(&listener.history(), &items[..5]).unwrap();
        let kept: Vec<f32> = expected[..5].iter().map(|row| of_both[*row as usize]).collect();
        assert_eq!(anew, kept);
    }
}

#[test]
fn what_speaks_for_a_candidate_is_told_by_kind_the_most_first() {
    let (heard, rows, features) = by_artist();
    let beside = Beside { features: Some(&features), moments: None };
    let training = Training { beside, ..Training::new(&heard, &rows, 3) };
    let text =
        "hybrid:first=popularity,hidden=16,epochs=20,learning_rate=0.002,reg=0.01,negatives=50";
    let model = fit(&spec(text), &training, &mut unobserved).unwrap();
    let (items, of_items) = heard.row(0);
    let known: Vec<ItemIx> = items.iter().map(|i| ItemIx(*i)).collect();
    let history = History::new(&known, of_items);
    let unknown = (0..N_ITEMS).find(|i| i % N_ARTISTS == 0 && !items.contains(i)).unwrap();
    // By another artist, and by the one that is liked.
    let candidates: Vec<ItemIx> = (0..N_ITEMS).filter(|i| !items.contains(i)).map(ItemIx).collect();
    let place = |item| candidates.binary_search(&ItemIx(item)).unwrap();
    let places = [place(1), place(unknown)];
    let reasons = model.reasons(&history, &candidates, &places).unwrap();
    for (reasons, is_own) in reasons.iter().zip([false, true]) {
        let by_artist = reasons.iter().find(|ground| ground.kind == "artist").unwrap();
        assert_eq!(by_artist.is_near, is_own, "{reasons:?}");
        assert_eq!(by_artist.share > 0.0, is_own, "{reasons:?}");
        assert_eq!(reasons.len(), 4, "listeners, popularity, artist and history: {reasons:?}");
        assert!(reasons.is_sorted_by(|a, b| a.share >= b.share), "{reasons:?}");
    }
    assert_eq!(reasons[1][0].kind, "artist");
    let likely = model.rerank(&history, &[ItemIx(unknown), ItemIx(1)]).unwrap();
    assert!(likely[0] > likely[1] && likely.iter().all(|p| (0.0..1.0).contains(p)), "{likely:?}");
}

#[test]
fn what_a_candidate_is_judged_by_does_not_hang_on_what_other_sources_propose() {
    let (heard, rows, features) = by_artist();
    let beside = Beside { features: Some(&features), moments: None };
    let training = Training { beside, ..Training::new(&heard, &rows, 3) };
    let text = "hybrid:first=ials(dim=4),keep=20,hidden=16,epochs=5,negatives=50";
    let model = fit(&spec(text), &training, &mut unobserved).unwrap();
    let first = fit(&spec("ials:dim=4"), &training, &mut unobserved).unwrap();
    let (known, of_items) = heard.row(0);
    let items: Vec<ItemIx> = known.iter().map(|i| ItemIx(*i)).collect();
    let history = History::new(&items, of_items);
    let best = top_k(&scores(&*first, &history), N_ITEMS as usize, known);
    let best: Vec<ItemIx> = best.into_iter().map(|(row, _)| ItemIx(row)).collect();
    // What the first stage found, and the same with everything behind it.
    let found = model.rerank(&history, &best[..20]).unwrap();
    let merged = model.rerank(&history, &best).unwrap();
    assert_eq!(merged[..20], found);
    // The whole catalogue holds what is known as well, which the first stage likes best of all.
    let whole = scores(&*model, &history);
    let judged: Vec<f32> = best[..20].iter().map(|item| whole[item.0 as usize]).collect();
    assert_eq!(judged, found);
}

/// Every kind of content, some of it missing, and moments of all outcomes.
fn all_kinds(n_users: usize) -> (ItemFeatures, Moments) {
    let (_, _, mut features) = by_artist();
    let year = |i: u32| (!i.is_multiple_of(3)).then_some((1960 + i) as f32);
    features.numbers.push(Numbers { name: "year", of: (0..N_ITEMS).map(year).collect() });
    features.vectors.push(Vectors {
        name: "sound",
        of: Matrix::from_vec(120, 2, crate::network::testing::numbers(4, 240)),
        is_known: (0..N_ITEMS).map(|i| !i.is_multiple_of(4)).collect(),
    });
    let (heard, ..) = by_artist();
    let mut moments = Moments::new();
    for (u, items, _) in heard.rows().take(n_users) {
        let moment = |(at, item): (usize, &u32)| Moment {
            item: ItemIx(*item),
            age_days: (20 - at) as f32,
            outcome: Outcome::ALL[(at + u) % 4],
            hour: None,
            device: None,
            weight: 1.0,
        };
        moments.push(None, items.iter().enumerate().map(moment));
    }
    (features, moments)
}

#[test]
fn the_gradient_of_the_whole_network_is_central_differences() {
    let (heard, rows, _) = by_artist();
    let (features, moments) = all_kinds(heard.n_rows());
    let beside = Beside { features: Some(&features), moments: Some(&moments) };
    let training = Training { beside, ..Training::new(&heard, &rows, 3) };
    for loss in [Loss::Logistic, Loss::Pairwise, Loss::LambdaRank] {
        let params = Params {
            loss,
            list_length: 1000,
            loss_bound: 3.0,
            negatives: 6,
            example_half_life_days: 30.0,
            ..Params::default()
        };
        let held_out = HeldOut::new(&params, &training);
        let beside = Beside { moments: held_out.moments.as_ref(), ..beside };
        let known = Training { heard: &held_out.heard, beside, ..training };
        let first = fit(&spec("ials:dim=3"), &known, &mut unobserved).unwrap();
        let (content, popularity) = (Content::new(Some(&features)), popularity(&held_out.heard));
        let vectors = first.item_vectors();
        let items = Items { content: &content, popularity: &popularity, vectors };
        let width = Width::of(3, &content);
        let course = Course { params: &params, seed: 3, held_out: &held_out, items, width };
        let lists = lists(&params, &held_out, &*first);
        let some: Vec<_> = lists.iter().take(3).collect();
        let mut examples = course.examples(&some, 1);
        let mut net = Net::new(width, 5, &examples.x, 9);
        net.heads.weights.values.iter_mut().for_each(|w| *w *= 10.0);
        net.standardize(&mut examples.x);
        course.gradient(&mut net, &examples);
        // The cost is a sum over lists, the gradient that of their mean.
        let cost = |net: &Net| course.gradient(&mut net.clone(), &examples) / 3.0;
        // LambdaRank's weights are no part of its derivative: its own test compares that.
        if loss == Loss::LambdaRank {
            assert!(net.hidden.weights.gradient.iter().any(|g| *g != 0.0));
            continue;
        }
        let check = |values: &[f32], gradient: &[f32], put: &dyn Fn(&mut Net, Vec<f32>)| {
            check_gradient(values, gradient, |values| {
                let mut moved = net.clone();
                put(&mut moved, values.to_vec());
                cost(&moved)
            });
        };
        let (hidden, heads) = (&net.hidden, &net.heads);
        check(&hidden.bias.values, &hidden.bias.gradient, &|net, x| net.hidden.bias.values = x);
        check(&hidden.weights.values, &hidden.weights.gradient, &|net, x| {
            net.hidden.weights.values = x;
        });
        check(&heads.bias.values, &heads.bias.gradient, &|net, x| net.heads.bias.values = x);
        check(&heads.weights.values, &heads.weights.gradient, &|net, x| {
            net.heads.weights.values = x;
        });
    }
}

#[test]
fn the_first_stage_sees_nothing_of_what_it_is_judged_by() {
    let (heard, rows, _) = by_artist();
    let (features, moments) = all_kinds(heard.n_rows());
    let beside = Beside { features: Some(&features), moments: Some(&moments) };
    let training = Training { beside, ..Training::new(&heard, &rows, 3) };
    let held_out = HeldOut::new(&Params::default(), &training);
    assert_eq!(held_out.asked.len(), 60);
    let left = held_out.moments.unwrap();
    for asked in &held_out.asked {
        // Two of ten, the last of the moments: ages 11 and 12.
        let ages: Vec<f32> = asked.answers.iter().map(|answer| answer.age_days).collect();
        assert_eq!(ages, [12.0, 11.0]);
        let (kept, _) = held_out.heard.row(asked.user as usize);
        assert_eq!(kept.len(), 8);
        assert!(asked.answers.iter().all(|answer| kept.binary_search(&answer.item).is_err()));
        assert!(left.of(asked.user as usize).iter().all(|moment| moment.age_days > 12.0));
    }
}

#[test]
fn a_hybrid_with_all_kinds_of_content_scores_the_same_when_it_is_loaded() {
    let (heard, rows, _) = by_artist();
    let (features, moments) = all_kinds(heard.n_rows());
    let beside = Beside { features: Some(&features), moments: Some(&moments) };
    let training = Training { beside, ..Training::new(&heard, &rows, 3) };
    let hybrid = spec("hybrid:first=ials(dim=3),hidden=8,epochs=2");
    let model = fit(&hybrid, &training, &mut unobserved).unwrap();
    let loaded = load(&hybrid, &rows, model.arrays()).unwrap();
    assert_eq!(loaded.arrays(), model.arrays());
    let (items, of_items) = heard.row(7);
    let items: Vec<ItemIx> = items.iter().map(|i| ItemIx(*i)).collect();
    let history = History::new(&items, of_items);
    assert_eq!(scores(&*loaded, &history), scores(&*model, &history));
    // A word beyond those of the file is refused before a table is made for it.
    let mut arrays = model.arrays();
    let Some(crate::Array::U32 { values, .. }) = arrays.get_mut("second.word_rows.artist") else {
        panic!("words expected")
    };
    values[0] = u32::MAX;
    let error = load(&hybrid, &rows, arrays).unwrap_err().to_string();
    assert!(error.contains("word_rows.artist"), "{error}");
}

#[test]
fn what_came_after_the_training_stands_beside_what_the_first_stage_scores_nearly_the_same() {
    let world = two_tribes(3);
    let listener = world.listener(music::UserIx(0));
    for text in [
        "hybrid:first=blend(ials(dim=3)=1+item-knn=2),second=popularity,keep=8",
        "hybrid:first=ials(dim=3),keep=8,hidden=4,epochs=2",
    ] {
        let model = fit(&spec(text), &world.training(), &mut unobserved).unwrap();
        let before = scores(&*model, &listener.history());
        let items: Vec<ItemIx> = (0..20).map(ItemIx).collect();
        let judged = model.rerank(&listener.history(), &items).unwrap();
        let model = model.extended(&ItemFeatures::none(2));
        let after = scores(&*model, &listener.history());
        assert_eq!(after.len(), 22);
        // The first stage makes nothing of them, and something of eight others: they are not among the best.
        let order = |scores: &[f32]| -> Vec<u32> {
            top_k(scores, 8, &[]).into_iter().map(|(row, _)| row).collect()
        };
        assert_eq!(order(&after), order(&before), "{text}");
        // One of them in the history, and both to be judged: what is known changes nothing.
        let (mut whole, mut heard) =
            (listener.history().items.to_vec(), listener.history().heard.to_vec());
        whole.push(ItemIx(21));
        heard.push(LIKED);
        let history = History::new(&whole, &heard);
        let all: Vec<ItemIx> = (0..22).map(ItemIx).collect();
        let anew = model.rerank(&history, &all).unwrap();
        assert_eq!(anew[..20], judged, "{text}");
        let (least, most) = judged
            .iter()
            .fold((f32::MAX, f32::MIN), |(least, most), p| (least.min(*p), most.max(*p)));
        assert!(anew[20..].iter().all(|p| (least..=most).contains(p)), "{text}: {anew:?}");
        if let Some(grounds) = model.reasons(&history, &all, &[21, 2]) {
            assert_eq!((grounds[0].len(), grounds[1].len()), (0, 3), "{text}");
        }
    }
}

#[test]
fn a_stopped_hybrid_begins_anew_and_comes_to_the_same_bytes() {
    let world = two_tribes(4);
    let hybrid = spec("hybrid:first=ials(dim=3,iterations=2),hidden=4,epochs=2");
    let whole = fit(&hybrid, &world.training(), &mut unobserved).unwrap();
    for n in [1, 4, 9] {
        let mut told = 0;
        let mut stop = |_| {
            told += 1;
            if told == n {
                std::ops::ControlFlow::Break(())
            } else {
                std::ops::ControlFlow::Continue(())
            }
        };
        let Err(Error::Stopped(checkpoint)) = fit(&hybrid, &world.training(), &mut stop) else {
            panic!("a stop expected after {n} steps");
        };
        let training = Training { resume: Some(&*checkpoint), ..world.training() };
        let resumed = fit(&hybrid, &training, &mut unobserved).unwrap();
        assert_eq!(resumed.arrays(), whole.arrays(), "stopped after {n} steps");
    }
}

#[test]
fn stages_are_parameters_in_brackets() {
    let check = |text: &str, brief: &str| {
        let spec = spec(text);
        assert_eq!(spec.brief(), brief);
        assert_eq!(spec.to_string().parse(), Ok(spec));
    };
    check("hybrid", "hybrid");
    check("hybrid:first=ials,second=network", "hybrid");
    check(
        "hybrid: keep=50, first=ials(dim=8,reg=2), second=blend(ease=1+random=2)",
        "hybrid:first=ials(dim=8,reg=2),second=blend(ease=1+random=2),keep=50",
    );
    check("blend:hybrid(first=ease,keep=9)=1+ease=1", "blend:hybrid(first=ease,keep=9)=1+ease=1");
    let refused = |text: &str| text.parse::<Spec>().unwrap_err().to_string();
    assert_eq!(
        refused("hybrid:first=hybrid"),
        "hybrid: a model that is no hybrid expected for `first`, got `hybrid`"
    );
    assert_eq!(
        refused("hybrid:second=networks"),
        "hybrid: `network` or a model as in `ials(dim=64)` (unknown model `networks`; \
         the nearest known is `warp`) expected for `second`, got `networks`"
    );
}
