//! Several listeners, one list: which lines?
//!
//! Max-min fair: each line goes to whoever has got least so far, in shares of what a list of one's own would have given;
//! of what serves that listener, the line is picked that serves the others best beside it.
//! Cost: O(size · n · n_listeners).

use crate::caps::Taken;
use crate::pick::by_number;
use crate::{Candidate, Rules};

/// How much a line's worth to the others counts beside that to whom it is for.
const OTHERS: f32 = 0.5;
/// Part of a listener's best relevance from which on a line serves.
const SERVES: f32 = 0.5;

/// One line of a shared list.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    /// Its place among the candidates.
    pub candidate: usize,
    /// Whom it serves, ascending; whom it was picked for is always one of them.
    pub serves: Vec<usize>,
}

/// Makes the list from `relevance` `[n_listeners × n_candidates]`, 0 where a candidate is nothing for a listener.
///
/// A list ends where whoever has got least can be given nothing more.
///
/// # Panics
/// When there is not one relevance a candidate.
#[must_use]
pub fn blend(candidates: &[Candidate<'_>], relevance: &[Vec<f32>], rules: &Rules) -> Vec<Shared> {
    let is_whole = |of: &Vec<f32>| of.len() == candidates.len();
    assert!(relevance.iter().all(is_whole), "one relevance a candidate expected");
    let alone: Vec<f32> = relevance.iter().map(|of| best_sum(of, rules.size)).collect();
    let best: Vec<f32> =
        relevance.iter().map(|of| of.iter().copied().fold(0.0, f32::max)).collect();
    let mut got = vec![0.0_f32; relevance.len()];
    let mut taken = Taken::default();
    let mut lines: Vec<Shared> = Vec::new();
    while lines.len() < rules.size {
        let poorest = (0..got.len())
            .filter(|&l| alone[l] > 0.0)
            .min_by(|&a, &b| by_number(got[a] / alone[a], got[b] / alone[b]));
        let Some(poorest) = poorest else { break };
        let worth = |at: usize| {
            let others: f32 = relevance.iter().map(|of| of[at]).sum();
            relevance[poorest][at] + OTHERS * others / relevance.len() as f32
        };
        let open = (0..candidates.len()).filter(|&at| {
            relevance[poorest][at] > 0.0 && taken.full(&candidates[at], rules).is_none()
        });
        let by_worth = |a: &usize, b: &usize| {
            by_number(worth(*a), worth(*b)).then(candidates[*b].item.cmp(&candidates[*a].item))
        };
        let Some(at) = open.max_by(by_worth) else { break };
        taken.add(&candidates[at]);
        for (got, of) in got.iter_mut().zip(relevance) {
            *got += of[at];
        }
        let serves =
            |l: &usize| *l == poorest || (best[*l] > 0.0 && relevance[*l][at] >= SERVES * best[*l]);
        lines.push(Shared { candidate: at, serves: (0..relevance.len()).filter(serves).collect() });
    }
    lines
}

/// What the best lines would give one listener alone.
fn best_sum(relevance: &[f32], n: usize) -> f32 {
    let mut sorted: Vec<f32> = relevance.to_vec();
    sorted.sort_by(|a, b| by_number(*b, *a));
    sorted.iter().take(n).sum()
}

#[cfg(test)]
mod tests {
    use super::{Shared, blend};
    use crate::Rules;
    use crate::testing::plain;

    #[test]
    fn whoever_has_got_least_is_next() {
        // The first listener likes 0 and 1, the second only 2; 1 is also a little for the second.
        let candidates = [plain(0), plain(1), plain(2)];
        let relevance = [vec![1.0, 0.9, 0.0], vec![0.0, 0.1, 1.0]];
        let lines = blend(&candidates, &relevance, &Rules::plain(2));
        // 0 is worth 1 + 0.25, 1 worth 0.9 + 0.25: the first line is 0; then the second listener has nothing.
        let of = |candidate, serves: &[usize]| Shared { candidate, serves: serves.to_vec() };
        assert_eq!(lines, [of(0, &[0]), of(2, &[1])]);
    }

    #[test]
    fn nobody_and_nothing_make_an_empty_list() {
        assert!(blend(&[], &[], &Rules::plain(3)).is_empty());
        assert!(blend(&[plain(0)], &[vec![0.0]], &Rules::plain(3)).is_empty());
    }
}
