//! What does a listener become, one listen after the other?
//!
//! A small causal transformer over the last listens, repeats included (Kang & McAuley, Self-Attentive Sequential
//! Recommendation, 2018): a listen is which recording it was and what is known of it, what came of it, and how long after
//! the one before.
//! In place of positions, how much a listen looks at an earlier one depends on how many listens and how many days lie
//! between them, as in Zhai et al., Actions Speak Louder than Words (2024).
//! As no listen sees a later one, one pass over a window serves every example within it: each is told the state behind
//! the last listen before it.

use linalg::{Isa, Kernel, Simd};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::encoded::Encoded;
use super::item_inputs::{Parts, part};
use super::layout::Layout;
use super::net::Net;
use super::params::Params;
use super::timeline::{AGES, level_of_days};
use crate::array::Arrays;
use crate::hash::hash;
use crate::network::{
    Block, BlockPass, BlockShape, CHUNK_ROWS, Linear, Norm, Normed, Rate, Then, Weights, Windows,
    add_row,
};
use crate::{Error, Moment, Outcome};

/// Levels of how many listens lie between two.
const NEAR: usize = 11;
/// Levels of a pair of listens.
const LEVELS: usize = NEAR * AGES;
/// Numbers of what came of a listen, and how long after the one before.
pub(super) const ONES: usize = Outcome::ALL.len() + AGES;

/// The transformer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sequence {
    first: Linear,
    blocks: Vec<Block>,
    last: Norm,
}

/// Windows of listens, and which example ends where; memory that every batch uses anew.
#[derive(Clone, Debug, Default)]
pub(super) struct Listens {
    windows: Windows,
    tokens: Vec<Listen>,
    /// By example: the last token before it, if there is any.
    last: Vec<Option<u32>>,
    pass: SequencePass,
}

/// One listen.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Listen {
    item: u32,
    /// Its row among the embeddings by id, 0 where that is left out.
    id: u32,
    outcome: Outcome,
    /// Level of the days since the one before.
    gap: u8,
}

/// What a batch is on its way through the transformer.
#[derive(Clone, Debug, Default)]
struct SequencePass {
    inputs: Vec<f32>,
    /// `[tokens × dim]`
    states: Vec<f32>,
    blocks: Vec<BlockPass>,
    normed: Normed,
    d_states: Vec<f32>,
}

impl Listens {
    pub(super) fn clear(&mut self) {
        self.windows.starts.clear();
        self.windows.starts.push(0);
        self.windows.levels.clear();
        self.tokens.clear();
        self.last.clear();
    }

    /// Adds a window, the oldest listen first, without the ids of those that are `left_out`; its first token.
    pub(super) fn push_window(
        &mut self,
        moments: &[Moment],
        left_out: impl Fn(&Moment) -> bool,
    ) -> usize {
        let first = self.tokens.len();
        for (k, moment) in moments.iter().enumerate() {
            let before = moments[k.saturating_sub(1)].age_days;
            let gap = level_of_days(before - moment.age_days, AGES - 1);
            let (item, outcome) = (moment.item.0, moment.outcome);
            let id = if left_out(moment) { 0 } else { item + 1 };
            self.tokens.push(Listen { item, id, outcome, gap });
        }
        for (i, moment) in moments.iter().enumerate() {
            let levels = moments[..=i].iter().enumerate().map(|(j, earlier)| {
                let lately = level_of_days(earlier.age_days - moment.age_days, AGES - 1);
                let near = ((i - j + 1).ilog2() as usize).min(NEAR - 1);
                u8::try_from(near * AGES).expect("levels are u8") + lately
            });
            self.windows.levels.extend(levels);
            self.windows.levels.resize(self.windows.levels.len() + moments.len() - i - 1, 0);
        }
        self.windows.starts.push(self.tokens.len());
        first
    }

    /// The next listener is told what was so behind the last of these.
    pub(super) fn end_with(&mut self, moments: &[Moment]) {
        self.push_window(moments, |_| false);
        self.end_row(self.tokens.len().checked_sub(1).filter(|_| !moments.is_empty()));
    }

