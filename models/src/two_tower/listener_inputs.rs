//! What goes into the listener tower, and what comes back of it?
//!
//! Of the recordings heard last: a mean by attention, the softmax over them of
//! `ln weight + q·e + a(what came of it) + b(how long ago)`; the mean of those that were not turned away from, and of
//! those that were. Their words and vectors likewise, and what the listener was like by then.

use linalg::{Isa, Kernel, Simd, dot};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::encoded::Encoded;
use super::item_inputs::{Parts, part};
use super::net::{Net, PULLS};
use super::sequence::Listens;
use super::timeline::{RHYTHM, Standing, Token};
use crate::Outcome;
use crate::network::{CHUNK_ROWS, add_row, add_rows};

/// Recordings whose words are looked at, the last ones.
const WORDS_OF: usize = 20;

/// Listeners at moments; memory that every batch uses anew.
#[derive(Clone, Debug, Default)]
pub(super) struct ListenerRows {
    /// Row `r` has `starts[r]..starts[r + 1]` of `tokens`.
    pub(super) starts: Vec<usize>,
    pub(super) tokens: Vec<Token>,
    pub(super) standings: Vec<Standing>,
    /// Row of the country, 0 where it is not known.
    pub(super) countries: Vec<u32>,
    /// What is read one after the other, where that is chosen.
    pub(super) listens: Listens,
    /// By token: its share of the attention, and the gradient by its pull.
    attention: Vec<f32>,
    d_pulls: Vec<f32>,
}

impl ListenerRows {
    pub(super) fn clear(&mut self) {
        self.starts.clear();
        self.starts.push(0);
        self.tokens.clear();
        self.standings.clear();
        self.countries.clear();
        self.listens.clear();
    }

    /// Ends a row whose tokens were added.
    pub(super) fn end_row(&mut self, standing: Standing, country: u32) {
        self.starts.push(self.tokens.len());
        self.standings.push(standing);
        self.countries.push(country);
    }

    pub(super) fn len(&self) -> usize {
        self.standings.len()
    }

    pub(super) fn row_tokens(&self, row: usize) -> &[Token] {
        &self.tokens[self.starts[row]..self.starts[row + 1]]
    }
}

/// What the means of a row divide by: weights of what was not turned away from, and of what was.
#[derive(Clone, Copy)]
struct Sums {
    liked: f32,
    against: f32,
}

fn sums(tokens: &[Token]) -> Sums {
    let mut sums = Sums { liked: 0.0, against: 0.0 };
    for token in tokens {
        let sum = if token.outcome.is_against() { &mut sums.against } else { &mut sums.liked };
        *sum += token.weight;
    }
    sums
}

/// The tokens whose words are looked at, with their shares.
fn with_words(tokens: &[Token]) -> impl Iterator<Item = (&Token, f32)> {
    let liked = || tokens.iter().filter(|token| !token.outcome.is_against()).take(WORDS_OF);
    let sum: f32 = liked().map(|token| token.weight).sum();
    liked().map(move |token| (token, token.weight / sum))
}

impl Net {
    fn pull(&self, token: &Token) -> f32 {
        let (direction, pulls) = self.attention.values.split_at(self.layout.dim);
        let of_age = pulls[Outcome::ALL.len() + usize::from(token.age)];
        token.weight.ln()
            + dot(direction, self.ids.row(token.item + 1))
            + pulls[token.outcome as usize]
            + of_age
    }

    /// Rows of the levels table that belong to a listener.
    #[inline(always)]
    fn listener_levels(
        &self,
        rows: &ListenerRows,
        row: usize,
        known: &[u32],
        mut tell: impl FnMut(usize, u32),
    ) {
        let standing = &rows.standings[row];
        let levels = standing.levels.map(u32::from);
        let has_rhythm = u32::from(standing.rhythm.iter().any(|share| *share > 0));
        let ends = [has_rhythm];
        let country = [rows.countries[row]];
        let all = levels.iter().chain(&country).chain(known).chain(&ends);
        for (k, (level, first)) in all.zip(&self.layout.listener_levels).enumerate() {
            tell(k, first + level);
        }
    }

    /// Which vectors are known of anything that a row liked.
    fn known(&self, encoded: &Encoded, tokens: &[Token]) -> Vec<u32> {
        let n = self.layout.n_spaces;
        let mut known = vec![0; n];
        for token in tokens.iter().filter(|token| !token.outcome.is_against()) {
            let of_item = &encoded.known[token.item as usize * n..][..n];
            known.iter_mut().zip(of_item).for_each(|(known, of_item)| *known |= of_item);
        }
        known
    }

