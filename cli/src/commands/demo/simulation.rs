//! A world, and a data folder that knows of it only what its log tells.

use std::io::{BufWriter, Write};
use std::path::Path;

use engine::{
    Folder, ImportRequest, Maker, Mode, Observer, Scorer, Snapshot, TrainRequest, WeeklyRequest,
};
use fs_err::File;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use listens::Options;
use models::Spec;
use music::{Playlist, Week};
use store::Audience;
use tempfile::TempDir;
use world::{AccountKind, Params, World};

use crate::commands::import::grouped;
use crate::say::Say;

/// Place of the random model in the demo's snapshots.
pub(super) const RANDOM: Scorer = Scorer::Model(1);
/// Place of popularity, which every snapshot ends with.
pub(super) const POPULARITY: Scorer = Scorer::Model(2);

/// A simulated world after its last week, imported and trained.
#[derive(Debug)]
pub(super) struct Simulation {
    world: World,
    names: Vec<String>,
    folder: Folder,
    snapshot: Snapshot,
    week: Week,
    _place: TempDir,
}

impl Simulation {
    /// Plays all weeks, writes the log, imports it like any other, trains.
    pub(super) fn run(
        params: &Params,
        model: Option<&Spec>,
        observer: &mut dyn Observer,
        say: &Say,
    ) -> anyhow::Result<Self> {
        let place = tempfile::tempdir()?;
        let mut world = World::new(params);
        let log = place.path().join("log");
        observer.begin("simulate", Some(params.weeks as u64));
        write_log(&mut world, params, &log, observer)?;
        say.line(&format!("simulated in {:.1} s", observer.end()))?;

        let week = params.first_week.plus(i64::try_from(params.weeks)?);
        let now = week.start(&TimeZone::UTC);
        let mut folder = Folder::open(&place.path().join("data"))?;
        let mut seconds = 0.0;
        for file in ["catalogue.jsonl", "endsong_0.json", "feedback.jsonl"] {
            if fs_err::metadata(log.join(file))?.len() == 0 {
                continue;
            }
            observer.begin("import", None);
            engine::import(&mut folder, &request(&log.join(file), now), observer)?;
            seconds += observer.end();
        }
        let n_listens = grouped(folder.store.totals()?.listens);
        say.line(&format!("imported {n_listens} listens in {seconds:.1} s"))?;

        let serving = match model {
            Some(model) => model.clone(),
            None => folder.config.train.models[0].parse()?,
        };
        let models = vec![serving, "random".parse()?];
        observer.begin("train", None);
        let snapshot =
            engine::train(&folder, &TrainRequest { models, as_of: None, now }, observer)?;
        say.line(&crate::commands::train::sentence(&snapshot))?;
        let snapshot = snapshot.with_new(&folder)?;
        Ok(Self { names: world.listener_names(), world, folder, snapshot, week, _place: place })
    }

    /// A list by one of the models, which is not kept.
    pub(super) fn list(&mut self, listener: usize, scorer: Scorer) -> anyhow::Result<Playlist> {
        let maker = Maker::of(&self.folder, &self.snapshot)?;
        list(&mut self.folder, &maker, &self.names[listener], self.week, scorer)
    }

    /// The mean share of a list that its listener would love, by the hidden truth.
    pub(super) fn mean_loved_share(
        &mut self,
        listeners: &[usize],
        scorer: Scorer,
    ) -> anyhow::Result<f64> {
        let maker = Maker::of(&self.folder, &self.snapshot)?;
        let mut sum = 0.0;
        for &listener in listeners {
            let list = list(&mut self.folder, &maker, &self.names[listener], self.week, scorer)?;
            let loved = list.tracks.iter().filter(|track| {
                let in_world =
                    track.links.iter().find_map(|link| self.world.recording_of(&link.url));
                in_world.is_some_and(|recording| self.world.loves(listener, recording))
            });
            sum += loved.count() as f64 / list.tracks.len() as f64;
        }
        Ok(sum / listeners.len() as f64)
    }

    /// People whose account is theirs alone, evenly from all.
    pub(super) fn judged(&self, at_most: usize) -> Vec<usize> {
        let honest: Vec<usize> = (0..self.names.len())
            .filter(|l| self.world.account_kind(*l) == AccountKind::Honest)
            .filter(|l| self.world.heard(*l).next().is_some())
            .collect();
        let step = honest.len().div_ceil(at_most).max(1);
        honest.into_iter().step_by(step).collect()
    }

    /// Somebody who heard neither much nor little.
    pub(super) fn typical_listener(&self) -> usize {
        let mut by_breadth: Vec<_> = self
            .judged(usize::MAX)
            .into_iter()
            .map(|listener| (self.world.heard(listener).count(), listener))
            .collect();
        by_breadth.sort_unstable();
        by_breadth[by_breadth.len() / 2].1
    }
}

/// Writes what the world's services would export: plays, opinions and a catalogue.
fn write_log(
    world: &mut World,
    params: &Params,
    folder: &Path,
    observer: &mut dyn Observer,
) -> anyhow::Result<()> {
    fs_err::create_dir_all(folder)?;
    let mut catalogue = BufWriter::new(File::create(folder.join("catalogue.jsonl"))?);
    listens::write_catalogue(world.catalogue(), &mut catalogue)?;
    catalogue.flush()?;
    let mut listens = Vec::new();
    for week in 0..params.weeks {
        listens.extend(world.play_week(week, &[]));
        observer.advance(week as u64 + 1);
        anyhow::ensure!(!observer.is_interrupted(), "interrupted; the demo keeps nothing");
    }
    let (plays, opinions): (Vec<_>, Vec<_>) =
        listens.into_iter().partition(|listen| listen.event.kind.is_listen());
    let mut log = BufWriter::new(File::create(folder.join("endsong_0.json"))?);
    listens::write_spotify(&plays, &mut log)?;
    log.flush()?;
    let mut feedback = BufWriter::new(File::create(folder.join("feedback.jsonl"))?);
    listens::write_feedback(&opinions, &mut feedback)?;
    feedback.flush()?;
    Ok(())
}

fn request(path: &Path, now: Timestamp) -> ImportRequest {
    let options = Options::plain(now);
    ImportRequest {
        path: path.to_owned(),
        options,
        listener: None,
        audience: Audience::Foreground,
        now,
    }
}

fn list(
    folder: &mut Folder,
    maker: &Maker<'_>,
    listener: &str,
    week: Week,
    scorer: Scorer,
) -> anyhow::Result<Playlist> {
    let request = WeeklyRequest {
        listener: folder.listener(Some(listener))?,
        week: Some(week),
        size: None,
        mode: Mode::DryRun,
        scorer,
        kind: None,
        at: None,
        as_of: None,
        now: week.start(&TimeZone::UTC),
    };
    Ok(maker.weekly(folder, &request)?)
}
