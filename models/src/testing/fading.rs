//! Does what was heard fade by the listener's own clock, in every model and as the formula says?

use linalg::Csr;
use music::{ItemIx, UserIx};

use super::{World, two_tribes, unobserved};
use crate::{Heard, History, Query, Recommender, Spec, fit, load};

/// Days and a share that `f32` multiplies by exactly.
const HALF_LIFE: f32 = 64.0;
const FLOOR: f32 = 0.25;
/// Contributions of a solved vector are sums taken in two ways.
const ROUNDED: f32 = 1e-6;

/// Runs a model without a half-life, and the same one with, through what the two owe each other.
///
/// # Panics
/// When something does not hold, with the sentence of what.
pub fn fades_by_the_listeners_own_clock(plain: &Spec) {
    let set = |spec: Spec, key: &str, value: f32| {
        spec.with(key, &value.to_string()).expect("a model that takes a half-life")
    };
    let aged = set(set(plain.clone(), "half_life_days", HALF_LIFE), "decay_floor", FLOOR);
    equal_ages_change_nothing(plain, &aged);
    a_training_fades(plain, &aged);
    let world = dated(two_tribes(3), |u, i| ((7 * u + 11 * i) % 200) as f32);
    let model = fitted(&aged, &world);
    who_was_absent_comes_back_the_same(&aged, &world, &*model);
    an_old_pair_weighs_what_the_formula_says(plain, &aged, &world, &*model);
    so_does_an_old_listener_of_a_new_item(plain, &aged, &world, &*model);
}

fn dated(world: World, age_days: impl Fn(usize, usize) -> f32) -> World {
    let heard = world.heard.map(|u, i, &heard| Heard { age_days: age_days(u, i), ..heard });
    World { heard, ..world }
}

fn fitted(spec: &Spec, world: &World) -> Box<dyn Recommender> {
    fit(spec, &world.training(), &mut unobserved).unwrap_or_else(|error| panic!("{spec}: {error}"))
}

fn equal_ages_change_nothing(plain: &Spec, aged: &Spec) {
    let world = dated(two_tribes(3), |_, _| 50.0);
    let (before, after) = (fitted(plain, &world), fitted(aged, &world));
    assert_eq!(before.arrays(), after.arrays(), "{aged}: equal ages");
    for u in world.users() {
        let listener = world.listener(u);
        let history = listener.history();
        assert_eq!(before.represent(&history), after.represent(&history), "{aged}: equal ages");
    }
}

/// Whether a liked pair counts 1 for the model and not its confidence.
fn counts_pairs(spec: &Spec) -> bool {
    let is = |key: &str, value: &str| spec.value(key).as_deref() == Some(value);
    matches!(spec, Spec::Ease(_) | Spec::Slim(_) | Spec::GfCf(_))
        || is("weighting", "equal")
        || is("weighted", "false")
}

/// What is left of a pair so many days older than its listener's newest.
fn factor(days: f32) -> f32 {
    FLOOR.max(0.5_f32.powf(days / HALF_LIFE))
}

fn a_training_fades(plain: &Spec, aged: &Spec) {
    // Whole half-lives, so that any power of two is exact.
    let world = dated(two_tribes(3), |u, i| HALF_LIFE * ((u + i) % 4) as f32 + 9.0);
    let newest = |u: usize| {
        let ages = world.heard.row(u).1.iter().map(|heard| heard.age_days);
        ages.fold(f32::INFINITY, f32::min)
    };
    let by_hand: Csr<UserIx, ItemIx, Heard> = world.heard.map(|u, _, &heard| {
        let confidence = heard.confidence * factor(heard.age_days - newest(u));
        Heard { confidence, ..heard }
    });
    let by_hand = World { heard: by_hand, ..world.clone() };
    let faded = fitted(aged, &world).arrays();
    if counts_pairs(plain) {
        assert_ne!(faded, fitted(plain, &world).arrays(), "{aged}: a training that does not fade");
    } else {
        assert_eq!(faded, fitted(plain, &by_hand).arrays(), "{aged}: a training that fades");
    }
}

