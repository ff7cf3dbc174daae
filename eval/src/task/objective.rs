//! What counts as a hit?

/// What makes a recording that is heard for the first time a relevant one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// The user's interactions with it say so, by the rules of evidence; its gain is the confidence, or 1.
    Liked,
    /// It was started.
    Clicked,
    /// It took time; its gain is the seconds.
    Time,
}

impl Objective {
    /// All.
    pub const ALL: [Self; 3] = [Self::Liked, Self::Clicked, Self::Time];

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Liked => "liked",
            Self::Clicked => "clicked",
            Self::Time => "time",
        }
    }
}
