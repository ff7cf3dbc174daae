//! `undersong status`: what is here?

use engine::{Folder, Manifest};
use serde_json::json;
use store::ImportSummary;

use super::import::{grouped, summary_json, summary_lines};
use crate::args::Global;
use crate::say::Say;
use crate::{Answer, place};

/// Prints what is in the store, which snapshot serves and what every import brought.
pub(crate) fn run(global: &Global, say: &Say) -> anyhow::Result<Answer> {
    let folder = place::open(global)?;
    let totals = folder.store.totals()?;
    let manifest = serving(&folder)?;
    let imports = folder.store.imports()?;
    let behind =
        manifest.as_ref().is_some_and(|m| imports.iter().any(|import| import.id.0 > m.last_import));
    say.machine(&json!({
        "data": folder.path(), "items": folder.store.item_kind()?,
        "listens": totals.listens, "counts": totals.counts, "recordings": totals.recordings, "artists": totals.artists,
        "listeners": totals.listeners, "background_listeners": totals.background_listeners, "lists": totals.lists,
        "snapshot": manifest, "snapshot_is_behind": behind,
        "imports": imports.iter().map(import_json).collect::<Vec<_>>(),
    }))?;
    let items = folder.store.item_kind()?.map_or("recordings", music::ItemKind::name);
    say.line(&format!("{}", folder.path().display()))?;
    say.line(&format!(
        "  {} listens and {} counts of {} {items} by {} artists",
        grouped(totals.listens),
        grouped(totals.counts),
        grouped(totals.recordings),
        grouped(totals.artists)
    ))?;
    say.line(&format!(
        "  {} listeners, {} more in the background; {} lists made",
        grouped(totals.listeners),
        grouped(totals.background_listeners),
        grouped(totals.lists)
    ))?;
    say.line(&snapshot_text(manifest.as_ref(), behind))?;
    for import in imports.iter() {
        say.line(&import_text(import))?;
    }
    Ok(Answer::Done)
}

fn serving(folder: &Folder) -> anyhow::Result<Option<Manifest>> {
    let Some(id) = engine::current_id(&folder.snapshots())? else { return Ok(None) };
    Ok(Some(engine::read_manifest(&folder.snapshots().join(id))?))
}

fn snapshot_text(manifest: Option<&Manifest>, behind: bool) -> String {
    let Some(manifest) = manifest else {
        return "  no snapshot yet: `undersong train` makes one".to_owned();
    };
    let behind =
        if behind { "; there are newer imports: `undersong train` learns from them" } else { "" };
    format!(
        "  snapshot {} serves ({}), made {} from {} listeners and {} {}{behind}",
        manifest.id,
        manifest.models.first().map(String::as_str).unwrap_or_default(),
        manifest.made_at.strftime("%F %H:%M UTC"),
        grouped(manifest.n_listeners as u64),
        grouped(manifest.n_items as u64),
        manifest.items.name(),
    )
}

fn import_text(import: &ImportSummary) -> String {
    let state = match (import.undone_at, import.finished_at) {
        (Some(at), _) => format!("taken back {}", at.strftime("%F")),
        (None, Some(at)) => format!("finished {}", at.strftime("%F %H:%M UTC")),
        (None, None) => "interrupted: import the same again to finish it".to_owned(),
    };
    let head = format!("import {}: {} ({}), {state}", import.id, import.source, import.format);
    if import.undone_at.is_some() {
        head
    } else {
        format!("{head}\n{}", summary_lines(import).join("\n"))
    }
}

fn import_json(import: &ImportSummary) -> serde_json::Value {
    let mut value = summary_json(import);
    value["finished_at"] = json!(import.finished_at);
    value["undone_at"] = json!(import.undone_at);
    value
}
