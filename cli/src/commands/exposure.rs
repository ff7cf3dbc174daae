//! `undersong exposure`: how do the lists share attention out, and for which listeners are they good?

use engine::{ExposureReport, Reception, Shares, SubjectReport, ThirdReport};
use formats::{fit, one_line, width};

use super::import::grouped;
use crate::args::{ExposureArguments, Global};
use crate::say::Say;
use crate::{Answer, place};

/// Columns of names; all tables are at most 80 wide.
const NAME: usize = 31;

/// Prints the report.
pub(crate) fn run(
    global: &Global,
    arguments: &ExposureArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let folder = place::open(global)?;
    let report = engine::exposure_report(&folder, arguments.week)?;
    say.machine(&report)?;
    say.line(&text(&report))?;
    Ok(Answer::Done)
}

fn text(report: &ExposureReport) -> String {
    let ExposureReport { week, snapshot, lists, lines, .. } = report;
    let [lists, lines] = [*lists, *lines].map(|n| grouped(n as u64));
    let mut told = vec![
        format!("{week}: {lists} lists with {lines} new recordings, by snapshot {snapshot}"),
        String::new(),
    ];
    told.extend(shared_out(report));
    let tables = [
        ("Groups", &report.groups),
        ("More than due", &report.over),
        ("Less than due", &report.under),
    ];
    let tables: Vec<_> = tables.into_iter().filter(|(_, of)| !of.is_empty()).collect();
    if !tables.is_empty() {
        told.push(String::new());
        let head = "Shares of the attention";
        let head = format!("{head:NAME$}{:^18}{:^18}", "before", "with the week");
        told.push(head.trim_end().to_owned());
    }
    for (head, subjects) in &tables {
        told.push(row(head, ["due", "had", "due", "had", "price"].map(str::to_owned)));
        told.extend(subjects.iter().map(subject));
    }
    if tables.iter().flat_map(|(_, of)| of.iter()).any(|of| of.price.is_some()) {
        told.push(
            "A price is taken from what a line is worth; below 0 it lifts the line.".to_owned(),
        );
    }
    told.push(String::new());
    told.extend(reception(&report.reception));
    told.join("\n")
}

/// How attention is shared out among all artists.
fn shared_out(report: &ExposureReport) -> Vec<String> {
    let ExposureReport { before, after, artists, .. } = report;
    let number =
        |number: Option<f64>| number.map_or_else(|| "-".to_owned(), |it| format!("{it:.3}"));
    let head = format!("Attention among {} artists", grouped(*artists as u64));
    let line = |name: &str, [before, after, due]: [String; 3]| {
        row(name, [before, after, due, String::new(), String::new()])
    };
    let mut lines = vec![
        line(&head, ["before", "with it", "as due"].map(str::to_owned)),
        line(
            "Gini coefficient",
            [before.map(|of| of.gini), Some(after.gini), Some(after.gini_due)].map(number),
        ),
        line(
            "share of the most shown tenth",
            [
                before.map(|of| of.most_shown_share),
                Some(after.most_shown_share),
                Some(after.most_shown_share_due),
            ]
            .map(percent),
        ),
        line(
            "distance from what is due",
            [before.map(|of| of.distance), Some(after.distance), Some(0.0)].map(number),
        ),
    ];
    if !report.groups.is_empty() {
        let distances = [before.map(|of| of.group_distance), Some(after.group_distance), Some(0.0)];
        lines.push(line("distance of groups from it", distances.map(number)));
    }
    lines
}

fn subject(of: &SubjectReport) -> String {
    let [before, after] = [of.before, Some(of.after)].map(|shares| {
        let share = |of: fn(Shares) -> f64| percent(shares.map(of));
        [share(|shares| shares.due), share(|shares| shares.had)]
    });
    let price = of.price.map_or_else(|| "-".to_owned(), |price| format!("{price:+.3}"));
    let ([due_before, had_before], [due, had]) = (before, after);
    row(&format!("  {}", one_line(&of.name)), [due_before, had_before, due, had, price])
}

/// What listeners made of the lists.
fn reception(of: &Reception) -> Vec<String> {
    let head = ["listeners", "lists", "opened", "lines", "played", "skipped", "liked"];
    let line = |name: &str, columns: [String; 7]| {
        let columns = columns.map(|column| format!("{column:>9}"));
        format!("{name:<16}{}", columns.concat())
    };
    let third = |of: &ThirdReport| {
        let count = |n: usize| grouped(n as u64);
        let share = |n: usize| percent((of.lines > 0).then(|| n as f64 / of.lines as f64));
        let counts = [of.listeners, of.lists, of.opened, of.lines].map(count);
        let [listeners, lists, opened, lines] = counts;
        let [played, skipped, liked] = [of.played, of.skipped, of.liked].map(share);
        line(of.name, [listeners, lists, opened, lines, played, skipped, liked])
    };
    let mut lines = vec![
        "Listeners, by how popular the music is that they like".to_owned(),
        line("", head.map(str::to_owned)),
    ];
    lines.extend(of.thirds.iter().map(third));
    if of.without_taste.listeners > 0 {
        lines.push(third(&of.without_taste));
    }
    if of.thirds.iter().chain([&of.without_taste]).all(|third| third.opened == 0) {
        lines.push("None of these lists has been opened yet.".to_owned());
    } else if let Some(gap) = of.gap {
        let points = 100.0 * gap.abs();
        let more = if gap < 0.0 { "less" } else { "more" };
        lines.push(format!(
            "Mainstream listeners played {points:.1} points of their lines {more} than niche ones."
        ));
    }
    lines
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", 100.0 * share))
}

/// A name and five columns.
fn row(name: &str, columns: [String; 5]) -> String {
    let name = fit(name, NAME - 1);
    let blank = " ".repeat(NAME - width(&name));
    let columns = columns.map(|column| format!("{column:>9}")).concat();
    format!("{name}{blank}{columns}").trim_end().to_owned()
}
