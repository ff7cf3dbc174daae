//! What does the network of a hybrid learn from, step by step, and in what time?

use std::ops::ControlFlow;
use std::path::Path;

use bench::clock::timed;
use bench::npy;
use models::Training;
use models::hybrid::{self, Laid, Loss, Params, Rehearsal, Second};
use serde_json::{Value, json};

use crate::{Arguments, write_weights};

/// The first steps of a training that learns from pairs.
pub(crate) fn rehearse(
    params: &Params,
    training: &Training<'_>,
    arguments: &Arguments,
) -> anyhow::Result<Value> {
    anyhow::ensure!(
        params.second == Second::Network,
        "second=network expected: only it is learned in steps"
    );
    let is_plain = params.loss == Loss::Pairwise && params.loss_bound == 0.0;
    anyhow::ensure!(is_plain, "loss=pairwise,loss_bound=0 expected: the rival knows no other");
    let take = |rehearsal: &mut Rehearsal<'_>| steps(rehearsal, arguments);
    let observer = &mut |_| ControlFlow::Continue(());
    let taken = hybrid::rehearse(params, training, observer, take)?;
    let mut answer =
        taken.ok_or_else(|| anyhow::anyhow!("no list to learn from: more listens expected"))??;
    let Params { hidden, learning_rate, reg, completed_weight, skipped_weight, .. } = params;
    answer["params"] = json!({
        "hidden": hidden, "learning_rate": learning_rate, "weight_decay": reg,
        "head_weights": [1.0, completed_weight, skipped_weight],
    });
    Ok(answer)
}

fn steps(rehearsal: &mut Rehearsal<'_>, arguments: &Arguments) -> anyhow::Result<Value> {
    if let Some(folder) = &arguments.to {
        write_weights(rehearsal.weights(), folder)?;
    }
    let mut taken = Taken::default();
    let mut steps = Vec::new();
    for _ in 0..arguments.steps {
        let (n, laying) = timed(|| rehearsal.lay());
        if arguments.to.is_some() {
            taken.add(rehearsal.laid());
        }
        let (loss, learning) = timed(|| rehearsal.learn());
        steps.push(json!({"examples": n, "lay": laying, "learn": learning, "loss": loss}));
    }
    if let Some(folder) = &arguments.to {
        taken.write(folder, rehearsal.n_inputs())?;
    }
    Ok(json!({"lists": rehearsal.n_lists(), "inputs": rehearsal.n_inputs(), "steps": steps}))
}

/// All steps, one behind the other.
#[derive(Default)]
struct Taken {
    /// By step: its lists.
    n_lists: Vec<u32>,
    /// By list: its candidates.
    lengths: Vec<u32>,
    inputs: Vec<f32>,
    labels: [Vec<f32>; 3],
    weights: [Vec<f32>; 3],
}

impl Taken {
    fn add(&mut self, laid: Laid) {
        let count = |n: usize| u32::try_from(n).expect("a step is small");
        self.n_lists.push(count(laid.ends.len()));
        let starts = std::iter::once(&0).chain(&laid.ends);
        self.lengths.extend(laid.ends.iter().zip(starts).map(|(end, start)| count(end - start)));
        self.inputs.extend(laid.inputs);
        self.labels.iter_mut().zip(laid.labels).for_each(|(all, more)| all.extend(more));
        self.weights.iter_mut().zip(laid.weights).for_each(|(all, more)| all.extend(more));
    }

    fn write(&self, folder: &Path, n_inputs: usize) -> anyhow::Result<()> {
        let path = |name: &str| folder.join(format!("step_{name}.npy"));
        let n = self.labels[0].len();
        npy::write(&path("n_lists"), &[self.n_lists.len()], &self.n_lists)?;
        npy::write(&path("lengths"), &[self.lengths.len()], &self.lengths)?;
        npy::write(&path("inputs"), &[n, n_inputs], &self.inputs)?;
        npy::write(&path("labels"), &[3, n], &self.labels.concat())?;
        npy::write(&path("weights"), &[3, n], &self.weights.concat())?;
        Ok(())
    }
}
