//! What does every model owe, whatever it learns?

use linalg::{Matrix, top_k};
use music::{ItemIx, UserIx};
use rayon::ThreadPoolBuilder;

use super::{Reversed, World, checkerboard, two_tribes, unobserved};
use crate::hybrid::Second;
use crate::{History, ItemFeatures, Recommender, Spec, fit, load, two_tower};

/// Scores of one world differ by rounding alone when sums run in another order.
///
/// Alternating solves pass a rounding on, so the bound is far above that of a single sum, relative to the largest score.
const REORDERED: f32 = 1e-3;
/// Contributions and score are the same sum taken in two ways.
const EXPLAINED: f32 = 1e-4;

/// Runs a model through everything that holds for all of them.
///
/// # Panics
/// When something does not hold, with the sentence of what.
pub fn conformance(spec: &Spec) {
    for world in [checkerboard(), two_tribes(1), with_dislikes(two_tribes(2))] {
        let model = fitted(spec, &world);
        assert_eq!(model.n_items(), world.rows.len(), "{spec}: a score for each row");
        scores_are_finite_and_more_than_there_is_returns_all(spec, &world, &*model);
        a_batch_equals_its_queries_alone(spec, &world, &*model);
        what_is_known_is_left_out(spec, &world, &*model);
        contributions_sum_to_the_score(spec, &world, &*model);
        saved_and_loaded_it_scores_the_same(spec, &world, &*model);
        rows_added_after_the_training_take_nothing_from_its_own(spec, &world, &*model);
        threads_do_not_change_bits(spec, &world);
        users_in_another_order_change_nothing(spec, &world, &*model);
        items_in_another_order_move_with_their_scores(spec, &world, &*model);
    }
    nothing_to_learn_from_is_no_accident(spec);
}

/// Whether the one recording withheld from each listener comes first among the unheard, in every world.
///
/// # Panics
/// When it does not.
pub fn finds_what_was_withheld(spec: &Spec) {
    let worlds = (1..=5).map(two_tribes).chain([checkerboard()]);
    for world in worlds {
        let model = fitted(spec, &world);
        for (u, &withheld) in world.users().zip(&world.withheld) {
            let best = top_k(&scores_of(&world, &*model, u), 1, &world.listener(u).known());
            assert_eq!(best[0].0, withheld.0, "{spec}: user {} of world {}", u.0, world.seed);
        }
    }
}

/// Every fifth pair becomes one that is known and not liked.
fn with_dislikes(world: World) -> World {
    let heard = world.heard.map(|u, i, &heard| {
        let is_liked = !(u + i).is_multiple_of(5);
        crate::Heard { is_liked, ..heard }
    });
    World { heard, ..world }
}

fn fitted(spec: &Spec, world: &World) -> Box<dyn Recommender> {
    let model = fit(spec, &world.training(), &mut unobserved);
    model.unwrap_or_else(|error| panic!("{spec} on world {}: {error}", world.seed))
}

fn scores_of(world: &World, model: &dyn Recommender, u: UserIx) -> Vec<f32> {
    scores(model, &world.listener(u).history())
}

fn scores(model: &dyn Recommender, history: &History<'_>) -> Vec<f32> {
    let mut scores = Matrix::zeros(1, model.n_items());
    model.score_batch(&[model.represent(history)], &mut scores);
    scores.into_vec()
}

fn scores_are_finite_and_more_than_there_is_returns_all(
    spec: &Spec,
    world: &World,
    model: &dyn Recommender,
) {
    let check = |scores: Vec<f32>| {
        assert!(scores.iter().all(|x| x.is_finite()), "{spec}: finite scores, got {scores:?}");
        assert_eq!(top_k(&scores, scores.len() + 10, &[]).len(), scores.len(), "{spec}");
    };
    check(scores(model, &History::new(&[], &[])));
    for u in world.users() {
        check(scores_of(world, model, u));
    }
}

fn a_batch_equals_its_queries_alone(spec: &Spec, world: &World, model: &dyn Recommender) {
    let represent = |u| model.represent(&world.listener(u).history());
    let queries: Vec<_> = world.users().map(represent).collect();
    let mut batch = Matrix::zeros(queries.len(), model.n_items());
    // A batch overwrites whatever was in its place.
    batch.as_mut_slice().fill(7.0);
    model.score_batch(&queries, &mut batch);
    for u in world.users() {
        assert_eq!(batch.row(u.0 as usize), scores_of(world, model, u), "{spec}: user {}", u.0);
    }
}

fn what_is_known_is_left_out(spec: &Spec, world: &World, model: &dyn Recommender) {
    for u in world.users() {
        let known = world.listener(u).known();
        let selected = top_k(&scores_of(world, model, u), model.n_items(), &known);
        assert_eq!(selected.len() + known.len(), model.n_items(), "{spec}");
        let is_known = |row: &u32| known.binary_search(row).is_ok();
        assert!(!selected.iter().any(|(row, _)| is_known(row)), "{spec}: user {}", u.0);
    }
}

