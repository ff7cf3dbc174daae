//! Does the ledger alone tell what other draws would have brought, in a world that knows?

use std::collections::BTreeMap;
use std::sync::LazyLock;

use engine::{Config, Folder, Train, Unobserved, Weekly};
use measure::{Drawn, Estimate, below, inverse_propensity, self_normalized};
use music::{RecordingId, Slot, SlotCandidate, Week};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use world::{Params, World};

use super::{DrawnSlot, drawn_slots};
use crate::{Course, MadeBy, closed_loop};

/// A slot and what each of its candidates would bring: 1 where it is loved in that week, else 0.
struct Judged {
    slot: DrawnSlot,
    rewards: Vec<f64>,
}

impl Judged {
    fn probabilities(&self) -> Vec<f64> {
        self.slot.slot.candidates.iter().map(|of| of.probability.into()).collect()
    }

    /// What another policy brings here on average.
    fn worth(&self, chances: &[f64]) -> f64 {
        self.rewards.iter().zip(chances).map(|(reward, chance)| reward * chance).sum()
    }

    /// What came of the draw, the only reward that a log without a hidden taste would tell.
    fn reward(&self) -> f64 {
        let candidates = &self.slot.slot.candidates;
        let at = candidates.iter().position(|of| of.recording == self.slot.drawn).unwrap();
        self.rewards[at]
    }
}

/// Another way of drawing: a chance for each candidate of a slot.
type Policy = fn(&Judged) -> Vec<f64>;

const POLICIES: [(&str, Policy); 3] =
    [("evenly", evenly), ("greedily", greedily), ("boldly", boldly)];

fn evenly(judged: &Judged) -> Vec<f64> {
    let n = judged.rewards.len();
    vec![1.0 / n as f64; n]
}

/// Always the likeliest, which is the one that the makers of the list value most.
fn greedily(judged: &Judged) -> Vec<f64> {
    let probabilities = judged.probabilities();
    let most = probabilities.iter().copied().fold(0.0, f64::max);
    let best = probabilities.iter().position(|of| *of == most);
    (0..probabilities.len()).map(|at| f64::from(u8::from(Some(at) == best))).collect()
}

