//! What is love where tastes are points in a space of styles?
//!
//! A recording lies at `x = genre + mood + artist + its own`, a listener has one to four points `t`, and
//! `affinity = max over t of (bonus of t − |x − t|²) + QUALITY · quality − threshold`, the threshold such that the listener loves 3–8 % of the catalogue.
//! This is near to what factor models assume, but for the maximum.

use crate::accounts::Accounts;
use crate::attributes::{GENRES, GenreIx, LULLABY, Mood};
use crate::catalogue::Catalogue;
use crate::dice::{Dice, Purpose, row, running_sums};
use crate::params::Params;
use crate::truth::{Judgement, sample};

const DIM: usize = 12;
/// Root mean square lengths of the parts of a style.
const GENRE: f32 = 1.0;
const MOOD: f32 = 0.45;
const ARTIST: f32 = 0.45;
const OWN: f32 = 0.35;
/// How far a taste lies from the recording it grew on.
const TASTE: f32 = 0.15;
/// How far a minor taste stands back, at most.
const STANDING_BACK: f32 = 0.3;
const QUALITY: f32 = 0.12;
/// Shares of the catalogue that listeners love, from and to.
const LOVED: (f32, f32) = (0.035, 0.07);

type Style = [f32; DIM];

/// Where everything lies.
#[derive(Clone, Debug)]
pub(crate) struct Vectors {
    /// `[n_recordings]`
    styles: Vec<Style>,
    /// `[n_accounts]`, none for machines.
    listeners: Vec<Option<Listener>>,
}

#[derive(Clone, Debug)]
struct Listener {
    /// One to four; the first is the main one.
    tastes: Vec<Taste>,
    threshold: f32,
}

#[derive(Clone, Debug)]
struct Taste {
    point: Style,
    bonus: f32,
    genre: GenreIx,
}

impl Vectors {
    pub(crate) fn new(catalogue: &Catalogue, accounts: &Accounts, params: &Params) -> Self {
        let mut vectors =
            Self { styles: draw_styles(catalogue, params.seed), listeners: Vec::new() };
        let sample = sample(catalogue);
        let genre_sums = running_sums(*catalogue.genre_weights());
        for l in 0..accounts.len() {
            if !accounts.has_taste(l) {
                vectors.listeners.push(None);
                continue;
            }
            let mut dice = Dice::new(params.seed, Purpose::Taste, l, 0);
            let tastes = vectors.draw_tastes(catalogue, &genre_sums, &mut dice);
            let loved_share = dice.between(LOVED.0, LOVED.1);
            let mut listener = Listener { tastes, threshold: 0.0 };
            let mut likings: Vec<f32> = sample
                .iter()
                .map(|r| vectors.judge_as(&listener, catalogue, *r).affinity)
                .collect();
            let n_loved = crate::dice::whole(loved_share * likings.len() as f32) as usize;
            if n_loved < likings.len() {
                let (_, threshold, _) =
                    likings.select_nth_unstable_by(n_loved, |a, b| b.total_cmp(a));
                listener.threshold = *threshold;
            }
            vectors.listeners.push(Some(listener));
        }
        vectors
    }

    pub(crate) fn judge(
        &self,
        catalogue: &Catalogue,
        listener: usize,
        recording: u32,
    ) -> Judgement {
        match self.listener(listener) {
            Some(listener) => self.judge_as(listener, catalogue, recording),
            None => Judgement { affinity: f32::NEG_INFINITY, side: 0 },
        }
    }

    /// None for machines.
    fn listener(&self, listener: usize) -> Option<&Listener> {
        self.listeners.get(listener)?.as_ref()
    }

    fn judge_as(&self, listener: &Listener, catalogue: &Catalogue, recording: u32) -> Judgement {
        let Listener { tastes, threshold } = listener;
        let style = &self.styles[recording as usize];
        let mut best = Judgement { affinity: f32::NEG_INFINITY, side: 0 };
        for (side, taste) in (0..).zip(tastes) {
            let affinity = taste.bonus - squared_distance(style, &taste.point);
            if affinity > best.affinity {
                best = Judgement { affinity, side };
            }
        }
        best.affinity += QUALITY * catalogue.recording(recording).quality - threshold;
        best
    }

    /// The style of a recording.
    pub(crate) fn style(&self, recording: u32) -> &[f32] {
        &self.styles[recording as usize]
    }

    /// The cosine of two styles; 0 where one has no direction.
    pub(crate) fn likeness(&self, recording: u32, other: u32) -> f32 {
        let (a, b) = (&self.styles[recording as usize], &self.styles[other as usize]);
        let lengths = (dot(a, a) * dot(b, b)).sqrt();
        if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
    }

    pub(crate) fn home_genre(&self, listener: usize, dice: &mut Dice) -> Option<GenreIx> {
        let tastes = &self.listener(listener)?.tastes;
        tastes.get(dice.row_below(tastes.len())).map(|taste| taste.genre)
    }

    pub(crate) fn side_now(&self, listener: usize, dice: &mut Dice) -> u8 {
        let n_tastes = row(self.listener(listener).map_or(0, |l| l.tastes.len()));
        // The lower of two throws: the main taste comes up most.
        let side = dice.below(n_tastes).min(dice.below(n_tastes));
        u8::try_from(side).expect("at most four tastes")
    }

    fn draw_tastes(
        &self,
        catalogue: &Catalogue,
        genre_sums: &[f32],
        dice: &mut Dice,
    ) -> Vec<Taste> {
        let n_tastes = if self.styles.is_empty() { 0 } else { dice.throw(1, 4) };
        let draw = |rank: u32| {
            let genre = dice.pick_by_sums(genre_sums).unwrap_or(0);
            let mut root = dice.below(row(catalogue.len()));
            // A genre nobody plays is given up after a while.
            for _ in 0..200 {
                if catalogue.recording(root).genre as usize == genre {
                    break;
                }
                root = dice.below(row(catalogue.len()));
            }
            Taste {
                point: sum(self.styles[root as usize], gauss(TASTE, dice)),
                bonus: if rank == 0 { 0.0 } else { -dice.between(0.0, STANDING_BACK) },
                genre: catalogue.recording(root).genre.min(LULLABY - 1),
            }
        };
        (0..n_tastes).map(draw).collect()
    }
}

fn draw_styles(catalogue: &Catalogue, seed: u64) -> Vec<Style> {
    let mut climate = Dice::new(seed, Purpose::Style, 0, 0);
    let genres: [Style; GENRES.len()] = std::array::from_fn(|_| gauss(GENRE, &mut climate));
    let moods: [Style; Mood::ALL.len()] = std::array::from_fn(|_| gauss(MOOD, &mut climate));
    let mut styles = Vec::with_capacity(catalogue.len());
    for (a, artist) in catalogue.artists().iter().enumerate() {
        let mut dice = Dice::new(seed, Purpose::Style, a, 1);
        let manner = gauss(ARTIST, &mut dice);
        for r in artist.recordings.clone() {
            let recording = catalogue.recording(r);
            let described = sum(genres[recording.genre as usize], moods[recording.mood as usize]);
            styles.push(sum(sum(described, manner), gauss(OWN, &mut dice)));
        }
    }
    styles
}

/// A normal point whose root mean square length is `length`.
fn gauss(length: f32, dice: &mut Dice) -> Style {
    let per_axis = length / (DIM as f32).sqrt();
    std::array::from_fn(|_| per_axis * dice.normal())
}

fn sum(a: Style, b: Style) -> Style {
    std::array::from_fn(|i| a[i] + b[i])
}

fn dot(a: &Style, b: &Style) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn squared_distance(a: &Style, b: &Style) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}
