//! Who listens to what, for a year?
//!
//! A catalogue and a few listeners from a seed, with just enough likeness to real ones: artists, releases, versions of
//! works, regions, genres, groups; a taste is a direction, and what is popular scores better than it should.

use std::collections::BTreeSet;

use music::{ArtistId, ItemIx};
use rank::{Candidate, Exposure, Mix, Rules, Slate, Sound, attention, prices, slate};

const RECORDINGS: usize = 1000;
const ARTISTS: u64 = 120;
const GROUPS: u64 = 3;
const REGIONS: u64 = 3;
const GENRES: u64 = 6;
const DIM: usize = 4;
/// Candidates of one list: the best of what is not shown yet.
const CANDIDATES: usize = 150;
/// Weeks for which a release is fresh.
const FRESH: usize = 8;
pub(crate) const WEEKS: usize = 52;

pub(crate) struct Town {
    recordings: Vec<Recording>,
    listeners: Vec<Listener>,
}

struct Recording {
    artists: Vec<ArtistId>,
    group: usize,
    release: u64,
    work: u64,
    vector: Vec<f32>,
    region: usize,
    genres: Vec<(u32, f32)>,
    popularity: f32,
    /// The week in which it came out; 0 for everything older.
    released: usize,
    sound: Sound,
}

struct Listener {
    /// By recording.
    scores: Vec<f32>,
    /// By recording.
    distances: Vec<f32>,
    genres: Vec<(u32, f32)>,
    regions: Vec<f32>,
}

/// One list, with what it was made from.
pub(crate) struct Served<'a> {
    pub(crate) listener: usize,
    pub(crate) candidates: &'a [Candidate<'a>],
    pub(crate) mix: &'a Mix<'a>,
    pub(crate) rules: &'a Rules,
    pub(crate) slate: &'a Slate,
}

impl<'a> Served<'a> {
    /// The lines that were not drawn.
    pub(crate) fn picked(&self) -> impl Iterator<Item = &'a Candidate<'a>> {
        let is_picked = |line: &&rank::Line| line.slot.is_none();
        self.slate.lines.iter().filter(is_picked).map(|line| &self.candidates[line.candidate])
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = &'a Candidate<'a>> {
        self.slate.lines.iter().map(|line| &self.candidates[line.candidate])
    }
}

/// Sums of attention and relevance.
pub(crate) struct Exposures {
    pub(crate) artists: Vec<Exposure>,
    pub(crate) groups: Vec<Exposure>,
}

impl Town {
    pub(crate) fn new(seed: u64, n_listeners: u64) -> Self {
        let recordings: Vec<Recording> =
            (0..RECORDINGS as u64).map(|n| Recording::new(seed, n)).collect();
        let listener = |n| Listener::new(Dice::new(seed, 1 << 32 | n), &recordings);
        Self { listeners: (0..n_listeners).map(listener).collect(), recordings }
    }

    /// Plays the weeks; prices are of the weeks before, and count as far as the rules allow.
    pub(crate) fn play(
        &self,
        rules: &Rules,
        weeks: usize,
        each: &mut dyn FnMut(&Served<'_>),
    ) -> Exposures {
        let mut sums = Exposures::default();
        let mut shown = vec![Shown::default(); self.listeners.len()];
        for week in 0..weeks {
            let costs = sums.prices();
            for (n, listener) in self.listeners.iter().enumerate() {
                let candidates = self.candidates(listener, week, &shown[n], &costs);
                let mix = Mix { genres: &listener.genres, regions: &listener.regions };
                let seed = (week * self.listeners.len() + n) as u64;
                let made = slate(&candidates, &mix, rules, seed);
                each(&Served {
                    listener: n,
                    candidates: &candidates,
                    mix: &mix,
                    rules,
                    slate: &made,
                });
                sums.add(self, &candidates, &made);
                for line in &made.lines {
                    let c = &candidates[line.candidate];
                    shown[n].recordings.insert(c.item);
                    shown[n].works.insert(c.work);
                }
            }
        }
        sums
    }

    /// The best of what is out and was not shown.
    fn candidates<'a>(
        &'a self,
        listener: &Listener,
        week: usize,
        shown: &Shown,
        costs: &[Vec<f32>; 2],
    ) -> Vec<Candidate<'a>> {
        let is_open = |(row, recording): &(usize, &Recording)| {
            recording.released <= week && shown.allows(item(*row), recording.work)
        };
        let candidate = |(row, recording): (usize, &'a Recording)| Candidate {
            item: item(row),
            score: listener.scores[row],
            lift: 1.0,
            artists: &recording.artists,
            release: Some(recording.release),
            work: recording.work,
            vector: Some(&recording.vector),
            region: Some(recording.region),
            popularity: recording.popularity,
            distance: listener.distances[row],
            genres: &recording.genres,
            is_fresh: recording.released > 0 && week < recording.released + FRESH,
            is_explorable: recording.popularity < 0.5,
            price: costs[0][recording.main()] + costs[1][recording.group],
            sound: recording.sound,
        };
        let open = self.recordings.iter().enumerate().filter(is_open);
        let mut candidates: Vec<Candidate<'_>> = open.map(candidate).collect();
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item)));
        candidates.truncate(CANDIDATES);
        candidates
    }
}

