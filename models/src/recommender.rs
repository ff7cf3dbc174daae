//! What can be asked of a model once it has been fitted?

use std::collections::BTreeMap;
use std::fmt::Debug;

use linalg::{Csr, Matrix};
use music::{ItemIx, Rows, UserIx};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::{Array, Checkpoint, Country, Error, ItemFeatures, Moment, Moments, extended};

/// What is believed of one listener and one recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heard {
    /// How sure the belief is, c_ui; positive and finite.
    pub confidence: f32,
    /// Days between the pair's last listen and the newest listen of the log; at least 0, and 0 for counts without times.
    pub age_days: f32,
    /// Whether the listener likes it (preference 1); otherwise it is known and not liked.
    pub is_liked: bool,
}

/// What is known beyond who heard what; models that learn from pairs alone need none of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// Of the items; one row each.
    pub features: Option<&'a ItemFeatures>,
    /// Of the users; one each.
    pub moments: Option<&'a Moments>,
}

/// What a model learns from.
#[derive(Clone, Copy, Debug)]
pub struct Training<'a> {
    /// Every pair known `[n_users × n_items]`.
    pub heard: &'a Csr<UserIx, ItemIx, Heard>,
    /// The outside names of the item rows.
    pub rows: &'a Rows,
    /// Where all chance comes from.
    pub seed: u64,
    /// Where a stopped training of the same model on the same pairs goes on.
    pub resume: Option<&'a Checkpoint>,
    /// What is known beyond that.
    pub beside: Beside<'a>,
}

impl<'a> Training<'a> {
    /// Pairs of which nothing more is known, from the start.
    #[must_use]
    pub fn new(heard: &'a Csr<UserIx, ItemIx, Heard>, rows: &'a Rows, seed: u64) -> Self {
        Self { heard, rows, seed, resume: None, beside: Beside::default() }
    }

    /// The liked pairs alone, with what they count.
    pub(crate) fn liked(&self, count: impl Fn(Heard) -> f32) -> Csr<UserIx, ItemIx> {
        let of_user = |(u, items, heard): (usize, &[u32], &[Heard])| {
            let u = u32::try_from(u).expect("user rows are u32");
            let pairs = items.iter().zip(heard).filter(|(_, heard)| heard.is_liked);
            pairs.map(|(&i, &heard)| (u, i, count(heard))).collect::<Vec<_>>()
        };
        let triplets = self.heard.rows().flat_map(of_user).collect();
        Csr::from_triplets(self.heard.n_rows(), self.heard.n_cols(), triplets)
    }

    /// Whether every pair can be learned from.
    pub(crate) fn check(&self) -> Result<(), Error> {
        assert_eq!(self.heard.n_cols(), self.rows.len(), "a name for each item row expected");
        if let Some(features) = self.beside.features {
            assert_eq!(features.n_items, self.rows.len(), "features of each item row expected");
        }
        if let Some(moments) = self.beside.moments {
            assert_eq!(moments.n_users(), self.heard.n_rows(), "moments of each user row expected");
        }
        for (u, items, heard) in self.heard.rows() {
            for (&i, &got) in items.iter().zip(heard) {
                let is_sound = got.confidence > 0.0
                    && got.confidence.is_finite()
                    && got.age_days >= 0.0
                    && got.age_days.is_finite();
                if !is_sound {
                    return Err(Error::BadHeard { u, i: i as usize, got });
                }
            }
        }
        Ok(())
    }
}

/// What one listener heard, in the rows of one snapshot.
#[derive(Clone, Copy, Debug, Default)]
pub struct History<'a> {
    /// Ascending, each once.
    pub items: &'a [ItemIx],
    /// One an item.
    pub heard: &'a [Heard],
    /// How it came about, oldest first; empty where nobody kept it.
    pub moments: &'a [Moment],
    /// Where the listener lives, as far as anybody said.
    pub country: Option<Country>,
}

