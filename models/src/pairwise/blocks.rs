//! Which pairs can be learned from at the same time?
//!
//! Users and items are dealt into as many blocks each.
//! A stratum is one item block for each user block, no two the same, so that its blocks share no row and run side by
//! side without a lock; as many strata visit every pair: Gemulla, Nijkamp, Haas & Sismanis (2011).
//! How many blocks there are follows from the shape alone, so that any number of threads gives the same bits.

use std::ops::Range;

/// Bytes of item factors in a block: what stays in a core's second-level cache beside a few users.
const BLOCK_BYTES: usize = 1 << 20;
/// Blocks of a side that keep the threads of a usual machine busy.
const USUAL_BLOCKS: usize = 16;
const MAX_BLOCKS: usize = 64;
/// Items that a block has at least, to draw negatives from.
const MIN_BLOCK_ITEMS: usize = 256;

/// How many blocks of users and of items there are.
pub(super) fn n_blocks(n_users: usize, n_items: usize, dim: usize) -> usize {
    let bytes = n_items * dim * size_of::<f32>();
    let wanted = bytes.div_ceil(BLOCK_BYTES).clamp(USUAL_BLOCKS, MAX_BLOCKS);
    wanted.min(n_items / MIN_BLOCK_ITEMS).min(n_users.isqrt()).max(1)
}

/// Where a row lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) block: u32,
    /// Counted from the first of the block.
    pub(super) row: u32,
}

/// The pairs of a user block and an item block, user after user.
#[derive(Clone, Debug, Default)]
pub(super) struct Bucket {
    ends: Vec<Ends>,
    liked: Pairs,
    disliked: Pairs,
}

/// Items with the weights of their pairs.
#[derive(Clone, Debug, Default)]
struct Pairs {
    items: Vec<u32>,
    weights: Vec<f32>,
}

/// A user, and where the user's pairs end.
#[derive(Clone, Copy, Debug)]
struct Ends {
    user: u32,
    liked: usize,
    disliked: usize,
}

/// The pairs of one user; rows are those within the blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run<'a> {
    pub(super) user: usize,
    /// At least one.
    pub(super) liked: &'a [u32],
    pub(super) liked_weights: &'a [f32],
    pub(super) disliked: &'a [u32],
    pub(super) disliked_weights: &'a [f32],
}

impl Bucket {
    pub(super) fn clear(&mut self) {
        self.ends.clear();
        self.liked.clear();
        self.disliked.clear();
    }

    /// Adds a liked pair; users come one after the other.
    pub(super) fn like(&mut self, user: u32, item: u32, weight: f32) {
        self.liked.push(item, weight);
        let (liked, disliked) = (self.liked.items.len(), self.disliked.items.len());
        match self.ends.last_mut() {
            Some(ends) if ends.user == user => ends.liked = liked,
            _ => self.ends.push(Ends { user, liked, disliked }),
        }
    }

    /// Adds a pair that is known and not liked, after the user's liked ones.
    ///
    /// Where the user likes nothing of the block there is nothing to compare it with, and it is left out.
    pub(super) fn dislike(&mut self, user: u32, item: u32, weight: f32) {
        if let Some(ends) = self.ends.last_mut().filter(|ends| ends.user == user) {
            self.disliked.push(item, weight);
            ends.disliked += 1;
        }
    }

    pub(super) fn runs(&self) -> impl Iterator<Item = Run<'_>> {
        let (mut liked_end, mut disliked_end) = (0, 0);
        self.ends.iter().map(move |ends| {
            let (liked, liked_weights) = self.liked.run(liked_end..ends.liked);
            let (disliked, disliked_weights) = self.disliked.run(disliked_end..ends.disliked);
            (liked_end, disliked_end) = (ends.liked, ends.disliked);
            let user = ends.user as usize;
            Run { user, liked, liked_weights, disliked, disliked_weights }
        })
    }
}

impl Pairs {
    fn clear(&mut self) {
        self.items.clear();
        self.weights.clear();
    }

    fn push(&mut self, item: u32, weight: f32) {
        self.items.push(item);
        self.weights.push(weight);
    }

    fn run(&self, run: Range<usize>) -> (&[u32], &[f32]) {
        (&self.items[run.clone()], &self.weights[run])
    }
}

#[cfg(test)]
mod tests {
    use super::{Bucket, n_blocks};

    #[test]
    fn runs_give_back_what_each_user_likes_and_does_not() {
        let mut bucket = Bucket::default();
        bucket.dislike(0, 9, 1.0);
        bucket.like(1, 3, 0.5);
        bucket.like(1, 4, 2.0);
        bucket.dislike(1, 7, 3.0);
        bucket.like(2, 5, 1.0);
        bucket.dislike(3, 9, 1.0);
        let runs: Vec<_> = bucket.runs().map(|run| (run.user, run.liked, run.disliked)).collect();
        assert_eq!(runs, [(1, &[3, 4][..], &[7][..]), (2, &[5], &[])]);
        let weights: Vec<_> = bucket.runs().map(|run| run.liked_weights).collect();
        assert_eq!(weights, [&[0.5, 2.0][..], &[1.0]]);
        bucket.clear();
        assert_eq!(bucket.runs().count(), 0);
    }

    #[test]
    fn small_worlds_have_one_block_and_large_ones_as_many_as_their_cache_asks_for() {
        assert_eq!(n_blocks(0, 0, 64), 1);
        assert_eq!(n_blocks(24, 20, 64), 1);
        assert_eq!(n_blocks(1_600, 16_000, 64), 16);
        // 290 000·64·4 bytes are 70.8 MiB, more than there may be blocks.
        assert_eq!(n_blocks(360_000, 290_000, 64), 64);
        assert_eq!(n_blocks(9, 1_000_000, 64), 3);
    }
}
