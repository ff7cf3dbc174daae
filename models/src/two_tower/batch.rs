//! Which examples and negatives make a step, and how likely was each negative?

use std::collections::BTreeMap;

use linalg::Csr;
use music::{ItemIx, RecordingId, UserIx};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::encoded::{Code, Encoded};
use super::examples::{Example, Past, standing};
use super::item_inputs::ItemRow;
use super::listener_inputs::ListenerRows;
use super::loss::Columns;
use super::params::{Encoder, Params};
use super::popularity::Popularity;
use crate::draw::Draws;
use crate::hash::{hash, unit};
use crate::words::WordVectors;
use crate::{Country, Heard};

/// What tells these chances from others of the same seed.
const UNIFORM: u64 = 1;
const DROPPED: u64 = 2;
const HARD: u64 = 3;
const NEWCOMER: u64 = 6;
pub(super) const ORDER: u64 = 4;
/// Moments after an example that tell what the listener turned away from.
const NEXT: usize = 20;
/// Listens that are told of somebody who just came, at most.
const FEW: usize = 10;

/// What stays the same in all steps.
pub(super) struct Course<'a> {
    pub(super) params: Params,
    pub(super) heard: &'a Csr<UserIx, ItemIx, Heard>,
    pub(super) ids: &'a [RecordingId],
    pub(super) seed: u64,
    pub(super) past: Past,
    pub(super) examples: Vec<Example>,
    /// By user: what is held out, where nothing has a time that would tell it apart.
    pub(super) held_out: Vec<Option<u32>>,
    pub(super) tags: Option<WordVectors>,
    pub(super) code: Code,
    pub(super) encoded: Encoded,
    pub(super) popularity: Popularity,
    pub(super) countries: Countries,
    /// Items from the lowest id to the highest: draws do not depend on rows.
    pub(super) by_id: Vec<u32>,
    /// By item: its share of the examples.
    pub(super) shares: Vec<f32>,
}

/// The rows of countries.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Countries(BTreeMap<Country, u32>);

/// One step's worth; memory that every step uses anew.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) listeners: ListenerRows,
    /// Liked ones, those drawn evenly, hard negatives.
    pub(super) items: Vec<ItemRow>,
    pub(super) columns: Columns,
    /// Whether an item is in any column.
    is_in: Vec<bool>,
}

impl Countries {
    pub(super) fn new(countries: impl IntoIterator<Item = Country>) -> Self {
        let all: BTreeMap<Country, u32> = countries.into_iter().map(|one| (one, 0)).collect();
        Self(all.into_keys().zip(1..).collect())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// 0 where it is not known.
    pub(super) fn row(&self, country: Option<Country>) -> u32 {
        country.and_then(|country| self.0.get(&country).copied()).unwrap_or(0)
    }

    /// Ascending.
    pub(super) fn all(&self) -> impl Iterator<Item = Country> {
        self.0.keys().copied()
    }
}

impl Course<'_> {
    /// The order of the examples in an epoch; it follows from what users heard, not from their rows.
    pub(super) fn order(&self, epoch: usize) -> Vec<u32> {
        if self.params.encoder == Encoder::Sequence {
            return self.order_of_runs(epoch as u64);
        }
        let key = |at: &u32| {
            let example = &self.examples[*at as usize];
            let user = self.past.key(example.user as usize);
            (hash([self.seed, epoch as u64, user, self.ids[example.item as usize].0]), example.user)
        };
        let n = u32::try_from(self.examples.len()).expect("examples are u32");
        let mut order: Vec<u32> = (0..n).collect();
        rayon::slice::ParallelSliceMut::par_sort_by_cached_key(order.as_mut_slice(), key);
        order
    }

    /// Lays out the listeners of some examples; those of an epoch, or as they are asked about.
    ///
    /// Where nothing has a time, an example of an epoch is told what comes before it in an order drawn anew each time:
    /// of everything else, a network would learn which one is missing.
    pub(super) fn lay_listeners(
        &self,
        examples: &[&Example],
        epoch: Option<u64>,
        rows: &mut ListenerRows,
    ) {
        rows.clear();
        let n = self.params.history;
        for example in examples {
            let user = example.user as usize;
            let drawn = |item: u32| self.drawn(epoch.unwrap_or(0), user, item);
            let own = drawn(example.item);
            let is_told = |item: u32| match (example.is_timeless, epoch) {
                (false, _) => true,
                (true, None) => item != example.item,
                (true, Some(_)) => drawn(item) < own && self.held_out[user] != Some(item),
            };
            let (place, age_days) = (example.place as usize, example.age_days);
            let first = epoch.map_or(0, |epoch| self.first_told(example, epoch));
            let timeline = self.past.of(user);
            timeline.at(first..place, age_days, n, is_told, &mut rows.tokens);
            let standing = match first {
                0 => example.standing,
                _ => standing(timeline, first..place, age_days),
            };
            rows.end_row(standing, self.countries.row(self.past.country(user)));
        }
        if self.params.encoder == Encoder::Sequence {
            self.lay_listens(examples, epoch, &mut rows.listens);
        }
    }

    /// From which moment on an example of an epoch is told: a part of them as if the listener had just come.
    ///
    /// Where nothing has a time, pasts of all lengths are drawn anyway.
    pub(super) fn first_told(&self, example: &Example, epoch: u64) -> usize {
        let (user, id) = (self.past.key(example.user as usize), self.ids[example.item as usize]);
        let mut draws = Draws::new([self.seed, NEWCOMER, epoch, user, id.0]);
        if example.is_timeless || draws.unit() >= self.params.newcomers {
            return 0;
        }
        (example.place as usize).saturating_sub(1 + draws.below(FEW))
    }