impl<'a> History<'a> {
    /// A history of which nobody knows how it came about.
    #[must_use]
    pub fn new(items: &'a [ItemIx], heard: &'a [Heard]) -> Self {
        Self { items, heard, moments: &[], country: None }
    }

    /// Item rows with what is believed of them.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (usize, Heard)> + Clone {
        assert_eq!(self.items.len(), self.heard.len(), "one belief an item expected");
        self.items.iter().zip(self.heard).map(|(item, &heard)| (item.0 as usize, heard))
    }

    /// A sparse query of the items that weigh something by what is believed of them.
    pub(crate) fn weighed(&self, weight: impl Fn(Heard) -> f32) -> Query {
        let pairs = self.items.iter().zip(self.heard).map(|(&item, &heard)| (item, weight(heard)));
        let (items, weights) = pairs.filter(|&(_, weight)| weight != 0.0).unzip();
        Query::Sparse { items, weights }
    }
}

/// A listener, as a model sees one when it scores.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// Nobody in particular: everyone gets the same scores.
    Everyone,
    /// A vector; in the space of the item vectors, where the model has such: its dot with one is then the score.
    Dense(Vec<f32>),
    /// Weighted items.
    Sparse {
        /// Ascending.
        items: Vec<ItemIx>,
        /// One an item.
        weights: Vec<f32>,
    },
    /// A number that stands for the listener.
    Seeded(u64),
    /// One for each model of a blend, in their order.
    Several(Vec<Query>),
    /// What finds candidates, and what they are ordered by.
    Staged {
        /// For the first stage.
        first: Box<Query>,
        /// For the second.
        second: Box<Query>,
    },
}

impl Query {
    /// The vector, where it is one, or candidates are found by one.
    #[must_use]
    pub fn vector(&self) -> Option<&[f32]> {
        match self {
            Self::Dense(vector) => Some(vector),
            Self::Staged { first, .. } => first.vector(),
            Self::Everyone | Self::Sparse { .. } | Self::Seeded(_) | Self::Several(_) => None,
        }
    }
}

/// What a second stage sees in a candidate, of one kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ground<'a> {
    /// [`Ground::LISTENERS`], [`Ground::POPULARITY`], [`Ground::HISTORY`], or what the feature is called.
    pub kind: &'a str,
    /// What it adds to the score beside a usual candidate, to first order; below 0 it speaks against it.
    pub share: f32,
    /// Whether by this kind the candidate is nearer to what the listener likes, or liked by more, than is usual.
    pub is_near: bool,
}

impl Ground<'_> {
    /// What the first stage makes of listener and item.
    pub const LISTENERS: &'static str = "listeners";
    /// How many like it.
    pub const POPULARITY: &'static str = "popularity";
    /// How much the listener likes, whatever the candidate.
    pub const HISTORY: &'static str = "history";
}

/// What can be handed on without saying what it is; every model can.
pub trait Boxed {
    /// The same model.
    fn boxed(self: Box<Self>) -> Box<dyn Recommender>;
}

impl<T: Recommender + 'static> Boxed for T {
    fn boxed(self: Box<Self>) -> Box<dyn Recommender> {
        self
    }
}

/// A fitted model.
///
/// Fitting stays outside: its inputs differ.
/// A listener is always a history, so that one who was not there at the training is nothing special.
pub trait Recommender: Boxed + Send + Sync + Debug {
    /// Number of item rows.
    fn n_items(&self) -> usize;

