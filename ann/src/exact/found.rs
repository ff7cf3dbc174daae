//! Which rows may be among the best of a query, as far as the scan has come?
//!
//! A row stays while the most that its score can be is not below the k-th greatest of what the scores are at least.

use linalg::bytes::Bytes;
use linalg::{LANES, descending, of_descending};

use crate::codes::{Codes, QueryCode};
use crate::mask::Mask;

/// Rows taken in between two looks at their bounds, at least and at most.
const TAKEN: [usize; 2] = [128, 4096];

/// The candidates of one query.
#[derive(Clone, Debug)]
pub(super) struct Found<'a> {
    pub(super) query: QueryCode,
    k: usize,
    /// Places that are left out, ascending, those that the scan has passed no longer.
    excluded: &'a [u32],
    /// The only places that may be found, where not all.
    mask: Option<&'a Mask>,
    /// Places before this are rows that have bounds.
    n_rows: u32,
    places: Vec<u32>,
    dots: Vec<i32>,
    n_fresh: usize,
    kept: Vec<Candidate>,
    /// Room for what scores are at least, as numbers that fall where scores rise.
    lows: Vec<u32>,
    /// Candidates at which it is time to look for a better bound.
    many: usize,
    is_flat: bool,
    /// The k-th best score is at least this, as was guessed or proven.
    bound: f32,
    /// Panels from this one on hold no candidate.
    pub(super) end: usize,
}

/// A row whose score lies within bounds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) place: u32,
    pub(super) low: f32,
    pub(super) high: f32,
}

impl<'a> Found<'a> {
    /// Nothing yet; a row that is below the bound is not looked for.
    pub(super) fn new(
        query: QueryCode,
        k: usize,
        excluded: &'a [u32],
        mask: Option<&'a Mask>,
        n_rows: u32,
        bound: f32,
        codes: Codes<'_>,
    ) -> Self {
        let n_fresh = (2 * k).clamp(TAKEN[0], TAKEN[1]) + LANES;
        let end = codes.n_panels_above(&query, bound);
        Self {
            query,
            k,
            excluded,
            mask,
            n_rows,
            places: vec![0; n_fresh],
            dots: vec![0; n_fresh],
            n_fresh: 0,
            kept: Vec::new(),
            lows: Vec::new(),
            many: k,
            is_flat: false,
            bound,
            end,
        }
    }

    /// The bound in steps of the query, a little lower: what a panel makes of it rounds.
    #[expect(clippy::cast_possible_truncation, reason = "rounded, and more than that taken off")]
    pub(super) fn bound_in_steps(&self) -> f32 {
        let steps = f64::from(self.bound) / f64::from(self.query.step);
        if steps.is_finite() { (steps - steps.abs() * f64::exp2(-20.0)) as f32 } else { self.bound }
    }

    /// A shorter row is no candidate.
    pub(super) fn least_reach(&self) -> f32 {
        self.query.least_reach(self.bound)
    }

    /// Takes in the rows of a panel whose lanes are set; whether it is time to [`Found::settle`].
    #[inline(always)]
    pub(super) fn take<B: Bytes>(
        &mut self,
        bytes: B,
        panel: usize,
        lanes: u16,
        sums: B::Sums,
    ) -> bool {
        let lanes = self.mask.map_or(lanes, |mask| lanes & mask.lanes(panel));
        let places = self.places[self.n_fresh..].first_chunk_mut().expect("room for a panel");
        let dots = self.dots[self.n_fresh..].first_chunk_mut().expect("room for a panel");
        let first = u32::try_from(panel * LANES).expect("rows are u32");
        self.n_fresh += bytes.keep(lanes, first, sums, places, dots);
        self.n_fresh + LANES > self.places.len()
    }

    /// Looks at the bounds of what was taken in, and lets go of what cannot be among the best.
    #[inline(never)]
    pub(super) fn settle(&mut self, codes: Codes<'_>) {
        self.kept.reserve(self.n_fresh);
        let fresh = self.places.iter().zip(&self.dots).take(self.n_fresh);
        for (&place, &dot) in fresh {
            while let Some((_, rest)) = self.excluded.split_first().filter(|(e, _)| **e < place) {
                self.excluded = rest;
            }
            if place >= self.n_rows || self.excluded.first() == Some(&place) {
                continue;
            }
            let (low, high) = codes.panel(place as usize / LANES).bounds(&self.query, dot);
            if high >= self.bound {
                self.kept.push(Candidate { place, low, high });
            }
        }
        self.n_fresh = 0;
        if self.kept.len() >= self.many {
            self.tighten(codes);
        }
    }

    /// Settles what is left.
    pub(super) fn finish(&mut self, codes: Codes<'_>) {
        self.settle(codes);
        self.tighten(codes);
    }

    /// Takes in what another scan for the same query has kept.
    pub(super) fn join(&mut self, other: Self, codes: Codes<'_>) {
        self.is_flat |= other.is_flat;
        self.bound = self.bound.max(other.bound);
        self.kept.extend(other.kept);
        self.tighten(codes);
    }

    /// Looks for a better bound, and lets go of what is below it.
    fn tighten(&mut self, codes: Codes<'_>) {
        if self.k == 0 || self.kept.len() < self.k {
            return;
        }
        self.lows.clear();
        self.lows.extend(self.kept.iter().map(|candidate| descending(candidate.low)));
        let (_, &mut kth, _) = self.lows.select_nth_unstable(self.k - 1);
        self.bound = self.bound.max(of_descending(kth));
        self.kept.retain(|candidate| candidate.high >= self.bound);
        self.end = codes.n_panels_above(&self.query, self.bound);
        // Each look costs as much as there is: the next comes when there is half as much again.
        self.many = self.kept.len() + self.kept.len() / 2;
        if self.kept.len() > (8 * self.k).max(self.n_rows as usize / 8) {
            self.is_flat = true;
            self.kept = Vec::new();
            self.bound = f32::INFINITY;
            self.end = 0;
        }
    }

    /// Whether scores lie so close together that bounds are of no use; the search has ended then.
    pub(super) fn is_flat(&self) -> bool {
        self.is_flat
    }

    /// The k-th best score is at least this if a guess was right.
    pub(super) fn bound(&self) -> f32 {
        if self.is_flat { f32::NEG_INFINITY } else { self.bound }
    }

    /// Whether there is no need to search again without a guess: so many rows are above it, or there was none.
    pub(super) fn is_proven(&self) -> bool {
        let above = self.kept.iter().filter(|candidate| candidate.low >= self.bound);
        self.is_flat || self.bound == f32::NEG_INFINITY || above.count() >= self.k
    }

    /// Places of about `k` that are likely the best, ascending in a scan.
    pub(super) fn likely(&self) -> impl Iterator<Item = u32> {
        let kept = self.kept.iter().filter(|candidate| candidate.low >= self.bound);
        kept.map(|candidate| candidate.place)
    }

    /// Places of all others that may score so much.
    pub(super) fn others(&self, score: f32) -> impl Iterator<Item = u32> {
        let others = self.kept.iter().filter(|candidate| candidate.low < self.bound);
        others.filter(move |candidate| candidate.high >= score).map(|candidate| candidate.place)
    }
}
