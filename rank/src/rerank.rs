//! Which candidates make the list, in which order?
//!
//! Greedy maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998, equation 1) under hard caps.
//! Each step picks, of the candidates that no cap forbids, the one with the largest
//!
//! ```text
//! value(c) = (1 − diversity) · relevance(c) − diversity · max over picked p of similarity(c, p)
//! ```
//!
//! where relevance is the score divided by the magnitude of the best candidate's score (undivided where that is 0), so that diversity means the same for every model,
//! and similarity is the cosine of the two vectors, not below 0: an opposite is no more different than a stranger.
//! Cost: O(size · n · dim), by keeping each candidate's largest similarity so far.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use linalg::dot;
use music::{ArtistId, ItemIx};

#[cfg(test)]
mod tests;

/// One recording, or artist, that may stand in the list.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Its row; one row stands at most once among the candidates.
    pub item: ItemIx,
    /// Finite; rises with goodness.
    pub score: f32,
    /// Every credited artist, main or featured; each counts toward its cap.
    pub artists: &'a [ArtistId],
    /// The release it is on, by any number that tells releases apart; without one no cap holds it.
    pub release: Option<u64>,
    /// The work it is a version of, by any number that tells works apart.
    pub work: u64,
    /// Where it lies `[dim]`, the same dim for all; without one, or at the origin, it is similar to nothing.
    pub vector: Option<&'a [f32]>,
}

/// What a list must keep to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// The most lines.
    pub size: usize,
    /// The most lines that credit one artist.
    pub per_artist: usize,
    /// The most lines from one release.
    pub per_release: usize,
    /// From 0, score alone, to 1, variety alone.
    pub diversity: f32,
}

/// Picks the list: indices into `candidates`, best line first.
///
/// Of one work at most one candidate is picked.
/// Ties go to the better score, then to the lower row, so that the order of the candidates tells nothing.
/// The list is shorter than asked for where the caps leave no more.
///
/// # Panics
/// When a score is not finite, the diversity lies outside 0 to 1, or vectors differ in length.
#[must_use]
pub fn rerank(candidates: &[Candidate<'_>], rules: &Rules) -> Vec<usize> {
    assert_valid(candidates, rules);
    let mut open = open(candidates);
    let mut taken = Taken::default();
    let mut picked = Vec::with_capacity(rules.size.min(candidates.len()));
    while picked.len() < rules.size {
        open.retain(|c| taken.allows(&candidates[c.at], rules));
        let Some(best) =
            open.iter().copied().max_by(|a, b| a.compare(b, candidates, rules.diversity))
        else {
            break;
        };
        taken.add(&candidates[best.at]);
        picked.push(best.at);
        let vector = candidates[best.at].vector;
        for c in &mut open {
            let similarity = cosine(candidates[c.at].vector, c.norm, vector, best.norm);
            c.max_similarity = c.max_similarity.max(similarity);
        }
    }
    picked
}

fn assert_valid(candidates: &[Candidate<'_>], rules: &Rules) {
    assert!(
        (0.0..=1.0).contains(&rules.diversity),
        "diversity 0 to 1 expected, got {}",
        rules.diversity
    );
    let dim = candidates.iter().find_map(|c| c.vector).map_or(0, <[f32]>::len);
    for c in candidates {
        assert!(
            c.score.is_finite(),
            "a finite score expected for row {}, got {}",
            c.item.0,
            c.score
        );
        let got = c.vector.map_or(dim, <[f32]>::len);
        assert!(got == dim, "dim {dim} expected for row {}, got {got}", c.item.0);
    }
}

/// A candidate that may still be picked.
#[derive(Clone, Copy)]
struct Open {
    at: usize,
    relevance: f32,
    norm: f32,
    /// To what is picked so far; 0 before the first pick.
    max_similarity: f32,
}

impl Open {
    fn value(&self, diversity: f32) -> f32 {
        (1.0 - diversity) * self.relevance - diversity * self.max_similarity
    }

    /// Orders by value, then score, then lower row; greater is better.
    fn compare(&self, other: &Self, candidates: &[Candidate<'_>], diversity: f32) -> Ordering {
        let (a, b) = (&candidates[self.at], &candidates[other.at]);
        by_number(self.value(diversity), other.value(diversity))
            .then(by_number(a.score, b.score))
            .then(b.item.cmp(&a.item))
            .then(other.at.cmp(&self.at))
    }
}

fn open(candidates: &[Candidate<'_>]) -> Vec<Open> {
    let best = candidates.iter().map(|c| c.score).fold(f32::NEG_INFINITY, f32::max);
    let scale = if best == 0.0 { 1.0 } else { best.abs() };
    let open = candidates.iter().enumerate().map(|(at, c)| Open {
        at,
        // A score that dwarfs the best stays finite, so that diversity 1 multiplies it to 0.
        relevance: (c.score / scale).max(f32::MIN),
        norm: c.vector.map_or(0.0, |vector| dot(vector, vector).sqrt()),
        max_similarity: 0.0,
    });
    open.collect()
}

/// Cosine similarity, not below 0; 0 where either has no direction.
fn cosine(a: Option<&[f32]>, norm_a: f32, b: Option<&[f32]>, norm_b: f32) -> f32 {
    match (a, b) {
        (Some(a), Some(b)) if norm_a > 0.0 && norm_b > 0.0 => {
            (dot(a, b) / norm_a / norm_b).max(0.0)
        }
        _ => 0.0,
    }
}

/// Orders numbers of which none is NaN; the two zeros are one.
fn by_number(a: f32, b: f32) -> Ordering {
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}

/// What the picked lines have used up; looked up, never walked.
#[derive(Default)]
struct Taken {
    by_artist: HashMap<ArtistId, usize>,
    by_release: HashMap<u64, usize>,
    works: HashSet<u64>,
}

impl Taken {
    fn allows(&self, c: &Candidate<'_>, rules: &Rules) -> bool {
        let is_below = |n: Option<&usize>, cap: usize| n.copied().unwrap_or(0) < cap;
        !self.works.contains(&c.work)
            && c.release
                .is_none_or(|release| is_below(self.by_release.get(&release), rules.per_release))
            && c.artists.iter().all(|artist| is_below(self.by_artist.get(artist), rules.per_artist))
    }

    fn add(&mut self, c: &Candidate<'_>) {
        self.works.insert(c.work);
        if let Some(release) = c.release {
            *self.by_release.entry(release).or_default() += 1;
        }
        for (at, &artist) in c.artists.iter().enumerate() {
            if !c.artists[..at].contains(&artist) {
                *self.by_artist.entry(artist).or_default() += 1;
            }
        }
    }
}
