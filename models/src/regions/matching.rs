//! Which of last week's regions is this one?
//!
//! The assignment with the largest Σ (overlap + ½·nearness), where the overlap is what two regions share of what either
//! has, by today's weights, and the nearness is the cosine of their medoids.
//! Exact: there are a few regions, and a subset of them is a number.

use super::Region;
use super::points::Points;

/// What the nearness of medoids counts beside the overlap of members.
const NEARNESS: f64 = 0.5;

/// Two regions that agree less are not the same.
const LEAST: f64 = 0.2;

/// The number of each region: its own of last week, or the least that is free.
pub(super) fn numbers(points: &Points, regions: &[&Region], before: &[Region]) -> Vec<u32> {
    let mut before: Vec<&Region> = before.iter().collect();
    before.sort_by_key(|region| region.number);
    let agreement: Vec<Vec<f64>> = before
        .iter()
        .map(|old| regions.iter().map(|new| agree(points, old, new)).collect())
        .collect();
    let mut numbers = vec![None; regions.len()];
    for (old, new) in before.iter().zip(assign(&agreement, regions.len())) {
        if let Some(new) = new {
            numbers[new] = Some(old.number);
        }
    }
    let mut free = (1..).filter(|&number| before.iter().all(|old| old.number != number));
    let given = |number: Option<u32>| number.or_else(|| free.next());
    numbers.into_iter().map(given).map(|n| n.expect("numbers do not end")).collect()
}

/// Overlap + ½·nearness.
fn agree(points: &Points, old: &Region, new: &Region) -> f64 {
    let (mut both, mut of_old) = (0.0, 0.0);
    for member in &old.members {
        if let Some(place) = points.find(member.item) {
            let weight = f64::from(points.weight(place));
            of_old += weight;
            if new.members.binary_search_by_key(&member.item, |member| member.item).is_ok() {
                both += weight;
            }
        }
    }
    let of_new: f64 = new.members.iter().map(|member| f64::from(member.weight)).sum();
    let medoids = points.find(old.medoid).zip(points.find(new.medoid));
    let nearness = medoids.map_or(0.0, |(old, new)| points.similarity(old, new).max(0.0));
    both / (of_old + of_new - both) + NEARNESS * f64::from(nearness)
}

/// For each old region its new one, so that the agreement in sum is largest; O(old · 2^new · new).
fn assign(agreement: &[Vec<f64>], n_new: usize) -> Vec<Option<usize>> {
    // best[taken]: the largest sum of the old regions from here on when these new ones are taken, the last old first.
    let mut best = vec![vec![0.0; 1 << n_new]];
    for row in agreement.iter().rev() {
        let after = best.last().expect("one is there from the start");
        let sums = (0..1_usize << n_new).map(|taken| choose(row, taken, after).0).collect();
        best.push(sums);
    }
    let mut taken = 0;
    let after = best.iter().rev().skip(1);
    agreement
        .iter()
        .zip(after)
        .map(|(row, after)| {
            let new = choose(row, taken, after).1;
            taken |= new.map_or(0, |new| 1 << new);
            new
        })
        .collect()
}

/// The best for one old region when these new ones are taken: the sum from here on, and which.
fn choose(row: &[f64], taken: usize, after: &[f64]) -> (f64, Option<usize>) {
    let mut best = (after[taken], None);
    for (new, &agreement) in row.iter().enumerate() {
        let bit = 1 << new;
        if taken & bit == 0 && agreement >= LEAST && agreement + after[taken | bit] > best.0 {
            best = (agreement + after[taken | bit], Some(new));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::assign;

    #[test]
    fn the_sum_decides_and_not_the_best_single_pair() {
        // 0.9 + 0.1 < 0.8 + 0.7, and below 0.2 nothing is the same.
        assert_eq!(assign(&[vec![0.9, 0.8], vec![0.7, 0.1]], 2), [Some(1), Some(0)]);
    }

    #[test]
    fn what_agrees_too_little_is_another_region() {
        assert_eq!(assign(&[vec![0.1, 0.15], vec![0.3, 0.1]], 2), [None, Some(0)]);
    }

    #[test]
    fn of_equal_assignments_the_first_is_taken() {
        assert_eq!(assign(&[vec![0.5, 0.5], vec![0.5, 0.5]], 2), [Some(0), Some(1)]);
    }

    #[test]
    fn more_old_than_new_leaves_some_without() {
        assert_eq!(assign(&[vec![0.3], vec![0.6], vec![0.5]], 1), [None, Some(0), None]);
    }

    #[test]
    fn of_nothing_comes_nothing() {
        assert_eq!(assign(&[], 2), []);
        assert_eq!(assign(&[vec![], vec![]], 0), [None, None]);
    }
}
