//! How much less does an old pair say than a new one?
//!
//! What a pair counts, its confidence or 1, is multiplied by max(`decay_floor`, 2^(−d / `half_life_days`)), d the days
//! from its last listen to the newest of the same listener's.
//! The clock is the listener's own: whoever was away for a year comes back as the one who left, and not as a stranger.
//! The floor keeps an old love from becoming an unknown one.
//!
//! It is done here for all models: a training and each history pass through before the model sees them, with
//! confidences multiplied and ages counted from the listener's newest.
//! Models for which a liked pair counts 1 multiply by [`Aging::factor`] themselves.

use std::collections::BTreeMap;

use linalg::{Csr, Matrix};
use music::{ItemIx, UserIx};

use crate::spec::field::{Field, Search, Slot};
use crate::{Array, Heard, History, ItemFeatures, Query, Recommender, Spec};

/// What is older than twenty half-lives says a millionth whatever the floor, as confidences have to be positive.
const LEAST: f32 = 1.0 / 1_048_576.0;

/// How fast what was heard fades.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aging {
    /// Days after which a pair counts half; 0: always whole.
    pub half_life_days: f32,
    /// What is left of the oldest pair.
    pub decay_floor: f32,
}

impl Default for Aging {
    fn default() -> Self {
        Self { half_life_days: 0.0, decay_floor: 0.1 }
    }
}

impl Aging {
    pub(crate) fn fields(&mut self) -> [Field<'_>; 2] {
        [
            Field {
                name: "half_life_days",
                meaning: "days before a listener's newest listen after which a pair counts half; 0: always whole",
                slot: Slot::Number(&mut self.half_life_days, 0.0..=36_500.0),
                search: Search::Never,
            },
            Field {
                name: "decay_floor",
                meaning: "half_life_days only: the share that the oldest pair still counts",
                slot: Slot::Number(&mut self.decay_floor, 0.0..=1.0),
                search: Search::Never,
            },
        ]
    }

    /// What is left of a pair whose age is counted from the listener's newest; 1 where nothing fades.
    pub(crate) fn factor(&self, heard: Heard) -> f32 {
        if self.half_life_days == 0.0 {
            return 1.0;
        }
        (-heard.age_days / self.half_life_days).exp2().max(self.decay_floor).max(LEAST)
    }

    /// One listener's pairs, with faded confidences and ages counted from the newest of them.
    fn of_listener(&self, heard: &[Heard]) -> Vec<Heard> {
        let newest = heard.iter().map(|heard| heard.age_days).fold(f32::INFINITY, f32::min);
        heard.iter().map(|&heard| self.faded(heard, newest)).collect()
    }

    /// The pairs of a training likewise; `None` where nothing fades.
    pub(crate) fn of_training(
        &self,
        heard: &Csr<UserIx, ItemIx, Heard>,
    ) -> Option<Csr<UserIx, ItemIx, Heard>> {
        if self.half_life_days == 0.0 {
            return None;
        }
        let youngest = |pairs: &[Heard]| {
            pairs.iter().map(|heard| heard.age_days).fold(f32::INFINITY, f32::min)
        };
        let newest: Vec<f32> = heard.rows().map(|(_, _, pairs)| youngest(pairs)).collect();
        Some(heard.map(|u, _, &heard| self.faded(heard, newest[u])))
    }

    fn faded(&self, heard: Heard, newest: f32) -> Heard {
        let relative = Heard { age_days: heard.age_days - newest, ..heard };
        let confidence = heard.confidence * self.factor(relative);
        Heard { confidence: confidence.max(f32::MIN_POSITIVE), ..relative }
    }

    /// The model that sees every history as it saw the training.
    pub(crate) fn around(self, model: Box<dyn Recommender>) -> Box<dyn Recommender> {
        if self.half_life_days == 0.0 { model } else { Box::new(Aged { aging: self, model }) }
    }
}

