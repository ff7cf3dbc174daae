//! What is read, and in which order?
//!
//! A sentence is what is said of one item, or what a listener heard without a pause.
//! Both are known by a hash of their contents and lie in its order, so that rows may stand in any.

use linalg::Csr;
use music::ItemIx;

use super::Params;
use crate::draw::{Draws, Sampler};
use crate::hash::hash;
use crate::{Moments, WordIx, Words};

/// Listens that were heard in one go are cut into sentences of so many, so that no part of a batch is much larger than
/// the others.
const LONGEST: usize = 64;

/// All there is to read, and the words that are known well enough.
#[derive(Debug)]
pub(super) struct Sentences {
    /// Outside names of the words kept, the most said first, then by key.
    pub(super) keys: Vec<u64>,
    /// Draws negatives.
    pub(super) noise: Sampler,
    /// By item row.
    bags: Vec<Bag>,
    /// Item rows, listen after listen.
    listens: Vec<u32>,
    all: Vec<Sentence>,
    window: usize,
}

/// What is said of one item, in words that are kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Bag {
    /// Words by row, ascending, each with what it says of the item.
    words: Vec<(u32, f32)>,
    /// Hash of the names and weights.
    key: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sentence {
    key: u64,
    of: Of,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    Item(u32),
    /// From one listen to before another.
    Listens(usize, usize),
}

/// A word to be foretold.
#[derive(Debug, Default)]
pub(super) struct Example {
    /// Words by row, each with its share of the context; at least one.
    pub(super) context: Vec<(u32, f32)>,
    pub(super) word: u32,
}

impl Sentences {
    pub(super) fn new(params: Params, words: &Words, moments: Option<&Moments>) -> Self {
        let keys = vocabulary(words, params.min_count);
        let bags = bags(words, &keys);
        let mut said: Vec<f64> = vec![0.0; keys.len()];
        let mut all = Vec::new();
        for (i, bag) in (0..).zip(&bags) {
            bag.words.iter().for_each(|&(word, _)| said[word as usize] += 1.0);
            if bag.words.len() > 1 {
                all.push(Sentence { key: bag.key, of: Of::Item(i) });
            }
        }
        let mut listens: Vec<u32> = Vec::new();
        for session in moments.into_iter().flat_map(|moments| sessions(params, &bags, moments)) {
            let key = hash(session.iter().map(|&i| bags[i as usize].key));
            all.push(Sentence {
                key,
                of: Of::Listens(listens.len(), listens.len() + session.len()),
            });
            listens.extend(session);
        }
        // Of each listen one word is drawn.
        for &i in &listens {
            let bag = &bags[i as usize];
            let total: f64 = bag.words.iter().map(|&(_, weight)| f64::from(weight)).sum();
            for &(word, weight) in &bag.words {
                said[word as usize] += f64::from(weight) / total;
            }
        }
        all.sort_unstable();
        let exponent = f64::from(params.negative_exponent);
        let noise =
            Sampler::weighted(&said.iter().map(|n| narrow(n.powf(exponent))).collect::<Vec<_>>());
        Self { keys, noise, bags, listens, all, window: params.window }
    }

    /// Words foretold in an epoch, at most.
    pub(super) fn n_examples(&self) -> usize {
        self.all.iter().map(|sentence| self.n_of(sentence.of)).sum()
    }

    /// Number of sentences.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Words foretold in one sentence, at most.
    pub(super) fn n_in(&self, sentence: u32) -> usize {
        self.n_of(self.all[sentence as usize].of)
    }

    fn n_of(&self, of: Of) -> usize {
        match of {
            Of::Item(i) => self.bags[i as usize].words.len(),
            Of::Listens(start, end) => end - start,
        }
    }

