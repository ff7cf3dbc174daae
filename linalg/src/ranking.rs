//! Which rows come first for a query, and where do those stand that are wanted?
//!
//! The score of a row is its dot with the query.
//! A block of queries meets a chunk of rows, the scores are looked at while they are near the processor, and are then
//! forgotten: the matrix `[n_queries × n_rows]` never exists.
//! Places count from 0 over the rows that are not excluded; of equal scores the lower row comes first.

mod panels;
mod scan;

pub(crate) use panels::PANEL_ROWS;
pub use panels::Panels;
use scan::Scan;

use crate::simd::Isa;

/// Rows whose scores are looked at together; those of a block of queries fit into the second cache.
const CHUNK_ROWS: usize = 512;

/// What to rank for one query.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The query, of the length of the rows.
    pub query: &'a [f32],
    /// Rows that are not ranked, ascending.
    pub excluded: &'a [u32],
    /// Rows whose places are wanted, none of them excluded.
    pub wanted: &'a [u32],
}

/// How the rows come in order for one query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranking {
    /// The first few rows with their scores, best first.
    pub best: Vec<(u32, f32)>,
    /// The place of each wanted row, in the order of the question.
    pub places: Vec<u32>,
    /// How many other rows have the score of each wanted row, excluded ones left out.
    pub ties: Vec<u32>,
}

impl Panels {
    /// Ranks all rows for a block of queries, in one thread; blocks of 128 make the best use of the caches.
    ///
    /// 2·n_queries·n_rows·dim operations.
    ///
    /// # Panics
    /// When a query has another length, or a wanted row is not there.
    #[must_use]
    pub fn rank(&self, questions: &[Question<'_>], k: usize, isa: Isa) -> Vec<Ranking> {
        let queries: Vec<&[f32]> = questions.iter().map(|question| question.query).collect();
        let mut scans: Vec<Scan<'_>> = questions
            .iter()
            .map(|question| {
                let score = |&row| self.score(question.query, row, isa);
                let wanted_scores = question.wanted.iter().map(score).collect();
                Scan::new(question.excluded, question.wanted, wanted_scores, k)
            })
            .collect();
        let mut scores = vec![0.0; questions.len() * CHUNK_ROWS];
        for first in (0..self.n_rows()).step_by(CHUNK_ROWS) {
            let n = CHUNK_ROWS.min(self.n_rows() - first);
            self.scores(&queries, first, &mut scores, CHUNK_ROWS, isa);
            for (scan, scores) in scans.iter_mut().zip(scores.chunks_exact_mut(CHUNK_ROWS)) {
                scan.look(first, &mut scores[..n], isa);
            }
        }
        scans.into_iter().map(Scan::ranking).collect()
    }
}

/// Ranks rows by the scores they have; excluded rows lose theirs.
///
/// # Panics
/// When a wanted row is not there.
#[must_use]
pub fn rank_scores(
    scores: &mut [f32],
    excluded: &[u32],
    wanted: &[u32],
    k: usize,
    isa: Isa,
) -> Ranking {
    let wanted_scores = wanted.iter().map(|&row| scores[row as usize]).collect();
    let mut scan = Scan::new(excluded, wanted, wanted_scores, k);
    scan.look(0, scores, isa);
    scan.ranking()
}

#[cfg(test)]
mod tests;