    /// What the model makes of a history, to score with.
    fn represent(&self, history: &History<'_>) -> Query;

    /// Writes the score of every item for every query into `scores` `[n_queries × n_items]`.
    ///
    /// Scores rise with goodness and are finite; what was heard is scored like the rest.
    ///
    /// # Panics
    /// When the shape is another, or a query came from another kind of model.
    fn score_batch(&self, queries: &[Query], scores: &mut Matrix);

    /// What each entry of the history contributes to the score of `item`; the contributions sum to it.
    ///
    /// `None` when the score does not come from the history.
    fn explain(&self, history: &History<'_>, item: ItemIx) -> Option<Vec<f32>>;

    /// As [`Recommender::explain`], of several items for little more than of one where the model can share the work.
    fn explain_each(&self, history: &History<'_>, items: &[ItemIx]) -> Option<Vec<Vec<f32>>> {
        items.iter().map(|&item| self.explain(history, item)).collect()
    }

    /// A vector for an item that was not in the training, from what its listeners are and think of it.
    ///
    /// The age of each is counted from the listener's own newest listen.
    /// `None` where the model cannot make one.
    fn represent_item(&self, _listeners: &[(Query, Heard)]) -> Option<Vec<f32>> {
        None
    }

    /// A vector for each of some items that were not in the training, from what is known of them `[n_items × dim]`.
    ///
    /// `None` where the model does not look at features, of however few items.
    fn represent_features(&self, _features: &ItemFeatures) -> Option<Matrix> {
        None
    }

    /// Whether anything is made of an item that was not in the training, from what is known of it.
    fn looks_at_features(&self) -> bool {
        self.represent_features(&ItemFeatures::none(0)).is_some()
    }

    /// The model with a row more, after its own, for each of some items that were not in the training.
    ///
    /// A model that is made of others has each of them make of these what it can.
    fn extended(self: Box<Self>, features: &ItemFeatures) -> Box<dyn Recommender> {
        let vectors = self.represent_features(features);
        extended::with_vectors(self.boxed(), features.n_items, vectors.as_ref())
    }

    /// Whether [`Recommender::represent`] looks at the moments of a history, which are else not worth gathering.
    fn wants_moments(&self) -> bool {
        false
    }

    /// Whether a second stage orders what vectors find, so that a score is more than their dot.
    fn is_staged(&self) -> bool {
        false
    }

    /// What a second stage makes of some candidates, each once; `None` where there is none.
    ///
    /// A score depends on the other candidates as well.
    fn rerank(&self, _history: &History<'_>, _items: &[ItemIx]) -> Option<Vec<f32>> {
        None
    }

    /// What each entry of the history contributes to the score by which a first stage finds some items.
    ///
    /// That is the score itself where there is one stage; where there are two it says how an item came to be judged, not
    /// what was made of it: that is [`Recommender::reasons`].
    fn explain_found(&self, history: &History<'_>, items: &[ItemIx]) -> Option<Vec<Vec<f32>>> {
        self.explain_each(history, items)
    }

    /// What a second stage sees in the candidates at these places of what [`Recommender::rerank`] is given, by kind, what
    /// speaks most for one first.
    ///
    /// `None` where the model cannot tell; nothing of an item that was not in the training.
    fn reasons(
        &self,
        _history: &History<'_>,
        _items: &[ItemIx],
        _places: &[usize],
    ) -> Option<Vec<Vec<Ground<'_>>>> {
        None
    }

    /// A vector for each item `[n_items × dim]`, if items have one.
    fn item_vectors(&self) -> Option<&Matrix>;

    /// A vector for each user of the training `[n_users × dim]`: right after a fit, where the model has one.
    fn user_vectors(&self) -> Option<&Matrix> {
        None
    }

    /// All that [`crate::load`] needs to make this model again.
    fn arrays(&self) -> BTreeMap<String, Array>;
}

/// Scores each query into its row of `scores`, rows in parallel.
pub(crate) fn score_rows(
    queries: &[Query],
    scores: &mut Matrix,
    n_items: usize,
    score: impl Fn(&Query, &mut [f32]) + Sync,
) {
    let shape = (scores.n_rows(), scores.dim());
    assert_eq!(shape, (queries.len(), n_items), "a row of scores a query expected");
    if n_items == 0 {
        return;
    }
    let rows = scores.as_mut_slice().par_chunks_mut(n_items);
    queries.par_iter().zip(rows).for_each(|(query, row)| score(query, row));
}
