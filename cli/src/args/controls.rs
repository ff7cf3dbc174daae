//! What can a listener, or whoever runs the place, ask for?

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::{Date, DateTime};
use music::{Device, Hours, LeftOutId, Setting, SettingError, Week, Weekdays};

use super::{BlockArguments, ListenerArgument, name};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    undersong settings --listener ada\n  \
    undersong settings --listener ada adventure=0.7 kinds=weekly-exploration,weekly-jams\n  \
    undersong settings --listener ada --unset adventure\n\n\
    Keys: adventure, kinds, size, explicit, without-labels, refresh, second-chance, library.")]
pub(crate) struct SettingsArguments {
    #[command(flatten)]
    pub(crate) whose: ListenerArgument,
    /// What to set; without any, settings are shown
    #[arg(value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) set: Vec<(Setting, String)>,
    /// What to make as configured again
    #[arg(long, value_name = "KEY", num_args = 1..)]
    pub(crate) unset: Vec<Setting>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  undersong exposure\n  undersong exposure --week 2026-W47 --json"
)]
pub(crate) struct ExposureArguments {
    /// The week, such as 2026-W47 [default: the newest with lists]
    #[arg(long, value_name = "WEEK")]
    pub(crate) week: Option<Week>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    undersong onboard --listener ada --artists \"Low, Galaxie 500\" --tags slowcore --country AT\n  \
    undersong onboard --listener ada\n  \
    undersong onboard --listener ada --clear\n\n\
    What is named counts as liked, the less the more listens tell. Without anything named, what is kept is shown.")]
pub(crate) struct OnboardArguments {
    /// The listener, who is made where there is none
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) listener: String,
    /// Artists, with commas, each by name, id or MBID
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = name)]
    pub(crate) artists: Vec<String>,
    /// Tags, with commas
    #[arg(long, value_name = "TAGS", value_delimiter = ',', value_parser = name)]
    pub(crate) tags: Vec<String>,
    /// Where the listener lives, as two letters
    #[arg(long, value_name = "CODE", value_parser = name)]
    pub(crate) country: Option<String>,
    /// Take back all that was named
    #[arg(long, conflicts_with_all = ["artists", "tags", "country"])]
    pub(crate) clear: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LeaningArguments {
    #[command(flatten)]
    pub(crate) what: BlockArguments,
    /// Take it back
    #[arg(long)]
    pub(crate) undo: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    undersong leave-out --listener ada --from 2025-12-24 --until 2025-12-26\n  \
    undersong leave-out --listener ada --hours 19:00-21:00 --weekdays sat,sun --note \"the twins\"\n  \
    undersong leave-out --listener ada --show\n  \
    undersong leave-out --listener ada --undo 2\n\n\
    What all parts of a rule hold of is left out; the log keeps it.")]
pub(crate) struct LeaveOutArguments {
    #[command(flatten)]
    pub(crate) whose: ListenerArgument,
    #[command(flatten)]
    pub(crate) what: LeaveOutParts,
    /// Why, in your words
    #[arg(long, value_name = "TEXT", value_parser = name)]
    pub(crate) note: Option<String>,
    /// Show the rules there are
    #[arg(long, conflicts_with_all = ["parts", "note"])]
    pub(crate) show: bool,
    /// Take a rule back, by its number
    #[arg(long, value_name = "ID", conflicts_with_all = ["parts", "note", "show"])]
    pub(crate) undo: Option<LeftOutId>,
}

