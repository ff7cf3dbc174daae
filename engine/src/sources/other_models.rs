//! What the other models of the snapshot would give.

use linalg::{Matrix, top_k};
use models::Spec;
use music::ItemIx;

use super::Ask;
use crate::scores::promising;

/// The best-scored of each model beside the one that scores.
///
/// Popularity, the last one, is for those of whom little is known, and random scores are for comparison.
pub(super) fn propose(ask: &Ask<'_>, quota: usize) -> Vec<ItemIx> {
    let models = &ask.maker.snapshot.models;
    let is_asked = |model: &usize| {
        *model != ask.asked.model
            && !matches!(models[*model].spec, Spec::Popularity(_) | Spec::Random(_))
    };
    let others: Vec<_> = (0..models.len()).filter(is_asked).collect();
    let of_model = |model: usize| {
        let recommender = &models[model].recommender;
        let mut scores = Matrix::zeros(1, recommender.n_items());
        recommender.score_batch(&[recommender.represent(&ask.taste.weights())], &mut scores);
        let best = top_k(scores.row(0), quota.div_ceil(others.len()), &ask.asked.left_out);
        promising(best)
    };
    others.iter().flat_map(|model| of_model(*model)).collect()
}
