//! How fast do two towers learn, or a network that orders candidates, step by step, and from what?
//!
//! The answer is printed as JSON, steps go to a folder as arrays.
//! The arrays are all that another trainer needs to take the same steps: the numbers that everything begins with, and
//! each step's batch, laid out.

mod ranker;
mod towers;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bench::npy;
use clap::Parser;
use engine::{Bare, Unobserved};
use listens::{Layout, TripleOptions};
use models::{Array, Spec, Training};
use serde_json::json;

/// Takes the first steps of a training of two towers that are told of ids alone, or of the network of a hybrid
#[derive(Debug, Parser)]
struct Arguments {
    /// A table of user, item and value
    #[arg(long)]
    triples: PathBuf,
    #[arg(long, default_value = "two-tower:by=id,validation=0")]
    model: Spec,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many steps
    #[arg(long, default_value_t = 200)]
    steps: usize,
    /// Two towers: also trains for an epoch, as anybody would
    #[arg(long)]
    epoch: bool,
    /// Where the arrays go
    #[arg(long)]
    to: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let options = TripleOptions::plain(Layout::Table, &[]);
    let (heard, rows) = Bare::read(&arguments.triples, &options, &mut Unobserved)?.into_matrix();
    let training = Training::new(&heard, &rows, arguments.seed);
    if let Some(folder) = &arguments.to {
        fs_err::create_dir_all(folder)?;
    }
    let mut answer = match &arguments.model {
        Spec::TwoTower(params) => towers::rehearse(*params, &training, &arguments)?,
        Spec::Hybrid(params) => ranker::rehearse(params, &training, &arguments)?,
        other => anyhow::bail!(
            "`two-tower:by=id` or `hybrid` with more parameters expected, got `{other}`"
        ),
    };
    answer["model"] = json!(arguments.model.to_string());
    answer["listeners"] = json!(heard.n_rows());
    answer["recordings"] = json!(heard.n_cols());
    println!("{answer}");
    Ok(())
}

/// Writes what everything begins with.
fn write_weights(weights: BTreeMap<String, Array>, folder: &Path) -> anyhow::Result<()> {
    for (name, array) in weights {
        if let Array::F32 { shape, values } = array {
            npy::write(&folder.join(format!("{name}.npy")), &shape, &values)?;
        }
    }
    Ok(())
}
