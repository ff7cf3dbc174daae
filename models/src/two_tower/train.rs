//! When is an epoch run, and when is it enough?
//!
//! Until the epochs are done, or the ranking of what was held out no longer improves.

mod rehearsal;

use linalg::{Isa, Matrix, dots_with_all, top_k};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::batch::{Batch, Course};
use super::examples::Example;
use super::item_inputs::{ItemRow, Parts};
use super::listener_inputs::ListenerRows;
use super::loss::{Gradients, loss};
use super::net::Net;
use super::params::Params;
use super::tower::Pass;
use crate::array::{Arrays, take_f32, take_u64};
use crate::network::{Rate, Touched};
use crate::{Array, Checkpoint, Error, Loss, Observer, Progress, Step};

pub use rehearsal::{Laid, Rehearsal};

/// Length of the list that is judged.
const LIST: usize = 20;
/// Items that go through a tower at a time when nothing is learned.
const BLOCK: usize = 2048;

/// Where a training stands after an epoch.
struct Standing {
    epoch: usize,
    /// Steps so far.
    updates: u64,
    net: Net,
    best: Option<Best>,
}

/// The epoch that ranked what was held out best.
struct Best {
    epoch: usize,
    ndcg: f64,
    net: Net,
}

/// Memory that every step uses anew.
#[derive(Default)]
struct Scratch {
    batch: Batch,
    items: Pass,
    listeners: Pass,
    gradients: Gradients,
    parts: Parts,
    /// Gradients by the inputs of items, of listeners and of listens, then the direction of attention.
    arena: Vec<f32>,
    touched: Vec<Touched>,
}

