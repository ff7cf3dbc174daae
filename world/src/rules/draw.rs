//! Which rules does a listener go by?

use super::{Condition, FORBIDDEN, Listener, Rule};
use crate::attributes::{GenreIx, LULLABY, Mood, SCENES, Tempo, Voice};
use crate::catalogue::Catalogue;
use crate::dice::{Dice, Purpose, row, running_sums};
use crate::truth::sample;

/// Shares of the catalogue that listeners come to love, from and to, and what no rule may bring it above.
const LOVED: (f32, f32) = (0.035, 0.065);
const MOST_LOVED: f32 = 0.08;
/// A rule that adds less than this share says nothing.
const LEAST: f32 = 0.003;

/// Rules that are common, and the share of a listener's rules drawn from them.
const N_COMMON: u16 = 40;
const COMMON: f32 = 0.6;

/// What rules are drawn from.
pub(super) struct Drawing<'a> {
    catalogue: &'a Catalogue,
    /// Recordings by which the share that a listener loves is estimated.
    sample: Vec<u32>,
    genre_sums: Vec<f32>,
    /// What many agree on, the most common first.
    common: Vec<Vec<Condition>>,
    common_sums: Vec<f32>,
}

impl<'a> Drawing<'a> {
    pub(super) fn new(catalogue: &'a Catalogue, seed: u64) -> Self {
        let genre_sums = running_sums(*catalogue.genre_weights());
        let common_sums = running_sums((0..N_COMMON).map(|rank| 1.0 / (f32::from(rank) + 4.0)));
        let mut drawing = Self {
            catalogue,
            sample: sample(catalogue),
            genre_sums,
            common: Vec::new(),
            common_sums,
        };
        let mut dice = Dice::new(seed, Purpose::Climate, 3, 0);
        drawing.common = (0..N_COMMON).map(|_| drawing.conditions(&mut dice)).collect();
        drawing
    }

    /// Adds rules until the listener loves enough, and leaves out those that say nothing or too much.
    pub(super) fn listener(&self, dice: &mut Dice) -> Listener {
        let mut listener = Listener {
            moods: std::array::from_fn(|_| dice.pick(&Mood::ALL) as u8),
            ..Listener::default()
        };
        // Two prohibitions for some, none for others.
        for _ in 0..dice.below(3) {
            listener.never.push(self.prohibition(dice));
        }
        let enough = dice.between(LOVED.0, LOVED.1);
        let mut loved_share = 0.0;
        for _ in 0..60 {
            listener
                .loves
                .push(Rule { all: self.common_or_own(dice), strength: dice.between(0.4, 1.0) });
            let with_it = self.loved_share(&listener);
            if with_it > MOST_LOVED || with_it < loved_share + LEAST {
                listener.loves.pop();
                continue;
            }
            loved_share = with_it;
            if loved_share >= enough {
                break;
            }
        }
        listener
    }

    fn loved_share(&self, listener: &Listener) -> f32 {
        let loves = |recording: &&u32| listener.affinity(self.catalogue, **recording) > 0.0;
        self.sample.iter().filter(loves).count() as f32 / self.sample.len().max(1) as f32
    }

    fn prohibition(&self, dice: &mut Dice) -> Condition {
        match dice.below(4) {
            0 | 1 => Condition::Genre(self.genre(dice)),
            2 => Condition::Mood(dice.pick(&Mood::ALL)),
            _ => Condition::Before(dice.pick(&[1965, 1975, 1985])),
        }
    }

    fn common_or_own(&self, dice: &mut Dice) -> Vec<Condition> {
        match dice.pick_by_sums(&self.common_sums) {
            Some(rank) if dice.chance(COMMON) => self.common[rank].clone(),
            _ => self.conditions(dice),
        }
    }

    fn conditions(&self, dice: &mut Dice) -> Vec<Condition> {
        let genre = Condition::Genre(self.genre(dice));
        // The lower of two throws: some scenes are on everybody's lips.
        let n_scenes = row(SCENES.len());
        let scene = dice.below(n_scenes).min(dice.below(n_scenes));
        let scene = Condition::Scene(u8::try_from(scene).expect("there are few scenes"));
        let mood = Condition::Mood(dice.pick(&Mood::ALL));
        let tempo = Condition::Tempo(dice.pick(&Tempo::ALL));
        let voice = Condition::Voice(dice.pick(&[Voice::Woman, Voice::Man, Voice::Nobody]));
        let era = match dice.below(2) {
            0 => Condition::Before(dice.pick(&[1985, 1995, 2005])),
            _ => Condition::Since(dice.pick(&[1995, 2005, 2015])),
        };
        match dice.below(7) {
            0 => vec![genre, mood],
            1 => vec![genre, mood, era],
            2 => vec![genre, era],
            3 => vec![genre, voice],
            4 => vec![scene, tempo],
            5 => vec![scene, mood, voice],
            _ => vec![mood, tempo, era],
        }
    }

    fn genre(&self, dice: &mut Dice) -> GenreIx {
        let genre = dice.pick_by_sums(&self.genre_sums).unwrap_or(0);
        u8::try_from(genre).expect("there are few genres").min(LULLABY - 1)
    }
}

const _: () =
    assert!(FORBIDDEN < -1.0, "what is forbidden is liked less than what nobody asked for");