/// Rather what is valued little: chances that fall with those that were.
fn boldly(judged: &Judged) -> Vec<f64> {
    let weights: Vec<f64> = judged.probabilities().iter().map(|of| 1.0 / of).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

static PLAYED: LazyLock<Vec<Judged>> = LazyLock::new(played);

/// Weeks of lists of which half is left to chance, for listeners who react; then what the ledger kept.
fn played() -> Vec<Judged> {
    let world =
        Params { listeners: 40, recordings: 1500, bots: 0, children: 0, ..Params::default() };
    let course = Course { world, warm_up: 6, weeks: 6, size: 12 };
    let models = vec!["ials:dim=16,iterations=4,reg=2".to_owned()];
    let weekly = Weekly { expand_share: 0.5, explore_share: 0.5, ..Weekly::default() };
    let config = Config { train: Train { models }, weekly, ..Config::default() };
    let place = tempfile::tempdir().unwrap();
    closed_loop(&course, MadeBy::Weekly(&config), place.path(), &mut Unobserved).unwrap();

    let weeks = course.warm_up + course.weeks;
    let world = World::new(&Params { weeks, ..course.world });
    let weeks: BTreeMap<Week, usize> = (0..weeks).map(|week| (world.week(week), week)).collect();
    let folder = Folder::open(&place.path().join("data")).unwrap();
    let mut judged = Vec::new();
    for (row, name) in world.listener_names().into_iter().enumerate() {
        let Some(listener) = folder.store.listener(&name).unwrap() else { continue };
        for slot in drawn_slots(&folder.store, listener.id).unwrap() {
            let week = weeks[&slot.week];
            let loved = |of: &SlotCandidate| {
                let recording = folder.store.recording(of.recording).unwrap().unwrap();
                let uri = recording.entry.credit.spotify.unwrap();
                f64::from(u8::from(world.loves_in(row, world.recording_of(&uri).unwrap(), week)))
            };
            let rewards = slot.slot.candidates.iter().map(loved).collect();
            judged.push(Judged { slot, rewards });
        }
    }
    judged
}

fn draws(judged: &[Judged], policy: Policy) -> Vec<Drawn> {
    judged.iter().map(|of| of.slot.seen_by(&policy(of), of.reward()).unwrap()).collect()
}

fn truth(judged: &[Judged], policy: Policy) -> f64 {
    judged.iter().map(|of| of.worth(&policy(of))).sum::<f64>() / judged.len() as f64
}

fn holds(estimate: &Estimate, truth: f64) -> bool {
    let (low, high) = estimate.interval();
    (low..=high).contains(&truth)
}

/// The same slots, drawn once more with the chances that the ledger tells.
fn drawn_again(judged: &[Judged], policy: Policy, chance: &mut ChaCha8Rng) -> Vec<Drawn> {
    let draw = |of: &Judged| {
        let unit = below(chance, 1 << 24) as f64 / f64::from(1 << 24);
        let mut sum = 0.0;
        let probabilities = of.probabilities();
        let passes = |logged: &f64| {
            sum += logged;
            unit < sum
        };
        let at = probabilities.iter().position(passes).unwrap_or(probabilities.len() - 1);
        Drawn { reward: of.rewards[at], logged: probabilities[at], other: policy(of)[at] }
    };
    judged.iter().map(draw).collect()
}

#[test]
fn the_log_alone_tells_what_another_policy_would_have_brought() {
    for (name, policy) in POLICIES {
        let (draws, truth) = (draws(&PLAYED, policy), truth(&PLAYED, policy));
        for estimate in [inverse_propensity(&draws), self_normalized(&draws)] {
            let estimate = estimate.unwrap();
            // At 99.9 %, as any change to lists draws anew; how often that of 95 % holds is asked below.
            let is_held = (estimate.value - truth).abs() < 3.29 * estimate.error;
            assert!(is_held, "{name}: {truth} true, {estimate:?}");
        }
    }
}

#[test]
fn the_plain_mean_of_the_log_is_the_worth_of_the_policy_that_drew_alone() {
    let plain = inverse_propensity(&draws(&PLAYED, Judged::probabilities)).unwrap();
    let own = truth(&PLAYED, Judged::probabilities);
    assert!((plain.value - own).abs() < 3.29 * plain.error, "{own} true, {plain:?}");
    for policy in [evenly, boldly] {
        let other = truth(&PLAYED, policy);
        assert!(!holds(&plain, other), "{other} true, {plain:?}");
    }
}

#[test]
fn logs_that_might_have_been_are_right_on_average_and_hold_the_truth_nine_times_in_ten() {
    for (name, policy) in POLICIES {
        let truth = truth(&PLAYED, policy);
        let mut chance = ChaCha8Rng::seed_from_u64(1);
        let logs: Vec<Vec<Drawn>> =
            (0..400).map(|_| drawn_again(&PLAYED, policy, &mut chance)).collect();
        for estimator in [inverse_propensity, self_normalized] {
            let estimates: Vec<Estimate> =
                logs.iter().map(|draws| estimator(draws).unwrap()).collect();
            // 380 of 400 are promised; rare rewards and uneven weights leave the normal interval a little less.
            let n_held = estimates.iter().filter(|of| holds(of, truth)).count();
            assert!(n_held >= 360, "{name}: {n_held} of 400 hold {truth}");
            // Three standard errors of a mean of 400: 3/√400.
            let mean = estimates.iter().map(|of| of.value).sum::<f64>() / 400.0;
            let error = estimates.iter().map(|of| of.error).sum::<f64>() / 400.0;
            assert!((mean - truth).abs() < 0.15 * error, "{name}: {mean} for {truth}");
        }
    }
}

#[test]
fn candidates_that_became_one_recording_are_drawn_together() {
    let of =
        |id, probability| SlotCandidate { recording: RecordingId(id), probability, error: 0.0 };
    let candidates = vec![of(1, 0.25), of(2, 0.5), of(1, 0.25)];
    let slot = Slot { position: 1, policy: "strata-1".to_owned(), candidates };
    let week = Week::of_date(jiff::civil::date(2026, 5, 18));
    let mut drawn = DrawnSlot { week, drawn: RecordingId(1), slot };
    let seen = drawn.seen_by(&[0.0, 0.25, 0.75], 3.0);
    assert_eq!(seen, Some(Drawn { reward: 3.0, logged: 0.5, other: 0.75 }));
    drawn.drawn = RecordingId(3);
    assert_eq!(drawn.seen_by(&[0.0, 0.25, 0.75], 3.0), None);
}
