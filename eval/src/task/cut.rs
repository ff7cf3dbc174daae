//! A task from one table, cut by chance.

use engine::{Bare, Observer};
use listens::{TripleOptions, Triples, read_triples};
use measure::split::{Event, Part, held_out_users, random_share};

use super::files::ask;
use super::{Cut, Source, Split, Task};
use crate::Error;

/// Of a held-out user's pairs, those that a model is shown.
const SHOWN: f64 = 0.8;

impl Task {
    /// One table, of which a part is learned from and a part asked for.
    ///
    /// # Errors
    /// When the file cannot be read or holds no pair, when nothing is left to learn from or to ask for, and when the
    /// observer wants to stop.
    pub fn from_table(
        table: Source<'_>,
        cut: Cut,
        seed: u64,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        let Source { path, layout, columns, values } = table;
        observer.begin("read", None);
        let options = TripleOptions::plain(layout, columns);
        let triples = read_triples(path, &options, &mut |bytes| observer.advance(bytes))?;
        observer.end();
        let events = events(&triples);
        let parts = match cut {
            Cut::Pairs(share) => random_share(&events, share, seed),
            Cut::Users(share) => held_out_users(&events, share, SHOWN, seed),
        };
        let part = |which: Part| {
            let is_in: Vec<bool> = parts.iter().map(|&part| part == which).collect();
            triples.part(&is_in)
        };
        let train = part(Part::Train);
        if train.n_pairs() == 0 {
            return Err(Error::NothingLearned { path: path.to_owned() });
        }
        let bare = Bare::of(train)?;
        let test = part(Part::Test);
        let (asked, counts) = ask(&bare, &test, Some(&part(Part::Shown)), values);
        Self::of(Split::Cut(cut), bare, values, path, asked, counts)
    }
}

/// Every pair, users and items by a number that follows from their text.
fn events(triples: &Triples) -> Vec<Event> {
    let number = |text: &str| {
        let hash = blake3::hash(text.as_bytes());
        let (first, _) = hash.as_bytes().split_first_chunk().expect("a BLAKE3 has 32 bytes");
        u64::from_le_bytes(*first)
    };
    let items: Vec<u64> = triples.items.iter().map(number).collect();
    let of_user = |(u, user): (usize, &str)| {
        let user = number(user);
        let pairs = triples.of_user(u).iter();
        pairs
            .map(|&(item, _)| Event { user, item: items[item as usize], at: 0 })
            .collect::<Vec<_>>()
    };
    triples.users.iter().enumerate().flat_map(of_user).collect()
}
