//! Which lines are left to chance, and with which chance?
//!
//! The policy `strata-1`. What may be drawn is cut into as many strata as there are slots, and one of each stratum is
//! drawn, so that the chance of each is known and not estimated:
//!
//! 1. Of what is explorable and fits beside the other lines, the best of each artist, work and release stay, so that no
//!    draw can crowd out another.
//! 2. They are dealt to the strata by falling appeal, to and fro, so that strata are equally good.
//! 3. In each stratum the chance is `p(c) = (1 − EVEN) · softmax(appeal / TEMPERATURE) + EVEN / n`.
//!
//! Everything but the draw is fixed before it, and nothing is done to a drawn line afterwards: its slot stands where it
//! stands. So p is the marginal probability of being in the list, given candidates and rules.

use std::cmp::Ordering;
use std::collections::HashSet;

use music::ArtistId;

use crate::Candidate;
use crate::pick::by_number;

/// The part of the chance that is the same for all.
const EVEN: f32 = 0.2;
/// Appeal that makes a candidate e times as likely.
const TEMPERATURE: f32 = 0.1;

/// A line that was left to chance.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// What was drawn, as a place among the candidates.
    pub drawn: usize,
    /// All that could have been drawn for this slot, with the chance of each; the chances sum to 1.
    pub choices: Vec<(usize, f32)>,
}

impl Slot {
    /// The chance of what was drawn.
    #[must_use]
    pub fn propensity(&self) -> f32 {
        let drawn = self.choices.iter().find(|(at, _)| *at == self.drawn);
        drawn.map_or(0.0, |(_, chance)| *chance)
    }
}

/// Draws a line for each slot, as far as there is something to draw; `open` fit beside the lines that are there.
pub(crate) fn explore(
    candidates: &[Candidate<'_>],
    open: Vec<usize>,
    appeal: &[f32],
    n_slots: usize,
    seed: u64,
) -> Vec<Slot> {
    let strata = strata(candidates, open, appeal, n_slots);
    let drawn = strata.into_iter().zip(0_u64..).filter(|(stratum, _)| !stratum.is_empty());
    let slot = |(stratum, n): (Vec<usize>, u64)| {
        let choices = chances(stratum, appeal);
        Slot { drawn: draw(&choices, unit(seed, n)), choices }
    };
    drawn.map(slot).collect()
}

/// The candidates of each slot.
fn strata(
    candidates: &[Candidate<'_>],
    mut open: Vec<usize>,
    appeal: &[f32],
    n_slots: usize,
) -> Vec<Vec<usize>> {
    let order = |a: &usize, b: &usize| -> Ordering {
        by_number(appeal[*b], appeal[*a]).then(candidates[*a].item.cmp(&candidates[*b].item))
    };
    open.sort_by(order);
    let mut strata = vec![Vec::new(); n_slots];
    let mut met = Met::default();
    let of_its_own = open.into_iter().filter(|&at| met.is_new(&candidates[at]));
    let there_and_back = (0..n_slots).chain((0..n_slots).rev()).cycle();
    for (at, place) in of_its_own.zip(there_and_back) {
        strata[place].push(at);
    }
    strata
}

/// What stands in some stratum already; looked up, never walked.
#[derive(Default)]
struct Met {
    artists: HashSet<ArtistId>,
    releases: HashSet<u64>,
    works: HashSet<u64>,
}

impl Met {
    /// Whether nothing of it was met, which it then is.
    fn is_new(&mut self, c: &Candidate<'_>) -> bool {
        let is_new = !self.works.contains(&c.work)
            && c.release.is_none_or(|release| !self.releases.contains(&release))
            && !c.artists.iter().any(|artist| self.artists.contains(artist));
        if is_new {
            self.works.insert(c.work);
            self.releases.extend(c.release);
            self.artists.extend(c.artists);
        }
        is_new
    }
}

fn chances(stratum: Vec<usize>, appeal: &[f32]) -> Vec<(usize, f32)> {
    let best = stratum.iter().map(|&at| appeal[at]).fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f32> =
        stratum.iter().map(|&at| ((appeal[at] - best) / TEMPERATURE).exp()).collect();
    let (sum, n) = (weights.iter().sum::<f32>(), stratum.len() as f32);
    let chance = |weight: f32| (1.0 - EVEN) * weight / sum + EVEN / n;
    stratum.into_iter().zip(weights).map(|(at, weight)| (at, chance(weight))).collect()
}

/// The choice at which the running sum of the chances passes `unit`.
fn draw(choices: &[(usize, f32)], unit: f32) -> usize {
    let mut sum = 0.0;
    for &(at, chance) in choices {
        sum += chance;
        if unit < sum {
            return at;
        }
    }
    choices.last().expect("an empty stratum is no slot").0
}

/// A number in [0, 1) of a seed and a slot: the finalizer of SplitMix64 (Steele, Lea & Flood 2014).
fn unit(seed: u64, slot: u64) -> f32 {
    let x = seed.wrapping_add((slot + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let x = x ^ (x >> 31);
    (x >> 40) as f32 / 16_777_216.0
}
