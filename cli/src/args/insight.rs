//! What can be asked of what was learned?

use std::path::PathBuf;

use clap::{Args, Subcommand};
use music::Week;

use super::{ListenerArgument, at_least};

#[derive(Debug, Args)]
#[command(after_help = "Example: undersong taste --listener ada --map taste.svg")]
pub(crate) struct TasteArguments {
    #[command(flatten)]
    pub(crate) whose: ListenerArgument,
    /// Draw the regions among the catalogue into that file
    #[arg(long, value_name = "FILE.svg")]
    pub(crate) map: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  undersong similar --artist \"Some Artist\"\n  undersong similar --listener ada --json"
)]
pub(crate) struct SimilarArguments {
    #[command(flatten)]
    pub(crate) of: Of,
    /// How many to name
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = at_least::<1>)]
    pub(crate) size: usize,
}

/// Whom to compare with all others.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Of {
    /// An id, an MBID, an ISRC, a Spotify link, "Artist - Title"
    #[arg(long, value_name = "RECORDING")]
    pub(crate) recording: Option<String>,
    /// An id, an MBID or a name
    #[arg(long, value_name = "ARTIST")]
    pub(crate) artist: Option<String>,
    /// A listener's name
    #[arg(long, value_name = "NAME")]
    pub(crate) listener: Option<String>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
#[command(
    after_help = "Examples:\n  undersong trust --listener ada\n  undersong trust --suspicious --json"
)]
pub(crate) struct TrustArguments {
    /// What is thought of a listener; by the pseudonym of one in the background
    #[arg(long, value_name = "NAME")]
    pub(crate) listener: Option<String>,
    /// Every account that is believed less, and every recording that is pushed from many
    #[arg(long)]
    pub(crate) suspicious: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    #[command(subcommand)]
    pub(crate) what: Explain,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Explain {
    /// Implicit ALS by hand: every number of one iteration on a small table
    #[command(after_help = "Example: undersong explain als")]
    Als,
    /// What the dimensions of the recording vectors stand for: the artists and tags at their ends
    #[command(after_help = "Example: undersong explain factors --dimensions 20")]
    Factors {
        /// Dimensions to show, those that explain most first
        #[arg(long, value_name = "N", default_value_t = 10, value_parser = at_least::<1>)]
        dimensions: usize,
    },
    /// How a recording came into a list, or which stage kept it out
    #[command(
        after_help = "Example: undersong explain recommendation --listener ada --recording \"Some Artist - Some Title\""
    )]
    Recommendation {
        #[command(flatten)]
        whose: ListenerArgument,
        /// An id, an MBID, an ISRC, a Spotify link, "Artist - Title"; an artist's name where artists stand as items
        #[arg(long, value_name = "RECORDING")]
        recording: String,
        /// The week of the list, such as 2026-W47 [default: this one]
        #[arg(long, value_name = "WEEK")]
        week: Option<Week>,
    },
    /// How the confidence that a listener likes a recording came about, row by row of the log
    #[command(
        after_help = "Example: undersong explain evidence --listener ada --recording \"Some Artist - Some Title\""
    )]
    Evidence {
        #[command(flatten)]
        whose: ListenerArgument,
        /// An id, an MBID, an ISRC, a Spotify link, "Artist - Title"; an artist's name where artists stand as items
        #[arg(long, value_name = "RECORDING")]
        recording: String,
    },
}
