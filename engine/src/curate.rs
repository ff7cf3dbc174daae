//! Of all candidates, which make the list?
//!
//! Here facts of the catalogue and of the listener become what [`rank::slate`] goes by.

use jiff::ToSpan;
use jiff::civil::Date;
use music::{ItemIx, Source};
use rank::{Candidate, Fate, Mix, Rules, Slate, fate, slate};

use crate::lifts::Lift;
use crate::maker::Maker;
use crate::regions::TasteMap;
use crate::sources::Found;
use crate::taste::Taste;

/// What is known of the candidates beside what the catalogue says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Curation<'a> {
    pub(crate) maker: &'a Maker<'a>,
    pub(crate) model: usize,
    pub(crate) taste: &'a Taste,
    pub(crate) map: &'a TasteMap,
    pub(crate) rules: &'a Rules,
    /// What speaks for or against each candidate beside the model.
    pub(crate) lifts: &'a [Lift],
    /// What the exposure of each candidate costs.
    pub(crate) prices: &'a [f32],
    pub(crate) monday: Date,
    pub(crate) seed: u64,
}

/// Makes the slate; its lines are places among the candidates.
pub(crate) fn curate(curation: &Curation<'_>, found: &[Found]) -> Slate {
    let candidates = candidates(curation, found);
    let genres = curation.taste.genres(&curation.maker.facts);
    let regions = curation.map.shares();
    let mix = Mix { genres: &genres, regions: &regions };
    slate(&candidates, &mix, curation.rules, curation.seed)
}

/// What became of one candidate of the slate.
pub(crate) fn outcome(curation: &Curation<'_>, found: &[Found], at: usize) -> Fate {
    let candidates = candidates(curation, found);
    let genres = curation.taste.genres(&curation.maker.facts);
    let regions = curation.map.shares();
    let mix = Mix { genres: &genres, regions: &regions };
    fate(&candidates, &mix, curation.rules, curation.seed, at)
}

fn candidates<'a>(curation: &Curation<'a>, found: &'a [Found]) -> Vec<Candidate<'a>> {
    let Curation { maker, model, .. } = *curation;
    let facts = &maker.facts;
    let vectors = maker.snapshot.models[model].recommender.item_vectors();
    let distances = distances(curation, found);
    let fresh_since = fresh_since(maker, curation.monday);
    let is_fresh = |date: Date| (fresh_since..=curation.monday).contains(&date);
    let candidate = |(at, found): (usize, &'a Found)| {
        let row = facts.row(found.item);
        Candidate {
            item: found.item,
            score: found.score,
            lift: curation.lifts[at].whole(),
            artists: facts.artists(found.item),
            release: row.release,
            work: row.work,
            vector: vectors.map(|vectors| vectors.row(found.item.0 as usize)),
            region: (!curation.map.is_empty()).then_some(found.region),
            popularity: facts.popularity(found.item),
            distance: distances[at],
            genres: facts.genres(found.item),
            is_fresh: row.released.is_some_and(is_fresh),
            is_explorable: found.sources.contains(Source::Exploration),
            price: curation.prices[at],
            sound: row.sound,
        }
    };
    found.iter().enumerate().map(candidate).collect()
}

/// The first day that counts as not long ago.
pub(crate) fn fresh_since(maker: &Maker<'_>, monday: Date) -> Date {
    monday.saturating_sub(i64::from(maker.config.weekly.fresh_weeks).weeks())
}

/// How far each lies from what the listener knows: the share of the candidates that lie nearer to what the listener likes,
/// and 1 for what is by artists of whom nothing was heard, 0 for the others; half of each.
///
/// Near is what points where the medoid of a region points; without vectors, what scores well.
fn distances(curation: &Curation<'_>, found: &[Found]) -> Vec<f32> {
    let nearness = |found: &Found| match &curation.maker.space {
        Some(space) if !curation.map.is_empty() => {
            let cosine = |medoid: ItemIx| linalg::dot(space.unit(medoid), space.unit(found.item));
            curation.map.medoids().map(cosine).fold(f32::NEG_INFINITY, f32::max)
        }
        _ => found.score,
    };
    let nearness: Vec<f32> = found.iter().map(nearness).collect();
    let mut sorted = nearness.clone();
    sorted.sort_by(f32::total_cmp);
    let n = found.len().max(1) as f32;
    let n_nearer = |near: &f32| sorted.len() - sorted.partition_point(|other| other <= near);
    let known = curation.taste.artists(&curation.maker.facts);
    let is_new = |found: &Found| {
        !curation.maker.facts.artists(found.item).iter().any(|artist| known.contains(artist))
    };
    let distance = |(near, found): (&f32, &Found)| {
        f32::midpoint(n_nearer(near) as f32 / n, f32::from(u8::from(is_new(found))))
    };
    nearness.iter().zip(found).map(distance).collect()
}
