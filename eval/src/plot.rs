//! How do numbers become a picture that everybody can read?
//!
//! SVG text from numbers: panels with a linear or logarithmic scale on each axis, points and steps in them, and a legend.
//! The colors are Okabe & Ito's (2008), which most people tell apart, each with a shape of its own for those who do not;
//! dark screens get a dark ground.
//! A figure is [`WIDTH`] units wide, no wider than a telephone held upright makes of it without the letters becoming too
//! small; paper takes it as it is.

mod scale;

use std::fmt::Write;

pub use scale::Scale;

/// Width of a figure; letters are 13 units high.
pub const WIDTH: f64 = 480.0;

/// Panels below each other, or two side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What is to be seen.
    pub title: String,
    /// The same at more length, for those who cannot see it.
    pub description: String,
    /// What the colors stand for: kind of mark, color and name.
    pub legend: Vec<(Mark, usize, String)>,
    /// As wide as the figure.
    pub panels: Vec<Panel>,
    /// Half as wide, in pairs, below the others.
    pub small_panels: Vec<Panel>,
}

/// Series over two axes.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// To the right.
    pub x: Axis,
    /// Upwards.
    pub y: Axis,
    /// The later ones lie on the earlier ones.
    pub series: Vec<Series>,
}

/// What an axis measures.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Its name.
    pub name: String,
    /// Where numbers lie.
    pub scale: Scale,
    /// Names at places, instead of numbers.
    pub names: Vec<(f64, String)>,
}

/// Numbers that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// How they are drawn.
    pub mark: Mark,
    /// From 0 to 4.
    pub color: usize,
    /// To the right and upwards; what lies outside of a scale is not drawn.
    pub points: Vec<(f64, f64)>,
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A shape for each point; the color decides which.
    Points,
    /// From point to point, first to the right and then upwards: what holds until something else does.
    Steps,
    /// From point to point.
    Line,
    /// What lies within, of a faint color.
    Band,
}

/// Heights of a large and a small panel, its axes included.
const HEIGHTS: (f64, f64) = (280.0, 200.0);
/// Units left of, below and above the field of a panel, and right of it.
const MARGINS: [f64; 4] = [58.0, 44.0, 12.0, 14.0];
/// Ink for light and for dark grounds.
pub(crate) const COLORS: [(&str, &str); 5] = [
    ("#0072b2", "#56b4e9"),
    ("#d55e00", "#ff8c42"),
    ("#009e73", "#2fd1a5"),
    ("#a3588a", "#e29ac8"),
    ("#6b6b6b", "#a8a8a8"),
];

/// The figure as a file of its own.
#[must_use]
pub fn svg(figure: &Figure) -> String {
    let legend_rows = legend_rows(&figure.legend);
    let top = 34.0 + 20.0 * legend_rows.len() as f64;
    let n_pairs = figure.small_panels.len().div_ceil(2) as f64;
    let height = top + HEIGHTS.0 * figure.panels.len() as f64 + HEIGHTS.1 * n_pairs + 6.0;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" aria-labelledby=\"title description\">\n<title id=\"title\">{}</title>\n\
         <desc id=\"description\">{}</desc>\n{}<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n",
        escaped(&figure.title),
        escaped(&figure.description),
        style()
    );
    push(&mut text, &label(12.0, 22.0, "title", "start", &figure.title));
    for (row, entries) in legend_rows.iter().enumerate() {
        let y = 40.0 + 20.0 * row as f64;
        for &(x, (mark, color, name)) in entries {
            let sample = match mark {
                Mark::Points => shape(*color, x, y),
                Mark::Line | Mark::Steps | Mark::Band => {
                    format!("<path class=\"line c{color}\" d=\"M{:.1} {y:.1}h16\"/>", x - 8.0)
                }
            };
            push(&mut text, &sample);
            push(&mut text, &label(x + 13.0, y + 4.5, "label", "start", name));
        }
    }
    let large = figure.panels.iter().enumerate();
    for (n, panel) in large {
        draw(&mut text, panel, [0.0, top + HEIGHTS.0 * n as f64, WIDTH, HEIGHTS.0]);
    }
    let below = top + HEIGHTS.0 * figure.panels.len() as f64;
    for (n, panel) in figure.small_panels.iter().enumerate() {
        let (column, row) = ((n % 2) as f64, (n / 2) as f64);
        let place = [column * WIDTH / 2.0, below + HEIGHTS.1 * row, WIDTH / 2.0, HEIGHTS.1];
        draw(&mut text, panel, place);
    }
    text.push_str("</svg>\n");
    text
}

