//! `undersong leave-out`: which part of the log is not the listener's taste?

use anyhow::Context;
use engine::Folder;
use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use music::{Event, LeftOut, LeftOutId, ListenerId};
use serde_json::{Value, json};
use store::{LeftOutRule, Listener};

use super::import::grouped;
use crate::args::{Edge, Global, LeaveOutArguments, LeaveOutParts};
use crate::say::Say;
use crate::{Answer, clock, place};

/// Adds a rule, shows the rules or takes one back.
pub(crate) fn run(
    global: &Global,
    arguments: &LeaveOutArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let mut folder = place::open(global)?;
    let listener = folder.listener(arguments.whose.listener.as_deref())?;
    if let Some(id) = arguments.undo {
        return undo(&mut folder, &listener, id, say);
    }
    if arguments.show {
        return show(&folder, &listener, say);
    }
    let tz = engine::timezone(&folder, &listener);
    let new = LeftOutRule {
        rule: rule(&arguments.what, &tz)?,
        note: arguments.note.clone(),
        at: clock::now(),
    };
    let id = folder.store.leave_out(listener.id, &new)?;
    let reach = Reach::of(&folder, listener.id, &new.rule, &tz)?;
    say.machine(&machine(id, &new, reach))?;
    say.line(&text(id, &new, reach, &tz))?;
    if let Some(remark) = reach.remark(&new.rule) {
        say.line(&remark)?;
    }
    say.line(&format!(
        "The log keeps all of it; `undersong leave-out --listener {} --undo {id}` takes the rule back.",
        listener.name.unwrap_or_default()
    ))?;
    Ok(Answer::Done)
}

fn undo(
    folder: &mut Folder,
    listener: &Listener,
    id: LeftOutId,
    say: &Say,
) -> anyhow::Result<Answer> {
    let was_there = folder.store.undo_leave_out(listener.id, id)?;
    let name = listener.name.as_deref().unwrap_or_default();
    say.machine(&json!({ "listener": name, "undone": id, "was_there": was_there }))?;
    if was_there {
        say.line(&format!("Rule {id} is taken back: what it left out counts again."))?;
        Ok(Answer::Done)
    } else {
        say.line(&format!("{name} has no rule {id}; --show names those there are."))?;
        Ok(Answer::No)
    }
}

fn show(folder: &Folder, listener: &Listener, say: &Say) -> anyhow::Result<Answer> {
    let tz = engine::timezone(folder, listener);
    let mut told = Vec::new();
    let rules = folder.store.left_out(listener.id)?;
    for (id, rule) in &rules {
        let reach = Reach::of(folder, listener.id, &rule.rule, &tz)?;
        say.line(&text(*id, rule, reach, &tz))?;
        told.push(machine(*id, rule, reach));
    }
    say.machine(&json!({ "listener": listener.name, "rules": told }))?;
    if rules.is_empty() {
        say.line("Nothing is left out.")?;
        return Ok(Answer::No);
    }
    Ok(Answer::Done)
}

/// What the parts mean where the listener lives.
fn rule(parts: &LeaveOutParts, tz: &TimeZone) -> anyhow::Result<LeftOut> {
    let from = |edge: Edge| match edge {
        Edge::Day(day) => moment(day.to_datetime(Time::midnight()), tz),
        Edge::Moment(at) => moment(at, tz),
    };
    let until = |edge: Edge| match edge {
        Edge::Day(day) => moment(day.tomorrow()?.to_datetime(Time::midnight()), tz),
        Edge::Moment(at) => moment(at, tz),
    };
    let rule = LeftOut {
        from: parts.from.map(from).transpose()?,
        until: parts.until.map(until).transpose()?,
        hours: parts.hours,
        weekdays: parts.weekdays,
        device: parts.device,
        session: parts.session,
        label: parts.label.as_deref().map(str::to_lowercase),
        country: parts.country.clone(),
    };
    let is_empty = rule.from.zip(rule.until).is_some_and(|(from, until)| from >= until);
    anyhow::ensure!(!is_empty, "--from before --until expected, got a window without a moment");
    Ok(rule)
}

fn moment(at: DateTime, tz: &TimeZone) -> anyhow::Result<Timestamp> {
    let zoned = tz.to_ambiguous_zoned(at).compatible();
    Ok(zoned.with_context(|| format!("no moment is called {at}"))?.timestamp())
}

/// How much of a log a rule leaves out.
#[derive(Clone, Copy, Default)]
struct Reach {
    covered: u64,
    of: u64,
    /// Whether the log names a device or country anywhere.
    has_context: bool,
}

impl Reach {
    fn of(
        folder: &Folder,
        listener: ListenerId,
        rule: &LeftOut,
        tz: &TimeZone,
    ) -> anyhow::Result<Self> {
        let history = folder.store.history(listener)?;
        let mut reach = Self::default();
        for of_one in history.listens.chunk_by(|a, b| a.recording == b.recording) {
            let recording = of_one.first().filter(|_| rule.label.is_some());
            let labels = recording.map(|logged| folder.store.labels(logged.recording));
            let labels = labels.transpose()?.unwrap_or_default();
            let events = || of_one.iter().map(|logged| &logged.event);
            let has_context =
                |event: &Event| event.context.device.is_some() || event.context.country.is_some();
            reach.of += of_one.len() as u64;
            reach.covered +=
                events().filter(|event| rule.covers(event, &labels, tz)).count() as u64;
            reach.has_context |= events().any(has_context);
        }
        Ok(reach)
    }

    /// Why a rule may leave out nothing, where that is plain.
    fn remark(self, rule: &LeftOut) -> Option<String> {
        let needs_context = rule.device.is_some() || rule.country.is_some();
        (needs_context && !self.has_context).then(|| {
            "The log names no device and no country: import the history again with --keep-context."
                .to_owned()
        })
    }
}

fn text(id: LeftOutId, of: &LeftOutRule, reach: Reach, tz: &TimeZone) -> String {
    let note = of.note.as_ref().map(|note| format!(" (“{note}”)")).unwrap_or_default();
    format!(
        "Rule {id}{note}: {} — leaves out {} of {} listens and acts in the log.",
        parts(&of.rule, tz).join(", "),
        grouped(reach.covered),
        grouped(reach.of)
    )
}

/// Each part in words.
fn parts(rule: &LeftOut, tz: &TimeZone) -> Vec<String> {
    let local = |at: Timestamp| tz.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string();
    let parts = [
        rule.from.map(|at| format!("from {}", local(at))),
        rule.until.map(|at| format!("before {}", local(at))),
        rule.hours.map(|hours| hours.to_string()),
        rule.weekdays.map(|days| format!("on {days}")),
        rule.device.map(|device| format!("device {}", device.name())),
        rule.session.map(|session| format!("session {session}")),
        rule.label.as_ref().map(|label| format!("labelled “{label}”")),
        rule.country.as_ref().map(|country| format!("in {country}")),
    ];
    parts.into_iter().flatten().collect()
}

fn machine(id: LeftOutId, of: &LeftOutRule, reach: Reach) -> Value {
    let LeftOutRule { rule, note, at } = of;
    json!({
        "id": id,
        "from": rule.from,
        "until": rule.until,
        "hours": rule.hours.map(|hours| hours.to_string()),
        "weekdays": rule.weekdays.map(|days| days.to_string()),
        "device": rule.device,
        "session": rule.session,
        "label": rule.label,
        "country": rule.country,
        "note": note,
        "at": at,
        "covered": reach.covered,
        "of": reach.of,
    })
}
