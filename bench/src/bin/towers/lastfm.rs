//! Which artists are missing in a profile of HetRec 2011 Last.fm-2K?
//!
//! A random fifth of each user's artists is asked for; what users called the artists are their words.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use engine::{Unobserved, item_id, tag_word};
use eval::{Cut, Source, Task, Values};
use linalg::Csr;
use listens::{Column, Layout};
use models::{ItemFeatures, WordIx, Words};
use music::{ItemIx, Rows};

const ASKED: f64 = 0.2;

/// The task of a folder.
pub(crate) fn task(folder: &Path, seed: u64) -> anyhow::Result<Task> {
    let path = folder.join("user_artists.tsv");
    let roles = [("user", "userID"), ("item", "artistID"), ("value", "weight")];
    let columns = roles.map(|(role, name)| (role.to_owned(), Column::Name(name.to_owned())));
    let table = Source {
        path: &path,
        layout: Layout::Table,
        columns: &columns,
        values: Values::Binary,
        replays: false,
    };
    let mut task = Task::from_table(table, Cut::Pairs(ASKED), seed, &mut Unobserved)?;
    let words = tags(folder, &task.rows)?;
    task.features =
        Some(ItemFeatures { words: vec![words], ..ItemFeatures::none(task.rows.len()) });
    Ok(task)
}

/// How many users called each artist what.
fn tags(folder: &Path, rows: &Rows) -> anyhow::Result<Words> {
    let names = fs_err::read_to_string(folder.join("tags.tsv"))?;
    let names: BTreeMap<&str, u64> = names
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(tag, name)| (tag, tag_word(name)))
        .collect();
    let said = fs_err::read_to_string(folder.join("user_taggedartists.tsv"))?;
    let mut counts: BTreeMap<(u32, u64), f32> = BTreeMap::new();
    for line in said.lines().skip(1) {
        let mut cells = line.split('\t').skip(1);
        let cells = cells.next().zip(cells.next());
        let (artist, tag) = cells.with_context(|| format!("an artist and a tag in `{line}`"))?;
        if let (Some(item), Some(word)) = (rows.ix(item_id(artist)), names.get(tag)) {
            *counts.entry((item.0, *word)).or_default() += 1.0;
        }
    }
    let mut keys: Vec<u64> = counts.keys().map(|(_, word)| *word).collect();
    keys.sort_unstable();
    keys.dedup();
    let column = |word: &u64| {
        let place = keys.binary_search(word).expect("keys are made of these words");
        u32::try_from(place).expect("words are u32")
    };
    let pairs = counts.iter().map(|((item, word), n)| (*item, column(word), *n)).collect();
    let of: Csr<ItemIx, WordIx> = Csr::from_triplets(rows.len(), keys.len(), pairs);
    Ok(Words { name: "tag", keys, of })
}
