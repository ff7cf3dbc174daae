//! A task from two files: what they say is what is learned and asked.

use std::path::Path;

use engine::{Bare, Observer};
use listens::{TripleOptions, Triples, read_triples};
use models::Heard;
use music::ItemIx;

use super::{Asked, Counts, Source, Split, Task, Values};
use crate::Error;

impl Task {
    /// A file to learn from and a file to be asked about, each a table or lists.
    ///
    /// # Errors
    /// When a file cannot be read or holds no pair, when nothing is left to ask for, and when the observer wants to stop.
    pub fn from_files(
        train: Source<'_>,
        test: &Path,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        let Source { path, layout, columns, values } = train;
        let options = TripleOptions::plain(layout, columns);
        let bare = Bare::read(path, &options, observer)?;
        let triples = read_triples(test, &options, &mut |_| {})?;
        let (asked, counts) = ask(&bare, &triples, None, values);
        Self::of(Split::Files, bare, values, test, asked, counts)
    }

    /// What is left when everybody was asked what can be asked.
    pub(super) fn of(
        split: Split,
        bare: Bare,
        values: Values,
        test: &Path,
        asked: Vec<Asked>,
        counts: Counts,
    ) -> Result<Self, Error> {
        if asked.is_empty() {
            return Err(Error::NothingAsked {
                path: test.to_owned(),
                n_pairs: counts.test_pairs,
                n_replays: counts.replays,
                n_disliked: counts.disliked,
            });
        }
        let (heard, rows) = bare.into_matrix();
        let heard = heard.map(|_, _, &heard| believed(heard, values));
        Ok(Self { split, heard, rows, asked, counts })
    }
}

/// What a pair says where its value may not count.
pub(super) fn believed(heard: Heard, values: Values) -> Heard {
    match values {
        Values::Binary => Heard { confidence: 1.0, ..heard },
        Values::Confidence => heard,
    }
}

/// Asks every user of the test; `shown` are the histories of users whom no model learns from.
pub(super) fn ask(
    bare: &Bare,
    test: &Triples,
    shown: Option<&Triples>,
    values: Values,
) -> (Vec<Asked>, Counts) {
    let item_rows: Vec<_> = test.items.iter().map(|item| bare.item(item)).collect();
    let mut counts = Counts { test_pairs: test.n_pairs(), ..Counts::default() };
    let mut asked = Vec::new();
    for (u, id) in test.users.iter().enumerate() {
        let mut one = Asked { user: bare.user(id), ..Asked::default() };
        if let (None, Some(shown)) = (one.user, shown) {
            (one.shown, one.believed) = history(bare, shown, id, values);
        }
        let is_known = |item: ItemIx| match one.user {
            Some(user) => bare.heard_by(user).binary_search(&item.0).is_ok(),
            None => one.shown.binary_search(&item).is_ok(),
        };
        let mut wanted = Vec::new();
        for &(item, value) in test.of_user(u) {
            let gain = match values {
                Values::Binary => 1.0,
                Values::Confidence => value,
            };
            match item_rows[item as usize] {
                _ if value <= 0.0 => counts.disliked += 1,
                None => one.unseen.push(gain),
                Some(item) if is_known(item) => counts.replays += 1,
                Some(item) => wanted.push((item.0, gain)),
            }
        }
        if wanted.is_empty() && one.unseen.is_empty() {
            continue;
        }
        counts.wanted += wanted.len() + one.unseen.len();
        counts.unseen += one.unseen.len();
        counts.strangers += usize::from(one.user.is_none() && one.shown.is_empty());
        wanted.sort_unstable_by_key(|(item, _)| *item);
        (one.wanted, one.gains) = wanted.into_iter().unzip();
        asked.push(one);
    }
    (asked, counts)
}

/// What a user is shown to have heard, as far as the catalogue has it.
fn history(bare: &Bare, shown: &Triples, id: &str, values: Values) -> (Vec<ItemIx>, Vec<Heard>) {
    let Some(u) = shown.users.find(id) else { return Default::default() };
    let pairs = shown.of_user(u).iter();
    let pairs = pairs.filter_map(|&(item, value)| {
        let item = bare.item(shown.items.id(item as usize))?;
        Some((item, believed(engine::believe(value), values)))
    });
    let mut pairs: Vec<(ItemIx, Heard)> = pairs.collect();
    pairs.sort_unstable_by_key(|(item, _)| *item);
    pairs.into_iter().unzip()
}
