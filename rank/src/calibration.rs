//! Does the list keep the proportions of what its listener hears?
//!
//! Steck, "Calibrated recommendations", RecSys 2018: with p the listener's own mix of genres and q that of the lines,
//!
//! ```text
//! C(p, q) = Σ_g p(g) · ln(p(g) / q̃(g)),   q̃ = (1 − SMOOTHING) · q + SMOOTHING · p     (equations 2 and 3)
//! ```
//!
//! A pick is worth the divergence that it takes away.
//! Only the candidate's own genres are looked at: the others shrink alike whatever is picked.

use crate::Candidate;

/// How much of p is mixed into q, so that no genre is infinitely far.
const SMOOTHING: f32 = 0.01;

/// How far the lines are from the listener's mix.
#[derive(Clone, Debug)]
pub(crate) struct Calibration {
    /// The listener's genres, ascending.
    genres: Vec<u32>,
    p: Vec<f32>,
    /// Sums over the lines.
    sums: Vec<f32>,
    n: usize,
    /// `p(g) · ln q̃(g)` after one more line that has nothing of g.
    without: Vec<f32>,
    /// `[n_candidates]` the genres that the listener hears too, by place, with the candidate's share of each.
    of: Vec<Vec<(usize, f32)>>,
}

impl Calibration {
    pub(crate) fn new(mix: &[(u32, f32)], candidates: &[Candidate<'_>]) -> Self {
        let genres: Vec<u32> = mix.iter().map(|(genre, _)| *genre).collect();
        let place = |&(genre, share): &(u32, f32)| {
            genres.binary_search(&genre).ok().map(|place| (place, share))
        };
        let of = candidates.iter().map(|c| c.genres.iter().filter_map(place).collect()).collect();
        let p: Vec<f32> = mix.iter().map(|(_, share)| *share).collect();
        let mut new = Self { sums: vec![0.0; p.len()], n: 0, without: Vec::new(), genres, p, of };
        new.look_ahead();
        new
    }

    /// What a candidate takes off the divergence, beside one that shares no genre with the listener; at least 0.
    pub(crate) fn gain(&self, at: usize) -> f32 {
        let gain = |&(place, share): &(usize, f32)| {
            self.p[place] * self.mixed(place, self.sums[place] + share).ln() - self.without[place]
        };
        self.of[at].iter().map(gain).sum()
    }

    pub(crate) fn pick(&mut self, picked: usize) {
        for &(place, share) in &self.of[picked] {
            self.sums[place] += share;
        }
        self.n += 1;
        self.look_ahead();
    }

    fn look_ahead(&mut self) {
        let without = |place: usize| self.p[place] * self.mixed(place, self.sums[place]).ln();
        self.without = (0..self.genres.len()).map(without).collect();
    }

    /// q̃ of one more line, from what the sum would be.
    fn mixed(&self, place: usize, sum: f32) -> f32 {
        (1.0 - SMOOTHING) * sum / (self.n + 1) as f32 + SMOOTHING * self.p[place]
    }
}