/// An entry of a legend and where it begins.
type Placed<'a> = (f64, &'a (Mark, usize, String));

/// The legend in as many rows as it needs; a letter is some 7 units wide.
fn legend_rows(legend: &[(Mark, usize, String)]) -> Vec<Vec<Placed<'_>>> {
    let mut rows: Vec<Vec<Placed<'_>>> = Vec::new();
    let mut x = WIDTH;
    for entry in legend {
        let wide = 40.0 + 7.0 * entry.2.chars().count() as f64;
        if x + wide > WIDTH {
            rows.push(Vec::new());
            x = 20.0;
        }
        if let Some(row) = rows.last_mut() {
            row.push((x, entry));
        }
        x += wide;
    }
    rows
}

/// Draws a panel at a place: left, top, width and height.
fn draw(text: &mut String, panel: &Panel, [left, top, width, height]: [f64; 4]) {
    let (x0, x1) = (left + MARGINS[0], left + width - MARGINS[3]);
    let (y0, y1) = (top + height - MARGINS[1], top + MARGINS[2]);
    let across = |x: f64| panel.x.scale.place(x).map(|at| x0 + at * (x1 - x0));
    let up = |y: f64| panel.y.scale.place(y).map(|at| y0 + at * (y1 - y0));
    for (value, name) in panel.y.ticks(4) {
        let Some(y) = up(value) else { continue };
        push(text, &format!("<path class=\"grid\" d=\"M{x0:.1} {y:.1}H{x1:.1}\"/>"));
        push(text, &label(x0 - 6.0, y + 4.5, "label", "end", &name));
    }
    let n_across = if width < WIDTH { 3 } else { 6 };
    for (value, name) in panel.x.ticks(n_across) {
        let Some(x) = across(value) else { continue };
        push(text, &format!("<path class=\"axis\" d=\"M{x:.1} {y0:.1}v4\"/>"));
        push(text, &label(x, y0 + 18.0, "label", "middle", &name));
    }
    push(text, &format!("<path class=\"axis\" d=\"M{x0:.1} {y1:.1}V{y0:.1}H{x1:.1}\"/>"));
    push(text, &label(f64::midpoint(x0, x1), y0 + 36.0, "label", "middle", &panel.x.name));
    // The name of what goes up stands above the numbers, where it needs no turning of the head.
    push(text, &label(left + 12.0, y1 - 2.0, "label", "start", &panel.y.name));
    for series in &panel.series {
        let places = series.points.iter().filter_map(|&(x, y)| Some((across(x)?, up(y)?)));
        let drawn = match series.mark {
            Mark::Points => {
                places.map(|(x, y)| shape(series.color, x, y)).collect::<Vec<_>>().join("\n")
            }
            Mark::Line => path(series.color, places, |x, y| format!("L{x:.1} {y:.1}")),
            Mark::Steps => path(series.color, places, |x, y| format!("H{x:.1}V{y:.1}")),
            Mark::Band => {
                let border = path(series.color, places, |x, y| format!("L{x:.1} {y:.1}"));
                border.replace("class=\"line", "class=\"band")
            }
        };
        push(text, &drawn);
    }
}

fn path(
    color: usize,
    mut places: impl Iterator<Item = (f64, f64)>,
    step: impl Fn(f64, f64) -> String,
) -> String {
    let Some((x, y)) = places.next() else { return String::new() };
    let steps: String = places.map(|(x, y)| step(x, y)).collect();
    format!("<path class=\"line c{color}\" d=\"M{x:.1} {y:.1}{steps}\"/>")
}

/// A shape for each color: circle, diamond, square, triangle, cross.
fn shape(color: usize, x: f64, y: f64) -> String {
    let d = match color {
        0 => {
            return format!(
                "<circle class=\"dot c{color}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"/>"
            );
        }
        1 => format!("M{:.1} {y:.1}l4.6 -4.6 4.6 4.6 -4.6 4.6z", x - 4.6),
        2 => format!("M{:.1} {:.1}h6.4v6.4h-6.4z", x - 3.2, y - 3.2),
        3 => format!("M{x:.1} {:.1}l4.4 7.6h-8.8z", y - 4.8),
        _ => format!("M{:.1} {:.1}l7 7m0 -7l-7 7", x - 3.5, y - 3.5),
    };
    let class = if color < 4 { "dot" } else { "line" };
    format!("<path class=\"{class} c{color}\" d=\"{d}\"/>")
}

