//! What can be asked of an evaluation?

use std::path::PathBuf;

use clap::Args;

use super::at_least;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    undersong evaluate\n  \
    undersong evaluate --window 8w --model ials:dim=128 --baselines --report report.html\n  \
    undersong evaluate --train train.txt --test test.txt --model ease:reg=80 --model ials:dim=256 --k 20,50 --json\n  \
    undersong evaluate --triples plays.tsv --split users:0.1\n  \
    undersong evaluate --triples plays.csv --split time --window 1d --gap 30m --columns time=timestamp")]
pub(crate) struct EvaluateArguments {
    #[command(flatten)]
    pub(crate) matter: Matter,
    /// A model string such as ials:dim=64,iterations=15; may be repeated [default: the baselines, and of a data folder
    /// the configured models]
    #[arg(long = "model", value_name = "SPEC")]
    pub(crate) models: Vec<models::Spec>,
    /// Judge the baselines as well, before the models named
    #[arg(long)]
    pub(crate) baselines: bool,
    /// Lengths of the lists that are judged
    #[arg(long, value_name = "K,…", value_delimiter = ',', default_value = "20", value_parser = at_least::<1>)]
    pub(crate) k: Vec<usize>,
    /// Write everything, with plots, as one page that needs nothing else
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
}

/// What is learned from, and what is asked for.
#[derive(Debug, Args)]
pub(crate) struct Matter {
    /// What models learn from: lists (a user and that user's items in each line) or a table of user, item and value
    /// [default: the data folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) train: Option<PathBuf>,
    /// What they are asked for, in the same form
    #[arg(long, value_name = "FILE", requires = "train")]
    pub(crate) test: Option<PathBuf>,
    /// Items to rank the test's among, and no others, for each user: only to compare with a paper that did so
    #[arg(long, value_name = "FILE", requires = "test")]
    pub(crate) negatives: Option<PathBuf>,
    /// Both in one file, to be cut by --split
    #[arg(long, value_name = "FILE", conflicts_with = "train")]
    pub(crate) triples: Option<PathBuf>,
    /// How to cut it: at one moment for all (time), by a share of each user's pairs (pairs:0.2) or of the users, to be
    /// folded in (users:0.1), by each user's newest (last), or into folds that take turns (folds:5) [default:
    /// pairs:0.2; a data folder is always cut by time]
    #[arg(long, value_name = "HOW", conflicts_with = "train", value_parser = how)]
    pub(crate) split: Option<How>,
    /// Where the window that is asked for begins: a day, a moment, or a number of the log's own clock [default: so that
    /// it is the last one]
    #[arg(long, value_name = "WHEN", value_parser = seconds_of_moment)]
    pub(crate) from: Option<i64>,
    /// How long it is: 4w, 7d, 36h, 30m, 90s
    #[arg(long, value_name = "TIME", default_value = "4w", value_parser = seconds)]
    pub(crate) window: i64,
    /// How long before it nothing is learned, so that no session spans both
    #[arg(long, value_name = "TIME", default_value = "30m", value_parser = seconds)]
    pub(crate) gap: i64,
    /// What a hit is, in the data folder: first heard and liked, first heard (clicked), or weighed by the time it was
    /// heard (time); the others are told beside it
    #[arg(long, value_name = "WHAT", default_value = "liked", value_parser = hit)]
    pub(crate) hit: eval::Objective,
    /// Rank what a user already knows too, and ask for it
    #[arg(long)]
    pub(crate) replays: bool,
    /// How the pairs are written
    #[arg(long, value_name = "FORM", default_value = "guess", value_parser = layout)]
    pub(crate) format: listens::Layout,
    /// Which column of a table is what, by name or by number from 1, as in user=userID,item=2,value=3,time=4
    #[arg(long, value_name = "ROLE=COLUMN,…", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// What values say: whether there is a pair (binary), or how sure and how relevant it is (confidence)
    #[arg(long, value_name = "KIND", default_value = "binary", value_parser = values)]
    pub(crate) values: eval::Values,
    /// A table of item, genre and weight, to tell whether lists keep a user's genres [default: the folder's tags]
    #[arg(long, value_name = "FILE")]
    pub(crate) genres: Option<PathBuf>,
    /// Which of its columns is what, as in item=artistID,label=tagID,weight=3
    #[arg(long, value_name = "ROLE=COLUMN,…", value_delimiter = ',', requires = "genres")]
    pub(crate) genre_columns: Vec<String>,
    /// A table of user and attributes with a header, to tell groups of users apart
    #[arg(long, value_name = "FILE")]
    pub(crate) attributes: Option<PathBuf>,
    /// Where all randomness starts
    #[arg(long, value_name = "N", default_value_t = 42)]
    pub(crate) seed: u64,
}

