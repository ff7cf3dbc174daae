//! `undersong trust`: who is believed less, and why?

use engine::{Error, Folder, Observer};
use listens::{Account, Pushed, Trait, Trust};
use music::ListenerId;
use serde_json::{Value, json};
use store::Listener;

use super::import::grouped;
use crate::args::{Global, TrustArguments};
use crate::progress::Progress;
use crate::say::Say;
use crate::{Answer, place};

/// Deviations below which nothing is worth a sentence.
const UNUSUAL: f64 = 2.0;

/// Says what is thought of one account, or of all that are suspicious.
pub(crate) fn run(
    global: &Global,
    arguments: &TrustArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let folder = place::open(global)?;
    let of = arguments.listener.as_deref().map(|name| find(&folder, name)).transpose()?;
    let mut progress = Progress::new();
    progress.begin("survey", None);
    let trust = engine::trust(&folder, None, &mut progress)?;
    progress.end();
    match of {
        Some(listener) => one(&listener, &trust, say),
        None => suspicious(&folder, &trust, say),
    }
}

/// By name, or by the pseudonym that stands for somebody in the background.
fn find(folder: &Folder, name: &str) -> anyhow::Result<Listener> {
    match folder.listener(Some(name)) {
        Err(error @ Error::UnknownListener { .. }) => {
            let found = folder.store.listener_of(name)?.filter(|listener| listener.is_background);
            Ok(found.ok_or(error)?)
        }
        found => Ok(found?),
    }
}

fn one(listener: &Listener, trust: &Trust, say: &Say) -> anyhow::Result<Answer> {
    let name = listener.name.as_deref().unwrap_or(&listener.pseudonym);
    let account = trust.account(listener.id);
    let found = account.as_ref().filter(|account| !account.traits.is_empty());
    if let Some(account) = found {
        say.machine(&account_json(name, account))?;
        say.line(&account_text(name, account, 0.0))?;
        return Ok(Answer::Done);
    }
    let why = unjudged(account.as_ref(), trust);
    say.machine(&json!({ "listener": name, "weight": 1.0, "is_judged": false, "why": why }))?;
    say.line(&format!("{name} is believed: {why}."))?;
    Ok(Answer::Done)
}

/// Why an account is believed without having been looked at.
fn unjudged(account: Option<&Account>, trust: &Trust) -> String {
    let rules = trust.rules();
    let did = account.map_or(0, |account| account.listens + account.opinions);
    if !rules.enabled {
        "the configuration judges nobody, as [trust] has enabled = false".to_owned()
    } else if did < rules.least_listens {
        let least = rules.least_listens;
        format!("{did} listens and opinions with a time are too few to tell, {least} would do")
    } else {
        format!(
            "{} accounts of which there is enough to tell are no crowd to compare with, {} would do",
            trust.n_judged(),
            rules.least_accounts
        )
    }
}

fn suspicious(folder: &Folder, trust: &Trust, say: &Say) -> anyhow::Result<Answer> {
    let listeners = folder.store.listeners()?;
    let named = |account: Account| {
        let listener = listeners.iter().find(|listener| listener.id == account.listener);
        let name = listener.and_then(|listener| listener.name.clone());
        Ok((name.map_or_else(|| pseudonym(folder, account.listener), Ok)?, account))
    };
    let accounts: Vec<(String, Account)> =
        trust.suspicious().into_iter().map(named).collect::<anyhow::Result<_>>()?;
    let pushed = trust.pushed();
    let titles = pushed.iter().map(|of| title(folder, of)).collect::<anyhow::Result<Vec<_>>>()?;
    say.machine(&json!({
        "judged": trust.n_judged(),
        "accounts": accounts.iter().map(|(name, of)| account_json(name, of)).collect::<Vec<_>>(),
        "recordings": pushed.iter().zip(&titles).map(pushed_json).collect::<Vec<_>>(),
    }))?;
    for (name, account) in &accounts {
        say.line(&account_text(name, account, UNUSUAL))?;
    }
    for (of, title) in pushed.iter().zip(&titles) {
        say.line(&pushed_text(of, title))?;
    }
    if accounts.is_empty() && pushed.is_empty() {
        say.line(&format!(
            "Nothing is suspicious about the {} accounts of which there is enough to tell.",
            grouped(trust.n_judged() as u64)
        ))?;
        return Ok(Answer::No);
    }
    Ok(Answer::Done)
}

fn pseudonym(folder: &Folder, listener: ListenerId) -> anyhow::Result<String> {
    let pseudonyms = folder.store.pseudonyms(listener)?;
    Ok(pseudonyms.into_iter().next().unwrap_or_else(|| listener.to_string()))
}

fn title(folder: &Folder, of: &Pushed) -> anyhow::Result<String> {
    let recording = folder.store.recording(of.recording)?;
    Ok(recording.map_or_else(
        || of.recording.to_string(),
        |recording| {
            let credit = recording.entry.credit;
            format!("{} - {}", credit.artist, credit.title)
        },
    ))
}

fn account_text(name: &str, account: &Account, least: f64) -> String {
    let head = format!(
        "{name}: weight {:.2}, suspicion {:.0} %; {} listens, {} likes and dislikes",
        account.weight,
        100.0 * account.suspicion,
        grouped(account.listens.into()),
        grouped(account.opinions.into()),
    );
    let mut traits: Vec<&Trait> =
        account.traits.iter().filter(|of| of.deviations >= least.max(1.0)).collect();
    traits.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
    let lines = traits.iter().map(|of| format!("  {}", of.sentence(account)));
    let lines: Vec<String> = std::iter::once(head).chain(lines).collect();
    if traits.is_empty() {
        return format!(
            "{}\n  nothing about it is unusual for an account that does as much",
            lines[0]
        );
    }
    lines.join("\n")
}

fn account_json(name: &str, account: &Account) -> Value {
    let of_one = |of: &Trait| {
        json!({
            "feature": of.feature.name(),
            "value": of.value,
            "usual": of.usual,
            "deviations": of.deviations,
            "contribution": of.contribution,
            "sentence": of.sentence(account),
        })
    };
    json!({
        "listener": name,
        "weight": account.weight,
        "is_judged": true,
        "suspicion": account.suspicion,
        "listens": account.listens,
        "opinions": account.opinions,
        "traits": account.traits.iter().map(of_one).collect::<Vec<_>>(),
    })
}

fn pushed_text(of: &Pushed, title: &str) -> String {
    format!(
        "{title}\n  {} of the {} accounts that heard it play it as much as anything, and are no more alike than any \
         accounts are ({:.1} times)",
        of.devoted, of.audience, of.likeness
    )
}

fn pushed_json((of, title): (&Pushed, &String)) -> Value {
    json!({
        "recording": of.recording,
        "title": title,
        "devoted": of.devoted,
        "audience": of.audience,
        "likeness": of.likeness,
    })
}
