//! `undersong import`: what was listened to elsewhere?

use std::path::Path;

use anyhow::Context;
use engine::{Folder, ImportRequest, Imported};
use jiff::tz::TimeZone;
use listens::{Column, ContextPolicy, Options};
use music::{ImportId, ItemKind};
use serde_json::{Value, json};
use store::{Audience, ImportSummary};

use crate::args::{Global, ImportArguments};
use crate::progress::Progress;
use crate::say::Say;
use crate::{Answer, clock, place};

/// Imports every path, or takes one import back.
pub(crate) fn run(
    global: &Global,
    arguments: ImportArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let mut folder = place::open(global)?;
    if let Some(import) = arguments.undo {
        undo(&mut folder, import, say)?;
        return Ok(Answer::Done);
    }
    let options = options(&folder, &arguments)?;
    let mut answers = Vec::new();
    for path in arguments.paths {
        let request = ImportRequest {
            path: path.clone(),
            options: options.clone(),
            listener: arguments.listener.clone(),
            audience: if arguments.background {
                Audience::Background
            } else {
                Audience::Foreground
            },
            now: clock::now(),
        };
        let imported = match engine::import(&mut folder, &request, &mut Progress::new()) {
            Ok(imported) => imported,
            Err(error) => {
                // What was done before the path that failed is told all the same.
                say.machine(&answers)?;
                return Err(error.into());
            }
        };
        let items = folder.store.item_kind()?.unwrap_or(ItemKind::Recordings);
        for imported in &imported {
            say.line(&text(&folder, &path, imported, items))?;
            answers.push(machine(&path, imported));
        }
    }
    say.machine(&answers)?;
    Ok(Answer::Done)
}

fn undo(folder: &mut Folder, import: ImportId, say: &Say) -> anyhow::Result<()> {
    let undone = engine::undo(folder, import, clock::now())?;
    say.machine(&json!({ "undone": import, "listens": undone.listens, "counts": undone.counts }))?;
    say.line(&format!(
        "Import {import} is taken back: {} listens and {} counts. `undersong train` unlearns them.",
        grouped(undone.listens),
        grouped(undone.counts)
    ))
}

fn options(folder: &Folder, arguments: &ImportArguments) -> anyhow::Result<Options> {
    Ok(Options {
        format: arguments.format,
        columns: columns(&arguments.columns)?,
        item_names: arguments.item_names.clone(),
        tag_names: arguments.tag_names.clone(),
        keep_context: if arguments.keep_context {
            ContextPolicy::Keep
        } else {
            ContextPolicy::Drop
        },
        timezone: TimeZone::get(&arguments.timezone)?,
        now: clock::now(),
        known_kinds: folder.config.evidence.own.names().map(str::to_owned).collect(),
        only: None,
        items: arguments.items,
    })
}

/// Roles and columns, as given to `--columns`.
pub(crate) fn columns(pairs: &[String]) -> anyhow::Result<Vec<(String, Column)>> {
    let column = |pair: &String| {
        let (role, column) = pair
            .split_once('=')
            .with_context(|| format!("ROLE=COLUMN expected in --columns, got `{pair}`"))?;
        Ok((role.to_owned(), column.parse()?))
    };
    pairs.iter().map(column).collect()
}

/// What became of an import, for people.
fn text(folder: &Folder, path: &Path, imported: &Imported, items: ItemKind) -> String {
    match imported {
        Imported::Before(summary) => format!(
            "{}: the same content is here already, as import {}; nothing changed.",
            path.display(),
            summary.id
        ),
        Imported::Done { summary, skipped_files } => {
            let mut lines = summary_lines(summary, items);
            if !summary.rejected.is_empty() {
                let rejects = folder.path().join(format!("rejects/{}.jsonl", summary.id));
                lines.push(format!("  every rejected line with its reason: {}", rejects.display()));
            }
            if !skipped_files.is_empty() {
                lines.push(format!("  no logs, left alone: {}", skipped_files.join(", ")));
            }
            lines.push(format!("  to take it back: undersong import --undo {}", summary.id));
            format!(
                "{} ({}), import {}\n{}",
                path.display(),
                summary.format,
                summary.id,
                lines.join("\n")
            )
        }
    }
}

/// What was read, kept and left out, a line each.
pub(crate) fn summary_lines(summary: &ImportSummary, items: ItemKind) -> Vec<String> {
    let mut lines = vec![format!(
        "  read {}, accepted {}, duplicates {}",
        grouped(summary.read),
        grouped(summary.accepted),
        grouped(summary.duplicates)
    )];
    let left_out = [
        ("not music", summary.not_music),
        ("private", summary.private),
        ("unmatched", summary.unmatched),
    ];
    let left_out: Vec<_> = left_out
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(what, n)| format!("{what} {}", grouped(*n)))
        .collect();
    if !left_out.is_empty() {
        lines.push(format!("  {}", left_out.join(", ")));
    }
    if !summary.rejected.is_empty() {
        let total: u64 = summary.rejected.values().sum();
        let reasons: Vec<_> = summary
            .rejected
            .iter()
            .map(|(reason, n)| format!("{reason} {}", grouped(*n)))
            .collect();
        lines.push(format!("  rejected {} ({})", grouped(total), reasons.join(", ")));
    }
    if let (Some(first), Some(last)) = (summary.first, summary.last) {
        lines.push(format!("  from {} to {}", first.strftime("%F"), last.strftime("%F")));
    }
    let (recordings, artists) = (grouped(summary.recordings), grouped(summary.artists));
    match items {
        ItemKind::Recordings if summary.recordings > 0 => {
            lines.push(format!("  {recordings} recordings, {artists} artists"));
        }
        ItemKind::Artists if summary.artists > 0 => lines.push(format!("  {artists} artists")),
        ItemKind::Recordings | ItemKind::Artists => {}
    }
    lines
}

fn machine(path: &Path, imported: &Imported) -> Value {
    let (summary, is_new, skipped) = match imported {
        Imported::Before(summary) => (summary, false, &Vec::new()),
        Imported::Done { summary, skipped_files } => (summary, true, skipped_files),
    };
    let mut value = summary_json(summary);
    value["path"] = json!(path.to_string_lossy());
    value["is_new"] = json!(is_new);
    value["skipped_files"] = json!(skipped);
    value
}

/// An import's numbers, for machines.
pub(crate) fn summary_json(summary: &ImportSummary) -> Value {
    json!({
        "import": summary.id, "source": summary.source, "format": summary.format,
        "read": summary.read, "accepted": summary.accepted, "duplicates": summary.duplicates,
        "not_music": summary.not_music, "private": summary.private, "unmatched": summary.unmatched,
        "rejected": summary.rejected, "first": summary.first, "last": summary.last,
        "recordings": summary.recordings, "artists": summary.artists,
    })
}

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}
