//! How much would a line be like those that are there?
//!
//! Two ways to say it:
//!
//! - MMR (Carbonell & Goldstein, SIGIR 1998, equation 1): minus the largest cosine with a line, not below 0, as an opposite
//!   is no more different than a stranger. O(dim) a candidate and pick.
//! - DPP (Chen, Zhang & Zhou, NeurIPS 2018, algorithm 1): the gain in log det of the lines' similarities
//!   `S_ij = (1 + cos(i, j)) / 2`, that is `ln d²` with `d² = S_cc − ‖c_c‖²`, where each pick j adds the entry
//!   `e_c = (S_jc − ⟨c_j, c_c⟩) / d_j` to `c_c`. O(dim + picked) a candidate and pick.
//!
//! A gain never rises with a pick, so that what a candidate had before the last picks is a bound on what it has now: only
//! the few that look best are brought up to date (Minoux, "Accelerated greedy algorithms", 1978).

use linalg::dot;

use crate::{Candidate, Variety};

/// Where `d²` is taken to be 0: a line that is already there; `ln` of it outweighs any relevance.
const LEAST: f64 = 1e-4;

/// How like the lines that are there each candidate is.
#[derive(Debug)]
pub(crate) struct Spread<'a> {
    vectors: Vec<Option<&'a [f32]>>,
    norms: Vec<f32>,
    /// In their order.
    picked: Vec<usize>,
    /// How many of the picks each candidate has met.
    met: Vec<usize>,
    by: By,
}

#[derive(Debug)]
enum By {
    Mmr {
        max_similarity: Vec<f32>,
    },
    /// In f64: where lines are nearly the same, `d²` is the small difference of numbers near 1.
    Dpp {
        squared: Vec<f64>,
        entries: Vec<Vec<f64>>,
    },
}

impl<'a> Spread<'a> {
    pub(crate) fn new(candidates: &[Candidate<'a>], variety: Variety) -> Self {
        let vectors: Vec<_> = candidates.iter().map(|c| c.vector).collect();
        let norm = |vector: &Option<&[f32]>| vector.map_or(0.0, |v| dot(v, v).sqrt());
        let n = candidates.len();
        let by = match variety {
            Variety::Mmr => By::Mmr { max_similarity: vec![0.0; n] },
            Variety::Dpp => By::Dpp { squared: vec![1.0; n], entries: vec![Vec::new(); n] },
        };
        let norms = vectors.iter().map(norm).collect();
        Self { norms, vectors, picked: Vec::new(), met: vec![0; n], by }
    }

    /// What a candidate adds to the variety of the lines, at most 0; no less than that until it met all picks.
    #[expect(clippy::cast_possible_truncation, reason = "a number between ln 1e-4 and 0")]
    pub(crate) fn gain(&self, at: usize) -> f32 {
        match &self.by {
            By::Mmr { max_similarity } => -max_similarity[at],
            By::Dpp { squared, .. } => squared[at].max(LEAST).ln() as f32,
        }
    }

    /// Takes note of a pick, which met all picks before it.
    pub(crate) fn pick(&mut self, picked: usize) {
        self.picked.push(picked);
    }

    /// Whether a candidate met all picks.
    pub(crate) fn is_current(&self, at: usize) -> bool {
        self.met[at] == self.picked.len()
    }

    /// Brings a candidate up to date.
    pub(crate) fn meet(&mut self, at: usize) {
        for &picked in &self.picked[self.met[at]..] {
            let cosine = cosine(&self.vectors, &self.norms, picked, at);
            match &mut self.by {
                By::Mmr { max_similarity } => max_similarity[at] = max_similarity[at].max(cosine),
                By::Dpp { squared, entries } => {
                    // Without a direction nothing is like anything.
                    let similarity = match (self.norms[picked] > 0.0, self.norms[at] > 0.0) {
                        (true, true) => f64::midpoint(1.0, f64::from(cosine)),
                        _ => 0.0,
                    };
                    let root = squared[picked].max(LEAST).sqrt();
                    let shared: f64 =
                        entries[picked].iter().zip(&entries[at]).map(|(a, b)| a * b).sum();
                    let entry = (similarity - shared) / root;
                    entries[at].push(entry);
                    squared[at] -= entry * entry;
                }
            }
        }
        self.met[at] = self.picked.len();
    }
}

/// Cosine of the angle between two candidates; 0 where either has no direction.
fn cosine(vectors: &[Option<&[f32]>], norms: &[f32], i: usize, j: usize) -> f32 {
    match (vectors[i], vectors[j]) {
        (Some(a), Some(b)) if norms[i] > 0.0 && norms[j] > 0.0 => dot(a, b) / norms[i] / norms[j],
        _ => 0.0,
    }
}
