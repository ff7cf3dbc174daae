//! What is known of users and items beyond who heard what?

use std::collections::BTreeMap;
use std::path::Path;

use listens::{Column, read_attributes, read_item_labels, read_triples};
use music::{ItemIx, Rows};

use super::files::number_of;
use super::{Source, Task};
use crate::Error;

impl Task {
    /// Tells what the items of files are, from a table of item, genre and weight.
    ///
    /// # Errors
    /// When the table cannot be read, and when it names none of the items.
    pub fn tell_genres(&mut self, path: &Path, columns: &[(String, Column)]) -> Result<(), Error> {
        let read = read_item_labels(path, columns)?;
        let labels = read.items.iter().enumerate().flat_map(|(i, item)| {
            let row = self.item(item);
            let of_item = read.of_item(i).iter();
            of_item.map(move |&(label, weight)| (row, label, weight))
        });
        let labels =
            labels.map(|(row, label, weight)| (row, read.labels.id(label as usize), weight));
        let genres = Genres::new(&self.rows, labels);
        if genres.names.is_empty() {
            return Err(Error::NoItemOf { path: path.to_owned(), example: example(&read.items) });
        }
        self.genres = Some(genres);
        self.files.push((path.to_owned(), read.tally));
        Ok(())
    }

    /// Groups users by each column of a table of attributes; `who` is the number of a user's name.
    ///
    /// # Errors
    /// When the table cannot be read, and when it names none of the users asked.
    pub fn tell_attributes(
        &mut self,
        path: &Path,
        who: &dyn Fn(&str) -> Option<u64>,
    ) -> Result<(), Error> {
        let read = read_attributes(path, &[])?;
        let rows = read.users.iter().enumerate().filter_map(|(u, user)| Some((who(user)?, u)));
        let rows: BTreeMap<u64, usize> = rows.collect();
        let users: Vec<Option<usize>> =
            self.asked.iter().map(|asked| rows.get(&asked.who).copied()).collect();
        if users.iter().all(Option::is_none) {
            return Err(Error::NoUserOf { path: path.to_owned(), example: example(&read.users) });
        }
        for attribute in &read.attributes {
            let value =
                |u: usize| Some(attribute.values.id(attribute.of_user(u)? as usize).to_owned());
            let labels: Vec<Option<String>> = users.iter().map(|u| u.and_then(value)).collect();
            self.groupings.push(Grouping::by_label(&attribute.name, &labels));
        }
        self.files.push((path.to_owned(), read.tally));
        Ok(())
    }

    /// Ranks for each user what a file lists, beside the relevant items, and nothing else.
    ///
    /// The sampled form of a metric: it can order models differently from the full one (Krichene & Rendle 2020).
    ///
    /// # Errors
    /// When the file cannot be read, and when it has nothing for somebody who is asked.
    pub fn rank_among(&mut self, negatives: Source<'_>) -> Result<(), Error> {
        let options = negatives.options(listens::Times::Unread);
        let read = read_triples(negatives.path, &options, &mut |_| {})?;
        let users: BTreeMap<u64, usize> =
            read.users.iter().enumerate().map(|(u, user)| (number_of(user), u)).collect();
        let rows: Vec<Option<ItemIx>> = read.items.iter().map(|item| self.item(item)).collect();
        let mut n_without = 0;
        for asked in &mut self.asked {
            let Some(&u) = users.get(&asked.who) else {
                n_without += 1;
                continue;
            };
            let items = read.of_user(u).iter().filter_map(|(item, _)| rows[*item as usize]);
            let mut items: Vec<u32> = items.map(|item| item.0).collect();
            items.sort_unstable();
            asked.negatives = Some(items);
        }
        if n_without > 0 {
            return Err(Error::NoNegatives { path: negatives.path.to_owned(), n_without });
        }
        self.files.push((negatives.path.to_owned(), read.tally));
        Ok(())
    }

    /// The row of an item of files.
    fn item(&self, id: &str) -> Option<ItemIx> {
        self.rows.ix(engine::item_id(id))
    }
}

