//! Of the best candidates of one model, which come first by another one's judgement?
//!
//! The first stage, any model, scores all items; the second orders the best `keep` of them, and all others stand below in
//! the order of the first.
//! Sequential hybrids in the sense of Burke, Hybrid Recommender Systems (2002), in both orders: candidates by who heard
//! what and their order by content, or the reverse. [`crate::blend`] is the parallel one.
//!
//! A second stage is the scores of any model, or a network that learns to order: the element-wise product of the vectors
//! of listener and item and what content and history say of the candidate (`inputs`), one layer of ReLU, and a head each
//! for what is liked, heard out and skipped (`net`), as in Covington, Adams & Sargin, Deep Neural Networks for YouTube
//! Recommendations (2016), made small.
//! It is shown lists of a first stage that has not seen the answers (`held_out`, `train`); then the first stage is
//! fitted again to everything, and its vectors turned to where the network knows them (`align`).
//! The main head's score becomes a probability that what is found is liked ([`crate::ranker::Platt`]).
//!
//! A second stage orders what it was trained with. An item that came after that stands where it puts those that the first
//! stage scores nearly the same; a second model that makes something of what is known of an item judges it itself.

mod align;
mod content;
mod heads;
mod held_out;
mod inputs;
mod net;
mod params;
mod ranker;
mod rehearsal;
mod step;
mod train;

use linalg::{Isa, Matrix, dots_with, top_k};
use music::{ItemIx, Rows};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::array::{Arrays, named, take_named};
use crate::blend::load_named;
use crate::{
    Checkpoint, Error, Ground, Heard, History, ItemFeatures, Observer, Query, Recommender, Training,
};
pub use params::{Loss, Params, Second};
use ranker::Ranker;
pub use rehearsal::{Laid, Rehearsal, rehearse};

/// Items of the training beside which an added one stands.
const BESIDE: usize = 8;

const FIRST: &str = "first";
const SECOND: &str = "second";

/// Both stages.
#[derive(Debug)]
pub struct Hybrid {
    keep: usize,
    first: Box<dyn Recommender>,
    second: Stage,
    /// Rows of the training; those that were added are behind them.
    n_trained: usize,
}

/// What orders candidates.
#[derive(Debug)]
enum Stage {
    Network(Box<Ranker>),
    Model(Box<dyn Recommender>),
}

/// Learns both stages.
///
/// A network costs a second fit of the first stage, one list of each listener, and
/// O(epochs·lists·negatives·inputs·hidden); the observer hears of the iterations of each in turn.
/// A training that was stopped begins anew.
///
/// # Errors
/// What the stages say; [`Error::Diverged`] when a number of the network is no longer finite.
#[expect(clippy::needless_pass_by_value, reason = "the registry hands over what it parsed")]
pub fn fit(
    params: Params,
    training: &Training<'_>,
    observer: &mut Observer<'_>,
) -> Result<Hybrid, Error> {
    let training = &Training { resume: None, ..*training };
    let mut fit_part = |spec, training: &Training<'_>| match crate::fit(spec, training, observer) {
        Err(Error::Stopped(_)) => Err(stopped()),
        fitted => fitted,
    };
    let (first, second) = match &params.second {
        Second::Model(spec) => {
            let first = fit_part(&params.first, training)?;
            (first, Stage::Model(fit_part(spec, training)?))
        }
        Second::Network => {
            let (first, ranker) = ranker::fit(&params, training, observer)?;
            (first, Stage::Network(Box::new(ranker)))
        }
    };
    Ok(Hybrid::of(params.keep, first, second))
}

/// A stop after which everything begins anew.
fn stopped() -> Error {
    Error::Stopped(Box::new(Checkpoint { iteration: 0, arrays: Arrays::new() }))
}

#[expect(clippy::needless_pass_by_value, reason = "the registry hands over what it parsed")]
pub(crate) fn load(params: Params, rows: &Rows, arrays: &mut Arrays) -> Result<Hybrid, Error> {
    let first = load_named(FIRST, &params.first, rows, arrays)?;
    let second = match &params.second {
        Second::Model(spec) => Stage::Model(load_named(SECOND, spec, rows, arrays)?),
        Second::Network => {
            let own = &mut take_named(SECOND, arrays);
            Stage::Network(Box::new(Ranker::load(&params, &*first, own)?))
        }
    };
    Ok(Hybrid::of(params.keep, first, second))
}

/// What each stage is asked.
fn stages(query: &Query) -> (&Query, &Query) {
    let Query::Staged { first, second } = query else {
        panic!("a query for two stages expected, got {query:?}")
    };
    (first, second)
}

