//! Does a training end when it should, and go on where it stopped?

use std::ops::ControlFlow;

use super::super::{Params, fit};
use crate::testing::{World, two_tribes, unobserved};
use crate::{Checkpoint, Error, Progress, Recommender, Step, Training};

#[test]
fn progress_tells_every_step_of_every_iteration() {
    let mut seen = Vec::new();
    let params = Params { iterations: 2, ..Params::default() };
    let mut observe = |progress: Progress| {
        let step = match progress.step {
            Step::Ready => "ready",
            Step::Iterated => "iterated",
            Step::Measured { .. } => "measured",
        };
        seen.push((progress.iteration, step));
        ControlFlow::Continue(())
    };
    fit(params, &two_tribes(4).training(), &mut observe).unwrap();
    let expected =
        [(0, "ready"), (1, "iterated"), (1, "measured"), (2, "iterated"), (2, "measured")];
    assert_eq!(seen, expected);
}

/// Stops after the `n`-th thing told.
fn stop_after(n: usize, params: Params, world: &World) -> Checkpoint {
    let mut told = 0;
    let stopped = fit(params, &world.training(), &mut |_| {
        told += 1;
        if told > n { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    match stopped {
        Err(Error::Stopped(checkpoint)) => *checkpoint,
        other => panic!("a checkpoint expected, got {other:?}"),
    }
}

#[test]
fn a_stopped_training_goes_on_to_the_same_bytes() {
    let world = two_tribes(4);
    for validation in [0.0, 0.2] {
        let params = Params { iterations: 5, dim: 6, validation, patience: 9, ..Params::default() };
        let whole = fit(params, &world.training(), &mut unobserved).unwrap();
        for n in 0..11 {
            let checkpoint = stop_after(n, params, &world);
            let training = Training { resume: Some(&checkpoint), ..world.training() };
            let resumed = fit(params, &training, &mut unobserved).unwrap();
            assert_eq!(resumed.arrays(), whole.arrays(), "stopped after {n} steps");
        }
    }
}

#[test]
fn a_checkpoint_of_another_training_is_refused() {
    let world = two_tribes(4);
    let checkpoint = stop_after(1, Params { dim: 6, ..Params::default() }, &world);
    let training = Training { resume: Some(&checkpoint), ..world.training() };
    let error = fit(Params { dim: 7, ..Params::default() }, &training, &mut unobserved);
    assert!(matches!(error, Err(Error::BadArray { .. })), "{error:?}");
}

fn n_iterations(params: Params) -> usize {
    let mut n = 0;
    let mut observe = |progress: Progress| {
        n = progress.iteration;
        ControlFlow::Continue(())
    };
    fit(params, &two_tribes(4).training(), &mut observe).unwrap();
    n
}

#[test]
fn a_loss_that_hardly_falls_ends_the_training() {
    let params = Params { iterations: 500, dim: 4, ..Params::default() };
    let n = n_iterations(Params { tolerance: 1e-3, ..params });
    assert!((2..100).contains(&n), "{n} iterations");
}

#[test]
fn a_ranking_that_no_longer_improves_ends_the_training() {
    let params =
        Params { iterations: 500, dim: 4, validation: 0.2, patience: 3, ..Params::default() };
    let n = n_iterations(params);
    assert!((4..100).contains(&n), "{n} iterations");
}
