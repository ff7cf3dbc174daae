//! A simulated world, and a data folder that knows of it only what its log tells.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::PathBuf;

use engine::{
    Folder, ImportRequest, Maker, Mode, Scorer, Snapshot, TrainRequest, Unobserved, WeeklyRequest,
};
use fs_err::File;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use listens::Options;
use models::Spec;
use music::{Listen, RecordingId, Week};
use store::Audience;
use tempfile::TempDir;
use world::{AccountKind, Flaws, Params, ParseTastesError, Tastes, World};

/// How large the world is, and of which kind.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Size {
    /// `vectors` or `rules`
    #[arg(long)]
    tastes: String,
    /// Seed of everything in the world
    #[arg(long)]
    seed: u64,
    #[arg(long, default_value_t = 400)]
    listeners: usize,
    #[arg(long, default_value_t = 4000)]
    recordings: usize,
    #[arg(long, default_value_t = 26)]
    weeks: usize,
    /// How many of the listeners listen all day
    #[arg(long, default_value_t = 0)]
    heavy: usize,
    /// The log tells everything as it was
    #[arg(long)]
    flawless: bool,
}

/// A world after its last week, imported.
pub(crate) struct Town {
    pub(crate) world: World,
    pub(crate) folder: Folder,
    params: Params,
    names: Vec<String>,
    /// Where in the world recordings of the store are, as far as anybody asked.
    rows: BTreeMap<RecordingId, usize>,
    n_files: usize,
    place: TempDir,
}

impl Size {
    pub(crate) fn params(&self) -> Result<Params, ParseTastesError> {
        let tastes: Tastes = self.tastes.parse()?;
        Ok(Params {
            tastes,
            seed: self.seed,
            listeners: self.listeners,
            recordings: self.recordings,
            weeks: self.weeks,
            heavy: self.heavy,
            flaws: if self.flawless { Flaws::default() } else { Flaws::typical() },
            hunting: if self.flawless { 0.0 } else { 0.15 },
            ..Params::default()
        })
    }

    /// What names the world in an answer.
    pub(crate) fn told(&self) -> serde_json::Value {
        serde_json::json!({"tastes": self.tastes, "seed": self.seed, "flawless": self.flawless})
    }
}

impl Town {
    /// Plays all weeks and imports the log; in the weeks of `listed`, people were handed lists by the defaults.
    pub(crate) fn new(params: &Params, listed: Range<usize>) -> anyhow::Result<Self> {
        let place = tempfile::tempdir()?;
        let world = World::new(params);
        let folder = Folder::open(&place.path().join("data"))?;
        let names = world.listener_names();
        let params = params.clone();
        let rows = BTreeMap::new();
        let mut town = Self { world, folder, params, names, rows, n_files: 0, place };
        town.import_catalogue()?;
        town.play(0..listed.start, None)?;
        if !listed.is_empty() {
            let spec = town.folder.config.train.models[0].parse()?;
            let snapshot = town.train(&spec, town.start(listed.start)?)?;
            for week in listed.clone() {
                town.play(week..week + 1, Some(&snapshot))?;
            }
        }
        town.play(listed.end..town.params.weeks, None)?;
        Ok(town)
    }

    /// The week after the last one.
    pub(crate) fn week(&self) -> anyhow::Result<Week> {
        self.week_of(self.params.weeks)
    }

    /// The first moment of a week.
    pub(crate) fn start(&self, week: usize) -> anyhow::Result<Timestamp> {
        Ok(self.week_of(week)?.start(&TimeZone::UTC))
    }

    /// Accounts of that kind.
    pub(crate) fn accounts(&self, kinds: &[AccountKind]) -> Vec<usize> {
        (0..self.names.len()).filter(|l| kinds.contains(&self.world.account_kind(*l))).collect()
    }

    pub(crate) fn name(&self, listener: usize) -> &str {
        &self.names[listener]
    }

    /// Trains the model up to a moment.
    pub(crate) fn train(&self, spec: &Spec, now: Timestamp) -> anyhow::Result<Snapshot> {
        let request = TrainRequest { models: vec![spec.clone()], as_of: None, now };
        Ok(engine::train(&self.folder, &request, &mut Unobserved)?)
    }