    /// The next example: it is told what was so behind this token.
    pub(super) fn end_row(&mut self, last: Option<usize>) {
        self.last.push(last.map(|last| u32::try_from(last).expect("tokens of a batch are u32")));
    }

    /// What an example is told, if it has listened to anything.
    #[inline(always)]
    pub(super) fn state(&self, row: usize, dim: usize) -> Option<&[f32]> {
        let last = (*self.last.get(row)?)? as usize;
        Some(&self.pass.states[last * dim..][..dim])
    }

    /// Listens in all windows.
    #[cfg(test)]
    pub(super) fn n_read(&self) -> usize {
        self.tokens.len()
    }

    /// Numbers that went into the transformer.
    pub(super) fn n_inputs(&self) -> usize {
        self.pass.inputs.len()
    }
}

impl Sequence {
    pub(super) fn new(params: &Params, layout: &Layout, seed: u64) -> Self {
        let block = |k: usize| Block::new(shape(params), hash([seed, 2, k as u64]));
        Self {
            first: Linear::new(layout.token_width(), params.dim, hash([seed, 1])),
            blocks: (0..params.blocks).map(block).collect(),
            last: Norm::new(params.dim, Then::Nothing),
        }
    }

    fn forward(&self, windows: &Windows, pass: &mut SequencePass) {
        let SequencePass { inputs, states, blocks, normed, .. } = pass;
        self.first.forward(inputs, states);
        blocks.resize_with(self.blocks.len(), BlockPass::default);
        for (block, pass) in self.blocks.iter().zip(blocks) {
            block.forward(windows, states, pass);
        }
        self.last.forward(states, normed);
    }

    /// From `d_states`, which are used up, to the gradient by the inputs, adding to those of the parameters.
    fn backward(&mut self, windows: &Windows, pass: &mut SequencePass, d_inputs: &mut [f32]) {
        let SequencePass { inputs, states, blocks, normed, d_states } = pass;
        self.last.backward(states, normed, d_states);
        for (block, pass) in self.blocks.iter_mut().zip(blocks).rev() {
            block.backward(windows, d_states, pass);
        }
        self.first.backward(inputs, d_states, None);
        self.first.backward_to(d_states, d_inputs);
    }

    pub(super) fn step(&mut self, rate: Rate) {
        self.first.step(rate);
        self.blocks.iter_mut().for_each(|block| block.step(rate));
        self.last.step(rate);
    }

    pub(super) fn is_finite(&self) -> bool {
        self.first.is_finite() && self.blocks.iter().all(Block::is_finite) && self.last.is_finite()
    }

    /// Every part that is learned, by its name.
    pub(super) fn weights(&mut self) -> Vec<(String, &mut Weights)> {
        let Self { first, blocks, last } = self;
        let mut all = vec![
            ("sequence_first".to_owned(), &mut first.weights),
            ("sequence_first_bias".to_owned(), &mut first.bias),
            ("sequence_gain".to_owned(), &mut last.gain),
            ("sequence_shift".to_owned(), &mut last.bias),
        ];
        for (k, block) in blocks.iter_mut().enumerate() {
            all.extend(block.weights(&block_name(k)));
        }
        all
    }

    pub(super) fn save(&self, arrays: &mut Arrays) {
        self.first.save("sequence_first", arrays);
        for (k, block) in self.blocks.iter().enumerate() {
            block.save(&block_name(k), arrays);
        }
        self.last.save("sequence_norm", arrays);
    }

    pub(super) fn load(
        params: &Params,
        layout: &Layout,
        arrays: &mut Arrays,
    ) -> Result<Self, Error> {
        let block = |k: usize, arrays: &mut _| Block::load(&block_name(k), shape(params), arrays);
        let dim = params.dim;
        Ok(Self {
            first: Linear::load("sequence_first", layout.token_width(), dim, arrays)?,
            blocks: (0..params.blocks).map(|k| block(k, arrays)).collect::<Result<_, _>>()?,
            last: Norm::load("sequence_norm", dim, Then::Nothing, arrays)?,
        })
    }
}

