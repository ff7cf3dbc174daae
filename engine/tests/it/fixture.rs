//! A simulated world and a data folder that knows its log.

use std::path::{Path, PathBuf};

use engine::{
    Folder, ImportRequest, Imported, Maker, Mode, Outcome, Scorer, Snapshot, TrainRequest,
    Unobserved, WeeklyRequest, Whose,
};
use fs_err::File;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use listens::Options;
use music::{Listen, Playlist, RecordingId, Week};
use store::Audience;
use tempfile::TempDir;
use world::{Params, Tastes, World};

/// A model small enough for a debug build.
pub(crate) const MODEL: &str = "ials:dim=16,iterations=6";

/// A world, and a folder that was told what happened in it.
pub(crate) struct Town {
    pub(crate) world: World,
    pub(crate) params: Params,
    pub(crate) names: Vec<String>,
    pub(crate) folder: Folder,
    place: TempDir,
    n_files: usize,
}

pub(crate) fn params(listeners: usize, recordings: usize, weeks: usize, seed: u64) -> Params {
    Params {
        tastes: Tastes::Vectors,
        listeners,
        recordings,
        weeks,
        seed,
        bots: 1,
        children: 1,
        ..Params::default()
    }
}

impl Town {
    /// An empty folder beside a world in which nobody has listened yet; its catalogue is imported.
    pub(crate) fn new(params: Params) -> Self {
        let place = tempfile::tempdir().unwrap();
        let world = World::new(&params);
        let folder = Folder::open(&place.path().join("data")).unwrap();
        let names = world.listener_names();
        let mut town = Self { names, world, params, folder, place, n_files: 0 };
        let path = town.next_path("catalogue.jsonl");
        listens::write_catalogue(town.world.catalogue(), &mut File::create(&path).unwrap())
            .unwrap();
        town.import(&path, None);
        town
    }

    /// A folder that knows all of the world's weeks.
    pub(crate) fn after_all_weeks(params: Params) -> Self {
        let mut town = Self::new(params);

        let listens: Vec<_> =
            (0..town.params.weeks).flat_map(|week| town.world.play_week(week, &[])).collect();
        town.import_listens(&listens);
        town
    }

    pub(crate) fn path(&self) -> &Path {
        self.place.path()
    }

    pub(crate) fn next_path(&mut self, name: &str) -> PathBuf {
        self.n_files += 1;
        self.place.path().join(format!("{}-{name}", self.n_files))
    }

    /// The week after the world's last one.
    pub(crate) fn week(&self) -> Week {
        self.params.first_week.plus(i64::try_from(self.params.weeks).unwrap())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.week().start(&TimeZone::UTC)
    }

    /// Sends listens through the same door as real ones.
    pub(crate) fn import_listens(&mut self, listens: &[Listen]) {
        let (plays, opinions): (Vec<_>, Vec<_>) =
            listens.iter().cloned().partition(|listen| listen.event.kind.is_listen());
        let path = self.next_path("endsong.json");
        listens::write_spotify(&plays, &mut File::create(&path).unwrap()).unwrap();
        self.import(&path, None);
        if !opinions.is_empty() {
            let path = self.next_path("feedback.jsonl");
            listens::write_feedback(&opinions, &mut File::create(&path).unwrap()).unwrap();
            self.import(&path, None);
        }
    }

    pub(crate) fn import(&mut self, path: &Path, listener: Option<&str>) -> Imported {
        let request = import_request(path, listener, Audience::Foreground);
        let mut imported = engine::import(&mut self.folder, &request, &mut Unobserved).unwrap();
        assert_eq!(imported.len(), 1, "one format expected");
        imported.remove(0)
    }

    pub(crate) fn train(&self) -> Snapshot {
        train(&self.folder)
    }

    pub(crate) fn weekly(
        &mut self,
        snapshot: &Snapshot,
        listener: &str,
        week: Week,
        mode: Mode,
    ) -> Playlist {
        weekly(&mut self.folder, snapshot, listener, week, mode).unwrap()
    }

    /// Where in the world a recording of the store is.
    pub(crate) fn in_world(&self, recording: RecordingId) -> usize {
        let uri =
            self.folder.store.recording(recording).unwrap().unwrap().entry.credit.spotify.unwrap();
        self.world.recording_of(&uri).unwrap()
    }
}

/// Far enough in the future for every simulated listen.
pub(crate) fn today() -> Timestamp {
    "2030-01-01T00:00:00Z".parse().unwrap()
}

pub(crate) fn import_request(
    path: &Path,
    listener: Option<&str>,
    audience: Audience,
) -> ImportRequest {
    let options = Options::plain(today());
    ImportRequest {
        path: path.to_owned(),
        options,
        listener: listener.map(str::to_owned),
        audience,
        now: today(),
    }
}

pub(crate) fn train(folder: &Folder) -> Snapshot {
    let request = TrainRequest { models: vec![MODEL.parse().unwrap()], as_of: None, now: today() };
    engine::train(folder, &request, &mut Unobserved).unwrap()
}

pub(crate) fn weekly_request(
    folder: &Folder,
    listener: &str,
    week: Week,
    mode: Mode,
) -> WeeklyRequest {
    let listener = folder.listener(Some(listener)).unwrap();
    let now = week.start(&TimeZone::UTC);
    WeeklyRequest {
        listener,
        week: Some(week),
        size: None,
        mode,
        scorer: Scorer::Serving,
        kind: None,
        at: None,
        as_of: None,
        now,
    }
}

pub(crate) fn weekly(
    folder: &mut Folder,
    snapshot: &Snapshot,
    listener: &str,
    week: Week,
    mode: Mode,
) -> Result<Playlist, engine::Error> {
    let request = weekly_request(folder, listener, week, mode);
    engine::weekly(folder, snapshot, &request)
}

/// The lists of many at once.
pub(crate) fn weekly_all(
    folder: &mut Folder,
    snapshot: &Snapshot,
    requests: &[WeeklyRequest],
    whose: Whose,
) -> Vec<Outcome> {
    let maker = Maker::of(folder, snapshot).unwrap();
    let mut outcomes = Vec::new();
    let mut each = |_: &WeeklyRequest, outcome| {
        outcomes.push(outcome);
        Ok::<(), engine::Error>(())
    };
    maker.weekly_all(folder, requests, whose, &mut each, &mut Unobserved).unwrap();
    outcomes
}

pub(crate) fn recordings(playlist: &Playlist) -> Vec<RecordingId> {
    playlist.tracks.iter().map(|track| track.recording).collect()
}