/// The parts of a rule.
#[derive(Debug, Args)]
#[group(id = "parts", multiple = true)]
pub(crate) struct LeaveOutParts {
    /// From that day or moment on, such as 2025-12-24 or 2025-12-24T19:00, where the listener lives
    #[arg(long, value_name = "DATE", value_parser = edge)]
    pub(crate) from: Option<Edge>,
    /// Up to the end of that day, or before that moment
    #[arg(long, value_name = "DATE", value_parser = edge)]
    pub(crate) until: Option<Edge>,
    /// Every day within these hours
    #[arg(long, value_name = "19:00-21:00")]
    pub(crate) hours: Option<Hours>,
    /// On these days of the week; hours beyond midnight are of the day on which they begin
    #[arg(long, value_name = "sat,sun")]
    pub(crate) weekdays: Option<Weekdays>,
    /// On devices of this class: mobile, desktop or home, as far as --keep-context kept it
    #[arg(long, value_name = "DEVICE", value_parser = device)]
    pub(crate) device: Option<Device>,
    /// In this session, by the number that the source gave it
    #[arg(long, value_name = "N")]
    pub(crate) session: Option<u64>,
    /// Recordings that carry this label
    #[arg(long, value_name = "LABEL", value_parser = name)]
    pub(crate) label: Option<String>,
    /// In this country, such as DE, as far as --keep-context kept it
    #[arg(long, value_name = "COUNTRY", value_parser = country)]
    pub(crate) country: Option<String>,
}

/// Where a window begins or ends, where the listener lives.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Edge {
    Day(Date),
    Moment(DateTime),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    undersong policy import policy.csv\n  \
    undersong policy show\n\n\
    A table with a header, or JSON lines: kind (artist or recording), value (an id, an MBID, an ISRC, a Spotify link,\n\
    \"Artist - Title\", an artist's name), and a reason, which denies, or a label, which is put on it.")]
pub(crate) struct PolicyArguments {
    #[command(subcommand)]
    pub(crate) change: PolicyChange,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyChange {
    /// Add the lines of a file
    Import {
        /// CSV, TSV or JSON lines of kind, value, reason and label
        file: PathBuf,
    },
    /// Every artist and recording that is denied or labelled
    Show,
    /// Take all of it back
    Clear,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    undersong library import owned.txt\n  \
    undersong library import mine.csv --listener ada\n  \
    undersong library clear --listener ada\n\n\
    A recording a line, or a table or JSON lines with `value`: an id, an MBID, an ISRC, a Spotify link, \"Artist - Title\".")]
pub(crate) struct LibraryArguments {
    #[command(subcommand)]
    pub(crate) change: LibraryChange,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LibraryChange {
    /// Add the recordings that a file names
    Import {
        /// A recording a line
        file: PathBuf,
        /// Whose library it is [default: the installation's]
        #[arg(long, value_name = "NAME")]
        listener: Option<String>,
    },
    /// Empty a library
    Clear {
        /// Whose library it is [default: the installation's]
        #[arg(long, value_name = "NAME")]
        listener: Option<String>,
    },
}

fn pair(text: &str) -> Result<(Setting, String), String> {
    let (key, value) =
        text.split_once('=').ok_or_else(|| format!("KEY=VALUE expected, got `{text}`"))?;
    let setting = key.trim().parse().map_err(|error: SettingError| error.to_string())?;
    Ok((setting, value.trim().to_owned()))
}

fn edge(text: &str) -> Result<Edge, String> {
    let is_day = !text.contains(['T', 't', ' ']);
    let day = || text.parse().ok().map(Edge::Day);
    let moment = || text.parse().ok().map(Edge::Moment);
    let found = if is_day { day() } else { moment() };
    found.ok_or_else(|| {
        format!(
            "a day such as 2025-12-24 or a moment such as 2025-12-24T19:00 expected, got `{text}`"
        )
    })
}

fn device(text: &str) -> Result<Device, String> {
    let known = Device::ALL.into_iter().find(|device| device.name() == text);
    known.ok_or_else(|| format!("mobile, desktop or home expected, got `{text}`"))
}

fn country(text: &str) -> Result<String, String> {
    let is_code = text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_alphabetic());
    if is_code {
        Ok(text.to_uppercase())
    } else {
        Err(format!("two letters such as DE expected, got `{text}`"))
    }
}
