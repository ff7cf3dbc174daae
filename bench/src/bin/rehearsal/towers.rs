//! What do two towers learn from, step by step, and in what time?

use std::ops::ControlFlow;
use std::path::Path;

use bench::clock::{Stopwatch, timed};
use bench::npy;
use engine::Observer;
use models::two_tower::{self, Laid, Params, Rehearsal};
use models::{Step, Training};
use serde_json::{Value, json};

use crate::{Arguments, write_weights};

/// The first steps of a training of towers that are told of ids alone.
pub(crate) fn rehearse(
    params: Params,
    training: &Training<'_>,
    arguments: &Arguments,
) -> anyhow::Result<Value> {
    anyhow::ensure!(params.by == two_tower::By::Id, "by=id expected: a rehearsal knows ids alone");
    let mut rehearsal = Rehearsal::new(params, training)?;
    if let Some(folder) = &arguments.to {
        write_weights(rehearsal.weights(), folder)?;
    }
    let n_examples = rehearsal.n_examples();
    let mut taken = Taken::default();
    for _ in 0..arguments.steps {
        let (n, laying) = timed(|| rehearsal.lay());
        if arguments.to.is_some() {
            taken.add(rehearsal.laid());
        }
        let (loss, learning) = timed(|| rehearsal.learn());
        taken.steps.push(json!({"examples": n, "lay": laying, "learn": learning, "loss": loss}));
    }
    if let Some(folder) = &arguments.to {
        taken.write(folder)?;
    }
    drop(rehearsal);
    let epoch = if arguments.epoch { Some(epoch_seconds(params, training)?) } else { None };
    let Params { dim, hidden, temperature, learning_rate, weight_decay, hard_weight, .. } = params;
    Ok(json!({
        "examples": n_examples,
        "params": {
            "dim": dim, "hidden": hidden, "history": params.history, "batch": params.batch,
            "temperature": temperature, "learning_rate": learning_rate,
            "weight_decay": weight_decay, "hard_weight": hard_weight,
        },
        "steps": taken.steps,
        "epoch_seconds": epoch,
    }))
}

/// Seconds of the one epoch of a training, without what is prepared before and judged after.
fn epoch_seconds(params: Params, training: &Training<'_>) -> anyhow::Result<f64> {
    let params = Params { epochs: 1, validation: 0.0, ..params };
    let mut clock = Stopwatch::default();
    let mut seconds = 0.0;
    let watch = &mut |progress: models::Progress| {
        match progress.step {
            Step::Ready => clock.begin("epoch", None),
            Step::Iterated => seconds = clock.end(),
            Step::Measured { .. } => {}
        }
        ControlFlow::Continue(())
    };
    two_tower::fit(params, training, watch)?;
    Ok(seconds)
}

/// All steps, one behind the other.
#[derive(Default)]
struct Taken {
    steps: Vec<Value>,
    /// By step, with the end of the last: where its examples, tokens, items, offsets and pairs left out begin.
    places: Vec<i64>,
    /// By example: its tokens.
    lengths: Vec<u32>,
    tokens: Vec<u32>,
    outcomes: Vec<u8>,
    ages: Vec<u8>,
    weights: Vec<f32>,
    items: Vec<u32>,
    offsets: Vec<f32>,
    left_out: Vec<u32>,
    /// By example: the place of its hard negative among the items of the step, −1 where there is none.
    hard: Vec<i64>,
}

impl Taken {
    fn add(&mut self, laid: Laid) {
        self.place();
        let length = |pair: &[usize]| u32::try_from(pair[1] - pair[0]).expect("tokens are few");
        self.lengths.extend(laid.starts.windows(2).map(length));
        self.tokens.extend(laid.tokens);
        self.outcomes.extend(laid.outcomes);
        self.ages.extend(laid.ages);
        self.weights.extend(laid.weights);
        self.items.extend(laid.items);
        self.offsets.extend(laid.offsets);
        self.left_out.extend(laid.left_out.as_flattened());
        self.hard.extend(laid.hard.iter().map(|hard| hard.map_or(-1, i64::from)));
    }

    fn place(&mut self) {
        let ends = [
            self.lengths.len(),
            self.tokens.len(),
            self.items.len(),
            self.offsets.len(),
            self.left_out.len() / 2,
        ];
        self.places.extend(ends.map(|end| i64::try_from(end).expect("an array fits in memory")));
    }

    fn write(&mut self, folder: &Path) -> anyhow::Result<()> {
        self.place();
        let path = |name: &str| folder.join(format!("step_{name}.npy"));
        npy::write(&path("places"), &[self.places.len() / 5, 5], &self.places)?;
        npy::write(&path("lengths"), &[self.lengths.len()], &self.lengths)?;
        npy::write(&path("tokens"), &[self.tokens.len()], &self.tokens)?;
        npy::write(&path("outcomes"), &[self.outcomes.len()], &self.outcomes)?;
        npy::write(&path("ages"), &[self.ages.len()], &self.ages)?;
        npy::write(&path("weights"), &[self.weights.len()], &self.weights)?;
        npy::write(&path("items"), &[self.items.len()], &self.items)?;
        npy::write(&path("offsets"), &[self.offsets.len()], &self.offsets)?;
        npy::write(&path("left_out"), &[self.left_out.len() / 2, 2], &self.left_out)?;
        npy::write(&path("hard"), &[self.hard.len()], &self.hard)?;
        Ok(())
    }
}
