//! What does a batch of examples change?
//!
//! Its parts read the vectors as they were before and write down what should be added to which; then the rows, dealt into
//! a fixed number of shares, take up what is theirs, in the order of the examples.
//! Neither depends on how many threads do it.

use linalg::{Isa, Kernel, Simd};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use super::Params;
use super::sentences::{Example, Sentences};
use crate::draw::Draws;
use crate::hash::{hash, normal};
use crate::sigmoid::falling_sigmoid;
use crate::table::{Line, Table, dots};

/// Shares of the rows; more than the threads of a usual machine.
const SHARES: u32 = 16;
const N_SHARES: usize = SHARES as usize;
/// Examples in a part of a batch, at least.
const PART: usize = 64;
/// Steps of an epoch, nearly, where there are examples for so many.
const STEPS: usize = 256;
const MIN_BATCH: usize = 32;
const MAX_BATCH: usize = 2048;
/// How often a negative is drawn again that is the word itself.
const MAX_REDRAWS: usize = 8;
/// Keeps the first step finite where the first gradient is 0.
const EPSILON: f32 = 1e-12;

/// Vectors of all words, dealt into shares: word `w` is row `w / SHARES` of share `w % SHARES`.
#[derive(Debug)]
pub(super) struct State {
    params: Params,
    shares: Vec<Share>,
    parts: Vec<Part>,
}

/// Some of the words.
#[derive(Debug)]
struct Share {
    /// v, by which a word is part of a context.
    inputs: Side,
    /// z, by which it is foretold.
    outputs: Side,
}

#[derive(Debug)]
struct Side {
    vectors: Table,
    /// By row: sum of the mean squares of the gradients.
    squares: Vec<f32>,
    /// Of this batch; 0 for rows that it does not touch.
    gradients: Table,
    touched: Vec<u32>,
    is_touched: Vec<bool>,
}

/// What some examples of a batch ask for.
#[derive(Debug, Default)]
struct Part {
    /// Sentences, in their order.
    sentences: Vec<u32>,
    /// Of each example its h, then what its context should be moved by.
    vectors: Vec<Line>,
    /// By share.
    inputs: Vec<Vec<Change>>,
    outputs: Vec<Vec<Change>>,
    loss: f64,
    n: usize,
}

/// `times` a vector is to be added to a row.
#[derive(Clone, Copy, Debug)]
struct Change {
    row: u32,
    /// Place among the vectors of the part.
    vector: u32,
    times: f32,
}

impl State {
    /// Input vectors that hash seed and key; output vectors of 0, as there every word is as likely as any.
    pub(super) fn new(params: Params, sentences: &Sentences, seed: u64) -> Self {
        let dim = params.dim;
        let n_words = sentences.keys.len();
        let share = |s: usize| {
            let rows: Vec<usize> = (s..n_words).step_by(N_SHARES).collect();
            let mut inputs = Side::zeros(rows.len(), dim);
            for (row, &word) in rows.iter().enumerate() {
                let key = hash([seed, sentences.keys[word]]);
                let scale = 0.5 / (dim as f32).sqrt();
                let values = (0..dim as u64).map(|d| scale * normal(hash([key, d])));
                inputs.vectors.set_row(row, values);
            }
            Share { inputs, outputs: Side::zeros(rows.len(), dim) }
        };
        Self { params, shares: (0..N_SHARES).map(share).collect(), parts: Vec::new() }
    }

    /// The vector of a word.
    pub(super) fn vector(&self, word: usize) -> impl Iterator<Item = f32> {
        self.shares[word % N_SHARES].inputs.vectors.values(word / N_SHARES)
    }

    /// Reads every sentence once, in an order of this epoch's own; the mean loss of an example before its step.
    pub(super) fn epoch(&mut self, number: usize, sentences: &Sentences, seed: u64) -> f64 {
        let mut order: Vec<u32> = (0..).take(sentences.len()).collect();
        let key = hash([seed, number as u64]);
        Draws::new([key]).shuffle(&mut order);
        let batch = (sentences.n_examples() / STEPS).clamp(MIN_BATCH, MAX_BATCH);
        let (mut loss, mut n) = (0.0, 0);
        let mut rest = &order[..];
        while !rest.is_empty() {
            let n_sentences = self.deal(rest, batch, sentences);
            rest = &rest[n_sentences..];
            let used = self.step(sentences, key);
            loss += self.parts[..used].iter().map(|part| part.loss).sum::<f64>();
            n += self.parts[..used].iter().map(|part| part.n).sum::<usize>();
        }
        if n == 0 { 0.0 } else { loss / n as f64 }
    }

