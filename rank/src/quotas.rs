//! What must the remaining lines still bring?
//!
//! Each region of taste a part of its own share, the fresh releases theirs.
//! As long as there is room the best line is picked; when the lines that are left are just enough for what is still
//! owed, only those that pay are picked.

use crate::{Candidate, Mix, Rules};

/// Lines still owed.
#[derive(Clone, Debug)]
pub(crate) struct Quotas {
    regions: Vec<usize>,
    fresh: usize,
}

impl Quotas {
    /// What a list of `n` lines owes, as far as there are candidates to pay with.
    pub(crate) fn new(
        mix: &Mix<'_>,
        rules: &Rules,
        n: usize,
        candidates: &[Candidate<'_>],
    ) -> Self {
        let of_region = |(region, share): (usize, &f32)| {
            let is_in = |c: &&Candidate<'_>| c.region == Some(region);
            let n_there = candidates.iter().filter(is_in).count();
            lines(share * rules.region_share, n).min(n_there)
        };
        let n_fresh = candidates.iter().filter(|c| c.is_fresh).count();
        Self {
            regions: mix.regions.iter().enumerate().map(of_region).collect(),
            fresh: lines(rules.fresh_share, n).min(n_fresh),
        }
    }

    /// Whether the next of so many lines must pay.
    pub(crate) fn bind(&self, n_left: usize) -> bool {
        let owed = self.regions.iter().sum::<usize>() + self.fresh;
        owed > 0 && owed >= n_left
    }

    /// Whether a candidate pays something that is owed.
    pub(crate) fn is_paid_by(&self, c: &Candidate<'_>) -> bool {
        (c.is_fresh && self.fresh > 0) || c.region.is_some_and(|region| self.is_owed(region))
    }

    fn is_owed(&self, region: usize) -> bool {
        self.regions.get(region).is_some_and(|owed| *owed > 0)
    }

    pub(crate) fn pick(&mut self, c: &Candidate<'_>) {
        if c.is_fresh {
            self.fresh = self.fresh.saturating_sub(1);
        }
        if let Some(owed) = c.region.and_then(|region| self.regions.get_mut(region)) {
            *owed = owed.saturating_sub(1);
        }
    }
}

/// A share of a list, in whole lines, rounded down.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of 0 to 1 of a short list"
)]
fn lines(share: f32, n: usize) -> usize {
    // A third of three is one, whatever the last bit says.
    (share * n as f32 + 1e-4) as usize
}
