//! How does one epoch follow from the one before?
//!
//! Items are dealt anew, their rows copied block by block, the pairs laid into the buckets of the blocks, and the strata
//! walked one after the other.
//! A negative of a liked item comes from the item's block of this epoch, not from the whole catalogue, and within the
//! block in proportion to popularity to the power chosen.
//! As blocks are dealt anew each time, every other item is as likely to be in it as any; what remains of the change is
//! that the negatives of one epoch and block are the same few thousand items.
//! Users keep their blocks.
//!
//! Users have no names here, so they take their order and their first factors from what they heard; items from their
//! ids: the order of rows changes nothing.

use linalg::{Csr, Isa};
use music::{ItemIx, RecordingId, UserIx};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::Params;
use super::blocks::{Bucket, Place};
use super::state::State;
use super::walk::{Beside, Items, Rules, Users, Walk};
use crate::Heard;
use crate::draw::{Draws, Sampler};
use crate::hash::{hash, normal};
use crate::table::{Line, Table};

/// Deviation of the first factors, times `dim`: users and items begin with scores near 0.
const FIRST: f32 = 0.3;

/// What stays the same in all epochs.
pub(super) struct Course<'a> {
    pub(super) rules: Rules,
    pub(super) heard: &'a Csr<UserIx, ItemIx, Heard>,
    pub(super) seed: u64,
    /// In the order of their places.
    pub(super) users: Vec<User>,
    ids: &'a [RecordingId],
    /// By item row: in proportion to this a negative is drawn; empty where all are alike.
    chances: Vec<f32>,
    /// 1 by the mean confidence of the liked pairs.
    weight_of_confidence: f32,
    n_blocks: usize,
}

/// A user of the training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct User {
    /// Hash of what the user heard.
    pub(super) key: u64,
    pub(super) row: u32,
}

/// Memory that every epoch uses anew.
pub(super) struct Scratch {
    /// Item rows in the order of an epoch.
    items: Table,
    /// By user block: a bucket for each item block.
    buckets: Vec<Vec<Bucket>>,
}

impl<'a> Course<'a> {
    pub(super) fn new(
        params: Params,
        heard: &'a Csr<UserIx, ItemIx, Heard>,
        ids: &'a [RecordingId],
        seed: u64,
        n_blocks: usize,
    ) -> Self {
        let mut users: Vec<User> = (0..)
            .zip(heard.rows())
            .map(|(row, of_user)| {
                let pairs = of_user.1.iter().zip(of_user.2);
                let hashes = pairs.map(|(&i, heard)| {
                    let is_liked = u64::from(heard.is_liked);
                    hash([ids[i as usize].0, u64::from(heard.confidence.to_bits()), is_liked])
                });
                // A sum, as items may stand in any order.
                User { key: hashes.fold(0, u64::wrapping_add), row }
            })
            .collect();
        users.sort_unstable();
        Self {
            rules: Rules::new(params, ids.len()),
            heard,
            seed,
            users,
            ids,
            chances: chances(params, heard),
            weight_of_confidence: weight_of_confidence(heard),
            n_blocks,
        }
    }

    /// Factors that hash seed and recording id, or what the user heard; no biases.
    pub(super) fn start(&self) -> State {
        let dim = self.rules.params.dim;
        let first = |key: u64| {
            let key = hash([self.seed, key]);
            (0..dim as u64).map(move |d| FIRST / dim as f32 * normal(hash([key, d])))
        };
        let mut state = State::zeros(self.users.len(), self.ids.len(), dim);
        for (place, user) in self.users.iter().enumerate() {
            state.users.set_row(place, first(user.key));
        }
        for (i, id) in self.ids.iter().enumerate() {
            state.items.set_row(i, first(id.0));
        }
        state
    }

    pub(super) fn scratch(&self) -> Scratch {
        Scratch {
            items: Table::zeros(self.ids.len(), self.rules.params.dim),
            buckets: vec![vec![Bucket::default(); self.n_blocks]; self.n_blocks],
        }
    }

    /// Draws items of these rows.
    pub(super) fn sampler(&self, rows: &[u32]) -> Sampler {
        if self.chances.is_empty() {
            return Sampler::Uniform(rows.len());
        }
        let chances: Vec<f32> = rows.iter().map(|&i| self.chances[i as usize]).collect();
        Sampler::weighted(&chances)
    }

    /// Visits every pair once.
    ///
    /// O(pairs·dim·candidates + (n_users + n_items)·dim); 12 bytes a pair and a copy of the items beside the state.
    pub(super) fn epoch(&self, number: usize, state: &mut State, scratch: &mut Scratch) {
        let number = number as u64;
        let stride = state.items.stride();
        let mut order: Vec<u32> = (0..).take(self.ids.len()).collect();
        Draws::new([self.seed, number]).shuffle(&mut order);
        let block_items = order.len().div_ceil(self.n_blocks).max(1);
        let places = places(&order, block_items);
        self.fill(&places, &mut scratch.buckets);
        let dealt = scratch.items.lines_mut();
        dealt.par_chunks_mut(stride).zip(&order).for_each(|(row, &i)| {
            row.copy_from_slice(state.items.row(i as usize));
        });
        let mut beside: Vec<Beside> = order.iter().map(|&i| state.beside[i as usize]).collect();
        self.walk(number, state, dealt, &mut beside, &order, &scratch.buckets);
        let row_of = |place: &Place| place.block as usize * block_items + place.row as usize;
        let rows = state.items.lines_mut().par_chunks_mut(stride);
        rows.zip(&places).for_each(|(row, place)| {
            row.copy_from_slice(scratch.items.row(row_of(place)));
        });
        for (of_item, place) in state.beside.iter_mut().zip(&places) {
            *of_item = beside[row_of(place)];
        }
    }

