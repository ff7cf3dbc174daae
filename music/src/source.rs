//! Who proposed a recording for a list?

use serde::{Deserialize, Serialize};

/// A way to come by candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Near one of the regions of the listener's taste.
    TasteRegion,
    /// Near a recording that the listener has come to love lately.
    Neighbor,
    /// By an artist whom the listener loves.
    LovedArtist,
    /// By an artist near one whom the listener loves.
    NextArtist,
    /// Liked by listeners who are alike.
    SimilarListeners,
    /// Heard more and more these weeks.
    Trending,
    /// Came out not long ago.
    Fresh,
    /// Loved once and not heard for long.
    Forgotten,
    /// Little known, near the listener's taste.
    Exploration,
    /// Another model of the snapshot.
    OtherModel,
    /// In a list that was not opened, and brought back once.
    SecondChance,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::TasteRegion,
        Self::Neighbor,
        Self::LovedArtist,
        Self::NextArtist,
        Self::SimilarListeners,
        Self::Trending,
        Self::Fresh,
        Self::Forgotten,
        Self::Exploration,
        Self::OtherModel,
        Self::SecondChance,
    ];

    /// The name in answers and in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TasteRegion => "taste-region",
            Self::Neighbor => "neighbor",
            Self::LovedArtist => "loved-artist",
            Self::NextArtist => "next-artist",
            Self::SimilarListeners => "similar-listeners",
            Self::Trending => "trending",
            Self::Fresh => "fresh",
            Self::Forgotten => "forgotten",
            Self::Exploration => "exploration",
            Self::OtherModel => "other-model",
            Self::SecondChance => "second-chance",
        }
    }
}
