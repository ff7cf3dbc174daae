//! In which words would one describe a recording?

/// What a recording feels like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Melancholic,
    Joyful,
    Angry,
    Dreamy,
    Tender,
    Playful,
}

/// How fast it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tempo {
    Slow,
    Medium,
    Fast,
}

/// Who sings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Voice {
    Woman,
    Man,
    Nobody,
}

/// A kind of music, and what its recordings tend to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Genre {
    pub(crate) name: &'static str,
    pub(crate) mood: Mood,
    pub(crate) tempo: Tempo,
    /// Share of artists without a voice.
    pub(crate) instrumental: f32,
}

/// A row of [`GENRES`].
pub(crate) type GenreIx = u8;

/// The genre of sleeping children, which no chart plays and no grown-up's taste is about.
pub(crate) const LULLABY: GenreIx = 24;

/// Every genre; the lullaby is the last.
pub(crate) const GENRES: [Genre; 25] = [
    genre("indie rock", Mood::Melancholic, Tempo::Medium, 0.05),
    genre("hip hop", Mood::Playful, Tempo::Medium, 0.05),
    genre("folk", Mood::Tender, Tempo::Slow, 0.1),
    genre("house", Mood::Joyful, Tempo::Fast, 0.4),
    genre("metal", Mood::Angry, Tempo::Fast, 0.1),
    genre("soul", Mood::Tender, Tempo::Medium, 0.05),
    genre("synthpop", Mood::Joyful, Tempo::Medium, 0.1),
    genre("punk", Mood::Angry, Tempo::Fast, 0.02),
    genre("jazz", Mood::Dreamy, Tempo::Medium, 0.7),
    genre("ambient", Mood::Dreamy, Tempo::Slow, 0.9),
    genre("country", Mood::Melancholic, Tempo::Medium, 0.03),
    genre("techno", Mood::Playful, Tempo::Fast, 0.8),
    genre("classical", Mood::Tender, Tempo::Slow, 0.9),
    genre("reggae", Mood::Joyful, Tempo::Slow, 0.1),
    genre("blues", Mood::Melancholic, Tempo::Slow, 0.15),
    genre("shoegaze", Mood::Dreamy, Tempo::Medium, 0.1),
    genre("disco", Mood::Joyful, Tempo::Fast, 0.1),
    genre("afrobeat", Mood::Playful, Tempo::Fast, 0.2),
    genre("post-rock", Mood::Melancholic, Tempo::Medium, 0.8),
    genre("drum and bass", Mood::Angry, Tempo::Fast, 0.6),
    genre("bossa nova", Mood::Tender, Tempo::Slow, 0.2),
    genre("singer-songwriter", Mood::Melancholic, Tempo::Slow, 0.02),
    genre("trip hop", Mood::Dreamy, Tempo::Slow, 0.3),
    genre("chanson", Mood::Playful, Tempo::Medium, 0.02),
    genre("lullaby", Mood::Tender, Tempo::Slow, 0.3),
];

/// Places whose artists know each other.
pub(crate) const SCENES: [&str; 12] = [
    "bristol",
    "detroit",
    "lagos",
    "kyoto",
    "montreal",
    "berlin",
    "lisbon",
    "nashville",
    "bogota",
    "tromso",
    "melbourne",
    "beirut",
];

impl Mood {
    pub(crate) const ALL: [Self; 6] =
        [Self::Melancholic, Self::Joyful, Self::Angry, Self::Dreamy, Self::Tender, Self::Playful];

    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Melancholic => "melancholic",
            Self::Joyful => "joyful",
            Self::Angry => "angry",
            Self::Dreamy => "dreamy",
            Self::Tender => "tender",
            Self::Playful => "playful",
        }
    }

    /// Whether it suits a Sunday morning, when it is not fast.
    pub(crate) fn is_calm(self) -> bool {
        matches!(self, Self::Melancholic | Self::Dreamy | Self::Tender)
    }
}

impl Tempo {
    pub(crate) const ALL: [Self; 3] = [Self::Slow, Self::Medium, Self::Fast];

    /// Beats per minute, from and to.
    pub(crate) fn bpm(self) -> (u32, u32) {
        match self {
            Self::Slow => (58, 89),
            Self::Medium => (90, 121),
            Self::Fast => (122, 176),
        }
    }
}

const fn genre(name: &'static str, mood: Mood, tempo: Tempo, instrumental: f32) -> Genre {
    Genre { name, mood, tempo, instrumental }
}