    /// A snapshot, ready to make lists from.
    pub(crate) fn maker<'a>(&self, snapshot: &'a Snapshot) -> anyhow::Result<Maker<'a>> {
        Ok(Maker::of(&self.folder, snapshot)?)
    }

    /// The lines of a listener's list, by rows of the world; empty where there is nothing to recommend.
    pub(crate) fn list(
        &mut self,
        maker: &Maker<'_>,
        listener: usize,
        week: Week,
        mode: Mode,
    ) -> anyhow::Result<Vec<usize>> {
        let listener = match self.folder.listener(Some(&self.names[listener])) {
            Err(engine::Error::UnknownListener { .. }) => return Ok(Vec::new()),
            listener => listener?,
        };
        let request = WeeklyRequest {
            listener,
            week: Some(week),
            size: None,
            mode,
            scorer: Scorer::Serving,
            kind: None,
            at: None,
            as_of: None,
            now: week.start(&TimeZone::UTC),
        };
        match maker.weekly(&mut self.folder, &request) {
            Err(engine::Error::NothingToRecommend { .. }) => Ok(Vec::new()),
            list => list?.tracks.iter().map(|track| self.in_world(track.recording)).collect(),
        }
    }

    /// Where in the world a recording of the store is.
    pub(crate) fn in_world(&mut self, recording: RecordingId) -> anyhow::Result<usize> {
        if let Some(row) = self.rows.get(&recording) {
            return Ok(*row);
        }
        let known = self.folder.store.recording(recording)?;
        let uri = known.and_then(|known| known.entry.credit.spotify);
        let row = uri.and_then(|uri| self.world.recording_of(&uri));
        let row = row.ok_or_else(|| anyhow::anyhow!("a recording of the world expected"))?;
        self.rows.insert(recording, row);
        Ok(row)
    }

    /// Plays some weeks, with lists of a snapshot where there is one, and imports their log.
    fn play(&mut self, weeks: Range<usize>, snapshot: Option<&Snapshot>) -> anyhow::Result<()> {
        let mut listens = Vec::new();
        for week in weeks {
            let mut shown = Vec::new();
            if let Some(snapshot) = snapshot {
                let (this_week, maker) = (self.week_of(week)?, self.maker(snapshot)?);
                for listener in 0..self.params.listeners {
                    shown.push(self.list(&maker, listener, this_week, Mode::Keep)?);
                }
            }
            listens.extend(self.world.play_week(week, &shown));
        }
        let (plays, opinions): (Vec<Listen>, Vec<Listen>) =
            listens.into_iter().partition(|listen| listen.event.kind.is_listen());
        if !plays.is_empty() {
            let (path, mut file) = self.file("endsong.json")?;
            listens::write_spotify(&plays, &mut file)?;
            file.flush()?;
            self.import(path)?;
        }
        if !opinions.is_empty() {
            let (path, mut file) = self.file("feedback.jsonl")?;
            listens::write_feedback(&opinions, &mut file)?;
            file.flush()?;
            self.import(path)?;
        }
        Ok(())
    }

    fn import_catalogue(&mut self) -> anyhow::Result<()> {
        let (path, mut file) = self.file("catalogue.jsonl")?;
        listens::write_catalogue(self.world.catalogue(), &mut file)?;
        file.flush()?;
        self.import(path)
    }

    fn import(&mut self, path: PathBuf) -> anyhow::Result<()> {
        let now = self.start(self.params.weeks)?;
        let (options, audience) = (Options::plain(now), Audience::Foreground);
        let request = ImportRequest { path, options, listener: None, audience, now };
        engine::import(&mut self.folder, &request, &mut Unobserved)?;
        Ok(())
    }

    fn file(&mut self, name: &str) -> anyhow::Result<(PathBuf, BufWriter<File>)> {
        self.n_files += 1;
        let path = self.place.path().join(format!("{}-{name}", self.n_files));
        let file = BufWriter::new(File::create(&path)?);
        Ok((path, file))
    }

    fn week_of(&self, week: usize) -> anyhow::Result<Week> {
        Ok(self.params.first_week.plus(i64::try_from(week)?))
    }
}
