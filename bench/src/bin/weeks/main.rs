//! What do half a year of weekly lists do to their listeners? Printed as JSON, one world and one way to make lists at a time.
//!
//! A world plays some weeks without lists; then each week its log is imported, models are trained, everybody gets a list
//! and reacts by the hidden taste, see [`eval::closed_loop`].

use std::path::PathBuf;

use bench::clock::{Stopwatch, timed};
use clap::Parser;
use engine::{Config, Train};
use eval::{Course, MadeBy, closed_loop};
use serde::Deserialize;
use serde_json::json;
use world::{Flaws, Params, ParseTastesError, Tastes};

/// Measures one way to make lists in one world
#[derive(Debug, Parser)]
struct Arguments {
    /// `vectors` or `rules`
    #[arg(long)]
    tastes: String,
    /// Seed of everything in the world
    #[arg(long)]
    seed: u64,
    #[arg(long, default_value_t = 150)]
    listeners: usize,
    #[arg(long, default_value_t = 8000)]
    recordings: usize,
    /// Weeks before the first list
    #[arg(long, default_value_t = 12)]
    warm_up: usize,
    /// Weeks with lists
    #[arg(long, default_value_t = 26)]
    weeks: usize,
    /// Lines of a list; half a year of 30 would use up what people love of so small a catalogue
    #[arg(long, default_value_t = 10)]
    size: u32,
    /// The log tells everything as it was
    #[arg(long)]
    flawless: bool,
    /// A JSON object: a variant
    #[arg(long)]
    variant: PathBuf,
}

/// A way to make lists.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Variant {
    group: String,
    name: String,
    /// Lines of `undersong.toml`.
    #[serde(default)]
    config: String,
    /// Model strings, the serving one first.
    models: Vec<String>,
    #[serde(default)]
    maker: By,
}

/// Who makes the lists.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum By {
    #[default]
    Weekly,
    Loved,
    Random,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let variant: Variant = serde_json::from_str(&fs_err::read_to_string(&arguments.variant)?)?;
    let course = arguments.course()?;
    let place = tempfile::tempdir()?;
    let config = variant.config(&place.path().join("undersong.toml"))?;
    let maker = match variant.maker {
        By::Weekly => MadeBy::Weekly(&config),
        By::Loved => MadeBy::Loved,
        By::Random => MadeBy::Random,
    };
    let mut stopwatch = Stopwatch::default();
    let place = place.path().join("loop");
    let (reports, seconds) = timed(|| closed_loop(&course, maker, &place, &mut stopwatch));
    let Variant { group, name, .. } = variant;
    let answer = json!({
        "world": {"tastes": arguments.tastes, "seed": arguments.seed},
        "group": group,
        "name": name,
        "weeks": reports?,
        "seconds": seconds,
        "steps": stopwatch.steps(),
    });
    println!("{answer}");
    Ok(())
}

impl Arguments {
    fn course(&self) -> Result<Course, ParseTastesError> {
        let tastes: Tastes = self.tastes.parse()?;
        let world = Params {
            tastes,
            seed: self.seed,
            listeners: self.listeners,
            recordings: self.recordings,
            flaws: if self.flawless { Flaws::default() } else { Flaws::typical() },
            hunting: if self.flawless { 0.0 } else { 0.15 },
            fickleness: 1.0,
            ..Params::default()
        };
        Ok(Course { world, warm_up: self.warm_up, weeks: self.weeks, size: self.size })
    }
}

impl Variant {
    fn config(&self, path: &std::path::Path) -> anyhow::Result<Config> {
        fs_err::write(path, &self.config)?;
        let config = Config::read(path)?;
        Ok(Config { train: Train { models: self.models.clone() }, ..config })
    }
}
