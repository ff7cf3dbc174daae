//! What is love where tastes are rules?
//!
//! "Melancholic folk before 1985", "anything fast from Lagos", "never metal": a listener loves what one of a handful of rules asks for and no rule forbids.
//! No inner product or neighborhood has this form, so no model is flattered.

mod draw;

use crate::accounts::Accounts;
use crate::attributes::{GenreIx, Mood, Tempo, Voice};
use crate::catalogue::Catalogue;
use crate::dice::{Dice, Purpose};
use crate::params::Params;
use crate::truth::Judgement;

/// The affinity for what a rule forbids; what no rule asks for lies between -1 and 0.
const FORBIDDEN: f32 = -1.2;

/// Everybody's rules.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    /// `[n_accounts]`, none for machines.
    listeners: Vec<Option<Listener>>,
}

#[derive(Clone, Debug, Default)]
struct Listener {
    loves: Vec<Rule>,
    never: Vec<Condition>,
    /// The mood of night, morning, afternoon and evening.
    moods: [u8; 4],
}

/// Loves what meets all conditions.
#[derive(Clone, Debug)]
struct Rule {
    all: Vec<Condition>,
    /// How much, in (0, 1].
    strength: f32,
}

/// What a rule may ask of a recording.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Condition {
    Genre(GenreIx),
    Mood(Mood),
    Tempo(Tempo),
    Voice(Voice),
    Scene(u8),
    Before(i16),
    Since(i16),
}

impl Rules {
    pub(crate) fn new(catalogue: &Catalogue, accounts: &Accounts, params: &Params) -> Self {
        let drawing = draw::Drawing::new(catalogue, params.seed);
        let draw = |l| drawing.listener(&mut Dice::new(params.seed, Purpose::Taste, l, 0));
        let draw = |l| accounts.has_taste(l).then(|| draw(l));
        Self { listeners: (0..accounts.len()).map(draw).collect() }
    }

    pub(crate) fn judge(
        &self,
        catalogue: &Catalogue,
        listener: usize,
        recording: u32,
    ) -> Judgement {
        let side = catalogue.recording(recording).mood as u8;
        let Some(listener) = self.listener(listener) else {
            return Judgement { affinity: f32::NEG_INFINITY, side };
        };
        Judgement { affinity: listener.affinity(catalogue, recording), side }
    }

    pub(crate) fn home_genre(&self, listener: usize, dice: &mut Dice) -> Option<GenreIx> {
        let loves = &self.listener(listener)?.loves;
        let rule = loves.get(dice.row_below(loves.len()))?;
        rule.all.iter().find_map(|condition| match condition {
            Condition::Genre(genre) => Some(*genre),
            Condition::Mood(_)
            | Condition::Tempo(_)
            | Condition::Voice(_)
            | Condition::Scene(_)
            | Condition::Before(_)
            | Condition::Since(_) => None,
        })
    }

    /// None for machines.
    fn listener(&self, listener: usize) -> Option<&Listener> {
        self.listeners.get(listener)?.as_ref()
    }

    pub(crate) fn side_at(&self, listener: usize, hour: u32) -> u8 {
        self.listener(listener).map_or(0, |l| l.moods[(hour / 6) as usize])
    }
}

/// The share of what rules may ask for that two recordings agree in.
pub(crate) fn likeness(catalogue: &Catalogue, recording: u32, other: u32) -> f32 {
    let (a, b) = (catalogue.recording(recording), catalogue.recording(other));
    let scene = |r| catalogue.artist_of(r).scene;
    let decade = |r| catalogue.release_of(r).released.year() / 10;
    let agree = [
        a.genre == b.genre,
        a.mood == b.mood,
        a.tempo == b.tempo,
        a.voice == b.voice,
        scene(recording) == scene(other),
        decade(recording) == decade(other),
    ];
    agree.iter().filter(|agrees| **agrees).count() as f32 / agree.len() as f32
}

impl Listener {
    fn affinity(&self, catalogue: &Catalogue, recording: u32) -> f32 {
        if self.never.iter().any(|condition| condition.is_met(catalogue, recording)) {
            return FORBIDDEN;
        }
        let affinities = self.loves.iter().map(|rule| rule.affinity(catalogue, recording));
        affinities.fold(-1.0, f32::max)
    }
}

impl Rule {
    /// Its strength where it holds, otherwise the share of its conditions that are not met, negative.
    fn affinity(&self, catalogue: &Catalogue, recording: u32) -> f32 {
        let missed =
            self.all.iter().filter(|condition| !condition.is_met(catalogue, recording)).count();
        if missed == 0 { self.strength } else { -(missed as f32) / self.all.len() as f32 }
    }
}

impl Condition {
    fn is_met(self, catalogue: &Catalogue, recording: u32) -> bool {
        let facts = catalogue.recording(recording);
        match self {
            Self::Genre(genre) => facts.genre == genre,
            Self::Mood(mood) => facts.mood == mood,
            Self::Tempo(tempo) => facts.tempo == tempo,
            Self::Voice(voice) => facts.voice == voice,
            Self::Scene(scene) => catalogue.artist_of(recording).scene == scene,
            Self::Before(year) => catalogue.release_of(recording).released.year() < year,
            Self::Since(year) => catalogue.release_of(recording).released.year() >= year,
        }
    }
}
