//! `undersong explain recommendation`: how did this come into the list, or why did it not?

use engine::{Derivation, Maker, Mode, Scorer, Snapshot, WeeklyRequest};
use music::Week;

use crate::args::{Global, ListenerArgument};
use crate::say::Say;
use crate::{Answer, clock, place};

/// Prints what every stage did to one recording.
pub(crate) fn run(
    global: &Global,
    whose: &ListenerArgument,
    recording: &str,
    week: Option<Week>,
    say: &Say,
) -> anyhow::Result<Answer> {
    let mut folder = place::open(global)?;
    let listener = folder.listener(whose.listener.as_deref())?;
    let recording = engine::find_recording(&folder, recording)?;
    let snapshot = Snapshot::serving(&folder)?;
    let maker = Maker::of(&folder, &snapshot)?;
    let request = WeeklyRequest {
        listener,
        week,
        size: None,
        mode: Mode::DryRun,
        scorer: Scorer::Serving,
        kind: None,
        at: None,
        as_of: None,
        now: clock::now(),
    };
    let derivation = maker.derivation(&mut folder, &request, recording)?;
    say.machine(&derivation)?;
    say.line(&text(&derivation))?;
    Ok(if derivation.line.is_some() { Answer::Done } else { Answer::No })
}

/// A recording by its title and artist, an artist that stands as item by the name alone.
fn called(title: &str, artist: &str) -> String {
    if title == artist { title.to_owned() } else { format!("“{title}” by {artist}") }
}

/// How it was found, from what, and how a second stage judged it.
fn scores(derivation: &Derivation) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, region) in derivation.regions.iter().enumerate() {
        let first = if derivation.judged.is_some() { "Found with   " } else { "Score        " };
        let head = if at == 0 { first } else { "             " };
        lines.push(format!("{head}{:.4}  {}", region.score, region.region));
    }
    for (at, part) in derivation.contributions.iter().enumerate() {
        let head = if at == 0 { "From         " } else { "             " };
        let name = match part.recording {
            Some(_) => called(&part.title, &part.artist),
            None => part.title.clone(),
        };
        lines.push(format!("{head}{:+.4}  {name}", part.share));
    }
    if let Some(judged) = &derivation.judged {
        lines.push(format!(
            "Judged       {:.4}  by the second stage; beside a usual candidate",
            judged.score
        ));
        for ground in &judged.grounds {
            let text = ground.text.as_ref().unwrap_or(&ground.kind);
            lines.push(format!("             {:+.4}  {text}", ground.share));
        }
    }
    lines
}

fn text(derivation: &Derivation) -> String {
    let Derivation { listener, week, title, artist, outcome, .. } = derivation;
    let mut lines = vec![
        format!("{}, for {listener} in {week}", called(title, artist)),
        String::new(),
        format!("Outcome      {outcome}"),
    ];
    if !derivation.sources.is_empty() {
        let sources: Vec<_> = derivation.sources.iter().map(|source| source.name()).collect();
        lines.push(format!("Proposed by  {}", sources.join(", ")));
    }
    let liked_by = derivation.liked_by.map_or_else(|| few("listener", derivation), listeners);
    lines.push(format!("Liked by     {liked_by}"));
    lines.extend(scores(derivation));
    for (at, sentence) in in_common(derivation).into_iter().enumerate() {
        let head = if at == 0 { "In common    " } else { "             " };
        lines.push(format!("{head}{sentence}"));
    }
    if let Some(lift) = derivation.lift.filter(|lift| (lift.wishes, lift.distaste) != (1.0, 1.0)) {
        lines.push(format!(
            "Times        {:.2} by wishes, {:.2} by distaste",
            lift.wishes, lift.distaste
        ));
    }
    if let Some(stages) = derivation.stages {
        lines.push(format!("Relevance    {:.4} of the best candidate's", stages.relevance));
        for (name, value) in [
            ("adventure", stages.adventure),
            ("exposure", -stages.price),
            ("variety", stages.variety),
            ("proportion", stages.calibration),
        ] {
            lines.push(format!("             {value:+.4}  {name}"));
        }
        lines.push(format!("             {:.4}   worth in the end", stages.value));
    }
    for without in &derivation.without {
        let outcome = match (without.is_in_list, without.score) {
            (true, _) => "would still be in the list".to_owned(),
            (false, Some(score)) => format!("would not be in the list (score {score:.4})"),
            (false, None) => "would not even be a candidate".to_owned(),
        };
        lines.push(format!("Without      {} in the history it {outcome}", without.artist));
    }
    lines.join("\n")
}

/// Who else has it and what contributes in the log, and of what these are too few to be counted.
fn in_common(derivation: &Derivation) -> Vec<String> {
    let parts = &derivation.in_common;
    let counted = parts.iter().filter_map(|part| Some((part.listeners?, &part.title)));
    let mut sentences: Vec<String> = counted
        .map(|(n, title)| match n {
            1 => format!("1 other listener here has it and “{title}” in the log"),
            _ => format!("{n} other listeners here have it and “{title}” in their log"),
        })
        .collect();
    let uncounted: Vec<String> = parts
        .iter()
        .filter(|part| part.listeners.is_none())
        .map(|part| format!("“{}”", part.title))
        .collect();
    if !uncounted.is_empty() {
        let few = few("other listener", derivation);
        sentences.push(format!("with {}: {few}", uncounted.join(", ")));
    }
    sentences
}

/// Those who are too few to be counted.
fn few(who: &str, derivation: &Derivation) -> String {
    match derivation.least_counted {
        0 | 1 => format!("no {who} here"),
        least => format!("fewer than {least} {who}s here, too few to count without telling who"),
    }
}

fn listeners(n: u32) -> String {
    if n == 1 { "1 listener here".to_owned() } else { format!("{n} listeners here") }
}
