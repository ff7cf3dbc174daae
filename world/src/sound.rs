//! How does a recording sound to a machine that listens?
//!
//! A noisy view of what decides love: the style of a recording, or where tastes are rules the sum of a direction for
//! each of its genre, mood, tempo, voice, scene and decade.

use crate::catalogue::Catalogue;
use crate::dice::{Dice, Purpose};

/// Numbers of a sound where tastes are rules: fewer than there are attributes, as in any recording of them.
const DIM: usize = 24;
/// Values that an attribute may have, at most.
const VALUES: usize = 256;

/// What is to be heard of the attributes; the square of its length is 1 on average.
pub(crate) fn of_attributes(catalogue: &Catalogue, recording: u32, seed: u64) -> Vec<f32> {
    let facts = catalogue.recording(recording);
    let decade = catalogue.release_of(recording).released.year() / 10;
    let values = [
        usize::from(facts.genre),
        facts.mood as usize,
        facts.tempo as usize,
        facts.voice as usize,
        usize::from(catalogue.artist_of(recording).scene),
        usize::from(decade.rem_euclid(100).unsigned_abs()),
    ];
    let mut sound = vec![0.0; DIM];
    let length = 1.0 / ((values.len() * DIM) as f32).sqrt();
    for (attribute, value) in values.into_iter().enumerate() {
        let mut direction = Dice::new(seed, Purpose::Sound, attribute * VALUES + value, 0);
        sound.iter_mut().for_each(|x| *x += length * direction.normal());
    }
    sound
}

/// Adds noise whose root mean square length is `noise`.
pub(crate) fn disturb(sound: &mut [f32], noise: f32, recording: usize, seed: u64) {
    let mut dice = Dice::new(seed, Purpose::Sound, recording, 1);
    let per_axis = noise / (sound.len() as f32).sqrt();
    sound.iter_mut().for_each(|x| *x += per_axis * dice.normal());
}

#[cfg(test)]
mod tests {
    use crate::{Params, Tastes, World};

    fn world(tastes: Tastes) -> World {
        World::new(&Params { tastes, listeners: 5, recordings: 400, ..Params::default() })
    }

    fn cosine(a: &[f32], b: &[f32]) -> f32 {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    }

    #[test]
    fn what_is_alike_sounds_alike() {
        for tastes in [Tastes::Vectors, Tastes::Rules] {
            let world = world(tastes);
            let (mut alike, mut unlike) = (Vec::new(), Vec::new());
            for other in 1..400 {
                let heard = cosine(&world.sound(0, 0.1), &world.sound(other, 0.1));
                let is_alike = world.likeness(0, other) > 0.6;
                if is_alike { alike.push(heard) } else { unlike.push(heard) }
            }
            let mean = |of: &[f32]| of.iter().sum::<f32>() / of.len() as f32;
            assert!(alike.len() > 5 && unlike.len() > 100, "{} {}", alike.len(), unlike.len());
            assert!(mean(&alike) > mean(&unlike) + 0.3, "{} {}", mean(&alike), mean(&unlike));
        }
    }

    #[test]
    fn noise_is_as_long_as_it_is_said_to_be_and_always_the_same() {
        for tastes in [Tastes::Vectors, Tastes::Rules] {
            let world = world(tastes);
            let square = |recording| {
                let (clear, noisy) = (world.sound(recording, 0.0), world.sound(recording, 0.5));
                clear.iter().zip(&noisy).map(|(a, b)| (a - b).powi(2)).sum::<f32>()
            };
            // Mean 0.25; its deviation is 0.25·√(2/12) of one recording and a twentieth of that of 400.
            let mean = (0..400).map(square).sum::<f32>() / 400.0;
            assert!((mean - 0.25).abs() < 0.025, "{mean}");
            assert_eq!(world.sound(3, 0.5), self::world(tastes).sound(3, 0.5));
        }
    }
}
