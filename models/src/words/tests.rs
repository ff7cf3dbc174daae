//! Do vectors of words become what is said of them?

use linalg::Csr;
use music::ItemIx;
use rayon::ThreadPoolBuilder;

use super::sentences::{Example, Sentences};
use super::step::{State, negatives};
use super::{Learned, Params, WordVectors, fit, tag_vectors};
use crate::draw::Draws;
use crate::hash::hash;
use crate::{Error, ItemFeatures, Moment, Moments, Outcome, WordIx, Words};

const SEED: u64 = 7;

/// Words `(item, column, weight)`; the key of a column is a multiple of it.
fn words(n_items: usize, n_words: u32, said: Vec<(u32, u32, f32)>) -> Words {
    let keys = (0..u64::from(n_words)).map(|column| 10 * (column + 1)).collect();
    let of: Csr<ItemIx, WordIx> = Csr::from_triplets(n_items, n_words as usize, said);
    Words { name: "tag", keys, of }
}

/// Two families of six words; items have three words of the one or of the other, by chance.
fn families(n_items: u32) -> Words {
    let mut said = Vec::new();
    for i in 0..n_items {
        let mut draws = Draws::new([SEED, u64::from(i)]);
        let mut columns: Vec<u32> = (0..6).map(|k| 2 * k + i % 2).collect();
        draws.shuffle(&mut columns);
        said.extend(columns[..3].iter().map(|&column| (i, column, 1.0 + draws.unit())));
    }
    words(n_items as usize, 12, said)
}

fn listen(item: u32, age_days: f32) -> Moment {
    let outcome = Outcome::Finished;
    Moment { item: ItemIx(item), age_days, outcome, hour: None, device: None, weight: 1.0 }
}

/// Listeners who hear ten items of one family in a go, and then of the other after a pause.
fn sessions(n_items: u32, n_users: u32) -> Moments {
    let mut moments = Moments::new();
    for u in 0..n_users {
        let mut draws = Draws::new([SEED, 1, u64::from(u)]);
        let of = |k: u32, draws: &mut Draws| {
            let half = u32::try_from(draws.below(n_items as usize / 2)).unwrap();
            listen(2 * half + k / 10, 2.0 - 0.001 * k as f32 - (k / 10) as f32)
        };
        moments.push(None, (0..20).map(|k| of(k, &mut draws)).collect::<Vec<_>>());
    }
    moments
}

fn small() -> Params {
    Params { dim: 5, negatives: 3, min_count: 1, ..Params::default() }
}

/// How many of the five nearest words are of the own family, the worst word's.
fn worst(words: &WordVectors) -> usize {
    let family = |key: u64| (key / 10 - 1) % 2;
    let own = |&key: &u64| {
        let near = words.nearest(key, 5).unwrap();
        near.iter().filter(|&&(other, _)| family(other) == family(key)).count()
    };
    words.keys().iter().map(own).min().unwrap()
}

/// Both vectors of every word, in `f64`, and what AdaGrad remembers.
#[derive(Clone, Debug, PartialEq)]
struct Slow {
    inputs: Vec<Vec<f64>>,
    outputs: Vec<Vec<f64>>,
    squares: [Vec<f64>; 2],
}

/// A context, the word that is foretold, and the negatives.
type Told = (Vec<(u32, f32)>, u32, Vec<u32>);

impl Slow {
    fn of(state: &State, n_words: usize) -> Self {
        let vector = |w| state.vector(w).map(f64::from).collect();
        let inputs: Vec<Vec<f64>> = (0..n_words).map(vector).collect();
        let outputs = vec![vec![0.0; inputs[0].len()]; n_words];
        Self { inputs, outputs, squares: [vec![0.0; n_words], vec![0.0; n_words]] }
    }

