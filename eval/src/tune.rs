//! With which settings does a model do best, found without a look at the test?
//!
//! A search sees a validation slice cut from what models may learn from, and nothing else ([`Slice`]).
//! Settings are judged first by few users and few iterations, the better ones by more ([`search`]); new ones are drawn
//! where the better ones are dense, and the best few are judged again by other slices of the same training.
//! A [`Study`] keeps every trial; when the settings are chosen, [`gain`] asks the test once what they are worth.

mod chance;
mod confirm;
mod gain;
mod goal;
mod halving;
mod parzen;
mod picture;
mod population;
mod search;
mod slice;
mod space;
mod stages;
mod study;

use engine::{Bare, Observer};
use linalg::Csr;
use models::Heard;
use music::{ItemIx, Rows, UserIx};

use crate::task::believed;
use crate::{Error, Source};

pub use gain::{Gain, gain};
pub use goal::{Goal, Score};
pub use picture::picture;
pub use search::{Watch, search};
pub use slice::{Rung, Slice};
pub use space::{Subject, Wish};
pub use study::{Dimension, Header, Kind, Searched, Study, Trial};

/// What is to be found.
#[derive(Clone, Debug)]
pub struct Request {
    /// The models, which share the budget.
    pub subjects: Vec<Subject>,
    /// What is to be as high as it can be.
    pub goal: Goal,
    /// In which order parameters are searched.
    pub strategy: Strategy,
    /// Where all chance comes from.
    pub seed: u64,
    /// Trials of the study, at most.
    pub trials: Option<usize>,
    /// Seconds of all trials together, at most; what has begun is ended.
    pub seconds: Option<f64>,
}

impl Request {
    /// Whether it can be done.
    ///
    /// # Errors
    /// When there is less than one trial a model, and when a model cannot be searched in the way asked for.
    pub fn check(&self) -> Result<(), Error> {
        let expected = self.subjects.len();
        if let Some(got) = self.trials.filter(|&trials| trials < expected) {
            return Err(Error::TooFewTrials { expected, got });
        }
        let mut still = self.subjects.iter().filter(|subject| !subject.learns_in_steps());
        match still.next() {
            Some(subject) if self.strategy == Strategy::Population => {
                Err(Error::NoPopulation { model: subject.text.clone() })
            }
            _ => Ok(()),
        }
    }
}

/// In which order parameters are searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// All at once.
    Joint,
    /// Penalties and weights of a small model, then its size, then how long it learns.
    Stages,
    /// Strengths change while members of a population learn.
    Population,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Joint, Self::Stages, Self::Population];

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Joint => "joint",
            Self::Stages => "stages",
            Self::Population => "population",
        }
    }
}

/// What models may learn from, where there is no test: `[n_users × n_items]`, and the names of the item rows.
///
/// # Errors
/// When the file cannot be read or holds no pair, and when the observer wants to stop.
pub fn read_training(
    source: Source<'_>,
    observer: &mut dyn Observer,
) -> Result<(Csr<UserIx, ItemIx, Heard>, Rows), Error> {
    let bare = Bare::read(source.path, &source.options(source.times()), observer)?;
    let (heard, rows) = bare.into_matrix();
    Ok((heard.map(|_, _, &heard| believed(heard, source.values)), rows))
}

#[cfg(test)]
mod tests;
