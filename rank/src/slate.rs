//! A thousand scored candidates: which thirty, in which order?
//!
//! Relevant, varied, fair, bold in its tail, in a good order. What is heard, shown, blocked or not allowed is not among
//! the candidates.

use music::Tier;

use crate::candidate::assert_valid;
use crate::explore::{Slot, explore};
use crate::order::order;
use crate::pick::{Picking, Values};
use crate::relevance::{appeal, relevance};
use crate::{Candidate, Full, Mix, Rules};

#[cfg(test)]
mod tests;

/// How much bolder the tail is.
const BOLDER: f32 = 0.25;
/// Parts of the prices that are tried, until the list loses no more relevance than allowed.
const PRICE_SCALES: [f32; 4] = [1.0, 0.5, 0.25, 0.125];

/// One line of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its place among the candidates.
    pub candidate: usize,
    /// Whether it is of the core or of the bolder tail.
    pub tier: Tier,
    /// What each stage made of it; of a drawn line, what would have been made of it.
    pub values: Values,
    /// How it was drawn, where chance did.
    pub slot: Option<Slot>,
}

/// A list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slate {
    /// In the order to play.
    pub lines: Vec<Line>,
    /// `[n_candidates]` relevance, for whoever weighs exposure against it.
    pub relevance: Vec<f32>,
}

/// What became of a candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate {
    /// It is in the list.
    Picked,
    /// No room beside the lines that are there.
    Full(Full),
    /// Others were worth more to the end; what each stage made of it then.
    Outranked(Values),
}

/// Makes the list; the same arguments make the same one.
///
/// It is shorter than asked for where the caps leave no more.
///
/// # Panics
/// When a number of a candidate or rule is outside what its description says.
#[must_use]
pub fn slate(candidates: &[Candidate<'_>], mix: &Mix<'_>, rules: &Rules, seed: u64) -> Slate {
    assert_valid(candidates);
    rules.assert_valid();
    let relevance = relevance(candidates);
    let [tamer, bolder] = appeals(candidates, &relevance, rules);
    let mut picking = fairly(candidates, mix, rules, &relevance, [&tamer, &bolder]);

    let n_core = picking.picked.len().min(rules.size - rules.expand);
    let (core, tail) = picking.picked.split_at(n_core);
    let core = order(candidates, &relevance, None, &places(core), &[]);
    let explorable = (0..candidates.len()).filter(|&at| {
        let is_picked = picking.picked.iter().any(|(picked, _)| *picked == at);
        candidates[at].is_explorable && !is_picked && picking.full(at).is_none()
    });
    let slots = explore(candidates, explorable.collect(), &bolder, rules.explore, seed);
    let (tail, fixed) = with_slots(places(tail), &slots);
    let tail = order(candidates, &relevance, core.last().copied(), &tail, &fixed);

    let tiers = [(core, Tier::Core), (tail, Tier::Expand)];
    let mut line = |candidate: usize, tier: Tier| {
        let picked = picking.picked.iter().find(|(at, _)| *at == candidate).copied();
        let values = picked.map_or_else(|| picking.values(candidate, &bolder), |(_, v)| v);
        let slot = slots.iter().find(|slot| slot.drawn == candidate).cloned();
        Line { candidate, tier, values, slot }
    };
    let lines = tiers.into_iter().flat_map(|(at, tier)| at.into_iter().map(move |at| (at, tier)));
    let lines = lines.map(|(at, tier)| line(at, tier)).collect();
    Slate { lines, relevance }
}

/// What became of one candidate of a list that [`slate`] makes of the same arguments. Costs as much as the list.
///
/// # Panics
/// As [`slate`]; when there is no such candidate.
#[must_use]
pub fn fate(
    candidates: &[Candidate<'_>],
    mix: &Mix<'_>,
    rules: &Rules,
    seed: u64,
    at: usize,
) -> Fate {
    let slate = slate(candidates, mix, rules, seed);
    if slate.lines.iter().any(|line| line.candidate == at) {
        return Fate::Picked;
    }
    let [tamer, bolder] = appeals(candidates, &slate.relevance, rules);
    let mut picking = fairly(candidates, mix, rules, &slate.relevance, [&tamer, &bolder]);
    match picking.full(at) {
        Some(full) => Fate::Full(full),
        None => Fate::Outranked(picking.values(at, &bolder)),
    }
}

/// The appeal of each candidate for the core, and for the bolder tail.
fn appeals(candidates: &[Candidate<'_>], relevance: &[f32], rules: &Rules) -> [Vec<f32>; 2] {
    let adventures = [rules.adventure, (rules.adventure + BOLDER).min(1.0)];
    adventures.map(|adventure| appeal(candidates, relevance, adventure))
}

/// Picks with exposure prices, or with less of them where they would cost more relevance than allowed.
fn fairly<'a, 'c>(
    candidates: &'c [Candidate<'a>],
    mix: &Mix<'_>,
    rules: &'c Rules,
    relevance: &'c [f32],
    [tamer, bolder]: [&[f32]; 2],
) -> Picking<'a, 'c> {
    let (n_core, n_tail) = (rules.size - rules.expand, rules.expand - rules.explore);
    let pick = |price_scale: f32| {
        let mut picking = Picking::new(candidates, mix, rules, relevance, price_scale);
        picking.up_to(n_core, n_tail, tamer);
        picking.up_to(n_core + n_tail, 0, bolder);
        picking
    };
    let free = pick(0.0);
    if rules.price_loss == 0.0 || candidates.iter().all(|c| c.price == 0.0) {
        return free;
    }
    let least = free.relevance() - rules.price_loss * free.relevance().abs();
    let priced = PRICE_SCALES.into_iter().map(pick);
    let allowed = |priced: &Picking<'_, '_>| {
        priced.picked.len() == free.picked.len() && priced.relevance() >= least
    };
    priced.into_iter().find(allowed).unwrap_or(free)
}

fn places(picked: &[(usize, Values)]) -> Vec<usize> {
    picked.iter().map(|(at, _)| *at).collect()
}

/// The tail with its drawn lines spread evenly over it, and the places where these stand.
///
/// A slot's place depends on how many lines there are, never on what was drawn.
fn with_slots(mut tail: Vec<usize>, slots: &[Slot]) -> (Vec<usize>, Vec<usize>) {
    let n = tail.len() + slots.len();
    let mut fixed = Vec::with_capacity(slots.len());
    for (nth, slot) in slots.iter().enumerate() {
        let place = ((nth + 1) * n / (slots.len() + 1)).max(nth).min(tail.len());
        tail.insert(place, slot.drawn);
        fixed.push(place);
    }
    (tail, fixed)
}
