//! `undersong status`: what is here?

use std::cmp::Reverse;

use engine::{Error, Folder, Manifest};
use listens::Rule;
use music::{Fact, ItemKind};
use serde_json::{Value, json};
use store::{ImportSummary, ImputedTotals, Totals};

use super::import::{grouped, summary_json, summary_lines};
use super::train::brief;
use crate::args::Global;
use crate::say::Say;
use crate::{Answer, place};

/// Prints what is in the store, which snapshot serves and what every import brought.
pub(crate) fn run(global: &Global, say: &Say) -> anyhow::Result<Answer> {
    let folder = place::open(global)?;
    let totals = folder.store.totals()?;
    let kind = folder.store.item_kind()?;
    let imports = folder.store.imports()?;
    let imputed: Vec<_> = Fact::ALL.into_iter().zip(folder.store.imputed_totals()?).collect();
    let serving = serving(&folder);
    let behind = match &serving {
        Ok(Some(manifest)) => is_behind(&folder, manifest)?,
        Ok(None) | Err(_) => false,
    };
    say.machine(&json!({
        "data": folder.path().to_string_lossy(), "items": kind,
        "listens": totals.listens, "counts": totals.counts, "recordings": totals.recordings, "artists": totals.artists,
        "listeners": totals.listeners, "background_listeners": totals.background_listeners, "lists": totals.lists,
        "imputed": imputed_json(&imputed),
        "snapshot": serving.as_ref().ok(), "snapshot_is_behind": behind,
        "imports": imports.iter().map(import_json).collect::<Vec<_>>(),
    }))?;
    let items = kind.unwrap_or(ItemKind::Recordings);
    say.line(&folder.path().display().to_string())?;
    say.line(&totals_text(&totals, items))?;
    if let Some(text) = imputed_text(&imputed) {
        say.line(&text)?;
    }
    say.line(&snapshot_text(&serving, behind))?;
    if let Ok(Some(manifest)) = &serving {
        for line in doubted_lines(manifest, &folder) {
            say.line(&line)?;
        }
        if manifest.distrusted > 0 {
            say.line(&format!(
                "  {} accounts are believed less than others: `undersong trust --suspicious`",
                grouped(manifest.distrusted as u64)
            ))?;
        }
    }
    for import in &imports {
        say.line(&import_text(import, items))?;
    }
    Ok(Answer::Done)
}

/// Whether training would learn something new; vectors learned elsewhere know nothing of this log and are not behind it.
pub(crate) fn is_behind(folder: &Folder, manifest: &Manifest) -> Result<bool, Error> {
    Ok(manifest.origin == engine::TRAINED && engine::is_behind(folder, manifest)?)
}

fn serving(folder: &Folder) -> Result<Option<Manifest>, Error> {
    let Some(id) = engine::current_id(&folder.snapshots())? else { return Ok(None) };
    engine::read_manifest(&folder.snapshots().join(id)).map(Some)
}

fn totals_text(totals: &Totals, items: ItemKind) -> String {
    let things = match items {
        ItemKind::Recordings => {
            format!(
                "{} recordings by {} artists",
                grouped(totals.recordings),
                grouped(totals.artists)
            )
        }
        ItemKind::Artists => format!("{} artists", grouped(totals.recordings)),
    };
    format!(
        "  {} records of listens and {} counts of {things}\n  {} listeners, {} more in the background; {} lists made",
        grouped(totals.listens),
        grouped(totals.counts),
        grouped(totals.listeners),
        grouped(totals.background_listeners),
        grouped(totals.lists)
    )
}

/// What stands in for what nobody said, if anything does.
fn imputed_text(imputed: &[(Fact, ImputedTotals)]) -> Option<String> {
    let of_all = imputed.iter().map(|(fact, of)| (fact, of.other_versions + of.same_artist));
    let told: Vec<_> = of_all
        .filter(|(_, n)| *n > 0)
        .map(|(fact, n)| match fact {
            Fact::Length => format!("{} lengths", grouped(n)),
            Fact::Release => format!("{} releases", grouped(n)),
            Fact::Year => format!("{} years", grouped(n)),
            Fact::Tags => format!("tags of {}", grouped(n)),
        })
        .collect();
    let text = || format!("  imputed: {} (from other versions or the artist)", told.join(", "));
    (!told.is_empty()).then(text)
}

fn imputed_json(imputed: &[(Fact, ImputedTotals)]) -> Value {
    let of_one = |(fact, of): &(Fact, ImputedTotals)| {
        let by_basis = json!({"other_versions": of.other_versions, "same_artist": of.same_artist});
        (fact.name().to_owned(), by_basis)
    };
    Value::Object(imputed.iter().map(of_one).collect())
}

fn snapshot_text(serving: &Result<Option<Manifest>, Error>, behind: bool) -> String {
    let manifest = match serving {
        Ok(Some(manifest)) => manifest,
        Ok(None) => return "  no snapshot yet: `undersong train` makes one".to_owned(),
        Err(error) => return format!("  no snapshot can serve: {error}"),
    };
    let behind = if behind {
        "; imports came or went since: `undersong train` learns from them"
    } else {
        ""
    };
    format!(
        "  snapshot {} serves ({}), made {} from {} listeners and {} {}{behind}",
        manifest.id,
        manifest.models.first().map(|model| brief(model)).unwrap_or_default(),
        manifest.made_at.strftime("%F %H:%M UTC"),
        grouped(manifest.n_listeners as u64),
        grouped(manifest.n_items as u64),
        manifest.items.name(),
    )
}

/// How many rows of the log each rule doubts, the most first, and where they can be read.
fn doubted_lines(manifest: &Manifest, folder: &Folder) -> Vec<String> {
    if manifest.doubted.is_empty() {
        return Vec::new();
    }
    let mut doubted: Vec<_> = manifest.doubted.iter().collect();
    doubted.sort_by_key(|(_, n)| Reverse(**n));
    let total = doubted.iter().map(|(_, n)| **n).sum();
    let path = folder.rejects().join("doubted.jsonl");
    let head = format!(
        "  {} rows of the log count less, or not at all (which: {}):",
        grouped(total),
        path.display()
    );
    let cleaning = &folder.config.evidence.cleaning;
    let row = |(rule, n): (&Rule, &u64)| {
        let counts = format!("counts {}", cleaning.belief(*rule));
        format!("    {:>9}  {:<13} {counts:<12} {rule}", grouped(*n), rule.name())
    };
    std::iter::once(head).chain(doubted.into_iter().map(row)).collect()
}

fn import_text(import: &ImportSummary, items: ItemKind) -> String {
    let state = match (import.undone_at, import.finished_at) {
        (Some(at), _) => format!("taken back {}", at.strftime("%F")),
        (None, Some(at)) => format!("finished {}", at.strftime("%F %H:%M UTC")),
        (None, None) => "interrupted: import the same again to finish it".to_owned(),
    };
    let head = format!("import {}: {} ({}), {state}", import.id, import.source, import.format);
    if import.undone_at.is_some() {
        head
    } else {
        format!("{head}\n{}", summary_lines(import, items).join("\n"))
    }
}

fn import_json(import: &ImportSummary) -> Value {
    let mut value = summary_json(import);
    value["finished_at"] = json!(import.finished_at);
    value["undone_at"] = json!(import.undone_at);
    value
}