/// Runs the epochs, from the start or from where the training was stopped.
pub(super) fn train(
    course: &Course<'_>,
    net: Net,
    held_out: &[Example],
    resume: Option<&Checkpoint>,
    observer: &mut Observer<'_>,
) -> Result<Net, Error> {
    let params = &course.params;
    let mut standing = Standing { epoch: 0, updates: 0, net, best: None };
    if let Some(checkpoint) = resume {
        standing.resume(checkpoint)?;
    }
    let mut tell =
        |iteration, step| observer(Progress { iteration, n_iterations: params.epochs, step });
    if tell(standing.epoch, Step::Ready).is_break() {
        return Err(Error::Stopped(standing.checkpoint()));
    }
    let mut scratch = Scratch::default();
    // What a network that knows nothing would lose.
    let mut before = (course.by_id.len().max(1) as f64).ln();
    while standing.epoch < params.epochs && !course.examples.is_empty() {
        standing.epoch += 1;
        let observed = standing.run_epoch(course, &mut scratch);
        // A wish to stop waits until the epoch is judged as well: a checkpoint lies between two epochs.
        let wish = tell(standing.epoch, Step::Iterated);
        if !observed.is_finite() || !standing.net.is_finite() {
            return Err(Error::Diverged { iteration: standing.epoch, loss: before });
        }
        before = observed;
        let loss = Loss { observed, ..Loss::default() };
        let ndcg = (!held_out.is_empty()).then(|| standing.judge(course, held_out));
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
    Ok(best.map_or(net, |best| best.net))
}

impl Standing {
    /// Visits every example once; the mean loss of them.
    ///
    /// While one step is learned from, the next one is laid out: what it holds does not depend on what is learned.
    fn run_epoch(&mut self, course: &Course<'_>, scratch: &mut Scratch) -> f64 {
        let order = course.order(self.epoch);
        let epoch = self.epoch as u64;
        let mut steps = (0..).zip(order.chunks(course.params.batch)).peekable();
        let lay = |step: Option<&(u64, &[u32])>, batch: &mut Batch| {
            if let Some((step, examples)) = step {
                course.lay([epoch, *step], examples, batch);
            }
        };
        let (mut sum, mut next) = (0.0, Batch::default());
        lay(steps.peek(), &mut next);
        while let Some((_, examples)) = steps.next() {
            std::mem::swap(&mut scratch.batch, &mut next);
            self.updates += 1;
            let (net, update) = (&mut self.net, self.updates);
            let following = steps.peek();
            let (loss, ()) =
                rayon::join(|| net.learn(course, scratch, update), || lay(following, &mut next));
            sum += loss * examples.len() as f64;
        }
        sum / order.len() as f64
    }

    /// Remembers this net if none ranked the held-out items better, and says how well it does.
    fn judge(&mut self, course: &Course<'_>, held_out: &[Example]) -> f64 {
        let items = self.net.item_vectors(course);
        let listeners = self.net.listener_vectors(course, held_out);
        let of_example = |at: usize| {
            let example = &held_out[at];
            let mut scores = vec![0.0; items.n_rows()];
            dots_with_all(&items, listeners.row(at), &mut scores, Isa::best());
            let (known, _) = course.heard.row(example.user as usize);
            let known: Vec<u32> =
                known.iter().copied().filter(|item| *item != example.item).collect();
            let best = top_k(&scores, LIST, &known);
            let place = best.iter().position(|(item, _)| *item == example.item);
            place.map_or(0.0, |place| 1.0 / (place as f64 + 2.0).log2())
        };
        let gains: Vec<f64> = (0..held_out.len()).into_par_iter().map(of_example).collect();
        let ndcg = gains.iter().sum::<f64>() / gains.len() as f64;
        if self.best.as_ref().is_none_or(|best| ndcg > best.ndcg) {
            self.best = Some(Best { epoch: self.epoch, ndcg, net: self.net.clone() });
        }
        ndcg
    }
}

impl Net {
    /// Learns from the batch that was laid out by the update of that number; the mean loss before.
    fn learn(&mut self, course: &Course<'_>, scratch: &mut Scratch, update: u64) -> f64 {
        let Params { learning_rate, weight_decay, .. } = course.params;
        let rate = |decay| Rate::of(learning_rate, decay, update);
        let loss = self.differentiate(course, scratch);
        self.step(scratch, [rate(weight_decay), rate(0.0)]);
        loss
    }

    /// The mean loss of the batch that was laid out, and its gradients: those of layers in them, those of tables in parts.
    fn differentiate(&mut self, course: &Course<'_>, scratch: &mut Scratch) -> f64 {
        let Scratch { batch, items, listeners, gradients, parts, arena, .. } = scratch;
        self.gather_items(&course.encoded, &batch.items, &mut items.inputs);
        self.gather_listeners(&course.encoded, &mut batch.listeners, &mut listeners.inputs);
        self.items.forward(items);
        self.listeners.forward(listeners);
        let loss = loss(&course.params, &batch.columns, &listeners.units, &items.units, gradients);
        let start = items.inputs.len();
        let listens = start + listeners.inputs.len();
        let direction = listens + batch.listeners.listens.n_inputs();
        arena.resize(direction + course.params.dim, 0.0);
        let (d_items, rest) = arena.split_at_mut(start);
        let (d_listeners, rest) = rest.split_at_mut(listens - start);
        let (d_listens, of_attention) = rest.split_at_mut(direction - listens);
        self.items.backward(items, &mut gradients.items, d_items);
        self.listeners.backward(listeners, &mut gradients.listeners, d_listeners);
        self.listens_backward(&mut batch.listeners.listens, d_listeners, d_listens);
        self.attend_backward(&mut batch.listeners, d_listeners);
        of_attention.copy_from_slice(&self.attention.values[..course.params.dim]);
        parts.clear(self.words.len());
        self.item_parts(&course.encoded, &batch.items, 0, parts);
        self.listener_parts(&course.encoded, &batch.listeners, (start, direction), parts);
        self.listen_parts(&course.encoded, &batch.listeners.listens, listens, parts);
        loss
    }

    /// Follows the gradients.
    fn step(&mut self, scratch: &mut Scratch, [layers, tables]: [Rate; 2]) {
        let Scratch { parts, arena, touched, .. } = scratch;
        touched.resize_with(self.words.len() + 2, Touched::default);
        self.ids.step(&parts.ids, arena, &mut touched[0], tables);
        self.levels.step(&parts.levels, arena, &mut touched[1], tables);
        let words = self.words.iter_mut().zip(&parts.words).zip(&mut touched[2..]);
        words.for_each(|((words, parts), touched)| words.step(parts, arena, touched, tables));
        self.attention.step(tables);
        self.sequence.iter_mut().for_each(|sequence| sequence.step(layers));
        self.items.step(layers);
        self.listeners.step(layers);
    }

    /// Where every item of the training lies when the log ends.
    pub(super) fn item_vectors(&self, course: &Course<'_>) -> Matrix {
        let row = |item: u32| {
            let slice = course.popularity.end();
            ItemRow::new(&course.encoded, &course.popularity, item, slice, 0.0)
        };
        let n = u32::try_from(course.encoded.n_items).expect("item rows are u32");
        self.vectors_of(&course.encoded, &(0..n).map(row).collect::<Vec<_>>())
    }

    /// Where items lie.
    pub(super) fn vectors_of(&self, encoded: &super::encoded::Encoded, rows: &[ItemRow]) -> Matrix {
        let mut pass = Pass::default();
        let mut vectors = Vec::with_capacity(rows.len() * self.items.dim());
        for rows in rows.chunks(BLOCK) {
            self.gather_items(encoded, rows, &mut pass.inputs);
            self.items.forward(&mut pass);
            vectors.extend_from_slice(&pass.units);
        }
        Matrix::from_vec(rows.len(), self.items.dim(), vectors)
    }

    /// Where the listeners of some examples lie.
    pub(super) fn listener_vectors(&self, course: &Course<'_>, examples: &[Example]) -> Matrix {
        let (mut rows, mut pass) = (ListenerRows::default(), Pass::default());
        let mut vectors = Vec::with_capacity(examples.len() * self.listeners.dim());
        for examples in examples.chunks(course.params.encoder.block()) {
            let examples: Vec<&Example> = examples.iter().collect();
            course.lay_listeners(&examples, None, &mut rows);
            self.gather_listeners(&course.encoded, &mut rows, &mut pass.inputs);
            self.listeners.forward(&mut pass);
            vectors.extend_from_slice(&pass.units);
        }
        Matrix::from_vec(examples.len(), self.listeners.dim(), vectors)
    }
}

const UPDATES: &str = "updates";
const BEST: &str = "best_";
const BEST_AT: &str = "best_iteration";
const BEST_NDCG: &str = "best_ndcg_bits";

impl Standing {
    fn checkpoint(&mut self) -> Box<Checkpoint> {
        let mut arrays = Arrays::new();
        let mut put = |prefix: &str, net: &mut Net| {
            for (name, values) in net.learned() {
                let array = Array::F32 { shape: vec![values.len()], values: values.clone() };
                arrays.insert(format!("{prefix}{name}"), array);
            }
        };
        put("", &mut self.net);
        if let Some(best) = &mut self.best {
            put(BEST, &mut best.net);
            let number = |x: u64| Array::U64 { shape: vec![1], values: vec![x] };
            arrays.insert(BEST_AT.to_owned(), number(best.epoch as u64));
            arrays.insert(BEST_NDCG.to_owned(), number(best.ndcg.to_bits()));
        }
        let updates = Array::U64 { shape: vec![1], values: vec![self.updates] };
        arrays.insert(UPDATES.to_owned(), updates);
        Box::new(Checkpoint { iteration: self.epoch, arrays })
    }

    fn resume(&mut self, checkpoint: &Checkpoint) -> Result<(), Error> {
        let mut arrays = checkpoint.arrays.clone();
        let take = |prefix: &str, net: &mut Net, arrays: &mut Arrays| {
            for (name, values) in net.learned() {
                *values = take_f32(arrays, &format!("{prefix}{name}"), &[values.len()])?;
            }
            Ok::<(), Error>(())
        };
        take("", &mut self.net, &mut arrays)?;
        if arrays.contains_key(BEST_AT) {
            let mut net = self.net.clone();
            take(BEST, &mut net, &mut arrays)?;
            let epoch = usize::try_from(take_u64(&mut arrays, BEST_AT)?).unwrap_or(usize::MAX);
            let ndcg = f64::from_bits(take_u64(&mut arrays, BEST_NDCG)?);
            self.best = Some(Best { epoch, ndcg, net });
        }
        self.updates = take_u64(&mut arrays, UPDATES)?;
        self.epoch = checkpoint.iteration;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
