//! `undersong train`: what can be learned from the log?

use engine::{Folder, Snapshot, TrainRequest};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::args::{Global, TrainArguments};
use crate::progress::Progress;
use crate::say::Say;
use crate::{Answer, clock, place};

/// Trains and says what came of it.
pub(crate) fn run(
    global: &Global,
    arguments: &TrainArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let folder = place::open(global)?;
    let as_of = arguments.as_of.map(|date| start_of(&folder, date)).transpose()?;
    let request = TrainRequest { models: arguments.models.clone(), as_of, now: clock::now() };
    let snapshot = engine::train(&folder, &request, &mut Progress::new())?;
    say.machine(&snapshot.manifest)?;
    say.line(&sentence(&snapshot))?;
    Ok(Answer::Done)
}

/// What a training came to.
pub(crate) fn sentence(snapshot: &Snapshot) -> String {
    let manifest = &snapshot.manifest;
    let seconds: f64 = manifest.seconds.values().sum();
    format!(
        "Snapshot {}: {} listeners, {} {}, {} pairs; {} in {seconds:.1} s.",
        manifest.id,
        manifest.n_listeners,
        manifest.n_items,
        manifest.items.name(),
        manifest.n_pairs,
        manifest.models.first().map(String::as_str).unwrap_or_default(),
    )
}

/// The first moment of a day, in the folder's zone.
pub(crate) fn start_of(folder: &Folder, date: Date) -> anyhow::Result<Timestamp> {
    Ok(date.to_zoned(folder.config.timezone())?.timestamp())
}