    fn mean(&self, context: &[(u32, f32)]) -> Vec<f64> {
        let of = |d: usize| {
            let parts = context.iter();
            parts.map(|&(w, share)| f64::from(share) * self.inputs[w as usize][d]).sum()
        };
        (0..self.inputs[0].len()).map(of).collect()
    }

    /// Of the words foretold: 1 for the word itself, 0 for negatives, and the score of each.
    fn scores<'a>(
        &'a self,
        h: &'a [f64],
        told: &'a Told,
    ) -> impl Iterator<Item = (usize, f64, f64)> {
        let labels = std::iter::once((told.1, 1.0)).chain(told.2.iter().map(|&n| (n, 0.0)));
        labels.map(move |(w, label)| {
            let z = &self.outputs[w as usize];
            (w as usize, label, h.iter().zip(z).map(|(a, b)| a * b).sum())
        })
    }

    fn loss(&self, all: &[Told]) -> f64 {
        let of = |told: &Told| {
            let h = self.mean(&told.0);
            let costs = self.scores(&h, told).map(|(_, label, score)| {
                let signed: f64 = if label == 1.0 { score } else { -score };
                (-signed).exp().ln_1p()
            });
            costs.sum::<f64>()
        };
        all.iter().map(of).sum()
    }

    /// Of −loss, for inputs and outputs.
    fn gradients(&self, all: &[Told]) -> [Vec<Vec<f64>>; 2] {
        let dim = self.inputs[0].len();
        let zeros = || vec![vec![0.0; dim]; self.inputs.len()];
        let [mut inputs, mut outputs] = [zeros(), zeros()];
        for told in all {
            let h = self.mean(&told.0);
            for (w, label, score) in self.scores(&h, told) {
                let slope = label - 1.0 / (1.0 + (-score).exp());
                for d in 0..dim {
                    outputs[w][d] += slope * h[d];
                    for &(c, share) in &told.0 {
                        inputs[c as usize][d] += slope * f64::from(share) * self.outputs[w][d];
                    }
                }
            }
        }
        [inputs, outputs]
    }

    fn step(&mut self, all: &[Told], learning_rate: f64) {
        let gradients = self.gradients(all);
        let sides = [&mut self.inputs, &mut self.outputs].into_iter().zip(&mut self.squares);
        for ((side, squares), gradients) in sides.zip(&gradients) {
            for ((row, sum), gradient) in side.iter_mut().zip(squares).zip(gradients) {
                let square: f64 = gradient.iter().map(|g| g * g).sum();
                *sum += square / row.len() as f64;
                for (x, g) in row.iter_mut().zip(gradient) {
                    *x += learning_rate / (*sum + 1e-12).sqrt() * g;
                }
            }
        }
    }
}

/// What an epoch foretells, in any order.
fn told(params: Params, sentences: &Sentences, number: u64) -> Vec<Told> {
    let key = hash([SEED, number]);
    let (mut all, mut example) = (Vec::new(), Example::default());
    for sentence in (0..).take(sentences.len()) {
        let mut draws = Draws::new([key, u64::from(sentence)]);
        for n in 0..sentences.n_in(sentence) {
            if sentences.example(sentence, n, &mut draws, &mut example) {
                let mut foretold = vec![example.word];
                negatives(params.negatives, sentences, &mut draws, &mut foretold);
                all.push((example.context.clone(), example.word, foretold[1..].to_vec()));
            }
        }
    }
    all
}

/// Six items with a few words each and one listener: all of an epoch is one batch.
fn one_batch() -> (Words, Moments) {
    let said = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 3), (2, 2), (2, 4), (3, 0), (4, 3), (5, 4)];
    let said = said.into_iter().zip(1..).map(|((i, w), n)| (i, w, 0.5 + n as f32 / 8.0)).collect();
    let mut moments = Moments::new();
    moments.push(None, (0..6).map(|i| listen(i, 1.0 - 0.001 * i as f32)));
    (words(6, 5, said), moments)
}

