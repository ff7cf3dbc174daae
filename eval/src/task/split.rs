//! How were training and test told apart, and what does that hide?

use super::Moments;

/// How to cut one table in two without looking at the clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cut {
    /// A share of each user's pairs, by chance, is asked for.
    Pairs(f64),
    /// A share of the users, by chance, is not learned from; four fifths of each one's pairs are shown, the rest asked for.
    Users(f64),
    /// Each user's newest pair is asked for.
    Last,
    /// Each user's pairs are dealt to so many folds by chance, and the fold of that number, from 0, is asked for.
    Fold {
        /// Which one.
        fold: usize,
        /// Of how many.
        of: usize,
    },
}

/// How training and test were told apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Split {
    /// By whoever made the files.
    Files,
    /// By chance, or by each user's own clock.
    Cut(Cut),
    /// By one moment for all users.
    Time(Moments),
}

impl Split {
    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Files => "given files",
            Self::Cut(Cut::Pairs(_)) => "a random share of each user's pairs",
            Self::Cut(Cut::Users(_)) => "held-out users, folded in",
            Self::Cut(Cut::Last) => "each user's last",
            Self::Cut(Cut::Fold { .. }) => "folds of each user's pairs",
            Self::Time(_) => "one moment for all",
        }
    }

    /// Whether a model may have learned from what happened after its test.
    #[must_use]
    pub fn leak(self) -> &'static str {
        match self {
            Self::Files => {
                "unless the files were cut at one moment for all users, models saw listens from after the test's: only a \
                 global time split is free of such leaks (Ji et al. 2023)"
            }
            Self::Cut(_) => {
                "models saw listens from after the test's, which nobody will who recommends tomorrow: only a global time \
                 split is free of such leaks (Ji et al. 2023)"
            }
            Self::Time(_) => "free of leaks from the future (Ji et al. 2023)",
        }
    }
}
