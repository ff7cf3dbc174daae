//! What is heard first in the last four weeks of a simulated world, and liked?
//!
//! The world is imported like any log, with its catalogue; how recordings sound is a noisy view of the hidden truth.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use engine::{Folder, ImportRequest, Unobserved};
use eval::{Objective, Task, Window};
use fs_err::File;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use linalg::Matrix;
use listens::{Evidence, Options};
use models::{ItemFeatures, Spec, Vectors};
use music::{Listen, Rows};
use store::Audience;
use world::{Params, Tastes, World};

use crate::Arguments;

const WINDOW: i64 = 28 * 86_400;
/// A session that goes on across the moment tells nothing of itself.
const GAP: i64 = 1_800;

/// Plays a world, imports it, and asks for its last weeks.
pub(crate) fn task(tastes: &str, arguments: &Arguments, specs: &[Spec]) -> anyhow::Result<Task> {
    let tastes: Tastes = tastes.parse()?;
    let Arguments { listeners, recordings, weeks, seed, .. } = *arguments;
    let params = Params { tastes, listeners, recordings, weeks, seed, ..Params::default() };
    let place = tempfile::tempdir()?;
    let mut world = World::new(&params);
    let folder = import(&mut world, weeks, place.path())?;
    let window = Window { from: None, length: WINDOW, gap: GAP, replays: false };
    // Moments and features are there whatever the models: the questions need them too.
    let mut told = specs.to_vec();
    told.push("two-tower".parse()?);
    let judge = Evidence::default();
    let hit = Objective::Liked;
    let mut task = Task::from_folder(&folder, window, hit, &judge, &told, &mut Unobserved)?;
    let sound = sound(&world, &folder, &task.rows, arguments.noise)?;
    let n_items = task.rows.len();
    let features = task.features.get_or_insert_with(|| ItemFeatures::none(n_items));
    features.vectors.push(sound);
    Ok(task)
}

/// How each recording sounds, found by its Spotify key.
fn sound(world: &World, folder: &Folder, rows: &Rows, noise: f32) -> anyhow::Result<Vectors> {
    let (mut vectors, mut is_known) = (Vec::new(), Vec::new());
    let silence = vec![0.0; world.sound(0, 0.0).len()];
    for id in rows.ids() {
        let recording = folder.store.recording(*id)?;
        let uri = recording.and_then(|recording| recording.entry.credit.spotify);
        let sound = uri.and_then(|uri| world.recording_of(&uri));
        let sound = sound.map(|recording| world.sound(recording, noise));
        is_known.push(sound.is_some());
        vectors.extend(sound.as_ref().unwrap_or(&silence));
    }
    let of = Matrix::from_vec(rows.len(), silence.len(), vectors);
    Ok(Vectors { name: "sound", of, is_known })
}

/// Sends catalogue and log through the same door as real ones.
fn import(world: &mut World, weeks: usize, place: &Path) -> anyhow::Result<Folder> {
    let mut folder = Folder::open(&place.join("data"))?;
    let now = world.week(weeks).start(&TimeZone::UTC);
    let path = place.join("catalogue.jsonl");
    write(&path, |file| listens::write_catalogue(world.catalogue(), file))?;
    take(&mut folder, path, now)?;
    for week in 0..weeks {
        let log = world.play_week(week, &[]);
        let (plays, opinions): (Vec<&Listen>, Vec<&Listen>) =
            log.iter().partition(|listen| listen.event.kind.is_listen());
        if !plays.is_empty() {
            let path = place.join(format!("endsong_{week}.json"));
            write(&path, |file| listens::write_spotify(plays, file))?;
            take(&mut folder, path, now)?;
        }
        if !opinions.is_empty() {
            let path = place.join(format!("feedback-{week}.jsonl"));
            write(&path, |file| listens::write_feedback(opinions, file))?;
            take(&mut folder, path, now)?;
        }
    }
    Ok(folder)
}

fn write(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    write(&mut file)?;
    Ok(file.flush()?)
}

fn take(folder: &mut Folder, path: PathBuf, now: Timestamp) -> anyhow::Result<()> {
    let (options, audience) = (Options::plain(now), Audience::Foreground);
    let request = ImportRequest { path, options, listener: None, audience, now };
    engine::import(folder, &request, &mut Unobserved)?;
    Ok(fs_err::remove_file(&request.path)?)
}
