//! What does one artist bring out over the years?

use jiff::civil::{Date, date};

use super::{Artist, Catalogue, Recording, Release, release_day};
use crate::attributes::{GENRES, GenreIx, LULLABY, Mood, Tempo, Voice};
use crate::dice::{Dice, row, whole};
use crate::names::{Occasion, title};
use crate::params::Params;

/// Recordings of the median artist, and the spread.
const SIZE: (f32, f32) = (8.0, 0.9);
const LARGEST: u32 = 120;
/// Share of artists whose last release comes out during the weeks of the world.
const NEW: f32 = 0.35;
/// Share of releases for December.
const DECEMBER: f32 = 0.02;
/// Exponent of the power law over artists: the share with more than x times the least exposure is x^(−1/EXPOSURE).
const EXPOSURE: f32 = 0.9;

/// What is settled about an artist before its first recording.
pub(super) struct Career {
    pub(super) name: String,
    pub(super) genre: GenreIx,
    pub(super) scene: u8,
    /// How much people care for its genre.
    pub(super) genre_weight: f32,
    /// Recordings the catalogue still has room for; at least 1.
    pub(super) room: usize,
}

/// What an artist's recordings have in common.
struct Manner {
    genre: GenreIx,
    mood: Mood,
    tempo: Tempo,
    voice: Voice,
    quality: f32,
    exposure: f32,
}

impl Catalogue {
    pub(super) fn add_artist(&mut self, career: Career, params: &Params, dice: &mut Dice) {
        let first = row(self.recordings.len());
        let room = u32::try_from(career.room).unwrap_or(u32::MAX);
        let size = whole(dice.log_normal(SIZE.0, SIZE.1)).clamp(1, LARGEST).min(room);
        let manner = Manner::draw(&career, params, dice);
        let this_year = params.first_week.monday().year();
        // Most artists are of the last years, some of seventy years ago.
        let mut year = this_year - to_year(whole(70.0 * dice.unit().powi(2)));
        let is_active = career.genre != LULLABY && params.weeks > 1 && dice.chance(NEW);
        let mut used = Vec::new();
        let mut left = size;
        while left > 0 {
            let n_tracks = dice.throw(1, 12).min(left);
            left -= n_tracks;
            let first_week =
                if left == 0 && is_active { dice.throw(1, row(params.weeks) - 1) } else { 0 };
            let first_week = u16::try_from(first_week).unwrap_or(u16::MAX);
            let released = if first_week > 0 {
                release_day(params, first_week)
            } else {
                past_day(year, params, dice)
            };
            self.add_release(n_tracks, released, first_week, &manner, &mut used, dice);
            year = (year + to_year(dice.throw(1, 3))).min(this_year);
        }
        let recordings = first..first + size;
        self.artists.push(Artist { name: career.name.into(), scene: career.scene, recordings });
    }

    fn add_release(
        &mut self,
        n_tracks: u32,
        released: Date,
        first_week: u16,
        manner: &Manner,
        used: &mut Vec<String>,
        dice: &mut Dice,
    ) {
        let is_december = manner.genre != LULLABY && first_week == 0 && dice.chance(DECEMBER);
        let occasion = match (manner.genre, is_december) {
            (LULLABY, _) => Occasion::Bedtime,
            (_, true) => Occasion::December,
            (_, false) => Occasion::Any,
        };
        let before = used.len();
        for _ in 0..n_tracks {
            let title = title(dice, occasion, used);
            self.recordings.push(manner.recording(
                &title,
                row(self.artists.len()),
                row(self.releases.len()),
                dice,
            ));
            used.push(title);
        }
        let title =
            if dice.chance(0.5) { used[before].clone() } else { title(dice, occasion, used) };
        self.releases.push(Release { title: title.into(), released, first_week, is_december });
    }
}

impl Manner {
    fn draw(career: &Career, params: &Params, dice: &mut Dice) -> Self {
        let genre = &GENRES[career.genre as usize];
        let voice = match dice.unit() {
            u if u < genre.instrumental => Voice::Nobody,
            _ => dice.pick(&[Voice::Woman, Voice::Man]),
        };
        // The luckiest artist of the whole catalogue bounds the tail, so that no single one is all of the charts.
        let luckiest = 1.0 / (1.0 + params.recordings as f32 / SIZE.0);
        let luck = dice.unit().max(luckiest);
        let quality = 0.6 * dice.normal();
        let popularity = (-EXPOSURE * luck.ln() + 0.3 * quality).exp();
        Self {
            genre: career.genre,
            mood: if dice.chance(0.5) { genre.mood } else { dice.pick(&Mood::ALL) },
            tempo: if dice.chance(0.6) { genre.tempo } else { dice.pick(&Tempo::ALL) },
            voice,
            quality,
            exposure: popularity * career.genre_weight.sqrt(),
        }
    }

    fn recording(&self, title: &str, artist: u32, release: u32, dice: &mut Dice) -> Recording {
        let quality_within = 0.8 * dice.normal();
        let tempo = if dice.chance(0.7) { self.tempo } else { dice.pick(&Tempo::ALL) };
        let (slowest, fastest) = tempo.bpm();
        let usual_length = match GENRES[self.genre as usize].name {
            "ambient" | "classical" | "post-rock" => 320.0,
            "punk" | "lullaby" => 150.0,
            _ => 215.0,
        };
        let length_secs = whole(dice.log_normal(usual_length, 0.28)).clamp(75, 1200);
        Recording {
            title: title.into(),
            artist,
            release,
            genre: self.genre,
            mood: if dice.chance(0.55) { self.mood } else { dice.pick(&Mood::ALL) },
            tempo,
            voice: if dice.chance(0.9) { self.voice } else { Voice::Nobody },
            quality: self.quality + quality_within,
            exposure: self.exposure * (0.9 * dice.normal() + 0.3 * quality_within).exp(),
            length_secs: u16::try_from(length_secs).expect("clamped"),
            bpm: u8::try_from(dice.throw(slowest, fastest)).expect("tempos end at 176"),
        }
    }
}

/// A day of that year, or of the year before where it is not past by the first week.
fn past_day(year: i16, params: &Params, dice: &mut Dice) -> Date {
    let month = i8::try_from(dice.throw(1, 12)).expect("twelve months");
    let day = i8::try_from(dice.throw(1, 28)).expect("28 days");
    let drawn = date(year, month, day);
    if drawn <= release_day(params, 0) { drawn } else { date(year - 1, month, day) }
}

fn to_year(years: u32) -> i16 {
    i16::try_from(years).expect("careers are shorter than millennia")
}
