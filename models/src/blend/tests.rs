//! Is a blend what its models say, on one scale?

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use linalg::{Matrix, top_k};
use music::{ItemIx, RecordingId, Rows};

use super::{Blend, Component, Params, Part, deviation, scale};
use crate::testing::{two_tribes, unobserved};
use crate::{
    Array, Error, History, ItemFeatures, Progress, Query, Recommender, Spec, Step, Training, fit,
    load,
};

fn spec(text: &str) -> Spec {
    text.parse().unwrap()
}

/// Two models that give everyone these scores.
fn scores(weights: (f32, f32), first: [f32; 2], second: [f32; 2]) -> Vec<f32> {
    let text = format!("blend:popularity={}+popularity(half_life_days=1)={}", weights.0, weights.1);
    let array = |values: [f32; 2]| Array::F32 { shape: vec![2], values: values.to_vec() };
    let arrays = BTreeMap::from([
        ("popularity.listeners".to_owned(), array(first)),
        ("popularity-2.listeners".to_owned(), array(second)),
    ]);
    let rows = Rows::new(vec![RecordingId(1), RecordingId(2)]);
    let model = load(&spec(&text), &rows, arrays).unwrap();
    let mut scores = Matrix::zeros(1, 2);
    let nothing = History::new(&[], &[]);
    model.score_batch(&[model.represent(&nothing)], &mut scores);
    scores.into_vec()
}

#[test]
fn scores_are_divided_by_their_deviation_and_weighed() {
    // 1 and 3 deviate by 1 from 2, 10 and 0 by 5 from 5: 1/1 + 2·10/5 = 5 and 3/1 + 2·0/5 = 3.
    assert_eq!(scores((1.0, 2.0), [1.0, 3.0], [10.0, 0.0]), [5.0, 3.0]);
    // In other units they are the same.
    assert_eq!(scores((1.0, 2.0), [1.0, 3.0], [1280.0, 0.0]), [5.0, 3.0]);
}

#[test]
fn scores_that_are_all_alike_add_nothing() {
    assert_eq!(scores((1.0, 2.0), [1.0, 3.0], [7.0, 7.0]), [1.0, 3.0]);
    assert_eq!(scores((1.0, 2.0), [0.0, 0.0], [7.0, 7.0]), [0.0, 0.0]);
    // 1 and 1 + 2⁻²³ differ by rounding alone.
    assert_eq!(scores((1.0, 2.0), [1.0, 1.0 + f32::EPSILON], [10.0, 0.0]), [4.0, 0.0]);
}

#[test]
fn scores_near_the_ends_of_f32_stay_finite() {
    for (a, b) in [(f32::MAX, f32::MIN), (f32::MIN_POSITIVE, 0.0), (1e-40, 0.0)] {
        let scores = scores((1e6, 1e6), [a, b], [b, a]);
        assert!(scores.iter().all(|x| x.is_finite()), "{a} {b}: {scores:?}");
    }
    assert_eq!(deviation(&[]), 0.0);
}

#[test]
fn a_model_alone_in_a_blend_orders_as_it_does_without() {
    let world = two_tribes(4);
    let [alone, blend] = ["ials:dim=5", "blend:ials(dim=5)=0.3"]
        .map(|text| fit(&spec(text), &world.training(), &mut unobserved).unwrap());
    for u in world.users() {
        let order = |model: &dyn Recommender| {
            let mut scores = Matrix::zeros(1, model.n_items());
            model.score_batch(&[model.represent(&world.listener(u).history())], &mut scores);
            let best = top_k(scores.row(0), model.n_items(), &[]);
            best.into_iter().map(|(row, _)| row).collect::<Vec<_>>()
        };
        assert_eq!(order(&*blend), order(&*alone));
    }
}

#[test]
fn a_score_that_everyone_shares_does_not_come_from_the_history() {
    let check = |text: &str, expected: bool| {
        let world = two_tribes(4);
        let model = fit(&spec(text), &world.training(), &mut unobserved).unwrap();
        let listener = world.listener(music::UserIx(0));
        let items = [ItemIx(0), ItemIx(1)];
        let shares = model.explain_each(&listener.history(), &items);
        assert_eq!(shares.is_some(), expected, "{text}");
        let alone: Option<Vec<_>> =
            items.iter().map(|&item| model.explain(&listener.history(), item)).collect();
        assert_eq!(shares, alone, "{text}");
    };
    check("blend:ials(dim=5)=1+item-knn=1", true);
    check("blend:ials(dim=5)=1+popularity=0.001", false);
}

