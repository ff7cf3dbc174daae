//! `undersong explain als`: how does implicit ALS come to its vectors, number by number?
//!
//! Markdown that reads well in a terminal; `docs/als-by-hand.md` is what it prints.

mod layout;
mod machine;
mod outcome;
mod problem;
mod solving;

use models::ials::example::{DIM, Example, N_ITEMS, N_USERS, State};

use crate::Answer;
use crate::say::Say;
use layout::{Block, number};

const USERS: [&str; N_USERS] = ["Ada", "Ben", "Cleo", "Dara", "Eli"];
const ITEMS: [&str; N_ITEMS] =
    ["Moth Lamp", "Salt Pier", "Low Tide", "Iron Fig", "Brass Owl", "Neon Ox"];

/// Prints the example.
pub(crate) fn run(say: &Say) -> anyhow::Result<Answer> {
    let example = Example::new();
    say.machine(&machine::answer(&example))?;
    let chapters = [
        problem::known(&example),
        problem::minimized(&example),
        problem::start(&example),
        solving::one_listener(&example),
        solving::all_listeners(&example),
        solving::all_recordings(&example),
        outcome::loss(&example),
        outcome::recommended(&example),
    ];
    say.line(chapters.join("\n").trim_end())?;
    Ok(Answer::Done)
}

/// A column of text under its heading.
fn column(heading: &str, cells: impl IntoIterator<Item = String>) -> Vec<String> {
    [heading.to_owned()].into_iter().chain(cells).collect()
}

/// A table of listeners and recordings.
fn by_pair(cell: impl Fn(usize, usize) -> String) -> Block {
    let mut columns = vec![column("", USERS.map(str::to_owned))];
    for (i, name) in ITEMS.iter().enumerate() {
        columns.push(column(&format!("{name} "), (0..N_USERS).map(|u| cell(u, i))));
    }
    Block::table(columns)
}

/// Every score, with a star at what a listener should be recommended.
fn scores(state: &State) -> Block {
    by_pair(|u, i| {
        let star = if state.choices[u] == i { '*' } else { ' ' };
        format!("{}{star}", number(state.scores[u][i], 2))
    })
}

/// Vectors by name, each with its number of pairs and its ridge.
fn vectors<const N: usize>(
    names: &[&str; N],
    [x, n, ridge]: [&str; 3],
    rows: &[[f32; DIM]; N],
    n_pairs: [usize; N],
    ridges: &[f32; N],
) -> Block {
    let mut columns = vec![column("", names.map(str::to_owned))];
    for (d, subscript) in ["₁", "₂"].into_iter().enumerate() {
        columns.push(column(&format!("{x}{subscript}"), rows.map(|row| number(row[d], 3))));
    }
    columns.push(column(&format!("  {n}"), n_pairs.map(|n| n.to_string())));
    columns.push(column(ridge, ridges.map(|x| number(x, 3))));
    Block::table(columns)
}
