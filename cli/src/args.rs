//! What can be asked?

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use listens::Format as LogFormat;
use music::{ImportId, ItemKind, ListKind, Week};

pub(crate) use controls::{
    Edge, ExposureArguments, LeaningArguments, LeaveOutArguments, LeaveOutParts, LibraryArguments,
    LibraryChange, OnboardArguments, PolicyArguments, PolicyChange, SettingsArguments,
};
pub(crate) use evaluate::{EvaluateArguments, How, Matter};
pub(crate) use insight::{
    Explain, ExplainArguments, SimilarArguments, TasteArguments, TrustArguments,
};
pub(crate) use tune::TuneArguments;

mod controls;
mod evaluate;
mod insight;
mod tune;

/// An open Discover Weekly: every Monday about thirty recordings you never heard and will probably love, and why.
#[derive(Debug, Parser)]
#[command(name = "undersong", version, arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Data folder [default: the platform's data directory]
    #[arg(long, global = true, value_name = "DIR", env = "UNDERSONG_DATA", hide_env_values = true)]
    pub(crate) data: Option<PathBuf>,
    /// Threads to work with [default: all cores]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Answer as JSON, for machines
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// See it work on a simulated world: no data needed, nothing kept
    Demo(DemoArguments),
    /// Import a listening history, a table of counts, a catalogue or feedback
    Import(Box<ImportArguments>),
    /// Learn from everything imported and make the result serve
    Train(TrainArguments),
    /// Fit models to a bare table of user, item and value, to compare with other libraries
    Fit(FitArguments),
    /// How good models are: fitted to one part of a log or table, judged by the other
    Evaluate(Box<EvaluateArguments>),
    /// Find good settings of models without a look at the test
    Tune(Box<TuneArguments>),
    /// This week's list, with a reason on every line
    Weekly(WeeklyArguments),
    /// The lists of past weeks
    #[command(after_help = "Example: undersong history --listener ada")]
    History(ListenerArgument),
    /// Never show an artist, a recording or a tag again
    Block(BlockArguments),
    /// Take a block back
    #[command(after_help = "Example: undersong unblock --listener ada artist \"Some Artist\"")]
    Unblock(BlockArguments),
    /// Say what a listener who comes loves, before any listen tells
    Onboard(OnboardArguments),
    /// More like an artist, a recording or a tag
    #[command(after_help = "Example: undersong more --listener ada tag slowcore")]
    More(LeaningArguments),
    /// Less like an artist, a recording or a tag
    #[command(after_help = "Example: undersong less --listener ada artist \"Some Artist\"")]
    Less(LeaningArguments),
    /// Leave out part of what was heard, in retrospect: hours, days, a device, a session, a label
    LeaveOut(LeaveOutArguments),
    /// What a listener wants of the lists
    Settings(SettingsArguments),
    /// Say that a listener likes a recording
    Like(OpinionArguments),
    /// Say that a listener dislikes a recording
    #[command(
        after_help = "Example: undersong dislike --listener ada \"Some Artist - Some Title\""
    )]
    Dislike(OpinionArguments),
    /// Take a like or dislike back
    #[command(after_help = "Example: undersong unlike --listener ada \"Some Artist - Some Title\"")]
    Unlike(OpinionArguments),
    /// Who listens here; merge, rename or delete them
    Listeners(ListenersArguments),
    /// What the operator denies or labels
    Policy(PolicyArguments),
    /// What is owned, by everybody or by a listener
    Library(LibraryArguments),
    /// What is like a recording, an artist or a listener
    Similar(SimilarArguments),
    /// The regions of a listener's taste
    Taste(TasteArguments),
    /// How the lists share attention out, and for which listeners they are good
    Exposure(ExposureArguments),
    /// Carry recording vectors from one installation to another
    Factors(FactorsArguments),
    /// Which accounts are believed less, and why
    Trust(TrustArguments),
    /// What a model learned, in words
    Explain(ExplainArguments),
    /// Every model with its parameters and defaults
    #[command(after_help = "Example: undersong models")]
    Models,
    /// What is in the store, which snapshot serves, what imports rejected
    #[command(after_help = "Example: undersong status")]
    Status,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: undersong demo --tastes rules --seed 7")]
