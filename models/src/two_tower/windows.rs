//! Which examples are read in one pass?
//!
//! A few that follow each other in what one listener heard: reading the window that ends with the last of them serves
//! all, and a step still sees many listeners.

use std::borrow::Cow;

use super::batch::{Course, ORDER};
use super::examples::Example;
use super::sequence::Listens;
use crate::Moment;
use crate::hash::{hash, unit};

/// Listens that are read for an example: with fewer a step learns faster, with more it sees more listeners.
const LISTENS: usize = 12;
/// What tells these chances from others of the same seed.
const RUNS: u64 = 5;
const LEFT_OUT: u64 = 7;

impl Course<'_> {
    /// The order of the examples in an epoch: runs in an order drawn anew, each as its listener went through it.
    pub(super) fn order_of_runs(&self, epoch: u64) -> Vec<u32> {
        let most = (self.params.length / LISTENS).max(1);
        let at = |place: usize| u32::try_from(place).expect("examples are u32");
        let mut runs: Vec<(u64, Vec<u32>)> = Vec::new();
        let mut start = 0;
        for of_user in self.examples.chunk_by(|a, b| a.user == b.user) {
            let mut places: Vec<u32> = (at(start)..at(start + of_user.len())).collect();
            start += of_user.len();
            places.sort_by_cached_key(|place| self.rank(&self.examples[*place as usize], epoch));
            let (alone, places): (Vec<u32>, Vec<u32>) = places
                .into_iter()
                .partition(|place| self.first_told(&self.examples[*place as usize], epoch) > 0);
            let key = hash([self.seed, RUNS, epoch, self.past.key(of_user[0].user as usize)]);
            // Where runs begin is not the same in every epoch.
            let shift = places.len().min(usize::try_from(key % most as u64).unwrap_or(0));
            let (first, rest) = places.split_at(shift);
            let runs_of_many = [first].into_iter().chain(rest.chunks(most));
            let all = runs_of_many.chain(alone.chunks(1)).filter(|run| !run.is_empty());
            runs.extend(all.zip(0..).map(|(run, k)| (hash([key, k]), run.to_vec())));
        }
        // Of listeners who heard the same it does not matter which comes first.
        runs.sort_by_key(|(key, _)| *key);
        runs.into_iter().flat_map(|(_, run)| run).collect()
    }

    /// The chance by which an item comes sooner or later in an epoch, where nothing has a time.
    pub(super) fn drawn(&self, epoch: u64, user: usize, item: u32) -> u64 {
        hash([self.seed, ORDER, epoch, self.past.key(user), self.ids[item as usize].0])
    }

    /// Where an example stands among those of its listener in an epoch: by its place, or as drawn where nothing has a time.
    fn rank(&self, example: &Example, epoch: u64) -> u64 {
        match example.is_timeless {
            true => self.drawn(epoch, example.user as usize, example.item),
            false => u64::from(example.place),
        }
    }

    /// Lays out what is read for some examples; those of an epoch, or as they are asked about.
    pub(super) fn lay_listens(
        &self,
        examples: &[&Example],
        epoch: Option<u64>,
        listens: &mut Listens,
    ) {
        let first = |example: &Example| epoch.map_or(0, |epoch| self.first_told(example, epoch));
        let is_one = |a: &&Example, b: &&Example| {
            let follows = match epoch {
                Some(epoch) => self.rank(a, epoch) <= self.rank(b, epoch),
                None => !a.is_timeless && a.place <= b.place,
            };
            a.user == b.user && follows && first(a) + first(b) == 0
        };
        for run in examples.chunk_by(is_one) {
            let told = first(run[0]);
            let key = self.past.key(run[0].user as usize);
            let left_out = |moment: &Moment| {
                let (id, when) = (self.ids[moment.item.0 as usize].0, moment.age_days.to_bits());
                let chance = |epoch| unit(hash([self.seed, LEFT_OUT, epoch, key, id, when.into()]));
                epoch.is_some_and(|epoch| chance(epoch) < self.params.listen_dropout)
            };
            let line = self.line(run[0], epoch);
            let ends: Vec<usize> = run.iter().map(|one| self.end(one, epoch, &line)).collect();
            let mut rest = ends.as_slice();
            while let Some(first) = rest.first() {
                // At least half of what is read comes before the first example of a window.
                let n = rest.partition_point(|end| *end - first <= self.params.length / 2).max(1);
                let (ends, later) = rest.split_at(n);
                rest = later;
                let end = ends[n - 1];
                let start = end.saturating_sub(self.params.length).max(told);
                let token = listens.push_window(&line[start..end], left_out);
                ends.iter().for_each(|end| {
                    listens.end_row((*end > start).then(|| token + end - start - 1));
                });
            }
        }
    }

    /// What a listener went through, as a run is told of it.
    fn line(&self, example: &Example, epoch: Option<u64>) -> Cow<'_, [Moment]> {
        let user = example.user as usize;
        let moments = self.past.of(user).moments;
        if !example.is_timeless {
            return Cow::Borrowed(moments);
        }
        let Some(epoch) = epoch else {
            return moments
                .iter()
                .filter(|one| one.item.0 != example.item)
                .copied()
                .collect::<Vec<_>>()
                .into();
        };
        let is_told = |one: &&Moment| self.held_out[user] != Some(one.item.0);
        let mut line: Vec<Moment> = moments.iter().filter(is_told).copied().collect();
        line.sort_by_cached_key(|one| self.drawn(epoch, user, one.item.0));
        Cow::Owned(line)
    }

    /// How much of the line comes before an example.
    fn end(&self, example: &Example, epoch: Option<u64>, line: &[Moment]) -> usize {
        match (example.is_timeless, epoch) {
            (false, _) => example.place as usize,
            (true, None) => line.len(),
            (true, Some(epoch)) => {
                let user = example.user as usize;
                let own = self.drawn(epoch, user, example.item);
                line.partition_point(|one| self.drawn(epoch, user, one.item.0) < own)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use music::ItemIx;

    use crate::testing::two_tribes;
    use crate::two_tower::examples::Example;
    use crate::two_tower::listener_inputs::ListenerRows;
    use crate::two_tower::sequence::Listens;
    use crate::two_tower::{By, Encoder, Params, prepare};
    use crate::{Beside, Heard, Moment, Moments, Outcome, Training};

    fn params() -> Params {
        Params {
            dim: 3,
            hidden: 4,
            by: By::Id,
            encoder: Encoder::Sequence,
            length: 100,
            validation: 0.5,
            ..Params::default()
        }
    }

    /// Every user heard its items a day apart, the first of them twice.
    fn moments(training: &Training<'_>) -> Moments {
        let mut moments = Moments::new();
        for (_, items, _) in training.heard.rows() {
            let all = items.iter().chain(items.first()).zip(0_u8..);
            moments.push(
                None,
                all.map(|(item, day)| Moment {
                    item: ItemIx(*item),
                    age_days: f32::from(100 - day),
                    outcome: if day % 3 == 1 { Outcome::Skipped } else { Outcome::Finished },
                    hour: None,
                    device: None,
                    weight: 1.0,
                }),
            );
        }
        moments
    }

    /// The states that examples are told in one step, and when each is laid out alone.
    fn together_and_alone(training: &Training<'_>) -> (Vec<Vec<f32>>, Vec<Vec<f32>>) {
        let (course, net, _) = prepare(params(), training).unwrap();
        let order = course.order(2);
        let mut places = order.clone();
        places.sort_unstable();
        assert_eq!(places, (0..u32::try_from(course.examples.len()).unwrap()).collect::<Vec<_>>());
        // Backwards as well: runs of one listener may come side by side, the later one first.
        let examples: Vec<&Example> = order
            .iter()
            .chain(order.iter().rev())
            .map(|place| &course.examples[*place as usize])
            .collect();
        let states = |examples: &[&Example]| -> Vec<Vec<f32>> {
            let mut listens = Listens::default();
            listens.clear();
            course.lay_listens(examples, Some(2), &mut listens);
            net.read_listens(&course.encoded, &mut listens);
            let state = |row| listens.state(row, 3).map(<[f32]>::to_vec).unwrap_or_default();
            (0..examples.len()).map(state).collect()
        };
        (states(&examples), examples.iter().flat_map(|one| states(&[one])).collect())
    }

    #[test]
    fn somebody_who_just_came_is_told_of_a_few_listens_and_reads_no_more() {
        let world = two_tribes(3);
        let timeless = world.training();
        let moments = moments(&timeless);
        let beside = Beside { moments: Some(&moments), ..Beside::default() };
        let training = Training { beside, ..timeless };
        let params = Params { newcomers: 1.0, ..params() };
        let (course, _, _) = prepare(params, &training).unwrap();
        let mut n_cut = 0;
        for example in &course.examples {
            let (first, place) = (course.first_told(example, 1), example.place as usize);
            n_cut += usize::from(first > 0);
            let mut rows = ListenerRows::default();
            // The first listen of all is heard once more at the end, so that none before a place is a repeat.
            course.lay_listeners(&[example], Some(1), &mut rows);
            assert_eq!(rows.row_tokens(0).len(), place - first);
            assert_eq!(rows.listens.n_read(), place - first);
            course.lay_listeners(&[example], None, &mut rows);
            assert_eq!((rows.row_tokens(0).len(), rows.listens.n_read()), (place, place));
        }
        assert!(n_cut > 10, "{n_cut} of {}", course.examples.len());
    }

    fn rows_with_a_past(states: &[Vec<f32>]) -> usize {
        states.iter().filter(|state| !state.is_empty()).count()
    }

    #[test]
    fn an_example_is_told_nothing_of_those_that_share_its_window() {
        let world = two_tribes(3);
        let dated = world.training();
        let heard = dated.heard.map(|_, _, heard| Heard { age_days: 0.0, ..*heard });
        let timeless = Training { heard: &heard, ..dated };
        let moments = moments(&dated);
        let beside = Beside { moments: Some(&moments), ..Beside::default() };
        for training in [timeless, dated, Training { beside, ..dated }] {
            // Windows long enough for all that anybody heard.
            let (together, alone) = together_and_alone(&training);
            assert_eq!(together.len(), alone.len());
            assert!(rows_with_a_past(&together) > together.len() / 2);
            for (together, alone) in together.iter().zip(&alone) {
                assert_eq!(together.len(), alone.len());
                let near = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-4;
                assert!(together.iter().zip(alone).all(near), "{together:?} {alone:?}");
            }
        }
    }
}
