//! What may be set of the weekly list?

use music::Source;
use rank::{Rules, Variety};
use serde::Deserialize;

use super::Refusal;

/// What `weekly` hands over.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Weekly {
    /// Lines of a list.
    pub size: u32,
    /// Share of the lines that are the bolder tail.
    pub expand_share: f32,
    /// Most lines by one artist.
    pub per_artist: u32,
    /// Most lines from one release.
    pub per_release: u32,
    /// How lines are kept from being alike.
    pub variety: VarietyKind,
    /// From 0, best scores only, to 1, least alike only.
    pub diversity: f32,
    /// How much relevance a nat of divergence from the listener's own mix of tags costs.
    pub calibration: f32,
    /// From 0, close to home, over 0.5, as the scores say, to 1, far; a listener's own setting goes first.
    pub adventure: f32,
    /// Share of the lines that are drawn by chance at an adventure of 0.5; none at 0, twice as many at 1.
    pub explore_share: f32,
    /// The most regions of a listener's taste.
    pub max_regions: u32,
    /// How much a region's scores are of its own listens: from 0, of the whole taste, to 1, of its own alone.
    pub region_focus: f32,
    /// Share of its own share that each region of taste gets at least.
    pub region_share: f32,
    /// Share of the lines that came out not long ago at least.
    pub fresh_share: f32,
    /// Weeks that not long ago means.
    pub fresh_weeks: u32,
    /// The largest part of the relevance that fair exposure may cost; 0 for no exposure prices.
    pub price_loss: f32,
    /// How strongly a season lifts what belongs to it, from 0, not at all, to 1.
    pub season: f32,
    /// Artists with fewer listeners here are in no list, as a line would tell who listens; 0 for none.
    pub privacy_threshold: u32,
    /// Liked recordings from which on the serving model alone scores; with fewer, what is popular here counts too.
    pub min_liked: u32,
    /// How many candidates each source proposes.
    pub sources: SourceQuotas,
}

/// How lines are kept from being alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VarietyKind {
    /// Maximal marginal relevance.
    Mmr,
    /// Determinantal point process.
    Dpp,
}

/// How many candidates each source proposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct SourceQuotas {
    /// [`Source::TasteRegion`].
    pub taste_region: u32,
    /// [`Source::Neighbor`].
    pub neighbor: u32,
    /// [`Source::LovedArtist`].
    pub loved_artist: u32,
    /// [`Source::NextArtist`].
    pub next_artist: u32,
    /// [`Source::SimilarListeners`].
    pub similar_listeners: u32,
    /// [`Source::Trending`].
    pub trending: u32,
    /// [`Source::Fresh`].
    pub fresh: u32,
    /// [`Source::Forgotten`].
    pub forgotten: u32,
    /// [`Source::Exploration`].
    pub exploration: u32,
    /// [`Source::OtherModel`].
    pub other_model: u32,
}

impl SourceQuotas {
    /// How many candidates a source proposes.
    #[must_use]
    pub fn of(&self, source: Source) -> u32 {
        match source {
            Source::TasteRegion => self.taste_region,
            Source::Neighbor => self.neighbor,
            Source::LovedArtist => self.loved_artist,
            Source::NextArtist => self.next_artist,
            Source::SimilarListeners => self.similar_listeners,
            Source::Trending => self.trending,
            Source::Fresh => self.fresh,
            Source::Forgotten => self.forgotten,
            Source::Exploration => self.exploration,
            Source::OtherModel => self.other_model,
            // As many as a list may hold of them.
            Source::SecondChance => 2,
        }
    }
}

impl Weekly {
    /// What a list of so many lines keeps to and strives for, for a listener so adventurous.
    #[must_use]
    pub fn rules(&self, size: usize, adventure: f32) -> Rules {
        let expand = part(self.expand_share, size);
        Rules {
            size,
            expand,
            explore: part(2.0 * adventure * self.explore_share, size).min(expand),
            per_artist: self.per_artist as usize,
            per_release: self.per_release as usize,
            variety: match self.variety {
                VarietyKind::Mmr => Variety::Mmr,
                VarietyKind::Dpp => Variety::Dpp,
            },
            diversity: self.diversity,
            calibration: self.calibration,
            adventure,
            region_share: self.region_share,
            fresh_share: self.fresh_share,
            price_loss: self.price_loss,
        }
    }

    pub(super) fn check(&self) -> Result<(), Refusal> {
        let counts = [
            ("weekly.size", self.size),
            ("weekly.per_artist", self.per_artist),
            ("weekly.per_release", self.per_release),
            ("weekly.max_regions", self.max_regions),
            ("weekly.sources.taste-region", self.sources.taste_region),
        ];
        if let Some((key, value)) = counts.into_iter().find(|(_, value)| *value == 0) {
            return Err((key, "a number of at least 1", value.to_string()));
        }
        let shares = [
            ("weekly.expand_share", self.expand_share),
            ("weekly.diversity", self.diversity),
            ("weekly.adventure", self.adventure),
            ("weekly.explore_share", self.explore_share),
            ("weekly.region_focus", self.region_focus),
            ("weekly.region_share", self.region_share),
            ("weekly.fresh_share", self.fresh_share),
            ("weekly.price_loss", self.price_loss),
            ("weekly.season", self.season),
        ];
        let is_share = |value: f32| (0.0..=1.0).contains(&value);
        if let Some((key, value)) = shares.into_iter().find(|(_, value)| !is_share(*value)) {
            return Err((key, "a number from 0 to 1", value.to_string()));
        }
        if !self.calibration.is_finite() || self.calibration < 0.0 {
            let got = self.calibration.to_string();
            return Err(("weekly.calibration", "a number of at least 0", got));
        }
        Ok(())
    }
}

/// A share of a list, in whole lines.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a short list"
)]
fn part(share: f32, size: usize) -> usize {
    (share * size as f32).round() as usize
}

impl Default for Weekly {
    fn default() -> Self {
        Self {
            size: 30,
            expand_share: 1.0 / 3.0,
            per_artist: 2,
            per_release: 2,
            variety: VarietyKind::Mmr,
            diversity: 0.05,
            calibration: 0.8,
            adventure: 0.5,
            explore_share: 0.1,
            max_regions: 5,
            region_focus: 0.5,
            region_share: 0.25,
            fresh_share: 0.0,
            fresh_weeks: 8,
            price_loss: 0.02,
            season: 0.5,
            privacy_threshold: 0,
            min_liked: 5,
            sources: SourceQuotas::default(),
        }
    }
}

impl Default for SourceQuotas {
    fn default() -> Self {
        Self {
            taste_region: 500,
            neighbor: 100,
            loved_artist: 100,
            next_artist: 100,
            similar_listeners: 50,
            trending: 50,
            fresh: 50,
            forgotten: 50,
            exploration: 100,
            other_model: 100,
        }
    }
}
