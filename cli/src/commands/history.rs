//! `undersong history`: what were the past lists?

use formats::Format;

use crate::args::{Global, ListenerArgument};
use crate::say::Say;
use crate::{Answer, place};

/// Prints every list ever made for a listener, newest week first.
pub(crate) fn run(
    global: &Global,
    arguments: &ListenerArgument,
    say: &Say,
) -> anyhow::Result<Answer> {
    let folder = place::open(global)?;
    let listener = folder.listener(arguments.listener.as_deref())?;
    let lists = engine::history(&folder, &listener)?;
    if say.json {
        say.text(&formats::publish_all(&lists, Format::Json))?;
    } else if lists.is_empty() {
        say.line("No list was made yet: `undersong weekly` makes one.")?;
    } else {
        say.text(&formats::publish_all(&lists, Format::Table))?;
    }
    Ok(if lists.is_empty() { Answer::No } else { Answer::Done })
}