pub(crate) struct DemoArguments {
    /// Simulated listeners
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = at_least::<10>)]
    pub(crate) listeners: usize,
    /// Simulated recordings
    #[arg(long, value_name = "N", default_value_t = 4000, value_parser = at_least::<100>)]
    pub(crate) recordings: usize,
    /// Simulated weeks
    #[arg(long, value_name = "N", default_value_t = 26, value_parser = at_least::<2>)]
    pub(crate) weeks: usize,
    /// Where all randomness starts
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(..=1_000_000_000))]
    pub(crate) seed: u64,
    /// Form of the hidden tastes: points in a space (vectors), or rules, moods and word of mouth (rules)
    #[arg(long, value_name = "KIND", default_value = "vectors")]
    pub(crate) tastes: world::Tastes,
    /// The model that makes the lists [default: the configuration's]
    #[arg(long, value_name = "SPEC")]
    pub(crate) model: Option<models::Spec>,
    /// Repeat for that many seeds in both worlds and print a table instead of a list
    #[arg(long, value_name = "SEEDS", value_parser = clap::value_parser!(u64).range(2..=1000))]
    pub(crate) repeat: Option<u64>,
    /// Only write the simulated log there (Last.fm-1K form) and stop
    #[arg(long, value_name = "FILE", conflicts_with = "repeat")]
    pub(crate) log: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    undersong import my_spotify_data.zip\n  \
    undersong import --background shared-log.tsv\n  \
    undersong import counts.tsv --format triples --columns listener=userID,item=artistID,count=weight\n  \
    undersong import --undo 3")]
pub(crate) struct ImportArguments {
    /// Files, folders or zips
    #[arg(value_name = "PATH", required_unless_present = "undo")]
    pub(crate) paths: Vec<PathBuf>,
    /// What the files are [default: recognized from their content]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<LogFormat>,
    /// Whose history it is [default: as the log says, else "me"]
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) listener: Option<String>,
    /// The listeners only teach: they get no list, and their names are not kept
    #[arg(long)]
    pub(crate) background: bool,
    /// Keep country and a coarse device class, which are left out otherwise
    #[arg(long)]
    pub(crate) keep_context: bool,
    /// Which column is what, by name or by number from 1, as in listener=userID,item=2,count=3
    #[arg(long, value_name = "ROLE=COLUMN,…", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// Names of the items of a table: a delimited file of id and name
    #[arg(long, value_name = "FILE")]
    pub(crate) item_names: Option<PathBuf>,
    /// Names of the tags of a table: a delimited file of id and name
    #[arg(long, value_name = "FILE")]
    pub(crate) tag_names: Option<PathBuf>,
    /// What the items of a table are: recordings or artists [default: from the name of the item column]
    #[arg(long, value_name = "KIND", value_parser = items)]
    pub(crate) items: Option<ItemKind>,
    /// Time zone of exports that do not say theirs
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub(crate) timezone: String,
    /// Take an import back, by its number
    #[arg(long, value_name = "ID", conflicts_with = "paths")]
    pub(crate) undo: Option<ImportId>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: undersong train --model ials:dim=128 --model item-knn")]
pub(crate) struct TrainArguments {
    /// A model string such as ials:dim=128; the first one serves [default: as configured]
    #[arg(long = "model", value_name = "SPEC")]
    pub(crate) models: Vec<models::Spec>,
    /// Learn only from what was known before that day
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<jiff::civil::Date>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    undersong fit --triples plays.tsv --model ials:dim=128 --model ease --json\n  \
    undersong fit --triples ratings.csv --model ials --save factors\n\n\
    A negative value says that the user knows the item and does not like it.")]
pub(crate) struct FitArguments {
    /// A table with a header: user, item, and a value where there is one; ids may be any text
    #[arg(long, value_name = "FILE")]
    pub(crate) triples: PathBuf,
    /// A model string such as ials:dim=64,iterations=15; may be repeated
    #[arg(long = "model", value_name = "SPEC", required = true)]
    pub(crate) models: Vec<models::Spec>,
    /// Which column is what, by name or by number from 1, as in user=userID,item=2,value=3
    #[arg(long, value_name = "ROLE=COLUMN,…", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// Where all randomness starts
    #[arg(long, value_name = "N", default_value_t = 42)]
    pub(crate) seed: u64,
    /// Write the model's arrays (.npy) and the ids of their rows there; of several models, a folder in it for each
    #[arg(long, value_name = "DIR")]
    pub(crate) save: Option<PathBuf>,
    /// Go on with the fit that was stopped in the folder of --save
    #[arg(long, requires = "save")]
    pub(crate) resume: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  undersong weekly\n  undersong weekly --listener ada --week 2026-W47 --format xspf --out playlists\n  undersong weekly --all --json"
)]
pub(crate) struct WeeklyArguments {
    #[command(flatten)]
    pub(crate) whose: ListenerArgument,
    /// A list for every listener
    #[arg(long, conflicts_with = "listener")]
    pub(crate) all: bool,
    /// The week, such as 2026-W47 [default: this one]
    #[arg(long, value_name = "WEEK")]
    pub(crate) week: Option<Week>,
    /// One list for several, with commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',', conflicts_with_all = ["listener", "all", "kind", "at", "as_of"])]
    pub(crate) blend: Vec<String>,
    /// weekly-exploration (new), weekly-jams (known, not heard recently) or weekly-both [default: the listener's setting]
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<ListKind>,
    /// For a moment of the week instead of the whole week, such as 2026-11-22T09:00; keeps nothing
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<jiff::civil::DateTime>,
    /// Lines of the list [default: as configured, 30]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) size: Option<u32>,
    /// From what was known on that day; keeps nothing
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<jiff::civil::Date>,
    /// A new list, even where there is one; what was shown before stays shown
    #[arg(long)]
    pub(crate) refresh: bool,
    /// Show the list without keeping it
    #[arg(long, conflicts_with = "refresh")]
    pub(crate) dry_run: bool,
    /// table, json, jspf, xspf or m3u8
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: formats::Format,
    /// Write a file for each list into that folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ListenerArgument {
    /// The listener [default: the only one]
    #[arg(long, value_name = "NAME")]
    pub(crate) listener: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: undersong block --listener ada artist \"Some Artist\"")]
