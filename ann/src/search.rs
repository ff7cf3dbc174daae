//! What can be asked of rows, and what is answered?

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use linalg::{Isa, Matrix};

use crate::chosen::Chosen;
use crate::codes::norm;

/// The rows of a query, best first, ties by lower row, each with its score.
pub type Best = Vec<(u32, f32)>;

/// Which rows count as near?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Similarity {
    /// Those with the highest dots: maximum inner product.
    Dot,
    /// Those that point most where the query points, whatever their length; a row of length 0 scores 0.
    Cosine,
}

impl Similarity {
    /// A query as rows meet it.
    pub(crate) fn of_query(self, query: &[f32]) -> Cow<'_, [f32]> {
        match self {
            Self::Dot => Cow::Borrowed(query),
            Self::Cosine => {
                let mut unit = query.to_vec();
                self.prepare(&mut unit);
                Cow::Owned(unit)
            }
        }
    }

    /// Makes a row what it is compared as.
    pub(crate) fn prepare(self, row: &mut [f32]) {
        let norm = norm(row);
        if self == Self::Cosine && norm > 0.0 {
            #[expect(clippy::cast_possible_truncation, reason = "at most 1")]
            row.iter_mut().for_each(|x| *x = (f64::from(*x) / norm) as f32);
        }
    }
}

/// Some queries, and what they want.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// `[n_queries × dim]`
    pub queries: &'a Matrix,
    /// Rows wanted for each; fewer come back where no more are left.
    pub k: usize,
    /// For each query the rows, ascending, that it may not have; nothing at all where no query leaves out any.
    /// Rows that are not there do no harm.
    pub excluded: &'a [&'a [u32]],
    /// The only rows that any of them may have, where not all.
    pub allowed: Option<&'a Allowed>,
    /// Instructions to use.
    pub isa: Isa,
}

impl<'a> Ask<'a> {
    /// The best `k` of all rows.
    #[must_use]
    pub fn all(queries: &'a Matrix, k: usize, isa: Isa) -> Self {
        Self { queries, k, excluded: &[], allowed: None, isa }
    }

    /// Each query without some rows, which are left out before the selection.
    #[must_use]
    pub fn without(self, excluded: &'a [&'a [u32]]) -> Self {
        Self { excluded, ..self }
    }

    /// That an index with rows of this length, which allows with this token, can answer.
    pub(crate) fn assert_sound(&self, dim: usize, token: &Arc<()>) {
        assert_eq!(self.queries.dim(), dim, "queries of length {dim} expected");
        let is_each = self.excluded.is_empty() || self.excluded.len() == self.queries.n_rows();
        assert!(is_each, "excluded rows for every query expected, or for none");
        self.excluded.iter().for_each(|rows| assert_ascending(rows));
        let is_own = self.allowed.is_none_or(|allowed| Arc::ptr_eq(&allowed.token, token));
        assert!(is_own, "rows allowed by this index since its last change expected");
    }

    /// The rows that a query may not have.
    pub(crate) fn excluded_of(&self, q: usize) -> &'a [u32] {
        self.excluded.get(q).copied().unwrap_or_default()
    }

    /// Among some rows alone.
    #[must_use]
    pub fn among(self, allowed: &'a Allowed) -> Self {
        Self { allowed: Some(allowed), ..self }
    }
}

/// The number of queries, and of rows wanted.
impl fmt::Debug for Ask<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ask[{} × {}]", self.queries.n_rows(), self.k)
    }
}

/// Rows that may be found, as one index has them at its places.
///
/// Made by [`Search::allow`], for as many searches as one likes, until rows are added or removed.
#[derive(Clone, Debug)]
pub struct Allowed {
    /// Of the index, as it then was.
    pub(crate) token: Arc<()>,
    /// Of the rows that were laid out first.
    pub(crate) base: Arc<Chosen>,
    /// Of those that were added and laid out.
    pub(crate) laid: Option<Arc<Chosen>>,
    /// Whether each of those that were added since may be found.
    pub(crate) fresh: Vec<bool>,
}

pub(crate) fn assert_ascending(rows: &[u32]) {
    assert!(rows.is_sorted(), "rows in ascending order expected");
}

/// Something that finds the nearest rows.
pub trait Search: Send + Sync {
    /// Rows that can be found.
    fn n_rows(&self) -> usize;

    /// Length of each row.
    fn dim(&self) -> usize;

    /// Whether the answers are those of all dots and a full selection.
    fn is_exact(&self) -> bool;

    /// Bytes of memory, those of a mapped file included.
    fn n_bytes(&self) -> usize;

    /// These rows (ascending) and no others; rows that are not there do no harm.
    ///
    /// O(rows + n_rows/64), and a search among `rows` for each row that came last.
    /// An eighth of the rows or fewer (a fortieth, of rows kept as bytes) of which every one is looked at are laid out for
    /// themselves when some dozens of queries were asked among them: O(rows·(dim + log rows)), and their bytes of
    /// memory, in single precision where they are kept as bytes.
    ///
    /// # Panics
    /// When the rows do not ascend.
    fn allow(&self, rows: &[u32]) -> Allowed;

    /// The best rows for each query.
    ///
    /// Excluded rows are left out before the selection; a NaN is never selected.
    /// Any number of threads gives the same rows and bits.
    ///
    /// # Panics
    /// When the queries have another length, excluded rows do not ascend or are those of some queries but not of all, or
    /// what is allowed was made by another index or before a change.
    fn search(&self, ask: &Ask<'_>) -> Vec<Best>;

    /// Checks everything that holds of a sound index. O(n_rows·dim).
    ///
    /// # Panics
    /// With a sentence, when something does not.
    fn assert_valid(&self);
}
