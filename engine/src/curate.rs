//! Of all candidates, which make the list?
//!
//! Here facts of the catalogue and of the listener become what [`rank::slate`] goes by.

use jiff::ToSpan;
use jiff::civil::Date;
use music::ItemIx;
use rank::{Candidate, Mix, Rules, Slate, slate};

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
    pub(crate) regions: &'a TasteMap,
    pub(crate) rules: &'a Rules,
    /// What multiplies the score of each candidate.
    pub(crate) lifts: &'a [f32],
    /// What the exposure of each candidate costs.
    pub(crate) prices: &'a [f32],
    pub(crate) monday: Date,
    pub(crate) seed: u64,
}

/// Makes the slate; its lines are places among the candidates.
pub(crate) fn curate(curation: &Curation<'_>, found: &[Found]) -> Slate {
    let candidates = candidates(curation, found);
    let genres = curation.taste.genres(&curation.maker.facts);
    let regions = curation.regions.shares();
    let mix = Mix { genres: &genres, regions: &regions };
    slate(&candidates, &mix, curation.rules, curation.seed)
}

fn candidates<'a>(curation: &Curation<'a>, found: &'a [Found]) -> Vec<Candidate<'a>> {
    let Curation { maker, model, .. } = *curation;
    let facts = &maker.facts;
    let vectors = maker.snapshot.models[model].recommender.item_vectors();
    let distances = distances(curation, found);
    let fresh_weeks = i64::from(maker.config.weekly.fresh_weeks);
    let fresh_since = curation.monday.saturating_sub(fresh_weeks.weeks());
    let candidate = |(at, found): (usize, &'a Found)| {
        let row = facts.row(found.item);
        Candidate {
            item: found.item,
            score: found.score,
            lift: curation.lifts[at],
            artists: facts.artists(found.item),
            release: row.release,
            work: row.work,
            vector: vectors.map(|vectors| vectors.row(found.item.0 as usize)),
            region: (!curation.regions.is_empty()).then_some(found.region),
            popularity: facts.popularity(found.item),
            distance: distances[at],
            genres: facts.genres(found.item),
            is_fresh: row.released.is_some_and(|date| (fresh_since..=curation.monday).contains(&date)),
            is_explorable: found.sources.contains(&music::Source::Exploration),
            price: curation.prices[at],
            sound: row.sound,
        }
    };
    found.iter().enumerate().map(candidate).collect()
}

/// Share of the candidates that lie nearer to what the listener likes, of each.
///
/// Near is what points where the medoid of a region points; without vectors, what scores well.
fn distances(curation: &Curation<'_>, found: &[Found]) -> Vec<f32> {
    let nearness = |found: &Found| match &curation.maker.space {
        Some(space) if !curation.regions.is_empty() => {
            let medoids = curation.regions.medoids();
            let cosine = |medoid: ItemIx| linalg::dot(space.unit(medoid), space.unit(found.item));
            medoids.map(cosine).fold(f32::NEG_INFINITY, f32::max)
        }
        _ => found.score,
    };
    let nearness: Vec<f32> = found.iter().map(nearness).collect();
    let mut sorted = nearness.clone();
    sorted.sort_by(f32::total_cmp);
    let n = found.len().max(1) as f32;
    let nearer = |near: &f32| (sorted.len() - sorted.partition_point(|other| other <= near)) as f32 / n;
    nearness.iter().map(nearer).collect()
}
