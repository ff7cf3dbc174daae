//! What is the network told of a candidate?
//!
//! One function, [`Listener::write`], for examples of the training and for lists.
//! A row is the element-wise product of the two vectors of the first stage, as far as it has such, and behind it:
//! the first stage's score over the mean of the best that it found in deviations, and its place among them; how much more the item is liked
//! than most; by kind of word, how much of what the listener likes and of what the listener does not is said of the item
//! too, and whether anything is; by number and kind of vector, how far it is from the mean of what the listener likes,
//! and whether that is known; how much the listener likes, and which share is disliked.
//!
//! The best are those `keep` candidates that the listener does not know, as in the training: whatever else stands beside
//! them, from other sources or known already, the inputs of each are what they would be without the others.
//!
//! A listener is known items with weights: the square root of the confidence, negative where it is not liked.

use linalg::{Matrix, add_scaled, dot};
use music::ItemIx;

use super::content::Content;
use crate::network::ln_1p;
use crate::{Ground, Heard, History, Query};

/// Beyond so many deviations a score is as good as it gets, or as bad.
const MOST_DEVIATIONS: f32 = 6.0;
/// Inputs that need no content: score, place, popularity, and two of the listener.
const PLAIN: usize = 5;
/// How many inputs there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Width {
    /// Length of the first stage's vectors; 0 where it has none.
    pub(super) dim: usize,
    rest: usize,
}

impl Width {
    pub(super) fn of(dim: usize, content: &Content) -> Self {
        let Content { words, numbers, spaces } = content;
        Self { dim, rest: PLAIN + 3 * words.len() + 2 * (numbers.len() + spaces.len()) }
    }

    pub(super) fn whole(self) -> usize {
        self.dim + self.rest
    }
}

/// Neighboring inputs that say one thing of a candidate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind<'a> {
    pub(super) name: &'a str,
    pub(super) n: usize,
    says: Says,
}

/// Which input tells whether a candidate is near.
#[derive(Clone, Copy, Debug)]
enum Says {
    /// The one at this place, by being more than usual.
    More(usize),
    /// The first, a likeness, where the second says that it is known.
    Likeness,
    /// The first, a distance, where the second says that it is known.
    Distance,
    /// None: it is of the listener.
    Nothing,
}

impl Kind<'_> {
    /// Whether a candidate with these inputs is nearer to what the listener likes than is usual; raw and standardized.
    pub(super) fn is_near(self, raw: &[f32], x: &[f32]) -> bool {
        match self.says {
            Says::More(at) => x[at] > 0.0,
            Says::Likeness => x[0] > 0.0 && raw[1] > 0.0,
            Says::Distance => x[0] < 0.0 && raw[1] > 0.0,
            Says::Nothing => false,
        }
    }
}

/// The kinds of inputs, in their order.
pub(super) fn kinds(dim: usize, content: &Content) -> Vec<Kind<'_>> {
    let mut kinds = vec![
        Kind { name: Ground::LISTENERS, n: dim + 2, says: Says::More(dim) },
        Kind { name: Ground::POPULARITY, n: 1, says: Says::More(0) },
    ];
    let of = |name, n, says| Kind { name, n, says };
    // More than usual of what is liked is said of it: then something is known.
    kinds.extend(content.words.iter().map(|words| of(words.name.as_str(), 3, Says::More(0))));
    kinds.extend(content.numbers.iter().map(|one| of(one.name.as_str(), 2, Says::Distance)));
    kinds.extend(content.spaces.iter().map(|space| of(space.name.as_str(), 2, Says::Likeness)));
    kinds.push(of(Ground::HISTORY, 2, Says::Nothing));
    kinds
}

/// What the network has to know of a history, of the items that were in its training.
pub(super) fn known(history: &History<'_>, n_trained: usize) -> Query {
    let n = history.items.partition_point(|item| (item.0 as usize) < n_trained);
    let (items, heard) = (&history.items[..n], &history.heard[..n]);
    History { items, heard, ..*history }.weighed(weight)
}

/// How much an entry of a history counts.
pub(super) fn weight(heard: Heard) -> f32 {
    let weight = heard.confidence.sqrt();
    if heard.is_liked { weight } else { -weight }
}

/// Candidates as the first stage left them.
#[derive(Clone, Debug, Default)]
pub(super) struct Listed {
    pub(super) items: Vec<u32>,
    /// Scores over the mean of the best, in their deviations.
    scores: Vec<f32>,
    /// log₂ of the place among the best, counted from 1; behind the last of them all are at one place.
    places: Vec<f32>,
}

impl Listed {
    /// Candidates in any order with their scores, held against the best `keep` of those that are not known.
    #[expect(clippy::cast_possible_truncation, reason = "seven digits are enough of a scale")]
    pub(super) fn new(items: Vec<u32>, raw: &[f32], known: &[ItemIx], keep: usize) -> Self {
        let goes_before =
            |a: usize, b: usize| raw[b].total_cmp(&raw[a]).then(items[a].cmp(&items[b]));
        let is_known = |at: &usize| known.binary_search(&ItemIx(items[*at])).is_ok();
        let mut best: Vec<usize> = (0..raw.len()).filter(|at| !is_known(at)).collect();
        best.sort_by(|a, b| goes_before(*a, *b));
        best.truncate(keep);
        let of_best = || best.iter().map(|at| f64::from(raw[*at]));
        let n = best.len().max(1) as f64;
        let mean = of_best().sum::<f64>() / n;
        let deviation = (of_best().map(|s| (s - mean).powi(2)).sum::<f64>() / n).sqrt();
        let scale = if deviation > 1e-6 * mean.abs() { 1.0 / deviation } else { 0.0 };
        let score = |s: &f32| ((f64::from(*s) - mean) * scale) as f32;
        let scores = raw.iter().map(|s| score(s).clamp(-MOST_DEVIATIONS, MOST_DEVIATIONS));
        let of_place = |place: usize| (place as f32 + 1.0).log2();
        let mut places = vec![f32::NAN; raw.len()];
        for (place, &at) in best.iter().enumerate() {
            places[at] = of_place(place);
        }
        // Those that are known, and those behind the best.
        for (at, place) in places.iter_mut().enumerate().filter(|(_, place)| place.is_nan()) {
            *place = of_place(best.partition_point(|other| goes_before(*other, at).is_lt()));
        }
        Self { scores: scores.collect(), places, items }
    }
}

