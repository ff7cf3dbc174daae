//! `undersong library`: what is owned here?

use engine::{NamedTally, UnknownLine};
use serde_json::json;

use super::import::grouped;
use crate::args::{Global, LibraryArguments, LibraryChange};
use crate::say::Say;
use crate::{Answer, place};

/// Unknown lines that are named one by one at the terminal.
const EXAMPLES: usize = 20;

/// Adds to a library or empties it.
pub(crate) fn run(
    global: &Global,
    arguments: &LibraryArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let mut folder = place::open(global)?;
    let (LibraryChange::Import { listener, .. } | LibraryChange::Clear { listener }) =
        &arguments.change;
    // Without a name it is the installation's, also where there is only one listener.
    let listener = listener.as_deref().map(|name| folder.listener(Some(name))).transpose()?;
    let id = listener.as_ref().map(|listener| listener.id);
    let whose = listener.and_then(|listener| listener.name);
    let whose = whose.unwrap_or_else(|| "the installation".to_owned());
    match &arguments.change {
        LibraryChange::Import { file, .. } => {
            let tally = engine::import_library(&mut folder, file, id)?;
            let total = folder.store.library(id)?.len();
            let head = format!(
                "{} lines taken, {} of them new; the library of {whose} has {} now.",
                grouped(tally.taken as u64),
                grouped(tally.new as u64),
                grouped(total as u64)
            );
            tell(&tally, total, &head, say)
        }
        LibraryChange::Clear { .. } => {
            let cleared = folder.store.clear_library(id)?;
            say.machine(&json!({ "cleared": cleared }))?;
            let n = grouped(cleared as u64);
            say.line(&format!("{n} recordings are taken out of the library of {whose}."))?;
            Ok(if cleared == 0 { Answer::No } else { Answer::Done })
        }
    }
}

/// Says what came of a file; a "no" where nothing of it was taken.
pub(crate) fn tell(
    tally: &NamedTally,
    total: usize,
    head: &str,
    say: &Say,
) -> anyhow::Result<Answer> {
    let unknown = tally.unknown.iter();
    let unknown =
        unknown.map(|line| json!({ "place": line.place, "value": line.value, "why": line.why }));
    say.machine(&json!({
        "taken": tally.taken, "new": tally.new, "total": total,
        "unknown": unknown.collect::<Vec<_>>(),
    }))?;
    say.line(head)?;
    let left_out = tally.unknown.len();
    if left_out > 0 {
        say.line(&format!("{} lines are left out:", grouped(left_out as u64)))?;
    }
    for UnknownLine { place, why, .. } in tally.unknown.iter().take(EXAMPLES) {
        say.line(&format!("  {place}: {why}"))?;
    }
    if left_out > EXAMPLES {
        let n = grouped((left_out - EXAMPLES) as u64);
        say.line(&format!("  and {n} more, see --json"))?;
    }
    Ok(if tally.taken == 0 { Answer::No } else { Answer::Done })
}
