//! `undersong weekly`: what should this listener play next week?

use engine::{
    BlendRequest, Error, Folder, Maker, Mode, Outcome, Pace, Scorer, Snapshot, TrainRequest,
    WeeklyRequest, Whose,
};
use jiff::tz::TimeZone;
use music::{ListKind, Playlist, Week};
use store::Listener;

use publisher::Publisher;

use super::{status, train};
use crate::args::{Global, WeeklyArguments};
use crate::progress::Progress;
use crate::say::Say;
use crate::{Answer, clock, place};

mod publisher;

/// Makes the lists and prints them, or writes a file for each.
pub(crate) fn run(
    global: &Global,
    arguments: &WeeklyArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    check(arguments)?;
    let mut folder = place::open(global)?;
    if arguments.all {
        return all(&mut folder, arguments, say);
    }
    if !arguments.blend.is_empty() {
        let snapshot = snapshot(&folder, arguments, say)?;
        let maker = Maker::of(&folder, &snapshot)?;
        let list = blend(&mut folder, &maker, arguments)?;
        return publish(arguments, &list, say);
    }
    let listener = folder.listener(arguments.whose.listener.as_deref())?;
    let snapshot = snapshot(&folder, arguments, say)?;
    let request = request(&folder, arguments, listener)?;
    publish(arguments, &engine::weekly(&mut folder, &snapshot, &request)?, say)
}

/// Refuses what no list can be.
fn check(arguments: &WeeklyArguments) -> anyhow::Result<()> {
    if arguments.kind == Some(ListKind::Blend) {
        anyhow::bail!("a blend is for several: say --blend A,B in place of --kind blend");
    }
    let today = clock::now().to_zoned(TimeZone::UTC).date();
    match arguments.as_of {
        Some(date) if date > today => {
            anyhow::bail!("--as-of {date} is not in the past: a day that was is expected")
        }
        _ => Ok(()),
    }
}

/// Prints one list, or writes its file.
fn publish(arguments: &WeeklyArguments, list: &Playlist, say: &Say) -> anyhow::Result<Answer> {
    let publisher = Publisher::new(arguments, say)?;
    publisher.only(list)?;
    Ok(Answer::Done)
}

/// Makes the lists of everybody whose list is due, of every kind that each asks for.
fn all(folder: &mut Folder, arguments: &WeeklyArguments, say: &Say) -> anyhow::Result<Answer> {
    let listeners = folder.foreground()?;
    if listeners.is_empty() {
        return Err(Error::Empty.into());
    }
    let snapshot = snapshot(folder, arguments, say)?;
    let maker = Maker::of(folder, &snapshot)?;
    let requests = requests(folder, arguments, listeners)?;
    let mut publisher = Publisher::new(arguments, say)?;
    let mut n_lists = 0;
    let mut hand_over = |request: &WeeklyRequest, outcome| match outcome {
        Outcome::List(list) => {
            n_lists += 1;
            publisher.next(&list)
        }
        Outcome::NotDue { pace, week } => {
            say.remark(&not_due(request, &pace, week));
            Ok(())
        }
        Outcome::Nothing(error) => {
            say.remark(&error.to_string());
            Ok(())
        }
    };
    for requests in &requests {
        let mut progress = Progress::new();
        maker.weekly_all(folder, requests, Whose::Due, &mut hand_over, &mut progress)?;
    }
    publisher.end()?;
    Ok(if n_lists == 0 { Answer::No } else { Answer::Done })
}

/// Everybody's first list, then the second of those who want two, and so on: one must know what the other showed.
fn requests(
    folder: &Folder,
    arguments: &WeeklyArguments,
    listeners: Vec<Listener>,
) -> anyhow::Result<Vec<Vec<WeeklyRequest>>> {
    let mut rounds: Vec<Vec<WeeklyRequest>> = Vec::new();
    for listener in listeners {
        let kinds = match arguments.kind {
            Some(kind) => vec![kind],
            None => engine::kinds(folder, &listener)?,
        };
        let of_one = request(folder, arguments, listener)?;
        for (round, kind) in kinds.into_iter().enumerate() {
            rounds.resize_with(rounds.len().max(round + 1), Vec::new);
            rounds[round].push(WeeklyRequest { kind: Some(kind), ..of_one.clone() });
        }
    }
    Ok(rounds)
}

/// Why a list that comes by itself does not: it is never left out silently.
fn not_due(request: &WeeklyRequest, pace: &Pace, week: Week) -> String {
    let name = request.listener.name.as_deref().unwrap_or_default();
    let Pace { weeks, unopened, .. } = pace;
    let why = match unopened {
        0 => "as set".to_owned(),
        n => format!("as the last {n} lists were not opened"),
    };
    format!(
        "{name} gets a list every {weeks} weeks, {why}: none for {week}. `undersong weekly --listener {name}` makes one."
    )
}

/// The snapshot that serves, or that of the day in the past that is asked for.
///
/// Where there is none yet, one is trained first, unless nothing may be written.
fn snapshot(folder: &Folder, arguments: &WeeklyArguments, say: &Say) -> anyhow::Result<Snapshot> {
    if let Some(date) = arguments.as_of {
        let as_of = train::start_of(date, folder.config.timezone())?;
        return Ok(engine::snapshot_as_of(folder, as_of, clock::now(), &mut Progress::new())?);
    }
    match Snapshot::serving(folder) {
        Err(Error::NoSnapshot) if !arguments.dry_run => {
            let request = TrainRequest { models: Vec::new(), as_of: None, now: clock::now() };
            let snapshot = engine::train(folder, &request, &mut Progress::new())?;
            say.remark(&train::sentence(&snapshot));
            Ok(snapshot.with_new(folder)?)
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
