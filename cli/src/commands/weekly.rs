//! `undersong weekly`: what should this listener play next week?

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use engine::{
    BlendRequest, Error, Folder, Maker, Mode, Pace, Scorer, Snapshot, TrainRequest, WeeklyRequest,
};
use formats::Format;
use music::{Playlist, Week};
use store::Listener;

use super::{status, train};
use crate::args::{Global, WeeklyArguments};
use crate::progress::Progress;
use crate::say::Say;
use crate::{Answer, clock, interrupt, place};

/// Makes the lists and prints them, or writes a file for each.
pub(crate) fn run(
    global: &Global,
    arguments: &WeeklyArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let mut folder = place::open(global)?;
    let listeners =
        if arguments.blend.is_empty() { whose(&folder, arguments)? } else { Vec::new() };
    let snapshot = snapshot(&folder, arguments, say)?;
    let maker = Maker::of(&folder, &snapshot)?;
    if !arguments.blend.is_empty() {
        let list = blend(&mut folder, &maker, arguments)?;
        publish(arguments, &[list], say)?;
        return Ok(Answer::Done);
    }
    let mut lists = Vec::new();
    for listener in listeners {
        if interrupt::is_interrupted() {
            return Err(Error::Interrupted.into());
        }
        let request = request(&folder, arguments, listener)?;
        if arguments.all && !is_due(&folder, &request, say)? {
            continue;
        }
        match maker.weekly(&mut folder, &request) {
            Ok(list) => lists.push(list),
            Err(error) if arguments.all && error.is_honest_no() => say.remark(&error.to_string()),
            Err(error) => return Err(error.into()),
        }
    }
    publish(arguments, &lists, say)?;
    Ok(if lists.is_empty() { Answer::No } else { Answer::Done })
}

fn whose(folder: &Folder, arguments: &WeeklyArguments) -> anyhow::Result<Vec<Listener>> {
    if !arguments.all {
        return Ok(vec![folder.listener(arguments.whose.listener.as_deref())?]);
    }
    let listeners = folder.foreground()?;
    if listeners.is_empty() { Err(Error::Empty.into()) } else { Ok(listeners) }
}

/// The snapshot that serves, or that of the day in the past that is asked for.
///
/// Where there is none yet, one is trained first, unless nothing may be written.
fn snapshot(folder: &Folder, arguments: &WeeklyArguments, say: &Say) -> anyhow::Result<Snapshot> {
    if let Some(date) = arguments.as_of {
        let as_of = train::start_of(date, folder.config.timezone())?;
        return Ok(engine::snapshot_as_of(folder, as_of, clock::now(), &mut Progress::new())?);
    }
    match Snapshot::current(&folder.snapshots()) {
        Err(Error::NoSnapshot) if !arguments.dry_run => {
            let request = TrainRequest { models: Vec::new(), as_of: None, now: clock::now() };
            let snapshot = engine::train(folder, &request, &mut Progress::new())?;
            say.remark(&train::sentence(&snapshot));
            Ok(snapshot)
        }
        Ok(snapshot) => {
            if status::is_behind(folder, &snapshot.manifest)? {
                say.remark("Imports came or went since the last training: `undersong train` learns from them.");
            }
            Ok(snapshot)
        }
        Err(error) => Err(error.into()),
    }
}

fn request(
    folder: &Folder,
    arguments: &WeeklyArguments,
    listener: Listener,
) -> anyhow::Result<WeeklyRequest> {
    let mode = match (arguments.dry_run, arguments.refresh) {
        (true, _) => Mode::DryRun,
        (false, true) => Mode::Refresh,
        (false, false) => Mode::Keep,
    };
    let tz = engine::timezone(folder, &listener);
    let at = arguments.at.map(|at| at.to_zoned(tz.clone())).transpose()?;
    let as_of = arguments.as_of.map(|date| train::start_of(date, tz)).transpose()?;
    let (week, size) = (arguments.week, arguments.size);
    Ok(WeeklyRequest {
        listener,
        week,
        size,
        mode,
        scorer: Scorer::Serving,
        kind: arguments.kind,
        at: at.map(|at| at.timestamp()),
        as_of,
        now: clock::now(),
    })
}

