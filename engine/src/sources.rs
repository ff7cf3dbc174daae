//! Which recordings are worth a thought?
//!
//! Several sources propose, each with a quota; what several propose is one candidate that remembers all of them.
//! What is off limits is never proposed.

use jiff::Timestamp;
use jiff::civil::Date;
use music::{ItemIx, Source, Week};

use crate::maker::Maker;
use crate::retrieve::{Asked, Retrieved};
use crate::taste::Taste;

mod exploration;
mod fresh;
mod loved_artists;
pub(crate) mod neighbors;
mod next_artists;
mod other_models;
mod regions;
mod similar_listeners;
mod trending;

/// Names at most so many candidates, each once.
type Propose = fn(&Ask<'_>, usize) -> Vec<ItemIx>;

/// Candidates are proposed by these.
const PROPOSE: [(Source, Propose); 9] = [
    (Source::TasteRegion, regions::propose),
    (Source::Neighbor, neighbors::propose),
    (Source::LovedArtist, loved_artists::propose),
    (Source::NextArtist, next_artists::propose),
    (Source::SimilarListeners, similar_listeners::propose),
    (Source::Trending, trending::propose),
    (Source::Fresh, fresh::propose),
    (Source::Exploration, exploration::propose),
    (Source::OtherModel, other_models::propose),
];

/// What is asked of a source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) maker: &'a Maker<'a>,
    pub(crate) taste: &'a Taste,
    pub(crate) asked: &'a Asked,
    pub(crate) retrieved: &'a Retrieved<'a>,
    /// Where the listener was heard last, as far as the log says.
    pub(crate) country: Option<&'a str>,
    /// The Monday of the list.
    pub(crate) monday: Date,
}

/// A candidate and who proposed it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) item: ItemIx,
    /// The best over the regions, or what the second stage makes of it.
    pub(crate) score: f32,
    /// The region of the best score of the first stage.
    pub(crate) region: usize,
    pub(crate) sources: Proposers,
    pub(crate) before: Before,
}

/// A set of sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Proposers(u16);

impl Proposers {
    /// One source alone.
    pub(crate) fn only(source: Source) -> Self {
        Self(1 << source as u16)
    }

    pub(crate) fn contains(self, source: Source) -> bool {
        self.0 & Self::only(source).0 != 0
    }

    /// In the order of [`Source`].
    pub(crate) fn all(self) -> Vec<Source> {
        Source::ALL.into_iter().filter(|source| self.contains(*source)).collect()
    }
}

/// What a recording was to the listener before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// Nothing yet.
    New,
    /// Heard last then.
    Heard(Timestamp),
    /// In the list of a week, which was not opened.
    Unopened(Week),
}

/// Every proposal, merged, best score first; where the model has a second stage, by its judgement.
pub(crate) fn gather(ask: &Ask<'_>) -> Vec<Found> {
    let quotas = &ask.maker.config.weekly.sources;
    let mut found: Vec<(ItemIx, Proposers)> = Vec::new();
    for (source, propose) in PROPOSE {
        let proposed = propose(ask, quotas.of(source) as usize).into_iter();
        found.extend(proposed.map(|item| (item, Proposers::only(source))));
    }
    found.sort_unstable_by_key(|(item, _)| *item);
    found.dedup_by(|(other, more), (item, sources)| {
        let is_same = other == item;
        sources.0 |= if is_same { more.0 } else { 0 };
        is_same
    });
    let rows: Vec<u32> = found.iter().map(|(item, _)| item.0).collect();
    let best = ask.retrieved.scores.best(&rows);
    let mut found: Vec<Found> = found
        .into_iter()
        .zip(best)
        .map(|((item, sources), (score, region))| Found {
            item,
            score,
            region,
            sources,
            before: Before::New,
        })
        .collect();
    rerank(ask, &mut found);
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item)));
    found
}

/// Gives candidates the scores of the second stage, where the model has one and judges alone.
fn rerank(ask: &Ask<'_>, found: &mut [Found]) {
    if ask.asked.cold.is_some() {
        return;
    }
    let recommender = &ask.maker.snapshot.models[ask.asked.model].recommender;
    let items: Vec<ItemIx> = found.iter().map(|found| found.item).collect();
    if let Some(scores) = recommender.rerank(&ask.taste.weights(), &items) {
        for (found, score) in found.iter_mut().zip(scores) {
            found.score = score;
        }
    }
}

impl Ask<'_> {
    /// Whether a row may be proposed at all.
    pub(crate) fn is_open(&self, item: ItemIx) -> bool {
        self.asked.left_out.binary_search(&item.0).is_err()
    }

    /// The best-scored of some rows, of those that may be proposed, best first.
    pub(crate) fn best(&self, rows: impl Iterator<Item = ItemIx>, quota: usize) -> Vec<ItemIx> {
        let open = rows.filter(|item| self.is_open(*item)).map(|item| item.0);
        self.retrieved.scores.top(&open.collect::<Vec<_>>(), quota)
    }
}
