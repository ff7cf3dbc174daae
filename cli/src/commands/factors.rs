//! `undersong factors`: how does what was learned here reach another installation?

use engine::Snapshot;
use serde_json::json;

use crate::args::{FactorsArguments, FactorsChange, Global};
use crate::say::Say;
use crate::{Answer, clock, place};

/// Writes or reads a factor file.
pub(crate) fn run(
    global: &Global,
    arguments: &FactorsArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let mut folder = place::open(global)?;
    match &arguments.change {
        FactorsChange::Export { file, min_listeners } => {
            let snapshot = Snapshot::current(&folder.snapshots())?;
            let exported = engine::export_factors(&folder, &snapshot, file, *min_listeners)?;
            let (n, withheld, items) =
                (exported.n_items, exported.n_withheld, snapshot.manifest.items.name());
            say.machine(
                &json!({ "file": file.to_string_lossy(), "items": n, "withheld": withheld }),
            )?;
            say.line(&format!(
                "{}: {n} {items}; {withheld} stay at home, as fewer than {min_listeners} listeners like them.",
                file.display()
            ))?;
            if n == 0 {
                return Ok(Answer::No);
            }
        }
        FactorsChange::Import { file } => {
            let snapshot = engine::import_factors(&mut folder, file, clock::now())?;
            let manifest = &snapshot.manifest;
            say.machine(manifest)?;
            say.line(&format!(
                "Snapshot {} serves now: {} {} learned from {} listeners elsewhere.",
                manifest.id,
                manifest.n_items,
                manifest.items.name(),
                manifest.n_listeners
            ))?;
        }
    }
    Ok(Answer::Done)
}
