//! `undersong explain factors`: what do the dimensions of the vectors stand for?

use engine::{Dimensions, End, Named, Snapshot};
use formats::{one_line, width};

use crate::args::Global;
use crate::commands::import::grouped;
use crate::say::Say;
use crate::{Answer, place};

/// Columns of the terminal that everybody has.
const WIDTH: usize = 80;

/// Columns before the names of an end.
const INDENT: usize = 21;

/// Prints the dimensions that explain most, each end with its tags and artists.
pub(crate) fn run(global: &Global, n_shown: usize, say: &Say) -> anyhow::Result<Answer> {
    let folder = place::open(global)?;
    let snapshot = Snapshot::current(&folder.snapshots())?;
    let mut found = engine::dimensions(&folder, &snapshot)?;
    let n_dimensions = found.dimensions.len();
    found.dimensions.truncate(n_shown);
    say.machine(&found)?;
    say.line(&text(&found, n_dimensions))?;
    Ok(Answer::Done)
}

fn text(found: &Dimensions, n_dimensions: usize) -> String {
    let model = found.model.split(':').next().unwrap_or_default();
    let shown: f64 = found.dimensions.iter().map(|dimension| dimension.share).sum();
    let items = found.items.name();
    let mut lines = vec![
        format!(
            "{n_dimensions} dimensions of {model}, turned so that {items} lie on few of them each."
        ),
        "Share of the variance, of both sides, and the tags and artists furthest out.".to_owned(),
        format!(
            "{} {items} looked at; what is shown holds {}.",
            grouped(found.n_looked_at as u64),
            percent(shown),
        ),
    ];
    for (place, dimension) in (1..).zip(&found.dimensions) {
        let head = format!("{place:3}  {:>6}", percent(dimension.share));
        lines.push(String::new());
        lines.extend(end(&head, "+", &dimension.high));
        lines.extend(end("", "−", &dimension.low));
    }
    lines.join("\n")
}

/// The tags of an end on one line and its artists on the next, as many of each as fit.
fn end(head: &str, sign: &str, end: &End) -> Vec<String> {
    let mut front = format!("{head:11}  {sign} {:4.1}", 100.0 * end.share);
    let mut lines = Vec::new();
    for names in [&end.tags, &end.artists].into_iter().filter(|names| !names.is_empty()) {
        lines.push(format!("{front:INDENT$}{}", fitting(names)));
        front.clear();
    }
    lines
}

/// The first names, as many as fit on a line, and one in any case.
fn fitting(names: &[Named]) -> String {
    let mut text = String::new();
    for name in names.iter().map(|named| one_line(&named.name)) {
        if text.is_empty() {
            text = name;
        } else if INDENT + width(&text) + 2 + width(&name) <= WIDTH {
            text = format!("{text}, {name}");
        } else {
            break;
        }
    }
    text
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}