impl Recording {
    fn new(seed: u64, n: u64) -> Self {
        let mut dice = Dice::new(seed, n);
        let artist = dice.below(ARTISTS);
        // Every tenth is a duet, every twentieth another version of the one before.
        let guest = n.is_multiple_of(10).then(|| dice.below(ARTISTS));
        let credited = [Some(artist), guest].into_iter().flatten();
        let genre = dice.below(GENRES);
        let second = (genre + 1 + dice.below(GENRES - 1)) % GENRES;
        let mut genres = vec![(narrow(genre), 0.7), (narrow(second), 0.3)];
        genres.sort_by_key(|(genre, _)| *genre);
        // Few artists are well known; groups are of those who are, those who are a little, and the others.
        let fame = Dice::new(seed, 2 << 32 | artist).unit().powi(2);
        Self {
            artists: credited.map(ArtistId).collect(),
            group: usize::from(fame < 0.5) + usize::from(fame < 0.1),
            release: artist * 4 + dice.below(4),
            work: if n % 20 == 1 { n - 1 } else { n },
            vector: dice.direction(),
            region: usize::try_from(dice.below(REGIONS)).unwrap(),
            genres,
            popularity: f32::midpoint(fame, dice.unit()),
            released: usize::try_from(dice.below(104)).unwrap().saturating_sub(52),
            sound: Sound { tempo: Some(60.0 + 120.0 * dice.unit()), ..Sound::default() },
        }
    }

    fn main(&self) -> usize {
        usize::try_from(self.artists[0].0).unwrap()
    }
}

impl Listener {
    fn new(mut dice: Dice, recordings: &[Recording]) -> Self {
        let taste = dice.direction();
        let near: Vec<f32> = recordings.iter().map(|of| cosine(&taste, &of.vector)).collect();
        let scores: Vec<f32> = recordings
            .iter()
            .zip(&near)
            .map(|(of, near)| 1.0 + 0.4 * near + 0.3 * of.popularity + 0.3 * dice.unit())
            .collect();
        let mut sorted = near.clone();
        sorted.sort_by(f32::total_cmp);
        let nearer = |near: &f32| sorted.len() - sorted.partition_point(|other| other <= near);
        let distances = near.iter().map(|near| nearer(near) as f32 / sorted.len() as f32);
        let one = dice.below(GENRES - 1);
        Self {
            scores,
            distances: distances.collect(),
            genres: vec![(narrow(one), 0.6), (narrow(one + 1), 0.4)],
            regions: vec![0.5, 0.3, 0.2],
        }
    }
}

/// What one listener has had.
#[derive(Clone, Default)]
struct Shown {
    recordings: BTreeSet<ItemIx>,
    works: BTreeSet<u64>,
}

impl Shown {
    fn allows(&self, item: ItemIx, work: u64) -> bool {
        !self.recordings.contains(&item) && !self.works.contains(&work)
    }
}

impl Default for Exposures {
    fn default() -> Self {
        let zeros = |n: u64| vec![Exposure::default(); usize::try_from(n).unwrap()];
        Self { artists: zeros(ARTISTS), groups: zeros(GROUPS) }
    }
}

impl Exposures {
    fn prices(&self) -> [Vec<f32>; 2] {
        [prices(&self.artists), prices(&self.groups)]
    }

    /// The attention that lines have, and the same attention shared out by relevance among all candidates.
    fn add(&mut self, town: &Town, candidates: &[Candidate<'_>], slate: &Slate) {
        let mut whole = 0.0;
        for (position, line) in (1..).zip(&slate.lines) {
            whole += attention(position);
            for of in self.of(town, &candidates[line.candidate]) {
                of.attention += attention(position);
            }
        }
        let relevance: f64 = slate.relevance.iter().map(|of| f64::from(*of)).sum();
        for (c, own) in candidates.iter().zip(&slate.relevance) {
            for of in self.of(town, c) {
                of.relevance += whole * f64::from(*own) / relevance;
            }
        }
    }

    /// Those of the main artist and of the group.
    fn of(&mut self, town: &Town, c: &Candidate<'_>) -> [&mut Exposure; 2] {
        let recording = &town.recordings[c.item.0 as usize];
        [&mut self.artists[recording.main()], &mut self.groups[recording.group]]
    }
}

/// Half the sum over subjects of |share of attention − share of relevance|: the attention that is in the wrong place.
pub(crate) fn misplaced(exposures: &[Exposure]) -> f64 {
    let attention: f64 = exposures.iter().map(|of| of.attention).sum();
    let relevance: f64 = exposures.iter().map(|of| of.relevance).sum();
    let apart = |of: &Exposure| (of.attention / attention - of.relevance / relevance).abs();
    exposures.iter().map(apart).sum::<f64>() / 2.0
}

/// SplitMix64 (Steele, Lea & Flood 2014).
struct Dice(u64);

impl Dice {
    fn new(seed: u64, stream: u64) -> Self {
        let mut mixed = Self(stream);
        Self(seed ^ mixed.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// In [0, 1).
    fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / 16_777_216.0
    }

    fn direction(&mut self) -> Vec<f32> {
        (0..DIM).map(|_| 2.0 * self.unit() - 1.0).collect()
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    linalg::dot(a, b) / (linalg::dot(a, a) * linalg::dot(b, b)).sqrt()
}

fn item(row: usize) -> ItemIx {
    ItemIx(u32::try_from(row).unwrap())
}

fn narrow(genre: u64) -> u32 {
    u32::try_from(genre).unwrap()
}
