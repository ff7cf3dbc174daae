//! Which lines are one pair?
//!
//! Lines come in batches and get their rows; then they are grouped by user, sorted by item and summed.
//! Sums run in the order of the file; the newest time of a pair's lines is that of the pair.

use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::columns::Kind;
use super::ids::Texts;
use super::reading::{Line, each_line};
use super::{Ids, Times, TripleOptions, TripleTally, Triples};
use crate::Error;

/// Lines whose ids are looked up together; few enough for the nearest cache.
const BATCH: usize = 1 << 12;

/// Batches that may wait for their rows.
const WAITING: usize = 16;

/// The matrix that a table's lines make, which may have no pair.
pub(super) fn settle(
    source: &Path,
    kind: Kind,
    options: &TripleOptions<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<Triples, Error> {
    let (door, batches) = sync_channel(WAITING);
    thread::scope(|scope| {
        let settling = scope.spawn(|| Settled::of(batches, options.times));
        let mut sending = Sending { batch: Batch::new(), door };
        let tally = each_line(source, kind, options, progress, |line| sending.push(line))?;
        sending.hand_over();
        // Nothing more comes, which ends the other side.
        drop(sending);
        Ok(settling.join().expect("settling asks nothing of the world").grouped(tally))
    })
}

/// Lines that were believed and have no rows yet.
struct Batch {
    users: Texts,
    items: Texts,
    values: Vec<f32>,
    /// As many as there are values, or none where nobody asks.
    times: Vec<i64>,
}

impl Batch {
    fn new() -> Self {
        let (users, items) = (Texts::new(), Texts::new());
        Self { users, items, values: Vec::with_capacity(BATCH), times: Vec::new() }
    }
}

/// Turns lines into batches.
struct Sending {
    batch: Batch,
    door: SyncSender<Batch>,
}

impl Sending {
    fn push(&mut self, line: &Line<'_>) {
        self.batch.users.push(line.user);
        self.batch.items.push(line.item);
        self.batch.values.push(line.value);
        self.batch.times.extend(line.at);
        if self.batch.values.len() == BATCH {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        let batch = std::mem::replace(&mut self.batch, Batch::new());
        self.door.send(batch).expect("the other side listens until this one hangs up");
    }
}

/// One line that was believed.
struct Triple {
    user: u32,
    item: u32,
    value: f32,
}

/// Every line with its rows, in the order of the file.
struct Settled {
    users: Ids,
    items: Ids,
    lines: Vec<Triple>,
    times: Option<Vec<i64>>,
}

impl Settled {
    /// Gives every line its rows, until nobody sends any more.
    fn of(batches: Receiver<Batch>, times: Times) -> Self {
        let mut settled = Self {
            users: Ids::new(),
            items: Ids::new(),
            lines: Vec::new(),
            times: (times == Times::Kept).then(Vec::new),
        };
        for Batch { users, items, values, times } in batches {
            let rows = settled.users.rows(&users).into_iter().zip(settled.items.rows(&items));
            let lines = rows.zip(values).map(|((user, item), value)| Triple { user, item, value });
            settled.lines.extend(lines);
            if let Some(all) = &mut settled.times {
                all.extend(times);
            }
        }
        settled
    }

    /// The matrix they make.
    fn grouped(self, mut tally: TripleTally) -> Triples {
        let Self { users, items, lines, times } = self;
        let Grouped { starts, pairs, times } =
            Grouped::by_user(lines, times, users.len()).summed(&mut tally);
        Triples { users, items, tally, starts, pairs, times }
    }
}

/// Lines of one user after those of another.
struct Grouped {
    /// User `u` has `starts[u]..starts[u + 1]` of them.
    starts: Vec<usize>,
    /// Item and value of each.
    pairs: Vec<(u32, f32)>,
    /// The time of each.
    times: Option<Vec<i64>>,
}

impl Grouped {
    /// Each user's lines in the order of the file. O(lines + users).
    fn by_user(lines: Vec<Triple>, times: Option<Vec<i64>>, n_users: usize) -> Self {
        let mut starts = vec![0; n_users + 1];
        for line in &lines {
            starts[line.user as usize + 1] += 1;
        }
        for u in 0..n_users {
            starts[u + 1] += starts[u];
        }
        let mut next = starts.clone();
        let mut pairs = vec![(0, 0.0); lines.len()];
        let mut grouped_times = times.as_ref().map(|times| vec![0; times.len()]);
        let mut times = times.map(Vec::into_iter);
        for line in lines {
            let place = &mut next[line.user as usize];
            pairs[*place] = (line.item, line.value);
            let at = times.as_mut().and_then(Iterator::next);
            if let (Some(grouped), Some(at)) = (&mut grouped_times, at) {
                grouped[*place] = at;
            }
            *place += 1;
        }
        Self { starts, pairs, times: grouped_times }
    }

    /// Sorts each user's lines by item and sums those of one item, in place and in the order of the file.
    fn summed(mut self, tally: &mut TripleTally) -> Self {
        let mut ends = vec![0];
        let mut end = 0;
        let mut scratch = Vec::new();
        for u in 1..self.starts.len() {
            let mut run = self.starts[u - 1]..self.starts[u];
            self.sort_by_item(run.clone(), &mut scratch);
            while let Some(same) = self.first_item(&run) {
                let item = self.pairs[same.start].0;
                let values = self.pairs[same.clone()].iter().map(|&(_, value)| f64::from(value));
                let sum = within_f32(values.sum());
                tally.repeated += same.len() as u64 - 1;
                run.start = same.end;
                if sum == 0.0 {
                    tally.zeros += 1;
                    continue;
                }
                self.pairs[end] = (item, sum);
                if let Some(times) = &mut self.times {
                    times[end] = times[same].iter().copied().fold(i64::MIN, i64::max);
                }
                end += 1;
            }
            ends.push(end);
        }
        self.pairs.truncate(end);
        if let Some(times) = &mut self.times {
            times.truncate(end);
        }
        Self { starts: ends, ..self }
    }

    /// A stable sort, so that sums run in the order of the file.
    fn sort_by_item(&mut self, run: Range<usize>, scratch: &mut Vec<((u32, f32), i64)>) {
        let pairs = &mut self.pairs[run.clone()];
        let Some(times) = &mut self.times else {
            return pairs.sort_by_key(|&(item, _)| item);
        };
        let times = &mut times[run];
        scratch.clear();
        scratch.extend(pairs.iter().copied().zip(times.iter().copied()));
        scratch.sort_by_key(|&((item, _), _)| item);
        for ((pair, at), sorted) in pairs.iter_mut().zip(times).zip(scratch) {
            (*pair, *at) = *sorted;
        }
    }

    /// Where the lines of a sorted run's first item stand.
    fn first_item(&self, run: &Range<usize>) -> Option<Range<usize>> {
        let pairs = &self.pairs[run.clone()];
        let (first, _) = pairs.first()?;
        let n = pairs.iter().take_while(|(item, _)| item == first).count();
        Some(run.start..run.start + n)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "what does not fit stays at the end of f32")]
fn within_f32(sum: f64) -> f32 {
    sum.clamp(f32::MIN.into(), f32::MAX.into()) as f32
}
