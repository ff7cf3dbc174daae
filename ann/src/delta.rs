//! What has changed since rows were laid out?
//!
//! Rows that are gone are no longer found; rows that came are searched exactly, beside the others: most in a layout of
//! their own, and the few that came since it was made one by one.

use std::collections::BTreeMap;
use std::sync::Arc;

use linalg::{Matrix, View, dots_with_all};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use crate::chosen::{Chosen, Part};
use crate::exact::Exact;
use crate::mask::Mask;
use crate::search::{Allowed, Ask, Best, Search, Similarity};
use crate::source::{Source, ascending};
use crate::stored::Precision;

/// Rows that came one by one until all that came are laid out: so many, or this part of those that are.
const FRESH: usize = 64;
const PART: usize = 16;

/// Rows that came and rows that are gone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delta {
    /// How many came or went.
    pub(crate) n_changes: u64,
    /// Another one after each change.
    pub(crate) token: Arc<()>,
    /// Of the rows that were laid out first, where some are gone.
    pub(crate) live: Option<Part>,
    /// Rows that came and are laid out, and which of them are still there.
    pub(crate) laid: Option<(Arc<Exact>, Mask)>,
    pub(crate) fresh: Fresh,
}

/// Rows that came since, in any order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fresh {
    pub(crate) rows: Vec<u32>,
    /// Where each is.
    at: BTreeMap<u32, usize>,
    /// `[rows × dim]`
    pub(crate) vectors: Vec<f32>,
}

impl Delta {
    /// Rows that came and are still there.
    pub(crate) fn n_added(&self) -> usize {
        self.laid.as_ref().map_or(0, |(_, live)| live.n_set()) + self.fresh.rows.len()
    }

    /// Takes in a row that is not there, as rows are compared.
    pub(crate) fn add(&mut self, row: u32, vector: &[f32], similarity: Similarity) {
        self.changed();
        self.fresh.add(row, vector);
        let n_laid = self.laid.as_ref().map_or(0, |(_, live)| live.n_set());
        if self.fresh.rows.len() >= FRESH.max(n_laid / PART) {
            self.lay_out(vector.len(), similarity);
        }
    }

    /// Lets go of a row that came; whether it was there.
    pub(crate) fn remove(&mut self, row: u32, dim: usize) -> bool {
        let is_gone = self.fresh.remove(row, dim)
            || self.laid.as_mut().is_some_and(|(laid, live)| {
                laid.place_of(row).is_some_and(|place| live.set(place, false))
            });
        if is_gone {
            self.changed();
        }
        is_gone
    }

    /// Counts a change.
    pub(crate) fn changed(&mut self) {
        self.n_changes += 1;
        self.token = Arc::default();
    }

    /// Whether a row came and is still there.
    pub(crate) fn has(&self, row: u32) -> bool {
        self.fresh.at.contains_key(&row)
            || self
                .laid
                .as_ref()
                .is_some_and(|(laid, live)| laid.place_of(row).is_some_and(|at| live.has(at)))
    }

    /// Every row that came and is still there, ascending, as it is compared: numbers and `[rows × dim]`.
    pub(crate) fn added(&self, dim: usize) -> (Vec<u32>, Matrix) {
        let laid = self.laid.as_ref().map(|(laid, live)| laid.taken_out(live.places()));
        let (mut rows, mut vectors) = laid.unwrap_or_default();
        rows.extend_from_slice(&self.fresh.rows);
        vectors.extend_from_slice(&self.fresh.vectors);
        ascending(&rows, &vectors, dim)
    }

    /// Lays out every row that came.
    fn lay_out(&mut self, dim: usize, similarity: Similarity) {
        let (ids, items) = self.added(dim);
        let source = Source { items: &items, ids: &ids };
        let laid = Exact::of_prepared(source, similarity, Precision::Single);
        let live = Mask::all(laid.n_places());
        self.laid = Some((Arc::new(laid), live));
        self.fresh = Fresh::default();
    }

    /// The best rows for each query of those that came.
    pub(crate) fn search(&self, ask: &Ask<'_>, similarity: Similarity) -> Vec<Best> {
        let laid = self.laid.as_ref().map(|(laid, live)| {
            match ask.allowed.and_then(|allowed| allowed.laid.as_ref()) {
                Some(chosen) => chosen.search(laid, ask),
                None => laid.search_within(ask, Some(live)),
            }
        });
        let mut found = laid.unwrap_or_else(|| vec![Vec::new(); ask.queries.n_rows()]);
        if !self.fresh.rows.is_empty() {
            let more = |(q, found): (usize, &mut Best)| {
                found.extend(self.fresh.scored(ask, q, similarity));
            };
            found.par_iter_mut().enumerate().for_each(more);
        }
        found
    }

    /// Which of the rows that came are among some that ascend.
    pub(crate) fn allow(&self, rows: &[u32]) -> (Option<Arc<Chosen>>, Vec<bool>) {
        let laid = self.laid.as_ref().map(|(laid, live)| {
            let mask = laid.mask_of(rows, |place| live.has(place));
            Arc::new(Chosen::new(Part::without_lists(mask)))
        });
        let fresh = self.fresh.rows.iter().map(|row| rows.binary_search(row).is_ok()).collect();
        (laid, fresh)
    }

    /// Bytes of memory.
    pub(crate) fn n_bytes(&self) -> usize {
        let laid = self.laid.as_ref().map_or(0, |(laid, _)| laid.n_bytes());
        laid + size_of_val(&*self.fresh.rows) + size_of_val(&*self.fresh.vectors)
    }
}

impl Fresh {
    fn add(&mut self, row: u32, vector: &[f32]) {
        self.at.insert(row, self.rows.len());
        self.rows.push(row);
        self.vectors.extend_from_slice(vector);
    }

    /// The last one takes the place of one that goes.
    fn remove(&mut self, row: u32, dim: usize) -> bool {
        let Some(at) = self.at.remove(&row) else { return false };
        self.rows.swap_remove(at);
        if let Some(moved) = self.rows.get(at) {
            self.at.insert(*moved, at);
            self.vectors.copy_within(self.rows.len() * dim.., at * dim);
        }
        self.vectors.truncate(self.rows.len() * dim);
        true
    }

    /// Rows that a query may have, and their scores.
    fn scored(&self, ask: &Ask<'_>, q: usize, similarity: Similarity) -> Vec<(u32, f32)> {
        let query = similarity.of_query(ask.queries.row(q));
        let mut dots = vec![0.0; self.rows.len()];
        let all = View::new(&self.vectors, self.rows.len(), query.len());
        dots_with_all(all, &query, &mut dots, ask.isa);
        let excluded = ask.excluded_of(q);
        let may_have = |at: usize, row: &u32| {
            excluded.binary_search(row).is_err()
                && ask.allowed.is_none_or(|Allowed { fresh, .. }| fresh[at])
        };
        let scored = self.rows.iter().zip(dots).enumerate();
        scored
            .filter(|(at, (row, _))| may_have(*at, row))
            .map(|(_, (row, dot))| (*row, dot))
            .collect()
    }
}