    /// Writes what goes into the listener tower `[rows × listener_width]`.
    pub(super) fn gather_listeners(
        &self,
        encoded: &Encoded,
        rows: &mut ListenerRows,
        inputs: &mut Vec<f32>,
    ) {
        self.read_listens(encoded, &mut rows.listens);
        let width = self.layout.listener_width();
        inputs.resize(rows.len() * width, 0.0);
        let mut attention = std::mem::take(&mut rows.attention);
        attention.clear();
        attention.resize(rows.tokens.len(), 0.0);
        let isa = Isa::best();
        let shares = by_chunk(&rows.starts, &mut attention);
        let chunks = inputs.par_chunks_mut(CHUNK_ROWS * width).zip(shares).enumerate();
        let rows_ref = &*rows;
        chunks.for_each(|(chunk, (inputs, attention))| {
            let first = chunk * CHUNK_ROWS;
            isa.run(Gather { net: self, encoded, rows: rows_ref, first, attention, inputs });
        });
        rows.attention = attention;
    }

    /// From the gradient by the inputs to those of attention, and what the rest needs of it.
    pub(super) fn attend_backward(&mut self, rows: &mut ListenerRows, d_inputs: &[f32]) {
        if !self.layout.has_ids {
            return;
        }
        let width = self.layout.listener_width();
        let mut d_pulls = std::mem::take(&mut rows.d_pulls);
        d_pulls.clear();
        d_pulls.resize(rows.tokens.len(), 0.0);
        let n = self.layout.dim + PULLS;
        let mut sums = vec![0.0; rows.len().div_ceil(CHUNK_ROWS) * n];
        let isa = Isa::best();
        let (net, rows_ref) = (&*self, &*rows);
        let chunks =
            d_inputs.par_chunks(CHUNK_ROWS * width).zip(by_chunk(&rows.starts, &mut d_pulls));
        chunks.zip(sums.par_chunks_mut(n)).enumerate().for_each(
            |(chunk, ((d_inputs, d_pulls), sums))| {
                let first = chunk * CHUNK_ROWS;
                isa.run(Attend { net, rows: rows_ref, first, d_inputs, d_pulls, sums });
            },
        );
        add_rows(&mut self.attention.gradient, &sums);
        rows.d_pulls = d_pulls;
    }

    /// Which rows of the tables have which parts of the gradient that begins at `start` of the arena; the direction of
    /// attention stands at `direction`.
    pub(super) fn listener_parts(
        &self,
        encoded: &Encoded,
        rows: &ListenerRows,
        (start, direction): (usize, usize),
        parts: &mut Parts,
    ) {
        let layout = &self.layout;
        for row in 0..rows.len() {
            let start = start + row * layout.listener_width();
            let tokens = rows.row_tokens(row);
            if layout.has_ids {
                let sums = sums(tokens);
                for (token, at) in tokens.iter().zip(rows.starts[row]..) {
                    let id = token.item + 1;
                    let (place, sum) = if token.outcome.is_against() {
                        (2, sums.against)
                    } else {
                        (1, sums.liked)
                    };
                    parts.ids.push(part(id, rows.attention[at], start));
                    parts.ids.push(part(id, token.weight / sum, start + place * layout.dim));
                    parts.ids.push(part(id, rows.d_pulls[at], direction));
                }
            }
            if !layout.has_features {
                continue;
            }
            for (token, share) in with_words(tokens) {
                for (kind, of_kind) in parts.words.iter_mut().enumerate() {
                    let (words, _) = encoded.words[kind].of(token.item as usize);
                    of_kind.push(part(words[0], share, start + layout.listener_words(kind)));
                }
            }
            let known = self.known(encoded, tokens);
            self.listener_levels(rows, row, &known, |k, level| {
                parts.levels.push(part(level, 1.0, start + layout.listener_level(k)));
            });
        }
    }
}

/// The numbers of each chunk of rows, by the places of their tokens.
fn by_chunk<'a>(
    starts: &'a [usize],
    numbers: &'a mut [f32],
) -> impl IndexedParallelIterator<Item = &'a mut [f32]> {
    let n_rows = starts.len() - 1;
    let mut rest = numbers;
    let mut chunks = Vec::with_capacity(n_rows.div_ceil(CHUNK_ROWS));
    for first in (0..n_rows).step_by(CHUNK_ROWS) {
        let n = starts[n_rows.min(first + CHUNK_ROWS)] - starts[first];
        let (chunk, more) = rest.split_at_mut(n);
        rest = more;
        chunks.push(chunk);
    }
    rayon::iter::IntoParallelIterator::into_par_iter(chunks)
}

struct Gather<'a> {
    net: &'a Net,
    encoded: &'a Encoded,
    rows: &'a ListenerRows,
    first: usize,
    attention: &'a mut [f32],
    inputs: &'a mut [f32],
}

