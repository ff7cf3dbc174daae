//! `undersong demo`: does it work, and how well, where the truth is known?
//!
//! A simulated log goes through the same door as real ones; the hidden taste then tells what each list is worth.

use std::path::Path;

use engine::Scorer;
use fs_err::File;
use models::Spec;
use serde_json::json;
use world::{Params, World};

use crate::Answer;
use crate::args::{DemoArguments, Global};
use crate::progress::Progress;
use crate::say::Say;

use simulation::{POPULARITY, RANDOM, Simulation};

mod repeat;
mod simulation;

/// How many listeners stand for all when the lists are judged.
const JUDGED: usize = 100;

/// Simulates, imports, trains, recommends and judges.
pub(crate) fn run(
    _global: &Global,
    arguments: &DemoArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let params = Params {
        tastes: arguments.tastes,
        listeners: arguments.listeners,
        recordings: arguments.recordings,
        weeks: arguments.weeks,
        seed: arguments.seed,
        ..Params::default()
    };
    if let Some(path) = &arguments.log {
        write_log(&params, path, say)?;
        return Ok(Answer::Done);
    }
    if let Some(seeds) = arguments.repeat {
        return repeat::run(&params, arguments.model.as_ref(), seeds, say);
    }
    show(&params, arguments.model.as_ref(), say)?;
    Ok(Answer::Done)
}

fn show(params: &Params, model: Option<&Spec>, say: &Say) -> anyhow::Result<()> {
    say.line(&format!(
        "A world of {} listeners, {} recordings and {} weeks, seed {}; hidden tastes: {}.",
        params.listeners, params.recordings, params.weeks, params.seed, params.tastes
    ))?;
    let mut simulation = Simulation::run(params, model, &mut Progress::new(), say)?;
    let shown = simulation.typical_listener();
    let list = simulation.list(shown, Scorer::Serving)?;
    say.line("")?;
    say.line(formats::publish(&list, formats::Format::Table).trim_end())?;

    let judged = simulation.judged(JUDGED);
    let one = Shares::of(&mut simulation, &[shown])?;
    let all = Shares::of(&mut simulation, &judged)?;
    let (name, n) = (&list.listener, list.tracks.len());
    say.line(&format!(
        "\nHow good is it? The hidden taste of {name} knows. Of these {n} recordings, never heard before,\n\
         {name} would love {}; of as many that are popular {}; of as many at random {}.\n\
         Over {} listeners: ours {}, popular {}, random {}.",
        percent(one.ours),
        percent(one.popularity),
        percent(one.random),
        judged.len(),
        percent(all.ours),
        percent(all.popularity),
        percent(all.random),
    ))?;
    let numbers = |shares: &Shares| json!({ "ours": shares.ours, "popularity": shares.popularity, "random": shares.random });
    let mut mean = numbers(&all);
    mean["listeners"] = json!(judged.len());
    say.machine(&json!({ "list": list, "loved_share": numbers(&one), "mean_loved_share": mean }))
}

/// Mean shares of a list that its listener would love, by who made it.
struct Shares {
    ours: f64,
    popularity: f64,
    random: f64,
}

impl Shares {
    fn of(simulation: &mut Simulation, listeners: &[usize]) -> anyhow::Result<Self> {
        Ok(Self {
            ours: simulation.mean_loved_share(listeners, Scorer::Serving)?,
            popularity: simulation.mean_loved_share(listeners, POPULARITY)?,
            random: simulation.mean_loved_share(listeners, RANDOM)?,
        })
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// Writes the simulated listens as a Last.fm-1K table, one at a time.
fn write_log(params: &Params, path: &Path, say: &Say) -> anyhow::Result<()> {
    let mut world = World::new(params);
    let mut file = std::io::BufWriter::new(File::create(path)?);
    let mut n_listens = 0;
    let mut written = Ok(());
    for week in 0..params.weeks {
        world.play_week_into(week, &[], &mut |listen| {
            n_listens += u64::from(listen.event.kind.is_listen());
            if written.is_ok() {
                written = listens::write_lastfm_1k([listen], &mut file);
            }
        });
    }
    written?;
    std::io::Write::flush(&mut file)?;
    say.machine(&json!({ "file": path.to_string_lossy(), "listens": n_listens }))?;
    say.line(&format!("{}: {} listens", path.display(), super::import::grouped(n_listens)))
}
