//! What must a list keep to, and what does it strive for?

/// How lines are kept from being alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variety {
    /// Maximal marginal relevance: as little like the line it is most like.
    Mmr,
    /// Determinantal point process: as little like all lines together.
    Dpp,
}

/// What a list must keep to, and what it strives for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// The most lines.
    pub size: usize,
    /// How many of them, the last ones, are bolder.
    pub expand: usize,
    /// How many of the bolder ones are drawn by chance.
    pub explore: usize,
    /// The most lines that credit one artist.
    pub per_artist: usize,
    /// The most lines from one release.
    pub per_release: usize,
    /// How lines are kept from being alike.
    pub variety: Variety,
    /// From 0, score alone, to 1, variety alone.
    pub diversity: f32,
    /// How much relevance a nat of divergence from the listener's own mix costs; at least 0.
    pub calibration: f32,
    /// From 0, close to home, over 0.5, as the scores say, to 1, far.
    pub adventure: f32,
    /// Share of its own share of the list that each region of taste gets at least, 0 to 1.
    pub region_share: f32,
    /// Share of the list that came out not long ago at least, 0 to 1.
    pub fresh_share: f32,
    /// The largest part of the relevance that exposure prices may cost, 0 to 1.
    pub price_loss: f32,
}

impl Rules {
    /// A list of the best scores, and nothing else.
    #[must_use]
    pub const fn plain(size: usize) -> Self {
        Self {
            size,
            expand: 0,
            explore: 0,
            per_artist: usize::MAX,
            per_release: usize::MAX,
            variety: Variety::Mmr,
            diversity: 0.0,
            calibration: 0.0,
            adventure: 0.5,
            region_share: 0.0,
            fresh_share: 0.0,
            price_loss: 0.0,
        }
    }

    pub(crate) fn assert_valid(&self) {
        let shares = [
            ("diversity", self.diversity),
            ("adventure", self.adventure),
            ("region_share", self.region_share),
            ("fresh_share", self.fresh_share),
            ("price_loss", self.price_loss),
        ];
        for (name, share) in shares {
            assert!((0.0..=1.0).contains(&share), "{name} 0 to 1 expected, got {share}");
        }
        let is_cost = self.calibration.is_finite() && self.calibration >= 0.0;
        assert!(is_cost, "calibration of at least 0 expected, got {}", self.calibration);
        let is_in = self.explore <= self.expand && self.expand <= self.size;
        assert!(is_in, "explore ≤ expand ≤ size expected, got {self:?}");
    }
}