#[test]
fn a_batch_does_what_the_slow_twin_does() {
    let (words, moments) = one_batch();
    let sentences = Sentences::new(small(), &words, Some(&moments));
    let mut state = State::new(small(), &sentences, SEED);
    let mut slow = Slow::of(&state, 5);
    for number in 1..=6_u8 {
        let all = told(small(), &sentences, number.into());
        let (loss, expected) = (slow.loss(&all), all.len());
        slow.step(&all, 0.1);
        let fast = state.epoch(number.into(), &sentences, SEED);
        assert!((fast - loss / expected as f64).abs() < 1e-5, "{fast}, {loss} of {expected}");
        for w in 0..5 {
            for (x, y) in state.vector(w).zip(&slow.inputs[w]) {
                // Numbers of about 1 in 24 bits after six steps whose length is that of a rate of 0.1.
                assert!((f64::from(x) - y).abs() < 1e-5, "epoch {number}: {x}, {y}");
            }
        }
    }
}

#[test]
fn the_gradient_is_what_central_differences_say() {
    let (words, moments) = one_batch();
    let sentences = Sentences::new(small(), &words, Some(&moments));
    let state = State::new(small(), &sentences, SEED);
    let mut slow = Slow::of(&state, 5);
    let all = told(small(), &sentences, 1);
    slow.step(&all, 0.1);
    let [inputs, outputs] = slow.gradients(&all);
    let differ = |change: &dyn Fn(&mut Slow, f64)| {
        let moved = |by| {
            let mut other = slow.clone();
            change(&mut other, by);
            other.loss(&all)
        };
        (moved(-1e-5) - moved(1e-5)) / 2e-5
    };
    for w in 0..5 {
        for d in 0..5 {
            let expected = differ(&|slow, by| slow.inputs[w][d] += by);
            assert!((inputs[w][d] - expected).abs() < 1e-7, "{w}, {d}: {expected}");
            let expected = differ(&|slow, by| slow.outputs[w][d] += by);
            assert!((outputs[w][d] - expected).abs() < 1e-7, "{w}, {d}: {expected}");
        }
    }
}

#[test]
fn words_that_are_said_of_the_same_items_lie_together() {
    let Learned { words, losses, n_examples } =
        fit(Params::default(), &families(200), None, SEED).unwrap();
    assert_eq!((words.keys().len(), n_examples), (12, 600));
    assert_eq!(worst(&words), 5);
    assert!(losses[9] < 0.8 * losses[0], "{losses:?}");
}

#[test]
fn words_that_are_heard_in_one_go_lie_together() {
    // One word an item: nothing but the sessions tells of families.
    let one_each = words(60, 12, (0..60).map(|i| (i, (i / 2) % 6 * 2 + i % 2, 1.0)).collect());
    let moments = sessions(60, 100);
    let learned = fit(Params::default(), &one_each, Some(&moments), SEED).unwrap();
    assert_eq!(learned.n_examples, 2000);
    assert_eq!(worst(&learned.words), 5);
}

#[test]
fn threads_do_not_change_bits() {
    let (words, moments) = (families(1000), sessions(1000, 100));
    let with_threads = |n: usize| {
        let pool = ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| fit(small(), &words, Some(&moments), SEED).unwrap().words.arrays())
    };
    assert_eq!(with_threads(1), with_threads(2));
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let (n_items, n_words) = (200, 12);
    let (all, moments) = (families(n_items), sessions(n_items, 20));
    let turned = {
        let mut said = Vec::new();
        for (i, columns, weights) in all.of.rows() {
            let i = n_items - 1 - u32::try_from(i).unwrap();
            let pairs = columns.iter().zip(weights);
            said.extend(pairs.map(|(&column, &weight)| (i, n_words - 1 - column, weight)));
        }
        let keys = all.keys.iter().rev().copied().collect();
        let of = Csr::from_triplets(n_items as usize, n_words as usize, said);
        Words { keys, of, ..all.clone() }
    };
    let mut turned_moments = Moments::new();
    for u in (0..moments.n_users()).rev() {
        let turn = |m: &Moment| Moment { item: ItemIx(n_items - 1 - m.item.0), ..*m };
        turned_moments.push(None, moments.of(u).iter().map(turn).collect::<Vec<_>>());
    }
    let of = |words, moments| fit(small(), words, Some(moments), SEED).unwrap().words.arrays();
    assert_eq!(of(&all, &moments), of(&turned, &turned_moments));
}

