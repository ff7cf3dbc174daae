//! `undersong train`: what can be learned from the log?

use engine::{Folder, Snapshot, TrainRequest};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

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
    let as_of = arguments.as_of.map(|date| start_of(date, folder.config.timezone())).transpose()?;
    let request = TrainRequest { models: arguments.models.clone(), as_of, now: clock::now() };
    let replaced = engine::current_id(&folder.snapshots())?;
    let snapshot = engine::train(&folder, &request, &mut Progress::new())?;
    if let Some(origin) = replaced.and_then(|id| imported_from(&folder, &id)) {
        say.remark(&format!(
            "The vectors of {origin} no longer serve; `undersong factors import` brings them back."
        ));
    }
    say.machine(&snapshot.manifest)?;
    say.line(&sentence(&snapshot))?;
    Ok(Answer::Done)
}

/// The factor file that a snapshot came from, if it was not trained here.
fn imported_from(folder: &Folder, id: &str) -> Option<String> {
    let manifest = engine::read_manifest(&folder.snapshots().join(id)).ok()?;
    (manifest.origin != engine::TRAINED).then_some(manifest.origin)
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
        manifest.models.first().map(|model| brief(model)).unwrap_or_default(),
    )
}

/// A model string without what goes without saying.
pub(crate) fn brief(model: &str) -> String {
    model.parse::<models::Spec>().map_or_else(|_unknown| model.to_owned(), |spec| spec.brief())
}

/// The first moment of a day.
pub(crate) fn start_of(date: Date, tz: TimeZone) -> anyhow::Result<Timestamp> {
    anyhow::ensure!(
        (1900..=9000).contains(&date.year()),
        "a day of the years 1900 to 9000 expected, got {date}"
    );
    Ok(date.to_zoned(tz)?.timestamp())
}
