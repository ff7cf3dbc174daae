//! Does each step go down its cost, and is what is learned the same whoever learns it?

use std::ops::ControlFlow;

use linalg::{Csr, Isa, Matrix, dot, top_k};
use music::{ItemIx, RecordingId, Rows, UserIx};
use rayon::ThreadPoolBuilder;

use super::blocks::Bucket;
use super::train::{Vectors, train, train_in_blocks};
use super::walk::{Beside, Items, Rules, Users, Walk};
use super::{Optimizer, Pairwise, Params, Ranking, fit};
use crate::draw::{Draws, Sampler};
use crate::hash::{hash, normal};
use crate::table::Table;
use crate::testing::{World, two_tribes, unobserved};
use crate::{Error, Heard, History, Loss, Progress, Query, Recommender, Step, Training};

const RANKINGS: [Ranking; 3] = [Ranking::Bpr, Ranking::Hinge, Ranking::Warp];

/// A user, a few items and their biases in `f64`.
#[derive(Clone, Debug)]
struct Slow {
    x: Vec<f64>,
    items: Vec<Vec<f64>>,
    biases: Vec<f64>,
}

impl Slow {
    fn random(n_items: usize, dim: usize) -> Self {
        let number = |words: [u64; 2]| f64::from(0.5 * normal(hash(words)));
        let row = |key: u64| (0..dim as u64).map(|d| number([key, d])).collect();
        Self {
            x: row(99),
            items: (0..n_items as u64).map(row).collect(),
            biases: (0..n_items as u64).map(|i| 0.2 * number([i, 77])).collect(),
        }
    }

    fn score(&self, i: usize) -> f64 {
        let product: f64 = self.x.iter().zip(&self.items[i]).map(|(x, y)| x * y).sum();
        product + self.biases[i]
    }

    fn gap(&self, i: usize, j: usize) -> f64 {
        self.score(i) - self.score(j)
    }

    /// w·ℓ(gap) + ½·reg·(‖x‖² + ‖y_i‖² + ‖y_j‖² + b_i² + b_j²), as it is written.
    fn cost(&self, params: &Params, weight: f64, i: usize, j: usize) -> f64 {
        let gap = self.gap(i, j);
        let cost = match params.ranking {
            Ranking::Bpr if params.loss_bound > 0.0 => {
                let bound = f64::from(params.loss_bound);
                bound * (1.0 - (1.0 + (-gap).exp()).powf(-1.0 / bound))
            }
            Ranking::Bpr => (-gap).exp().ln_1p(),
            Ranking::Hinge | Ranking::Warp if params.loss_bound > 0.0 => {
                (1.0 - gap).max(0.0).min(params.loss_bound.into())
            }
            Ranking::Hinge | Ranking::Warp => (1.0 - gap).max(0.0),
        };
        let touched = self.x.iter().chain(&self.items[i]).chain(&self.items[j]);
        let touched = touched.chain([&self.biases[i], &self.biases[j]]);
        let squares: f64 = touched.map(|x| x * x).sum();
        weight * cost + 0.5 * f64::from(params.reg) * squares
    }

    /// Every number, to move one of them.
    fn numbers(&mut self) -> Vec<&mut f64> {
        let rows = self.x.iter_mut().chain(self.items.iter_mut().flatten());
        rows.chain(&mut self.biases).collect()
    }

