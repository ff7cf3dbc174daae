//! `undersong taste`: which regions does this listener's taste have?

use engine::{Maker, MemberReport, RegionReport, Snapshot, TasteReport};
use eval::plot::{Axis, Figure, Mark, Panel, Scale, Series, svg};
use formats::one_line;
use music::ItemKind;

use crate::args::{Global, TasteArguments};
use crate::say::Say;
use crate::{Answer, clock, place};

/// Colors for regions; the last one of a figure is the catalogue's.
const REGION_COLORS: usize = 4;

/// Prints the regions, and draws a map of them where one is asked for.
pub(crate) fn run(
    global: &Global,
    arguments: &TasteArguments,
    say: &Say,
) -> anyhow::Result<Answer> {
    let folder = place::open(global)?;
    let listener = folder.listener(arguments.whose.listener.as_deref())?;
    let snapshot = Snapshot::serving(&folder)?;
    let maker = Maker::of(&folder, &snapshot)?;
    let report = maker.taste(&folder, &listener, clock::now())?;
    if let Some(path) = &arguments.map {
        fs_err::write(path, svg(&figure(&report)))?;
    }
    say.machine(&report)?;
    let items = snapshot.manifest.items;
    for line in report.regions.iter().flat_map(|region| lines(region, items)) {
        say.line(&line)?;
    }
    if report.regions.is_empty() {
        let name = &report.listener;
        say.line(&format!("Nothing that {name} likes is known to the snapshot yet."))?;
    }
    Ok(if report.regions.is_empty() { Answer::No } else { Answer::Done })
}

fn lines(region: &RegionReport, items: ItemKind) -> Vec<String> {
    let RegionReport { kind, number, name, share, n_members, .. } = region;
    let items = items.name();
    let items = if *n_members == 1 { items.trim_end_matches('s') } else { items };
    let percent = 100.0 * share;
    let mut lines = vec![format!("{kind} {number}  {percent:3.0} %  {n_members} {items}  {name}")];
    for MemberReport { artist, title, .. } in &region.members {
        let called = if artist == title { artist.clone() } else { format!("{artist} - {title}") };
        lines.push(one_line(&format!("            {called}")));
    }
    lines
}

/// The regions in the space of the catalogue.
fn figure(report: &TasteReport) -> Figure {
    let color = |at: usize| at % REGION_COLORS;
    let point = |[x, y]: &[f32; 2]| (f64::from(*x), f64::from(*y));
    let mut series = vec![Series {
        mark: Mark::Points,
        color: REGION_COLORS,
        points: report.catalogue.iter().map(point).collect(),
    }];
    let mut legend = vec![(Mark::Points, REGION_COLORS, "the catalogue".to_owned())];
    for (at, region) in report.regions.iter().enumerate() {
        let points = region.points.iter().map(point).collect();
        series.push(Series { mark: Mark::Points, color: color(at), points });
        let share = 100.0 * region.share;
        legend.push((Mark::Points, color(at), format!("{} ({share:.0} %)", region.name)));
    }
    let all: Vec<(f64, f64)> = series.iter().flat_map(|series| series.points.clone()).collect();
    let axis = |name: &str, along: &dyn Fn(&(f64, f64)) -> f64| Axis {
        name: name.to_owned(),
        scale: Scale::around(all.iter().map(along)),
        names: Vec::new(),
    };
    let x = axis("first direction", &|point| point.0);
    let y = axis("second direction", &|point| point.1);
    Figure {
        title: format!("The taste of {}", report.listener),
        description: format!(
            "{} regions of taste among a sample of the catalogue, on the plane in which their middles lie farthest apart.",
            report.regions.len()
        ),
        legend,
        panels: vec![Panel { x, y, series }],
        small_panels: Vec::new(),
    }
}