    /// Deals sentences to parts until they hold a batch of examples, and says how many they are.
    fn deal(&mut self, order: &[u32], batch: usize, sentences: &Sentences) -> usize {
        self.parts.iter_mut().for_each(|part| part.sentences.clear());
        let (mut p, mut of_part, mut of_batch) = (0, 0, 0);
        for (n, &sentence) in order.iter().enumerate() {
            if of_batch >= batch {
                return n;
            }
            if self.parts.len() == p {
                self.parts.push(Part::new());
            }
            self.parts[p].sentences.push(sentence);
            let more = sentences.n_in(sentence);
            of_batch += more;
            of_part += more;
            if of_part >= PART {
                (p, of_part) = (p + 1, 0);
            }
        }
        order.len()
    }

    /// Learns from what was dealt, and says how many parts that were.
    fn step(&mut self, sentences: &Sentences, key: u64) -> usize {
        let used = self.parts.iter().take_while(|part| !part.sentences.is_empty()).count();
        let Self { params, shares, parts } = self;
        let (parts, params) = (&mut parts[..used], *params);
        let before = &*shares;
        parts.par_iter_mut().with_max_len(1).for_each(|part| {
            Isa::best().run(Read { params, shares: before, part, sentences, key });
        });
        let parts = &*parts;
        shares.par_iter_mut().enumerate().with_max_len(1).for_each(|(s, share)| {
            for part in parts {
                share.inputs.add(&part.inputs[s], &part.vectors);
                share.outputs.add(&part.outputs[s], &part.vectors);
            }
            share.inputs.step(params);
            share.outputs.step(params);
        });
        used
    }
}

impl Part {
    fn new() -> Self {
        let lists = || vec![Vec::new(); N_SHARES];
        Self { inputs: lists(), outputs: lists(), ..Self::default() }
    }

    fn clear(&mut self) {
        self.vectors.clear();
        self.inputs.iter_mut().chain(&mut self.outputs).for_each(Vec::clear);
        (self.loss, self.n) = (0.0, 0);
    }
}

/// Finds out what the examples of a part ask for.
struct Read<'a> {
    params: Params,
    shares: &'a [Share],
    part: &'a mut Part,
    sentences: &'a Sentences,
    /// Of seed and epoch.
    key: u64,
}

impl Kernel for Read<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { params, shares, part, sentences, key } = self;
        part.clear();
        let mut example = Example::default();
        let mut foretold: Vec<u32> = Vec::new();
        for s in 0..part.sentences.len() {
            let sentence = part.sentences[s];
            let mut draws = Draws::new([key, u64::from(sentence)]);
            for n in 0..sentences.n_in(sentence) {
                if sentences.example(sentence, n, &mut draws, &mut example) {
                    foretold.clear();
                    foretold.push(example.word);
                    negatives(params.negatives, sentences, &mut draws, &mut foretold);
                    learn(simd, params.dim, shares, part, &example, &foretold);
                }
            }
        }
    }
}

/// Draws words other than the first.
pub(super) fn negatives(
    n: usize,
    sentences: &Sentences,
    draws: &mut Draws,
    foretold: &mut Vec<u32>,
) {
    let word = foretold[0];
    for _ in 0..n {
        let drawn = (0..=MAX_REDRAWS).map(|_| sentences.noise.draw(draws));
        foretold.extend(drawn.into_iter().find(|&drawn| drawn != word));
    }
}

