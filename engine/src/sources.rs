//! Which recordings are worth a thought?
//!
//! Several sources propose, each with a quota; what several propose is one candidate that remembers all of them.
//! What is off limits is never proposed.

use std::collections::BTreeMap;

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
    /// The best over the regions.
    pub(crate) score: f32,
    /// The region of the best score.
    pub(crate) region: usize,
    /// In the order of [`Source`].
    pub(crate) sources: Vec<Source>,
    pub(crate) before: Before,
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

/// Every proposal, merged, best score first.
pub(crate) fn gather(ask: &Ask<'_>) -> Vec<Found> {
    let quotas = &ask.maker.config.weekly.sources;
    let mut found: BTreeMap<ItemIx, Vec<Source>> = BTreeMap::new();
    for (source, propose) in PROPOSE {
        for item in propose(ask, quotas.of(source) as usize) {
            let sources = found.entry(item).or_default();
            if sources.last() != Some(&source) {
                sources.push(source);
            }
        }
    }
    let rows: Vec<u32> = found.keys().map(|item| item.0).collect();
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
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item)));
    found
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
