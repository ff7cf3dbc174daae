//! What do scores say, chunk by chunk, of the first places and of those wanted?

use crate::packed::Block;
use crate::simd::{Isa, Kernel, LANES, Simd};
use crate::top_k::TopK;

/// The state of one query's ranking while its scores pass by.
pub(super) struct Scan<'a> {
    /// Excluded rows that were not met yet, ascending.
    excluded: &'a [u32],
    wanted: &'a [u32],
    wanted_scores: Vec<f32>,
    /// One a wanted row.
    counts: Vec<Counts>,
    n_seen: u32,
    best: TopK,
}

/// How many scores are above and below that of a wanted row, among the rows before it and those from it on.
///
/// Whole numbers in sixteen lanes, exact up to 2²⁴ each.
#[derive(Clone, Copy, Default)]
struct Counts {
    before: Sides,
    after: Sides,
}

#[derive(Clone, Copy, Default)]
struct Sides {
    above: Block,
    below: Block,
}

impl Sides {
    /// How many are above, and how many of so many rows are equal.
    fn above_and_equal(&self, n: u32) -> (u32, u32) {
        let above = self.above.iter().copied().map(whole).sum();
        let below: u32 = self.below.iter().copied().map(whole).sum();
        (above, n - above - below)
    }
}

impl<'a> Scan<'a> {
    pub(super) fn new(
        excluded: &'a [u32],
        wanted: &'a [u32],
        wanted_scores: Vec<f32>,
        k: usize,
    ) -> Self {
        let counts = vec![Counts::default(); wanted.len()];
        Self { excluded, wanted, wanted_scores, counts, n_seen: 0, best: TopK::new(k) }
    }

    /// Takes in the scores of the rows from `first` on; chunks come in the order of their rows.
    pub(super) fn look(&mut self, first: usize, scores: &mut [f32], isa: Isa) {
        self.exclude(first, scores);
        isa.run(Best { best: &mut self.best, first, scores });
        isa.run(Count {
            first,
            scores,
            wanted: self.wanted,
            wanted_scores: &self.wanted_scores,
            counts: &mut self.counts,
        });
        self.n_seen += u32::try_from(scores.len()).expect("rows are u32");
    }

    /// Excluded rows get a score below all others.
    fn exclude(&mut self, first: usize, scores: &mut [f32]) {
        while let Some((&row, rest)) = self.excluded.split_first() {
            let Some(score) = scores.get_mut(row as usize - first) else { break };
            *score = f32::NEG_INFINITY;
            self.excluded = rest;
        }
    }

    pub(super) fn ranking(self) -> super::Ranking {
        let place_and_ties = |(&row, counts): (&u32, &Counts)| {
            let (above_before, equal_before) = counts.before.above_and_equal(row);
            let (above, equal) = counts.after.above_and_equal(self.n_seen - row);
            // Of equal scores, those before the wanted row come before it; and it ties with itself.
            (above_before + equal_before + above, (equal_before + equal).saturating_sub(1))
        };
        let (places, ties) = self.wanted.iter().zip(&self.counts).map(place_and_ties).unzip();
        super::Ranking { best: self.best.into_sorted(), places, ties }
    }
}

/// Offers the scores to the best so far.
struct Best<'a> {
    best: &'a mut TopK,
    first: usize,
    scores: &'a [f32],
}

impl Kernel for Best<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (blocks, rest) = self.scores.as_chunks::<LANES>();
        let mut row = u32::try_from(self.first).expect("rows are u32");
        for block in blocks {
            // Rows ascend, so a later one with the score of the last of the best does not enter.
            let mut lanes = simd.above(simd.load(block), simd.splat(self.best.threshold()));
            while lanes != 0 {
                let lane = lanes.trailing_zeros();
                self.best.offer(row + lane, block[lane as usize]);
                lanes &= lanes - 1;
            }
            row += 16;
        }
        for (row, &score) in (row..).zip(rest) {
            if score > self.best.threshold() {
                self.best.offer(row, score);
            }
        }
    }
}

/// Counts for each wanted row the scores that are above and below its own.
struct Count<'a> {
    first: usize,
    scores: &'a [f32],
    wanted: &'a [u32],
    wanted_scores: &'a [f32],
    counts: &'a mut [Counts],
}

impl Kernel for Count<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let wanted = self.wanted.iter().zip(self.wanted_scores);
        for ((&row, &score), counts) in wanted.zip(self.counts) {
            let split = (row as usize).saturating_sub(self.first).min(self.scores.len());
            let (before, after) = self.scores.split_at(split);
            count(simd, before, score, &mut counts.before);
            count(simd, after, score, &mut counts.after);
        }
    }
}

#[inline(always)]
fn count<S: Simd>(simd: S, scores: &[f32], score: f32, sides: &mut Sides) {
    if scores.is_empty() {
        return;
    }
    let (blocks, rest) = scores.as_chunks::<LANES>();
    let x = simd.splat(score);
    let (mut above, mut below) = (simd.load(&sides.above), simd.load(&sides.below));
    // Every other block has counts of its own, as an addition waits for the one before.
    let (mut others_above, mut others_below) = (simd.splat(0.0), simd.splat(0.0));
    let (pairs, last) = blocks.as_chunks::<2>();
    for [block, other] in pairs {
        let (block, other) = (simd.load(block), simd.load(other));
        above = simd.add_above(above, block, x);
        below = simd.add_above(below, x, block);
        others_above = simd.add_above(others_above, other, x);
        others_below = simd.add_above(others_below, x, other);
    }
    for block in last {
        let block = simd.load(block);
        above = simd.add_above(above, block, x);
        below = simd.add_above(below, x, block);
    }
    simd.store(&mut sides.above, simd.add(above, others_above));
    simd.store(&mut sides.below, simd.add(below, others_below));
    for &other in rest {
        sides.above[0] += f32::from(u8::from(other > score));
        sides.below[0] += f32::from(u8::from(other < score));
    }
}

/// A count as the number that it is.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number")]
fn whole(count: f32) -> u32 {
    count as u32
}
