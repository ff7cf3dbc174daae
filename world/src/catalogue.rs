//! Which recordings are there, and what is each of them like?
//!
//! Artists one after the other, each with its releases by date; lullabies come first.
//! The facts are the same in both kinds of world; what a listener makes of them is not.

mod artist;
mod entry;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::ops::Range;
use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::Date;
use music::{CatalogueEntry, Credit};

use crate::attributes::{GENRES, GenreIx, LULLABY, Mood, SCENES, Tempo, Voice};
use crate::dice::{Dice, Purpose, fixed_throw, row, running_sums};
use crate::keys::Keys;
use crate::params::Params;

/// What is true of a recording, whoever listens.
#[derive(Clone, Debug)]
pub(crate) struct Recording {
    pub(crate) title: Box<str>,
    pub(crate) artist: u32,
    pub(crate) release: u32,
    pub(crate) genre: GenreIx,
    pub(crate) mood: Mood,
    pub(crate) tempo: Tempo,
    pub(crate) voice: Voice,
    /// A standard normal over the catalogue.
    pub(crate) quality: f32,
    /// How often people run into it, in no unit.
    pub(crate) exposure: f32,
    pub(crate) length_secs: u16,
    pub(crate) bpm: u8,
}

/// Who made it.
#[derive(Clone, Debug)]
pub(crate) struct Artist {
    pub(crate) name: Box<str>,
    /// A row of [`SCENES`].
    pub(crate) scene: u8,
    /// Rows of its recordings.
    pub(crate) recordings: Range<u32>,
}

/// What it came out on.
#[derive(Clone, Debug)]
pub(crate) struct Release {
    pub(crate) title: Box<str>,
    pub(crate) released: Date,
    /// The first week in which anybody can play it.
    pub(crate) first_week: u16,
    pub(crate) is_december: bool,
}

/// All recordings there are or will be.
#[derive(Clone, Debug)]
pub(crate) struct Catalogue {
    recordings: Vec<Recording>,
    artists: Vec<Artist>,
    releases: Vec<Release>,
    /// How much people care for each genre; 0 for the lullaby.
    genre_weights: [f32; GENRES.len()],
    keys: Keys,
    seed: u64,
    /// Share of recordings of which nobody tells more than title and artist.
    undescribed: f32,
}

impl Catalogue {
    pub(crate) fn new(params: &Params) -> Self {
        let mut climate = Dice::new(params.seed, Purpose::Climate, 0, 0);
        let genre_weights = draw_genre_weights(&mut climate);
        let mut catalogue = Self {
            recordings: Vec::with_capacity(params.recordings),
            artists: Vec::new(),
            releases: Vec::new(),
            genre_weights,
            keys: Keys::new(params.seed),
            seed: params.seed,
            undescribed: params.flaws.without_length,
        };
        // Fewer people care for a genre than artists play it: the square root lies between.
        let genre_sums = running_sums(genre_weights.map(f32::sqrt));
        let scene_sums = running_sums((0..row(SCENES.len())).map(|scene| 1.0 / (scene + 2) as f32));
        let n_lullabies = lullabies(params.recordings);
        let mut taken = HashSet::new();
        while catalogue.len() < params.recordings {
            let mut dice = Dice::new(params.seed, Purpose::Artist, catalogue.artists.len(), 0);
            let genre = if catalogue.len() < n_lullabies {
                LULLABY
            } else {
                let drawn = dice.pick_by_sums(&genre_sums).expect("genres have weights");
                u8::try_from(drawn).expect("there are few genres")
            };
            let scene = dice.pick_by_sums(&scene_sums).expect("scenes have weights");
            let until = if genre == LULLABY { n_lullabies } else { params.recordings };
            let career = artist::Career {
                name: crate::names::artist_name(&mut dice, &mut taken),
                genre,
                scene: u8::try_from(scene).expect("there are few scenes"),
                genre_weight: genre_weights[genre as usize],
                room: until - catalogue.len(),
            };
            catalogue.add_artist(career, params, &mut dice);
        }
        catalogue
    }

    pub(crate) fn len(&self) -> usize {
        self.recordings.len()
    }

    pub(crate) fn recording(&self, recording: u32) -> &Recording {
        &self.recordings[recording as usize]
    }

    pub(crate) fn recordings(&self) -> &[Recording] {
        &self.recordings
    }

    pub(crate) fn artists(&self) -> &[Artist] {
        &self.artists
    }

    pub(crate) fn artist_of(&self, recording: u32) -> &Artist {
        &self.artists[self.recording(recording).artist as usize]
    }

    pub(crate) fn release_of(&self, recording: u32) -> &Release {
        &self.releases[self.recording(recording).release as usize]
    }

    pub(crate) fn genre_weights(&self) -> &[f32; GENRES.len()] {
        &self.genre_weights
    }

    /// Slow or gentle, and not fast: what a Sunday morning asks for.
    pub(crate) fn is_calm(&self, recording: u32) -> bool {
        let recording = self.recording(recording);
        recording.mood.is_calm() && recording.tempo != Tempo::Fast
    }

    pub(crate) fn credit(&self, recording: u32) -> Credit {
        Credit {
            title: self.recording(recording).title.to_string(),
            artist: self.artist_of(recording).name.to_string(),
            release: self
                .is_described(recording)
                .then(|| self.release_of(recording).title.to_string()),
            spotify: Some(self.keys.uri(recording as usize)),
            ..Credit::default()
        }
    }

    /// Whether anybody tells its length, date, release and tags.
    fn is_described(&self, recording: u32) -> bool {
        // A column of throws that no artist has.
        fixed_throw(self.seed, recording, u32::MAX) >= self.undescribed
    }

    /// Its length, where anybody tells.
    pub(crate) fn said_length(&self, recording: u32) -> Option<Duration> {
        let length = Duration::from_secs(self.recording(recording).length_secs.into());
        self.is_described(recording).then_some(length)
    }

    /// The row of a Spotify URI or address.
    pub(crate) fn by_uri(&self, uri: &str) -> Option<usize> {
        self.keys.recording(uri).filter(|recording| *recording < self.len())
    }

    /// What a catalogue would say of each recording, by row.
    pub(crate) fn entries(&self) -> Vec<CatalogueEntry> {
        (0..row(self.len())).map(|recording| entry::entry(self, recording)).collect()
    }
}

/// One in a hundred, and enough for a night where the catalogue has room for that.
fn lullabies(recordings: usize) -> usize {
    (recordings / 100).max(12).min(recordings / 10)
}

/// Some genres are cared for several times as much as others; which, the seed decides.
fn draw_genre_weights(dice: &mut Dice) -> [f32; GENRES.len()] {
    let mut weights: [f32; GENRES.len()] = std::array::from_fn(|_| dice.log_normal(1.0, 0.5));
    weights[LULLABY as usize] = 0.0;
    weights
}

/// The Friday before the week in which it can first be played.
fn release_day(params: &Params, first_week: u16) -> Date {
    let monday = params.first_week.plus(i64::from(first_week)).monday();
    monday.checked_sub(3.days()).expect("weeks of recorded music have a Friday before them")
}
