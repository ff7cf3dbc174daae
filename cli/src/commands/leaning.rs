//! `undersong more` and `less`: what does a listener want more or less of?

use serde_json::json;
use store::Lean;

use super::block::target;
use crate::args::{Global, LeaningArguments};
use crate::say::Say;
use crate::{Answer, clock, place};

/// Notes it for every list from now on, or takes it back; a "no" where there is nothing to take back.
pub(crate) fn run(
    global: &Global,
    arguments: &LeaningArguments,
    lean: Lean,
    say: &Say,
) -> anyhow::Result<Answer> {
    let mut folder = place::open(global)?;
    let listener = folder.listener(arguments.what.whose.listener.as_deref())?;
    let (target, named) = target(&folder, &arguments.what)?;
    let whose = listener.name.unwrap_or_default();
    let word = match lean {
        Lean::More => "more",
        Lean::Less => "less",
    };
    if !arguments.undo {
        let is_news = folder.store.lean(listener.id, &target, lean, clock::now())?;
        say.machine(&json!({ "listener": whose, word: named, "is_news": is_news }))?;
        say.line(&format!("Noted: {word} of {named} for {whose}. The next list knows."))?;
        return Ok(Answer::Done);
    }
    let was_noted = folder.store.unlean(listener.id, &target, lean)?;
    say.machine(&json!({ "listener": whose, "undone": named, "was_noted": was_noted }))?;
    if was_noted {
        say.line(&format!("{named} is as it was before."))?;
        Ok(Answer::Done)
    } else {
        say.line(&format!("{whose} did not ask for {word} of {named}."))?;
        Ok(Answer::No)
    }
}
