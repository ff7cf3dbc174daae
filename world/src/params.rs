//! How large is the world, and of which kind?

use std::fmt;
use std::str::FromStr;

use music::Week;

use crate::attack::Attack;
use crate::flaws::Flaws;

/// What decides whether a listener loves a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tastes {
    /// Closeness in a space of styles: near to what a factor model assumes.
    Vectors,
    /// If-then rules on genre, mood, tempo, era, voice and scene: no model's form.
    Rules,
}

/// The text was not a kind of tastes.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("tastes `vectors` or `rules` expected, got `{got}`")]
pub struct ParseTastesError {
    /// What came.
    pub got: String,
}

/// What a world is made from; the same parameters make the same world.
///
/// The catalogue depends on neither the kind of tastes nor the accounts, and a listener's taste not on how many others there are.
#[derive(Clone, Debug, PartialEq)]
pub struct Params {
    /// What decides whether a listener loves a recording.
    pub tastes: Tastes,
    /// Accounts that people hold; they come first.
    pub listeners: usize,
    /// Recordings in the catalogue, those to be released in later weeks included.
    pub recordings: usize,
    /// Weeks over which new releases are spread; the world can be played beyond them.
    pub weeks: usize,
    /// Seed of everything.
    pub seed: u64,
    /// Week number 0.
    pub first_week: Week,
    /// Accounts that machines hold; they come after the listeners.
    pub bots: usize,
    /// How many of the listeners, the last ones, share their account with a child that sleeps to lullabies.
    pub children: usize,
    /// How many of the listeners, those before the ones with a child, listen all day: 10 to 40 times [`Params::listens_per_week`].
    pub heavy: usize,
    /// An attack on a recording; its bots come after the other machines.
    pub attack: Option<Attack>,
    /// What is wrong with the log.
    pub flaws: Flaws,
    /// Share of sessions in which a listener clicks through an album, or away from a mood, and skips nearly everything within seconds, loved or not; 0.15 is typical.
    pub hunting: f32,
    /// How much lists move their listeners: 0 where nothing that is handed over changes how much they listen, 1 where a loved list makes them open the next one and listen more, and poor ones in a row make them leave, see [`World::has_left`](crate::World::has_left).
    pub fickleness: f32,
    /// Listens a week of the median listener; the mean is about half as much again; at most 10,000.
    pub listens_per_week: f32,
}

impl Default for Params {
    /// The size of the demo: half a year that ends in the autumn of 2026.
    fn default() -> Self {
        Self {
            tastes: Tastes::Vectors,
            listeners: 400,
            recordings: 4000,
            weeks: 26,
            seed: 1,
            first_week: Week::of_date(jiff::civil::date(2026, 5, 18)),
            bots: 3,
            children: 2,
            heavy: 0,
            attack: None,
            flaws: Flaws::default(),
            hunting: 0.0,
            fickleness: 0.0,
            listens_per_week: 30.0,
        }
    }
}

impl Params {
    /// Accounts of one person who listens as most do; they come first.
    pub(crate) fn honest(&self) -> usize {
        self.listeners.saturating_sub(self.children).saturating_sub(self.heavy)
    }
}

impl fmt::Display for Tastes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Vectors => "vectors",
            Self::Rules => "rules",
        })
    }
}

impl FromStr for Tastes {
    type Err = ParseTastesError;

    fn from_str(text: &str) -> Result<Self, ParseTastesError> {
        match text {
            "vectors" => Ok(Self::Vectors),
            "rules" => Ok(Self::Rules),
            _ => Err(ParseTastesError { got: text.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ParseTastesError, Tastes};

    #[test]
    fn tastes_are_read_as_they_are_written() {
        for tastes in [Tastes::Vectors, Tastes::Rules] {
            assert_eq!(tastes.to_string().parse(), Ok(tastes));
        }
        assert_eq!("Rules".parse::<Tastes>(), Err(ParseTastesError { got: "Rules".to_owned() }));
    }
}
