//! Which of the rows that are laid out are allowed, and when are few of them laid out for themselves?

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::exact::Exact;
use crate::mask::Mask;
use crate::search::{Ask, Best};

/// Queries for which laying out few rows costs as much as their dots where they lie.
const MANY: usize = 32;

/// Some places.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) mask: Mask,
    /// Rows of each list that may be found; empty where there are no lists.
    pub(crate) of_list: Vec<u32>,
}

/// Some places, for as many searches as one likes.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) part: Part,
    n_asked: AtomicUsize,
    apart: OnceLock<Exact>,
}

impl Part {
    /// Of rows that lie in no lists.
    pub(crate) fn without_lists(mask: Mask) -> Self {
        Self { mask, of_list: Vec::new() }
    }
}

impl Chosen {
    pub(crate) fn new(part: Part) -> Self {
        Self { part, n_asked: AtomicUsize::new(0), apart: OnceLock::new() }
    }

    /// The best rows for each query of those that were chosen among `all`, each looked at.
    ///
    /// Few are laid out for themselves once so many queries were asked that it pays; the answers are the same.
    pub(crate) fn search(&self, all: &Exact, ask: &Ask<'_>) -> Vec<Best> {
        let mask = &self.part.mask;
        if !all.are_few(mask) {
            return all.search_within(ask, Some(mask));
        }
        let n = ask.queries.n_rows();
        let before = self.n_asked.fetch_add(n, Ordering::Relaxed);
        // Whoever asks meanwhile does not wait.
        if before < MANY && before + n >= MANY {
            self.apart.get_or_init(|| all.apart(mask));
        }
        match self.apart.get() {
            Some(apart) => apart.search_within(ask, None),
            None => all.search_within(ask, Some(mask)),
        }
    }
}
