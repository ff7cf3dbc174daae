//! `undersong like`, `dislike`, `unlike`: what does a listener say of a recording?

use music::{Event, Interaction};
use serde_json::json;

use crate::args::{Global, OpinionArguments};
use crate::say::Say;
use crate::{Answer, clock, place};

/// Adds the opinion to the listener's log.
pub(crate) fn run(
    global: &Global,
    arguments: &OpinionArguments,
    kind: Interaction,
    say: &Say,
) -> anyhow::Result<Answer> {
    let mut folder = place::open(global)?;
    let listener = folder.listener(arguments.whose.listener.as_deref())?;
    let id = engine::find_recording(&folder, &arguments.recording)?;
    let (title, artist) = match folder.store.recording(id)? {
        Some(recording) => (recording.entry.credit.title, recording.entry.credit.artist),
        None => (id.to_string(), String::new()),
    };
    let name = listener.name.clone().unwrap_or_default();
    let word = kind.name().to_owned();
    folder.store.record(listener.id, id, &Event::new(kind, clock::now()))?;
    say.machine(&json!({ "listener": name, "recording": id, "title": title, "artist": artist, "kind": word }))?;
    say.line(&format!("Noted: {name} — {word} — “{title}” by {artist}. The next list knows."))?;
    Ok(Answer::Done)
}
