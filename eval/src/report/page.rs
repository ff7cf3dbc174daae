//! How does a report look, to somebody on a telephone, at a desk or with paper?
//!
//! One page of HTML with its plots as SVG in it; it fetches nothing and runs nothing.

use std::fmt::Write;

use super::pictures::pictures;
use super::{Figure, RESAMPLES, Report};
use crate::plot::escaped;

/// Metrics of the first table for each k, their titles, and whether more is better.
const COLUMNS: [(&str, &str, bool); 6] = [
    ("ndcg", "NDCG", true),
    ("recall", "recall", true),
    ("hit_rate", "hit rate", true),
    ("popularity_lift", "popularity lift", false),
    ("novelty", "novelty, bits", false),
    ("diversity", "diversity", false),
];

/// The whole report; `question` says in sentences what was asked.
#[must_use]
pub fn page(report: &Report, question: &str) -> String {
    let mut html = String::new();
    html.push_str("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.push_str("<title>How good are the lists?</title>\n");
    push(
        &mut html,
        &format!("<style>{STYLE}</style>\n</head>\n<body>\n<h1>How good are the lists?</h1>"),
    );
    for line in question.lines() {
        push(&mut html, &format!("<p>{}</p>", escaped(line.trim())));
    }
    for &k in &report.ks {
        push(&mut html, &format!("<h2>Lists of {k}</h2>"));
        html.push_str(&overview(report, k));
    }
    push(
        &mut html,
        &format!(
            "<p class=\"note\">The middle 95 % of {RESAMPLES} draws of the users follow each number. \
             <b>Bold</b> is the best of its column, ≈ what chance may have put behind it (paired bootstrap, Holm, 5 %).</p>"
        ),
    );
    html.push_str("<div class=\"plots\">\n");
    for picture in pictures(report) {
        push(&mut html, &format!("<figure>{}</figure>", crate::plot::svg(&picture)));
    }
    html.push_str("</div>\n");
    html.push_str(&groups(report));
    html.push_str(&everything(report));
    html.push_str("</body>\n</html>\n");
    html
}

/// A row for each model.
fn overview(report: &Report, k: usize) -> String {
    let titles = COLUMNS.iter().map(|(_, title, _)| (*title).to_owned());
    let titles = titles.chain(["coverage", "Gini", "fit s", "evaluate s"].map(str::to_owned));
    let rows = report.entries.iter().enumerate().map(|(model, entry)| {
        let told = COLUMNS.iter().map(|(metric, _, is_good)| {
            cell(report.figure(model, &format!("{metric}@{k}")), *is_good)
        });
        let exposure = entry.judgement.exposure.iter().find(|(of, ..)| *of == k);
        let share = |of: fn(&(usize, f64, f64)) -> f64| {
            exposure.map_or_else(String::new, |it| number(of(it)))
        };
        let more = [
            share(|(_, coverage, _)| *coverage),
            share(|(_, _, gini)| *gini),
            format!("{:.2}", entry.fit_seconds),
            format!("{:.2}", entry.evaluate_seconds),
        ];
        (entry.spec.brief(), told.chain(more).collect())
    });
    table("model", titles, rows)
}

/// What groups of users get, where there are any.
fn groups(report: &Report) -> String {
    let Some(k) = report.ks.first() else { return String::new() };
    let end = format!("_gap@{k}");
    let gaps: Vec<String> = report
        .gap_names()
        .filter(|name| name.starts_with("ndcg_") && name.ends_with(&end))
        .map(|name| name.trim_end_matches(&end).to_owned())
        .collect();
    let mut html = String::new();
    for gap in gaps {
        let start = format!("{gap}_");
        let names = report.readings().iter().map(|reading| reading.name.as_str());
        let of_group = |name: &str| {
            Some(name.strip_prefix(&start)?.strip_suffix(&format!("@{k}"))?.to_owned())
        };
        let groups: Vec<String> = names.filter_map(of_group).collect();
        let what = gap.trim_start_matches("ndcg_");
        push(&mut html, &format!("<h2>NDCG@{k} by {}</h2>", escaped(what)));
        let rows = report.entries.iter().enumerate().map(|(model, entry)| {
            let told = groups.iter().map(|group| {
                let figure = report.figure(model, &format!("{gap}_{group}@{k}"));
                cell(figure.map(|figure| Figure { standing: None, ..figure }), true)
            });
            let size =
                report.gaps(model).into_iter().find(|(name, _)| *name == format!("{gap}{end}"));
            let size = size.map_or_else(String::new, |(_, size)| number(size.value));
            (entry.spec.brief(), told.chain([size]).collect())
        });
        html.push_str(&table("model", groups.iter().cloned().chain(["gap".to_owned()]), rows));
    }
    html
}

/// Every metric of every model, folded away.
fn everything(report: &Report) -> String {
    let titles = report.entries.iter().map(|entry| entry.spec.brief());
    let rows = report.readings().iter().map(|reading| {
        let figures = (0..report.entries.len()).map(|model| report.figure(model, &reading.name));
        let name = format!("{}: {}", reading.name, reading.formula);
        (name, figures.map(|figure| cell(figure, false)).collect())
    });
    format!(
        "<details><summary>Every metric, and its formula for one user</summary>\n\
         <p class=\"note\">R are the relevant items, k the places looked at, counted from 0; a hit is an item of R at a \
         place p below k; discount = 1/log₂(p + 2).</p>\n{}</details>\n",
        table("metric", titles, rows)
    )
}

fn table(
    corner: &str,
    titles: impl Iterator<Item = String>,
    rows: impl Iterator<Item = (String, Vec<String>)>,
) -> String {
    let mut html = format!("<div class=\"wide\"><table>\n<tr><th>{corner}</th>");
    for title in titles {
        write!(html, "<th>{}</th>", escaped(&title)).expect("a string takes everything");
    }
    html.push_str("</tr>\n");
    for (name, cells) in rows {
        write!(html, "<tr><th>{}</th>", escaped(&name)).expect("a string takes everything");
        for cell in cells {
            write!(html, "<td>{cell}</td>").expect("a string takes everything");
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</table></div>\n");
    html
}

/// A number with its interval; marked where it is the best, or may be as good, if that is asked.
fn cell(figure: Option<Figure>, is_good: bool) -> String {
    let Some(figure) = figure else { return "–".to_owned() };
    let mut text = number(figure.value);
    if let Some(standing) = figure.standing.filter(|_| is_good) {
        if standing.behind <= 0.0 {
            text = format!("<b>{text}</b>");
        } else if !standing.is_behind() {
            text.push_str(" ≈");
        }
    }
    if let Some((low, high)) = figure.interval {
        write!(text, "<small>{} to {}</small>", number(low), number(high))
            .expect("a string takes everything");
    }
    text
}

fn number(value: f64) -> String {
    if value.abs() < 10.0 { format!("{value:.4}") } else { format!("{value:.2}") }
}

fn push(html: &mut String, line: &str) {
    html.push_str(line);
    html.push('\n');
}

const STYLE: &str = "
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;padding:1rem;max-width:80rem}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem}p{margin:.3rem 0}
.note{font-size:.9rem;opacity:.8;margin:.6rem 0}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
th{white-space:nowrap}th,td{padding:.3rem .6rem;text-align:right;vertical-align:top;border-bottom:1px solid #8884}
th:first-child{text-align:left;font-weight:500;min-width:9rem;max-width:22rem;white-space:normal;overflow-wrap:break-word}
td small{display:block;opacity:.7;white-space:nowrap}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1rem;margin:1.5rem 0}
figure{margin:0}svg{width:100%;height:auto}
summary{cursor:pointer;margin-top:2rem;font-weight:600}
@media print{body{max-width:none;font-size:10pt}figure,tr{break-inside:avoid}.wide{overflow:visible}}
";
