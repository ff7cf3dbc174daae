//! What is looked at in an account?

/// One thing that is looked at; each is measured so that machines lie at one end of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Share of the pauses within sessions that are the same, within a second; those that follow a loop left out.
    Pace,
    /// Effective number of recordings, `exp` of the entropy of listens over recordings; of one at most three a day.
    Variety,
    /// Share of listens that are of the recording listened to most; of one at most three a day.
    Favorite,
    /// Share of plays that stop just after what services count.
    JustCounted,
    /// Effective number of hours of the day in which listens fall.
    Hours,
    /// Longest daily stretch with hardly a listen, in hours.
    Sleep,
    /// Chance that two sessions start in the same ten minutes of the day.
    OnTheDot,
    /// Most listens within an hour.
    Burst,
    /// Most listens within a day; of one recording at most three.
    Day,
    /// Days from the first listen to the newest of the whole log.
    Age,
    /// Share of likes among all that the account did.
    Likes,
    /// Share of dislikes among all that the account did.
    Dislikes,
    /// Chance that two likes or dislikes are of one recording.
    Insistence,
    /// Share of the recordings liked or disliked that the account never listened to.
    Unheard,
    /// How many times as many accounts play the same most as chance would make.
    PlayedAlike,
    /// How many times as many accounts dislike the same as chance would make.
    DislikedAlike,
}

/// How many features there are.
pub(super) const N_FEATURES: usize = Feature::ALL.len();

/// How values of a feature become comparable, and at which end of it machines lie.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scale {
    /// A share, as it is; machines have more.
    Share,
    /// A number by its logarithm; machines have more.
    Many,
    /// A number by its logarithm; machines have fewer.
    Few { most: f64 },
    /// Days by the logarithm of 1 more; machines have fewer.
    Short,
    /// Hours of a day as they are; machines have fewer.
    Quiet,
}

impl Feature {
    /// All of them, in the order of their rows in tables.
    pub const ALL: [Self; 16] = [
        Self::Pace,
        Self::Variety,
        Self::Favorite,
        Self::JustCounted,
        Self::Hours,
        Self::Sleep,
        Self::OnTheDot,
        Self::Burst,
        Self::Day,
        Self::Age,
        Self::Likes,
        Self::Dislikes,
        Self::Insistence,
        Self::Unheard,
        Self::PlayedAlike,
        Self::DislikedAlike,
    ];

    /// The name in answers for machines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pace => "pace",
            Self::Variety => "variety",
            Self::Favorite => "favorite",
            Self::JustCounted => "just_counted",
            Self::Hours => "hours",
            Self::Sleep => "sleep",
            Self::OnTheDot => "on_the_dot",
            Self::Burst => "burst",
            Self::Day => "day",
            Self::Age => "age",
            Self::Likes => "likes",
            Self::Dislikes => "dislikes",
            Self::Insistence => "insistence",
            Self::Unheard => "unheard",
            Self::PlayedAlike => "played_alike",
            Self::DislikedAlike => "disliked_alike",
        }
    }

    fn scale(self) -> Scale {
        match self {
            Self::Pace
            | Self::Favorite
            | Self::JustCounted
            | Self::OnTheDot
            | Self::Likes
            | Self::Dislikes
            | Self::Insistence
            | Self::Unheard => Scale::Share,
            Self::Burst | Self::Day | Self::PlayedAlike | Self::DislikedAlike => Scale::Many,
            Self::Variety => Scale::Few { most: f64::INFINITY },
            Self::Hours => Scale::Few { most: 24.0 },
            Self::Age => Scale::Short,
            Self::Sleep => Scale::Quiet,
        }
    }

    /// Whether it is a share, from 0 to 1.
    pub(super) fn is_share(self) -> bool {
        self.scale() == Scale::Share
    }

    /// On which scale accounts are compared: it rises towards machines.
    pub(super) fn scaled(self, value: f64) -> f64 {
        match self.scale() {
            Scale::Share => value,
            Scale::Many => value.max(1.0).ln(),
            Scale::Few { .. } => -value.max(1.0).ln(),
            Scale::Short => -value.max(0.0).ln_1p(),
            Scale::Quiet => -value,
        }
    }

    /// The value at a point of that scale.
    pub(super) fn unscaled(self, scaled: f64) -> f64 {
        match self.scale() {
            Scale::Share => scaled.clamp(0.0, 1.0),
            Scale::Many => scaled.exp().max(1.0),
            Scale::Few { most } => (-scaled).exp().clamp(1.0, most),
            Scale::Short => (-scaled).exp_m1().max(0.0),
            Scale::Quiet => (-scaled).clamp(0.0, 24.0),
        }
    }

    /// The least that counts as one deviation on that scale, however alike a crowd is.
    pub(super) fn least_deviation(self) -> f64 {
        match self {
            Self::Pace | Self::Favorite | Self::JustCounted | Self::Likes | Self::Dislikes => 0.03,
            Self::OnTheDot => 0.05,
            Self::Unheard | Self::Insistence | Self::Hours => 0.15,
            Self::Burst | Self::Day | Self::Variety => 0.25,
            Self::PlayedAlike | Self::DislikedAlike | Self::Age => 0.5,
            Self::Sleep => 1.5,
        }
    }
}