impl Matter {
    /// One of its files, whose columns were understood.
    pub(crate) fn source<'a>(
        &self,
        path: &'a std::path::Path,
        columns: &'a [(String, listens::Column)],
    ) -> eval::Source<'a> {
        let (layout, values, replays) = (self.format, self.values, self.replays);
        eval::Source { path, layout, columns, values, replays }
    }
}

/// How to cut one table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    /// At one moment for all.
    Time,
    /// In some other way.
    Cut(eval::Cut),
    /// Into so many folds.
    Folds(usize),
}

fn how(text: &str) -> Result<How, String> {
    let share = |text: &str| text.parse().ok().filter(|share: &f64| 0.0 < *share && *share < 1.0);
    let found = match text.split_once(':') {
        None if text == "time" => Some(How::Time),
        None if text == "last" => Some(How::Cut(eval::Cut::Last)),
        Some(("pairs", of)) => share(of).map(|share| How::Cut(eval::Cut::Pairs(share))),
        Some(("users", of)) => share(of).map(|share| How::Cut(eval::Cut::Users(share))),
        Some(("folds", n)) => n.parse().ok().filter(|n| (2..=100).contains(n)).map(How::Folds),
        _ => None,
    };
    found.ok_or_else(|| {
        "time, last, pairs:SHARE or users:SHARE with a share between 0 and 1, or folds:N with N from 2 to 100 expected"
            .to_owned()
    })
}

/// Seconds of a length of time.
fn seconds(text: &str) -> Result<i64, String> {
    let unit = match text.chars().last() {
        Some('w') => 7 * 86_400,
        Some('d') => 86_400,
        Some('h') => 3_600,
        Some('m') => 60,
        Some('s') => 1,
        _ => 0,
    };
    let number = text.get(..text.len().saturating_sub(1)).and_then(|number| number.parse().ok());
    let seconds =
        number.filter(|n: &i64| unit > 0 && (0..=100_000_000).contains(n)).map(|n| n * unit);
    seconds.ok_or_else(|| "a number of weeks, days, hours, minutes or seconds expected, as in 4w, 7d, 36h, 30m or 90s".to_owned())
}

/// Seconds of a moment: a number as it is, a day or moment since 1970.
fn seconds_of_moment(text: &str) -> Result<i64, String> {
    let number = text.parse().ok();
    let moment = || text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second);
    let day = || {
        let day = text.parse::<jiff::civil::Date>().ok()?;
        Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
    };
    number.or_else(moment).or_else(day).ok_or_else(|| {
        "a day such as 2026-11-02, a moment such as 2026-11-02T06:00:00Z or a number of seconds expected".to_owned()
    })
}

fn hit(text: &str) -> Result<eval::Objective, String> {
    let found = eval::Objective::ALL.into_iter().find(|objective| objective.name() == text);
    found.ok_or_else(|| "liked, clicked or time expected".to_owned())
}

fn layout(text: &str) -> Result<listens::Layout, String> {
    match text {
        "guess" => Ok(listens::Layout::Guess),
        "table" => Ok(listens::Layout::Table),
        "lists" => Ok(listens::Layout::Lists),
        _ => Err("guess, table or lists expected".to_owned()),
    }
}

fn values(text: &str) -> Result<eval::Values, String> {
    match text {
        "binary" => Ok(eval::Values::Binary),
        "confidence" => Ok(eval::Values::Confidence),
        _ => Err("binary or confidence expected".to_owned()),
    }
}
