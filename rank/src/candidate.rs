//! What may stand in the list, and what does its listener usually hear?

use music::{ArtistId, ItemIx};

use crate::order::Sound;

/// One recording, or artist, that may stand in the list.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Its row; one row stands at most once among the candidates.
    pub item: ItemIx,
    /// Finite; rises with goodness.
    pub score: f32,
    /// What multiplies the score beside the model: season and wishes; finite, above 0, 1 where nothing speaks.
    pub lift: f32,
    /// Every credited artist, main or featured; each counts toward its cap.
    pub artists: &'a [ArtistId],
    /// The release it is on, by any number that tells releases apart; without one no cap holds it.
    pub release: Option<u64>,
    /// The work it is a version of, by any number that tells works apart.
    pub work: u64,
    /// Where it lies `[dim]`, the same dim for all; without one, or at the origin, it is similar to nothing.
    pub vector: Option<&'a [f32]>,
    /// Which of the listener's regions of taste it lies in, by its place in [`Mix::regions`].
    pub region: Option<usize>,
    /// Share of the catalogue that is less popular, 0 to 1.
    pub popularity: f32,
    /// How far it lies from what the listener knows, 0 to 1.
    pub distance: f32,
    /// What it is called, with the share of each, ascending; shares sum to 1, or there is none.
    pub genres: &'a [(u32, f32)],
    /// Whether it came out not long ago.
    pub is_fresh: bool,
    /// Whether an exploration slot may hold it.
    pub is_explorable: bool,
    /// What its exposure costs, in units of relevance: above 0 where it has had more than its share, below 0 where less.
    pub price: f32,
    /// How it sounds, as far as known.
    pub sound: Sound,
}

/// What the listener usually hears.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mix<'a> {
    /// What it is called, with the share of each, ascending; shares sum to 1, or there is none.
    pub genres: &'a [(u32, f32)],
    /// The share of each region of taste; they sum to 1, or there is none.
    pub regions: &'a [f32],
}

/// Refuses what no stage could make sense of.
pub(crate) fn assert_valid(candidates: &[Candidate<'_>]) {
    let dim = candidates.iter().find_map(|c| c.vector).map_or(0, <[f32]>::len);
    for c in candidates {
        let row = c.item.0;
        assert!(c.score.is_finite(), "a finite score expected for row {row}, got {}", c.score);
        let is_lift = c.lift.is_finite() && c.lift > 0.0;
        assert!(is_lift, "a finite lift above 0 expected for row {row}, got {}", c.lift);
        assert!(c.price.is_finite(), "a finite price expected for row {row}, got {}", c.price);
        for share in [c.popularity, c.distance] {
            assert!((0.0..=1.0).contains(&share), "0 to 1 expected for row {row}, got {share}");
        }
        let got = c.vector.map_or(dim, <[f32]>::len);
        assert!(got == dim, "dim {dim} expected for row {row}, got {got}");
    }
}
