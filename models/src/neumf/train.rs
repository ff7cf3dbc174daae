//! When is an epoch run, and when is it enough?
//!
//! Until the epochs are done, or the ranking of what was held out no longer improves.

use std::collections::BTreeMap;

use super::Params;
use super::course::Course;
use super::net::Net;
use super::pass::{Losses, Pass};
use super::scorer::Scorer;
use crate::array::{Arrays, take_f32, take_u64};
use crate::network::Rate;
use crate::validation::Validation;
use crate::{Array, Checkpoint, Error, Loss, Observer, Progress, Step, Training};

const UPDATES: &str = "updates";
const BEST: &str = "best_";
const BEST_AT: &str = "best_iteration";
const BEST_NDCG: &str = "best_ndcg_bits";

/// The epoch that ranked what was held out best.
struct Best {
    epoch: usize,
    ndcg: f64,
    net: Net,
}

/// Where a training stands after an epoch.
struct Standing {
    epoch: usize,
    /// Steps of Adam until then.
    updates: u64,
    net: Net,
    best: Option<Best>,
}

/// Runs the epochs, from the start or from where the training was stopped.
pub(super) fn train(
    params: Params,
    training: &Training<'_>,
    observer: &mut Observer<'_>,
) -> Result<Net, Error> {
    let validation = Validation::hold_out(training, params.validation);
    let heard = validation.as_ref().map_or(training.heard, |held_out| &held_out.training);
    let course = Course::new(params, &Training { heard, ..*training });
    let mut standing = match training.resume {
        Some(checkpoint) => Standing::resume(params, training, checkpoint)?,
        None => {
            let net = Net::new(params, training.rows.ids(), training.seed);
            Standing { epoch: 0, updates: 0, net, best: None }
        }
    };
    let mut pass = Pass::default();
    let mut tell =
        |iteration, step| observer(Progress { iteration, n_iterations: params.epochs, step });
    // What it costs to know nothing.
    let mut before = std::f64::consts::LN_2;
    if tell(standing.epoch, Step::Ready).is_break() {
        return Err(Error::Stopped(standing.checkpoint()));
    }
    while standing.epoch < params.epochs {
        standing.epoch += 1;
        let loss = standing.run(params, &course, &mut pass);
        // A wish to stop waits until the epoch is judged as well: a checkpoint lies between two epochs.
        let wish = tell(standing.epoch, Step::Iterated);
        if !loss.total().is_finite() || !standing.net.is_finite() {
            return Err(Error::Diverged { iteration: standing.epoch, loss: before });
        }
        before = loss.total();
        let ndcg = validation.as_ref().map(|held_out| standing.judge(&course, held_out));
        let measured = tell(standing.epoch, Step::Measured { loss, ndcg });
        if measured.is_break() || wish.is_break() {
            return Err(Error::Stopped(standing.checkpoint()));
        }
        let best_at = standing.best.as_ref().map_or(standing.epoch, |best| best.epoch);
        if standing.epoch - best_at >= params.patience {
            break;
        }
    }
    let Standing { net, best, .. } = standing;
    Ok(best.map_or_else(|| net.frozen(), |best| best.net))
}

impl Standing {
    /// One epoch; the mean loss of its examples, each before its step.
    fn run(&mut self, params: Params, course: &Course<'_>, pass: &mut Pass) -> Loss {
        let mut losses = Losses::default();
        course.epoch(self.epoch, |batch| {
            self.updates += 1;
            let rate = Rate::of(params.learning_rate, params.reg, self.updates);
            losses = losses.plus(pass.step(&mut self.net, &course.liked, batch, rate));
        });
        let weight = if losses.weight > 0.0 { losses.weight } else { 1.0 };
        let (observed, unobserved) = (losses.liked / weight, losses.others / weight);
        Loss { observed, unobserved, regularizer: 0.0 }
    }

    /// Remembers this network if none ranked the held-out pairs better, and says how well it does.
    fn judge(&mut self, course: &Course<'_>, held_out: &Validation) -> f64 {
        let scorer = Scorer::new(self.net.frozen());
        let ndcg = held_out.ndcg_by(scorer.n_items(), |u, scores| {
            let (items, weights) = course.liked.row(u);
            let liked = items.iter().map(|&i| i as usize).zip(weights.iter().copied());
            scorer.score(&scorer.represent(liked), scores);
        });
        if self.best.as_ref().is_none_or(|best| ndcg > best.ndcg) {
            self.best = Some(Best { epoch: self.epoch, ndcg, net: self.net.frozen() });
        }
        ndcg
    }

    fn checkpoint(mut self) -> Box<Checkpoint> {
        let mut arrays: Arrays = BTreeMap::new();
        let mut word = |name: &str, word: u64| {
            arrays.insert(name.to_owned(), Array::U64 { shape: vec![1], values: vec![word] });
        };
        word(UPDATES, self.updates);
        if let Some(best) = &self.best {
            word(BEST_AT, best.epoch as u64);
            word(BEST_NDCG, best.ndcg.to_bits());
            best.net.save(BEST, &mut arrays);
        }
        self.net.save("", &mut arrays);
        for (name, values) in self.net.memory() {
            let (shape, values) = (vec![values.len()], std::mem::take(values));
            arrays.insert(name, Array::F32 { shape, values });
        }
        Box::new(Checkpoint { iteration: self.epoch, arrays })
    }

    fn resume(
        params: Params,
        training: &Training<'_>,
        checkpoint: &Checkpoint,
    ) -> Result<Self, Error> {
        let (arrays, n_items) = (&mut checkpoint.arrays.clone(), training.rows.len());
        let mut net = Net::load("", params, n_items, arrays)?;
        for (name, values) in net.memory() {
            *values = take_f32(arrays, &name, &[values.len()])?;
        }
        let (epoch, updates) = (checkpoint.iteration, take_u64(arrays, UPDATES)?);
        let best = if arrays.contains_key(BEST_AT) {
            let net = Net::load(BEST, params, n_items, arrays)?;
            let at = usize::try_from(take_u64(arrays, BEST_AT)?).unwrap_or(usize::MAX);
            let ndcg = f64::from_bits(take_u64(arrays, BEST_NDCG)?);
            Some(Best { epoch: at.min(epoch), ndcg, net })
        } else {
            None
        };
        Ok(Self { epoch, updates, net, best })
    }
}
