//! Which are the best few of many scores?
//!
//! A heap of at most `k` keeps the worst of the best on top: O(n·log k) at worst, O(n) when few scores enter it.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// The `k` best rows with their scores, best first, ties by lower row.
///
/// Rows in `excluded` (ascending) are left out before the selection; a NaN is never selected.
/// Fewer than `k` come back when there are no more.
#[must_use]
pub fn top_k(scores: &[f32], k: usize, excluded: &[u32]) -> Vec<(u32, f32)> {
    let mut excluded = excluded.iter().copied().peekable();
    let candidates = (0_u32..).zip(scores.iter().copied()).filter(|&(row, _)| {
        while excluded.next_if(|&e| e < row).is_some() {}
        excluded.next_if_eq(&row).is_none()
    });
    top_k_of(candidates, k)
}

/// The `k` best of some rows with their scores, best first, ties by lower row; a NaN is never selected.
#[must_use]
pub fn top_k_of(candidates: impl IntoIterator<Item = (u32, f32)>, k: usize) -> Vec<(u32, f32)> {
    let mut best = TopK::new(k);
    for (row, score) in candidates {
        if !score.is_nan() {
            best.offer(row, score);
        }
    }
    best.into_sorted()
}

/// As [`top_k_of`], of rows that are all at hand: O(n + k·log k). A zero comes back without its sign.
#[must_use]
pub fn top_k_among(scored: Vec<(u32, f32)>, k: usize) -> Vec<(u32, f32)> {
    // Whole numbers are compared faster than scores and rows.
    let key = |(row, score): (u32, f32)| u64::from(descending(score)) << 32 | u64::from(row);
    let numbers = scored.into_iter().filter(|(_, score)| !score.is_nan());
    let mut keys: Vec<u64> = numbers.map(key).collect();
    if 0 < k && k < keys.len() {
        keys.select_nth_unstable(k - 1);
    }
    keys.truncate(k);
    keys.sort_unstable();
    let half = |bits: u64| u32::try_from(bits & u64::from(u32::MAX)).expect("half of the bits");
    keys.into_iter().map(|key| (half(key), of_descending(half(key >> 32)))).collect()
}

/// A number that falls as the score rises; the two zeros have the same. Of a NaN nothing is known.
#[inline]
#[must_use]
pub fn descending(score: f32) -> u32 {
    let bits = (score + 0.0).to_bits();
    // Magnitudes rise with their bits; the sign is the highest bit. Without a branch, so that many go at once.
    let is_negative = 0_u32.wrapping_sub(bits >> 31);
    !(bits ^ (is_negative | 1 << 31))
}

/// The score that [`descending`] made a number of.
#[inline]
#[must_use]
pub fn of_descending(number: u32) -> f32 {
    let is_negative = 0_u32.wrapping_sub(number >> 31);
    f32::from_bits(!number ^ (is_negative | 1 << 31))
}

/// The best so far.
pub(crate) struct TopK {
    k: usize,
    heap: BinaryHeap<Candidate>,
}

impl TopK {
    pub(crate) fn new(k: usize) -> Self {
        Self { k, heap: BinaryHeap::new() }
    }

    /// A row after all that were offered enters only with a score above this.
    pub(crate) fn threshold(&self) -> f32 {
        if self.heap.len() < self.k {
            return f32::NEG_INFINITY;
        }
        self.heap.peek().map_or(f32::INFINITY, |worst| worst.score)
    }

    /// Takes a row in if it is among the best; its score is a number.
    pub(crate) fn offer(&mut self, row: u32, score: f32) {
        let candidate = Candidate { row, score };
        if self.heap.len() < self.k {
            self.heap.push(candidate);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && candidate < *worst
        {
            *worst = candidate;
        }
    }

    /// Best first.
    pub(crate) fn into_sorted(self) -> Vec<(u32, f32)> {
        let sorted = self.heap.into_sorted_vec().into_iter();
        sorted.map(|Candidate { row, score }| (row, score)).collect()
    }
}

/// A row and its score, never NaN; the better one is less, so that a heap shows the worst.
#[derive(Clone, Copy)]
struct Candidate {
    row: u32,
    score: f32,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_score = other.score.partial_cmp(&self.score).expect("a candidate is never NaN");
        by_score.then(self.row.cmp(&other.row))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}

#[cfg(test)]
mod tests {
    use super::{top_k, top_k_among};
    use proptest::prelude::{prop_assert_eq, proptest};
    use std::collections::BTreeSet;

    /// Sorts everything, then cuts.
    fn slow(scores: &[f32], k: usize, excluded: &BTreeSet<u32>) -> Vec<(u32, f32)> {
        let mut all: Vec<(u32, f32)> = (0..)
            .zip(scores.iter().copied())
            .filter(|(row, score)| !score.is_nan() && !excluded.contains(row))
            .collect();
        all.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap().then(a.0.cmp(&b.0)));
        all.truncate(k);
        all
    }

    proptest! {
        #[test]
        fn the_best_k_are_those_of_a_full_sort(
            // Few distinct scores, so that ties are common; −8 stands for NaN.
            scores in proptest::collection::vec(-8_i8..8, 0..60),
            k in 0_usize..70,
            excluded in proptest::collection::btree_set(0_u32..60, 0..30),
        ) {
            let scores: Vec<f32> =
                scores.iter().map(|&x| if x == -8 { f32::NAN } else { f32::from(x) }).collect();
            let ascending: Vec<u32> = excluded.iter().copied().collect();
            let expected = slow(&scores, k, &excluded);
            prop_assert_eq!(top_k(&scores, k, &ascending), &expected[..]);
            let left = (0..).zip(scores).filter(|(row, _)| !excluded.contains(row));
            prop_assert_eq!(top_k_among(left.collect(), k), expected);
        }
    }

    #[test]
    fn infinite_scores_have_their_place_and_zeros_tie_whatever_their_sign() {
        let scores = [f32::NEG_INFINITY, -0.0, 0.0, f32::INFINITY];
        let rows: Vec<u32> = top_k(&scores, usize::MAX, &[]).iter().map(|&(row, _)| row).collect();
        assert_eq!(rows, [3, 1, 2, 0]);
        let among = top_k_among((0..).zip(scores).collect(), 4);
        assert_eq!(among, [(3, f32::INFINITY), (1, 0.0), (2, 0.0), (0, f32::NEG_INFINITY)]);
    }
}
