//! How does a list go from what most like to what this listener does?
//!
//! With k liked recordings known, those that were named as far as they count, and m what `weekly.min_liked` says, the
//! serving model has the share `w = min(1, k/(k + 1)·(m + 1)/m)`: none at 0, most at 1, all from m on, without a jump.
//! A model by vectors is the better guess even at 1, and one recording may have been liked by accident.
//! A score is then `w·s/σ + (1 − w)·p/σ`, the model's own and what most like, where the listener lives if that is known,
//! each by its deviation over the catalogue, as in [`models::blend`].

use linalg::{Matrix, top_k};
use models::blend::scale;
use music::ItemIx;

use super::{Asked, Retrieved, Rows};
use crate::maker::Maker;
use crate::scores::{Scores, promising};

/// A listener of whom little is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cold {
    /// The share of the serving model, below 1.
    pub(crate) personal: f32,
    /// Where the listener lives, as far as known.
    pub(crate) country: Option<String>,
}

/// The share of the serving model where so many liked recordings are known; from 0 to 1.
pub(crate) fn personal(known: f32, min_liked: u32) -> f32 {
    let m = min_liked as f32;
    if known >= m { 1.0 } else { known / (known + 1.0) * (m + 1.0) / m }
}

impl<'a> Maker<'a> {
    /// The best rows for one of whom little is known: a scan of all rows for each part.
    pub(super) fn retrieve_mixed(&self, asked: &Asked, cold: &Cold) -> Retrieved<'a> {
        let quotas = &self.config.weekly.sources;
        let popular = self.popular(cold.country.as_deref());
        let mut rows = Matrix::zeros(asked.queries.len(), popular.len());
        let mut scales = Vec::with_capacity(asked.queries.len());
        let k = (quotas.taste_region as usize).div_ceil(asked.queries.len());
        let mut best = Vec::with_capacity(asked.queries.len());
        for (query, of_part) in asked.queries.iter().enumerate() {
            scales.push(self.mix(asked, of_part, cold, &popular, rows.row_mut(query)));
            best.push(promising(top_k(rows.row(query), k, &asked.left_out)));
        }
        let mut whole = vec![0.0; popular.len()];
        self.mix(asked, &asked.whole, cold, &popular, &mut whole);
        let few = quotas.exploration as usize;
        let little_known: Vec<ItemIx> =
            promising(self.best_of(&whole, few, &asked.left_out, Rows::LittleKnown));
        Retrieved { scores: Scores::Mixed { rows, scales }, best, little_known }
    }

    /// Writes the scores of all rows for one query, and says what the model's own are multiplied by.
    fn mix(
        &self,
        asked: &Asked,
        query: &models::Query,
        cold: &Cold,
        popular: &[f32],
        mixed: &mut [f32],
    ) -> f32 {
        if cold.personal == 0.0 {
            // Nothing to put on one scale with: the number of listeners, as the popularity model has it.
            mixed.copy_from_slice(popular);
            return 0.0;
        }
        let recommender = &self.snapshot.models[asked.model].recommender;
        let mut own = Matrix::zeros(1, popular.len());
        recommender.score_batch(std::slice::from_ref(query), &mut own);
        let own_scale = scale(cold.personal, own.row(0));
        let popular_scale = scale(1.0 - cold.personal, popular);
        for ((mixed, own), popular) in mixed.iter_mut().zip(own.row(0)).zip(popular) {
            *mixed = own_scale * own + popular_scale * popular;
        }
        own_scale
    }

    /// How much each row is liked by all, where somebody lives if that is known.
    fn popular(&self, country: Option<&str>) -> Vec<f32> {
        let everyone = &self.snapshot.models[self.snapshot.models.len() - 1].recommender;
        let mut all = Matrix::zeros(1, everyone.n_items());
        everyone.score_batch(&[models::Query::Everyone], &mut all);
        let n_listeners = self.snapshot.manifest.n_listeners;
        self.snapshot.crowd.popular.around(country, all.row(0).to_vec(), n_listeners)
    }
}

#[cfg(test)]
mod tests {
    use super::personal;

    #[test]
    fn the_share_of_the_model_grows_from_nothing_to_all_without_a_jump() {
        // k/(k + 1)·6/5 up to 5.
        for (k, share) in
            [(0.0, 0.0), (1.0, 0.6), (3.0, 0.9), (4.999, 1.0), (5.0, 1.0), (80.0, 1.0)]
        {
            assert!((personal(k, 5) - share).abs() < 1e-3, "{k}");
        }
        assert_eq!(personal(0.0, 0), 1.0, "no liked recording is needed");
    }
}