    /// Makes the `n`-th example of a sentence; whether there is one.
    pub(super) fn example(
        &self,
        sentence: u32,
        n: usize,
        draws: &mut Draws,
        into: &mut Example,
    ) -> bool {
        into.context.clear();
        match self.all[sentence as usize].of {
            Of::Item(i) => {
                let words = &self.bags[i as usize].words;
                into.word = words[n].0;
                into.context.extend(words[..n].iter().chain(&words[n + 1..]));
            }
            Of::Listens(start, end) => {
                let at = start + n;
                let i = self.listens[at];
                into.word = self.bags[i as usize].draw(draws);
                let first = at.saturating_sub(self.window).max(start);
                let last = (at + self.window + 1).min(end);
                let others = self.listens[first..last].iter().filter(|&&j| j != i);
                // The same word may come of another item: left out, it would be foretold by its absence.
                into.context.extend(others.map(|&j| (self.bags[j as usize].draw(draws), 1.0)));
            }
        }
        let total: f32 = into.context.iter().map(|&(_, weight)| weight).sum();
        into.context.iter_mut().for_each(|(_, weight)| *weight /= total);
        !into.context.is_empty()
    }
}

impl Bag {
    /// One of at least one word, in proportion to what each says of the item.
    fn draw(&self, draws: &mut Draws) -> u32 {
        let total: f32 = self.words.iter().map(|&(_, weight)| weight).sum();
        let mut left = draws.unit() * total;
        for &(word, weight) in &self.words {
            left -= weight;
            if left < 0.0 {
                return word;
            }
        }
        self.words[self.words.len() - 1].0
    }
}

/// The words said of enough items, the most said first, then by key.
fn vocabulary(words: &Words, min_count: usize) -> Vec<u64> {
    let mut counts = vec![0_usize; words.keys.len()];
    for (_, columns, _) in words.of.rows() {
        columns.iter().for_each(|&column| counts[column as usize] += 1);
    }
    let mut kept: Vec<(usize, u64)> = counts
        .into_iter()
        .zip(words.keys.iter().copied())
        .filter(|&(n, _)| n >= min_count.max(1))
        .collect();
    kept.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    kept.into_iter().map(|(_, key)| key).collect()
}

/// What is said of each item, in the words kept.
fn bags(words: &Words, keys: &[u64]) -> Vec<Bag> {
    let mut kept: Vec<(u64, u32)> = keys.iter().copied().zip(0..).collect();
    kept.sort_unstable();
    let row = |key: &u64| kept.binary_search_by_key(key, |&(key, _)| key).ok().map(|k| kept[k].1);
    let rows: Vec<Option<u32>> = words.keys.iter().map(row).collect();
    let of: &Csr<ItemIx, WordIx> = &words.of;
    let bag = |(_, columns, weights): (usize, &[u32], &[f32])| {
        let said = columns.iter().zip(weights);
        let mut said: Vec<(u32, f32)> =
            said.filter_map(|(&column, &weight)| Some((rows[column as usize]?, weight))).collect();
        said.sort_unstable_by_key(|&(word, _)| word);
        let parts = said
            .iter()
            .flat_map(|&(word, weight)| [keys[word as usize], u64::from(weight.to_bits())]);
        Bag { key: hash(parts), words: said }
    };
    of.rows().map(bag).collect()
}

/// What each listener heard without a pause, of items of which something is said: at least two listens, cut where they
/// are many.
///
/// What was skipped or disliked is not what goes with the rest.
fn sessions<'a>(
    params: Params,
    bags: &'a [Bag],
    moments: &'a Moments,
) -> impl Iterator<Item = Vec<u32>> + 'a {
    let of_user = move |u: usize| {
        let goes_on = move |a: &crate::Moment, b: &crate::Moment| {
            a.age_days - b.age_days <= params.session_gap_days
        };
        moments.of(u).chunk_by(goes_on).flat_map(move |session| {
            let items = session.iter().filter(|moment| !moment.outcome.is_against());
            let items = items.map(|moment| moment.item.0);
            let items: Vec<u32> = items.filter(|&i| !bags[i as usize].words.is_empty()).collect();
            items.chunks(LONGEST).map(<[u32]>::to_vec).collect::<Vec<_>>()
        })
    };
    (0..moments.n_users()).flat_map(of_user).filter(|session| session.len() > 1)
}

#[expect(clippy::cast_possible_truncation, reason = "a number in proportion, rounded to f32")]
fn narrow(x: f64) -> f32 {
    x as f32
}