fn label(x: f64, y: f64, class: &str, anchor: &str, text: &str) -> String {
    let text = escaped(text);
    format!(
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>"
    )
}

fn push(text: &mut String, line: &str) {
    if !line.is_empty() {
        writeln!(text, "{line}").expect("a string takes every line");
    }
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Light, and dark where the screen is.
fn style() -> String {
    let inks = |dark: bool| {
        let ink = |(n, &(light, night)): (usize, &(&str, &str))| {
            let ink = if dark { night } else { light };
            format!(
                ".line.c{n}{{stroke:{ink}}}.band.c{n}{{fill:{ink}}}.dot.c{n}{{fill:{ink};stroke:{}}}",
                if dark { "#15181c" } else { "#ffffff" }
            )
        };
        COLORS.iter().enumerate().map(ink).collect::<String>()
    };
    format!(
        "<style>\ntext{{font-family:system-ui,sans-serif;fill:#222222}}.label{{font-size:13px}}\
         .title{{font-size:15px;font-weight:600}}.ground{{fill:#ffffff}}\
         .axis{{stroke:#555555;fill:none}}.grid{{stroke:#dddddd;fill:none}}\
         .line{{fill:none;stroke-width:2}}.band{{opacity:0.15}}.dot{{stroke-width:0.7}}\n{}\n\
         @media (prefers-color-scheme:dark){{text{{fill:#e6e6e6}}.ground{{fill:#15181c}}\
         .axis{{stroke:#aaaaaa}}.grid{{stroke:#333a42}}{}}}\n\
         @media print{{.ground{{fill:none}}}}\n</style>\n",
        inks(false),
        inks(true)
    )
}

impl Axis {
    /// An axis of numbers.
    #[must_use]
    pub fn numbers(name: &str, scale: Scale) -> Self {
        Self { name: name.to_owned(), scale, names: Vec::new() }
    }

    /// Where something is written, and what.
    fn ticks(&self, about: usize) -> Vec<(f64, String)> {
        if self.names.is_empty() { self.scale.ticks(about) } else { self.names.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Axis, Figure, Mark, Panel, Scale, Series, svg};

    fn figure() -> Figure {
        let panel = |scale: Scale| Panel {
            x: Axis::numbers("reg <λ>", scale),
            y: Axis::numbers("score", Scale::linear(0.0, 1.0)),
            series: vec![
                Series { mark: Mark::Steps, color: 1, points: vec![(1.0, 0.25), (10.0, 0.5)] },
                Series {
                    mark: Mark::Points,
                    color: 0,
                    points: vec![(1.0, 0.5), (-1.0, 0.5), (f64::NAN, 0.1)],
                },
            ],
        };
        Figure {
            title: "A & B".to_owned(),
            description: "what".to_owned(),
            legend: vec![(Mark::Points, 0, "some".to_owned()), (Mark::Steps, 1, "best".to_owned())],
            panels: vec![panel(Scale::linear(0.0, 10.0))],
            small_panels: vec![panel(Scale::log(0.1, 10.0)); 3],
        }
    }

    #[test]
    fn a_figure_is_well_formed_and_no_text_is_markup() {
        let text = svg(&figure());
        assert!(text.contains("A &amp; B") && text.contains("reg &lt;λ&gt;"), "{text}");
        let n_open =
            text.matches('<').count() - text.matches("</").count() - text.matches("/>").count();
        assert_eq!(n_open, text.matches("</").count());
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        // One large panel and two rows of small ones, below title and one row of legend.
        assert!(text.contains(&format!("viewBox=\"0 0 480 {}\"", 34 + 20 + 280 + 400 + 6)));
    }

    #[test]
    fn what_lies_outside_of_a_scale_is_not_drawn() {
        let text = svg(&figure());
        // In each of four panels one of three points, and one in the legend.
        assert_eq!(text.matches("<circle").count(), 5);
    }

    #[test]
    fn a_step_holds_until_the_next_one() {
        let text = svg(&figure());
        // 58 + 0.1·408 = 98.8 and 466 across; y from 290 to 66 above: 290 − 0.25·224 and half of it.
        assert!(text.contains("M98.8 234.0H466.0V178.0"), "{text}");
    }
}
