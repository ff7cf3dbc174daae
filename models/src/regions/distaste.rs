//! Which dislikes agree?
//!
//! Most dislikes are of one recording and nothing else, so that a clustering of all of them would force strangers
//! together.
//! A region of distaste is a recording with enough others near it, the heaviest such neighborhood first, and what it
//! holds is taken away before the next (Daura et al., Peptide Folding: When Simulation Meets Experiment, 1999).

use super::points::Points;
use super::{Cluster, Judged, Region, Regions, Whitening};

/// What the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DistasteParams {
    /// Regions at most; 1 to 12.
    pub max_regions: usize,
    /// Disliked recordings that make a region; at least 2.
    pub least_agreeing: usize,
    /// Least cosine of the medoid and each other member, in (0, 1); where chance reaches it, more is asked.
    pub least_similarity: f32,
    /// Recordings that are looked at, the heaviest; at least 1.
    pub at_most: usize,
    /// Share of its weight by which another neighborhood must be heavier than that of last week's medoid.
    pub medoid_margin: f32,
}

impl Default for DistasteParams {
    fn default() -> Self {
        Self {
            max_regions: 5,
            least_agreeing: 3,
            least_similarity: 0.5,
            at_most: 300,
            medoid_margin: 0.2,
        }
    }
}

impl DistasteParams {
    fn check(&self) {
        assert!((1..=12).contains(&self.max_regions), "1 to 12 regions at most expected");
        assert!(self.least_agreeing > 1, "at least two that agree expected");
        let is_similarity = self.least_similarity > 0.0 && self.least_similarity < 1.0;
        assert!(is_similarity, "a least similarity in (0, 1) expected");
        assert!(self.at_most > 0, "at least one recording expected");
        assert!((0.0..1.0).contains(&self.medoid_margin), "a margin in [0, 1) expected");
    }
}

/// The regions of what a listener dislikes; what agrees with too few is in none.
///
/// `before` is as for [`regions`](super::regions()).
/// O(n²·dim) for the n heaviest, at most `at_most`, and O(dim²) for each recording.
///
/// # Panics
/// When a parameter is out of its range, an item comes twice, or a number is not finite.
#[must_use]
pub fn distaste(
    disliked: &[Judged<'_>],
    whitening: &Whitening,
    params: DistasteParams,
    before: Option<&[Region]>,
) -> Regions {
    params.check();
    let before = before.unwrap_or_default();
    let points = Points::new(disliked, whitening);
    let places = points.heaviest(params.at_most);
    let table = points.table(&places);
    let farthest = 1.0 - params.least_similarity.max(chance(places.len(), whitening.dim()));
    let was_medoid: Vec<bool> =
        places.iter().map(|&p| before.iter().any(|b| points.find(b.medoid) == Some(p))).collect();
    let mut is_free = vec![true; places.len()];
    let mut clusters = Vec::new();
    while clusters.len() < params.max_regions {
        // The heaviest neighborhood, the first row of several.
        let mut best: Option<(f32, usize, Vec<usize>)> = None;
        for i in (0..places.len()).filter(|&i| is_free[i]) {
            let row = table.distances_of(i);
            let near: Vec<usize> =
                (0..row.len()).filter(|&j| is_free[j] && row[j] <= farthest).collect();
            let weight: f32 = near.iter().map(|&j| table.weights()[j]).sum();
            let weight = if was_medoid[i] { weight * (1.0 + params.medoid_margin) } else { weight };
            let is_best = best.as_ref().is_none_or(|&(most, _, _)| weight > most);
            if near.len() >= params.least_agreeing && is_best {
                best = Some((weight, i, near));
            }
        }
        let Some((_, medoid, near)) = best else { break };
        near.iter().for_each(|&j| is_free[j] = false);
        let members = near.into_iter().map(|j| places[j]).collect();
        clusters.push(Cluster { medoid: places[medoid], members });
    }
    Regions::new(&points, clusters, before)
}

/// A cosine so large that hardly any three of n random directions reach it.
///
/// P(cosine > t) ≤ e^(−dim·t²/2) for two of them, so n³ triples with two such pairs each come to 1/10 where
/// t² = ln(10·n³)/dim; not above 0.9, which is as good as the same.
fn chance(n: usize, dim: usize) -> f32 {
    let n = n.max(1) as f32;
    ((10.0 * n * n * n).ln() / dim as f32).sqrt().min(0.9)
}

#[cfg(test)]
mod tests;
