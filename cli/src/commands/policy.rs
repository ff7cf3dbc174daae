//! `undersong policy`: what does the operator deny, and what is labelled how?

use std::path::Path;

use engine::Folder;
use serde_json::json;
use store::{BlockTarget, Effect, Policy};

use super::library::tell;
use crate::args::{Global, PolicyArguments, PolicyChange};
use crate::say::Say;
use crate::{Answer, place};

/// Adds to the policy, shows it or takes it back.
pub(crate) fn run(
    global: &Global,
    arguments: &PolicyArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let mut folder = place::open(global)?;
    match &arguments.change {
        PolicyChange::Import { file } => import(&mut folder, file, say),
        PolicyChange::Show => show(&folder, say),
        PolicyChange::Clear => {
            let cleared = folder.store.clear_policies()?;
            say.machine(&json!({ "cleared": cleared }))?;
            say.line(&format!("{cleared} lines of the policy are taken back."))?;
            Ok(if cleared == 0 { Answer::No } else { Answer::Done })
        }
    }
}

fn import(folder: &mut Folder, file: &Path, say: &Say) -> anyhow::Result<Answer> {
    let tally = engine::import_policy(folder, file)?;
    let total = folder.store.policies()?.len();
    let head = format!("{} lines taken; the policy has {total} now.", tally.taken);
    tell(&tally, total, &head, say)
}

fn show(folder: &Folder, say: &Say) -> anyhow::Result<Answer> {
    let policies = folder.store.policies()?;
    let mut told = Vec::new();
    for policy in &policies {
        let (kind, id, name) = named(folder, &policy.target)?;
        let Policy { effect, reason, source, line, .. } = policy;
        let label = match effect {
            Effect::Denied => None,
            Effect::Labelled(label) => Some(label),
        };
        let what = label.map_or_else(|| "denied".to_owned(), |label| format!("labelled “{label}”"));
        let why = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        say.line(&format!("{kind} {name} is {what}{why} ({source}, line {line})"))?;
        told.push(json!({
            "kind": kind, "id": id, "name": name, "is_denied": label.is_none(), "label": label,
            "reason": reason, "source": source, "line": line,
        }));
    }
    say.machine(&told)?;
    if policies.is_empty() {
        say.line("Nothing is denied or labelled.")?;
        return Ok(Answer::No);
    }
    Ok(Answer::Done)
}

/// Kind, id and name of what a policy is about.
fn named(
    folder: &Folder,
    target: &BlockTarget,
) -> anyhow::Result<(&'static str, Option<u64>, String)> {
    Ok(match target {
        BlockTarget::Artist(artist) => {
            let found = folder.store.find_artist(&artist.to_string())?;
            let name = found.into_iter().find(|(id, _)| id == artist).map(|(_, name)| name);
            ("artist", Some(artist.0), name.unwrap_or_else(|| artist.to_string()))
        }
        BlockTarget::Recording(id) => {
            let recording = folder.store.recording(*id)?;
            let name = recording.map(|recording| {
                let credit = recording.entry.credit;
                format!("{} - {}", credit.artist, credit.title)
            });
            ("recording", Some(id.0), name.unwrap_or_else(|| id.to_string()))
        }
        BlockTarget::Tag(tag) => ("tag", None, tag.clone()),
    })
}
