//! `undersong listeners`: who listens here, and who is whom?

use engine::Folder;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::args::{Global, ListenersArguments, ListenersChange};
use crate::say::Say;
use crate::{Answer, place};

/// Lists the listeners, or changes one.
pub(crate) fn run(
    global: &Global,
    arguments: &ListenersArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let mut folder = place::open(global)?;
    match &arguments.change {
        None => list(&folder, say)?,
        Some(change) => {
            let done = apply(&mut folder, change)?;
            say.machine(&json!({ "done": done }))?;
            say.line(&done)?;
        }
    }
    Ok(Answer::Done)
}

fn list(folder: &Folder, say: &Say) -> anyhow::Result<()> {
    let listeners = folder.store.listeners()?;
    let background = folder.store.totals()?.background_listeners;
    say.machine(&json!({
        "listeners": listeners.iter().map(|listener| json!({
            "name": listener.name, "timezone": engine::timezone(folder, listener).iana_name(),
        })).collect::<Vec<_>>(),
        "background": background,
    }))?;
    for listener in &listeners {
        let timezone = engine::timezone(folder, listener);
        let name = listener.name.as_deref().unwrap_or_default();
        say.line(&format!("{name}  ({})", timezone.iana_name().unwrap_or("UTC")))?;
    }
    say.line(&format!("and {background} in the background, without names"))
}

fn apply(folder: &mut Folder, change: &ListenersChange) -> anyhow::Result<String> {
    Ok(match change {
        ListenersChange::Merge { from, into } => {
            let (gone, stays) = (folder.listener(Some(from))?, folder.listener(Some(into))?);
            let _lock = folder.lock()?;
            folder.store.merge(gone.id, stays.id)?;
            format!("All of {from} is now {into}'s.")
        }
        ListenersChange::Rename { from, to } => {
            let listener = folder.listener(Some(from))?;
            folder.store.rename(listener.id, to)?;
            format!("{from} is called {to} now; logs under the old name still find their way.")
        }
        ListenersChange::Delete { name } => {
            let listener = folder.listener(Some(name))?;
            engine::forget(folder, &listener)?;
            format!(
                "{name} is forgotten; the next `undersong train` also unlearns what these listens taught."
            )
        }
        ListenersChange::Timezone { name, zone } => {
            let listener = folder.listener(Some(name))?;
            TimeZone::get(zone)?;
            folder.store.set_timezone(listener.id, Some(zone))?;
            format!("{name}'s weeks start on Monday 00:00 in {zone}.")
        }
    })
}
