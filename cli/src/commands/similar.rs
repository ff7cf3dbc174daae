//! `undersong similar`: what is like this recording, this artist, this listener?

use engine::{Alike, Snapshot, Subject};
use formats::{one_line, width};
use serde_json::json;

use crate::args::{Global, SimilarArguments};
use crate::say::Say;
use crate::{Answer, clock, place};

/// Columns of a name before it is cut.
const NAME_WIDTH: usize = 60;

/// Prints the most alike, best first.
pub(crate) fn run(
    global: &Global,
    arguments: &SimilarArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let folder = place::open(global)?;
    let snapshot = Snapshot::serving(&folder)?;
    let of = &arguments.of;
    let (what, subject) = match (&of.recording, &of.artist) {
        (Some(text), _) => {
            ("recording", Subject::Recording(engine::find_recording(&folder, text)?))
        }
        (None, Some(text)) => ("artist", Subject::Artist(engine::find_artist(&folder, text)?.0)),
        (None, None) => ("listener", Subject::Listener(folder.listener(of.listener.as_deref())?)),
    };
    let alike = engine::similar(&folder, &snapshot, &subject, arguments.size, clock::now())?;
    say.machine(&json!({ "snapshot": snapshot.manifest.id, "alike": what, "similar": alike }))?;
    for line in alike.iter().map(line) {
        say.line(&line)?;
    }
    Ok(if alike.is_empty() { Answer::No } else { Answer::Done })
}

fn line(alike: &Alike) -> String {
    let mut name = one_line(&alike.name);
    while width(&name) > NAME_WIDTH {
        name.pop();
    }
    let padding = " ".repeat(NAME_WIDTH - width(&name));
    let listeners = match alike.listeners {
        0 => String::new(),
        1 => "  liked by 1".to_owned(),
        n => format!("  liked by {n}"),
    };
    format!("{:5.2}  {name}{padding}{listeners}", alike.similarity).trim_end().to_owned()
}
