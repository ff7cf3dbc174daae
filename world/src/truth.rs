//! Would this listener love this recording?
//!
//! The hidden truth of both kinds of world; nobody outside learns it except by listening, or by asking [`crate::World::loves`].

use crate::accounts::Accounts;
use crate::attributes::GenreIx;
use crate::catalogue::Catalogue;
use crate::dice::{Dice, row};
use crate::params::{Params, Tastes};
use crate::rules::{self, Rules};
use crate::sound;
use crate::vectors::Vectors;

/// What a listener makes of a recording on hearing it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Judgement {
    /// Above 0: loves it. Rises with liking, for one listener; comparable among listeners only by sign.
    pub(crate) affinity: f32,
    /// Which side of the listener it speaks to: one of several tastes, or a mood.
    pub(crate) side: u8,
}

/// Everybody's tastes.
#[derive(Clone, Debug)]
pub(crate) enum Truth {
    Vectors(Vectors),
    Rules(Rules),
}

impl Truth {
    pub(crate) fn new(catalogue: &Catalogue, accounts: &Accounts, params: &Params) -> Self {
        match params.tastes {
            Tastes::Vectors => Self::Vectors(Vectors::new(catalogue, accounts, params)),
            Tastes::Rules => Self::Rules(Rules::new(catalogue, accounts, params)),
        }
    }

    pub(crate) fn judge(
        &self,
        catalogue: &Catalogue,
        listener: usize,
        recording: u32,
    ) -> Judgement {
        match self {
            Self::Vectors(vectors) => vectors.judge(catalogue, listener, recording),
            Self::Rules(rules) => rules.judge(catalogue, listener, recording),
        }
    }

    /// How alike two recordings are, at most 1.
    pub(crate) fn likeness(&self, catalogue: &Catalogue, recording: u32, other: u32) -> f32 {
        match self {
            Self::Vectors(vectors) => vectors.likeness(recording, other),
            Self::Rules(_) => rules::likeness(catalogue, recording, other),
        }
    }

    /// What is to be heard of a recording, without noise.
    pub(crate) fn sound(&self, catalogue: &Catalogue, recording: u32, seed: u64) -> Vec<f32> {
        match self {
            Self::Vectors(vectors) => vectors.style(recording).to_vec(),
            Self::Rules(_) => sound::of_attributes(catalogue, recording, seed),
        }
    }

    /// A genre in which this listener would look around; none for one whose taste is not about genres.
    pub(crate) fn home_genre(&self, listener: usize, dice: &mut Dice) -> Option<GenreIx> {
        match self {
            Self::Vectors(vectors) => vectors.home_genre(listener, dice),
            Self::Rules(rules) => rules.home_genre(listener, dice),
        }
    }

    /// Which side of the listener is awake at that hour of the day.
    pub(crate) fn side_at(&self, listener: usize, hour: u32, dice: &mut Dice) -> u8 {
        match self {
            Self::Vectors(vectors) => vectors.side_now(listener, dice),
            Self::Rules(rules) => rules.side_at(listener, hour),
        }
    }
}

/// Rows spread evenly over the catalogue, from which the share that a listener loves is estimated.
///
/// A thousand of them: the estimate of 5 % then errs by 0.7 %.
pub(crate) fn sample(catalogue: &Catalogue) -> Vec<u32> {
    let step = catalogue.len().div_ceil(1000).max(1);
    (0..row(catalogue.len())).step_by(step).collect()
}