/// What inputs are computed from, of items.
#[derive(Clone, Copy, Debug)]
pub(super) struct Items<'a> {
    pub(super) content: &'a Content,
    /// `[n_items]`
    pub(super) popularity: &'a [f32],
    /// `[n_items × dim]`
    pub(super) vectors: Option<&'a Matrix>,
}

/// What inputs are computed from, of a listener.
#[derive(Debug)]
pub(super) struct Listener<'a> {
    items: Items<'a>,
    vector: &'a [f32],
    /// By kind: how much each word is said of what is liked, and of what is not `[n_words]`.
    words: Vec<[Vec<f32>; 2]>,
    /// By number: the mean of what is liked.
    means: Vec<Option<f32>>,
    /// By kind of vector: the direction of what is liked.
    directions: Vec<Option<Vec<f32>>>,
    history: [f32; 2],
}

impl<'a> Listener<'a> {
    /// A listener with a vector of the first stage, where that has vectors, and known items with weights.
    pub(super) fn new(
        items: Items<'a>,
        vector: &'a [f32],
        known: &[ItemIx],
        weights: &[f32],
    ) -> Self {
        let content = items.content;
        let pairs = || known.iter().map(|item| item.0 as usize).zip(weights.iter().copied());
        let liked = || pairs().filter(|(_, weight)| *weight > 0.0);
        let words = content.words.iter().map(|words| {
            let mut said = [vec![0.0; words.of.n_cols()], vec![0.0; words.of.n_cols()]];
            for (item, weight) in pairs() {
                let said = &mut said[usize::from(weight < 0.0)];
                let (of_item, shares) = words.of.row(item);
                for (word, share) in of_item.iter().zip(shares) {
                    said[*word as usize] += weight.abs() * share;
                }
            }
            said
        });
        let means = content.numbers.iter().map(|numbers| {
            let told = liked().filter_map(|(item, weight)| Some((numbers.of[item]?, weight)));
            let (sum, total) = told.fold((0.0, 0.0), |(s, t), (x, w)| (s + w * x, t + w));
            (total > 0.0).then(|| sum / total)
        });
        let directions = content.spaces.iter().map(|space| {
            let mut sum = vec![0.0; space.of.dim()];
            liked().for_each(|(item, weight)| add_scaled(&mut sum, weight, space.of.row(item)));
            let length = dot(&sum, &sum).sqrt();
            (length > 0.0).then(|| sum.into_iter().map(|x| x / length).collect())
        });
        let (n, n_liked) = (known.len() as f32, liked().count() as f32);
        Self {
            items,
            vector,
            words: words.collect(),
            means: means.collect(),
            directions: directions.collect(),
            history: [ln_1p(n_liked), (n - n_liked) / n.max(1.0)],
        }
    }

    /// Adds the rows of some places of a list.
    pub(super) fn write(
        &self,
        listed: &Listed,
        places: impl Iterator<Item = usize>,
        x: &mut Vec<f32>,
    ) {
        let Items { content, popularity, vectors } = self.items;
        for place in places {
            let row = listed.items[place];
            let item = row as usize;
            if let Some(vectors) = vectors {
                x.extend(self.vector.iter().zip(vectors.row(item)).map(|(u, v)| u * v));
            }
            x.extend([listed.scores[place], listed.places[place], popularity[item]]);
            for (words, said) in content.words.iter().zip(&self.words) {
                let (of_item, shares) = words.of.row(item);
                let overlap = |said: &[f32]| {
                    let terms = of_item.iter().zip(shares);
                    ln_1p(terms.map(|(word, share)| share * said[*word as usize]).sum())
                };
                let is_known = f32::from(u8::from(!of_item.is_empty()));
                x.extend([overlap(&said[0]), overlap(&said[1]), is_known]);
            }
            for (numbers, mean) in content.numbers.iter().zip(&self.means) {
                let gap = numbers.of[item].zip(*mean).map(|(x, mean)| (x - mean) * numbers.scale);
                x.extend([gap.map_or(0.0, |gap| ln_1p(gap.abs())), known_or_not(gap)]);
            }
            for (space, direction) in content.spaces.iter().zip(&self.directions) {
                let of_item = space.of.row(item);
                let is_known = of_item.iter().any(|x| *x != 0.0);
                let cosine = direction.as_ref().filter(|_| is_known).map(|mean| dot(mean, of_item));
                x.extend([cosine.unwrap_or(0.0), known_or_not(cosine)]);
            }
            x.extend(self.history);
        }
    }
}

fn known_or_not(x: Option<f32>) -> f32 {
    f32::from(u8::from(x.is_some()))
}