fn who_was_absent_comes_back_the_same(spec: &Spec, world: &World, model: &dyn Recommender) {
    for u in world.users() {
        let listener = world.listener(u);
        let present = listener.history();
        let away = |heard: &Heard| Heard { age_days: heard.age_days + 512.0, ..*heard };
        let later: Vec<Heard> = present.heard.iter().map(away).collect();
        let absent = History { heard: &later, ..present };
        assert_eq!(model.represent(&present), model.represent(&absent), "{spec}: user {}", u.0);
        let explained = |history| model.explain(history, ItemIx(0));
        assert_eq!(explained(&present), explained(&absent), "{spec}: user {}", u.0);
    }
}

/// The first pair is some days old, the others new.
fn an_old_pair_weighs_what_the_formula_says(
    plain: &Spec,
    aged: &Spec,
    world: &World,
    model: &dyn Recommender,
) {
    let listener = world.listener(UserIx(0));
    let History { items, heard, .. } = listener.history();
    let with_first = |first: &dyn Fn(Heard) -> Heard| {
        let mut heard: Vec<Heard> =
            heard.iter().map(|heard| Heard { age_days: 3.0, ..*heard }).collect();
        heard[0] = first(heard[0]);
        heard
    };
    for days in [0.0, 64.0, 128.0, 6400.0] {
        let old = with_first(&|heard| Heard { age_days: 3.0 + days, ..heard });
        let old = History::new(items, &old);
        if let Query::Dense(x) = model.represent(&old)
            && !matches!(plain, Spec::PureSvd(_))
        {
            assert_eq!(x, solved(plain, model, world, &old, factor(days)), "{aged}: {days} days");
            continue;
        }
        let new = with_first(&|heard| heard);
        let new = History::new(items, &new);
        for item in (0..).map(ItemIx).take(world.rows.len()) {
            let of_old = model.explain(&old, item).expect("what comes from the history")[0];
            let of_new = model.explain(&new, item).expect("what comes from the history")[0];
            let expected = factor(days) * of_new;
            assert!((of_old - expected).abs() <= ROUNDED * of_new.abs(), "{aged}: {days} days");
        }
    }
}

/// Ages here are counted from each listener's newest already.
fn so_does_an_old_listener_of_a_new_item(
    plain: &Spec,
    aged: &Spec,
    world: &World,
    model: &dyn Recommender,
) {
    let twin = load(plain, &world.rows, model.arrays()).expect("arrays of the same model");
    let listeners = |faded: bool| -> Vec<(Query, Heard)> {
        let of_user = |u: UserIx| {
            let age_days = HALF_LIFE * (u.0 % 4) as f32;
            let confidence = if faded { 3.0 * factor(age_days) } else { 3.0 };
            let heard = Heard { confidence, age_days, is_liked: true };
            (model.represent(&world.listener(u).history()), heard)
        };
        world.users().map(of_user).collect()
    };
    let by_hand = twin.represent_item(&listeners(true));
    assert_eq!(model.represent_item(&listeners(false)), by_hand, "{aged}: a new item");
}

/// The vector that a model with the same items and no half-life solves when the first pair weighs `factor` of itself.
fn solved(
    plain: &Spec,
    model: &dyn Recommender,
    world: &World,
    history: &History<'_>,
    factor: f32,
) -> Vec<f32> {
    let counts = counts_pairs(plain);
    let weighted = if plain.value("weighted").is_some() {
        plain.with("weighted", "true").expect("a flag")
    } else {
        plain.clone()
    };
    let twin = load(&weighted, &world.rows, model.arrays()).expect("arrays of the same shape");
    let mut heard = history.heard.to_vec();
    for (place, heard) in heard.iter_mut().enumerate() {
        let count = if counts { 1.0 } else { heard.confidence };
        heard.confidence = if place == 0 { count * factor } else { count };
    }
    let Query::Dense(x) = twin.represent(&History { heard: &heard, ..*history }) else {
        panic!("a dense query expected")
    };
    x
}