    /// Lays out the step that begins with these examples.
    pub(super) fn lay(&self, step: [u64; 2], examples: &[u32], batch: &mut Batch) {
        let examples: Vec<&Example> =
            examples.iter().map(|at| &self.examples[*at as usize]).collect();
        let epoch = Some(step[0]);
        self.lay_listeners(&examples, epoch, &mut batch.listeners);
        batch.items.clear();
        batch.items.extend(examples.iter().enumerate().map(|(row, example)| {
            let chance = unit(hash([self.seed, DROPPED, step[0], step[1], row as u64]));
            self.item_row(example.item, example, chance)
        }));
        self.draw_evenly(step, &examples, &mut batch.items);
        let n = batch.items.len();
        batch.columns.n_examples = examples.len();
        batch.columns.n = n;
        self.lay_hard(step, &examples, batch);
        self.lay_offsets(&batch.items[..n], examples.len(), &mut batch.columns.offsets);
        self.leave_out(&examples, n, batch);
    }

    fn item_row(&self, item: u32, example: &Example, chance: f32) -> ItemRow {
        let slice = self.popularity.slice(example.age_days);
        let row = ItemRow::new(&self.encoded, &self.popularity, item, slice, example.age_days);
        let is_dropped = self.params.by.has_features() && chance < self.params.id_dropout;
        if is_dropped { ItemRow { id: 0, ..row } } else { row }
    }

    /// Items drawn evenly, each as of the moment of an example.
    fn draw_evenly(&self, step: [u64; 2], examples: &[&Example], items: &mut Vec<ItemRow>) {
        for k in 0..self.params.uniform_negatives as u64 {
            let mut draws = Draws::new([self.seed, UNIFORM, step[0], step[1], k]);
            let item = self.by_id[draws.below(self.by_id.len())];
            let example = examples[draws.below(examples.len())];
            items.push(self.item_row(item, example, draws.unit()));
        }
    }

    /// One of the recordings that each listener turned away from by then or soon after, as far as there are any.
    fn lay_hard(&self, step: [u64; 2], examples: &[&Example], batch: &mut Batch) {
        batch.columns.hard.clear();
        for (row, example) in examples.iter().enumerate() {
            let before = batch.listeners.row_tokens(row).iter();
            let before = before.filter(|token| token.outcome.is_against()).map(|token| token.item);
            let turned_away: Vec<u32> = before.chain(self.turned_away_next(example)).collect();
            if turned_away.is_empty() || self.params.hard_weight + self.params.contrast == 0.0 {
                batch.columns.hard.push(None);
                continue;
            }
            let mut draws = Draws::new([self.seed, HARD, step[0], step[1], row as u64]);
            let item = turned_away[draws.below(turned_away.len())];
            let at = u32::try_from(batch.items.len()).expect("a step has few rows");
            batch.columns.hard.push(Some(at));
            batch.items.push(self.item_row(item, example, draws.unit()));
        }
    }

    /// What a listener turned away from soon after an example, and does not like by now.
    fn turned_away_next(&self, example: &Example) -> impl Iterator<Item = u32> {
        let user = example.user as usize;
        let next = self.past.of(user).moments[example.place as usize..].iter().take(NEXT);
        let against = next.filter(|moment| moment.outcome.is_against()).map(|moment| moment.item.0);
        let (items, heard) = self.heard.row(user);
        let is_liked =
            |item: &u32| items.binary_search(item).is_ok_and(|place| heard[place].is_liked);
        against.filter(move |item| !is_liked(item))
    }

    /// `−log_q·ln(n_items·Q) − ln(n/n_items)`, Q the mixture of other examples and even draws.
    fn lay_offsets(&self, columns: &[ItemRow], n_examples: usize, offsets: &mut Vec<f32>) {
        let (n_items, n_even) = (self.by_id.len() as f32, self.params.uniform_negatives as f32);
        let n_others = (n_examples - 1) as f32;
        let n = (n_others + n_even).max(1.0);
        offsets.clear();
        offsets.extend(columns.iter().map(|row| {
            let share = self.shares[row.item as usize];
            let chance = (n_others * share + n_even / n_items) / n;
            let relative = (n_items * chance).max(f32::MIN_POSITIVE);
            -self.params.log_q * relative.ln() - (n / n_items).ln()
        }));
    }

    /// Columns that hold what the listener of an example likes, or the liked one itself once more.
    fn leave_out(&self, examples: &[&Example], n: usize, batch: &mut Batch) {
        batch.is_in.resize(self.heard.n_cols(), false);
        let mut columns: Vec<(u32, u32)> =
            (0..).zip(&batch.items[..n]).map(|(column, row)| (row.item, column)).collect();
        columns.sort_unstable();
        columns.iter().for_each(|(item, _)| batch.is_in[*item as usize] = true);
        let is_in = &batch.is_in;
        let of_example = |(row, example): (usize, &&Example)| {
            let (items, heard) = self.heard.row(example.user as usize);
            let liked = items.iter().zip(heard).filter(|(_, heard)| heard.is_liked);
            let mut left_out = Vec::new();
            for (item, _) in liked.filter(|(item, _)| is_in[**item as usize]) {
                let first = columns.partition_point(|(other, _)| other < item);
                let same = columns[first..].iter().take_while(|(other, _)| other == item);
                left_out.extend(
                    same.map(|(_, column)| *column).filter(|column| *column as usize != row),
                );
            }
            left_out
        };
        batch.columns.left_out = examples.par_iter().enumerate().map(of_example).collect();
        columns.iter().for_each(|(item, _)| batch.is_in[*item as usize] = false);
    }
}
