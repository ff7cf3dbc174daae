//! What do scores say, chunk by chunk, of the first places and of those wanted?

use crate::simd::{Isa, Kernel, LANES, Simd};
use crate::top_k::TopK;

/// The state of one query's ranking while its scores pass by.
pub(super) struct Scan<'a> {
    /// Excluded rows that were not met yet, ascending.
    excluded: &'a [u32],
    wanted: &'a [u32],
    wanted_scores: Vec<f32>,
    /// For each wanted row, how many rows came before it.
    before: Vec<u32>,
    /// For each wanted row, how many others have its score.
    ties: Vec<u32>,
    best: TopK,
}

impl<'a> Scan<'a> {
    pub(super) fn new(
        excluded: &'a [u32],
        wanted: &'a [u32],
        wanted_scores: Vec<f32>,
        k: usize,
    ) -> Self {
        let zeros = vec![0; wanted.len()];
        Self {
            excluded,
            wanted,
            wanted_scores,
            before: zeros.clone(),
            ties: zeros,
            best: TopK::new(k),
        }
    }

    /// Takes in the scores of the rows from `first` on; chunks come in the order of their rows.
    pub(super) fn look(&mut self, first: usize, scores: &mut [f32], isa: Isa) {
        self.exclude(first, scores);
        isa.run(Best { best: &mut self.best, first, scores });
        let counts = self.before.iter_mut().zip(&mut self.ties);
        for ((&row, &score), (before, ties)) in
            self.wanted.iter().zip(&self.wanted_scores).zip(counts)
        {
            // Of equal scores, those before the wanted row come before it.
            let split = (row as usize).saturating_sub(first).min(scores.len());
            let (lower, higher) = scores.split_at(split);
            let lower = isa.run(Count { scores: lower, score });
            let higher = isa.run(Count { scores: higher, score });
            *before += lower.above + lower.equal + higher.above;
            *ties += lower.equal + higher.equal;
        }
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
        // A wanted row ties with itself.
        let ties = self.ties.into_iter().map(|ties| ties.saturating_sub(1)).collect();
        super::Ranking { best: self.best.into_sorted(), places: self.before, ties }
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

/// How many scores are above one, and how many equal it.
struct Count<'a> {
    scores: &'a [f32],
    score: f32,
}

#[derive(Default)]
struct Counted {
    above: u32,
    equal: u32,
}

impl Kernel for Count<'_> {
    type Output = Counted;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Counted {
        let (blocks, rest) = self.scores.as_chunks::<LANES>();
        let score = simd.splat(self.score);
        let mut counted = Counted::default();
        for block in blocks {
            let block = simd.load(block);
            let (above, below) = (simd.above(block, score), simd.above(score, block));
            counted.above += above.count_ones();
            counted.equal += (!(above | below)).count_ones();
        }
        for &other in rest {
            counted.above += u32::from(other > self.score);
            counted.equal += u32::from(other == self.score);
        }
        counted
    }
}
