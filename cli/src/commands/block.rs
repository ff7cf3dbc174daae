//! `undersong block` and `unblock`: what must never be shown again?

use engine::Folder;
use serde_json::json;
use store::BlockTarget;

use crate::args::{BlockArguments, BlockKind, Global};
use crate::say::Say;
use crate::{Answer, clock, place};

/// Blocks, from now on and for every list.
pub(crate) fn block(
    global: &Global,
    arguments: &BlockArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let mut folder = place::open(global)?;
    let listener = folder.listener(arguments.whose.listener.as_deref())?;
    let (target, name) = target(&folder, arguments)?;
    folder.store.block(listener.id, &target, clock::now())?;
    say.machine(&json!({ "listener": listener.name, "blocked": name }))?;
    say.line(&format!("{name} will not be shown to {} again.", listener.name.unwrap_or_default()))?;
    Ok(Answer::Done)
}

/// Takes a block back; a "no" where there was none.
pub(crate) fn unblock(
    global: &Global,
    arguments: &BlockArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let mut folder = place::open(global)?;
    let listener = folder.listener(arguments.whose.listener.as_deref())?;
    let (target, name) = target(&folder, arguments)?;
    let was_blocked = folder.store.unblock(listener.id, &target)?;
    say.machine(
        &json!({ "listener": listener.name, "unblocked": name, "was_blocked": was_blocked }),
    )?;
    if was_blocked {
        say.line(&format!("{name} may be shown again."))?;
        Ok(Answer::Done)
    } else {
        say.line(&format!("{name} was not blocked."))?;
        Ok(Answer::No)
    }
}

/// What is meant, and how it is called.
pub(crate) fn target(
    folder: &Folder,
    arguments: &BlockArguments,
) -> anyhow::Result<(BlockTarget, String)> {
    Ok(match arguments.kind {
        BlockKind::Artist => {
            let (artist, name) = engine::find_artist(folder, &arguments.value)?;
            (BlockTarget::Artist(artist), name)
        }
        BlockKind::Recording => {
            let id = engine::find_recording(folder, &arguments.value)?;
            let recording = folder.store.recording(id)?;
            let name =
                recording.map_or_else(|| id.to_string(), |recording| recording.entry.credit.title);
            (BlockTarget::Recording(id), format!("“{name}”"))
        }
        BlockKind::Tag => {
            let tag = arguments.value.trim().to_lowercase();
            (BlockTarget::Tag(tag.clone()), format!("what is tagged “{tag}”"))
        }
    })
}
