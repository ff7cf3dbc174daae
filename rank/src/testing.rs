//! What do tests pick from?

use std::collections::{BTreeMap, BTreeSet};

use linalg::dot;
use music::{ArtistId, ItemIx};
use proptest::prelude::Strategy;

use crate::{Candidate, Rules, Sound, Variety};

/// A candidate that no cap meets, scored lower the later it comes.
pub(crate) fn plain(at: usize) -> Candidate<'static> {
    let row = u32::try_from(at).unwrap();
    Candidate {
        item: ItemIx(row),
        score: 1.0 / (row as f32 + 1.0),
        lift: 1.0,
        artists: &[],
        release: None,
        work: u64::from(row),
        vector: None,
        region: None,
        popularity: 0.5,
        distance: 0.5,
        genres: &[],
        is_fresh: false,
        is_explorable: false,
        price: 0.0,
        sound: Sound::default(),
    }
}

/// What owns the slices of a candidate.
#[derive(Clone, Debug)]
pub(crate) struct Owned {
    item: ItemIx,
    score: f32,
    artists: Vec<ArtistId>,
    release: Option<u64>,
    work: u64,
    vector: Option<Vec<f32>>,
    genres: Vec<(u32, f32)>,
    popularity: f32,
    is_explorable: bool,
}

impl Owned {
    pub(crate) fn candidate(&self) -> Candidate<'_> {
        Candidate {
            item: self.item,
            score: self.score,
            artists: &self.artists,
            release: self.release,
            work: self.work,
            vector: self.vector.as_deref(),
            genres: &self.genres,
            popularity: self.popularity,
            region: Some(usize::from(self.popularity > 0.5)),
            is_explorable: self.is_explorable,
            ..plain(0)
        }
    }
}

/// Few artists, releases, works, scores and directions, so that every rule and tie comes up.
pub(crate) fn pool() -> impl Strategy<Value = Vec<Owned>> {
    let owned = (
        (-3..6_i8).prop_map(|score| f32::from(score) / 2.0),
        proptest::collection::vec((0..6_u64).prop_map(ArtistId), 0..3),
        proptest::option::of(0..5_u64),
        0..25_u64,
        proptest::option::of(proptest::collection::vec((-2..3_i8).prop_map(f32::from), 3)),
        proptest::collection::btree_set(0..4_u32, 0..3),
        (0..5_u8).prop_map(|quarters| f32::from(quarters) / 4.0),
        proptest::bool::ANY,
    );
    proptest::collection::vec(owned, 0..30).prop_map(|pool| {
        let numbered = (0..).zip(pool);
        let owned = numbered.map(
            |(row, (score, artists, release, work, vector, genres, popularity, is_explorable))| {
                let share = 1.0 / genres.len().max(1) as f32;
                let genres = genres.into_iter().map(|genre| (genre, share)).collect();
                Owned {
                    item: ItemIx(row),
                    score,
                    artists,
                    release,
                    work,
                    vector,
                    genres,
                    popularity,
                    is_explorable,
                }
            },
        );
        owned.collect()
    })
}

pub(crate) fn rules() -> impl Strategy<Value = Rules> {
    let diversity = proptest::sample::select(vec![0.0, 0.1, 0.3, 0.5, 0.9, 1.0]);
    let calibration = proptest::sample::select(vec![0.0, 0.5]);
    let variety = proptest::sample::select(vec![Variety::Mmr, Variety::Dpp]);
    (0..35_usize, 0..4_usize, 0..4_usize, diversity, calibration, variety).prop_map(
        |(size, per_artist, per_release, diversity, calibration, variety)| Rules {
            per_artist,
            per_release,
            diversity,
            calibration,
            variety,
            ..Rules::plain(size)
        },
    )
}

/// Whether lines keep the hard rules, everything counted anew.
pub(crate) fn is_valid(candidates: &[Candidate<'_>], list: &[usize], rules: &Rules) -> bool {
    let (mut artists, mut releases, mut works) =
        (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for c in list.iter().map(|&at| &candidates[at]) {
        *works.entry(c.work).or_insert(0) += 1;
        c.release.into_iter().for_each(|release| *releases.entry(release).or_insert(0) += 1);
        let credited: BTreeSet<ArtistId> = c.artists.iter().copied().collect();
        credited.into_iter().for_each(|artist| *artists.entry(artist).or_insert(0) += 1);
    }
    list.len() <= rules.size
        && works.values().all(|&n| n <= 1)
        && releases.values().all(|&n| n <= rules.per_release)
        && artists.values().all(|&n| n <= rules.per_artist)
}

pub(crate) fn cosine(a: Option<&[f32]>, b: Option<&[f32]>) -> Option<f32> {
    let (a, b) = (a?, b?);
    let cosine = dot(a, b) / dot(a, a).sqrt() / dot(b, b).sqrt();
    (!cosine.is_nan()).then_some(cosine)
}
