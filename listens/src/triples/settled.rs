//! Which lines are one pair?
//!
//! Lines come in batches and get their rows; then they are grouped by user, sorted by item and summed.
//! Sums run in the order of the file.

use std::path::Path;
use std::sync::mpsc::Receiver;

use super::{Batch, Ids, TripleTally, Triples};
use crate::Error;

/// One line that was believed.
struct Triple {
    user: u32,
    item: u32,
    value: f32,
}

/// Every line with its rows, in the order of the file.
pub(super) struct Settled {
    users: Ids,
    items: Ids,
    lines: Vec<Triple>,
}

impl Settled {
    /// Gives every line its rows, until nobody sends any more.
    pub(super) fn of(batches: Receiver<Batch>) -> Self {
        let mut settled = Self { users: Ids::new(), items: Ids::new(), lines: Vec::new() };
        for Batch { users, items, values } in batches {
            let rows = settled.users.rows(&users).into_iter().zip(settled.items.rows(&items));
            let lines = rows.zip(values).map(|((user, item), value)| Triple { user, item, value });
            settled.lines.extend(lines);
        }
        settled
    }

    /// The matrix they make.
    pub(super) fn grouped(self, source: &Path, mut tally: TripleTally) -> Result<Triples, Error> {
        let (starts, grouped) = by_user(self.lines, self.users.len());
        let (starts, pairs) = summed(&starts, grouped, &mut tally);
        if pairs.is_empty() {
            let first = tally.examples.into_iter().next().map(Box::new);
            return Err(Error::NoPairs { path: source.to_owned(), read: tally.read, first });
        }
        Ok(Triples { users: self.users, items: self.items, tally, starts, pairs })
    }
}

/// Where each user's lines start, and their items and values in the order of the file. O(lines + users).
fn by_user(lines: Vec<Triple>, n_users: usize) -> (Vec<usize>, Vec<(u32, f32)>) {
    let mut starts = vec![0; n_users + 1];
    for line in &lines {
        starts[line.user as usize + 1] += 1;
    }
    for u in 0..n_users {
        starts[u + 1] += starts[u];
    }
    let mut next = starts.clone();
    let mut grouped = vec![(0, 0.0); lines.len()];
    for line in lines {
        let place = &mut next[line.user as usize];
        grouped[*place] = (line.item, line.value);
        *place += 1;
    }
    (starts, grouped)
}

/// Sorts each user's lines by item and sums those of one item, in place and in the order of the file.
fn summed(
    starts: &[usize],
    mut grouped: Vec<(u32, f32)>,
    tally: &mut TripleTally,
) -> (Vec<usize>, Vec<(u32, f32)>) {
    let mut ends = vec![0];
    let mut end = 0;
    for run in starts.windows(2) {
        let run = run[0]..run[1];
        // A stable sort, so that sums run in the order of the file.
        grouped[run.clone()].sort_by_key(|&(item, _)| item);
        let mut at = run.start;
        while at < run.end {
            let (item, first) = grouped[at];
            let mut sum = f64::from(first);
            at += 1;
            while at < run.end && grouped[at].0 == item {
                sum += f64::from(grouped[at].1);
                tally.repeated += 1;
                at += 1;
            }
            let sum = within_f32(sum);
            if sum == 0.0 {
                tally.zeros += 1;
            } else {
                grouped[end] = (item, sum);
                end += 1;
            }
        }
        ends.push(end);
    }
    grouped.truncate(end);
    (ends, grouped)
}

#[expect(clippy::cast_possible_truncation, reason = "what does not fit stays at the end of f32")]
fn within_f32(sum: f64) -> f32 {
    sum.clamp(f32::MIN.into(), f32::MAX.into()) as f32
}