impl Spec {
    /// How what this model learns from fades; popularity has a clock of its own, and the parts of a blend or a hybrid each have theirs.
    pub(crate) fn aging(&self) -> Aging {
        match self {
            Self::ItemKnn(params) => params.aging,
            Self::Ease(params) => params.aging,
            Self::Slim(params) => params.aging,
            Self::Rp3Beta(params) => params.aging,
            Self::Ials(params) => params.aging,
            Self::Bpr(params) | Self::Hinge(params) | Self::Warp(params) => params.aging,
            Self::PureSvd(params) => params.aging,
            Self::GfCf(params) => params.aging,
            Self::NeuMf(params) => params.aging,
            Self::Random(_)
            | Self::Popularity(_)
            | Self::Explicit(_)
            | Self::Blend(_)
            | Self::Hybrid(_)
            | Self::TwoTower(_) => Aging::default(),
        }
    }
}

/// A model for which what was heard fades.
#[derive(Debug)]
struct Aged {
    aging: Aging,
    model: Box<dyn Recommender>,
}

impl Recommender for Aged {
    fn n_items(&self) -> usize {
        self.model.n_items()
    }

    fn represent(&self, history: &History<'_>) -> Query {
        let heard = self.aging.of_listener(history.heard);
        self.model.represent(&History { heard: &heard, ..*history })
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        self.model.score_batch(queries, scores);
    }

    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>> {
        let heard = self.aging.of_listener(history.heard);
        self.model.explain(&History { heard: &heard, ..*history }, item)
    }

    fn explain_each(&self, history: &History<'_>, items: &[ItemIx]) -> Option<Vec<Vec<f32>>> {
        let heard = self.aging.of_listener(history.heard);
        self.model.explain_each(&History { heard: &heard, ..*history }, items)
    }

    fn represent_item(&self, listeners: &[(Query, Heard)]) -> Option<Vec<f32>> {
        let fade = |(query, heard): &(Query, Heard)| (query.clone(), self.aging.faded(*heard, 0.0));
        let listeners: Vec<(Query, Heard)> = listeners.iter().map(fade).collect();
        self.model.represent_item(&listeners)
    }

    fn represent_features(&self, features: &ItemFeatures) -> Option<Matrix> {
        self.model.represent_features(features)
    }

    fn wants_moments(&self) -> bool {
        self.model.wants_moments()
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        self.model.item_vectors()
    }

    fn user_vectors(&self) -> Option<&Matrix> {
        self.model.user_vectors()
    }

    fn arrays(&self) -> BTreeMap<String, Array> {
        self.model.arrays()
    }
}

#[cfg(test)]
mod tests {
    use super::Aging;
    use crate::Heard;

    #[test]
    fn a_pair_counts_half_after_each_half_life_and_never_less_than_the_floor() {
        let aging = Aging { half_life_days: 30.0, decay_floor: 0.1 };
        let heard = |age_days, is_liked| Heard { confidence: 4.0, age_days, is_liked };
        // The newest is 10 days old, so that the others are 30, 60 and 300 days older: 4/2, 4/4 and 4·0.1.
        let pairs = [heard(40.0, true), heard(10.0, false), heard(70.0, true), heard(310.0, false)];
        let faded = aging.of_listener(&pairs);
        let confidences: Vec<f32> = faded.iter().map(|heard| heard.confidence).collect();
        assert_eq!(confidences, [2.0, 4.0, 1.0, 0.4]);
        let ages: Vec<f32> = faded.iter().map(|heard| heard.age_days).collect();
        assert_eq!(ages, [30.0, 0.0, 60.0, 300.0]);
        assert!(faded.iter().zip(pairs).all(|(faded, pair)| faded.is_liked == pair.is_liked));
    }

    #[test]
    fn without_a_floor_the_oldest_pair_still_has_a_confidence() {
        let aging = Aging { half_life_days: 1.0, decay_floor: 0.0 };
        let heard = |confidence, age_days| Heard { confidence, age_days, is_liked: true };
        let faded = aging.of_listener(&[heard(1.0, 0.0), heard(1.0, 36_500.0), heard(1e-38, 1e30)]);
        assert!(faded.iter().all(|heard| heard.confidence >= f32::MIN_POSITIVE), "{faded:?}");
        assert_eq!(faded[1].confidence, 1.0 / 1_048_576.0);
    }
}