impl Hybrid {
    fn of(keep: usize, first: Box<dyn Recommender>, second: Stage) -> Self {
        Self { n_trained: first.n_items(), keep, first, second }
    }

    /// Orders the best candidates of the first stage anew, within the scores of a listener.
    fn order(&self, query: &Query, of_second: Option<&[f32]>, scores: &mut [f32]) {
        let known = self.set_apart(query);
        let best = top_k(scores, self.keep, &known);
        let Some(&(_, last)) = best.last() else { return };
        let as_good = known.iter().map(|item| (*item, scores[*item as usize]));
        let as_good = as_good.filter(|(_, score)| *score >= last);
        let (items, own): (Vec<u32>, Vec<f32>) = best.iter().copied().chain(as_good).unzip();
        let anew = self.anew(query, &items, &own, of_second);
        let least = anew.iter().copied().fold(f32::INFINITY, f32::min);
        scores.iter_mut().for_each(|score| *score = least - 1.0 - (last - *score));
        for (item, score) in items.into_iter().zip(anew) {
            scores[item as usize] = score;
        }
    }

    /// What a listener knows and a network was never asked to order: it takes no place from what is to be found.
    fn set_apart(&self, query: &Query) -> Vec<u32> {
        match (&self.second, stages(query).1) {
            (Stage::Network(_), Query::Sparse { items, .. }) => {
                items.iter().map(|item| item.0).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What the second stage makes of candidates with these scores of the first.
    fn anew(
        &self,
        query: &Query,
        items: &[u32],
        own: &[f32],
        of_second: Option<&[f32]>,
    ) -> Vec<f32> {
        let judged: Vec<usize> = (0..items.len()).filter(|at| self.judges(items[*at])).collect();
        let rows: Vec<u32> = judged.iter().map(|at| items[*at]).collect();
        let of_first: Vec<f32> = judged.iter().map(|at| own[*at]).collect();
        let (first, second) = stages(query);
        let scores = match (&self.second, of_second) {
            (Stage::Network(ranker), _) => ranker.scores(first, second, rows, &of_first),
            (Stage::Model(_), Some(scores)) => {
                rows.iter().map(|item| scores[*item as usize]).collect()
            }
            (Stage::Model(model), None) => scores_of(&**model, second, &rows),
        };
        if judged.len() == items.len() {
            return scores;
        }
        let mut known: Vec<(f32, f32)> = of_first.into_iter().zip(scores.iter().copied()).collect();
        known.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut anew: Vec<f32> = own.iter().map(|score| beside(&known, *score)).collect();
        for (at, score) in judged.into_iter().zip(scores) {
            anew[at] = score;
        }
        anew
    }

    /// Whether the second stage knows what to make of an item.
    fn judges(&self, item: u32) -> bool {
        let was_there = (item as usize) < self.n_trained;
        was_there || matches!(&self.second, Stage::Model(model) if model.looks_at_features())
    }
}

/// The mean score of the items that the first stage scores nearest; `known` are scores of both stages, ascending.
fn beside(known: &[(f32, f32)], of_first: f32) -> f32 {
    let place = known.partition_point(|(other, _)| *other < of_first);
    let start = place.saturating_sub(BESIDE / 2).min(known.len().saturating_sub(BESIDE));
    let near = &known[start..known.len().min(start + BESIDE)];
    near.iter().map(|(_, score)| score).sum::<f32>() / near.len().max(1) as f32
}

/// A model's scores of some items.
fn scores_of(model: &dyn Recommender, query: &Query, items: &[u32]) -> Vec<f32> {
    if let (Some(vectors), Some(vector), false) =
        (model.item_vectors(), query.vector(), model.is_staged())
    {
        let mut scores = vec![0.0; items.len()];
        dots_with(vectors, items, vector, &mut scores, Isa::best());
        return scores;
    }
    let mut all = Matrix::zeros(1, model.n_items());
    model.score_batch(std::slice::from_ref(query), &mut all);
    items.iter().map(|item| all.row(0)[*item as usize]).collect()
}

impl Recommender for Hybrid {
    fn n_items(&self) -> usize {
        self.first.n_items()
    }

    fn represent(&self, history: &History<'_>) -> Query {
        let second = match &self.second {
            Stage::Network(_) => inputs::known(history, self.n_trained),
            Stage::Model(model) => model.represent(history),
        };
        Query::Staged { first: Box::new(self.first.represent(history)), second: Box::new(second) }
    }

    fn score_batch(&self, queries: &[Query], scores: &mut Matrix) {
        let (first, second): (Vec<Query>, Vec<Query>) = queries
            .iter()
            .map(stages)
            .map(|(first, second)| (first.clone(), second.clone()))
            .unzip();
        self.first.score_batch(&first, scores);
        let of_second = match &self.second {
            Stage::Network(_) => None,
            Stage::Model(model) => {
                let mut scores = Matrix::zeros(queries.len(), self.n_items());
                model.score_batch(&second, &mut scores);
                Some(scores)
            }
        };
        let rows = scores.as_mut_slice().par_chunks_mut(self.n_items().max(1));
        rows.zip(queries.par_iter()).enumerate().for_each(|(row, (scores, query))| {
            self.order(query, of_second.as_ref().map(|all| all.row(row)), scores);
        });
    }

    /// `None`: what is made of an item depends on the other candidates as well.
    fn explain(&self, _history: &History<'_>, _item: ItemIx) -> Option<Vec<f32>> {
        None
    }

    fn explain_found(&self, history: &History<'_>, items: &[ItemIx]) -> Option<Vec<Vec<f32>>> {
        self.first.explain_found(history, items)
    }

    fn represent_item(&self, listeners: &[(Query, Heard)]) -> Option<Vec<f32>> {
        let first = |(query, heard): &(Query, Heard)| match query {
            Query::Staged { first, .. } => ((**first).clone(), *heard),
            query => (query.clone(), *heard),
        };
        self.first.represent_item(&listeners.iter().map(first).collect::<Vec<_>>())
    }

    fn represent_features(&self, features: &ItemFeatures) -> Option<Matrix> {
        self.first.represent_features(features)
    }

    fn looks_at_features(&self) -> bool {
        let of_second = match &self.second {
            Stage::Network(_) => false,
            Stage::Model(model) => model.looks_at_features(),
        };
        of_second || self.first.looks_at_features()
    }

    fn extended(self: Box<Self>, features: &ItemFeatures) -> Box<dyn Recommender> {
        let second = match self.second {
            Stage::Network(ranker) => Stage::Network(ranker),
            Stage::Model(model) => Stage::Model(model.extended(features)),
        };
        Box::new(Self { first: self.first.extended(features), second, ..*self })
    }

    fn wants_moments(&self) -> bool {
        let of_second = match &self.second {
            Stage::Network(_) => false,
            Stage::Model(model) => model.wants_moments(),
        };
        of_second || self.first.wants_moments()
    }

    fn is_staged(&self) -> bool {
        true
    }

    fn rerank(&self, history: &History<'_>, items: &[ItemIx]) -> Option<Vec<f32>> {
        let query = self.represent(history);
        let rows: Vec<u32> = items.iter().map(|item| item.0).collect();
        let own = scores_of(&*self.first, stages(&query).0, &rows);
        Some(self.anew(&query, &rows, &own, None))
    }

    fn reasons(
        &self,
        history: &History<'_>,
        items: &[ItemIx],
        places: &[usize],
    ) -> Option<Vec<Vec<Ground<'_>>>> {
        let Stage::Network(ranker) = &self.second else { return None };
        let query = self.represent(history);
        let (first, second) = stages(&query);
        // As the network is given them: without what was added.
        let judged: Vec<usize> = (0..items.len()).filter(|at| self.judges(items[*at].0)).collect();
        let rows: Vec<u32> = judged.iter().map(|at| items[*at].0).collect();
        let own = scores_of(&*self.first, first, &rows);
        let of_judged = places.iter().filter_map(|place| judged.binary_search(place).ok());
        let of_judged: Vec<usize> = of_judged.collect();
        let mut grounds = ranker.reasons(first, second, rows, &own, &of_judged)?.into_iter();
        let of_place = |place: &usize| match judged.binary_search(place) {
            Ok(_) => grounds.next(),
            Err(_) => Some(Vec::new()),
        };
        places.iter().map(of_place).collect()
    }

    fn item_vectors(&self) -> Option<&Matrix> {
        self.first.item_vectors()
    }

    fn user_vectors(&self) -> Option<&Matrix> {
        self.first.user_vectors()
    }

    fn arrays(&self) -> Arrays {
        let second = match &self.second {
            Stage::Network(ranker) => ranker.arrays(),
            Stage::Model(model) => model.arrays(),
        };
        named(FIRST, self.first.arrays()).chain(named(SECOND, second)).collect()
    }
}

#[cfg(test)]
mod tests;