/// The gradient of one example: of ln σ(h·z) for the first word foretold and of ln σ(−h·z) for the others.
#[inline(always)]
fn learn<S: Simd>(
    simd: S,
    dim: usize,
    shares: &[Share],
    part: &mut Part,
    example: &Example,
    foretold: &[u32],
) {
    let stride = dim.div_ceil(linalg::LANES);
    let h_place = part.vectors.len() / stride;
    part.vectors.resize((h_place + 2) * stride, Line([0.0; linalg::LANES]));
    let (h, pull) = part.vectors[h_place * stride..].split_at_mut(stride);
    for &(word, weight) in &example.context {
        let (share, row) = place(word);
        add(simd, h, weight, shares[share].inputs.vectors.row(row as usize));
    }
    let mut likelihood = 1.0;
    for (group, words) in foretold.chunks(4).enumerate() {
        // Where the last group is short, h stands for the missing ones.
        let mut rows: [&[Line]; 4] = [h; 4];
        for (row, &word) in rows.iter_mut().zip(words) {
            let (share, place) = place(word);
            *row = shares[share].outputs.vectors.row(place as usize);
        }
        let scores = dots(simd, h, rows);
        for k in 0..words.len() {
            let is_word = group == 0 && k == 0;
            // 1 − σ of the score of the word itself, −σ of another's.
            let slope =
                if is_word { falling_sigmoid(scores[k]) } else { -falling_sigmoid(-scores[k]) };
            likelihood *= 1.0 - f64::from(slope.abs());
            add(simd, pull, slope, rows[k]);
            let (share, row) = place(words[k]);
            let vector = index(h_place);
            part.outputs[share].push(Change { row, vector, times: slope });
        }
    }
    for &(word, weight) in &example.context {
        let (share, row) = place(word);
        part.inputs[share].push(Change { row, vector: index(h_place + 1), times: weight });
    }
    part.loss -= likelihood.max(f64::MIN_POSITIVE).ln();
    part.n += 1;
}

/// Share and row of a word.
#[inline(always)]
fn place(word: u32) -> (usize, u32) {
    ((word % SHARES) as usize, word / SHARES)
}

#[inline(always)]
fn index(place: usize) -> u32 {
    u32::try_from(place).expect("a part has a few hundred vectors")
}

/// to += times·row.
#[inline(always)]
fn add<S: Simd>(simd: S, to: &mut [Line], times: f32, row: &[Line]) {
    let times = simd.splat(times);
    for (to, x) in to.iter_mut().zip(row) {
        let sum = simd.mul_add(times, simd.load(&x.0), simd.load(&to.0));
        simd.store(&mut to.0, sum);
    }
}

impl Side {
    fn zeros(n_rows: usize, dim: usize) -> Self {
        Self {
            vectors: Table::zeros(n_rows, dim),
            squares: vec![0.0; n_rows],
            gradients: Table::zeros(n_rows, dim),
            touched: Vec::new(),
            is_touched: vec![false; n_rows],
        }
    }

    fn add(&mut self, changes: &[Change], vectors: &[Line]) {
        Isa::best().run(Add { side: self, changes, vectors });
    }

    /// Moves the rows that were touched along their gradients, which are 0 afterwards.
    fn step(&mut self, params: Params) {
        let stride = self.vectors.stride();
        let vectors = self.vectors.lines_mut();
        let gradients = self.gradients.lines_mut();
        for row in self.touched.drain(..) {
            let row = row as usize;
            self.is_touched[row] = false;
            let gradient = &mut gradients[row * stride..][..stride];
            let square: f32 = gradient.iter().flat_map(|line| line.0).map(|x| x * x).sum();
            self.squares[row] += square / params.dim as f32;
            let rate = params.learning_rate / (self.squares[row] + EPSILON).sqrt();
            for (x, g) in vectors[row * stride..][..stride].iter_mut().zip(gradient) {
                for (x, g) in x.0.iter_mut().zip(&mut g.0) {
                    *x += rate * *g;
                    *g = 0.0;
                }
            }
        }
    }
}

/// Adds up what is asked for of some rows.
struct Add<'a> {
    side: &'a mut Side,
    changes: &'a [Change],
    vectors: &'a [Line],
}

impl Kernel for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { side, changes, vectors } = self;
        let stride = side.vectors.stride();
        for change in changes {
            let row = change.row as usize;
            if !side.is_touched[row] {
                side.is_touched[row] = true;
                side.touched.push(change.row);
            }
            let vector = &vectors[change.vector as usize * stride..][..stride];
            add(
                simd,
                &mut side.gradients.lines_mut()[row * stride..][..stride],
                change.times,
                vector,
            );
        }
    }
}
