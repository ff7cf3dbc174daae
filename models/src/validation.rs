//! How well does a model rank what it was not shown?
//!
//! Some of the liked pairs are held out by a hash of user row and recording id; after an iteration a sample of users is
//! asked for its best twenty among all items but those it was trained on.
//! NDCG@20 = Σ_hits 1/log₂(place + 1) / Σ_{place ≤ min(20, held out)} 1/log₂(place + 1), averaged over the sample.

use linalg::{Csr, Isa, Matrix, dots_with_all, top_k};
use music::{ItemIx, UserIx};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::hash::{hash, unit};
use crate::{Heard, Training};

/// Length of the list that is judged.
const LIST: usize = 20;
/// Users asked at most; the standard error of their mean is then below 0.01.
const SAMPLE: usize = 2000;
/// What tells this chance from others of the same seed.
const PURPOSE: u64 = 0x7661_6c69_6461_7465;

/// Pairs to train on, and those held out.
pub(crate) struct Validation {
    /// The pairs that are left.
    pub(crate) training: Csr<UserIx, ItemIx, Heard>,
    /// Users asked, and the items held out from each, ascending.
    questions: Vec<(u32, Vec<u32>)>,
}

impl Validation {
    /// Holds out about a `share` of the liked pairs; `None` when that is no pair at all.
    pub(crate) fn hold_out(training: &Training<'_>, share: f32) -> Option<Self> {
        if share <= 0.0 {
            return None;
        }
        let ids = training.rows.ids();
        let is_held_out = |u: u32, i: u32, heard: &Heard| {
            let chance = hash([training.seed, PURPOSE, u64::from(u), ids[i as usize].0]);
            heard.is_liked && unit(chance) < share
        };
        let (mut kept, mut questions) = (Vec::new(), Vec::new());
        for (u, items, heard) in training.heard.rows() {
            let u = u32::try_from(u).expect("user rows are u32");
            let pairs = items.iter().zip(heard).map(|(&i, &heard)| (u, i, heard));
            let (out, rest): (Vec<_>, Vec<_>) =
                pairs.partition(|(u, i, heard)| is_held_out(*u, *i, heard));
            kept.extend(rest);
            if !out.is_empty() {
                questions.push((u, out.into_iter().map(|(_, i, _)| i).collect()));
            }
        }
        if questions.is_empty() {
            return None;
        }
        let every = questions.len().div_ceil(SAMPLE);
        let questions = questions.into_iter().step_by(every).collect();
        let (n_users, n_items) = (training.heard.n_rows(), training.heard.n_cols());
        Some(Self { training: Csr::from_triplets(n_users, n_items, kept), questions })
    }

    /// NDCG@20 of these vectors.
    pub(crate) fn ndcg(&self, users: &Matrix, items: &Matrix) -> f64 {
        self.ndcg_by(items.n_rows(), |u, scores| {
            dots_with_all(items, users.row(u), scores, Isa::best());
        })
    }

    /// NDCG@20 of whatever writes the scores of all items for a user row.
    pub(crate) fn ndcg_by(&self, n_items: usize, score: impl Fn(usize, &mut [f32]) + Sync) -> f64 {
        let of_user = |(u, held_out): &(u32, Vec<u32>)| {
            let mut scores = vec![0.0; n_items];
            score(*u as usize, &mut scores);
            let (known, _) = self.training.row(*u as usize);
            let list = top_k(&scores, LIST, known).into_iter().map(|(item, _)| item);
            ndcg(list, held_out)
        };
        let sums: Vec<f64> = self.questions.par_iter().map(of_user).collect();
        sums.iter().sum::<f64>() / sums.len() as f64
    }
}

/// Of one list, best first, against the items wanted, ascending.
fn ndcg(list: impl Iterator<Item = u32>, wanted: &[u32]) -> f64 {
    let discount = |place: usize| 1.0 / (place as f64 + 2.0).log2();
    let hits = list.enumerate().filter(|(_, item)| wanted.binary_search(item).is_ok());
    let gain: f64 = hits.map(|(place, _)| discount(place)).sum();
    let best: f64 = (0..wanted.len().min(LIST)).map(discount).sum();
    gain / best
}

#[cfg(test)]
mod tests {
    use super::{Validation, ndcg};
    use crate::testing::two_tribes;

    #[test]
    fn a_list_is_worth_what_its_hits_are_at_their_places() {
        // Hits at places 1 and 3 of 2 wanted: (1 + 1/2) / (1 + 1/log₂3) = 1.5 / 1.630 93.
        let worth = ndcg([7, 1, 9].into_iter(), &[7, 9]);
        assert!((worth - 0.919_72).abs() < 1e-5, "{worth}");
        assert_eq!(ndcg([1, 2].into_iter(), &[7]), 0.0);
        assert_eq!(ndcg([9, 7].into_iter(), &[7, 9]), 1.0);
    }

    #[test]
    fn what_is_held_out_is_not_trained_on_and_nothing_else_is_missing() {
        let world = two_tribes(3);
        let held_out = Validation::hold_out(&world.training(), 0.3).unwrap();
        let n: usize = held_out.questions.iter().map(|(_, items)| items.len()).sum();
        assert_eq!(held_out.training.nnz() + n, world.heard.nnz());
        for (u, items) in &held_out.questions {
            let (kept, _) = held_out.training.row(*u as usize);
            assert!(items.iter().all(|i| kept.binary_search(i).is_err()));
        }
    }
}