fn example(ids: &listens::Ids) -> String {
    ids.iter().next().unwrap_or_default().to_owned()
}

/// Users in groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouping {
    /// What tells them apart.
    pub name: String,
    /// What the groups are called.
    pub groups: Vec<String>,
    /// The group of each user asked, where that is known.
    pub of: Vec<Option<usize>>,
}

impl Grouping {
    /// Groups by what is said of each user, named and ordered by it.
    #[must_use]
    pub fn by_label(name: &str, labels: &[Option<String>]) -> Self {
        let mut groups: Vec<String> = labels.iter().flatten().cloned().collect();
        groups.sort_unstable();
        groups.dedup();
        let group = |label: &Option<String>| groups.binary_search(label.as_ref()?).ok();
        let of = labels.iter().map(group).collect();
        Self { name: name.to_owned(), groups, of }
    }
}

/// The genres of each item row, as shares that sum to 1; empty where none is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Genres {
    /// What they are called, ascending.
    pub names: Vec<String>,
    /// `[n_items]` genre and share, ascending by genre.
    pub of: Vec<Vec<(u32, f32)>>,
}

impl Genres {
    /// From labels with weights above 0, several an item; what is no item row is left out.
    #[must_use]
    pub fn new<'a>(
        rows: &Rows,
        labels: impl Iterator<Item = (Option<ItemIx>, &'a str, f32)>,
    ) -> Self {
        let labels: Vec<(usize, &str, f32)> = labels
            .filter(|(_, _, weight)| *weight > 0.0 && weight.is_finite())
            .filter_map(|(item, name, weight)| Some((item?.0 as usize, name, weight)))
            .collect();
        let mut names: Vec<String> = labels.iter().map(|(_, name, _)| (*name).to_owned()).collect();
        names.sort_unstable();
        names.dedup();
        let mut of: Vec<Vec<(u32, f32)>> = vec![Vec::new(); rows.len()];
        for (item, name, weight) in labels {
            let genre = names.binary_search_by(|other| other.as_str().cmp(name));
            let genre = u32::try_from(genre.expect("names were made of these labels"));
            of[item].push((genre.expect("genres are u32"), weight));
        }
        for genres in &mut of {
            *genres = shares(genres);
        }
        Self { names, of }
    }
}

/// One entry a genre, of all weights together 1.
fn shares(weights: &[(u32, f32)]) -> Vec<(u32, f32)> {
    let mut weights = weights.to_vec();
    weights.sort_by_key(|(genre, _)| *genre);
    let all: f32 = weights.iter().map(|(_, weight)| weight).sum();
    let of_one = |of_one: &[(u32, f32)]| {
        (of_one[0].0, of_one.iter().map(|(_, weight)| weight).sum::<f32>() / all)
    };
    weights.chunk_by(|a, b| a.0 == b.0).map(of_one).collect()
}

#[cfg(test)]
mod tests {
    use music::{ItemIx, RecordingId, Rows};

    use super::{Genres, Grouping};

    #[test]
    fn users_are_grouped_by_what_is_said_of_them() {
        let labels = [Some("de".to_owned()), None, Some("at".to_owned()), Some("de".to_owned())];
        let grouping = Grouping::by_label("country", &labels);
        assert_eq!(grouping.groups, ["at", "de"]);
        assert_eq!(grouping.of, [Some(1), None, Some(0), Some(1)]);
    }

    #[test]
    fn an_items_genres_are_shares_of_its_labels() {
        let rows = Rows::new(vec![RecordingId(1), RecordingId(2)]);
        let at = |row| Some(ItemIx(row));
        let labels = [
            (at(0), "rock", 1.0),
            (at(0), "jazz", 2.0),
            (at(0), "rock", 1.0),
            (None, "pop", 1.0),
            (at(1), "folk", 0.0),
        ];
        let genres = Genres::new(&rows, labels.into_iter());
        assert_eq!(genres.names, ["jazz", "rock"]);
        assert_eq!(genres.of, [vec![(0, 0.5), (1, 0.5)], vec![]]);
    }
}