fn block_name(k: usize) -> String {
    format!("sequence_block_{k}")
}

fn shape(params: &Params) -> BlockShape {
    BlockShape { dim: params.dim, n_heads: params.heads, n_levels: LEVELS, hidden: params.hidden }
}

impl Net {
    /// Computes the states behind every token.
    pub(super) fn read_listens(&self, encoded: &Encoded, listens: &mut Listens) {
        let Some(sequence) = &self.sequence else { return };
        let Listens { windows, tokens, pass, .. } = listens;
        let width = self.layout.token_width();
        pass.inputs.resize(tokens.len() * width, 0.0);
        let isa = Isa::best();
        let chunks = pass.inputs.par_chunks_mut(CHUNK_ROWS * width);
        chunks.zip(tokens.par_chunks(CHUNK_ROWS)).for_each(|(inputs, tokens)| {
            isa.run(Gather { net: self, encoded, tokens, inputs });
        });
        sequence.forward(windows, pass);
    }

    /// From the gradient by the inputs of the listener tower to that by the inputs of the tokens.
    pub(super) fn listens_backward(
        &mut self,
        listens: &mut Listens,
        d_inputs: &[f32],
        d_tokens: &mut [f32],
    ) {
        let Self { sequence: Some(sequence), layout, .. } = self else { return };
        let Listens { windows, tokens, last, pass } = listens;
        pass.d_states.clear();
        pass.d_states.resize(tokens.len() * layout.dim, 0.0);
        for (last, row) in last.iter().zip(d_inputs.chunks_exact(layout.listener_width())) {
            let Some(last) = last else { continue };
            let d_state = &mut pass.d_states[*last as usize * layout.dim..][..layout.dim];
            add_row(d_state, 1.0, &row[layout.listener_state()..][..layout.dim]);
        }
        sequence.backward(windows, pass, d_tokens);
    }

    /// Which rows of the tables have which parts of the gradient by the tokens that begins at `start` of the arena.
    pub(super) fn listen_parts(
        &self,
        encoded: &Encoded,
        listens: &Listens,
        start: usize,
        parts: &mut Parts,
    ) {
        if self.sequence.is_none() {
            return;
        }
        let layout = &self.layout;
        for (token, at) in listens.tokens.iter().zip(0..) {
            let start = start + at * layout.token_width();
            if layout.has_ids {
                parts.ids.push(part(token.id, 1.0, start));
            }
            for (kind, of_kind) in parts.words.iter_mut().enumerate() {
                let (words, _) = encoded.words[kind].of(token.item as usize);
                of_kind.push(part(words[0], 1.0, start + layout.item_words(kind)));
            }
        }
    }
}

/// Writes what goes into the transformer `[tokens × token_width]`.
struct Gather<'a> {
    net: &'a Net,
    encoded: &'a Encoded,
    tokens: &'a [Listen],
    inputs: &'a mut [f32],
}

impl Kernel for Gather<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        let Self { net, encoded, tokens, inputs } = self;
        let (layout, dim) = (&net.layout, net.layout.dim);
        for (token, inputs) in tokens.iter().zip(inputs.chunks_exact_mut(layout.token_width())) {
            let item = token.item as usize;
            if layout.has_ids {
                inputs[..dim].copy_from_slice(net.ids.row(token.id));
            }
            for (kind, table) in net.words.iter().enumerate() {
                let (words, _) = encoded.words[kind].of(item);
                inputs[layout.item_words(kind)..][..dim].copy_from_slice(table.row(words[0]));
            }
            let vectors = &encoded.vectors[item * layout.width..][..layout.width];
            inputs[layout.token_vectors()..][..layout.width].copy_from_slice(vectors);
            let ones = &mut inputs[layout.token_ones()..];
            ones.fill(0.0);
            ones[token.outcome as usize] = 1.0;
            ones[Outcome::ALL.len() + usize::from(token.gap)] = 1.0;
        }
    }
}
