//! What does one query ask of rows that lie at places?

use std::borrow::Cow;
use std::ops::Range;

use super::Exact;
use super::found::Found;
use crate::codes::{QueryCode, is_bounded, norm};
use crate::mask::Mask;

/// One query, and what it asks for.
pub(crate) struct Asked<'a> {
    pub(super) query: Cow<'a, [f32]>,
    pub(super) k: usize,
    /// Places, ascending, each once.
    pub(super) excluded: Vec<u32>,
    /// The only places that may be found, where not all.
    pub(super) mask: Option<&'a Mask>,
    pub(super) is_bounded: bool,
    /// The k-th best score is known to be this or more.
    pub(super) at_least: Option<f32>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(
        index: &Exact,
        query: &'a [f32],
        k: usize,
        excluded: &[u32],
        mask: Option<&'a Mask>,
    ) -> Self {
        let mut excluded: Vec<u32> =
            excluded.iter().filter_map(|&row| index.place_of(row)).collect();
        excluded.sort_unstable();
        excluded.dedup();
        let query = index.similarity.of_query(query);
        // All dots with zero are equal: bounds would leave every row.
        let norm = norm(&query);
        let is_bounded = norm > 0.0 && is_bounded(norm);
        Self { query, k: k.min(index.n_places()), excluded, mask, is_bounded, at_least: None }
    }

    /// It is known that so many rows score this or more.
    pub(crate) fn at_least(self, score: Option<f32>) -> Self {
        Self { at_least: score, ..self }
    }

    /// Whether bounds hold for it.
    pub(crate) fn is_bounded(&self) -> bool {
        self.is_bounded
    }

    /// As rows meet it.
    pub(crate) fn query(&self) -> &[f32] {
        &self.query
    }

    /// Whether a place may be found.
    pub(super) fn may_have(&self, place: u32) -> bool {
        self.mask.is_none_or(|mask| mask.has(place)) && self.excluded.binary_search(&place).is_err()
    }

    /// How many of some places are excluded that it might have otherwise.
    pub(crate) fn n_excluded(&self, places: Range<u32>) -> usize {
        let from = |place| self.excluded.partition_point(|&excluded| excluded < place);
        let excluded = &self.excluded[from(places.start)..from(places.end)];
        excluded.iter().filter(|&&place| self.mask.is_none_or(|mask| mask.has(place))).count()
    }

    /// Nothing found yet, for a query that has bounds.
    pub(super) fn find<'s>(&'s self, index: &'s Exact, k: usize, bound: f32) -> Found<'s> {
        let query = QueryCode::new(&self.query);
        Found::new(query, k, &self.excluded, self.mask, index.n_bounded, bound, index.codes())
    }
}