    fn block_users(&self) -> usize {
        self.users.len().div_ceil(self.n_blocks).max(1)
    }

    /// Lays every pair into its bucket, user blocks in parallel.
    fn fill(&self, places: &[Place], buckets: &mut [Vec<Bucket>]) {
        let blocks = self.users.chunks(self.block_users()).zip(buckets);
        let mut blocks: Vec<_> = blocks.collect();
        blocks.par_iter_mut().with_max_len(1).for_each(|(users, buckets)| {
            buckets.iter_mut().for_each(Bucket::clear);
            for (place, user) in (0..).zip(*users) {
                self.fill_user(place, user.row as usize, places, buckets);
            }
        });
    }

    fn fill_user(&self, place: u32, u: usize, places: &[Place], buckets: &mut [Bucket]) {
        let params = &self.rules.params;
        let (items, heard) = self.heard.row(u);
        let mut n_liked = 0;
        for (&i, &heard) in items.iter().zip(heard).filter(|(_, heard)| heard.is_liked) {
            let Place { block, row } = places[i as usize];
            buckets[block as usize].like(place, row, self.weight(heard));
            n_liked += 1;
        }
        if n_liked == items.len() || params.dislike_weight == 0.0 {
            return;
        }
        for (&i, &heard) in items.iter().zip(heard).filter(|(_, heard)| !heard.is_liked) {
            let Place { block, row } = places[i as usize];
            let weight = params.dislike_weight * self.weight(heard);
            buckets[block as usize].dislike(place, row, weight);
        }
    }

    fn weight(&self, heard: Heard) -> f32 {
        let params = &self.rules.params;
        if params.weighted {
            self.weight_of_confidence * heard.confidence
        } else {
            params.aging.factor(heard)
        }
    }

    /// Walks every stratum, its blocks in parallel.
    fn walk(
        &self,
        number: u64,
        state: &mut State,
        dealt: &mut [Line],
        beside: &mut [Beside],
        order: &[u32],
        buckets: &[Vec<Bucket>],
    ) {
        let stride = state.items.stride();
        let (block_users, block_items) =
            (self.block_users(), order.len().div_ceil(self.n_blocks).max(1));
        let factors = state.users.lines_mut().chunks_mut(block_users * stride);
        let squares = state.user_squares.chunks_mut(block_users);
        let mut users: Vec<_> = factors
            .zip(squares)
            .map(|(factors, squares)| Users { factors, squares })
            .zip(buckets)
            .enumerate()
            .collect();
        let factors = dealt.chunks_mut(block_items * stride);
        let besides = beside.chunks_mut(block_items).zip(order.chunks(block_items));
        let mut items: Vec<_> = factors
            .zip(besides)
            .map(|(factors, (beside, rows))| Items { factors, beside, sampler: self.sampler(rows) })
            .enumerate()
            .collect();
        for _ in 0..items.len() {
            let pairs = users.par_iter_mut().zip(items.par_iter_mut()).with_max_len(1);
            pairs.for_each(|((k, (users, buckets)), (l, items))| {
                let draws = Draws::new([self.seed, number, *k as u64, *l as u64]);
                let bucket = &buckets[*l];
                Isa::best().run(Walk { rules: &self.rules, users, items, bucket, draws });
            });
            items.rotate_left(1);
        }
    }
}

/// Where each row lies when they lie in this order.
fn places(order: &[u32], block_rows: usize) -> Vec<Place> {
    let mut places = vec![Place::default(); order.len()];
    for (block, rows) in (0..).zip(order.chunks(block_rows)) {
        for (row, &i) in (0..).zip(rows) {
            places[i as usize] = Place { block, row };
        }
    }
    places
}

/// By item: how many like it, to the power chosen; nothing where all are alike.
fn chances(params: Params, heard: &Csr<UserIx, ItemIx, Heard>) -> Vec<f32> {
    if params.popularity_exponent == 0.0 {
        return Vec::new();
    }
    let mut n_liking = vec![0.0_f32; heard.n_cols()];
    for (_, items, heard) in heard.rows() {
        for (&i, _) in items.iter().zip(heard).filter(|(_, heard)| heard.is_liked) {
            n_liking[i as usize] += 1.0;
        }
    }
    // What nobody likes is drawn like what one user likes, or it would never sink.
    n_liking.into_iter().map(|n| n.max(1.0).powf(params.popularity_exponent)).collect()
}

/// 1 by the mean confidence of the liked pairs.
#[expect(clippy::cast_possible_truncation, reason = "a mean of f32, rounded to f32")]
fn weight_of_confidence(heard: &Csr<UserIx, ItemIx, Heard>) -> f32 {
    let liked = heard.rows().flat_map(|(_, _, heard)| heard).filter(|heard| heard.is_liked);
    let (n, sum) =
        liked.fold((0_u64, 0.0), |(n, sum), heard| (n + 1, sum + f64::from(heard.confidence)));
    if n == 0 { 1.0 } else { (n as f64 / sum) as f32 }
}
