//! What does a listener run into this week?
//!
//! By genre, because people look around where they feel at home; releases are talked about when they are new, and genres come into fashion and go.
//! A draw costs the same however large the catalogue is; setting up a week is one pass over it.

use crate::attributes::{GENRES, GenreIx, LULLABY};
use crate::catalogue::Catalogue;
use crate::dice::{Dice, Purpose, row};
use crate::params::{Params, Tastes};
use crate::urn::Urn;

/// How often each recording is met.
#[derive(Clone, Debug)]
pub(crate) struct Charts {
    /// By genre; the lullabies stand apart.
    genres: Vec<Chart>,
    /// Over the genres.
    urn: Urn,
    /// What comes out of the cupboard in December.
    december: Chart,
    lullabies: Vec<u32>,
    fashions: Vec<Fashion>,
}

#[derive(Clone, Debug, Default)]
struct Chart {
    recordings: Vec<u32>,
    urn: Urn,
}

/// A genre's exposure rises and falls in a triangle.
#[derive(Clone, Debug)]
struct Fashion {
    period_weeks: f32,
    phase_weeks: f32,
    /// The factor moves between 1 and 1 + this.
    height: f32,
}

impl Charts {
    /// The charts before any week began: nothing can be drawn.
    pub(crate) fn new(catalogue: &Catalogue, params: &Params) -> Self {
        let mut genres = vec![Chart::default(); LULLABY as usize];
        let mut december = Chart::default();
        let mut lullabies = Vec::new();
        for (r, recording) in (0..row(catalogue.len())).zip(catalogue.recordings()) {
            if recording.genre == LULLABY {
                lullabies.push(r);
            } else if catalogue.release_of(r).is_december {
                december.recordings.push(r);
            } else {
                genres[recording.genre as usize].recordings.push(r);
            }
        }
        let height = match params.tastes {
            Tastes::Vectors => 0.5,
            Tastes::Rules => 3.0,
        };
        let mut dice = Dice::new(params.seed, Purpose::Climate, 2, 0);
        let fashion = |_| Fashion {
            period_weeks: dice.between(15.0, 50.0),
            phase_weeks: dice.between(0.0, 50.0),
            height: height * dice.unit(),
        };
        let fashions = (0..GENRES.len()).map(fashion).collect();
        Self { genres, urn: Urn::default(), december, lullabies, fashions }
    }

    /// Sets up a week.
    pub(crate) fn turn_to(&mut self, week: usize, catalogue: &Catalogue) {
        for (chart, fashion) in self.genres.iter_mut().zip(&self.fashions) {
            let fashion = fashion.factor(week);
            let exposure = |r| {
                let novelty = novelty(week, catalogue.release_of(r).first_week.into());
                fashion * novelty * catalogue.recording(r).exposure
            };
            chart.urn = Urn::new(&chart.recordings, exposure);
        }
        let genres: Vec<u32> = (0..LULLABY.into()).collect();
        self.urn = Urn::new(&genres, |genre| self.genres[genre as usize].urn.total());
        self.december.urn =
            Urn::new(&self.december.recordings, |r| catalogue.recording(r).exposure);
    }

    /// Anything, as often as it is met this week.
    pub(crate) fn draw(&self, dice: &mut Dice) -> Option<u32> {
        let genre = self.urn.draw(dice)?;
        self.genres[genre as usize].urn.draw(dice)
    }

    pub(crate) fn draw_of_genre(&self, genre: GenreIx, dice: &mut Dice) -> Option<u32> {
        self.genres.get(genre as usize)?.urn.draw(dice)
    }

    pub(crate) fn draw_for_december(&self, dice: &mut Dice) -> Option<u32> {
        self.december.urn.draw(dice)
    }

    /// All of them, by row.
    pub(crate) fn lullabies(&self) -> &[u32] {
        &self.lullabies
    }
}

impl Fashion {
    fn factor(&self, week: usize) -> f32 {
        let turns = (week as f32 + self.phase_weeks) / self.period_weeks;
        let within = turns - turns.floor();
        1.0 + self.height * (1.0 - (2.0 * within - 1.0).abs())
    }
}

/// 0 before the release; what was there in week 0 was never new.
fn novelty(week: usize, first_week: usize) -> f32 {
    match week.checked_sub(first_week) {
        None => 0.0,
        Some(_) if first_week == 0 => 1.0,
        Some(0 | 1) => 8.0,
        Some(2..5) => 4.0,
        Some(5..10) => 2.0,
        Some(_) => 1.0,
    }
}
