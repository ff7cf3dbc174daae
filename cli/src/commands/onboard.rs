//! `undersong onboard`: what does a listener love of whom no listen tells yet?

use engine::{OnboardRequest, Onboarded};
use serde_json::json;

use crate::args::{Global, OnboardArguments};
use crate::say::Say;
use crate::{Answer, clock, place};

/// Keeps what is named beside what was named before, shows what is kept, or takes all of it back.
pub(crate) fn run(
    global: &Global,
    arguments: OnboardArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let mut folder = place::open(global)?;
    let OnboardArguments { listener, artists, tags, country, clear } = arguments;
    if clear {
        let known = folder.listener(Some(&listener))?;
        let had_country = known.country.is_some();
        let n = folder.store.clear_picks(known.id)?;
        say.machine(&json!({ "listener": listener, "taken_back": n }))?;
        say.line(&format!("All that {listener} named is taken back: {n} artists and tags."))?;
        return Ok(if n > 0 || had_country { Answer::Done } else { Answer::No });
    }
    let mut n_news = 0;
    if !artists.is_empty() || !tags.is_empty() || country.is_some() {
        let now = clock::now();
        let listener = listener.clone();
        let request = OnboardRequest { listener, artists, tags, country, now };
        n_news = engine::onboard(&mut folder, &request)?;
    }
    let kept = engine::onboarded(&folder, &folder.listener(Some(&listener))?)?;
    let Onboarded { listener, country, artists, tags } = &kept;
    say.machine(&json!({
        "listener": listener,
        "country": country,
        "artists": artists,
        "tags": tags,
        "news": n_news,
    }))?;
    for line in lines(&kept) {
        say.line(&line)?;
    }
    Ok(if artists.is_empty() && tags.is_empty() && country.is_none() {
        Answer::No
    } else {
        Answer::Done
    })
}

fn lines(kept: &Onboarded) -> Vec<String> {
    let Onboarded { listener, country, artists, tags } = kept;
    let mut lines = Vec::new();
    if !artists.is_empty() {
        let names: Vec<&str> = artists.iter().map(|artist| artist.name.as_str()).collect();
        lines.push(format!("{listener} loves {}.", names.join(", ")));
    }
    if !tags.is_empty() {
        lines.push(format!("{listener} loves what is tagged {}.", tags.join(", ")));
    }
    if let Some(country) = country {
        lines.push(format!("{listener} lives in {country}."));
    }
    if lines.is_empty() {
        lines.push(format!("{listener} named nothing yet."));
    } else {
        lines.push("Every list knows, the less the more listens tell.".to_owned());
    }
    lines
}