#[test]
fn what_is_skipped_and_what_comes_after_a_pause_is_no_context() {
    let one_each = words(3, 3, vec![(0, 0, 1.0), (1, 1, 1.0), (2, 2, 1.0)]);
    let n_examples = |gap: f32, outcome: Outcome| {
        let mut moments = Moments::new();
        let second = Moment { outcome, ..listen(1, 1.0 - gap) };
        moments.push(None, [listen(0, 1.0), second]);
        Sentences::new(small(), &one_each, Some(&moments)).n_examples()
    };
    assert_eq!(n_examples(0.02, Outcome::Heard), 2);
    assert_eq!(n_examples(0.03, Outcome::Heard), 0);
    assert_eq!(n_examples(0.02, Outcome::Skipped), 0);
}

#[test]
fn rare_words_have_no_vector_and_nothing_said_is_no_accident() {
    let said = vec![(0, 0, 1.0), (1, 0, 1.0), (2, 0, 1.0), (0, 1, 1.0), (1, 1, 1.0)];
    let learned = fit(Params::default(), &words(3, 3, said), None, SEED).unwrap();
    assert_eq!(learned.words.keys(), [10]);
    let learned = fit(Params::default(), &words(0, 0, Vec::new()), None, SEED).unwrap();
    assert_eq!((learned.words.keys().len(), learned.losses), (0, vec![0.0; 10]));
}

#[test]
fn a_recording_lies_where_its_tags_lie() {
    let vectors = linalg::Matrix::from_vec(2, 2, vec![3.0, 0.0, 0.0, 0.5]);
    let vectors = WordVectors::new(vec![10, 20], vectors);
    // 1·(1, 0) and 3·(0, 1), by a weight of 4; 30 is not known.
    let said = [(10, 1.0), (20, 3.0), (30, 9.0)];
    assert_eq!(vectors.of_words(&said), Some(vec![0.25, 0.75]));
    assert_eq!(vectors.of_words(&said[2..]), None);
    assert_eq!(vectors.nearest(10, 3), Some(vec![(20, 0.0)]));
    assert_eq!(vectors.nearest(30, 3), None);
    let tags = words(3, 3, vec![(0, 0, 1.0), (0, 1, 3.0), (1, 2, 1.0)]);
    let features = ItemFeatures { words: vec![tags], ..ItemFeatures::none(3) };
    let found = tag_vectors(&features, &vectors);
    assert_eq!((found.name, found.of.row(0)), ("tags", &[0.25, 0.75][..]));
    assert_eq!(found.is_known, [true, false, false]);
}

#[test]
fn saved_and_loaded_they_are_the_same_and_others_are_refused() {
    let learned = fit(small(), &families(50), None, SEED).unwrap();
    let arrays = learned.words.arrays();
    let loaded = WordVectors::load(5, &mut arrays.clone()).unwrap();
    assert_eq!((loaded.arrays(), loaded.units), (arrays.clone(), learned.words.units));
    let error = WordVectors::load(6, &mut arrays.clone()).unwrap_err();
    assert!(matches!(&error, Error::BadArray { name, .. } if name == "word_vectors"), "{error}");
    let mut twice = arrays;
    twice.insert("words".into(), crate::Array::U64 { shape: vec![2], values: vec![3, 3] });
    assert!(WordVectors::load(5, &mut twice).is_err());
}
