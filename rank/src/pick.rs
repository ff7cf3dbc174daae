//! Which candidates make the list?
//!
//! Greedy: each step picks, of the candidates that no cap forbids and that pay what is owed, the one with the largest
//!
//! ```text
//! value(c) = (1 − diversity) · (appeal(c) − price(c)) + diversity · variety(c) + calibration · divergence taken away(c)
//! ```
//!
//! Ties go to the better score, then to the lower row, so that the order of the candidates tells nothing.
//! Cost: O(size · n + met · dim), with as many met as look best at some time, O(size · n) at worst.

use std::cmp::Ordering;

use crate::calibration::Calibration;
use crate::caps::Taken;
use crate::quotas::Quotas;
use crate::variety::Spread;
use crate::{Candidate, Full, Mix, Rules};

#[cfg(test)]
mod tests;

/// What each stage made of a candidate when it was picked, or at the end where it was not.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Values {
    /// Score and lift, in units of the best score.
    pub relevance: f32,
    /// What adventure adds to it.
    pub adventure: f32,
    /// What exposure takes from it.
    pub price: f32,
    /// What it adds to the variety; at most 0.
    pub variety: f32,
    /// The divergence from the listener's mix that it takes away.
    pub calibration: f32,
    /// All of it together.
    pub value: f32,
}

/// A list in the making.
#[derive(Debug)]
pub(crate) struct Picking<'a, 'c> {
    candidates: &'c [Candidate<'a>],
    rules: &'c Rules,
    relevance: &'c [f32],
    /// How much of the prices counts, 0 to 1.
    price_scale: f32,
    open: Vec<usize>,
    /// `[n_candidates]`, of those that are open.
    bounds: Vec<f32>,
    taken: Taken,
    spread: Spread<'a>,
    calibration: Calibration,
    quotas: Quotas,
    /// In the order they were picked, with what each stage made of them.
    pub(crate) picked: Vec<(usize, Values)>,
}

impl<'a, 'c> Picking<'a, 'c> {
    pub(crate) fn new(
        candidates: &'c [Candidate<'a>],
        mix: &Mix<'_>,
        rules: &'c Rules,
        relevance: &'c [f32],
        price_scale: f32,
    ) -> Self {
        // What is drawn by chance owes nothing.
        let n = rules.size - rules.explore;
        Self {
            candidates,
            rules,
            relevance,
            price_scale,
            open: (0..candidates.len()).collect(),
            bounds: vec![0.0; candidates.len()],
            taken: Taken::default(),
            spread: Spread::new(candidates, rules.variety),
            calibration: Calibration::new(mix.genres, candidates),
            quotas: Quotas::new(mix, rules, n, candidates),
            picked: Vec::with_capacity(n),
        }
    }

    /// Picks until there are `n` in all, or none is left; `n_after` more will be picked later.
    pub(crate) fn up_to(&mut self, n: usize, n_after: usize, appeal: &[f32]) {
        self.bound(appeal);
        while self.picked.len() < n {
            let Some(best) = self.best(n + n_after - self.picked.len(), appeal) else { return };
            self.take(best, appeal);
            if self.rules.calibration > 0.0 {
                self.bound(appeal);
            }
        }
    }

    /// Notes for each open candidate what it was worth when it met picks last: no less than it is worth now.
    fn bound(&mut self, appeal: &[f32]) {
        for place in 0..self.open.len() {
            let at = self.open[place];
            self.bounds[at] = self.value(at, appeal);
        }
    }

    fn best(&mut self, n_left: usize, appeal: &[f32]) -> Option<usize> {
        if self.quotas.bind(n_left) {
            let payer = self
                .best_of(appeal, |picking, at| picking.quotas.is_paid_by(&picking.candidates[at]));
            if payer.is_some() {
                return payer;
            }
        }
        self.best_of(appeal, |_, _| true)
    }

    /// The best open candidate of those that are asked for, and for which there is room.
    fn best_of(
        &mut self,
        appeal: &[f32],
        is_asked_for: impl Fn(&Self, usize) -> bool,
    ) -> Option<usize> {
        loop {
            let mut best: Option<usize> = None;
            for &at in &self.open {
                if is_asked_for(self, at) && best.is_none_or(|best| self.is_better(at, best)) {
                    best = Some(at);
                }
            }
            let best = best?;
            if self.full(best).is_some() {
                // What has no room will not have any later.
                self.open.retain(|other| *other != best);
            } else if self.spread.is_current(best) {
                return Some(best);
            } else {
                self.spread.meet(best);
                self.bounds[best] = self.value(best, appeal);
            }
        }
    }

    /// Whether one is better than another by what they are bound by, then score, then lower row.
    fn is_better(&self, a: usize, b: usize) -> bool {
        let (c, d) = (&self.candidates[a], &self.candidates[b]);
        let by_value = by_number(self.bounds[a], self.bounds[b]);
        let order = by_value
            .then_with(|| by_number(c.score, d.score).then(d.item.cmp(&c.item)).then(b.cmp(&a)));
        order == Ordering::Greater
    }

    /// What each stage makes of a candidate now.
    pub(crate) fn values(&mut self, at: usize, appeal: &[f32]) -> Values {
        self.spread.meet(at);
        let relevance = self.relevance[at];
        Values {
            relevance,
            adventure: appeal[at] - relevance,
            price: self.price(at),
            variety: self.spread.gain(at),
            calibration: self.calibration(at),
            value: self.value(at, appeal),
        }
    }

    fn value(&self, at: usize, appeal: &[f32]) -> f32 {
        let diversity = self.rules.diversity;
        (1.0 - diversity) * (appeal[at] - self.price(at))
            + diversity * self.spread.gain(at)
            + self.rules.calibration * self.calibration(at)
    }

    fn price(&self, at: usize) -> f32 {
        self.price_scale * self.candidates[at].price
    }

    fn calibration(&self, at: usize) -> f32 {
        if self.rules.calibration > 0.0 { self.calibration.gain(at) } else { 0.0 }
    }

    fn take(&mut self, at: usize, appeal: &[f32]) {
        let values = self.values(at, appeal);
        self.picked.push((at, values));
        self.taken.add(&self.candidates[at]);
        self.open.retain(|other| *other != at);
        self.spread.pick(at);
        self.calibration.pick(at);
        self.quotas.pick(&self.candidates[at]);
    }

    /// What keeps a candidate from standing beside the picked ones.
    pub(crate) fn full(&self, at: usize) -> Option<Full> {
        self.taken.full(&self.candidates[at], self.rules)
    }

    /// The relevance of all picked lines together.
    pub(crate) fn relevance(&self) -> f32 {
        self.picked.iter().map(|(_, values)| values.relevance).sum()
    }
}

/// Orders numbers of which none is NaN; the two zeros are one.
pub(crate) fn by_number(a: f32, b: f32) -> Ordering {
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}