fn contributions_sum_to_the_score(spec: &Spec, world: &World, model: &dyn Recommender) {
    for u in world.users() {
        let listener = world.listener(u);
        for (item, score) in (0..).map(ItemIx).zip(scores_of(world, model, u)) {
            let Some(contributions) = model.explain(&listener.history(), item) else { continue };
            assert_eq!(contributions.len(), listener.history().items.len(), "{spec}");
            let sum: f32 = contributions.iter().sum();
            assert!((sum - score).abs() < EXPLAINED, "{spec}: {sum} explained of {score}");
        }
    }
}

fn saved_and_loaded_it_scores_the_same(spec: &Spec, world: &World, model: &dyn Recommender) {
    let loaded = load(spec, &world.rows, model.arrays()).expect("what was saved can be loaded");
    assert_eq!(loaded.arrays(), model.arrays(), "{spec}");
    for u in world.users() {
        assert_eq!(scores_of(world, &*loaded, u), scores_of(world, model, u), "{spec}");
    }
}

fn rows_added_after_the_training_take_nothing_from_its_own(
    spec: &Spec,
    world: &World,
    model: &dyn Recommender,
) {
    let n = model.n_items();
    let loaded = load(spec, &world.rows, model.arrays()).expect("what was saved can be loaded");
    let with_more = loaded.extended(&ItemFeatures::none(2));
    assert_eq!(with_more.n_items(), n + 2, "{spec}");
    assert_eq!(with_more.arrays(), model.arrays(), "{spec}");
    contributions_sum_to_the_score(spec, world, &*with_more);
    for u in world.users() {
        let (before, after) = (scores_of(world, model, u), scores_of(world, &*with_more, u));
        assert!(after.iter().all(|x| x.is_finite()), "{spec}: finite scores, got {after:?}");
        // An added item may be one of those that a second stage orders.
        assert!(model.is_staged() || after[..n] == before, "{spec}: user {}", u.0);
    }
}

fn threads_do_not_change_bits(spec: &Spec, world: &World) {
    let with_threads = |n: usize| {
        let pool = ThreadPoolBuilder::new().num_threads(n).build().expect("threads can start");
        pool.install(|| fitted(spec, world).arrays())
    };
    assert_eq!(with_threads(1), with_threads(2), "{spec}");
}

fn users_in_another_order_change_nothing(spec: &Spec, world: &World, model: &dyn Recommender) {
    // Sums of an alternating solve round elsewhere, and Adam's first steps are as long whatever the gradient's length.
    let is_shaken = match spec {
        Spec::TwoTower(params) => params.als != two_tower::Als::None,
        Spec::Hybrid(params) => {
            params.second == Second::Network && !matches!(*params.first, Spec::Popularity(_))
        }
        _ => false,
    };
    if is_shaken {
        return;
    }
    let turned = fitted(spec, &world.reversed(Reversed::Users));
    for u in world.users() {
        let (before, after) = (scores_of(world, model, u), scores_of(world, &*turned, u));
        assert_near(spec, &before, &after);
    }
}

fn items_in_another_order_move_with_their_scores(
    spec: &Spec,
    world: &World,
    model: &dyn Recommender,
) {
    // These hash the recording's name, which stays with the row here; their own tests show the same.
    if hashes_names(spec) {
        return;
    }
    let other = world.reversed(Reversed::UsersAndItems);
    let turned = fitted(spec, &other);
    for (u, v) in world.users().zip(other.users().collect::<Vec<_>>().into_iter().rev()) {
        let mut after = scores_of(&other, &*turned, v);
        after.reverse();
        assert_near(spec, &scores_of(world, model, u), &after);
    }
}

fn hashes_names(spec: &Spec) -> bool {
    if let Spec::Blend(blend) = spec {
        return blend.components().iter().any(|component| hashes_names(&component.spec));
    }
    if let Spec::Hybrid(hybrid) = spec {
        let second = hybrid.second.model();
        return second.is_none_or(hashes_names) || hashes_names(&hybrid.first);
    }
    matches!(spec, Spec::Random(_) | Spec::Ials(_) | Spec::Explicit(_))
        || matches!(spec, Spec::Bpr(_) | Spec::Hinge(_) | Spec::Warp(_))
        || matches!(spec, Spec::PureSvd(_) | Spec::GfCf(_) | Spec::TwoTower(_) | Spec::NeuMf(_))
}

fn assert_near(spec: &Spec, before: &[f32], after: &[f32]) {
    let largest = before.iter().fold(1.0, |largest: f32, x| largest.max(x.abs()));
    for (x, y) in before.iter().zip(after) {
        assert!((x - y).abs() <= REORDERED * largest, "{spec}: {before:?} became {after:?}");
    }
}

fn nothing_to_learn_from_is_no_accident(spec: &Spec) {
    let full = checkerboard();
    for (n_users, n_items) in [(0, 0), (3, 0), (0, full.rows.len()), (3, full.rows.len())] {
        let heard = linalg::Csr::from_triplets(n_users, n_items, Vec::new());
        let rows = music::Rows::new(full.rows.ids()[..n_items].to_vec());
        let world = World { heard, rows, withheld: Vec::new(), seed: full.seed };
        let model = fitted(spec, &world);
        let scores = scores(&*model, &History::new(&[], &[]));
        assert_eq!(scores.len(), n_items, "{spec}");
        assert!(scores.iter().all(|x| x.is_finite()), "{spec}: {scores:?}");
    }
}