pub(crate) struct BlockArguments {
    #[command(flatten)]
    pub(crate) whose: ListenerArgument,
    /// What to block
    #[arg(value_name = "artist|recording|tag")]
    pub(crate) kind: BlockKind,
    /// Which one: a name, an id, an MBID, "Artist - Title"
    #[arg(value_name = "VALUE", value_parser = name)]
    pub(crate) value: String,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum BlockKind {
    Artist,
    Recording,
    Tag,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: undersong like --listener ada \"Some Artist - Some Title\"")]
pub(crate) struct OpinionArguments {
    #[command(flatten)]
    pub(crate) whose: ListenerArgument,
    /// An id, an MBID, an ISRC, a Spotify link, "Artist - Title"; an artist's name where artists stand as items
    #[arg(value_name = "RECORDING")]
    pub(crate) recording: String,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  undersong listeners\n  undersong listeners merge ada.old ada\n  undersong listeners timezone ada Europe/Berlin"
)]
pub(crate) struct ListenersArguments {
    #[command(subcommand)]
    pub(crate) change: Option<ListenersChange>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ListenersChange {
    /// Two accounts of one person: everything of the first becomes the second's
    Merge {
        /// The account that goes
        from: String,
        /// The account that stays
        into: String,
    },
    /// Another name for a listener
    Rename {
        /// The name so far
        from: String,
        /// The name from now on
        #[arg(value_parser = name)]
        to: String,
    },
    /// Everything of a listener, for ever
    Delete {
        /// The listener
        name: String,
    },
    /// The zone in which a listener's weeks start
    Timezone {
        /// The listener
        name: String,
        /// An IANA name such as Europe/Berlin
        zone: String,
    },
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  undersong factors export shared.factors.zip\n  undersong factors import shared.factors.zip"
)]
pub(crate) struct FactorsArguments {
    #[command(subcommand)]
    pub(crate) change: FactorsChange,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FactorsChange {
    /// Write the serving vectors with names and ids, and no history
    Export {
        /// Where to
        file: PathBuf,
        /// Leave out recordings that fewer listeners like
        #[arg(long, value_name = "N", default_value_t = 5)]
        min_listeners: u32,
    },
    /// Serve from vectors learned elsewhere
    Import {
        /// Where from
        file: PathBuf,
    },
}

/// A number of things, within what fits in memory.
fn at_least<const N: usize>(text: &str) -> Result<usize, String> {
    let most = 10_000_000;
    text.parse()
        .ok()
        .filter(|n| (N..=most).contains(n))
        .ok_or_else(|| format!("a number from {N} to {most} expected, got `{text}`"))
}

/// Something to call somebody or something by: one line with something to see on it.
fn name(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err("a name on one line expected, with something to see on it".to_owned());
    }
    Ok(text.trim().to_owned())
}

fn items(text: &str) -> Result<ItemKind, String> {
    [ItemKind::Recordings, ItemKind::Artists]
        .into_iter()
        .find(|kind| kind.name() == text)
        .ok_or_else(|| format!("recordings or artists expected, got `{text}`"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Arguments;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
