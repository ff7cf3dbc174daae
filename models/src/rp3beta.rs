//! Where does a walk from what one likes end, when the well-known are held back?
//!
//! Paudel, Christoffel, Newell & Bernstein, Updatable, Accurate, Diverse, and Scalable Recommendations (2017):
//! from a user to a liked item j, to one of its users u, to one of that user's items i.
//! The last two steps are a matrix of items, as in Ferrari Dacrema et al. (2019), whose graph this is:
//! W_ji = Σ_u (1/n_j)^α · (c_ui/Σ_i' c_ui')^α / n_i^β with n_i the users of item i, cut to the `neighbors` largest of each j.
//! score(i) = Σ_j W_ji over the liked j of a history, less `dislike_weight`·Σ_j W_ji over the disliked ones; β = 0 is P³α.

use linalg::{Csr, Matrix};
use music::{ItemIx, Rows, UserIx};

use crate::array::Arrays;
use crate::neighbors::Neighbors;
use crate::spec::field::{Field, Search, Slot};
use crate::{Aging, Error, Heard, History, Observer, Query, Recommender, Training, dislikes};

/// What the caller chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params {
    /// Weights kept an item, the largest.
    pub neighbors: usize,
    /// Exponent α of the probability of each step; below 1 the rare paths count for more.
    pub alpha: f32,
    /// Exponent β of the number of users by which a recommended item is divided; 0 holds nobody back.
    pub beta: f32,
    /// What a disliked item takes from the scores of those like it, as a share of what a liked one gives.
    pub dislike_weight: f32,
    /// How what was heard fades.
    pub aging: Aging,
}

impl Default for Params {
    fn default() -> Self {
        Self { neighbors: 300, alpha: 1.0, beta: 0.3, dislike_weight: 0.0, aging: Aging::default() }
    }
}

impl Params {
    pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
        let mut fields = vec![
            Field {
                name: "neighbors",
                meaning: "weights kept an item, the largest",
                slot: Slot::Count(&mut self.neighbors, 1..=100_000),
                search: Search::Size(20.0, 1000.0),
            },
            Field {
                name: "alpha",
                meaning: "exponent of the probability of each step; below 1 rare paths count for more",
                slot: Slot::Number(&mut self.alpha, 0.0..=4.0),
                search: Search::Linear(0.2, 2.0),
            },
            Field {
                name: "beta",
                meaning: "exponent of the listeners by which a recording is divided; 0 holds none back",
                slot: Slot::Number(&mut self.beta, 0.0..=2.0),
                search: Search::Linear(0.0, 1.0),
            },
            dislikes::field(&mut self.dislike_weight),
        ];
        fields.extend(self.aging.fields());
        fields
    }

    /// What a pair counts when a history is scored.
    fn weight(&self, heard: Heard) -> f32 {
        heard.signed(self.aging.factor(heard), self.dislike_weight)
    }
}

/// Where walks from every item end.
#[derive(Debug)]
pub struct Rp3Beta {
    params: Params,
    ends: Neighbors,
}

/// Walks two steps from all items, ties at the cut by lower row. O(Σ_u n_u²) time, parallel over items.
///
/// # Errors
/// Never.
pub fn fit(
    params: Params,
    training: &Training<'_>,
    _observer: &mut Observer<'_>,
) -> Result<Rp3Beta, Error> {
    let liked = training.liked(|heard| heard.confidence);
    let by_item = liked.transpose();
    let (to_users, to_items) = (to_users(params, &by_item), to_items(params, &liked, &by_item));
    Ok(Rp3Beta { params, ends: Neighbors::of_product(&to_users, &to_items, params.neighbors) })
}

/// (1/n_j)^α: every user of an item is as likely `[n_items × n_users]`.
fn to_users(params: Params, by_item: &Csr<ItemIx, UserIx>) -> Csr<ItemIx, UserIx> {
    by_item.map(|j, _, _| (by_item.row(j).0.len() as f32).powf(-params.alpha))
}

/// (c_ui/Σ c_ui')^α / n_i^β `[n_users × n_items]`.
fn to_items(
    params: Params,
    liked: &Csr<UserIx, ItemIx>,
    by_item: &Csr<ItemIx, UserIx>,
) -> Csr<UserIx, ItemIx> {
    let sums: Vec<f32> = liked.rows().map(|(_, _, c)| c.iter().sum()).collect();
    let held_back: Vec<f32> =
        by_item.rows().map(|(_, users, _)| (users.len() as f32).powf(-params.beta)).collect();
    liked.map(|u, i, c| (c / sums[u]).powf(params.alpha) * held_back[i])
}

pub(crate) fn load(params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<Rp3Beta, Error> {
    Ok(Rp3Beta { params, ends: Neighbors::load(rows, arrays)? })
}

impl Recommender for Rp3Beta {
    fn n_items(&self) -> usize {
        self.ends.n_items()
    }

    fn represent(&self, history: &History<'_>) -> Query {
        history.weighed(|heard| self.params.weight(heard))
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        self.ends.score_batch(queries, scores);
    }

    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>> {
        Some(self.ends.explain(history, item, |heard| self.params.weight(heard)))
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        None
    }

    fn arrays(&self) -> Arrays {
        self.ends.arrays()
    }
}

#[cfg(test)]
mod tests;
