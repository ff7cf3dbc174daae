//! What can be asked of `undersong tune`?

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use eval::tune::{Goal, Strategy, Wish};

use super::{Matter, at_least};

#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("budget").required(true).multiple(true).args(["minutes", "trials"]),
    after_help = "Examples:\n  \
    undersong tune --model ials --minutes 10 --out undersong.toml\n  \
    undersong tune --triples plays.tsv --model ials --minutes 10\n  \
    undersong tune --train train.txt --test test.txt --model ials:dim=128 --model ease --trials 200 --out undersong.toml\n  \
    undersong tune --triples plays.tsv --model bpr --strategy population --minutes 30 --plot search.svg\n\n\
    What a model string says is held; the rest is searched. The same command again goes on with its study."
)]
pub(crate) struct TuneArguments {
    #[command(flatten)]
    pub(crate) matter: Matter,
    /// A model string such as ials:dim=64, of which the rest is searched; may be repeated, and all share the budget
    #[arg(long = "model", value_name = "SPEC", required = true)]
    pub(crate) models: Vec<String>,
    /// Where to search, instead of where models say: reg=0.001..10:log,dim=32..256 or similarity=cosine|bm25
    #[arg(long, value_name = "NAME=RANGE,…", value_delimiter = ',')]
    pub(crate) space: Vec<Wish>,
    /// The metric that is to be as high as it can be, as `evaluate` calls it
    #[arg(long, value_name = "METRIC", default_value = "ndcg@20")]
    pub(crate) objective: Goal,
    /// In which order: all parameters at once (joint), strengths, size and iterations (stages), or strengths while models
    /// learn (population)
    #[arg(long, value_name = "HOW", default_value = "joint", value_parser = strategy)]
    pub(crate) strategy: Strategy,
    /// Minutes that all trials of the study may take together
    #[arg(long, value_name = "N", value_parser = minutes)]
    pub(crate) minutes: Option<f64>,
    /// Trials of the study
    #[arg(long, value_name = "N", value_parser = at_least::<1>)]
    pub(crate) trials: Option<usize>,
    /// The share of each user's liked pairs that is cut from the training to judge settings with
    #[arg(long, value_name = "SHARE", default_value_t = 0.2, value_parser = share)]
    pub(crate) validation: f64,
    /// The file that keeps the trials, a line each; a study that is there goes on
    #[arg(long, value_name = "FILE", default_value = "undersong-tune.jsonl")]
    pub(crate) study: PathBuf,
    /// Write the best model as a configuration there; a file that is there is left alone
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Draw the search there (SVG); of several models, a file for each
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,
}

fn strategy(text: &str) -> Result<Strategy, String> {
    let found = Strategy::ALL.into_iter().find(|strategy| strategy.name() == text);
    found.ok_or_else(|| "joint, stages or population expected".to_owned())
}

fn minutes(text: &str) -> Result<f64, String> {
    let minutes = text.parse().ok().filter(|minutes: &f64| *minutes > 0.0 && minutes.is_finite());
    minutes.ok_or_else(|| "a positive number of minutes expected".to_owned())
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share: &f64| 0.0 < *share && *share < 1.0);
    share.ok_or_else(|| "a share between 0 and 1 expected".to_owned())
}
