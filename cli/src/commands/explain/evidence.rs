//! `undersong explain evidence`: why is it believed that this listener likes this recording?

use engine::Explained;
use listens::{Contribution, Evidence, Form, Standing};
use music::{End, Event};
use serde_json::{Value, json};

use crate::args::{Global, ListenerArgument};
use crate::say::Say;
use crate::{Answer, clock, place};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Listens from which on the months tell something.
const SEASONAL: usize = 6;

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
    let found = engine::evidence(&folder, &history, listener.id, id, clock::now())?;
    let credit = folder.store.recording(id)?.map(|recording| recording.entry.credit);
    let title = credit
        .map_or_else(|| id.to_string(), |credit| format!("{} - {}", credit.artist, credit.title));
    let name = listener.name.unwrap_or_default();
    let Some(explained) = found else {
        say.machine(&json!({ "listener": name, "recording": id, "title": title, "rows": [] }))?;
        say.line(&format!("Nothing in {name}'s log is of {title}: it is unknown, not disliked."))?;
        return Ok(Answer::No);
    };
    let rules = &folder.config.evidence;
    say.machine(&json(&name, &id.to_string(), &title, &explained))?;
    say.line(&text(&name, &title, &explained, rules))?;
    Ok(Answer::Done)
}

fn text(name: &str, title: &str, explained: &Explained<'_>, rules: &Evidence) -> String {
    let rows = explained.rows.iter().map(row);
    let mut lines: Vec<String> = std::iter::once(format!("{name}, {title}")).chain(rows).collect();
    if explained.counted > 0.0 {
        let worth = rules.worth("completed");
        let amount = worth * explained.counted;
        lines.push(format!(
            "  {:<19}  {} plays without times, each worth {worth}: {amount:+.3}",
            "", explained.counted
        ));
    }
    let verdict = if explained.weighed.is_liked() { "liked" } else { "not liked" };
    lines.push(format!("Evidence {:+.3}, so it is {verdict}.", explained.weighed.evidence));
    lines.push(format!("Confidence {:.3} = {}.", explained.confidence, formula(rules)));
    lines.extend(season(&explained.by_month));
    lines.join("\n")
}

/// How evidence becomes confidence, as configured.
fn formula(rules: &Evidence) -> String {
    let Evidence { alpha, eps, bm25_k1: k1, bm25_b: b, .. } = rules;
    match rules.form {
        Form::Linear => format!("{alpha}·|e|/{eps}"),
        Form::Log => format!("{alpha}·ln(1 + |e|/{eps})"),
        Form::Normalized => format!("{alpha}·ln(1 + |e|/({eps}·mean |e| of this listener))"),
        Form::Bm25 => format!(
            "{alpha}·idf·|e|·{}/(|e| + {k1}·({} + {b}·this listener's evidence/the mean listener's))",
            k1 + 1.0,
            1.0 - b
        ),
    }
}

/// When in the year it is heard, where it is heard often enough to tell.
fn season(by_month: &[usize; 12]) -> Option<String> {
    let n: usize = by_month.iter().sum();
    let heard = MONTHS.iter().zip(by_month).filter(|(_, n)| **n > 0);
    let heard: Vec<String> = heard.map(|(month, n)| format!("{month} {n}")).collect();
    (n >= SEASONAL).then(|| format!("By month: {}.", heard.join(", ")))
}

fn row(contribution: &Contribution<'_>) -> String {
    let Contribution { logged, kind, worth, says, decay, belief, at, .. } = contribution;
    let at = at.strftime("%Y-%m-%d %H:%M:%S");
    let what = format!("{kind}{}", logged.map(|row| told(&row.event)).unwrap_or_default());
    let mut factors = vec![worth.to_string()];
    let parts = [(says, "as usual as it is"), (decay, "by age")];
    for (factor, why) in parts.into_iter().filter(|(factor, _)| **factor < 1.0) {
        factors.push(format!("{factor:.3} {why}"));
    }
    let counts = match contribution.standing {
        Standing::SaidAgain => "said again or taken back later: not counted".to_owned(),
        Standing::Doubted(rule) if *belief == 0.0 => format!("{rule}: not counted"),
        Standing::Doubted(rule) => {
            factors.push(format!("{belief} as {rule}"));
            sum(&factors, contribution.amount())
        }
        Standing::Believed => sum(&factors, contribution.amount()),
    };
    format!("  {at}  {what:<34}  {counts}")
}

fn sum(factors: &[String], amount: f64) -> String {
    match factors {
        [_] => format!("{amount:+.3}"),
        _ => format!("{} = {amount:+.3}", factors.join(" × ")),
    }
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

fn json(name: &str, id: &str, title: &str, explained: &Explained<'_>) -> Value {
    let row = |contribution: &Contribution<'_>| {
        let event = contribution.logged.map(|logged| &logged.event);
        json!({
            "at": contribution.at,
            "kind": event.map_or("shown", |event| event.kind.name()),
            "is": contribution.kind,
            "import": contribution.logged.map(|logged| logged.import),
            "played_secs": event.and_then(|event| event.played).map(|played| played.as_secs_f64()),
            "worth": contribution.worth,
            "says": contribution.says,
            "decay": contribution.decay,
            "belief": contribution.belief,
            "doubt": contribution.doubt(),
            "adds": contribution.amount(),
        })
    };
    json!({
        "listener": name,
        "recording": id,
        "title": title,
        "rows": explained.rows.iter().map(row).collect::<Vec<_>>(),
        "counted": explained.counted,
        "evidence": explained.weighed.evidence,
        "is_liked": explained.weighed.is_liked(),
        "confidence": explained.confidence,
        "by_month": explained.by_month,
    })
}
