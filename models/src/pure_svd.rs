//! Which projection of a history says what else belongs to it?
//!
//! PureSVD: Cremonesi, Koren & Turrin, Performance of Recommender Algorithms on Top-N Recommendation Tasks (2010), §3.2.
//! X `[n_users × n_items]` holds what a liked pair counts and 0 elsewhere, known and not liked included;
//! with Q `[n_items × dim]` its largest right singular vectors, the scores of a history r are r·Q·Qᵀ, and what is not
//! liked counts −`dislike_weight` times as much in r.
//! Q comes from a randomized SVD (Halko, Martinsson & Tropp 2011), so it is exact as far as its iterations went.

use linalg::{Isa, Matrix, add_scaled, dot, dots_with_all};
use music::{ItemIx, Rows};

use crate::array::{Arrays, take_f32};
use crate::recommender::score_rows;
use crate::singular::{Wanted, project, right_vectors};
use crate::spec::field::{Choice, Field, Search, Slot};
use crate::{
    Aging, Array, Error, Heard, History, Observer, Query, Recommender, Training, dislikes,
};

const ITEM_FACTORS: &str = "item_factors";

/// What the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params {
    /// Length of the vectors.
    pub dim: usize,
    /// Power iterations: how often the vectors are turned towards the largest.
    pub iterations: usize,
    /// What a liked pair counts.
    pub weighting: Weighting,
    /// What a disliked item takes from the scores of what lies in its direction, as a share of what a liked one gives.
    pub dislike_weight: f32,
    /// How what was heard fades.
    pub aging: Aging,
}

/// What a liked pair counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// 1, each as much as any other.
    Equal,
    /// Its confidence: what is heard most then decides the directions.
    Confidence,
}

impl Choice for Weighting {
    const ALL: &'static [(&'static str, Self)] =
        &[("equal", Self::Equal), ("confidence", Self::Confidence)];
}

impl Default for Params {
    fn default() -> Self {
        Self {
            dim: 64,
            iterations: 8,
            weighting: Weighting::Equal,
            dislike_weight: 0.0,
            aging: Aging::default(),
        }
    }
}

impl Params {
    pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
        let mut fields = vec![
            Field {
                name: "dim",
                meaning: "length of the vectors",
                slot: Slot::Count(&mut self.dim, 1..=4096),
                search: Search::Size(8.0, 512.0),
            },
            Field {
                name: "iterations",
                meaning: "power iterations: how often the vectors are turned towards the largest",
                slot: Slot::Count(&mut self.iterations, 1..=10_000),
                search: Search::Never,
            },
            Field {
                name: "weighting",
                meaning: "what a liked pair counts: equal for 1, or its confidence",
                slot: Slot::Choice(&mut self.weighting),
                search: Search::Never,
            },
            dislikes::field(&mut self.dislike_weight),
        ];
        fields.extend(self.aging.fields());
        fields
    }

    /// The entry of X of a liked pair.
    fn entry(&self, heard: Heard) -> f32 {
        match self.weighting {
            Weighting::Equal => self.aging.factor(heard),
            Weighting::Confidence => heard.confidence,
        }
    }

    /// The entry of r.
    fn weight(&self, heard: Heard) -> f32 {
        heard.signed(self.entry(heard), self.dislike_weight)
    }
}

/// The item side of the decomposition.
#[derive(Debug)]
pub struct PureSvd {
    params: Params,
    /// Q `[n_items × dim]`.
    items: Matrix,
    /// XQ `[n_users × dim]`, right after a fit.
    users: Option<Matrix>,
}

/// Finds the largest right singular vectors, from a start that hashes seed and recording id.
///
/// O(nnz·dim + (n_users + n_items)·dim²) an iteration, parallel over rows.
///
/// # Errors
/// [`Error::Diverged`] when a number is no longer finite; [`Error::Stopped`] when the observer wants it;
/// [`Error::BadArray`] when a checkpoint is not of this training.
pub fn fit(
    params: Params,
    training: &Training<'_>,
    observer: &mut Observer<'_>,
) -> Result<PureSvd, Error> {
    let x = training.liked(|heard| params.entry(heard));
    let wanted = Wanted { dim: params.dim, iterations: params.iterations };
    let items = right_vectors(wanted, &x, training, observer)?;
    let users = Some(project(&x, &items));
    Ok(PureSvd { params, items, users })
}

pub(crate) fn load(params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<PureSvd, Error> {
    let values = take_f32(arrays, ITEM_FACTORS, &[rows.len(), params.dim])?;
    Ok(PureSvd { params, items: Matrix::from_vec(rows.len(), params.dim, values), users: None })
}

impl Recommender for PureSvd {
    fn n_items(&self) -> usize {
        self.items.n_rows()
    }

    /// r·Q. O(n·dim) for a history of n.
    fn represent(&self, history: &History<'_>) -> Query {
        let mut x = vec![0.0; self.params.dim];
        for (j, heard) in history.pairs() {
            add_scaled(&mut x, self.params.weight(heard), self.items.row(j));
        }
        Query::Dense(x)
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        score_rows(queries, scores, self.n_items(), |query, row| {
            let Query::Dense(x) = query else { panic!("a dense query expected, got {query:?}") };
            dots_with_all(&self.items, x, row, Isa::best());
        });
    }

    /// r_j·(q_j·q_i).
    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>> {
        let q_i = self.items.row(item.0 as usize);
        let contribution =
            |(j, heard): (usize, Heard)| self.params.weight(heard) * dot(self.items.row(j), q_i);
        Some(history.pairs().map(contribution).collect())
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        Some(&self.items)
    }

    fn user_vectors(&self) -> Option<&Matrix> {
        self.users.as_ref()
    }

    fn arrays(&self) -> Arrays {
        let shape = vec![self.items.n_rows(), self.items.dim()];
        let factors = Array::F32 { shape, values: self.items.as_slice().to_vec() };
        Arrays::from([(ITEM_FACTORS.to_owned(), factors)])
    }
}

#[cfg(test)]
mod tests;