/// A model by vectors that knows what those of added items are.
#[derive(Debug)]
struct Knows {
    model: Box<dyn Recommender>,
    vectors: Matrix,
}

impl Recommender for Knows {
    fn n_items(&self) -> usize {
        self.model.n_items()
    }

    fn represent(&self, history: &History<'_>) -> Query {
        self.model.represent(history)
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        self.model.score_batch(queries, scores);
    }

    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>> {
        self.model.explain(history, item)
    }

    fn represent_features(&self, features: &ItemFeatures) -> Option<Matrix> {
        let mut vectors = Matrix::zeros(features.n_items, self.vectors.dim());
        (0..features.n_items).for_each(|i| vectors.row_mut(i).copy_from_slice(self.vectors.row(i)));
        Some(vectors)
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        self.model.item_vectors()
    }

    fn arrays(&self) -> BTreeMap<String, Array> {
        self.model.arrays()
    }
}

#[test]
fn an_added_item_is_scored_by_the_models_that_know_what_to_make_of_it_each_by_vectors_of_its_own() {
    let world = two_tribes(4);
    let listener = world.listener(music::UserIx(0));
    let [short, long, blind] = ["ials:dim=2", "ials:dim=3", "item-knn"].map(spec);
    let of_short = Matrix::from_vec(2, 2, vec![1.0, 0.0, 2.0, -1.0]);
    let of_long = Matrix::from_vec(2, 3, vec![0.5, 0.0, 0.0, 0.0, -3.0, 1.0]);
    let fitted = |spec: &Spec| fit(spec, &world.training(), &mut unobserved).unwrap();
    let component =
        |spec: &Spec, weight| Component { key: spec.to_string(), spec: spec.clone(), weight };
    let part = |spec: &Spec, weight, vectors: &Matrix| {
        let model = Box::new(Knows { model: fitted(spec), vectors: vectors.clone() });
        Part { component: component(spec, weight), model }
    };
    let of_blind = Part { component: component(&blind, 2.0), model: fitted(&blind) };
    let parts = vec![part(&short, 1.0, &of_short), of_blind, part(&long, 0.5, &of_long)];
    let blend = Box::new(Blend::of(parts));
    assert!(blend.looks_at_features());
    let scores = |model: &dyn Recommender, history: &History<'_>| {
        let mut scores = Matrix::zeros(1, model.n_items());
        model.score_batch(&[model.represent(history)], &mut scores);
        scores.into_vec()
    };
    let history = listener.history();
    let before = scores(&*blend, &history);
    let shares = blend.explain(&history, ItemIx(3)).unwrap();
    let model = blend.extended(&ItemFeatures::none(2));
    let after = scores(&*model, &history);
    // A catalogue with rows of nothing in it would deviate by less, and lift all scores.
    assert_eq!(after[..20], before);
    assert_eq!(model.explain(&history, ItemIx(3)).unwrap(), shares);
    assert_eq!(model.explain(&history, ItemIx(20)), None);
    for new in 0..2 {
        let of = |spec: &Spec, weight, vectors: &Matrix| {
            let model = fitted(spec);
            let vector = model.represent(&history).vector().unwrap().to_vec();
            scale(weight, &scores(&*model, &history)) * linalg::dot(&vector, vectors.row(new))
        };
        let expected = of(&short, 1.0, &of_short) + of(&long, 0.5, &of_long);
        let got = after[20 + new];
        assert!((got - expected).abs() <= 1e-5 * expected.abs(), "{got} for {expected}");
    }
    // An added item in a history is nothing that any of them was told of.
    let (mut items, mut heard) =
        (listener.history().items.to_vec(), listener.history().heard.to_vec());
    items.push(ItemIx(21));
    heard.push(heard[0]);
    assert_eq!(scores(&*model, &History::new(&items, &heard)), after);
}

