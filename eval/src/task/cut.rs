//! A task from one table, cut in two.

use engine::{Bare, Observer};
use listens::{Times, TripleOptions, Triples, read_triples, time_range};
use measure::split::{Event, Part, fold, held_out_users, leave_last_out, random_share};

use super::files::{ask, number_of};
use super::{Cut, Moments, Source, Split, Task, Window};
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
        let times = if cut == Cut::Last { Times::Kept } else { table.times() };
        let triples = read(table, &table.options(times), observer)?;
        let events = events(&triples);
        let parts = match cut {
            Cut::Pairs(share) => random_share(&events, share, seed),
            Cut::Users(share) => held_out_users(&events, share, SHOWN, seed),
            Cut::Last => leave_last_out(&events),
            Cut::Fold { fold: which, of } => fold(&events, which, of, seed),
        };
        let part = |which: Part| {
            let is_in: Vec<bool> = parts.iter().map(|&part| part == which).collect();
            triples.part(&is_in)
        };
        let train = part(Part::Train);
        if train.n_pairs() == 0 {
            return Err(Error::NothingLearned { path: table.path.to_owned() });
        }
        let bare = Bare::of(train)?;
        let asked = ask(&bare, &part(Part::Test), Some(&part(Part::Shown)), table);
        let task = Self::of(Split::Cut(cut), bare, table, asked)?;
        Ok(Self { files: vec![(table.path.to_owned(), triples.tally)], ..task })
    }

    /// One table with times, cut at one moment for all; the window decides alone what is in which part, line by line.
    ///
    /// # Errors
    /// When the table has no column of times, and what [`Task::from_table`] says.
    pub fn from_table_by_time(
        table: Source<'_>,
        window: Window,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        let options = table.options(Times::Kept);
        let newest = match window.from {
            Some(_) => 0,
            None => time_range(table.path, table.layout, table.columns, &mut |_| {})?.1,
        };
        let moments = Moments::new(window.from, window.length, window.gap, newest);
        let within = |from, until| TripleOptions { window: Some(from..until), ..options.clone() };
        let train = read(table, &within(i64::MIN, moments.train_until), observer);
        let bare = Bare::of(train?)?;
        let test = read(table, &within(moments.from, moments.until), observer)?;
        let asked = ask(&bare, &test, None, table);
        // Both readings met the same lines.
        let files = vec![(table.path.to_owned(), bare.tally.clone())];
        let task = Self::of(Split::Time(moments), bare, table, asked)?;
        Ok(Self { files, ..task })
    }
}

fn read(
    table: Source<'_>,
    options: &TripleOptions<'_>,
    observer: &mut dyn Observer,
) -> Result<Triples, Error> {
    observer.begin("read", None);
    let triples = read_triples(table.path, options, &mut |bytes| observer.advance(bytes))?;
    observer.end();
    if observer.is_interrupted() { Err(Error::Interrupted) } else { Ok(triples) }
}

/// Every pair, users and items by a number that follows from their text.
fn events(triples: &Triples) -> Vec<Event> {
    let items: Vec<u64> = triples.items.iter().map(number_of).collect();
    let of_user = |(u, user): (usize, &str)| {
        let user = number_of(user);
        let times = triples.times_of_user(u);
        let pairs = triples.of_user(u).iter().enumerate();
        let event = |(place, &(item, _)): (usize, &(u32, f32))| {
            let at = times.map_or(0, |times| times[place]);
            Event { user, item: items[item as usize], at }
        };
        pairs.map(event).collect::<Vec<_>>()
    };
    triples.users.iter().enumerate().flat_map(of_user).collect()
}
