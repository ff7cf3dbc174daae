//! `undersong explain evidence`: why is it believed that this listener likes this recording?

use listens::{Contribution, Evidence, Weighing};
use music::{End, Event};
use serde_json::{Value, json};

use crate::args::{Global, ListenerArgument};
use crate::say::Say;
use crate::{Answer, clock, place};

/// Prints what each row of the log adds, and what that comes to.
pub(crate) fn run(
    global: &Global,
    whose: &ListenerArgument,
    recording: &str,
    say: &Say,
) -> anyhow::Result<Answer> {
    let folder = place::open(global)?;
    let listener = folder.listener(whose.listener.as_deref())?;
    let id = engine::find_recording(&folder, recording)?;
    let history = folder.store.history(listener.id)?;
    let found = engine::evidence(&folder, &history, id, clock::now())?;
    let credit = folder.store.recording(id)?.map(|recording| recording.entry.credit);
    let title = credit
        .map_or_else(|| id.to_string(), |credit| format!("{} - {}", credit.artist, credit.title));
    let name = listener.name.unwrap_or_default();
    let Some(weighing) = found else {
        say.machine(&json!({ "listener": name, "recording": id, "title": title, "rows": [] }))?;
        say.line(&format!("Nothing in {name}'s log is of {title}: it is unknown, not disliked."))?;
        return Ok(Answer::No);
    };
    let rules = &folder.config.evidence;
    say.machine(&json(&name, &id.to_string(), &title, &weighing))?;
    say.line(&text(&name, &title, &weighing, rules))?;
    Ok(Answer::Done)
}

fn text(name: &str, title: &str, weighing: &Weighing<'_>, rules: &Evidence) -> String {
    let rows = weighing.contributions.iter().map(row);
    let mut lines: Vec<String> = std::iter::once(format!("{name}, {title}")).chain(rows).collect();
    if weighing.counted > 0.0 {
        let value = rules.value("completed");
        let amount = value * weighing.counted;
        lines.push(format!(
            "  {:<19}  {} plays without times, each worth {value}: {amount:+.3}",
            "", weighing.counted
        ));
    }
    let (e, weighed) = (weighing.evidence, &weighing.weighed);
    let verdict = if weighed.is_liked { "liked" } else { "not liked" };
    lines.push(format!("Evidence {e:+.3}, so it is {verdict}."));
    lines.push(format!(
        "Confidence {:.3} = {}·ln(1 + {:.3}/{}); half of what is said is forgotten in {} days, counted back from the last listen.",
        weighed.confidence,
        rules.alpha,
        e.abs(),
        rules.eps,
        rules.half_life_days
    ));
    lines.join("\n")
}

fn row(contribution: &Contribution<'_>) -> String {
    let Contribution { logged, kind, value, decay, counts } = contribution;
    let at = logged.event.at.strftime("%Y-%m-%d %H:%M:%S");
    let what = format!("{kind}{}", told(&logged.event));
    let worth = if *counts {
        format!("{value} × {decay:.3} = {:+.3}", contribution.amount())
    } else if logged.event.kind.is_listen() {
        "reported by another source too: not counted".to_owned()
    } else {
        "said again or taken back later: not counted".to_owned()
    };
    format!("  {at}  {what:<34}  {worth}")
}

/// What the source said of a play.
fn told(event: &Event) -> String {
    let minutes = |length: std::time::Duration| {
        let seconds = length.as_secs();
        format!("{}:{:02}", seconds / 60, seconds % 60)
    };
    let length = event.length.map(|length| format!(" of {}", minutes(length))).unwrap_or_default();
    let played = event.played.map(|played| format!(", {}{length}", minutes(played)));
    let end = match event.end {
        Some(End::Finished) => ", to its end",
        Some(End::Skipped) => ", skipped",
        Some(End::MovedOn) => ", moved on",
        Some(End::Stopped) => ", stopped",
        None => "",
    };
    format!("{}{end}", played.unwrap_or_default())
}

fn json(name: &str, id: &str, title: &str, weighing: &Weighing<'_>) -> Value {
    let row = |contribution: &Contribution<'_>| {
        let event = &contribution.logged.event;
        json!({
            "at": event.at,
            "kind": event.kind.name(),
            "is": contribution.kind,
            "import": contribution.logged.import,
            "played_secs": event.played.map(|played| played.as_secs_f64()),
            "value": contribution.value,
            "decay": contribution.decay,
            "counts": contribution.counts,
        })
    };
    json!({
        "listener": name,
        "recording": id,
        "title": title,
        "rows": weighing.contributions.iter().map(row).collect::<Vec<_>>(),
        "counted": weighing.counted,
        "evidence": weighing.evidence,
        "is_liked": weighing.weighed.is_liked,
        "confidence": weighing.weighed.confidence,
    })
}
