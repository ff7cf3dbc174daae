//! How good is a candidate for this listener today?
//!
//! ```text
//! relevance(c) = lift(c) · score(c) / |best score|
//! boldness(c)  = ((1 − popularity(c)) + distance(c)) / 2 − 0.5
//! appeal(c)    = relevance(c) + REACH · (2 · adventure − 1) · boldness(c)
//! ```
//!
//! At an adventure of 0.5 the scores alone speak.
//! Of the best lists of n lines by appeal, the sum of boldness never falls when adventure rises: with two adventures, each
//! list is best for its own, and adding both inequalities leaves `(a₂ − a₁) · (B₂ − B₁) ≥ 0`.

use crate::Candidate;

/// How much relevance the boldest candidate is ahead of the tamest at the end of the slider.
const REACH: f32 = 0.5;

/// Scores with what multiplies them, in units of the best score (undivided where that is 0).
pub(crate) fn relevance(candidates: &[Candidate<'_>]) -> Vec<f32> {
    let best = candidates.iter().map(|c| c.score).fold(f32::NEG_INFINITY, f32::max);
    let scale = if best == 0.0 { 1.0 } else { best.abs() };
    // A score that dwarfs the best stays finite, so that a factor of 0 makes it 0.
    let of = |c: &Candidate<'_>| (lifted(c) / scale).clamp(f32::MIN, f32::MAX);
    candidates.iter().map(of).collect()
}

/// A lift lifts whatever the sign.
fn lifted(c: &Candidate<'_>) -> f32 {
    if c.score < 0.0 { c.score / c.lift } else { c.score * c.lift }
}

/// Relevance, moved by how bold the listener is.
pub(crate) fn appeal(candidates: &[Candidate<'_>], relevance: &[f32], adventure: f32) -> Vec<f32> {
    let pull = REACH * (2.0 * adventure - 1.0);
    let of = |(c, relevance): (&Candidate<'_>, &f32)| relevance + pull * boldness(c);
    candidates.iter().zip(relevance).map(of).collect()
}

/// From −0.5, popular and near, to 0.5, unknown and far.
fn boldness(c: &Candidate<'_>) -> f32 {
    f32::midpoint(1.0 - c.popularity, c.distance) - 0.5
}
