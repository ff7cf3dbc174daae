//! Which listeners like what, when likes are partly accidents and some recordings are disliked?
//!
//! Four tribes of listeners and of recordings; a listener has heard some of the own tribe's, by chance, and perhaps a few of
//! others'.

use std::collections::BTreeMap;

use linalg::{Csr, Matrix};
use models::{Heard, History, Recommender, Spec, Training, fit, testing};
use music::{ItemIx, RecordingId, Rows, UserIx};

const N_USERS: u32 = 160;
pub(crate) const N_ITEMS: u32 = 120;
const N_TRIBES: u32 = 4;

/// Listeners and recordings are dealt to the tribes in turn.
pub(crate) fn tribe(row: u32) -> u32 {
    row % N_TRIBES
}

/// Bits by chance that follow from what they are about (SplitMix64).
fn bits(words: [u64; 4]) -> u64 {
    let mix = |state: u64, word: u64| {
        let x = (state ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    };
    words.into_iter().fold(0, mix)
}

/// A number from 0 to 1.
fn chance(words: [u64; 4]) -> f32 {
    (bits(words) >> 40) as f32 / 16_777_216.0
}

/// Who heard what.
pub(crate) struct Tribes {
    pairs: BTreeMap<(u32, u32), Heard>,
    seed: u64,
}

impl Tribes {
    /// Each listener likes a third of the own tribe's recordings; a share `noise` of these likes is turned into likes of
    /// recordings of other tribes.
    pub(crate) fn new(seed: u64, noise: f32) -> Self {
        let mut pairs = BTreeMap::new();
        let of = |kind: u64, u: u32, i: u32| chance([seed, kind, u.into(), i.into()]);
        for u in 0..N_USERS {
            for i in (0..N_ITEMS).filter(|&i| tribe(i) == tribe(u)) {
                if of(1, u, i) >= 1.0 / 3.0 {
                    continue;
                }
                let confidence = 1.0 + 3.0 * of(2, u, i);
                let liked = Heard { confidence, age_days: 0.0, is_liked: true };
                let place = if of(3, u, i) < noise {
                    elsewhere([seed, 4, u.into(), i.into()], u)
                } else {
                    i
                };
                pairs.insert((u, place), liked);
            }
        }
        Self { pairs, seed }
    }

    pub(crate) fn set(&mut self, u: u32, i: u32, heard: Heard) {
        self.pairs.insert((u, i), heard);
    }

    pub(crate) fn heard(&self) -> Csr<UserIx, ItemIx, Heard> {
        let triplets = self.pairs.iter().map(|(&(u, i), &heard)| (u, i, heard)).collect();
        Csr::from_triplets(N_USERS as usize, N_ITEMS as usize, triplets)
    }

    pub(crate) fn knows(&self, u: u32, i: u32) -> bool {
        self.pairs.contains_key(&(u, i))
    }

    pub(crate) fn fit(&self, text: &str) -> Box<dyn Recommender> {
        let spec: Spec = text.parse().expect("a model string as documented");
        let rows = Rows::new((0..u64::from(N_ITEMS)).map(RecordingId).collect());
        let heard = self.heard();
        let training = Training::new(&heard, &rows, self.seed);
        fit(&spec, &training, &mut testing::unobserved).expect("a model of a sound training")
    }

    /// What a model scores each recording for a listener of the training.
    pub(crate) fn scores(&self, model: &dyn Recommender, u: u32) -> Vec<f32> {
        let heard = self.heard();
        let (items, heard) = heard.row(u as usize);
        let items: Vec<ItemIx> = items.iter().map(|&i| ItemIx(i)).collect();
        let query = model.represent(&History::new(&items, heard));
        let mut scores = Matrix::zeros(1, model.n_items());
        model.score_batch(&[query], &mut scores);
        scores.into_vec()
    }

    /// The chance that a model ranks a recording of the own tribe before one of another, both unheard: 1 for the truth, ½
    /// for chance.
    pub(crate) fn finds_own(&self, model: &dyn Recommender) -> f64 {
        let of_user = |u: u32| {
            let scores = self.scores(model, u);
            let unheard = (0..N_ITEMS).filter(|&i| !self.knows(u, i));
            let (own, others): (Vec<u32>, Vec<u32>) = unheard.partition(|&i| tribe(i) == tribe(u));
            let before = |i: u32, j: u32| {
                let (a, b) = (scores[i as usize], scores[j as usize]);
                if a > b {
                    1.0
                } else if a == b {
                    0.5
                } else {
                    0.0
                }
            };
            let n = (own.len() * others.len()) as f64;
            let pairs = own.iter().flat_map(|&i| others.iter().map(move |&j| before(i, j)));
            pairs.sum::<f64>() / n
        };
        (0..N_USERS).map(of_user).sum::<f64>() / f64::from(N_USERS)
    }
}

/// Some recording of another tribe.
fn elsewhere(words: [u64; 4], u: u32) -> u32 {
    let others: Vec<u32> = (0..N_ITEMS).filter(|&i| tribe(i) != tribe(u)).collect();
    let place = ((bits(words) >> 40) * others.len() as u64) >> 24;
    others[usize::try_from(place).expect("a place of a few")]
}
