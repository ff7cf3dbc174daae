//! Which genres, moods or tags does an item have?
//!
//! A delimited table of item, label and weight, a label in each line; without a column of weights every line weighs 1.
//! Columns, header and quoting are as in [`super::read_triples`]; a label that comes twice weighs the sum.

use std::path::Path;

use super::columns::Kind;
use super::settled::settle;
use super::{Ids, Layout, TripleOptions, TripleTally, Triples};
use crate::{Column, Error};

/// Labels of items, `[n_items × n_labels]`.
#[derive(Clone, Debug)]
pub struct ItemLabels {
    /// Items by row.
    pub items: Ids,
    /// Labels by row.
    pub labels: Ids,
    /// What came of reading them.
    pub tally: TripleTally,
    /// Item `i` has `starts[i]..starts[i + 1]` of the pairs.
    starts: Vec<usize>,
    /// Label row, ascending within an item, and weight.
    pairs: Vec<(u32, f32)>,
}

impl ItemLabels {
    /// Label rows, ascending, and weights of an item; above 0, and finite.
    ///
    /// # Panics
    /// When there is no such item.
    #[must_use]
    pub fn of_item(&self, i: usize) -> &[(u32, f32)] {
        &self.pairs[self.starts[i]..self.starts[i + 1]]
    }
}

/// Reads a table of labels: a file, or what lies alone in a folder or zip.
///
/// Its columns are those the caller names by the roles `item`, `label` and `weight`, else those with a usual name
/// (`artistID`, `genre`, `tag_id`, …), else the first three.
/// The first line is a header where the caller names a column, where it has a usual name of labels, where it begins with
/// one of items, or where its weight is no number.
///
/// # Errors
/// When the table cannot be read, lacks a column, or holds no label; [`Error::NoLabels`] tells why.
pub fn read_item_labels(source: &Path, columns: &[(String, Column)]) -> Result<ItemLabels, Error> {
    let options = TripleOptions::plain(Layout::Table, columns);
    let triples = settle(source, Kind::Labels, &options, &mut |_| {})?;
    let Triples { users: items, items: labels, tally, starts, pairs, times: _ } = triples;
    if pairs.is_empty() {
        let (path, read) = (source.to_owned(), tally.read);
        return Err(Error::NoLabels { path, read, first: tally.into_first_reject() });
    }
    Ok(ItemLabels { items, labels, tally, starts, pairs })
}

#[cfg(test)]
mod tests;
