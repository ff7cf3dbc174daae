//! A task from two files: what they say is what is learned and asked.

use std::path::Path;

use engine::{Bare, Observer};
use listens::{Column, Layout, Times, TripleOptions, Triples, read_triples};
use models::Heard;
use music::ItemIx;

use super::{Asked, Counts, Split, Task};
use crate::Error;

/// What values say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Values {
    /// Only whether there is a pair: above 0 the user likes the item, below 0 not.
    #[default]
    Binary,
    /// How sure the pair is, and how relevant in the test.
    Confidence,
}

/// Where pairs come from, and how they are meant.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// A file, or what lies alone in a folder or zip.
    pub path: &'a Path,
    /// How its pairs are written.
    pub layout: Layout,
    /// Which column of a table is what, where that is not to be guessed.
    pub columns: &'a [(String, Column)],
    /// What values say.
    pub values: Values,
    /// Whether what a user knows is ranked, and asked for too.
    pub replays: bool,
}

impl Source<'_> {
    /// Whether times are worth their memory: where the caller says in which column they are.
    pub(crate) fn times(&self) -> Times {
        let is_named = self.columns.iter().any(|(role, _)| role == "time");
        if is_named { Times::Kept } else { Times::Unread }
    }

    /// How it is read.
    pub(crate) fn options(&self, times: Times) -> TripleOptions<'_> {
        TripleOptions { times, ..TripleOptions::plain(self.layout, self.columns) }
    }
}

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
        let options = train.options(Times::Unread);
        let bare = Bare::read(train.path, &options, observer)?;
        let triples = read_triples(test, &options, &mut |_| {})?;
        let asked = ask(&bare, &triples, None, train);
        let files =
            vec![(train.path.to_owned(), bare.tally.clone()), (test.to_owned(), triples.tally)];
        let task = Self::of(Split::Files, bare, Source { path: test, ..train }, asked)?;
        Ok(Self { files, ..task })
    }

    /// What is left when everybody was asked what can be asked.
    pub(super) fn of(
        split: Split,
        bare: Bare,
        test: Source<'_>,
        (asked, counts): (Vec<Asked>, Counts),
    ) -> Result<Self, Error> {
        if asked.is_empty() {
            return Err(Error::NothingAsked {
                path: test.path.to_owned(),
                n_pairs: counts.test_pairs,
                n_replays: counts.replays,
                n_disliked: counts.disliked,
            });
        }
        let (heard, rows) = bare.into_matrix();
        let heard = heard.map(|_, _, &heard| believed(heard, test.values));
        let task = Self::new(split, heard, rows, asked, counts);
        Ok(Self { ranks_known: test.replays, ..task })
    }
}

/// What a pair says where its value may not count.
pub(crate) fn believed(heard: Heard, values: Values) -> Heard {
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
    Source { values, replays, .. }: Source<'_>,
) -> (Vec<Asked>, Counts) {
    let item_rows: Vec<_> = test.items.iter().map(|item| bare.item(item)).collect();
    let mut counts = Counts { test_pairs: test.n_pairs(), ..Counts::default() };
    let mut asked = Vec::new();
    for (u, id) in test.users.iter().enumerate() {
        let mut one = Asked { who: number_of(id), user: bare.user(id), ..Asked::default() };
        if let (None, Some(shown)) = (one.user, shown) {
            (one.shown, one.believed) = history(bare, shown, id);
        }
        one.activity = activity(one.user.map_or(&one.believed, |user| bare.believed_of(user)));
        for heard in &mut one.believed {
            *heard = believed(*heard, values);
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
                Some(item) => {
                    let is_replay = is_known(item);
                    counts.replays += usize::from(is_replay);
                    if replays || !is_replay {
                        wanted.push((item.0, gain));
                    }
                }
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
fn history(bare: &Bare, shown: &Triples, id: &str) -> (Vec<ItemIx>, Vec<Heard>) {
    let Some(u) = shown.users.find(id) else { return Default::default() };
    let pairs = shown.of_user(u).iter();
    let pairs = pairs.filter_map(|&(item, value)| {
        let item = bare.item(shown.items.id(item as usize))?;
        Some((item, engine::believe(value)))
    });
    let mut pairs: Vec<(ItemIx, Heard)> = pairs.collect();
    pairs.sort_unstable_by_key(|(item, _)| *item);
    pairs.into_iter().unzip()
}

/// How much a user hears: the values of what the user likes, taken together.
fn activity(heard: &[Heard]) -> f64 {
    let liked = heard.iter().filter(|heard| heard.is_liked);
    liked.map(|heard| f64::from(heard.confidence)).sum()
}

/// The number that stands for a user of files in [`Asked::who`]; it follows from the user's text.
#[must_use]
pub fn number_of(text: &str) -> u64 {
    engine::item_id(text).0
}