#[test]
fn a_stopped_blend_goes_on_to_the_same_bytes() {
    let world = two_tribes(4);
    let blend = spec("blend:item-knn=1+ials(dim=3,iterations=3)=1+bpr(dim=3,epochs=3)=1");
    let whole = fit(&blend, &world.training(), &mut unobserved).unwrap();
    // Stopped in ials, and in bpr, when it is done.
    for n in [2, 5] {
        let mut iterations = 0;
        let mut stop = |progress: Progress| {
            iterations += usize::from(progress.step == Step::Iterated);
            if iterations == n { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let Err(Error::Stopped(checkpoint)) = fit(&blend, &world.training(), &mut stop) else {
            panic!("a stop expected after {n} iterations");
        };
        assert_eq!(checkpoint.iteration, [0, 0, 2, 0, 0, 2][n]);
        let training = Training { resume: Some(&*checkpoint), ..world.training() };
        let resumed = fit(&blend, &training, &mut unobserved).unwrap();
        assert_eq!(resumed.arrays(), whole.arrays(), "stopped after {n} iterations");
    }
}

#[test]
fn a_checkpoint_of_other_models_is_refused() {
    let world = two_tribes(4);
    let stop = &mut |_| ControlFlow::Break(());
    let stopped = fit(&spec("blend:item-knn=1+ials(dim=3)=1"), &world.training(), stop);
    let Err(Error::Stopped(checkpoint)) = stopped else { panic!("a stop expected") };
    let resume = |text| {
        let training = Training { resume: Some(&*checkpoint), ..world.training() };
        fit(&spec(text), &training, &mut unobserved).unwrap_err().to_string()
    };
    assert_eq!(resume("blend:ials(dim=3)=1"), "array `n_fitted`: fewer than 1 expected, got 1");
    let other = resume("blend:slim=1+ials(dim=3)=1");
    assert_eq!(other, "array `slim.neighbors_from`: a row of u32 expected, got nothing");
}

#[test]
fn every_array_tells_whose_it_is() {
    let world = two_tribes(4);
    let blend = spec("blend:ials(dim=3)=1+random=1+ials(dim=5)=1");
    let model = fit(&blend, &world.training(), &mut unobserved).unwrap();
    let mut arrays = model.arrays();
    let names: Vec<&str> = arrays.keys().map(String::as_str).collect();
    let of_ials = ["item_factors", "n_users", "user_gram"];
    let expected = ["ials-2", "ials"].map(|key| of_ials.map(|name| format!("{key}.{name}")));
    assert_eq!(names[..6], expected.concat());
    assert_eq!(names[6..], ["random.seed"]);
    arrays.remove("ials-2.item_factors");
    let error = load(&blend, &world.rows, arrays).unwrap_err();
    let expected = "array `ials-2.item_factors`: finite f32 of shape [20, 5] expected, got nothing";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn weights_are_parameters_like_any_other() {
    let mut blend = spec("blend:ials(dim=3)=0.25+random=1+ials(dim=5)=2");
    for field in &mut blend.fields() {
        field.slot.set("0.5").unwrap();
    }
    assert_eq!(blend, spec("blend:ials(dim=3)=0.5+random=0.5+ials(dim=5)=0.5"));
    let parameters = blend.parameters();
    let keys: Vec<&str> = parameters.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys[..4], ["ials", "random", "ials-2", "ials.dim"]);
    assert!(parameters.contains(&("ials-2.dim".to_owned(), "5".to_owned())));
}

#[test]
fn what_is_no_blend_is_refused_with_a_sentence() {
    let check = |text: &str, expected: &str| {
        let error = text.parse::<Spec>().unwrap_err();
        assert_eq!(error.to_string(), expected);
    };
    let shape = "blend: `model=weight` or `model(key=value,…)=weight` expected, got";
    check("blend:", &format!("{shape} ``"));
    check("blend:ials", &format!("{shape} `ials`"));
    check("blend:ials=1+", &format!("{shape} ``"));
    check("blend:ials(dim=3=1", &format!("{shape} `ials(dim=3=1`"));
    check("blend:ials(dim=3)", &format!("{shape} `ials(dim=3)`"));
    check("blend:ials=1(2)", &format!("{shape} `ials=1(2)`"));
    for weight in ["0", "-1", "inf", "NaN", "", "1=2"] {
        let range = "a number from 0.000001 to 1000000";
        let expected = format!("blend: {range} expected for `ials`, got `{weight}`");
        check(&format!("blend:ials={weight}"), &expected);
    }
    check(
        "blend:ials=1+blend(ials=1+ease=1)=2",
        "blend: a model that is not itself a blend expected, got `blend(ials=1+ease=1)`",
    );
    check(
        "blend:ials(dim=64)=1+ials=2",
        "blend: each model once, or with other parameters, expected, got `ials`",
    );
    let none = Params::new([]).unwrap_err().to_string();
    assert_eq!(none, "blend: at least one model expected, got ``");
    let heavy = Params::new([(spec("ease"), f32::INFINITY)]).unwrap_err().to_string();
    assert_eq!(heavy, "blend: a number from 0.000001 to 1000000 expected for `ease`, got `inf`");
}