/// Whether a list that comes by itself is due; it is never left out silently.
fn is_due(folder: &Folder, request: &WeeklyRequest, say: &Say) -> anyhow::Result<bool> {
    let tz = engine::timezone(folder, &request.listener);
    let week = request.week.unwrap_or_else(|| Week::of(request.now, &tz));
    let Pace { weeks, unopened, is_due } = engine::pace(folder, &request.listener, week)?;
    if !is_due {
        let name = request.listener.name.as_deref().unwrap_or_default();
        let why = match unopened {
            0 => "as set".to_owned(),
            n => format!("as the last {n} lists were not opened"),
        };
        say.remark(&format!(
            "{name} gets a list every {weeks} weeks, {why}: none for {week}. `undersong weekly --listener {name}` makes one."
        ));
    }
    Ok(is_due)
}

/// One list for several.
fn blend(
    folder: &mut Folder,
    maker: &Maker<'_>,
    arguments: &WeeklyArguments,
) -> anyhow::Result<Playlist> {
    let listeners = arguments.blend.iter().map(|name| folder.listener(Some(name.trim())));
    let listeners = listeners.collect::<Result<Vec<_>, _>>()?;
    if listeners.len() < 2 {
        anyhow::bail!(
            "--blend makes one list for several: at least two names with commas expected"
        );
    }
    let mode = if arguments.dry_run { Mode::DryRun } else { Mode::Keep };
    let (week, size) = (arguments.week, arguments.size);
    let request = BlendRequest { listeners, week, size, mode, now: clock::now() };
    Ok(maker.blend(folder, &request)?)
}

fn publish(arguments: &WeeklyArguments, lists: &[Playlist], say: &Say) -> anyhow::Result<()> {
    let format = if say.json && arguments.out.is_none() { Format::Json } else { arguments.format };
    if let Some(folder) = &arguments.out {
        return write(folder, format, lists, say);
    }
    match (lists, arguments.all) {
        ([], true) if format != Format::Json => Ok(()),
        ([only], false) => say.text(&formats::publish(only, format)),
        (_, _) if matches!(format, Format::Xspf | Format::M3u8) && lists.len() > 1 => {
            anyhow::bail!("{format} holds one list a file: say --out DIR to write a file for each")
        }
        ([only], true) if matches!(format, Format::Xspf | Format::M3u8) => {
            say.text(&formats::publish(only, format))
        }
        (lists, _) => say.text(&formats::publish_all(lists, format)),
    }
}

fn write(folder: &Path, format: Format, lists: &[Playlist], say: &Say) -> anyhow::Result<()> {
    fs_err::create_dir_all(folder)?;
    let mut written = BTreeSet::new();
    for list in lists {
        let path = free_path(folder, list, format, &written);
        fs_err::write(&path, formats::publish(list, format))?;
        say.line(&path.display().to_string())?;
        written.insert(path);
    }
    say.machine(&written)
}

/// A path named after the list that no other list of this run has: long names may be cut alike, others differ in case alone.
fn free_path(folder: &Path, list: &Playlist, format: Format, taken: &BTreeSet<PathBuf>) -> PathBuf {
    let stem = format!("{}-{}", file_name(&list.listener), list.week);
    let path = |n: u32| match n {
        1 => folder.join(format!("{stem}.{}", format.extension())),
        n => folder.join(format!("{stem}-{n}.{}", format.extension())),
    };
    let is_taken = |path: &PathBuf| {
        let folded = path.to_string_lossy().to_lowercase();
        taken.iter().any(|other| other.to_string_lossy().to_lowercase() == folded)
    };
    (1..).map(path).find(|path| !is_taken(path)).expect("there are more numbers than lists")
}

/// Characters of a name that a file is named after: `%` and two digits for each byte that a file system may refuse, so
/// that no two short names share a file, and no more in all than the 255 bytes that a file system takes.
const LONGEST_NAME: usize = 200;

fn file_name(name: &str) -> String {
    let mut encoded = String::new();
    for c in name.chars() {
        let mut bytes = [0; 4];
        let character = c.encode_utf8(&mut bytes);
        let part = if c.is_alphanumeric() || "-_. ".contains(c) {
            character.to_owned()
        } else {
            character.bytes().map(|byte| format!("%{byte:02X}")).collect()
        };
        if encoded.len() + part.len() > LONGEST_NAME {
            break;
        }
        encoded += &part;
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_name_becomes_a_file_name_of_its_own() {
        assert_eq!(file_name("ada"), "ada");
        assert_eq!(file_name("a/b_c"), "a%2Fb_c");
        assert_eq!(file_name("a%2Fb"), "a%252Fb");
        assert_eq!(file_name("Jürgen\n"), "Jürgen%0A");
        assert!(file_name(&"語".repeat(300)).len() <= 200);
    }
}
