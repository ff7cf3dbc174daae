//! What is each form of confidence worth where a log is only counts?
//!
//! Each user's pairs are dealt to folds; four of five are imported, weighed as configured and learned from, and the
//! fifth is asked for.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use bench::clock::timed;
use engine::{Folder, ImportRequest, Unobserved};
use eval::{Asked, Counts, Cut, Split, Task};
use fs_err::File;
use jiff::Timestamp;
use listens::{Format, Layout, Options, TripleOptions, Triples, read_triples};
use measure::split::{Event, Part, fold};
use music::{ItemIx, UserIx};
use serde_json::json;
use store::Audience;

use crate::judge::{mean_confidence, ndcg};
use crate::variants::{Variant, believed, read};

/// Any day after the counts were taken: they have no times.
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// A table and what to measure in it.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A table of user, artist and count, with a header
    #[arg(long)]
    triples: PathBuf,
    #[arg(long, default_value_t = 5)]
    folds: usize,
    /// Seed of the folds
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A JSON array of variants
    #[arg(long)]
    variants: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let options = TripleOptions::plain(Layout::Table, &[]);
    let triples = read_triples(&arguments.triples, &options, &mut |_| {})?;
    let variants = read(&arguments.variants)?;
    for which in 0..arguments.folds {
        let parts = fold(&events(&triples), which, arguments.folds, arguments.seed);
        let place = tempfile::tempdir()?;
        let mut folder = learned(place.path(), &triples, &parts)?;
        let wanted = Wanted::of(&folder, &triples, &parts)?;
        for variant in &variants {
            let cut = Cut::Fold { fold: which, of: arguments.folds };
            let (measured, seconds) = timed(|| -> anyhow::Result<(f64, f64)> {
                variant.configure(&mut folder)?;
                let spec = variant.spec(&folder)?;
                let task = wanted.task(&folder, cut)?;
                Ok((ndcg(&task, &spec, folder.config.seed)?, mean_confidence(&task)))
            });
            let Variant { group, name, .. } = variant;
            let (ndcg, confidence) = measured?;
            let told = json!({
                "fold": which,
                "group": group,
                "name": name,
                "ndcg": ndcg,
                "confidence": confidence,
                "seconds": seconds,
            });
            println!("{told}");
        }
    }
    Ok(())
}

/// One for each pair, by user.
fn events(triples: &Triples) -> Vec<Event> {
    let users = 0..triples.users.len();
    let of_user = |user| triples.of_user(user).iter().map(move |(item, _)| (user, *item));
    let event = |(user, item): (usize, u32)| Event { user: user as u64, item: item.into(), at: 0 };
    users.flat_map(of_user).map(event).collect()
}

/// A folder that was told the training.
fn learned(place: &Path, triples: &Triples, parts: &[Part]) -> anyhow::Result<Folder> {
    let path = place.join("train.tsv");
    let mut file = BufWriter::new(File::create(&path)?);
    writeln!(file, "user\titem\tcount")?;
    let mut part = parts.iter();
    for (user, name) in triples.users.iter().enumerate() {
        for (item, plays) in triples.of_user(user) {
            if part.next() == Some(&Part::Train) {
                writeln!(file, "u{name}\t{}\t{plays}", triples.items.id(*item as usize))?;
            }
        }
    }
    file.flush()?;
    let mut folder = Folder::open(&place.join("data"))?;
    let options = Options { format: Some(Format::Triples), ..Options::plain(NOW) };
    let audience = Audience::Foreground;
    let request = ImportRequest { path, options, listener: None, audience, now: NOW };
    engine::import(&mut folder, &request, &mut Unobserved)?;
    Ok(folder)
}

/// What each user is asked for, by ids of the folder.
struct Wanted {
    /// The items of each listener; those that nobody else has are left out, as no model knows them.
    of: BTreeMap<music::ListenerId, Vec<music::RecordingId>>,
}

impl Wanted {
    fn of(folder: &Folder, triples: &Triples, parts: &[Part]) -> anyhow::Result<Self> {
        let mut items = BTreeMap::new();
        let pairs = believed(folder)?;
        for ix in 0..pairs.rows.len() {
            let id = pairs.rows.id(ItemIx(u32::try_from(ix)?));
            let known = folder.store.recording(id)?.context("a recording of the store expected")?;
            let item = known.entry.credit.item.context("an item of the table expected")?;
            items.insert(item, id);
        }
        let mut of = BTreeMap::new();
        let mut part = parts.iter();
        for (user, name) in triples.users.iter().enumerate() {
            let is_asked = |_: &&(u32, f32)| part.next() == Some(&Part::Test);
            let asked: Vec<_> = triples.of_user(user).iter().filter(is_asked).collect();
            let ids = asked
                .iter()
                .filter_map(|(item, _)| items.get(triples.items.id(*item as usize)).copied());
            let Some(listener) = folder.store.listener(&format!("u{name}"))? else { continue };
            of.insert(listener.id, ids.collect());
        }
        Ok(Self { of })
    }

    /// As the folder is configured.
    fn task(&self, folder: &Folder, cut: Cut) -> anyhow::Result<Task> {
        let pairs = believed(folder)?;
        let mut asked = Vec::new();
        for (user, listener) in pairs.listeners.iter().enumerate() {
            let ids = self.of.get(listener).into_iter().flatten();
            let mut wanted: Vec<u32> =
                ids.filter_map(|id| pairs.rows.ix(*id)).map(|item| item.0).collect();
            wanted.sort_unstable();
            if !wanted.is_empty() {
                asked.push(Asked {
                    who: listener.0,
                    user: Some(UserIx(u32::try_from(user)?)),
                    gains: vec![1.0; wanted.len()],
                    wanted,
                    ..Asked::default()
                });
            }
        }
        Ok(Task::new(Split::Cut(cut), pairs.heard, pairs.rows, asked, Counts::default()))
    }
}
