//! Factorization or two towers? Printed as a JSON line for what is asked, for each model, and for their differences.
//!
//! Each model is fitted once, without some listeners and recordings, and asked about those it knows, about listeners that
//! it does not know, and about recordings that it does not know; see [`part`].

mod answer;
mod lastfm;
mod part;
mod reliability;
mod simulated;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;
use models::Spec;
use serde_json::json;

use answer::Answers;
use part::Parts;

/// Asks models three questions about a simulated world or about HetRec 2011 Last.fm-2K
#[derive(Debug, Parser)]
struct Arguments {
    /// A world: `vectors` or `rules`
    #[arg(long, required_unless_present = "lastfm", conflicts_with = "lastfm")]
    tastes: Option<String>,
    /// Folder of HetRec 2011 Last.fm-2K
    #[arg(long)]
    lastfm: Option<PathBuf>,
    #[arg(long, default_value_t = 1000)]
    listeners: usize,
    #[arg(long, default_value_t = 6000)]
    recordings: usize,
    #[arg(long, default_value_t = 26)]
    weeks: usize,
    /// Length of the noise in how recordings sound; a style is some 1.2 long
    #[arg(long, default_value_t = 0.6)]
    noise: f32,
    /// Where all chance starts
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A model string; several times
    #[arg(long = "model", required = true)]
    models: Vec<String>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let spec = |text: &String| text.parse::<Spec>().with_context(|| text.clone());
    let specs = arguments.models.iter().map(spec).collect::<anyhow::Result<Vec<Spec>>>()?;
    let whole = match (&arguments.tastes, &arguments.lastfm) {
        (Some(tastes), _) => simulated::task(tastes, &arguments, &specs)?,
        (None, Some(folder)) => lastfm::task(folder, arguments.seed)?,
        (None, None) => anyhow::bail!("--tastes or --lastfm expected"),
    };
    let parts = Parts::of(&whole, arguments.seed);
    println!("{}", json!({"about": parts.about()}));
    let mut answers = Answers::new(&parts, arguments.seed);
    for (text, spec) in arguments.models.iter().zip(&specs) {
        println!("{}", answers.ask(text, spec)?);
    }
    println!("{}", json!({"differences": answers.differences()}));
    Ok(())
}
