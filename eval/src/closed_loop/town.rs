//! A data folder that knows of a world what its log and its catalogue tell.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use engine::{
    Config, Folder, ImportRequest, Maker, Mode, Observer, Outcome, Scorer, TrainRequest,
    WeeklyRequest, Whose,
};
use fs_err::File;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use listens::Options;
use music::{Listen, Playlist};
use store::Audience;
use world::World;

use super::people;
use crate::Error;

pub(super) struct Town {
    folder: Folder,
    names: Vec<String>,
    place: PathBuf,
    /// After the last week, so that a date that is a little wrong is a date.
    end: Timestamp,
    n_files: usize,
}

impl Town {
    /// An empty folder, but for the catalogue.
    pub(super) fn new(
        world: &World,
        config: &Config,
        place: &Path,
        weeks: usize,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        fs_err::create_dir_all(place)?;
        if fs_err::read_dir(place)?.next().is_some() {
            return Err(Error::NotEmpty { path: place.to_owned() });
        }
        let mut folder = Folder::open(&place.join("data"))?;
        folder.config = config.clone();
        let end = world.week(weeks).start(&TimeZone::UTC);
        let (names, place) = (world.listener_names(), place.to_owned());
        let mut town = Self { folder, names, place, end, n_files: 0 };
        let (path, mut file) = town.file("catalogue.jsonl")?;
        listens::write_catalogue(world.catalogue(), &mut file)?;
        town.close_and_import(path, file, observer)?;
        Ok(town)
    }

    /// Sends a log through the same door as real ones.
    pub(super) fn import(
        &mut self,
        log: &[Listen],
        observer: &mut dyn Observer,
    ) -> Result<(), Error> {
        let (plays, opinions): (Vec<&Listen>, Vec<&Listen>) =
            log.iter().partition(|listen| listen.event.kind.is_listen());
        if !plays.is_empty() {
            let (path, mut file) = self.file("endsong.json")?;
            listens::write_spotify(plays, &mut file)?;
            self.close_and_import(path, file, observer)?;
        }
        if !opinions.is_empty() {
            let (path, mut file) = self.file("feedback.jsonl")?;
            listens::write_feedback(opinions, &mut file)?;
            self.close_and_import(path, file, observer)?;
        }
        Ok(())
    }

    /// Trains on what was imported, and makes everybody's list, by account and rows of the world.
    ///
    /// Who is not in the log yet, or for whom there is nothing new, gets none.
    pub(super) fn lists(
        &mut self,
        world: &World,
        week: usize,
        size: u32,
        observer: &mut dyn Observer,
    ) -> Result<Vec<Vec<usize>>, Error> {
        let now = world.week(week).start(&TimeZone::UTC);
        let request = TrainRequest { models: Vec::new(), as_of: None, now };
        let snapshot = engine::train(&self.folder, &request, observer)?.with_new(&self.folder)?;
        let maker = Maker::of(&self.folder, &snapshot)?;
        let mut requests = Vec::new();
        for listener in people(world) {
            requests.extend(self.request(world, listener, week, size)?);
        }
        let accounts: BTreeMap<&String, usize> = self.names.iter().zip(0..).collect();
        let mut lists = vec![Vec::new(); self.names.len()];
        let mut receive = |request: &WeeklyRequest, outcome| {
            let account = request.listener.name.as_ref().and_then(|name| accounts.get(name));
            if let (Some(account), Outcome::List(playlist)) = (account, outcome)
                && playlist.week == world.week(week)
            {
                lists[*account] = rows(world, &playlist)?;
            }
            Ok::<(), Error>(())
        };
        maker.weekly_all(&mut self.folder, &requests, Whose::Everyone, &mut receive, observer)?;
        Ok(lists)
    }

    /// A list for an account, if anything was heard of it yet.
    fn request(
        &self,
        world: &World,
        account: usize,
        week: usize,
        size: u32,
    ) -> Result<Option<WeeklyRequest>, Error> {
        let listener = match self.folder.listener(Some(&self.names[account])) {
            Err(engine::Error::UnknownListener { .. }) => return Ok(None),
            listener => listener?,
        };
        let week = world.week(week);
        Ok(Some(WeeklyRequest {
            listener,
            week: Some(week),
            size: Some(size),
            mode: Mode::Keep,
            scorer: Scorer::Serving,
            kind: None,
            at: None,
            as_of: None,
            now: week.start(&TimeZone::UTC),
        }))
    }

    fn file(&mut self, name: &str) -> Result<(PathBuf, BufWriter<File>), Error> {
        self.n_files += 1;
        let path = self.place.join(format!("{}-{name}", self.n_files));
        let file = BufWriter::new(File::create(&path)?);
        Ok((path, file))
    }

    /// Imports a file that is gone afterwards.
    fn close_and_import(
        &mut self,
        path: PathBuf,
        mut file: BufWriter<File>,
        observer: &mut dyn Observer,
    ) -> Result<(), Error> {
        file.flush()?;
        drop(file);
        let (options, audience) = (Options::plain(self.end), Audience::Foreground);
        let request =
            ImportRequest { path: path.clone(), options, listener: None, audience, now: self.end };
        engine::import(&mut self.folder, &request, observer)?;
        Ok(fs_err::remove_file(path)?)
    }
}

/// Where in the world the lines are.
fn rows(world: &World, playlist: &Playlist) -> Result<Vec<usize>, Error> {
    let row = |track: &music::Track| {
        let row = track.links.iter().find_map(|link| world.recording_of(&link.url));
        row.ok_or_else(|| Error::NotOfThisWorld { title: track.title.clone() })
    };
    playlist.tracks.iter().map(row).collect()
}
