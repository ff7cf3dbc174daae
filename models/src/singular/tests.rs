//! Are the directions the best there are, and do the iterations only come nearer?

use std::ops::ControlFlow;

use super::{Wanted, right_vectors};
use crate::testing::unobserved;
use crate::{Checkpoint, Error, Heard, Progress, Step, Training};
use linalg::{Csr, Matrix, symmetric_eigen};
use music::{ItemIx, RecordingId, Rows, UserIx};
use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};

const N_USERS: usize = 14;
const N_ITEMS: usize = 18;

type Pairs = Csr<UserIx, ItemIx>;

fn matrices() -> impl Strategy<Value = Pairs> {
    let pairs = proptest::collection::btree_map((0_u32..14, 0_u32..18), 0.0625_f32..3.0, 0..120);
    pairs.prop_map(|pairs| {
        let triplets = pairs.into_iter().map(|((u, i), x)| (u, i, x)).collect();
        Csr::from_triplets(N_USERS, N_ITEMS, triplets)
    })
}

fn names() -> Rows {
    Rows::new((0..18).map(|i| RecordingId(5 * i)).collect())
}

fn believed(x: &Pairs) -> Csr<UserIx, ItemIx, Heard> {
    x.map(|_, _, &confidence| Heard { confidence, age_days: 0.0, is_liked: true })
}

/// Σ over the eigenvalues of XᵀX that `dim` directions leave, and over all: what no directions can do better.
fn slow_loss(x: &Pairs, dim: usize) -> (f64, f64) {
    let mut dense = Matrix::zeros(N_USERS, N_ITEMS);
    for (u, items, values) in x.rows() {
        for (&i, &value) in items.iter().zip(values) {
            dense.row_mut(u)[i as usize] = value;
        }
    }
    let squares = symmetric_eigen(&dense.gram()).unwrap().values;
    (squares.iter().skip(dim).sum(), squares.iter().sum())
}

fn losses(wanted: Wanted, x: &Pairs) -> Vec<f64> {
    let (heard, rows) = (believed(x), names());
    let training = Training::new(&heard, &rows, 3);
    let mut losses = Vec::new();
    right_vectors(wanted, x, &training, &mut |progress| {
        if let Step::Measured { loss, .. } = progress.step {
            losses.push(loss.total());
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    losses
}

proptest! {
    #[test]
    fn the_loss_never_rises_and_ends_at_the_best(x in matrices(), dim in 1_usize..10) {
        let losses = losses(Wanted { dim, iterations: 60 }, &x);
        let (best, all) = slow_loss(&x, dim);
        // The loss is what is left of `all`, whose terms `f32` rounds.
        prop_assert!(losses.windows(2).all(|two| two[1] <= two[0] + 1e-5 * all), "{losses:?}");
        let last = losses[losses.len() - 1];
        prop_assert!((last - best).abs() <= 1e-4 * all, "{last}, the best is {best} of {all}");
    }

    #[test]
    fn a_stopped_training_goes_on_to_the_same_bytes(x in matrices(), stop in 0_usize..10) {
        let wanted = Wanted { dim: 3, iterations: 4 };
        let (heard, rows) = (believed(&x), names());
        let training = Training::new(&heard, &rows, 3);
        let whole = right_vectors(wanted, &x, &training, &mut unobserved).unwrap();
        let checkpoint = stopped(wanted, &x, &training, stop);
        let training = Training { resume: checkpoint.as_ref(), ..training };
        prop_assert_eq!(right_vectors(wanted, &x, &training, &mut unobserved), Ok(whole));
    }
}

/// What a training stopped at that step, of `Ready` and two an iteration, leaves behind; `None` where it ended before.
fn stopped(wanted: Wanted, x: &Pairs, training: &Training<'_>, stop: usize) -> Option<Checkpoint> {
    let mut steps = 0..;
    let mut observe = |_: Progress| {
        let is_it = steps.next() == Some(stop);
        if is_it { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    match right_vectors(wanted, x, training, &mut observe) {
        Err(Error::Stopped(checkpoint)) => {
            assert_eq!(checkpoint.iteration, stop.div_ceil(2));
            Some(*checkpoint)
        }
        ended => {
            ended.unwrap();
            None
        }
    }
}

#[test]
fn items_keep_their_vectors_when_unheard_ones_arrive() {
    let of_user =
        |u: u32| (0..4 + u % 3).map(move |k| (u, (u + k * k) % 18, 1.0 + u as f32 / 14.0));
    let pairs: Vec<(u32, u32, f32)> = (0..14).flat_map(of_user).collect();
    let vectors = |x: &Pairs, ids: Vec<RecordingId>| {
        let (heard, rows) = (believed(x), Rows::new(ids));
        let training = Training::new(&heard, &rows, 3);
        right_vectors(Wanted { dim: 4, iterations: 6 }, x, &training, &mut unobserved).unwrap()
    };
    let before = vectors(&Csr::from_triplets(14, 18, pairs.clone()), names().ids().to_vec());
    // Beside each recording a new one, so that every row moves; the names do not.
    let moved = pairs.into_iter().map(|(u, i, x)| (u, 2 * i, x)).collect();
    let ids = names().ids().iter().flat_map(|id| [*id, RecordingId(id.0 + 1)]).collect();
    let after = vectors(&Csr::from_triplets(14, 36, moved), ids);
    for i in 0..18 {
        for (a, b) in before.row(i).iter().zip(after.row(2 * i)) {
            // The same sums with zeros between them, passed on by six iterations.
            assert!((a - b).abs() < 1e-4, "item {i}: {a} and {b}");
        }
    }
}

#[test]
fn a_checkpoint_of_another_training_is_refused() {
    let x = Csr::from_triplets(N_USERS, N_ITEMS, vec![(0, 0, 1.0)]);
    let (heard, rows) = (believed(&x), names());
    let training = Training::new(&heard, &rows, 3);
    let wanted = Wanted { dim: 2, iterations: 4 };
    let checkpoint = stopped(wanted, &x, &training, 1).unwrap();
    let training = Training { resume: Some(&checkpoint), ..training };
    let error =
        right_vectors(Wanted { dim: 3, ..wanted }, &x, &training, &mut unobserved).unwrap_err();
    assert!(matches!(&error, Error::BadArray { name, .. } if name == "basis"), "{error}");
}

#[test]
fn numbers_too_large_have_diverged() {
    let x = Csr::from_triplets(N_USERS, N_ITEMS, vec![(0, 0, 1e30), (0, 1, 1e30)]);
    let (heard, rows) = (believed(&x), names());
    let training = Training::new(&heard, &rows, 3);
    let wanted = Wanted { dim: 2, iterations: 4 };
    let error = right_vectors(wanted, &x, &training, &mut unobserved).unwrap_err();
    assert!(matches!(error, Error::Diverged { iteration: 1, .. }), "{error}");
}