    /// −dcost/dnumber for every number, by central differences.
    fn descent(&self, params: &Params, weight: f64, i: usize, j: usize) -> Vec<f64> {
        let h = 1e-5;
        let at = |place: usize, by: f64| {
            let mut moved = self.clone();
            *moved.numbers()[place] += by;
            moved.cost(params, weight, i, j)
        };
        let n = self.clone().numbers().len();
        (0..n).map(|place| (at(place, -h) - at(place, h)) / (2.0 * h)).collect()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the fast ones are f32")]
fn narrow(x: f64) -> f32 {
    x as f32
}

/// What one walk over a bucket makes of a user and items.
fn walked(params: Params, before: &Slow, bucket: &Bucket, sampler: Sampler, draws: Draws) -> Slow {
    let (dim, n_items) = (params.dim, before.items.len());
    let mut x = Table::zeros(1, dim);
    x.set_row(0, before.x.iter().copied().map(narrow));
    let mut items = Table::zeros(n_items, dim);
    for (i, y) in before.items.iter().enumerate() {
        items.set_row(i, y.iter().copied().map(narrow));
    }
    let biases = before.biases.iter().copied().map(narrow);
    let mut beside: Vec<Beside> = biases.map(|bias| Beside { bias, ..Beside::default() }).collect();
    Isa::best().run(Walk {
        rules: &Rules::new(params, n_items),
        users: &mut Users { factors: x.lines_mut(), squares: &mut [0.0] },
        items: &mut Items { factors: items.lines_mut(), beside: &mut beside, sampler },
        bucket,
        draws,
    });
    Slow {
        x: x.values(0).map(f64::from).collect(),
        items: (0..n_items).map(|i| items.values(i).map(f64::from).collect()).collect(),
        biases: beside.iter().map(|beside| beside.bias.into()).collect(),
    }
}

/// Item 0 is liked, and only item `j` is ever drawn against it.
fn only(j: usize, weight: f32) -> (Bucket, Sampler) {
    let mut bucket = Bucket::default();
    bucket.like(0, 0, weight);
    let chances: Vec<f32> = (0..5).map(|i| f32::from(u8::from(i == j))).collect();
    (bucket, Sampler::weighted(&chances))
}

#[test]
fn a_step_goes_along_the_central_differences_of_the_cost() {
    for (ranking, loss_bound) in RANKINGS.into_iter().flat_map(|of| [(of, 0.0), (of, 3.0)]) {
        for dim in [3, 16, 37] {
            let rate = 1.0 / 64.0;
            let optimizer = Optimizer::Sgd;
            let params =
                Params { dim, learning_rate: rate, reg: 0.1, optimizer, ..Params::of(ranking) };
            let params = Params { loss_bound, ..params };
            let before = Slow::random(5, dim);
            // Some item whose order is wrong, but not hopeless, so that hinge and ramp ask for a step.
            let j = (1..5).find(|&j| (-1.9..0.9).contains(&before.gap(0, j))).unwrap();
            let (bucket, sampler) = only(j, 2.5);
            let mut after = walked(params, &before, &bucket, sampler, Draws::new([1]));
            let expected = before.descent(&params, 2.5, 0, j);
            let numbers = before.clone().numbers().into_iter().map(|x| *x).collect::<Vec<f64>>();
            for ((after, before), expected) in after.numbers().iter().zip(numbers).zip(expected) {
                let step = (**after - before) / f64::from(rate);
                // Numbers below 4 have an error of 2.4e-7 at most; divided by the rate, 1.5e-5, and the sigmoid's 8e-6.
                assert!((step - expected).abs() < 5e-5, "{ranking:?}: {step} for {expected}");
            }
        }
    }
}

#[test]
fn the_more_draws_warp_needs_the_less_it_moves() {
    let params =
        Params { dim: 4, optimizer: Optimizer::Sgd, reg: 0.0, ..Params::of(Ranking::Warp) };
    let mut before = Slow::random(5, 4);
    // Only item 3 violates the margin.
    before.biases = vec![0.0, -50.0, -50.0, 50.0, -50.0];
    let mut bucket = Bucket::default();
    bucket.like(0, 0, 1.0);
    let mut seen = Vec::new();
    for seed in 0..20 {
        let sampler = Sampler::Uniform(5);
        let mut draws = Draws::new([seed]);
        let tried = std::iter::repeat_with(|| sampler.draw(&mut draws)).filter(|&j| j != 0);
        let tries = tried.take_while(|&j| j != 3).count() + 1;
        let after = walked(params, &before, &bucket, sampler.clone(), Draws::new([seed]));
        // Ranks ⌊4/N⌋ of five items: L(4), L(2), L(1), L(1) and then 1 for 0, by L(4) = 25/12.
        let weight = match tries {
            1 => 1.0,
            2 => 18.0 / 25.0,
            3..=20 => 12.0 / 25.0,
            _ => 0.0,
        };
        let moved = after.biases[0] / f64::from(params.learning_rate);
        assert!((moved - weight).abs() < 1e-5, "{moved} after {tries} tries");
        seen.push(tries);
    }
    assert!(seen.contains(&1) && seen.iter().any(|&tries| tries > 2), "{seen:?}");
}

#[test]
fn of_several_negatives_the_best_scored_is_pushed_down() {
    let optimizer = Optimizer::Sgd;
    let params = Params { dim: 4, candidates: 50, reg: 0.0, optimizer, ..Params::default() };
    let before = Slow::random(5, 4);
    let mut bucket = Bucket::default();
    bucket.like(0, 0, 1.0);
    let after = walked(params, &before, &bucket, Sampler::Uniform(5), Draws::new([3]));
    let hardest = (1..5).max_by(|&a, &b| before.score(a).total_cmp(&before.score(b))).unwrap();
    for j in 1..5 {
        // Fifty draws of four miss one of them with a chance of 4·0.75⁵⁰ = 2e-6; here they do not.
        assert_eq!(after.biases[j] < narrow(before.biases[j]).into(), j == hardest, "item {j}");
    }
}

#[test]
fn the_first_step_of_adagrad_is_as_long_as_the_rate() {
    let params = Params { dim: 16, reg: 0.0, ..Params::default() };
    let before = Slow::random(5, 16);
    let (bucket, sampler) = only(2, 1.0);
    let after = walked(params, &before, &bucket, sampler, Draws::new([1]));
    let length = |before: &[f64], after: &[f64]| {
        let squares: f64 = before.iter().zip(after).map(|(a, b)| (a - b) * (a - b)).sum();
        (squares / before.len() as f64).sqrt()
    };
    let moved = [
        length(&before.x, &after.x),
        length(&before.items[0], &after.items[0]),
        length(&before.items[2], &after.items[2]),
        length(&before.biases[..1], &after.biases[..1]),
    ];
    for moved in moved {
        // A root mean square over itself is 1.
        assert!((moved - f64::from(params.learning_rate)).abs() < 1e-5, "{moved}");
    }
}

fn in_blocks(world: &World, params: Params, n_blocks: usize, n_threads: usize) -> Vectors {
    let pool = ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
    let train = || train_in_blocks(params, &world.training(), n_blocks, &mut unobserved);
    pool.install(train).unwrap()
}

#[test]
fn the_number_of_threads_changes_no_bit_of_many_blocks() {
    for ranking in RANKINGS {
        let params = Params { epochs: 3, ..Params::of(ranking) };
        let one = in_blocks(&two_tribes(3), params, 4, 1);
        assert_eq!(one, in_blocks(&two_tribes(3), params, 4, 3));
        assert_ne!(one, in_blocks(&two_tribes(3), params, 1, 1));
    }
}

/// Whether the vectors of the training, as they are, put the withheld recording first.
fn find_what_was_withheld(world: &World, vectors: &Vectors) -> usize {
    let is_found = |u: UserIx| {
        let x = vectors.users.row(u.0 as usize);
        let scores: Vec<f32> =
            (0..vectors.items.n_rows()).map(|i| dot(x, vectors.items.row(i))).collect();
        let best = top_k(&scores, 1, &world.listener(u).known());
        best[0].0 == world.withheld[u.0 as usize].0
    };
    world.users().filter(|&u| is_found(u)).count()
}

#[test]
fn the_vectors_of_the_training_find_what_was_withheld_whatever_the_blocks() {
    for ranking in RANKINGS {
        for n_blocks in [1, 2, 4] {
            let world = two_tribes(2);
            let params = Params { epochs: 60, ..Params::of(ranking) };
            let found = find_what_was_withheld(&world, &in_blocks(&world, params, n_blocks, 2));
            // Negatives tell that the withheld one is not liked, and some listeners may believe it.
            assert!(
                4 * found >= 3 * world.withheld.len(),
                "{ranking:?} in {n_blocks} blocks: {found}"
            );
        }
    }
}

fn stopped_at(epoch: usize) -> impl FnMut(Progress) -> ControlFlow<()> {
    move |progress| {
        let is_there = progress.iteration == epoch && progress.step == Step::Iterated;
        if is_there { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[test]
fn a_stopped_training_goes_on_to_the_same_bytes() {
    for (validation, optimizer) in [(0.0, Optimizer::Adagrad), (0.3, Optimizer::Sgd)] {
        let params = Params { epochs: 7, validation, patience: 10, optimizer, ..Params::default() };
        let world = two_tribes(3);
        let whole = train(params, &world.training(), &mut unobserved).unwrap();
        let stopped = train(params, &world.training(), &mut stopped_at(3)).unwrap_err();
        let Error::Stopped(checkpoint) = stopped else { panic!("{stopped}") };
        assert_eq!(checkpoint.iteration, 3);
        let training = Training { resume: Some(&checkpoint), ..world.training() };
        assert_eq!(train(params, &training, &mut unobserved).unwrap(), whole);
    }
}

#[test]
fn a_checkpoint_of_another_training_is_refused() {
    let world = two_tribes(3);
    let stopped = train(Params::default(), &world.training(), &mut stopped_at(1)).unwrap_err();
    let Error::Stopped(checkpoint) = stopped else { panic!("{stopped}") };
    let training = Training { resume: Some(&checkpoint), ..world.training() };
    let other = Params { dim: 8, ..Params::default() };
    let error = train(other, &training, &mut unobserved).unwrap_err();
    assert!(matches!(&error, Error::BadArray { name, .. } if name == "users"), "{error}");
}

#[test]
fn progress_has_every_step_and_the_loss_falls() {
    for ranking in RANKINGS {
        let mut steps = Vec::new();
        let mut losses = Vec::new();
        let params = Params { epochs: 20, reg: 0.001, ..Params::of(ranking) };
        train(params, &two_tribes(4).training(), &mut |progress| {
            let name = match progress.step {
                Step::Ready => "ready",
                Step::Iterated => "iterated",
                Step::Measured { loss: Loss { observed, unobserved, .. }, ndcg } => {
                    assert_eq!((unobserved, ndcg), (0.0, None));
                    losses.push(observed);
                    "measured"
                }
            };
            steps.push((progress.iteration, name));
            ControlFlow::Continue(())
        })
        .unwrap();
        let expected = (1..=20).flat_map(|epoch| [(epoch, "iterated"), (epoch, "measured")]);
        assert_eq!(steps, [(0, "ready")].into_iter().chain(expected).collect::<Vec<_>>());
        assert!(losses[19] < 0.5 * losses[0], "{ranking:?}: {losses:?}");
    }
}

#[test]
fn the_loss_that_is_told_is_the_one_that_is_bounded() {
    for ranking in RANKINGS {
        let observed = |loss_bound: f32| {
            let mut losses = Vec::new();
            let params = Params { epochs: 20, reg: 0.001, loss_bound, ..Params::of(ranking) };
            train(params, &two_tribes(4).training(), &mut |progress| {
                if let Step::Measured { loss, .. } = progress.step {
                    losses.push(loss.observed);
                }
                ControlFlow::Continue(())
            })
            .unwrap();
            losses
        };
        // A bound that no gap reaches changes neither steps nor losses; of BPR it is never without effect.
        if ranking != Ranking::Bpr {
            assert_eq!(observed(1e6), observed(0.0), "{ranking:?}");
        }
        let bounded = observed(1.5);
        assert!(bounded[0] < 1.5 && bounded[19] < 0.5 * bounded[0], "{ranking:?}: {bounded:?}");
        assert!(bounded[0] != observed(0.0)[0] || ranking != Ranking::Bpr, "{bounded:?}");
    }
}

#[test]
fn an_end_comes_when_the_ranking_of_what_is_held_out_no_longer_improves() {
    let params = Params { epochs: 500, validation: 0.3, patience: 2, ..Params::default() };
    let mut ndcgs = Vec::new();
    train(params, &two_tribes(4).training(), &mut |progress| {
        if let Step::Measured { ndcg, .. } = progress.step {
            ndcgs.push(ndcg.unwrap());
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    let (last, before) = (ndcgs.len() - 1, ndcgs.len() - 3);
    assert!(ndcgs.len() < 500);
    assert!(ndcgs[before + 1] <= ndcgs[before] && ndcgs[last] <= ndcgs[before], "{ndcgs:?}");
}

#[test]
fn steps_too_long_diverge_with_an_error() {
    let params =
        Params { learning_rate: 10.0, reg: 10.0, optimizer: Optimizer::Sgd, ..Params::default() };
    let error = train(params, &two_tribes(4).training(), &mut unobserved).unwrap_err();
    assert!(matches!(error, Error::Diverged { .. }), "{error}");
}

#[test]
fn confidences_weigh_by_their_mean_and_only_when_asked() {
    let trained = |confidence: Option<f32>, weighted| {
        let mut world = two_tribes(5);
        world.heard = world.heard.map(|_, _, heard| Heard {
            confidence: confidence.unwrap_or(heard.confidence),
            ..*heard
        });
        let params = Params { weighted, epochs: 3, ..Params::default() };
        train(params, &world.training(), &mut unobserved).unwrap()
    };
    // All alike, each weighs 2/2 = 1.
    assert_eq!(trained(Some(2.0), true), trained(Some(2.0), false));
    assert_ne!(trained(None, true), trained(None, false));
}

#[test]
fn a_dislike_pushes_down_what_is_disliked() {
    // Everybody dislikes recording 1 and knows nothing of recording 2; both are otherwise alike.
    let heard = |is_liked| Heard { confidence: 1.0, age_days: 0.0, is_liked };
    let pairs = (0..10_u32).flat_map(|u| [(u, 0, heard(true)), (u, 1, heard(false))]).collect();
    let heard = Csr::<UserIx, ItemIx, _>::from_triplets(10, 3, pairs);
    let rows = Rows::new((0..3).map(RecordingId).collect());
    let training = Training::new(&heard, &rows, 1);
    let biases = |dislike_weight: f32| {
        let optimizer = Optimizer::Sgd;
        let params = Params { epochs: 20, candidates: 1, reg: 0.0, optimizer, ..Params::default() };
        let params = Params { dislike_weight, ..params };
        let items = train(params, &training, &mut unobserved).unwrap().items;
        [1, 2].map(|i| items.row(i)[params.dim])
    };
    // A draw takes either in turn, and a dislike is visited besides: three times as often, until the gap has grown.
    let [disliked, unknown] = biases(1.0);
    assert!(disliked < 1.5 * unknown && unknown < 0.0, "{disliked} and {unknown}");
    let [disliked, unknown] = biases(0.0);
    assert!(disliked > 1.5 * unknown && disliked < 0.0, "{disliked} and {unknown}");
}

#[test]
fn right_after_a_fit_there_are_user_vectors_and_their_products_are_the_scores_that_were_trained() {
    let world = two_tribes(4);
    let params = Params::default();
    let model: Pairwise = fit(params, &world.training(), &mut unobserved).unwrap();
    let (users, items) = (model.user_vectors().unwrap(), model.item_vectors().unwrap());
    let vectors = Vectors { users: users.clone(), items: items.clone() };
    assert_eq!(vectors, train(params, &world.training(), &mut unobserved).unwrap());
    assert_eq!((users.n_rows(), users.dim()), (world.heard.n_rows(), params.dim + 1));
    assert!((0..users.n_rows()).all(|u| users.row(u)[params.dim] == 1.0));
}

#[test]
fn a_history_that_likes_nothing_scores_everything_0() {
    let model = fit(Params::default(), &two_tribes(4).training(), &mut unobserved).unwrap();
    let zeros = Query::Dense(vec![0.0; model.item_vectors().unwrap().dim()]);
    assert_eq!(model.represent(&History::new(&[], &[])), zeros);
    let mut scores = Matrix::zeros(1, model.n_items());
    model.score_batch(&[zeros], &mut scores);
    assert!(scores.as_slice().iter().all(|&score| score == 0.0));
}