impl Kernel for Gather<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let Self { net, encoded, rows, first, mut attention, inputs } = self;
        let layout = &net.layout;
        for (row, inputs) in (first..).zip(inputs.chunks_exact_mut(layout.listener_width())) {
            inputs.fill(0.0);
            let tokens = rows.row_tokens(row);
            let (shares, rest) = attention.split_at_mut(tokens.len());
            attention = rest;
            if layout.has_ids {
                gather_ids(net, tokens, shares, inputs);
            }
            if let (true, Some(state)) = (layout.has_states, rows.listens.state(row, layout.dim)) {
                inputs[layout.listener_state()..][..layout.dim].copy_from_slice(state);
            }
            if !layout.has_features {
                continue;
            }
            for (token, share) in with_words(tokens) {
                for (kind, table) in net.words.iter().enumerate() {
                    let (words, _) = encoded.words[kind].of(token.item as usize);
                    let out = &mut inputs[layout.listener_words(kind)..][..layout.dim];
                    add_row(out, share, table.row(words[0]));
                }
            }
            let known = net.known(encoded, tokens);
            net.listener_levels(rows, row, &known, |k, level| {
                add_row(&mut inputs[layout.listener_level(k)..], 1.0, net.levels.row(level));
            });
            gather_vectors(net, encoded, tokens, &mut inputs[layout.listener_vectors()..]);
            let rhythm = &mut inputs[layout.listener_rhythm()..][..RHYTHM];
            for (out, share) in rhythm.iter_mut().zip(rows.standings[row].rhythm) {
                *out = f32::from(share) / 255.0;
            }
        }
    }
}

/// Writes the shares of attention, and the three means by id.
#[inline(always)]
fn gather_ids(net: &Net, tokens: &[Token], shares: &mut [f32], inputs: &mut [f32]) {
    let dim = net.layout.dim;
    for (share, token) in shares.iter_mut().zip(tokens) {
        *share = net.pull(token);
    }
    let most = shares.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    shares.iter_mut().for_each(|share| *share = (*share - most).max(-60.0).exp());
    let sum: f32 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= sum);
    let sums = sums(tokens);
    for (token, share) in tokens.iter().zip(shares) {
        let row = net.ids.row(token.item + 1);
        add_row(&mut inputs[..dim], *share, row);
        let (place, sum) =
            if token.outcome.is_against() { (2, sums.against) } else { (1, sums.liked) };
        add_row(&mut inputs[place * dim..][..dim], token.weight / sum, row);
    }
}

/// The mean of the vectors of what was not turned away from.
#[inline(always)]
fn gather_vectors(net: &Net, encoded: &Encoded, tokens: &[Token], inputs: &mut [f32]) {
    let width = net.layout.width;
    let liked = sums(tokens).liked;
    for token in tokens.iter().filter(|token| !token.outcome.is_against()) {
        let vectors = &encoded.vectors[token.item as usize * width..][..width];
        add_row(&mut inputs[..width], token.weight / liked, vectors);
    }
}

struct Attend<'a> {
    net: &'a Net,
    rows: &'a ListenerRows,
    first: usize,
    d_inputs: &'a [f32],
    d_pulls: &'a mut [f32],
    /// Gradients of direction, outcomes and ages.
    sums: &'a mut [f32],
}

impl Kernel for Attend<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let Self { net, rows, first, d_inputs, mut d_pulls, sums } = self;
        let dim = net.layout.dim;
        let (d_direction, d_biases) = sums.split_at_mut(dim);
        for (row, d_inputs) in (first..).zip(d_inputs.chunks_exact(net.layout.listener_width())) {
            let tokens = rows.row_tokens(row);
            let (of_row, rest) = d_pulls.split_at_mut(tokens.len());
            d_pulls = rest;
            let shares = &rows.attention[rows.starts[row]..rows.starts[row + 1]];
            let d_mean = &d_inputs[..dim];
            // The gradient of a softmax: share·(gradient by the share − their mean).
            for (d_pull, token) in of_row.iter_mut().zip(tokens) {
                *d_pull = dot(d_mean, net.ids.row(token.item + 1));
            }
            let mean: f32 = of_row.iter().zip(shares).map(|(d, share)| d * share).sum();
            for ((d_pull, share), token) in of_row.iter_mut().zip(shares).zip(tokens) {
                *d_pull = share * (*d_pull - mean);
                add_row(d_direction, *d_pull, net.ids.row(token.item + 1));
                d_biases[token.outcome as usize] += *d_pull;
                d_biases[Outcome::ALL.len() + usize::from(token.age)] += *d_pull;
            }
        }
    }
}
