//! Which models are there, by name?
//!
//! One line a model: what a model string calls it, its parameters with their defaults, the module that fits and loads it,
//! and the sentence that says what it does.
//! The parser, the canonical string, the catalogue, [`fit`] and [`load`] all follow from these lines.

use std::collections::BTreeMap;

use music::Rows;

use crate::spec::field::Field;
use crate::{Array, Error, Observer, Recommender, Training};
use crate::{blend, ease, explicit, gf_cf, hybrid, ials, item_knn};
use crate::{neumf, pairwise, popularity, pure_svd, random, rp3beta, slim, two_tower};

macro_rules! models {
    ($($name:literal $model:ident($module:ident, $default:expr) $sentence:literal)*) => {
        /// A model and all of its parameters.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Spec {
            $(#[doc = $sentence] $model($module::Params),)*
        }

        impl Spec {
            /// Every model with its defaults.
            pub(crate) fn all() -> Vec<Self> {
                vec![$(Self::$model($default)),*]
            }

            /// The name before the colon.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$model(_) => $name,)*
                }
            }

            /// What the model does, for people.
            pub(crate) fn sentence(&self) -> &'static str {
                match self {
                    $(Self::$model(_) => $sentence,)*
                }
            }

            /// Every parameter, to read or to set.
            pub(crate) fn fields(&mut self) -> Vec<Field<'_>> {
                match self {
                    $(Self::$model(params) => params.fields(),)*
                }
            }
        }

        /// Learns a model; models that iterate tell `observer` of each iteration, and it may stop them.
        ///
        /// # Errors
        /// What [`Error`] says of pairs no model can learn from, of catalogues too large, and of divergence;
        /// [`Error::Stopped`] with a checkpoint when the observer wants it.
        ///
        /// # Panics
        /// When `training.rows` does not name the item rows of `training.heard`.
        pub fn fit(
            spec: &Spec,
            training: &Training<'_>,
            observer: &mut Observer<'_>,
        ) -> Result<Box<dyn Recommender>, Error> {
            training.check()?;
            let aging = spec.aging();
            let aged = aging.of_training(training.heard);
            let training = &Training { heard: aged.as_ref().unwrap_or(training.heard), ..*training };
            let model: Box<dyn Recommender> = match spec.clone() {
                $(Spec::$model(params) => Box::new($module::fit(params, training, observer)?),)*
            };
            Ok(aging.around(model))
        }

        /// Makes a fitted model from its saved arrays; it scores like the one that was saved.
        ///
        /// # Errors
        /// [`Error::BadArray`] when an array is missing or cannot be of this model.
        pub fn load(
            spec: &Spec,
            rows: &Rows,
            mut arrays: BTreeMap<String, Array>,
        ) -> Result<Box<dyn Recommender>, Error> {
            let arrays = &mut arrays;
            let model: Box<dyn Recommender> = match spec.clone() {
                $(Spec::$model(params) => Box::new($module::load(params, rows, arrays)?),)*
            };
            Ok(spec.aging().around(model))
        }
    };
}

models! {
    "random" Random(random, random::Params)
        "Orders the catalogue by chance, differently for each listener."
    "popularity" Popularity(popularity, popularity::Params::default())
        "Recommends what most listeners like, the same to everyone."
    "item-knn" ItemKnn(item_knn, item_knn::Params::default())
        "Recommends what is liked by the listeners of what one likes."
    "ease" Ease(ease, ease::Params::default())
        "Learns a weight between every two recordings, in closed form; for up to some 40,000 recordings."
    "slim" Slim(slim, slim::Params::default())
        "Learns a few weights to each recording from those most alike; for catalogues too large for ease."
    "rp3beta" Rp3Beta(rp3beta, rp3beta::Params::default())
        "Recommends where a walk over listeners from what one likes ends, the well-known held back."
    "ials" Ials(ials, ials::Params::default())
        "Learns a vector for each recording by implicit alternating least squares."
    "bpr" Bpr(pairwise, pairwise::Params::of(pairwise::Ranking::Bpr))
        "Learns vectors that put what is liked before what is not, by the logistic loss of each two."
    "hinge" Hinge(pairwise, pairwise::Params::of(pairwise::Ranking::Hinge))
        "Learns vectors that put what is liked before what is not, by a margin."
    "warp" Warp(pairwise, pairwise::Params::of(pairwise::Ranking::Warp))
        "Learns vectors that put what is liked first, by a margin that counts most at the top of the list."
    "explicit" Explicit(explicit, explicit::Params::default())
        "Predicts ratings from biases and a vector for each recording; what a pair counts is read as its rating."
    "pure-svd" PureSvd(pure_svd, pure_svd::Params::default())
        "Projects a history onto the largest singular vectors of who likes what."
    "gf-cf" GfCf(gf_cf, gf_cf::Params::default())
        "Filters a history over the graph of who likes what: a linear filter and an ideal low-pass one."
    "two-tower" TwoTower(two_tower, two_tower::Params::default())
        "Learns a network for listeners and one for recordings, from who heard what and from what is known of it."
    "neumf" NeuMf(neumf, neumf::Params::default())
        "Learns a network that scores each recording beside the mean of what one likes: neural collaborative filtering."
    "blend" Blend(blend, blend::Params::default())
        "Adds up the scores of several models, each on one scale and by its weight: blend:ials(dim=128)=0.6+ease=0.4."
    "hybrid" Hybrid(hybrid, hybrid::Params::default())
        "Orders the best of one model anew, by a network that learns from features as well or by another model: hybrid:first=ials(dim=128),second=network."
}
